"""Small CI reports of every format, and folders full of them."""

from __future__ import annotations

import json
from pathlib import Path

TESTS = "telemetry.ci.tests.v0"
FINDINGS = "telemetry.ci.findings.v0"
JOBS = "telemetry.ci.jobs.v0"


def junit(*cases: str, number: int = 0) -> str:
    """A report whose content differs by ``number``; a case is ``name [outcome [seconds]]``."""
    body = "".join(_case(*case.split()) for case in cases)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites><testsuite name="suite {number}"'
        f' tests="{len(cases)}" hostname="host-{number}">{body}</testsuite></testsuites>\n'
    )


def _case(name: str, outcome: str = "passed", seconds: str = "0.5") -> str:
    inside = "" if outcome == "passed" else f'<{outcome} type="AssertionError" message="said {name}"/>'
    return f'<testcase classname="pkg.Suite" name="{name}" time="{seconds}">{inside}</testcase>'


def go_test(*events: tuple[str, str | None]) -> str:
    """A stream of ``go test -json``: (action, test or ``None`` for the package)."""
    lines = [
        {"Action": action, "Package": "example.com/p"}
        | ({} if test is None else {"Test": test, "Elapsed": 0.25})
        for action, test in events
    ]
    return "".join(json.dumps(line) + "\n" for line in lines)


def sarif(*results: dict[str, object], tool: str = "linter", version: str = "2.1.0", number: int = 0) -> str:
    """A log with one run; its content differs by ``number``."""
    run = {
        "tool": {
            "driver": {"name": tool, "rules": [{"id": "R1", "defaultConfiguration": {"level": "error"}}]}
        },
        "results": list(results),
        "properties": {"number": number},
    }
    return json.dumps({"version": version, "runs": [run]})


def workflow_run(
    number: int, *, attempt: int = 1, status: str = "completed", conclusion: str = "success"
) -> str:
    """A webhook payload about a workflow run of ten seconds."""
    run = {
        "id": number,
        "run_attempt": attempt,
        "run_number": number,
        "workflow_id": 1,
        "event": "push",
        "status": status,
        "conclusion": conclusion,
        "head_branch": "feature/secret",
        "run_started_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:10Z",
    }
    return json.dumps({"action": status, "workflow_run": run, "repository": {"full_name": "Org/Repo"}})


def workflow_job(
    number: int, run: int, *, conclusion: str = "success", labels: tuple[str, ...] = ("ubuntu-latest",)
) -> str:
    """A webhook payload about a job of the first attempt of a run."""
    job = {
        "id": number,
        "run_id": run,
        "run_attempt": 1,
        "status": "completed",
        "conclusion": conclusion,
        "labels": list(labels),
        "runner_name": "machine-7",
        "steps": [],
    }
    return json.dumps({"action": "completed", "workflow_job": job, "repository": {"full_name": "org/repo"}})


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write ``files``, by their paths in ``folder``."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def many(folder: Path, count: int, *, first: int = 0) -> Path:
    """``count`` different JUnit reports: all have a failing test ``flop``, each third a slow one."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        slow = ["slow passed 12"] if number % 3 == 0 else []
        text = junit("good", "fine", "flop failure", *slow, number=number)
        (folder / f"TEST-{number:04}.xml").write_text(text, encoding="utf-8")
    return folder
