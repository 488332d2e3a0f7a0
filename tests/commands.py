"""Runs commands in this process, and holds them to what every command promises about its output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reports import TESTS
from weftend.cli import main

SNAPSHOT = "telemetry_conduit_snapshot.json"

Capture = pytest.CaptureFixture[bytes]


def run(capture, *arguments: object) -> tuple[int, bytes, str]:
    status = main([str(argument) for argument in arguments])
    out, err = capture.readouterr()
    return status, out, err.decode()


def aggregating(folder: Path, reports: Path, *more: object) -> list[object]:
    """``weftend aggregate`` of test reports, with ``home`` and ``out`` in ``folder``."""
    return ["aggregate", TESTS, reports, "--home", folder / "home", "--out", folder / "out", *more]


def counted(capture: Capture, *arguments: object, status: int = 0) -> dict:
    found, out, err = run(capture, "count", *arguments, "--json")
    assert (found, err) == (status, ""), out
    assert out.count(b"\n") == 1
    return json.loads(out)


def refused(capture: Capture, *arguments: object, status: int = 2) -> list[str]:
    found, out, err = run(capture, *arguments, "--json")
    assert (found, err) == (status, "")
    return [issue["code"] for issue in json.loads(out)["issues"]]
