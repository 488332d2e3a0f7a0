"""Where homes are, and that one run at a time holds one."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from weftend.errors import WeftendError
from weftend.store.home import LOCK_NAME, Home, locked, release_home, state_home

HOLD = """
import sys, time
from pathlib import Path
from weftend.store.home import Home, locked
with locked(Home(Path(sys.argv[1]), flat=False)):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_release_folder_keeps_both_under_its_receipts(tmp_path):
    home = release_home(tmp_path)
    assert home.ledger == tmp_path / "receipts" / "telemetry_conduit_ledger.sqlite3"
    assert home.store("telemetry.release.v0") == tmp_path / "receipts" / "telemetry_conduit.json"


def test_any_other_home_has_a_folder_per_stream(tmp_path):
    home = state_home(tmp_path)
    assert home.ledger == tmp_path / "telemetry_conduit_ledger.sqlite3"
    assert home.store("s.v0") == tmp_path / "conduit" / "s.v0" / "telemetry_conduit.json"


def test_the_home_asked_for_comes_before_the_environment_before_the_platform(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("WEFTEND_HOME", "")
    assert state_home().folder.is_relative_to(tmp_path)
    assert state_home().folder.name == "weftend"
    monkeypatch.setenv("WEFTEND_HOME", "/env")
    assert state_home().folder == Path("/env")
    assert state_home(Path("/asked")).folder == Path("/asked")


def test_naming_a_home_touches_no_disk(tmp_path):
    state_home(tmp_path / "a").store("s.v0")
    release_home(tmp_path / "b")
    assert os.listdir(tmp_path) == []


def test_receipts_that_are_a_link_are_refused(tmp_path):
    (tmp_path / "receipts").symlink_to("elsewhere")
    with pytest.raises(WeftendError, match="INPUT_SYMLINK"):
        release_home(tmp_path)


def test_the_lock_makes_the_home_for_its_owner_alone(tmp_path):
    home = Home(tmp_path / "home", flat=False)
    with locked(home) as owner:
        assert owner.isalnum()
    assert stat.S_IMODE(home.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((home.folder / LOCK_NAME).stat().st_mode) == 0o600


def test_a_home_that_another_process_holds_is_busy_and_free_when_it_is_killed(tmp_path):
    home = Home(tmp_path, flat=False)
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        start = time.monotonic()
        with pytest.raises(WeftendError, match="HOME_BUSY"), locked(home, seconds=0.2):
            pass
        assert time.monotonic() - start >= 0.2
    finally:
        holder.kill()
        holder.wait()
    with locked(home, seconds=5):
        pass


def test_a_home_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WeftendError, match="OUTPUT_UNWRITABLE"), locked(Home(tmp_path / "file", flat=False)):
        pass
