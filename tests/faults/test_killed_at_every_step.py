"""Killed at any durable step, then run again: as if nobody had killed it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import conduits
import releases
from weftend import conduit
from weftend.store.home import Home

TESTS = Path(__file__).parents[1]


def first_release(folder: Path) -> None:
    """A release folder that was never released."""
    releases.write(folder / "release")


def windows(folder: Path) -> None:
    """A home in which another stream has been released, and this one once."""
    home = Home(folder / "home", flat=False)
    conduit.apply(conduits.request(conduits.stream(streamId="telemetry.other.v0"), range(100, 120)), home)
    conduit.apply(conduits.request(conduits.stream(), range(5)), home, folder / "out")


CASES = {"first release": ("release", first_release), "several windows": ("windows", windows)}


@pytest.fixture(scope="module", params=CASES)
def killed(request, new_folder) -> list[dict[str, Any]]:
    """The undisturbed run, then one run per durable step, then one that no step was left to kill."""
    scenario, prepare = CASES[request.param]
    folder = new_folder()
    (folder / "template").mkdir()
    prepare(folder / "template")
    path = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"PYTHONPATH": path, "XDG_CONFIG_DIRS": str(folder), "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, str(TESTS / "faults" / "killing.py"), scenario, str(folder)],
        check=True,
        capture_output=True,
        env=environment,
        timeout=600,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def comparable(state: dict[str, Any]) -> tuple[Any, Any]:
    """What must not depend on a kill: the store's bytes, and the snapshot but for its run's counters."""
    snapshot = json.loads(state["snapshot"])
    return state["store"], {name: snapshot[name] for name in snapshot if name != "dropped"}


def test_enough_steps_were_met(killed):
    assert killed[0]["status"] == 0
    assert [run["killed"] for run in killed[1:]] == [True] * (len(killed) - 2) + [False]
    steps = {run["before"] for run in killed[1:-1]}
    assert {"os.fsync", "os.replace", "os.posix_fallocate", "os.write", "sqlite COMMIT"} <= steps
    assert len(killed) > 25


def test_the_next_run_ends_where_an_undisturbed_one_does(killed):
    for run in killed[1:]:
        assert run["again"] == 0, run
        assert comparable(run["end"]) == comparable(killed[0]["end"]), run["before"]
        assert run["ledger"] == killed[0]["ledger"], run["before"]
        assert run["end"]["files"].keys() == killed[0]["end"]["files"].keys(), run["before"]


def test_files_are_whole_at_every_moment(killed):
    stores = {run["atKill"]["store"] for run in killed[1:]}
    snapshots = {run["atKill"]["snapshot"] for run in killed[1:]}
    for text in (stores | snapshots) - {None}:
        assert text.endswith("\n")
        json.loads(text)
    assert len(snapshots) == 2
    assert killed[0]["end"]["store"] in stores


def test_no_file_shows_a_chunk_before_the_ledger_has_it(killed):
    """Not even a hidden one: the next run, with more units, would contradict it."""
    filled = 0
    committed: set[str] = set()
    for run in killed[1:]:
        committed |= set(run["committed"])
        at_kill = run["atKill"]
        hidden = [bytes.fromhex(content).rstrip(b"\0").decode() for content in at_kill["hidden"].values()]
        for text in (*hidden, at_kill["store"] or "", at_kill["snapshot"] or ""):
            filled += bool(text)
            chunks = set(re.findall('"chunkId":"(sha256:[0-9a-f]{64})"', text))
            assert chunks <= committed, run["before"]
    assert filled > 0


def test_a_preview_after_a_kill_changes_nothing_and_says_what_is_the_matter(killed):
    for run in killed[1:]:
        assert not run["previewChanged"], run["before"]
        assert run["preview"] == 0 or "HOME_BUSY" in run["previewSaid"], run
