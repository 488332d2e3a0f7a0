"""What one chunk claims: that its counts reach the floor and could have come from the disclosure rule.

Without the stream's definition only what holds of every stream can be checked; with it, vocabulary, clamps,
caps, and that the counts are such as the rule releases. Source: ``docs/privacy-model.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from weftend.errors import CanonicalizationError, Code
from weftend.reference import access, documents
from weftend.reference.canonical import canonicalize
from weftend.reference.disclosure import OTHER
from weftend.reference.privacy import step
from weftend.reference.release import coverage
from weftend.reference.shapes import Finding
from weftend.reference.streams import Map, Stream


def check(chunk: Any, at: str) -> Iterator[Finding]:
    """What holds of a chunk of any stream: floors, coverage, refs."""
    payload = access.members(chunk, "payload")
    k, units = access.integer(chunk, "kAnonymityFloor"), access.integer(payload, "sampleCount")
    if access.integer(payload, "kFloor") != k:
        yield Code.TELEMETRY_SCHEMA_INVALID, f"{at}/kAnonymityFloor", "is not payload.kFloor"
    if k is not None and units is not None and units < k:
        message = "fewer units than the floor"
        yield Code.TELEMETRY_K_ANONYMITY_FAIL, f"{at}/payload/sampleCount", message
    yield from _floors(payload, f"{at}/payload/aggregates")
    yield from _coverage(chunk, payload, at)


def check_against(stream: Stream, chunk: Any, at: str) -> Iterator[Finding]:
    """What the stream's definition says of its chunk: floor, window, refs, maps, vocabulary, clamps, rule."""
    payload = access.members(chunk, "payload")
    maps = access.members(payload, "aggregates")
    if (access.integer(chunk, "kAnonymityFloor") or 0) < stream.least_floor:
        message = f"is below the stream's least floor, {stream.least_floor}"
        yield Code.TELEMETRY_K_ANONYMITY_FAIL, f"{at}/kAnonymityFloor", message
    if (access.integer(payload, "sampleCount") or 0) > stream.caps["maxWindowTicks"]:
        message = "more units than a window of this stream takes"
        yield Code.TELEMETRY_BUDGET_EXCEEDED, f"{at}/payload/sampleCount", message
    if access.integer(chunk, "ttlSeconds") != stream.caps["ttlSeconds"]:
        yield Code.TELEMETRY_TTL_INVALID, f"{at}/ttlSeconds", "is not the stream's"
    for name in ("evidenceRefs", "tartarusRefs"):
        if access.items(chunk, name) and name not in stream.refs:
            yield Code.TELEMETRY_SCHEMA_INVALID, f"{at}/{name}", "the stream defines no such refs"
    yield from _names(stream, maps, f"{at}/payload/aggregates")
    yield from _rule(stream, chunk, maps, at)


def check_size(chunk: Any, at: str, stream: Stream | None) -> Iterator[Finding]:
    """No more buckets and bytes than the stream's caps, or any stream's."""
    caps = stream.caps if stream is not None else documents.MOST
    maps = access.members(access.members(chunk, "payload"), "aggregates")
    if sum(len(access.members(buckets)) for buckets in maps.values()) > caps["maxBucketsPerChunk"]:
        yield Code.TELEMETRY_BUDGET_EXCEEDED, at, f"more than {caps['maxBucketsPerChunk']} buckets"
    try:
        if len(canonicalize(chunk)) > caps["maxChunkBytes"]:
            yield Code.TELEMETRY_BUDGET_EXCEEDED, at, f"more than {caps['maxChunkBytes']} bytes"
    except CanonicalizationError as error:
        yield Code.TELEMETRY_SCHEMA_INVALID, at + str(error.place), f"is not canonicalizable: {error.code}"


def _floors(payload: dict[str, Any], at: str) -> Iterator[Finding]:
    """Whatever the kind of map, a visible count is at least the floor."""
    floor = access.integer(payload, "kFloor")
    for name, buckets in access.members(payload, "aggregates").items():
        for key, count in access.counts(buckets).items():
            if floor is not None and 1 <= count < floor:
                place = f"{at}/{step(name)}/{step(key)}"
                yield Code.TELEMETRY_K_ANONYMITY_FAIL, place, "the count is below kFloor"


