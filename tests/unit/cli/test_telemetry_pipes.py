"""Pipes in the place of files that somebody names: nobody waits for what never comes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shell import Shell


@pytest.fixture
def pipe(tmp_path: Path) -> str:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return str(path)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_a_pipe_as_policy_turns_recording_off(shell: Shell, pipe: str) -> None:
    recorded = shell("record", "benchmark_event", "suite=parse", WEFTEND_POLICY=pipe)
    assert (recorded.returncode, shell.home.exists()) == (0, False), recorded
    status = shell("telemetry", "status", WEFTEND_POLICY=pipe)
    assert b"is no regular file" in status.stdout + status.stderr, status


def test_a_pipe_as_contracts_is_refused(shell: Shell, pipe: str) -> None:
    assert shell.code("contracts", "list", WEFTEND_CONTRACTS=pipe) == "CONTRACT_INVALID"
    recorded = shell("record", "benchmark_event", "suite=parse", WEFTEND_CONTRACTS=pipe)
    assert recorded.returncode in (0, 2), recorded
