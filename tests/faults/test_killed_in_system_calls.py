"""Killed inside SQLite's commit and every other system call that changes a disk; strace deals the blow."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from tools import conduit_command, needs_strace

import releases
from conduits import files, ledger_content
from weftend.cli import main

CALLS = {"pwrite64": 3, "fdatasync": 1, "fsync": 1, "unlink": 1, "rename": 1, "fallocate": 1}
"""Each call, and every which of its occurrences is met: pages are written by the dozen."""
LEDGER = "receipts/telemetry_conduit_ledger.sqlite3"
STORE = "receipts/telemetry_conduit.json"
SNAPSHOT = "out/telemetry_conduit_snapshot.json"


def apply(folder: Path) -> int:
    arguments = ["--k", "5", "--json", "--apply", "--out", str(folder / "out")]
    return main(["telemetry-conduit", str(folder / "release"), *arguments])


def killed_at(folder: Path, call: str, number: int) -> bool:
    """Whether the run met the ``number``-th ``call`` and was killed in it."""
    inject = f"inject={call}:signal=SIGKILL:when={number}"
    command = conduit_command(folder / "release", "--apply", "--out", folder / "out")
    done = subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject, *command],
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode in (0, 128 + signal.SIGKILL, -signal.SIGKILL), done.stderr
    return done.returncode != 0


@pytest.fixture(scope="module")
def undisturbed(new_folder) -> Path:
    """A folder in which nobody was killed; ``release`` of its copies has one chunk behind it."""
    needs_strace()
    folder = new_folder()
    releases.write(folder / "release", runs=15)
    assert apply(folder) == 0
    releases.write(folder / "release", runs=30)
    shutil.copytree(folder, folder.with_name(f"{folder.name}-start"))
    assert apply(folder) == 0
    return folder


@pytest.mark.parametrize("call", CALLS)
def test_the_next_run_ends_where_an_undisturbed_one_does(undisturbed, new_folder, capfd, call):
    number, killed = 1 - CALLS[call], True
    while killed:
        number += CALLS[call]
        folder = new_folder() / "copy"
        shutil.copytree(undisturbed.with_name(f"{undisturbed.name}-start"), folder)
        killed = killed_at(folder, call, number)
        at_kill = files(folder)
        for name in (f"release/{STORE}", SNAPSHOT):
            json.loads(at_kill[name])
        capfd.readouterr()
        preview = main(["telemetry-conduit", str(folder / "release"), "--k", "5", "--json"])
        assert preview == 0 or "HOME_BUSY" in capfd.readouterr().out
        assert files(folder) == at_kill
        assert apply(folder) == 0
        assert (folder / "release" / STORE).read_bytes() == (undisturbed / "release" / STORE).read_bytes()
        assert ledger_content(folder / "release" / LEDGER) == ledger_content(undisturbed / "release" / LEDGER)
        assert files(folder).keys() == files(undisturbed).keys()
    assert number > 1, f"no {call} was met"
