"""From a partial fold to the next chunk of a stream: the one road by which counts leave, written to be read.

Equal input gives the core's bytes. The steps and their order: ``docs/data-model.md`` (windows) and
``docs/privacy-model.md`` (what may show).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Final, NamedTuple

from weftend.errors import Code, Issue, WeftendError
from weftend.reference import fold
from weftend.reference.canonical import canonicalize
from weftend.reference.digest import digest
from weftend.reference.disclosure import Disclosure, disclose
from weftend.reference.streams import Map, Stream

MAX_REFS: Final = 64
"""Refs in one list of a chunk."""
MAX_FLOOR: Final = 1_000_000
"""Units; no window holds more."""
_FULL_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


class Request(NamedTuple):
    """Where the next chunk goes.

    ``path_digest``: the release's own, or the stream's. ``k``: the effective floor in units. ``start``: the
    stream's tick. ``previous``: the ``chunkId`` of the newest chunk. ``refs``: whether the operator asked for
    them. ``map``: which map, in a stream whose units contribute to one map.
    """

    path_digest: str
    k: int
    start: int = 0
    previous: str | None = None
    refs: bool = False
    map: str | None = None


class Window(NamedTuple):
    """What became of the pending units: the digests of those the window took, in order, and its chunk.

    ``chunk`` is ``None`` when the window holds fewer units than the floor: then nothing is consumed.
    """

    units: tuple[bytes, ...]
    chunk: dict[str, Any] | None


def next_window(stream: Stream, pending: fold.Partial, request: Request) -> Window:
    """Choose the window, count, suppress, and build the chunk.

    ``pending`` holds only units that were not consumed before. :class:`WeftendError` with ``FLOOR_TOO_LOW``
    for a floor below the stream's least, ``USAGE`` for one above :data:`MAX_FLOOR` and for a map that does not
    fit the contribution of the stream, ``TELEMETRY_BUDGET_EXCEEDED`` for a chunk over the stream's caps.
    """
    if request.k < stream.least_floor:
        raise _refusal(Code.FLOOR_TOO_LOW, f"the least floor is {stream.least_floor}")
    if request.k > MAX_FLOOR:
        raise _refusal(Code.USAGE, f"the greatest floor is {MAX_FLOOR}")
    maps = _maps(stream, request.map)
    units = tuple(sorted(_dealt(stream, pending, request.map))[: stream.caps["maxWindowTicks"]])
    if len(units) < request.k:
        return Window(units, None)
    window = {unit: pending[unit] for unit in units}
    shown = {item.name: _shown(item, window, request.k) for item in maps}
    chunk = _chunk(stream, window, request, shown)
    _refuse_over_caps(stream, chunk)
    return Window(units, chunk)


def _maps(stream: Stream, name: str | None) -> tuple[Map, ...]:
    """The maps of the chunk: all of them, or the one that is asked for."""
    chosen = tuple(item for item in stream.maps if name in (None, item.name))
    if (name is not None) != (stream.contribution == "one-map") or not chosen:
        raise _refusal(Code.USAGE, "a map is named exactly where units contribute to one map")
    return chosen


def _dealt(stream: Stream, pending: fold.Partial, name: str | None) -> list[bytes]:
    """The units that belong to the window's map; each is dealt by its own digest, so alike anywhere."""
    if name is None:
        return list(pending)
    names = [item.name for item in stream.maps]
    return [unit for unit in pending if names[int.from_bytes(unit[24:32]) % len(names)] == name]


def counted(item: Map, window: fold.Partial) -> dict[str, int]:
    """Bucket → units (partition, set) or the total of the clamped amounts (sum), over the whole window."""
    counts: Counter[str] = Counter()
    for parts in window.values():
        amounts = fold.totals(parts, item.name)
        if item.kind == "partition":
            counts[item.first(amounts)] += 1
        else:
            counts.update(_clamped(item, amounts))
    return dict(counts)


def _clamped(item: Map, amounts: dict[str, int]) -> dict[str, int]:
    """One unit's amount per bucket; keys that fall into the same bucket add up before the clamp."""
    folded: dict[str, int] = {}
    for raw, amount in amounts.items():
        bucket = item.bucket(raw)
        folded[bucket] = min(folded.get(bucket, 0) + amount, item.clamp)
    return folded


def _shown(item: Map, window: fold.Partial, k: int) -> Disclosure:
    return disclose(item.kind, counted(item, window), units=len(window), k=k, clamp=item.clamp)


def coverage(complete: int, maps: int) -> float:
    """The share of maps in which nothing was suppressed, rounded down to 0.01."""
    return complete * 100 // maps / 100


def _chunk(
    stream: Stream, window: fold.Partial, request: Request, shown: dict[str, Disclosure]
) -> dict[str, Any]:
    complete = sum(item.complete for item in shown.values())
    refs = request.refs and complete == len(shown)
    payload = {
        "schema": "weftend.telemetry.aggregate/0",
        "bind": {"pathDigest": request.path_digest},
        "kFloor": request.k,
        "sampleCount": len(window),
        "aggregates": {name: item.visible for name, item in shown.items()},
    }
    chunk = {
        "schema": "weftend.telemetry.chunk/0",
        "streamId": stream.id,
        "prevChunkId": request.previous,
        "windowStartTick": request.start,
        "windowEndTick": request.start + len(window),
        "payload": payload,
        "evidenceRefs": _refs(stream, window, "evidenceRefs") if refs else [],
        "tartarusRefs": _refs(stream, window, "tartarusRefs") if refs else [],
        "ttlSeconds": stream.caps["ttlSeconds"],
        "kAnonymityFloor": request.k,
        "coverage": coverage(complete, len(shown)),
    }
    return chunk | {"chunkId": digest(chunk)}


def _refs(stream: Stream, window: fold.Partial, name: str) -> list[str]:
    """The first full digests of a list, distinct, in byte order; none where the stream has no such list."""
    if name not in stream.refs:
        return []
    found = {key for parts in window.values() for key in fold.totals(parts, name)}
    return sorted(filter(_FULL_DIGEST.fullmatch, found))[:MAX_REFS]


def _refuse_over_caps(stream: Stream, chunk: dict[str, Any]) -> None:
    buckets = sum(len(visible) for visible in chunk["payload"]["aggregates"].values())
    for name, measured in (
        ("maxBucketsPerChunk", buckets),
        ("maxChunkBytes", len(canonicalize(chunk))),
    ):
        if measured > stream.caps[name]:
            raise _refusal(Code.TELEMETRY_BUDGET_EXCEEDED, f"{measured} is over {name} {stream.caps[name]}")


def _refusal(code: Code, message: str) -> WeftendError:
    return WeftendError(Issue(code, "#", message))
