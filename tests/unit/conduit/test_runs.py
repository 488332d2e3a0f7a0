"""What runs of the conduit do to a home, one after the other."""

from __future__ import annotations

import json
import os
import stat

import pytest

import conduits
from conduits import STREAM_ID, K, chunks_of, files, ledger_content, request, stream
from weftend import conduit
from weftend.conduit import Outcome, Status
from weftend.errors import WeftendError
from weftend.reference.verify import verify_snapshot, verify_store
from weftend.store.home import Home


@pytest.fixture(params=[True, False], ids=["release folder", "any home"])
def home(request, tmp_path) -> Home:
    return Home(tmp_path / "home", flat=request.param)


def ticks(outcome: Outcome) -> list[tuple[int, int]]:
    return [(chunk["windowStartTick"], chunk["windowEndTick"]) for chunk in chunks_of(outcome.snapshot)]


def dropped(outcome: Outcome) -> dict[str, int]:
    found: dict[str, int] = json.loads(outcome.snapshot)["dropped"]
    return {name: count for name, count in found.items() if count}


def reasons(outcome: Outcome) -> list[str]:
    return json.loads(outcome.snapshot).get("reasonCodes", [])


def test_a_first_apply_makes_ledger_store_and_snapshot(home, tmp_path):
    out = tmp_path / "out"
    outcome = conduit.apply(request(stream(), range(20)), home, out)
    assert (outcome.status, outcome.status.exit) == (Status.RELEASED, 0)
    assert (outcome.found, outcome.released, outcome.pending, outcome.consumed_before) == (20, 20, 0, 0)
    assert outcome.written == out / "telemetry_conduit_snapshot.json"
    assert outcome.written.read_bytes() == outcome.snapshot
    assert verify_snapshot(outcome.snapshot, "s").status == "verified"
    assert verify_store(home.store(STREAM_ID).read_bytes(), "s")[1] == ()
    assert ticks(outcome) == [(0, 20)]


