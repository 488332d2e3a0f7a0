"""Progress: files, bytes, rate and time left for a person at a terminal, and nothing for anybody else."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO

import pytest

from reports import TESTS, many

PATIENCE = 30.0
"""Seconds until the test gives up."""


def fed(pipe: Path) -> BinaryIO:
    """``pipe`` opened for writing once a command reads it; an error, not a wait, where none does."""
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            descriptor = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            assert time.monotonic() < ends, "nobody reads the pipe"
            time.sleep(0.02)
        else:
            os.set_blocking(descriptor, True)
            return os.fdopen(descriptor, "wb", buffering=0)


class Watched:
    """A command whose stderr is a terminal, reading a pipe that stays open until it has shown enough."""

    def __init__(self, arguments: list[str], pipe: Path) -> None:
        ours, theirs = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120", "LC_ALL": "C.UTF-8"}
        environment.pop("NO_COLOR", None)
        command = [sys.executable, "-m", "weftend", *arguments]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs, env=environment
        )
        os.close(theirs)
        self.terminal, self.shown, self.pipe = ours, "", pipe

    def until(self, pattern: str) -> None:
        """Feed the pipe until the terminal has shown ``pattern``, then close it and let the command end."""
        ends = time.monotonic() + PATIENCE
        with fed(self.pipe) as feed:
            feed.write(b"<testsuite>")
            while not re.search(pattern, self.shown, re.DOTALL):
                assert time.monotonic() < ends, self.shown
                feed.write(b" " * 4096)
                self._listen(0.05)
            feed.write(b"</testsuite>")
        while self._listen(PATIENCE):
            assert time.monotonic() < ends, self.shown

    def _listen(self, seconds: float) -> bool:
        """Take in what is shown; false at its end."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.terminal, 65536)
        except OSError:  # what Linux says when the other side is closed
            return False
        self.shown += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", data.decode())
        return bool(data)

    def ended(self) -> tuple[int, bytes]:
        out, _ = self.process.communicate(timeout=PATIENCE)
        os.close(self.terminal)
        return self.process.returncode, out


@pytest.fixture
def pipe(tmp_path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


@pytest.mark.parametrize("command", [["count"], ["aggregate", "--k", "5"], ["vocabulary", "collect"]])
def test_a_terminal_shows_files_bytes_rate_and_time_left(tmp_path, pipe, command):
    reports = many(tmp_path / "reports", 7)
    home = ["--home", str(tmp_path / "home")] if command[0] != "vocabulary" else []
    watched = Watched([*command, TESTS, str(reports), str(pipe), *home], pipe)
    watched.until(r"7 of 8 files .*[0-9.]+/[0-9.]+ [kM]?B\S* .*B\S*/s .*[0-9]:[0-9]{2}:[0-9]{2} left")
    status, out = watched.ended()
    assert status == 0
    assert "Read 8 documents: 8 test runs." in watched.shown
    assert b"files" not in out


def test_nobody_at_a_terminal_sees_nothing_of_it(tmp_path, pipe):
    reports = many(tmp_path / "reports", 7)
    command = [sys.executable, "-m", "weftend", "count", TESTS, str(reports), str(pipe)]
    done = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with fed(pipe) as feed:
        time.sleep(0.5)  # several calls of progress, if there were any
        feed.write(b"<testsuite/>")
    _, err = done.communicate(timeout=PATIENCE)
    assert done.returncode == 0
    assert err.startswith(b"Read 8 documents: 8 test runs.\n")
    assert b" of 8 files" not in err
    assert b"\x1b" not in err


def test_a_machine_sees_nothing_of_it_at_a_terminal_either(tmp_path, pipe):
    watched = Watched(["count", TESTS, str(many(tmp_path / "reports", 7)), str(pipe), "--json"], pipe)
    with fed(pipe) as feed:
        feed.write(b"<testsuite/>")
    status, out = watched.ended()
    assert (status, watched.shown, out[:1]) == (0, "", b"{")
