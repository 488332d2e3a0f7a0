"""``aggregate --from-store`` and ``count --from-store``: what was recorded, released or just counted."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from shell import Shell, plant

STREAM = "telemetry.usage.v0"
EXPORT = {"WEFTEND_TELEMETRY": "export"}
BENCH = {"type": "benchmark_event"}
LINT = {"type": "vox.lint.finding", "n": 3, "fields": {"severity": "info"}}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_count_takes_the_spool_in_and_is_exact(shell: Shell) -> None:
    for _ in range(2):
        plant(shell.home, [BENCH, BENCH | {"n": 4}])
    plant(shell.home, [BENCH], producer=None)
    counted = shell.json("count", STREAM, "--from-store")
    assert counted["units"] == 3
    assert counted["open"] == 0
    assert counted["maps"]["events"] == {"benchmark_event": {"total": 11, "units": 3}}
    assert counted["maps"]["producers"] == {"vox-cli": {"total": 2, "units": 2}}
    assert shell.json("count", STREAM, "--from-store") == counted


def test_count_says_it_in_words(shell: Shell) -> None:
    plant(shell.home, [BENCH])
    ended = shell("count", STREAM, "--from-store")
    rows = [line.split() for line in ended.stdout.splitlines()]
    assert rows[0] == [b"map", b"bucket", b"units", b"total"]
    assert [b"events", b"benchmark_event", b"1", b"1"] in rows
    assert b"This is private" in ended.stderr
    assert b"There are no" not in ended.stderr


def test_count_of_nothing_says_so_and_shows_no_table(shell: Shell) -> None:
    ended = shell("count", STREAM, "--from-store")
    assert (ended.returncode, ended.stdout) == (1, b"")
    assert b"to count." in ended.stderr


def test_nothing_recorded_is_no_units(shell: Shell) -> None:
    assert shell.json("count", STREAM, "--from-store", status=1)["units"] == 0
    ended = shell("aggregate", STREAM, "--from-store", "--json")
    assert (ended.returncode, json.loads(ended.stdout)["chunks"]) == (1, [])
    assert not shell.home.exists()


def test_types_that_are_above_s1_or_stay_here_are_not_counted(shell: Shell) -> None:
    run = {"findings_count": 0, "recorded_at": "2026-11-01", "repository_id": "r", "workflow": "w"}
    plant(shell.home, [{"type": "completion-run", "fields": run | {"schema_version": 1}}])
    assert shell.json("count", STREAM, "--from-store", status=1)["units"] == 0
    assert shell.json("db", "query", "SELECT count(*) AS n FROM ci_completion_run") == [{"n": 1}]


def test_the_mode_decides_what_may_be_asked(shell: Shell) -> None:
    plant(shell.home, [BENCH])
    assert shell.code("count", STREAM, "--from-store", DO_NOT_TRACK="1") == "MODE_FORBIDS"
    assert shell.code("aggregate", STREAM, "--from-store", WEFTEND_TELEMETRY="off") == "MODE_FORBIDS"
    assert shell.code("aggregate", STREAM, "--from-store", "--apply") == "MODE_FORBIDS"
    assert not (shell.home / "telemetry.sqlite3").exists()
    shell.json("count", STREAM, "--from-store")
    ended = shell("aggregate", STREAM, "--from-store", "--k", "5", "--json")
    assert (ended.returncode, ended.stderr) == (1, b"")


def test_only_the_usage_stream_is_folded_from_the_store(shell: Shell) -> None:
    assert shell.code("count", "telemetry.release.v0", "--from-store") == "USAGE"
    assert shell.code("count", "no.such.stream", "--from-store") == "STREAM_INVALID"
    assert shell.code("count", STREAM) == "USAGE"


def test_too_few_says_what_it_takes_and_what_to_do(shell: Shell) -> None:
    for _ in range(6):
        plant(shell.home, [BENCH])
    ended = shell("aggregate", STREAM, "--from-store", "--apply", "--k", "50", **EXPORT)
    assert ended.returncode == 1
    words = ended.stderr.decode()
    assert "each map needs 50 of its own: about 150 in all, and 6 are pending" in words
    assert "--k, 5 at least" in words
    assert "Took 6 events in" in words


def test_a_release_is_made_once_and_verifies(shell: Shell, tmp_path: Path) -> None:
    for _ in range(90):  # dealt to three maps by chance: never under 5 in one
        plant(shell.home, [BENCH, LINT])
    arguments = ["aggregate", STREAM, "--from-store", "--apply", "--k", "5", "--out", str(tmp_path / "out")]
    ended = shell(*arguments, **EXPORT)
    assert ended.returncode == 0, ended
    snapshot = tmp_path / "out" / "telemetry_conduit_snapshot.json"
    chunks = json.loads(snapshot.read_bytes())["chunks"]
    released = [name for chunk in chunks for name, keys in chunk["payload"]["aggregates"].items() if keys]
    assert set(released) <= {"eventTypes", "events", "producers"}
    assert sum(chunk["payload"]["sampleCount"] for chunk in chunks) == 90
    assert shell("verify", str(snapshot)).returncode == 0
    again = shell(*arguments, **EXPORT)
    assert again.returncode == 0
    assert b"Nothing is new" in again.stderr


def test_a_recording_that_goes_on_is_no_unit_yet(shell: Shell) -> None:
    import subprocess

    source = (
        "import weftend, sys; weftend.record_usage_event('benchmark_event', {}); print(flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", source],
        env=shell.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        process.stdout.readline()
        counted = shell.json("count", STREAM, "--from-store", status=1)
        assert (counted["units"], counted["open"]) == (0, 1)
        process.communicate(b"\n", timeout=30)
    assert shell.json("count", STREAM, "--from-store")["units"] == 1


def test_the_stream_cannot_be_asked_to_promise_less(shell: Shell) -> None:
    options = ("--from-store", "--contribution")
    assert shell.code("aggregate", STREAM, *options, "every-map") == "USAGE"
    assert shell("aggregate", STREAM, *options, "one-map").returncode == 1
