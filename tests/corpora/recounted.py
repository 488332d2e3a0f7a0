"""Counts CI reports again, in a few lines for each format that share nothing with the program but the format."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path
from typing import Any

Counts = Counter[str]
GO_OUTCOMES = {"pass": "passed", "fail": "failed", "skip": "skipped"}
CHILDREN = {"error": "errored", "failure": "failed", "skipped": "skipped"}
OFF = {"disabled", "notrun", "suppressed"}


def junit(path: Path) -> tuple[Counts, set[tuple[str, str]]]:
    """Cases by outcome, and class and name of those that failed or errored."""
    outcomes: Counts = Counter()
    failing = set()
    for case in ElementTree.parse(path).iter("testcase"):  # noqa: S314
        said = {child.tag for child in case}
        found = next((outcome for tag, outcome in CHILDREN.items() if tag in said), None)
        outcome = found or ("skipped" if case.get("status", "").lower() in OFF else "passed")
        outcomes[outcome] += 1
        if outcome in ("errored", "failed"):
            failing.add((case.get("classname", ""), case.get("name", "")))
    return outcomes, failing


def go_test(path: Path) -> tuple[Counts, int]:
    """Cases by outcome, and how many lines are no events."""
    outcomes: Counts = Counter()
    events, other = [], 0
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            events.append(json.loads(line))
        except ValueError:
            other += bool(line.strip())
    running: set[tuple[str, str]] = set()
    failed = set()
    for event in events:
        package, test, action = event.get("Package", ""), event.get("Test"), event["Action"]
        left = {key for key in running if key[0] == package}
        if test is not None and action == "run":
            running.add((package, test))
        elif test is not None and action in GO_OUTCOMES:
            running.discard((package, test))
            outcomes[GO_OUTCOMES[action]] += 1
            failed |= {package} if action == "fail" else set()
        elif test is None and action in GO_OUTCOMES:
            running -= left
            outcomes["errored" if action == "fail" else GO_OUTCOMES[action]] += len(left)
            outcomes["errored"] += action == "fail" and not left and package not in failed
    outcomes["errored"] += len(running)
    return +outcomes, other


def sarif(path: Path) -> Counts | str:
    """Results by level; or the version of a log that is no 2.1.0."""
    log = json.loads(path.read_text(encoding="utf-8-sig"))
    if log["version"] != "2.1.0":
        return log["version"]
    return Counter(_level(run, result) for run in log["runs"] for result in run.get("results") or [])


def _level(run: dict[str, Any], result: dict[str, Any]) -> str:
    """SARIF 2.1.0 section 3.27.10, for runs whose rules are all the driver's."""
    if result.get("kind", "fail") != "fail":
        return "none"
    rules = run["tool"]["driver"].get("rules", [])
    index = _rule(rules, result.get("ruleIndex"), result.get("ruleId"))
    rule = rules[index] if index is not None else {}
    invocations = run.get("invocations", [])
    one = result.get("provenance", {}).get("invocationIndex", 0 if len(invocations) == 1 else -1)
    overrides = invocations[one].get("ruleConfigurationOverrides", []) if one >= 0 else []
    of_rule = [
        override["configuration"]
        for override in overrides
        if _rule(rules, override["descriptor"].get("index"), override["descriptor"].get("id")) == index
    ]
    told = [result, *of_rule[:1], rule.get("defaultConfiguration", {})]
    return next((place["level"] for place in told if "level" in place), "warning")


def _rule(rules: list[dict[str, Any]], index: int | None, name: str | None) -> int | None:
    """A rule by its index, or by its id, of which a result may give a longer one: ``id/further``."""
    if index is not None and index >= 0:
        return index
    ids = [rule["id"] for rule in rules]
    while name:
        if name in ids:
            return ids.index(name)
        name = name.rpartition("/")[0]
    return None


def github(path: Path) -> tuple[Counts, Counts]:
    """Conclusions of completed runs and suites, and of completed jobs, in one payload."""
    payload = json.loads(path.read_bytes())
    runs: Counts = Counter()
    jobs: Counts = Counter()
    check, job = payload.get("check_run"), payload.get("workflow_job")
    whole = payload.get("workflow_run") or (check and check["check_suite"])
    if whole and whole["status"] == "completed":
        runs[whole["conclusion"]] += 1
    one = job or (check if runs else None)
    if one and one["status"] == "completed":
        jobs[one["conclusion"]] += 1
    return runs, jobs
