"""From contributions to a chunk, case by case, on the reference; parity with the core covers the rest."""

from typing import Any

import pytest

from weftend.errors import WeftendError
from weftend.reference import digest, fold
from weftend.reference.release import Request, counted, coverage, next_window
from weftend.reference.streams import Map, Stream

PATH = "sha256:" + "ab" * 32


def definition(*maps: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A compiled stream definition with these maps."""
    return {
        "schema": "weftend.stream/0",
        "streamId": "telemetry.test.v0",
        "version": 1,
        "title": "Test",
        "unit": {"name": "run", "plural": "runs"},
        "reader": "tests",
        "contribution": "every-map",
        "floor": {"default": 100, "least": 5},
        "caps": {
            "maxBucketsPerChunk": 200,
            "maxChunkBytes": 262_144,
            "maxChunks": 64,
            "maxWindowTicks": 1_000_000,
            "ttlSeconds": 86_400,
        },
        "refs": ["evidenceRefs"],
        "maps": list(maps),
    } | changes


def a_map(name: str, kind: str = "set", *keys: str, clamp: int = 1, fold: str = "none") -> dict[str, Any]:
    vocabulary = {"type": "enum", "keys": list(keys)}
    return {"name": name, "kind": kind, "clamp": clamp, "fold": fold, "vocabulary": vocabulary}


def unit(number: int) -> bytes:
    return number.to_bytes(32)


def runs(*keys_of_each: list[str], channel: str = "m") -> fold.Partial:
    """One unit per list of keys, numbered from 0."""
    partial: fold.Partial = {}
    for number, keys in enumerate(keys_of_each):
        fold.add(partial, unit(number), unit(number), channel, "", 0)
        for key in keys:
            fold.add(partial, unit(number), unit(number), channel, key)
    return partial


def release(compiled: dict[str, Any], partial: fold.Partial, **changes: Any) -> Any:
    return next_window(Stream.of(compiled), partial, Request(PATH, **({"k": 5} | changes))).chunk


def test_the_chunk_has_exactly_its_members_and_its_own_digest() -> None:
    compiled = definition(a_map("m", "set", "a", "b"), a_map("n", "set", "a"))
    chunk = release(compiled, runs(*[["a"]] * 6), start=7, previous=PATH)
    body = {name: value for name, value in chunk.items() if name != "chunkId"}
    assert body == {
        "schema": "weftend.telemetry.chunk/0",
        "streamId": "telemetry.test.v0",
        "prevChunkId": PATH,
        "windowStartTick": 7,
        "windowEndTick": 13,
        "payload": {
            "schema": "weftend.telemetry.aggregate/0",
            "bind": {"pathDigest": PATH},
            "kFloor": 5,
            "sampleCount": 6,
            "aggregates": {"m": {"a": 6}, "n": {}},
        },
        "evidenceRefs": [],
        "tartarusRefs": [],
        "ttlSeconds": 86_400,
        "kAnonymityFloor": 5,
        "coverage": 1.0,
    }
    assert chunk["chunkId"] == digest(body)


def test_fewer_units_than_the_floor_release_nothing() -> None:
    compiled = definition(a_map("m", "set", "a"))
    assert release(compiled, runs(*[["a"]] * 4)) is None
    assert release(compiled, {}) is None


def test_a_floor_below_the_streams_least_is_refused() -> None:
    compiled = definition(a_map("m", "set", "a"), floor={"default": 9, "least": 7})
    with pytest.raises(WeftendError, match="FLOOR_TOO_LOW"):
        release(compiled, runs(*[["a"]] * 9), k=6)
    with pytest.raises(WeftendError, match="FLOOR_TOO_LOW"):
        release(definition(a_map("m", "set", "a")), runs(*[["a"]] * 9), k=4)
    with pytest.raises(WeftendError, match="USAGE"):
        release(definition(a_map("m", "set", "a")), runs(*[["a"]] * 9), k=1_000_001)


def test_a_partition_counts_each_unit_once_in_the_vocabularys_order() -> None:
    item = Map("m", "partition", 1, False, {"z": 0, "a": 1})
    window = runs(["a", "z"], ["a", "x"], ["x"], [], ["a"])
    assert counted(item, window) == {"z": 1, "a": 2, "__other__": 1, "__none__": 1}


def test_keys_fold_to_their_family_and_what_is_not_registered_to_other() -> None:
    item = Map("m", "set", 1, True, {"A": 0})
    window = runs(["A:1", "A:2", "A"], ["B:A", "AA", ":A"])
    assert counted(item, window) == {"A": 1, "__other__": 1}


def test_a_sum_clamps_each_unit_after_folding() -> None:
    item = Map("m", "sum", 4, False, {"a": 0})
    window = runs(["a"] * 3, ["a"] * 9, ["x", "y", "z", "u", "v"])
    assert counted(item, window) == {"a": 7, "__other__": 4}


def test_parts_of_one_unit_add_up_and_the_same_part_twice_does_not() -> None:
    left: fold.Partial = {}
    right: fold.Partial = {}
    fold.add(left, unit(0), unit(1), "m", "a", 2)
    fold.add(right, unit(0), unit(1), "m", "a", 3)
    fold.add(right, unit(0), unit(2), "m", "a", 5)
    assert fold.totals(fold.merge(left, right)[unit(0)], "m") == {"a": 8}
    assert fold.merge(left, left) == left
    assert fold.merge({}, right) == right


def test_the_window_takes_the_first_units_by_digest() -> None:
    caps = definition()["caps"] | {"maxWindowTicks": 5}
    partial = {unit(9 - n): parts for n, parts in enumerate(runs(*[["a"]] * 5, *[["b"]] * 5).values())}
    window = next_window(
        Stream.of(definition(a_map("m", "set", "a", "b"), caps=caps)), partial, Request(PATH, 5)
    )
    assert window.units == tuple(map(unit, range(5)))
    assert window.chunk is not None
    assert window.chunk["payload"]["aggregates"] == {"m": {"b": 5}}


def test_one_map_deals_each_unit_to_one_map_of_its_own() -> None:
    maps = [a_map(name, "set", "a") for name in ("m", "n", "o")]
    compiled = definition(*maps, contribution="one-map")
    partial: fold.Partial = {}
    for number in range(30):
        for name in ("m", "n", "o"):
            fold.add(partial, unit(number), unit(number), name, "a")
    windows = {
        name: next_window(Stream.of(compiled), partial, Request(PATH, 5, map=name))
        for name in ("m", "n", "o")
    }
    for window in windows.values():
        assert window.chunk is not None
        assert len(window.chunk["payload"]["aggregates"]) == 1
        assert window.chunk["payload"]["sampleCount"] == len(window.units) == 10
    assert sorted(digest for window in windows.values() for digest in window.units) == sorted(partial)
    assert windows["n"].units == tuple(map(unit, range(1, 30, 3)))


@pytest.mark.parametrize(("contribution", "name"), [("one-map", None), ("every-map", "m"), ("one-map", "x")])
def test_a_map_is_named_exactly_in_one_map(contribution: str, name: str | None) -> None:
    compiled = definition(a_map("m", "set", "a"), contribution=contribution)
    with pytest.raises(WeftendError, match="USAGE"):
        release(compiled, runs(*[["a"]] * 9), map=name)


def test_refs_leave_only_when_asked_for_and_nothing_is_suppressed() -> None:
    compiled = definition(a_map("m", "set", "a", "b"))
    full = runs(*[["a"]] * 6)
    refs = [f"sha256:{n:064x}" for n in range(70, 0, -1)]
    for ref in [*refs, "sha256:deadbeef", "sha256:" + "A" * 64]:
        fold.add(full, unit(0), unit(0), "evidenceRefs", ref)
        fold.add(full, unit(1), unit(1), "tartarusRefs", ref)
    assert release(compiled, full)["evidenceRefs"] == []
    asked = release(compiled, full, refs=True)
    assert asked["evidenceRefs"] == sorted(refs)[:64]
    assert asked["tartarusRefs"] == []
    fold.add(full, unit(0), unit(0), "m", "b")
    assert release(compiled, full, refs=True)["evidenceRefs"] == []


def test_coverage_is_rounded_down() -> None:
    assert [coverage(part, 3) for part in range(4)] == [0, 0.33, 0.66, 1]
    assert coverage(63, 64) == 0.98


def test_a_chunk_over_the_caps_is_refused_whole() -> None:
    few = definition(a_map("m", "set", "a", "b"), caps=definition()["caps"] | {"maxBucketsPerChunk": 1})
    with pytest.raises(WeftendError, match="TELEMETRY_BUDGET_EXCEEDED"):
        release(few, runs(*[["a", "b"]] * 6))
    short = definition(a_map("m", "set", "a", "b"), caps=definition()["caps"] | {"maxChunkBytes": 500})
    with pytest.raises(WeftendError, match="TELEMETRY_BUDGET_EXCEEDED"):
        release(short, runs(*[["a", "b"]] * 6))


@pytest.mark.parametrize("broken", [{}, {"schema": "weftend.stream/1"}, {"maps": [{}]}, {"caps": 3}])
def test_what_is_no_definition_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(WeftendError, match="STREAM_INVALID"):
        Stream.of(definition(a_map("m", "set", "a")) | broken if broken else {})
