"""Windows, chains, stores and snapshots from Python."""

import json
from hashlib import sha256
from typing import Any

import pytest
from small_streams import PATH, load

from weftend import chain
from weftend.egress import BelowFloor, Released, next_window, unregistered
from weftend.errors import ExitStatus, WeftendError
from weftend.fold import Partial, Stream
from weftend.reference import canonicalize, digest

ID = "telemetry.test.v0"


def unit(number: int) -> bytes:
    return sha256(number.to_bytes(8)).digest()


def runs(stream: Stream, numbers: range, family: str = "A") -> Partial:
    """Runs that passed, one with an unregistered family each."""
    partial = Partial(stream.channels(refs=True))
    for number in numbers:
        for channel, key in enumerate(("passed", family, "good")):
            partial.add(unit(number), unit(number), channel, key)
        partial.add(unit(number), unit(number), 3, "sha256:" + unit(number).hex())
    return partial


def release(stream: Stream, partial: Partial, **changes: Any) -> Released:
    request: dict[str, Any] = {"path_digest": PATH, "k": 5, "window_start_tick": 0, "prev_chunk_id": None}
    window = next_window(stream, partial, **(request | changes))
    assert isinstance(window, Released)
    return window


def chunks(count: int) -> list[bytes]:
    """A chain of windows of ten units."""
    stream = load()
    made: list[Released] = []
    for number in range(count):
        previous = made[-1] if made else None
        made.append(
            release(
                stream,
                runs(stream, range(number * 10, number * 10 + 10), "A" if number else "Z"),
                window_start_tick=previous.window_end_tick if previous else 0,
                prev_chunk_id=previous.chunk_id if previous else None,
            )
        )
    return [released.chunk for released in made]


def test_a_released_chunk_is_canonical_and_consumes_its_units() -> None:
    stream = load()
    partial = runs(stream, range(20))
    released = release(stream, partial, k=7)
    chunk = json.loads(released.chunk)
    assert canonicalize(chunk) == released.chunk
    assert chunk["payload"]["aggregates"] == {
        "conclusions": {"passed": 20},
        "families": {"A": 20},
        "outcomes": {},
    }
    assert chunk.pop("chunkId") == released.chunk_id == digest(chunk)
    assert released.consumed == partial.digests()
    assert (released.units, released.window_end_tick) == (20, 20)
    outcomes = released.notes.maps[2]
    assert (outcomes.map, outcomes.hidden, outcomes.complementary) == ("outcomes", (("good", 20),), ())


def test_too_few_units_say_nothing() -> None:
    stream = load()
    window = next_window(
        stream, runs(stream, range(4)), path_digest=PATH, k=5, window_start_tick=0, prev_chunk_id=None
    )
    assert window == BelowFloor(4)


def test_refs_come_when_asked_for_and_nothing_was_suppressed() -> None:
    stream = load()
    partial = runs(stream, range(20))
    for number in range(20):
        partial.add(unit(number), unit(number), 2, "good", 2)
    assert json.loads(release(stream, partial).chunk)["evidenceRefs"] == []
    given = release(stream, partial, refs=True)
    assert json.loads(given.chunk)["evidenceRefs"] == sorted("sha256:" + unit(n).hex() for n in range(20))
    partial.add(unit(1), unit(1), 1, "B")
    withheld = release(stream, partial, refs=True)
    assert json.loads(withheld.chunk)["evidenceRefs"] == []
    assert withheld.notes.refs_code == "TELEMETRY_REFS_WITHHELD"


def test_one_map_windows_share_no_unit() -> None:
    stream = load(contribution="one-map")
    partial = runs(stream, range(100))
    taken = [release(stream, partial, map=name) for name in stream.maps]
    assert sum(released.units for released in taken) == 100
    assert sum(partial.without(released.consumed) for released in taken) == 100
    with pytest.raises(WeftendError, match="USAGE"):
        release(stream, partial)


def test_unregistered_names_are_for_the_operator() -> None:
    stream = load()
    partial = runs(stream, range(9), "Z:9")
    assert unregistered(stream, partial)["families"] == ((("Z:9", 9),), 0)
    released = release(stream, partial)
    assert released.notes.maps[1].unregistered == (("Z:9", 9),)
    assert b"Z" not in released.chunk


