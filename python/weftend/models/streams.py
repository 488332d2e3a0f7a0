"""A stream definition as people write it (YAML), and the compiled form that the core reads.

The compiled form has schema :data:`STREAM_SCHEMA`; the digest of its canonical bytes is the ``pathDigest`` of
the stream's aggregates where there is no release.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from weftend.models.grammars import GRAMMARS
from weftend.models.strict import MAX_SAFE_INTEGER, MapName, StreamId, Strict

STREAM_SCHEMA: Final = "weftend.stream/0"
LEAST_FLOOR: Final = 5
"""No stream may allow a floor below this, in units."""
RESERVED_KEYS: Final = ("__other__", "__none__")
"""Buckets that are implied and never listed in a vocabulary."""

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z -]{0,39}$")]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=600)]
FieldPointer = Annotated[str, StringConstraints(pattern=r"^(/([^~/]|~[01])*)+$", max_length=256)]
_VOCABULARY: Final = r"[a-z0-9-]{1,40}(/[a-z0-9-]{1,40}){0,3}"
EnumKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,127}$")]
Reader = Literal["release", "tests", "findings", "jobs", "usage", "ndjson"]
Kind = Literal["partition", "sum", "set"]
Ref = Literal["evidenceRefs", "tartarusRefs"]
Setting = Annotated[int, Field(ge=0, le=MAX_SAFE_INTEGER)]


class Unit(Strict):
    """What the floor counts, in words that users read; ``field`` only for NDJSON."""

    name: Word
    plural: Word
    field: FieldPointer | None = None


class Floor(Strict):
    """Units per released bucket: what is used where nobody asks, and the least that may be asked for."""

    default: Annotated[int, Field(ge=LEAST_FLOOR, le=1_000_000)] = 100
    least: Annotated[int, Field(ge=LEAST_FLOOR, le=1_000_000)] = LEAST_FLOOR

    @model_validator(mode="after")
    def _default_reaches_least(self) -> Self:
        if self.default < self.least:
            raise ValueError("default is below least")
        return self


class Caps(Strict):
    """Bounds of one chunk (buckets, bytes), of the store (chunks), of a window (units) and of age (ticks)."""

    max_buckets_per_chunk: Annotated[int, Field(ge=1, le=65_536)] = 200
    max_chunk_bytes: Annotated[int, Field(ge=4_096, le=16_777_216)] = 262_144
    max_chunks: Annotated[int, Field(ge=1, le=4_096)] = 64
    max_window_ticks: Annotated[int, Field(ge=1, le=1_000_000)] = 1_000_000
    ttl_seconds: Annotated[int, Field(ge=1, le=604_800)] = 86_400


def _is_registered(value: object) -> object:
    """A union would leave the names of its branches in the places of issues."""
    if value is None or value is True or (isinstance(value, str) and re.fullmatch(_VOCABULARY, value)):
        return value
    raise PydanticCustomError("registered", "should be true or the name of a vocabulary file")


Registered = Annotated[
    Any,
    AfterValidator(_is_registered),
    WithJsonSchema({"anyOf": [{"const": True}, {"type": "string", "pattern": f"^{_VOCABULARY}$"}]}),
]


class Keys(Strict):
    """A closed vocabulary: an enum in the order written, or registered names under a grammar.

    ``registered`` names a vocabulary file; ``registered: true`` means that names come only from
    ``--vocabulary``, and until then all is ``__other__``. ``contract`` takes the names from the event contracts.
    """

    enum: Annotated[list[EnumKey], Field(min_length=1, max_length=1024)] | None = None
    registered: Registered = None
    contract: Literal["producers", "eventTypes"] | None = None
    grammar: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if [self.enum, self.registered, self.contract].count(None) != 2:
            raise ValueError("give one of enum, registered and contract")
        if (self.enum is None) != (self.grammar is not None):
            raise ValueError("grammar goes with registered names, and they need one")
        if self.grammar is not None and self.grammar not in GRAMMARS:
            raise ValueError(f"grammar is none of {', '.join(sorted(GRAMMARS))}")
        if self.enum is not None and len(set(self.enum)) != len(self.enum):
            raise ValueError("enum names a key twice")
        return self


class Map(Strict):
    """One map: how units fall into its buckets, and which buckets there are.

    ``clamp`` is the most that one unit adds to one bucket; it belongs to sums. ``key`` and ``amount`` are the
    declared fields of NDJSON.
    """

    kind: Kind
    about: Prose
    clamp: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    fold: Literal["none", "family"] = "none"
    keys: Keys
    key: FieldPointer | None = None
    amount: FieldPointer | None = None

    @model_validator(mode="after")
    def _belongs_to_sums(self) -> Self:
        if self.kind != "sum" and self.clamp != 1:
            raise ValueError("clamp belongs to a sum")
        if self.kind != "sum" and self.amount is not None:
            raise ValueError("amount belongs to a sum")
        return self


class StreamDefinition(Strict):
    """A named release channel: unit, maps with their vocabularies, floor, window, TTL and caps."""

    id: StreamId
    version: Annotated[int, Field(ge=1, le=9_999)]
    title: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    about: Prose
    unit: Unit
    reader: Reader
    contribution: Literal["every-map", "one-map"] = "every-map"
    floor: Floor = Floor()
    caps: Caps = Caps()
    refs: Annotated[list[Ref], Field(default_factory=list, max_length=2)]
    settings: Annotated[dict[MapName, Setting], Field(default_factory=dict)]
    maps: Annotated[dict[MapName, Map], Field(min_length=1, max_length=64)]

    @model_validator(mode="after")
    def _fields_belong_to_ndjson(self) -> Self:
        declared = any(item.key is not None for item in self.maps.values())
        missing = any(item.key is None for item in self.maps.values())
        if self.reader == "ndjson" and missing:
            raise ValueError("every map over NDJSON needs its key field")
        if self.reader != "ndjson" and (declared or self.unit.field is not None):
            raise ValueError("key and unit fields belong to NDJSON")
        if self.refs != sorted(set(self.refs)):
            raise ValueError("refs are distinct and in byte order")
        return self
