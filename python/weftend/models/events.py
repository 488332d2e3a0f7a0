"""Event contracts as people write them: a taxonomy row in ``index.yaml`` and a JSON Schema for the fields.

A schema is JSON Schema 2020-12, of which only what keeps a field closed may be used: enums, booleans, bounded
numbers, registered names; a free string has a length, a reason, and at least class S2. Keywords of our
own start with ``x-weftend-`` and mean nothing to other validators.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from weftend.models.grammars import GRAMMARS
from weftend.models.strict import MAX_SAFE_INTEGER, Strict
from weftend.models.tables import Identifier

SESSION_LOCAL: Final = "local"
"""Stands for the repository where a session convention needs one and none is given."""
MAX_FIELDS: Final = 64
MAX_STRING: Final = 65_536
"""No free string is longer, in code points."""

Class = Literal["S0", "S1", "S2", "S3"]
Transmission = Literal["local_only", "explicit_operator_export", "approved_usage_upload"]
EventType = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.:-]{0,127}$")]
Producer = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
Family = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Session = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}:(<repository_id>|[a-z0-9_.-]{1,64})$")
]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
EnumValue = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")]
VocabularyName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(/[a-z0-9-]+)*$", max_length=128)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=600)]
Number = Annotated[float, Field(allow_inf_nan=False, ge=-MAX_SAFE_INTEGER, le=MAX_SAFE_INTEGER)]


class Registered(Strict):
    """Names from ``vocabularies/<names>.txt``, all under ``grammar``; what is not listed is ``__other__``."""

    names: VocabularyName
    grammar: str

    @model_validator(mode="after")
    def _known_grammar(self) -> Self:
        if self.grammar not in GRAMMARS:
            raise ValueError(f"grammar is none of {', '.join(sorted(GRAMMARS))}")
        return self


class FieldSchema(Strict):
    """One field: exactly one of the closed shapes, or a free string with its reason."""

    description: Prose
    type: Literal["string", "integer", "number", "boolean"] | None = None
    enum: Annotated[list[EnumValue], Field(min_length=1, max_length=256)] | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    max_length: Annotated[int, Field(ge=1, le=MAX_STRING)] | None = None
    sensitivity: Annotated[Class | None, Field(alias="x-weftend-class")] = None
    reason: Annotated[Prose | None, Field(alias="x-weftend-reason")] = None
    registered: Annotated[Registered | None, Field(alias="x-weftend-registered")] = None

    @model_validator(mode="after")
    def _closed(self) -> Self:
        shape = frozenset(name for name in _SHAPING if getattr(self, name) is not None)
        kind = self.kind
        if kind == "string" and not shape:
            raise PydanticCustomError("CONTRACT_FIELD_OPEN", "a free string needs maxLength")
        if kind is None or shape != _SHAPES[kind]:
            raise ValueError("is none of: enum, boolean, number with bounds, registered names, free string")
        if kind == "integer" and not all(
            bound.is_integer() for bound in (self.minimum or 0.0, self.maximum or 0.0)
        ):
            raise ValueError("the bounds of an integer are integers")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("minimum is above maximum")
        if self.enum is not None and len(set(self.enum)) != len(self.enum):
            raise ValueError("enum names a value twice")
        return self

    @property
    def kind(self) -> str | None:
        """``enum``, ``registered``, ``string`` or what ``type`` says; ``None`` without any of them."""
        if self.enum is not None:
            return "enum"
        return "registered" if self.registered is not None else self.type


_SHAPING: Final = ("enum", "minimum", "maximum", "max_length", "registered")
_SHAPES: Final[dict[str, frozenset[str]]] = {
    "enum": frozenset({"enum"}),
    "boolean": frozenset(),
    "integer": frozenset({"minimum", "maximum"}),
    "number": frozenset({"minimum", "maximum"}),
    "registered": frozenset({"registered"}),
    "string": frozenset({"max_length"}),
}


class EventSchema(Strict):
    """The JSON Schema of an event's ``fields`` object."""

    dialect: Annotated[Literal["https://json-schema.org/draft/2020-12/schema"], Field(alias="$schema")]
    id: Annotated[str, StringConstraints(max_length=256), Field(alias="$id")]
    title: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    description: Prose
    type: Literal["object"]
    additional_properties: Literal[False]
    properties: Annotated[dict[FieldName, FieldSchema], Field(max_length=MAX_FIELDS)]
    required: Annotated[list[FieldName], Field(default_factory=list)]

    @model_validator(mode="after")
    def _required_are_properties(self) -> Self:
        if unknown := sorted(set(self.required) - self.properties.keys()):
            raise ValueError(f"required names what is no property: {', '.join(unknown)}")
        if self.required != sorted(set(self.required)):
            raise ValueError("required is distinct and in byte order")
        return self


class Value(Strict):
    """The one number that an event may carry beside its fields: its unit and its bounds."""

    unit: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    minimum: Number
    maximum: Number

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        if self.minimum > self.maximum:
            raise ValueError("minimum is above maximum")
        return self


class Example(Strict):
    """An event that the contract accepts."""

    value: float | None = None
    session: Annotated[str, StringConstraints(min_length=1, max_length=512)] | None = None
    fields: Annotated[dict[str, Any], Field(default_factory=dict)]


def _as_date(value: object) -> object:
    """YAML reads ``2027-11-01`` as a date, JSON as a string."""
    try:
        return datetime.date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


class Row(Strict):
    """The taxonomy row of one event type.

    ``producers`` empty means that any producer may record it. ``table`` is where its rows go, ``retention`` the
    rule under which they go again; ``review`` is the day by which somebody looks at the contract again.
    """

    version: Annotated[int, Field(ge=1, le=9_999)]
    about: Prose
    producers: Annotated[list[Producer], Field(max_length=64)]
    family: Family
    session: Session | None = None
    schema_: Annotated[str, StringConstraints(pattern=r"^telemetry/[^/]+$"), Field(alias="schema")]
    sensitivity: Class
    transmission: Transmission
    table: Identifier
    retention: Identifier
    owner: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    review: Annotated[datetime.date, BeforeValidator(_as_date)]
    value: Value | None = None
    example: Example

    @model_validator(mode="after")
    def _class_fits_transmission(self) -> Self:
        if self.sensitivity == "S3" and self.transmission != "local_only":
            raise ValueError("class S3 is local_only")
        if self.sensitivity == "S2" and self.transmission == "approved_usage_upload":
            raise ValueError("usage that is uploaded is S0 or S1")
        return self

    @property
    def default_session(self) -> str:
        """The session of an event that gives none: the convention with ``local`` for the repository."""
        convention = self.session or f"{self.family}:<repository_id>"
        return convention.replace("<repository_id>", SESSION_LOCAL)


class ProducerRow(Strict):
    """A program that records."""

    about: Prose
    owner: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Index(Strict):
    """``index.yaml``: the producers, and one row per event type."""

    producers: Annotated[dict[Producer, ProducerRow], Field(max_length=256)]
    types: Annotated[dict[EventType, Row], Field(max_length=1024)]
