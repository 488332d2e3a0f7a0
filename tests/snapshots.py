"""Building snapshots and stores for tests, from the reference's own release function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from weftend.reference import canonicalize, fold
from weftend.reference.chain import chunk_id
from weftend.reference.release import Request, next_window
from weftend.reference.streams import Stream

RELEASE_PATH = "sha256:" + "ab" * 32


def a_map(name: str, kind: str = "set", *keys: str, clamp: int = 1) -> dict[str, Any]:
    """One map of a compiled definition."""
    vocabulary = {"type": "enum", "keys": list(keys)}
    return {"name": name, "kind": kind, "clamp": clamp, "fold": "none", "vocabulary": vocabulary}


def definition(*maps: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A compiled stream definition: by default a partition, a set and a sum."""
    default = (
        a_map("kinds", "partition", "x", "y", "z"),
        a_map("names", "set", "a", "b", "c"),
        a_map("sizes", "sum", "p", "q", clamp=3),
    )
    caps = {"maxBucketsPerChunk": 200, "maxChunkBytes": 262_144, "maxChunks": 64, "maxWindowTicks": 1_000_000}
    return {
        "schema": "weftend.stream/0",
        "streamId": "telemetry.test.v0",
        "version": 1,
        "title": "Test",
        "unit": {"name": "run", "plural": "runs"},
        "reader": "tests",
        "contribution": "every-map",
        "floor": {"default": 100, "least": 5},
        "caps": {**caps, "ttlSeconds": 86_400},
        "refs": ["evidenceRefs"],
        "maps": list(maps or default),
    } | changes


def partial(first: int, units: int, channels: dict[str, Callable[[int], list[str]]]) -> fold.Partial:
    """``units`` units numbered from ``first``; per channel the keys of unit number n."""
    found: fold.Partial = {}
    for number in range(first, first + units):
        unit = number.to_bytes(32)
        fold.add(found, unit, unit, "", "", 0)
        for channel, keys in channels.items():
            for key in keys(number):
                fold.add(found, unit, unit, channel, key)
    return found


def full(first: int, units: int) -> fold.Partial:
    """Units of the default definition over which nothing is suppressed."""
    channels: dict[str, Callable[[int], list[str]]] = {
        "kinds": lambda n: ["x" if n % 2 else "y"],
        "names": lambda n: ["a", "b"],
        "sizes": lambda n: ["p"] * 3,
    }
    return partial(first, units, channels)


def chain(
    compiled: dict[str, Any], *windows: fold.Partial, k: int = 5, refs: bool = False
) -> list[dict[str, Any]]:
    """One chunk per window, each after the one before, from the beginning of the stream."""
    stream, chunks = Stream.of(compiled), []
    tick, previous = 0, None
    for window in windows:
        path = RELEASE_PATH if stream.reader == "release" else stream.digest
        request = Request(path, k, start=tick, previous=previous, refs=refs)
        chunk = next_window(stream, window, request).chunk
        assert chunk is not None
        tick, previous = chunk["windowEndTick"], chunk["chunkId"]
        chunks.append(chunk)
    return chunks


def snapshot(chunks: list[dict[str, Any]], *codes: str, **dropped: int) -> dict[str, Any]:
    """A snapshot of these chunks, with the reason codes given or those that the chunks show."""
    shown = set(codes)
    if any(chunk["coverage"] < 1 for chunk in chunks):
        shown.add("TELEMETRY_INSUFFICIENT_COVERAGE")
    if any("__other__" in item for chunk in chunks for item in chunk["payload"]["aggregates"].values()):
        shown.add("TELEMETRY_KEY_UNREGISTERED")
    counters = dict.fromkeys(("ttlPruned", "capPruned", "kFloorSkipped", "duplicateSkipped"), 0)
    document = {
        "schema": "weftend.telemetry.conduitSnapshot/0",
        "v": 0,
        "streamId": chunks[-1]["streamId"] if chunks else "telemetry.test.v0",
        "headChunkId": chunks[-1]["chunkId"] if chunks else None,
        "chunks": chunks,
        "dropped": counters | dropped,
    }
    return document | ({"reasonCodes": sorted(shown)} if shown else {})


def store(chunks: list[dict[str, Any]]) -> dict[str, Any]:
    """The store of these chunks."""
    journal = {
        "schema": "weftend.telemetry.journal/0",
        "streamId": chunks[-1]["streamId"] if chunks else "telemetry.test.v0",
        "headChunkId": chunks[-1]["chunkId"] if chunks else None,
        "updatedAtTick": chunks[-1]["windowEndTick"] if chunks else 0,
    }
    return {"schema": "weftend.telemetry.conduitStore/0", "journal": journal, "chunks": chunks}


def file(document: object) -> bytes:
    """The bytes of a file that holds ``document``."""
    return canonicalize(document) + b"\n"


def resealed(chunks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The chunks with identities and links made right again: what a forger does after changing one."""
    previous = chunks[0]["prevChunkId"] if chunks else None
    for chunk in chunks:
        chunk["prevChunkId"] = previous
        chunk["chunkId"] = previous = chunk_id(chunk)
    return chunks
