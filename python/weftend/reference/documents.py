"""The five conduit documents, version 0: every field with its bounds. Source: ``docs/data-model.md``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from weftend.errors import Code
from weftend.reference import shapes
from weftend.reference.shapes import Finding, Shape
from weftend.reference.streams import LEAST_FLOOR

MAX_CHUNKS: Final = 4_096
"""Chunks in a store or a snapshot, whatever a stream says."""
MAX_CHUNK_BYTES: Final = 16_777_216
"""Canonical bytes of a chunk, whatever a stream says."""
MAX_BUCKETS: Final = 65_536
"""Buckets of all maps of a chunk together, whatever a stream says."""
MOST: Final = {"maxBucketsPerChunk": MAX_BUCKETS, "maxChunkBytes": MAX_CHUNK_BYTES}
"""The caps of a chunk whose stream is not known."""
MAX_MAPS: Final = 64
MAX_UNITS: Final = 1_000_000
"""Units in a window."""
MAX_TTL: Final = 604_800
"""Ticks after which a chunk goes."""
MAX_REFS: Final = 64
MAX_COUNTER: Final = 2**32 - 1
MAX_REASON_CODES: Final = 32

_DIGEST: Final = shapes.text(r"sha256:[0-9a-f]{64}", "a SHA-256 digest")
_STREAM_ID: Final = shapes.text(
    r"(?=.{1,128}\Z)[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)*\.v[0-9]{1,4}", "a stream identifier"
)
_MAP_NAME: Final = shapes.text(r"[a-z][A-Za-z0-9]{0,63}", "a map name")
_BUCKET: Final = shapes.text(r"[!-~]{1,512}", "a bucket key: printable ASCII, at most 512 bytes")
_TICK: Final = shapes.integer(0, code=Code.TELEMETRY_TICK_INVALID)
_FLOOR: Final = shapes.integer(LEAST_FLOOR, MAX_UNITS)
_COUNTER: Final = shapes.integer(0, MAX_COUNTER)
_REFS: Final = shapes.array(_DIGEST, MAX_REFS, ordered=True)
_VERSION: Final = {"v": shapes.literal(0)}


REASON_CODES: Final = frozenset(code.value for code in Code if code.startswith("TELEMETRY_"))


def _reason_code(value: object, at: str) -> Iterator[Finding]:
    if not isinstance(value, str) or value not in REASON_CODES:
        yield Code.TELEMETRY_SCHEMA_INVALID, at, "is none of the reason codes"


def _document(name: str, members: dict[str, Shape], optional: dict[str, Shape] | None = None) -> Shape:
    schema = {"schema": shapes.literal(f"weftend.telemetry.{name}/0")}
    return shapes.record(schema | members, _VERSION | (optional or {}))


AGGREGATE: Final = _document(
    "aggregate",
    {
        "bind": shapes.record({"pathDigest": _DIGEST}),
        "kFloor": _FLOOR,
        "sampleCount": shapes.integer(1, MAX_UNITS),
        "aggregates": shapes.mapping(
            _MAP_NAME, shapes.mapping(_BUCKET, shapes.integer(1), MAX_BUCKETS), MAX_MAPS, least=1
        ),
    },
)
CHUNK: Final = _document(
    "chunk",
    {
        "streamId": _STREAM_ID,
        "chunkId": _DIGEST,
        "prevChunkId": shapes.nullable(_DIGEST),
        "windowStartTick": _TICK,
        "windowEndTick": _TICK,
        "payload": AGGREGATE,
        "evidenceRefs": _REFS,
        "tartarusRefs": _REFS,
        "ttlSeconds": shapes.integer(1, MAX_TTL, Code.TELEMETRY_TTL_INVALID),
        "kAnonymityFloor": _FLOOR,
        "coverage": shapes.hundredths,
    },
)
JOURNAL: Final = _document(
    "journal",
    {"streamId": _STREAM_ID, "headChunkId": shapes.nullable(_DIGEST), "updatedAtTick": _TICK},
)
STORE: Final = _document("conduitStore", {"journal": JOURNAL, "chunks": shapes.array(CHUNK, MAX_CHUNKS)})
SNAPSHOT: Final = _document(
    "conduitSnapshot",
    {
        "streamId": _STREAM_ID,
        "headChunkId": shapes.nullable(_DIGEST),
        "chunks": shapes.array(CHUNK, MAX_CHUNKS),
        "dropped": shapes.record(
            dict.fromkeys(("ttlPruned", "capPruned", "kFloorSkipped", "duplicateSkipped"), _COUNTER)
        ),
    },
    {"reasonCodes": shapes.array(_reason_code, MAX_REASON_CODES, least=1, ordered=True)},
)
