"""Event types: taxonomy rows and their schemas, held together and compiled.

The compiled form of an event type is described in ``docs/contracts.md``.
"""

from __future__ import annotations

from typing import Any, Final

from weftend.contracts import vocabularies
from weftend.contracts.source import Source
from weftend.errors import Code, WeftendError
from weftend.models.events import EventSchema, FieldSchema, Index, Registered, Row, Value
from weftend.models.grammars import GRAMMARS
from weftend.models.violations import pointer
from weftend.reference import privacy

INDEX: Final = "index.yaml"
SCHEMA_FOLDER: Final = "telemetry"
RELEASABLE: Final = ("S0", "S1")
"""Classes that a usage stream counts."""


def compiled(source: Source, storage: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """``producers`` and ``events``, both in byte order; issues go to ``source``.

    ``storage`` holds the compiled tables and retention rules that rows may name, beside the inherited ones.
    """
    index = source.model(Index, INDEX)
    if index is None and (source.folder / INDEX).exists():
        return {"producers": [], "events": []}
    index = index or Index(producers={}, types={})
    known = _Known(source, index, storage)
    events = []
    for event_type, row in sorted(index.types.items(), key=lambda item: item[0].encode()):
        schema = _schema(source, event_type, row)
        known.check(event_type, row)
        if schema is not None:
            _check_fields(source, row, schema)
            events.append(_event(source, event_type, row, schema))
    _check_strays(source, index)
    return {"producers": sorted(index.producers), "events": events}


def releasable(events: list[dict[str, Any]]) -> list[str]:
    """The types that a usage stream may count, in byte order: class S0 or S1, and not ``local_only``."""
    found = {
        event["type"]
        for event in events
        if event["sensitivity"] in RELEASABLE and event["transmission"] != "local_only"
    }
    return sorted(found)


class _Known:
    """What a row may refer to: producers, tables, retention rules."""

    def __init__(self, source: Source, index: Index, storage: dict[str, list[dict[str, Any]]]) -> None:
        tables = [*source.inherited("tables"), *storage["tables"]]
        self._source = source
        for name in index.producers:
            for _, message in privacy.name_findings(name):
                source.refuse(Code.CONTRACT_INVALID, INDEX, f"/producers/{name}", message)
        self._producers = {*source.inherited("producers"), *index.producers}
        self._rule_of = {table["table"]: table["parent"] or table["table"] for table in tables}
        self._rules = {rule["table"] for rule in [*source.inherited("retention"), *storage["retention"]]}

    def check(self, event_type: str, row: Row) -> None:
        at = pointer(("types", event_type))
        for _, message in privacy.name_findings(event_type):
            self._source.refuse(Code.CONTRACT_INVALID, INDEX, at, f"is no name for a type: {message}")
        if unknown := sorted(set(row.producers) - self._producers):
            message = f"no such producer: {', '.join(unknown)}"
            self._source.refuse(Code.CONTRACT_INVALID, INDEX, f"{at}/producers", message)
        if row.table not in self._rule_of:
            self._source.refuse(Code.CONTRACT_INVALID, INDEX, f"{at}/table", "is no table")
        elif row.retention not in self._rules or row.retention != self._rule_of[row.table]:
            message = "is not the retention rule of its table"
            self._source.refuse(Code.CONTRACT_RETENTION_MISSING, INDEX, f"{at}/retention", message)


def _schema(source: Source, event_type: str, row: Row) -> EventSchema | None:
    if not (source.folder / row.schema_).is_file():
        place = pointer(("types", event_type, "schema"))
        source.refuse(Code.CONTRACT_SCHEMA_MISSING, INDEX, place, f"{row.schema_} is not there")
        return None
    return source.model(EventSchema, row.schema_)


def _check_fields(source: Source, row: Row, schema: EventSchema) -> None:
    for name, item in schema.properties.items():
        at = f"/properties/{name}"
        if item.sensitivity is None:
            source.refuse(Code.CONTRACT_CLASS_MISSING, row.schema_, at, "the field has no class")
            continue
        if item.sensitivity > row.sensitivity:
            message = f"class {item.sensitivity} is above {row.sensitivity}, which the type may carry"
            source.refuse(Code.CONTRACT_CLASS_EXCEEDED, row.schema_, at, message)
        if item.kind == "string" and (item.reason is None or item.sensitivity < "S2"):
            message = "a free string needs x-weftend-reason and class S2 or S3"
            source.refuse(Code.CONTRACT_FIELD_OPEN, row.schema_, at, message)


def _check_strays(source: Source, index: Index) -> None:
    named = {row.schema_ for row in index.types.values()}
    for path in sorted((source.folder / SCHEMA_FOLDER).glob("*")):
        file = f"{SCHEMA_FOLDER}/{path.name}"
        if file not in named and not path.name.startswith("."):
            source.refuse(Code.CONTRACT_ROW_MISSING, file, "", f"no row of {INDEX} names this schema")


def _vocabulary(source: Source, registered: Registered) -> list[str]:
    try:
        return vocabularies.named(source.folder, registered.names, GRAMMARS[registered.grammar])
    except WeftendError as error:
        source.take(error.issues)
        return []


def _event(source: Source, event_type: str, row: Row, schema: EventSchema) -> dict[str, Any]:
    return {
        "type": event_type,
        "metricType": event_type,
        "version": row.version,
        "about": row.about,
        "producer": row.producers[0] if row.producers else "",
        "producers": sorted(row.producers),
        "family": row.family,
        "session": row.default_session,
        "sessionConvention": row.session,
        "sensitivity": row.sensitivity,
        "transmission": row.transmission,
        "table": row.table,
        "retention": row.retention,
        "owner": row.owner,
        "review": row.review.isoformat(),
        "value": _bounds(row.value) if row.value else None,
        "valueUnit": row.value.unit if row.value else None,
        "fields": [
            {
                "name": name,
                "class": item.sensitivity,
                "required": name in schema.required,
                "kind": _kind(source, item),
            }
            for name, item in sorted(schema.properties.items())
        ],
    }


def _bounds(value: Value) -> dict[str, float]:
    return {"min": _number(value.minimum), "max": _number(value.maximum)}


def _number(value: float) -> float:
    """Whole numbers as what they are in every language: integers."""
    return int(value) if value.is_integer() else value


def _kind(source: Source, item: FieldSchema) -> dict[str, Any]:
    if item.enum is not None:
        return {"type": "enum", "values": list(item.enum)}
    if item.registered is not None:
        keys = _vocabulary(source, item.registered)
        return {"type": "name", "grammar": item.registered.grammar, "keys": keys}
    if item.max_length is not None:
        return {"type": "text", "maxBytes": item.max_length, "reason": item.reason or ""}
    if item.minimum is not None and item.maximum is not None:
        return {"type": item.type, "min": _number(item.minimum), "max": _number(item.maximum)}
    return {"type": item.type}
