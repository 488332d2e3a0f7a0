"""A full disk: told with a code, exit status 2, and everything that was there before intact."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
from pathlib import Path

import pytest
from tools import conduit_command, needs_own_mounts, with_mount

import releases
from conduits import files

STORE = "receipts/telemetry_conduit.json"


@pytest.fixture
def folder(new_folder) -> Path:
    """A folder with a release that has been released once and has grown since."""
    made = new_folder()
    releases.write(made / "release", runs=20)
    command = conduit_command(made / "release", "--apply", "--out", made / "out")
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    releases.write(made / "release", runs=40)
    return made


def refused(done: subprocess.CompletedProcess[bytes]) -> None:
    assert done.returncode == 2, (done.stdout, done.stderr)
    codes = [issue["code"] for issue in json.loads(done.stdout)["issues"]]
    assert codes == ["OUTPUT_UNWRITABLE"], done.stdout
    assert done.stderr == b""


def limited(size: int, command: list[str]) -> subprocess.CompletedProcess[bytes]:
    """Run where no file may grow beyond ``size`` bytes: the twin of a full disk that always runs."""
    limits = (size, resource.RLIM_INFINITY)
    return subprocess.run(
        command,
        capture_output=True,
        check=False,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits),
    )


@pytest.mark.parametrize("size", [1, 1500, 12_288, 20_480])
def test_where_files_cannot_grow_nothing_changes(folder, size):
    before = files(folder)
    done = limited(size, conduit_command(folder / "release", "--apply", "--out", folder / "out"))
    refused(done)
    assert files(folder) == before
    again = subprocess.run(
        conduit_command(folder / "release", "--apply", "--out", folder / "out"),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert again.returncode == 0
    assert len(json.loads(again.stdout)["chunks"]) == 2


@pytest.mark.parametrize("size", [500, 4096])
def test_a_first_release_that_has_no_room_leaves_no_half_of_itself(folder, size):
    fresh = releases.write(folder / "fresh")
    done = limited(size, conduit_command(fresh, "--apply", "--out", folder / "new"))
    refused(done)
    assert not (fresh / STORE).exists()
    assert files(folder / "new") == {}
    assert [name for name in files(fresh) if Path(name).name.startswith(".")] == []
    again = subprocess.run(conduit_command(fresh, "--apply"), capture_output=True, check=False, timeout=60)
    assert again.returncode == 0


@pytest.mark.parametrize("kib", [0, 8, 32])
def test_a_full_file_system_changes_nothing(folder, kib):
    """The home on a small disk of its own, of which a filler takes all but ``kib`` KiB."""
    needs_own_mounts()
    home, seed = folder / "home", folder / "seed"
    home.mkdir()
    first = conduit_command(folder / "release", "--home", seed, "--apply", "--k", "5")
    assert subprocess.run(first, capture_output=True, check=False, timeout=60).returncode == 0
    releases.write(folder / "release", runs=300)
    before = files(seed)
    fill = (
        f"head -c $(( $(df --output=avail -B1 {home} | tail -1) - {kib} * 1024 )) /dev/zero > {home}/filler"
    )
    mount = f"mount -t tmpfs -o size=512k tmpfs {home} && cp -r {seed}/. {home} && {{ {fill}; }}"
    keep = f"cp -r {home}/. {folder}/after; rm -f {folder}/after/filler; exit $status"
    (folder / "after").mkdir()
    command = conduit_command(folder / "release", "--home", home, "--apply")
    done = with_mount(f'{mount} && {{ "$@"; status=$?; {keep}; }}; exit 1; true', command)
    refused(done)
    assert files(folder / "after") == before


def test_a_full_disk_for_the_snapshot_is_met_before_anything_is_released(folder):
    needs_own_mounts()
    out = folder / "full"
    out.mkdir()
    before = files(folder / "release")
    mount = (
        f"mount -t tmpfs -o size=4k tmpfs {out} && {{ cat /dev/zero > {out}/filler 2> /dev/null || true; }}"
    )
    done = with_mount(mount, conduit_command(folder / "release", "--apply", "--out", out))
    refused(done)
    assert files(folder / "release") == before


def test_the_test_of_the_limit_can_fail(folder):
    """With room enough the same command releases: the refusals above are the limit's."""
    done = limited(1 << 20, conduit_command(folder / "release", "--apply", "--out", folder / "out"))
    assert done.returncode == 0
    assert shutil.disk_usage(folder).free > 0
    assert os.path.getsize(folder / "release" / STORE) > 1500
