"""The local store while others write, where nobody can write, and when what works on it is killed."""

from __future__ import annotations

import os
import pty
import select
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from tools import needs_own_mounts

from shell import Shell, plant
from weftend.cli.notice import FIRST_RUN
from weftend.store.local.database import LOCAL

OLD, ROWS = "2020-01-01T00:00:00.000Z", 60_000


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def old_rows(shell: Shell) -> Path:
    """A store with many rows that have run their time, and as many that have not; its file."""
    with closing(LOCAL.create(shell.home)) as store:
        store.execute("BEGIN")
        store.executemany(
            "INSERT INTO research_metrics (session_id, metric_type, metadata_json, created_at) VALUES ('s','m',?,?)",
            (
                (f'"{number:0200}"', OLD if number < ROWS // 2 else "2999-01-01T00:00:00.000Z")
                for number in range(ROWS)
            ),
        )
        store.execute("COMMIT")
    return shell.home / LOCAL.file_name


def test_a_prune_that_is_killed_again_and_again_ends_as_one_that_was_not(shell: Shell) -> None:
    path = old_rows(shell)
    before = path.stat().st_size
    left = [ROWS // 2]
    for tenths in range(2, 12):
        command = [sys.executable, "-m", "weftend", "db", "prune-apply", "--json"]
        process = subprocess.Popen(command, env=shell.environment(), stdout=subprocess.DEVNULL)
        time.sleep(tenths / 10)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
        with closing(sqlite3.connect(path)) as store:
            assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            query = "SELECT count(*) FROM research_metrics WHERE created_at = ?"
            left.append(store.execute(query, (OLD,)).fetchone()[0])
    assert left == sorted(left, reverse=True)
    shell.json("db", "prune-apply")
    (row,) = shell.json(
        "db", "query", "SELECT count(*) AS n, min(created_at) AS oldest FROM research_metrics"
    )
    assert row == {"n": ROWS // 2, "oldest": "2999-01-01T00:00:00.000Z"}
    (said,) = shell.json("db", "query", "SELECT sum(rows_deleted) AS n FROM prune_log")
    assert said["n"] == ROWS // 2, "every row that went is on record, once"
    assert path.stat().st_size < before * 0.8
    assert shell.json("doctor")["problems"] == []


@pytest.mark.parametrize("arguments", [("ingest",), ("db", "prune-apply"), ("doctor", "--acknowledge")])
def test_a_store_that_another_keeps_writing_to_is_busy_and_left_alone(
    shell: Shell, arguments: tuple[str, ...]
) -> None:
    old_rows(shell)
    plant(shell.home, [{"type": "benchmark_event"}])
    with closing(sqlite3.connect(shell.home / LOCAL.file_name, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert shell.code(*arguments) == "HOME_BUSY"
        other.execute("ROLLBACK")
    assert shell.json("ingest")["events"] == 1


def test_a_query_looks_at_a_store_on_a_disk_that_cannot_be_written(shell: Shell) -> None:
    needs_own_mounts()
    plant(shell.home, [{"type": "benchmark_event"}])
    shell.json("ingest")
    script = """
mount --bind "$WEFTEND_HOME" "$WEFTEND_HOME" && mount -o remount,bind,ro "$WEFTEND_HOME" || exit 90
touch "$WEFTEND_HOME/written" 2>/dev/null && exit 91
"$0" -m weftend db query --json "SELECT count(*) AS n FROM research_metrics"
"$0" -m weftend db tables --json > /dev/null || exit 92
"""
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", script, sys.executable],
        env=shell.environment(),
        capture_output=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b'[{"n":1}]\n', b"")


def at_a_terminal(shell: Shell, *arguments: str, **variables: str) -> str:
    """What a command says on stderr to a person who runs it at a terminal."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "weftend", *arguments]
    with subprocess.Popen(
        command, env=shell.environment(**variables), stdin=slave, stdout=subprocess.DEVNULL, stderr=slave
    ) as process:
        process.wait(timeout=60)
        os.close(slave)
        said = b""
        while select.select([master], [], [], 0.2)[0]:
            try:
                said += os.read(master, 65536)
            except OSError:
                break
    os.close(master)
    return said.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("first", [("record", "benchmark_event"), ("ingest",), ("telemetry", "status")])
def test_the_first_run_at_a_terminal_says_in_two_lines_what_is_recorded(
    shell: Shell, first: tuple[str, ...]
) -> None:
    said = at_a_terminal(shell, *first)
    assert said.startswith(FIRST_RUN + "\n")
    assert len(FIRST_RUN.splitlines()) == 2
    for arguments in (first, ("record", "benchmark_event"), ("ingest",)):
        assert FIRST_RUN.splitlines()[0] not in at_a_terminal(shell, *arguments), "it is said once"


def test_in_mode_off_nobody_is_told_and_nothing_is_noted(shell: Shell) -> None:
    said = at_a_terminal(shell, "record", "benchmark_event", WEFTEND_TELEMETRY="off")
    assert FIRST_RUN.splitlines()[0] not in said
    assert not shell.home.exists()
