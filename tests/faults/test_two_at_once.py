"""Several runs over one home at once: one after the other, each unit released once, or one is told to wait."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tools import conduit_command

import releases
from conduits import chunks_of, files, ledger_content
from weftend.cli import main
from weftend.reference.verify import verify_snapshot
from weftend.store import home as homes

LEDGER = "receipts/telemetry_conduit_ledger.sqlite3"
HOLD = """
import sys, time
from pathlib import Path
from weftend.store.home import locked, release_home
with locked(release_home(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(120)
"""


@pytest.fixture
def release(new_folder) -> Path:
    return releases.write(new_folder() / "release")


def test_runs_that_start_together_release_every_unit_once(release):
    out = release.parent / "out"
    runs = [
        subprocess.Popen(
            conduit_command(release, "--apply", "--out", out), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(4)
    ]
    said = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0] * 4
    assert [err for _, err in said] == [b""] * 4
    snapshots = [json.loads(text) for text, _ in said]
    assert sorted(item["dropped"]["duplicateSkipped"] for item in snapshots) == [0, 1, 1, 1]
    assert len({json.dumps(item["chunks"]) for item in snapshots}) == 1
    [chunk] = snapshots[0]["chunks"]
    assert chunk["payload"]["sampleCount"] == len(ledger_content(release / LEDGER)["unit"])
    written = (out / "telemetry_conduit_snapshot.json").read_bytes()
    assert verify_snapshot(written, "s").status == "verified"
    assert [path.name for path in out.iterdir()] == ["telemetry_conduit_snapshot.json"]


def test_previews_beside_applies_are_never_told_that_something_is_wrong(release):
    """A preview takes no lock, so it may meet any moment of an apply; growing runs make many of them."""
    for runs in (40, 50, 60):
        releases.write(release, runs=runs)
        apply = subprocess.Popen(conduit_command(release, "--apply"), stdout=subprocess.PIPE)
        while apply.poll() is None:
            preview = subprocess.run(conduit_command(release), capture_output=True, check=False, timeout=60)
            assert preview.returncode == 0, preview.stdout
            assert verify_snapshot(preview.stdout, "s").status == "preview"
        assert apply.returncode == 0
        apply.communicate()


def test_a_home_that_is_held_too_long_is_told_and_nothing_is_written(release, monkeypatch, capfd):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(release)], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        before = files(release.parent)
        monkeypatch.setattr(homes, "LOCK_SECONDS", 0.3)
        arguments = ["telemetry-conduit", str(release), "--k", "5", "--json"]
        assert main([*arguments, "--apply", "--out", str(release.parent / "out")]) == 2
        assert [issue["code"] for issue in json.loads(capfd.readouterr().out)["issues"]] == ["HOME_BUSY"]
        assert files(release.parent) == before
        assert main(arguments) == 0  # a preview does not wait
    finally:
        holder.kill()
        holder.communicate()
    assert main([*arguments, "--apply"]) == 0
    assert len(chunks_of(capfd.readouterr().out.splitlines()[-1].encode())) == 1