def test_what_may_not_be_asked_is_refused() -> None:
    stream = load()
    partial = runs(stream, range(9))
    for changes, code in (
        ({"k": 4}, "FLOOR_TOO_LOW"),
        ({"k": 10**7}, "USAGE"),
        ({"window_start_tick": 2**53}, "TELEMETRY_TICK_INVALID"),
    ):
        with pytest.raises(WeftendError, match=code):
            release(stream, partial, **changes)
    with pytest.raises(ValueError, match="digest"):
        release(stream, partial, path_digest="sha256:abc")


def test_a_store_holds_together_until_somebody_touches_it() -> None:
    store = chain.store_bytes(ID, chunks(3), tick=30)
    value = json.loads(store)
    assert store == canonicalize(value) + b"\n"
    assert chain.check_store(ID, store) == chain.Chain(None, value["chunks"][2]["chunkId"], 30)
    value["chunks"][1]["payload"]["aggregates"]["families"]["A"] = 9
    value["journal"]["updatedAtTick"] = 31
    with pytest.raises(WeftendError) as refused:
        chain.check_store(ID, canonicalize(value) + b"\n")
    assert refused.value.status is ExitStatus.INTEGRITY
    assert [(issue.code, issue.path) for issue in refused.value.issues.issues] == [
        ("TELEMETRY_CHUNK_ID_MISMATCH", "#/chunks/1/chunkId"),
        ("TELEMETRY_TICK_INVALID", "#/journal/updatedAtTick"),
    ]
    with pytest.raises(WeftendError, match="TELEMETRY_CONDUIT_INVALID"):
        chain.check_store(ID, store[:-5])
    with pytest.raises(WeftendError, match="TELEMETRY_CHAIN_BROKEN"):
        chain.check_store("telemetry.other.v0", store)


def test_an_empty_store_holds_together() -> None:
    assert chain.check_store(ID, chain.store_bytes(ID, [], tick=0)) == chain.Chain(None, None, 0)


def test_pruning_leaves_an_anchor() -> None:
    four = chunks(4)
    pruned = chain.prune(four, now=40, max_chunks=2)
    assert (pruned.kept, pruned.ttl_pruned, pruned.cap_pruned) == (tuple(four[2:]), 0, 2)
    anchor = json.loads(four[1])["chunkId"]
    assert chain.check_store(ID, chain.store_bytes(ID, pruned.kept, tick=40)).anchor == anchor
    late = chain.prune(four, now=20 + 86_400, max_chunks=64)
    assert (late.kept, late.ttl_pruned) == (tuple(four[2:]), 2)


def test_a_snapshot_says_only_what_it_shows() -> None:
    first, second = chunks(2)
    snapshot = json.loads(chain.snapshot_bytes(ID, [second]))
    assert snapshot["reasonCodes"] == ["TELEMETRY_INSUFFICIENT_COVERAGE"]
    assert (snapshot["v"], snapshot["headChunkId"]) == (0, json.loads(second)["chunkId"])
    text = chain.snapshot_bytes(ID, [first, second], k_floor_skipped=1, cap_pruned=2**40, preview=True)
    snapshot = json.loads(text)
    assert text == canonicalize(snapshot) + b"\n"
    assert snapshot["reasonCodes"] == [
        "TELEMETRY_INSUFFICIENT_COVERAGE",
        "TELEMETRY_KEY_UNREGISTERED",
        "TELEMETRY_K_ANONYMITY_FAIL",
        "TELEMETRY_PREVIEW",
    ]
    assert snapshot["dropped"] == {
        "ttlPruned": 0,
        "capPruned": 2**32 - 1,
        "kFloorSkipped": 1,
        "duplicateSkipped": 0,
    }
    assert "reasonCodes" not in json.loads(chain.snapshot_bytes(ID, []))
    with pytest.raises(WeftendError, match="TELEMETRY_CONDUIT_INVALID"):
        chain.snapshot_bytes(ID, [b"{}x"])
