"""Folders that cannot be written: a preview works on them, an apply says so and changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from tools import conduit_command, needs_own_mounts, with_mount

import releases
from conduits import files
from weftend.reference.verify import verify_snapshot

NOBODY = 65_534


@pytest.fixture
def folder(new_folder) -> Path:
    """A folder with a release that has been released once and has grown since."""
    made = new_folder()
    releases.write(made / "release", runs=20)
    command = conduit_command(made / "release", "--apply", "--out", made / "out")
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    releases.write(made / "release", runs=40)
    return made


def codes(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    assert done.stderr == b""
    return [issue["code"] for issue in json.loads(done.stdout)["issues"]]


def read_only(folder: Path) -> str:
    return f"mount --bind {folder} {folder} && mount -o remount,bind,ro {folder}"


def test_a_preview_reads_a_disk_that_cannot_be_written(folder):
    needs_own_mounts()
    done = with_mount(read_only(folder), conduit_command(folder / "release"))
    assert done.returncode == 0
    assert verify_snapshot(done.stdout, "s").status == "preview"
    assert len(json.loads(done.stdout)["chunks"]) == 2


@pytest.mark.parametrize("place", ["release", "out", "."])
def test_an_apply_on_a_disk_that_cannot_be_written_is_refused(folder, place):
    needs_own_mounts()
    before = files(folder)
    command = conduit_command(folder / "release", "--apply", "--out", folder / "out")
    done = with_mount(read_only(folder / place), command)
    assert (done.returncode, codes(done)) == (2, ["OUTPUT_UNWRITABLE"])
    assert files(folder) == before


def as_nobody(command: list[str], home: Path) -> subprocess.CompletedProcess[bytes]:
    """Run without the rights of root, who may write anywhere: the twin that needs no mounts."""
    if os.geteuid() == 0:
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
    return subprocess.run(
        command, capture_output=True, check=False, timeout=60, env=os.environ | {"HOME": str(home)}
    )


def hand_over(folder: Path) -> None:
    """Give everything below ``folder`` to nobody, where this is root; and let nobody reach it."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        for parent in folder.parents:
            if parent.stat().st_uid == 0 and parent.stat().st_mode & 0o077 == 0:
                parent.chmod(0o711)


def forbid(folder: Path) -> None:
    """No write to ``folder`` or what is below it."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o500 if path.is_dir() else 0o400)


@pytest.fixture
def reachable(folder) -> Path:
    hand_over(folder)
    if as_nobody(conduit_command(folder / "release", "--help"), folder).returncode:
        pytest.skip("LOUD: another user cannot run this interpreter here; the twin with mounts still runs")
    return folder


@pytest.mark.parametrize("place", ["release", "out"])
def test_an_apply_without_the_right_to_write_is_refused(reachable, place):
    before = files(reachable)
    forbid(reachable / place)
    command = conduit_command(reachable / "release", "--apply", "--out", reachable / "out")
    done = as_nobody(command, reachable)
    assert (done.returncode, codes(done)) == (2, ["OUTPUT_UNWRITABLE"])
    assert files(reachable) == before


def test_a_preview_needs_no_right_to_write(reachable):
    forbid(reachable)
    done = as_nobody(conduit_command(reachable / "release"), reachable)
    assert done.returncode == 0
    assert len(json.loads(done.stdout)["chunks"]) == 2


@pytest.mark.parametrize("name", ["telemetry_conduit_ledger.sqlite3", "telemetry_conduit.json"])
def test_state_that_cannot_be_read_is_told(reachable, name):
    (reachable / "release" / "receipts" / name).chmod(0)
    for flags in ([], ["--apply"]):
        done = as_nobody(conduit_command(reachable / "release", *flags), reachable)
        assert done.returncode == 2
        assert codes(done) == ["INPUT_UNREADABLE"]
