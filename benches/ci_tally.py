"""The maps of test runs and analysis runs in plain Python, for the tools that are compared: they do the same work.

A rival parses in its own way and tells a tally what it found; the tally folds it into the same maps that
``weftend count`` shows, with each report counted once, whatever it is called.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

Maps = dict[str, dict[str, int]]

SLOW_NANOS = 10_000_000_000
RANKS = ("errored", "failed", "skipped", "flaky", "passed")


class Case(NamedTuple):
    """One test case as a report tells it."""

    key: str
    """``classname::name``."""
    outcome: str
    seconds: str | float | None
    failure_type: str | None = None


class Once:
    """Which contents have been met."""

    def __init__(self) -> None:
        self._met: set[bytes] = set()

    def is_new(self, path: Path) -> bool:
        """Whether no file with the same content was met before."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
        known = digest in self._met
        self._met.add(digest)
        return not known


class TestRuns:
    """The maps of ``telemetry.ci.tests.v0``."""

    def __init__(self) -> None:
        self._maps: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def run(self, cases: Iterable[Case]) -> None:
        """One test run."""
        maps, outcomes = self._maps, Counter[str]()
        sets: defaultdict[str, set[str]] = defaultdict(set)
        total, passed = 0, set()
        for key, outcome, seconds, failure_type in cases:
            outcomes[outcome] += 1
            if seconds is None:
                maps["durations"]["unknown"] += 1
            else:
                nanos = round(float(seconds) * 1e9)
                total += nanos
                maps["durations"][bucket(nanos)] += 1
                if nanos >= SLOW_NANOS:
                    sets["slowTests"].add(key)
            if outcome == "passed":
                passed.add(key)
            elif outcome in ("failed", "errored"):
                sets["failingTests"].add(key)
                if failure_type:
                    sets["failureTypes"].add(failure_type)
        sets["flakyTests"] = sets["failingTests"] & passed
        maps["outcomes"].update(outcomes)
        maps["runDurations"][bucket(total)] += 1
        maps["runOutcomes"][run_outcome(outcomes)] += 1
        for name, keys in sets.items():
            maps[name].update(keys)

    def maps(self) -> Maps:
        """What was counted."""
        return {name: dict(keys) for name, keys in self._maps.items()}


def bucket(nanos: int) -> str:
    """The duration bucket, a power of two in milliseconds."""
    return f"ms_{1 << max(1, nanos // 1_000_000).bit_length() - 1}"


def run_outcome(outcomes: Counter[str]) -> str:
    """The one outcome of a test run."""
    if outcomes["errored"]:
        return "errored"
    if outcomes["failed"]:
        return "failed"
    return "passed" if outcomes else "empty"


class AnalysisRuns:
    """The maps of ``telemetry.ci.findings.v0``."""

    def __init__(self) -> None:
        self._maps: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def run(self, tool: str, results: Iterable[tuple[str, str]]) -> None:
        """One analysis run: its tool, and level and rule of each result."""
        levels, rules = Counter[str](), set()
        for level, rule in results:
            levels[level] += 1
            rules.add(rule)
        self._maps["levels"].update(levels)
        self._maps["rules"].update(rules)
        self._maps["tools"][tool] += 1
        self._maps["runOutcomes"]["findings" if levels.keys() - {"none"} else "clean"] += 1

    def maps(self) -> Maps:
        """What was counted."""
        return {name: dict(keys) for name, keys in self._maps.items()}