def _coverage(chunk: Any, payload: dict[str, Any], at: str) -> Iterator[Finding]:
    """Coverage is a share of this many maps; refs only where it is 1."""
    share, maps = access.number(chunk, "coverage"), len(access.members(payload, "aggregates"))
    if share is not None and maps and _complete(share, maps) is None:
        yield Code.TELEMETRY_SCHEMA_INVALID, f"{at}/coverage", f"is no share of {maps} maps"
    for name in ("evidenceRefs", "tartarusRefs"):
        if share != 1 and access.items(chunk, name):
            yield Code.TELEMETRY_SCHEMA_INVALID, f"{at}/{name}", "refs stand only where coverage is 1"


def _complete(share: float, maps: int) -> int | None:
    """How many of ``maps`` are complete when coverage is ``share``."""
    return next((number for number in range(maps + 1) if coverage(number, maps) == share), None)


def _names(stream: Stream, maps: dict[str, Any], at: str) -> Iterator[Finding]:
    """The maps are the stream's, or the one that its units are dealt to, and no bucket is unregistered."""
    wanted = {item.name for item in stream.maps}
    if stream.contribution == "one-map":
        if len(maps) != 1:
            yield Code.TELEMETRY_SCHEMA_INVALID, at, "a chunk of this stream holds one map"
        wanted &= maps.keys()
    for name in sorted(wanted ^ maps.keys()):
        message = "is missing" if name in wanted else "is no map of this chunk's stream"
        yield Code.TELEMETRY_SCHEMA_INVALID, f"{at}/{step(name)}", message
    for item in stream.maps:
        for key in access.members(maps, item.name):
            if not item.has(key):
                place = f"{at}/{item.name}/{step(key)}"
                yield Code.TELEMETRY_KEY_UNREGISTERED, place, "is not in the stream's vocabulary"


def _rule(stream: Stream, chunk: Any, maps: dict[str, Any], at: str) -> Iterator[Finding]:
    """Thresholds with clamps, possible totals, and that coverage fits what the maps show."""
    k = access.integer(chunk, "kAnonymityFloor")
    units = access.integer(access.members(chunk, "payload"), "sampleCount")
    if k is None or units is None:
        return
    present = [item for item in stream.maps if item.name in maps]
    whole = cut = 0
    for item in present:
        counts = access.counts(maps[item.name])
        yield from _counts(item, counts, units, k, f"{at}/payload/aggregates/{item.name}")
        whole += _must_be_complete(item, counts, units)
        cut += item.kind == "partition" and sum(counts.values()) < units
    share = access.number(chunk, "coverage")
    complete = _complete(share, len(maps)) if share is not None and maps else None
    if complete is not None and len(present) == len(maps) and not whole <= complete <= len(maps) - cut:
        yield Code.TELEMETRY_SCHEMA_INVALID, f"{at}/coverage", "does not fit what the maps show"


def _counts(item: Map, counts: dict[str, int], units: int, k: int, at: str) -> Iterator[Finding]:
    for key, count in counts.items():
        if count < k * item.clamp:
            yield Code.TELEMETRY_K_ANONYMITY_FAIL, f"{at}/{step(key)}", "is below the floor times the clamp"
        if count > units * item.clamp:
            yield Code.TELEMETRY_SCHEMA_INVALID, f"{at}/{step(key)}", "is more than the units can give"
    if item.kind == "partition":
        yield from _hidden(counts, units, k, at)


def _hidden(counts: dict[str, int], units: int, k: int, at: str) -> Iterator[Finding]:
    """The hidden total of a partition, which anybody can compute, hides what is in it."""
    hidden = units - sum(counts.values())
    if hidden < 0:
        yield Code.TELEMETRY_SCHEMA_INVALID, at, "counts more units than the window holds"
    elif hidden and counts and hidden < 2 * k:
        yield Code.TELEMETRY_K_ANONYMITY_FAIL, at, "the hidden buckets hold fewer than twice the floor"
    elif hidden and OTHER in counts:
        message = "stands in a map in which something is hidden, and would have gone first"
        yield Code.TELEMETRY_K_ANONYMITY_FAIL, f"{at}/{OTHER}", message


def _must_be_complete(item: Map, counts: dict[str, int], units: int) -> bool:
    """Whether the rule cannot have hidden anything here.

    Where it hides, ``__other__`` goes first, and two buckets or more are absent: one under the floor, and one
    for company.
    """
    if item.kind == "partition" and sum(counts.values()) == units:
        return True
    absent = len(item.places) + (2 if item.kind == "partition" else 1) - len(counts)
    return OTHER in counts or (bool(counts) and absent < 2)