def test_everything_is_its_owner_s_alone(home, tmp_path):
    conduit.apply(request(stream(), range(20)), home, tmp_path / "out")
    for path in (tmp_path / "home", tmp_path / "out", *(tmp_path / "home").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_running_again_changes_no_byte_of_store_and_ledger(home, tmp_path):
    conduit.apply(request(stream(), range(20)), home, tmp_path / "out")
    before = files(home.folder)
    again = conduit.apply(request(stream(), range(20)), home, tmp_path / "out")
    assert files(home.folder) == before
    assert (again.status, again.status.exit) == (Status.NOTHING_NEW, 0)
    assert dropped(again) == {"duplicateSkipped": 1}
    assert reasons(again) == []
    assert ticks(again) == [(0, 20)]


def test_later_runs_take_only_what_is_new(home):
    conduit.apply(request(stream(), range(20)), home)
    later = conduit.apply(request(stream(), range(10, 30)), home)
    assert (later.found, later.consumed_before, later.released) == (20, 10, 10)
    assert ticks(later) == [(0, 20), (20, 30)]
    assert len(ledger_content(home.ledger)["unit"]) == 30


def test_too_few_are_not_consumed_and_come_out_with_later_ones(home, tmp_path):
    outcome = conduit.apply(request(stream(), range(4)), home, tmp_path / "out")
    assert (outcome.status, outcome.status.exit) == (Status.BELOW_FLOOR, 1)
    assert (outcome.pending, dropped(outcome)) == (4, {"kFloorSkipped": 1})
    assert reasons(outcome) == ["TELEMETRY_K_ANONYMITY_FAIL"]
    assert (tmp_path / "out" / conduit.SNAPSHOT_NAME).read_bytes() == outcome.snapshot
    assert files(home.folder) == {}
    later = conduit.apply(request(stream(), range(6)), home)
    assert (later.released, ticks(later)) == (6, [(0, 6)])


def test_a_small_rest_leaves_the_store_as_it_was(home):
    conduit.apply(request(stream(), range(20)), home)
    before = files(home.folder)
    outcome = conduit.apply(request(stream(), range(23)), home)
    assert (outcome.status, outcome.pending, outcome.consumed_before) == (Status.BELOW_FLOOR, 3, 20)
    assert files(home.folder) == before


def test_no_units_at_all(home, tmp_path):
    outcome = conduit.apply(request(stream(), range(0)), home, tmp_path / "out")
    assert (outcome.status, outcome.status.exit) == (Status.NO_UNITS, 1)
    assert (dropped(outcome), reasons(outcome)) == ({}, [])
    assert json.loads(outcome.snapshot)["headChunkId"] is None
    assert files(home.folder) == {}


def test_a_large_input_becomes_several_windows_and_the_rest_waits(home):
    small = stream(caps={"maxWindowTicks": 10})
    outcome = conduit.apply(request(small, range(33)), home)
    assert ticks(outcome) == [(0, 10), (10, 20), (20, 30)]
    assert (outcome.released, outcome.pending) == (30, 3)
    assert dropped(outcome) == {"kFloorSkipped": 1}
    assert verify_snapshot(outcome.snapshot, "s").status == "verified"


def test_a_preview_says_what_an_apply_would_and_leaves_no_trace(home):
    conduit.apply(request(stream(), range(20)), home)
    before = {name: (home.folder / name).stat().st_mtime_ns for name in files(home.folder)}
    content = files(home.folder)
    preview = conduit.preview(request(stream(), range(33)), home)
    assert files(home.folder) == content
    assert {name: (home.folder / name).stat().st_mtime_ns for name in before} == before
    assert reasons(preview) == ["TELEMETRY_PREVIEW"]
    assert verify_snapshot(preview.snapshot, "s").status == "preview"
    applied = conduit.apply(request(stream(), range(33)), home)
    assert chunks_of(preview.snapshot) == chunks_of(applied.snapshot)
    assert (preview.released, preview.pending) == (applied.released, applied.pending)


def test_a_preview_of_a_home_that_is_not_there_makes_none(home, tmp_path):
    assert conduit.preview(request(stream(), range(20)), home).released == 20
    assert os.listdir(tmp_path) == []


def test_without_a_folder_for_it_no_snapshot_is_written_and_any_later_run_can(home, tmp_path):
    first = conduit.apply(request(stream(), range(20)), home)
    assert first.written is None
    again = conduit.apply(request(stream(), range(20)), home, tmp_path / "out")
    assert chunks_of((tmp_path / "out" / conduit.SNAPSHOT_NAME).read_bytes()) == chunks_of(first.snapshot)
    assert again.status is Status.NOTHING_NEW


def test_old_chunks_are_pruned_by_age_then_by_number(home):
    short = stream(caps={"ttlSeconds": 25, "maxChunks": 2})
    for start in range(0, 60, 10):
        outcome = conduit.apply(request(short, range(start, start + 10)), home)
    assert ticks(outcome) == [(40, 50), (50, 60)]
    assert dropped(outcome) == {"capPruned": 1}
    assert verify_snapshot(outcome.snapshot, "s").anchor is not None
    assert len(ledger_content(home.ledger)["chunk"]) == 2
    assert len(ledger_content(home.ledger)["unit"]) == 60


def test_a_stream_that_shortens_its_ttl_keeps_a_chain_that_holds(home):
    long, short = stream(caps={"ttlSeconds": 1000}), stream(caps={"ttlSeconds": 5})
    conduit.apply(request(long, range(10)), home)
    for start in (10, 20, 30):
        outcome = conduit.apply(request(short, range(start, start + 10)), home)
        assert verify_snapshot(outcome.snapshot, "s").issues == ()
    assert ticks(outcome) == [(30, 40)]


def test_one_map_deals_each_unit_to_one_chunk(home):
    dealt = stream(contribution="one-map")
    outcome = conduit.apply(request(dealt, range(60)), home)
    chunks = chunks_of(outcome.snapshot)
    assert [list(chunk["payload"]["aggregates"]) for chunk in chunks] == [["names"], ["sizes"]]
    assert sum(chunk["payload"]["sampleCount"] for chunk in chunks) == 60
    assert ticks(outcome)[0][1] == ticks(outcome)[1][0]
    assert len(ledger_content(home.ledger)["unit"]) == 60
    assert conduit.apply(request(dealt, range(60)), home).status is Status.NOTHING_NEW


def test_a_unit_that_one_stream_released_is_none_for_another(tmp_path):
    home = Home(tmp_path, flat=False)
    conduit.apply(request(stream(), range(20)), home)
    other = stream(streamId="telemetry.other.v0")
    outcome = conduit.apply(request(other, range(10, 40)), home)
    assert (outcome.consumed_before, outcome.released) == (10, 20)
    assert sorted(os.listdir(tmp_path / "conduit")) == ["telemetry.other.v0", STREAM_ID]


def test_the_first_release_fixes_what_one_unit_is(home):
    few = conduit.apply(request(stream(), range(3), rule="dir"), home)
    assert few.status is Status.BELOW_FLOOR
    conduit.apply(request(stream(), range(20), rule="file"), home)
    before = files(home.folder)
    for run in (conduit.apply, conduit.preview):
        with pytest.raises(WeftendError, match="UNIT_RULE_FIXED") as caught:
            run(request(stream(), range(20, 40), rule="dir"), home)
        assert caught.value.status == 2
    assert files(home.folder) == before
    assert conduit.apply(request(stream(), range(20, 40), rule="file"), home).released == 20


def test_a_floor_under_the_stream_s_own_is_refused_by_the_core_too(home):
    with pytest.raises(WeftendError, match="FLOOR_TOO_LOW"):
        conduit.apply(request(stream(), range(20), k=K - 1), home)
    assert files(home.folder) == {}


def test_equal_input_gives_equal_bytes_whatever_the_order_of_runs(tmp_path):
    one, two = (Home(tmp_path / name, flat=True) for name in ("one", "two"))
    conduit.apply(request(stream(), range(20)), one)
    backwards = conduits.partial(stream(), range(19, -1, -1))
    conduit.apply(conduit.Request(stream(), backwards, stream().digest, K), two)
    assert one.store(STREAM_ID).read_bytes() == two.store(STREAM_ID).read_bytes()
