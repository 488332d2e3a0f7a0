"""Equal contributions give equal chunk bytes from the core and from the reference, however they are read."""

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from stream_strategies import Record, as_reference, definitions, records

import weftend.chain as core_chain
from weftend.egress import BelowFloor, Released, next_window
from weftend.errors import WeftendError
from weftend.fold import Partial
from weftend.fold import Stream as CoreStream
from weftend.reference import canonicalize, chain, fold, release
from weftend.reference.streams import Stream
from weftend.reference.verify import Against, verify_snapshot, verify_store

PATH = "sha256:" + "ab" * 32


def as_core(stream: CoreStream, found: list[Record], refs: bool = True) -> Partial:
    """The records as the core folds them."""
    channels = stream.channels(refs=refs)
    partial = Partial(channels)
    for record in found:
        partial.touch(record.unit)
        for channel, key, amount in record.says:
            partial.add(record.unit, record.part, channels.index(channel), key, amount)
        partial.end_record()
    return partial


def by_core(stream: CoreStream, partial: Partial, **request: Any) -> object:
    try:
        found = next_window(stream, partial, path_digest=PATH, **request)
    except WeftendError as error:
        return [issue.code for issue in error.issues.issues]
    if isinstance(found, BelowFloor):
        return found.units
    digests = tuple(found.consumed[at : at + 32] for at in range(0, len(found.consumed), 32))
    return found.chunk, found.chunk_id, found.window_end_tick, digests


def by_reference(stream: Stream, partial: fold.Partial, **request: Any) -> object:
    names = {"window_start_tick": "start", "prev_chunk_id": "previous"}
    asked = release.Request(PATH, **{names.get(name, name): value for name, value in request.items()})
    try:
        window = release.next_window(stream, partial, asked)
    except WeftendError as error:
        return [issue.code for issue in error.issues.issues]
    if window.chunk is None:
        return len(window.units)
    chunk = window.chunk
    return canonicalize(chunk), chunk["chunkId"], chunk["windowEndTick"], window.units


@st.composite
def situations(draw: st.DrawFn) -> tuple[dict[str, Any], list[Record], dict[str, Any]]:
    """A stream, its records, and what is asked for."""
    definition = draw(definitions())
    request = {
        "k": draw(st.sampled_from([5, 5, 5, 6, 9, 4, 0, 1_000_001])),
        "window_start_tick": draw(st.sampled_from([0, 7, 2**52])),
        "prev_chunk_id": draw(st.sampled_from([None, PATH])),
        "refs": draw(st.booleans()),
    }
    names = [item["name"] for item in definition["maps"]]
    fits = st.sampled_from(names) if definition["contribution"] == "one-map" else st.none()
    request["map"] = draw(fits | st.sampled_from([None, "m", "x"]))
    return definition, draw(records(definition)), request


@settings(max_examples=150, deadline=None)
@given(situation=situations())
def test_equal_contributions_give_equal_bytes(
    situation: tuple[dict[str, Any], list[Record], dict[str, Any]],
) -> None:
    definition, found, request = situation
    core, reference = CoreStream(canonicalize(definition)), Stream.of(definition)
    assert core.digest == reference.digest
    assert by_core(core, as_core(core, found), **request) == by_reference(
        reference, as_reference(found), **request
    )


@settings(max_examples=60, deadline=None)
@given(situation=situations(), seed=st.integers(0, 2**32), pieces=st.integers(1, 5))
def test_however_they_are_read_and_merged(
    situation: tuple[dict[str, Any], list[Record], dict[str, Any]], seed: int, pieces: int
) -> None:
    definition, found, _ = situation
    core, shuffle = CoreStream(canonicalize(definition)), random.Random(seed)  # noqa: S311
    met = found + shuffle.sample(found, len(found) // 2)
    shuffle.shuffle(met)
    partial, reference = Partial(core.channels(refs=True)), {}
    for piece in range(pieces):
        partial.merge(as_core(core, met[piece::pieces]))
        reference = fold.merge(reference, as_reference(met[piece::pieces]))
    assert reference == as_reference(found)
    assert partial.to_bytes() == as_core(core, found).to_bytes()
    assert partial.totals() == [totals(reference, channel) for channel in core.channels(refs=True)]


def totals(partial: fold.Partial, channel: str) -> dict[str, tuple[int, int]]:
    """Raw key → (units, total), as ``Partial.totals`` says it."""
    found: dict[str, tuple[int, int]] = {}
    for parts in partial.values():
        for key, amount in fold.totals(parts, channel).items():
            units, total = found.get(key, (0, 0))
            found[key] = units + 1, min(total + amount, fold.MAX_AMOUNT)
    return found


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_the_core_releases_the_reference_verifies(data: st.DataObject) -> None:
    """A home's life: windows until nothing is left, pruned after each; the snapshot and the store hold."""
    definition = data.draw(definitions())
    found = data.draw(records(definition))
    core, stream = CoreStream(canonicalize(definition)), Stream.of(definition)
    partial, chunks, tick, previous, units = as_core(core, found), [], 0, None, set()
    kept: list[bytes] = []
    taken = [0, 0]
    for name in [item["name"] for item in definition["maps"]] if core.contribution == "one-map" else [None]:
        while True:
            window = next_window(
                core, partial, path_digest=PATH, k=5, window_start_tick=tick, prev_chunk_id=previous, map=name
            )
            if not isinstance(window, Released):
                break
            digests = {window.consumed[at : at + 32] for at in range(0, len(window.consumed), 32)}
            assert not digests & units, "no unit reaches two chunks"
            units |= digests
            assert partial.without(window.consumed) == len(digests)
            tick, previous = window.window_end_tick, window.chunk_id
            chunks.append(window.chunk)
            pruned = core_chain.prune([*kept, window.chunk], now=tick, max_chunks=4)
            kept = list(pruned.kept)
            taken = [taken[0] + pruned.ttl_pruned, taken[1] + pruned.cap_pruned]
    assert tick == len(units)
    snapshot = core_chain.snapshot_bytes(
        stream.id, kept, ttl_pruned=taken[0], cap_pruned=taken[1], k_floor_skipped=int(len(partial) > 0)
    )
    store = core_chain.store_bytes(stream.id, kept, tick=tick)
    value, issues = verify_store(store, "store")
    assert issues == ()
    verdict = verify_snapshot(snapshot, "snapshot", Against(given=[stream], head=previous, store=value))
    assert verdict.issues == ()
    assert core_chain.check_store(stream.id, store).head == previous


@given(ends=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 12)), max_size=8), most=st.integers(0, 6))
def test_pruning_takes_the_same(ends: list[tuple[int, int]], most: int) -> None:
    from snapshots import chain as chunks_of
    from snapshots import definition, full, resealed

    chunks = chunks_of(definition(), *(full(100 * n, 5) for n in range(len(ends))))
    tick = 0
    for chunk, (_, ttl) in zip(chunks, ends, strict=True):
        chunk["ttlSeconds"] = ttl
        tick = chunk["windowEndTick"]
    resealed(chunks)
    kept, old, much = chain.prune(chunks, now=tick, most=most)
    pruned = core_chain.prune([canonicalize(chunk) for chunk in chunks], now=tick, max_chunks=most)
    assert (list(pruned.kept), pruned.ttl_pruned, pruned.cap_pruned) == (
        [canonicalize(chunk) for chunk in kept],
        old,
        much,
    )
