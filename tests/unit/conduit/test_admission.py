"""What a home refuses whatever is read is refused before anything is read; what an apply mends is let through."""

from __future__ import annotations

import sqlite3

import pytest

from conduits import STREAM_ID, files, request, stream
from weftend import conduit
from weftend.errors import WeftendError
from weftend.store import schema
from weftend.store.home import Home


@pytest.fixture
def home(tmp_path) -> Home:
    made = Home(tmp_path / "home", flat=False)
    conduit.apply(request(stream(), range(10), rule="file"), made)
    conduit.apply(request(stream(), range(20), rule="file"), made)
    return made


def test_a_home_that_is_not_there_admits_everything_and_stays_away(tmp_path):
    conduit.admit(STREAM_ID, "file", Home(tmp_path / "new", flat=False))
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("rule", ["dir", "field", None])
def test_another_rule_is_refused(home, rule):
    before = files(home.folder)
    conduit.admit(STREAM_ID, "file", home)
    conduit.admit("telemetry.other.v0", rule, home)
    with pytest.raises(WeftendError, match="UNIT_RULE_FIXED") as refused:
        conduit.admit(STREAM_ID, rule, home)
    assert refused.value.status == 2
    assert files(home.folder) == before


def test_a_store_of_another_time_is_refused(home):
    store = home.store(STREAM_ID)
    store.write_bytes(store.read_bytes().replace(b'"updatedAtTick":20', b'"updatedAtTick":19'))
    with pytest.raises(WeftendError) as refused:
        conduit.admit(STREAM_ID, "file", home)
    assert refused.value.status == 3


def test_a_store_one_step_behind_is_left_to_the_apply(home, tmp_path):
    behind = Home(tmp_path / "behind", flat=False)
    conduit.apply(request(stream(), range(10), rule="file"), behind)
    home.store(STREAM_ID).write_bytes(behind.store(STREAM_ID).read_bytes())
    before = files(home.folder)
    conduit.admit(STREAM_ID, "file", home)
    assert files(home.folder) == before
    assert conduit.apply(request(stream(), range(20), rule="file"), home).recovered


def test_a_home_that_another_run_is_writing_is_left_to_the_apply(home, monkeypatch):
    monkeypatch.setattr(schema, "BUSY_SECONDS", 0.05)
    writer = sqlite3.connect(home.ledger, isolation_level=None)
    try:
        writer.execute("PRAGMA locking_mode = EXCLUSIVE")
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(WeftendError, match="HOME_BUSY"):
            conduit.preview(request(stream(), range(10), rule="dir"), home)
        conduit.admit(STREAM_ID, "dir", home)
    finally:
        writer.close()
