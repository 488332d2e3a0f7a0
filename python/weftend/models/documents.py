"""The five conduit documents, version 0: strict models that state every bound.

A model says what one document may look like; whether chunks hold together (digests, chain, floors) is what
``weftend verify`` says. Reading: :func:`weftend.models.reading.read`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from weftend.errors import Code
from weftend.models.strict import MAX_SAFE_INTEGER, Digest, MapName, StreamId, Strict

MAX_COUNTER: Final = 2**32 - 1
"""Counters of a snapshot saturate here."""
MAX_REFS: Final = 64
MAX_CHUNKS: Final = 4_096
MAX_MAPS: Final = 64
MAX_BUCKETS: Final = 65_536
MAX_REASON_CODES: Final = 32
MAX_WINDOW_UNITS: Final = 1_000_000
MAX_TTL: Final = 604_800
LEAST_FLOOR: Final = 5

REASON_CODES: Final = tuple(sorted(code.value for code in Code if code.startswith("TELEMETRY_")))
"""Every reason code there is, in byte order."""


def _ordered(values: list[str]) -> list[str]:
    """Refuse a list that is not sorted and distinct."""
    _require_order(values, "sorted and distinct")
    return values


def _require_order(keys: Sequence[object], words: str) -> None:
    if list(keys) != sorted(set(keys)):  # type: ignore[type-var]
        raise PydanticCustomError("order", "should be {words}", {"words": words})


def _reason_code(value: object) -> object:
    if isinstance(value, str) and value not in REASON_CODES:
        raise PydanticCustomError("reason_code", "is none of the reason codes")
    return value


def _hundredths(value: float) -> float:
    if round(value * 100) / 100 != value:
        raise PydanticCustomError("hundredths", "has more than two decimals")
    return value


# A literal 0 would let False through.
Version = Annotated[
    int, Field(ge=0, le=0, description="0 wherever it stands; only snapshots are written with it.")
]
Tick = Annotated[int, Field(ge=0, le=MAX_SAFE_INTEGER, description="Units consumed so far in this stream.")]
Count = Annotated[int, Field(ge=1, le=MAX_SAFE_INTEGER, description="Units, or the clamped total of a sum.")]
Counter = Annotated[int, Field(ge=0, le=MAX_COUNTER, description="Chunks, never units; saturating.")]
Floor = Annotated[int, Field(ge=LEAST_FLOOR, le=MAX_WINDOW_UNITS, description="Least units behind a bucket.")]
BucketKey = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,512}$")]
Buckets = Annotated[dict[BucketKey, Count], Field(max_length=MAX_BUCKETS)]
Refs = Annotated[list[Digest], Field(max_length=MAX_REFS), AfterValidator(_ordered)]
ReasonCode = Annotated[
    str, BeforeValidator(_reason_code), Field(json_schema_extra={"enum": list(REASON_CODES)})
]


class Bind(Strict):
    """What the counts are of: the release's path digest, or the digest of the compiled stream definition."""

    path_digest: Digest


class TelemetryAggregateV0(Strict):
    """Count maps over one window: every map of the stream, each with its visible buckets."""

    schema_: Annotated[Literal["weftend.telemetry.aggregate/0"], Field(alias="schema")]
    v: Version = 0
    bind: Bind
    k_floor: Floor
    sample_count: Annotated[int, Field(ge=1, le=MAX_WINDOW_UNITS, description="Units in the window.")]
    aggregates: Annotated[dict[MapName, Buckets], Field(min_length=1, max_length=MAX_MAPS)]


class TelemetryChunkV0(Strict):
    """One released window; ``chunkId`` is the digest of the chunk without ``chunkId``."""

    schema_: Annotated[Literal["weftend.telemetry.chunk/0"], Field(alias="schema")]
    v: Version = 0
    stream_id: StreamId
    chunk_id: Digest
    prev_chunk_id: Digest | None
    window_start_tick: Tick
    window_end_tick: Tick
    payload: TelemetryAggregateV0
    evidence_refs: Refs
    tartarus_refs: Refs
    ttl_seconds: Annotated[int, Field(ge=1, le=MAX_TTL, description="Age in ticks at which the chunk goes.")]
    k_anonymity_floor: Floor
    coverage: Annotated[
        float,
        Field(ge=0, le=1, description="Share of maps in which nothing was suppressed, rounded down to 0.01."),
        AfterValidator(_hundredths),
    ]


class TelemetryJournalV0(Strict):
    """Where a stream stands: its newest chunk and its logical clock."""

    schema_: Annotated[Literal["weftend.telemetry.journal/0"], Field(alias="schema")]
    v: Version = 0
    stream_id: StreamId
    head_chunk_id: Digest | None
    updated_at_tick: Tick


def _by_window(chunks: list[TelemetryChunkV0]) -> list[TelemetryChunkV0]:
    keys = [(chunk.window_start_tick, chunk.chunk_id) for chunk in chunks]
    _require_order(keys, "sorted by windowStartTick, then chunkId, and distinct")
    return chunks


Chunks = Annotated[list[TelemetryChunkV0], Field(max_length=MAX_CHUNKS), AfterValidator(_by_window)]


class TelemetryConduitStoreV0(Strict):
    """All chunks that a home keeps of one stream: ``telemetry_conduit.json``."""

    schema_: Annotated[Literal["weftend.telemetry.conduitStore/0"], Field(alias="schema")]
    v: Version = 0
    journal: TelemetryJournalV0
    chunks: Chunks


class Dropped(Strict):
    """What one run left out, counted in chunks.

    ``ttlPruned`` and ``capPruned`` went from the store, ``kFloorSkipped`` is a window that held too few
    units, ``duplicateSkipped`` one whose units had all been consumed, or a chunk that was already there.
    """

    ttl_pruned: Counter
    cap_pruned: Counter
    k_floor_skipped: Counter
    duplicate_skipped: Counter


class TelemetryConduitSnapshotV0(Strict):
    """What may be pulled, ``telemetry_conduit_snapshot.json``: all chunks, and this run's counters."""

    schema_: Annotated[Literal["weftend.telemetry.conduitSnapshot/0"], Field(alias="schema")]
    v: Version = 0
    stream_id: StreamId
    head_chunk_id: Digest | None
    chunks: Chunks
    dropped: Dropped
    reason_codes: Annotated[
        list[ReasonCode],
        Field(default_factory=list, min_length=1, max_length=MAX_REASON_CODES),
        AfterValidator(_ordered),
    ]
