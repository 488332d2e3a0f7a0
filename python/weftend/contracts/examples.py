"""Examples in ``index.yaml`` are held to the contract they stand in: by its schema, and by its compiled form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from jsonschema import Draft202012Validator

from weftend.contracts.source import Source
from weftend.contracts.taxonomy import INDEX
from weftend.errors import Code
from weftend.models.events import Index
from weftend.models.grammars import GRAMMARS
from weftend.models.violations import pointer

OTHER: Final = "__other__"


def check(source: Source, events: list[dict[str, Any]]) -> None:
    """Every example of the folder; issues go to ``source``, ``CONTRACT_EXAMPLE_INVALID`` at ``/types/T/example``."""
    index = Source(source.folder).model(Index, INDEX)
    compiled = {event["type"]: event for event in events}
    for event_type, row in (index.types if index else {}).items():
        if event_type not in compiled:
            continue
        schema = source.value(row.schema_)
        found = [*_by_schema(schema, row.example.fields), *_by_form(compiled[event_type], row.example.fields)]
        found += _value(compiled[event_type], row.example.value)
        for place, message in dict(found).items():
            at = pointer(("types", event_type, "example", *place))
            source.refuse(Code.CONTRACT_EXAMPLE_INVALID, INDEX, at, message)


Found = Iterator[tuple[tuple[str, ...], str]]


def _by_schema(schema: Any, fields: dict[str, Any]) -> Found:
    for error in Draft202012Validator(schema).iter_errors(fields):
        yield ("fields", *map(str, error.absolute_path)), f"the schema's {error.validator} refuses it"


def _by_form(event: dict[str, Any], fields: dict[str, Any]) -> Found:
    known = {field["name"]: field for field in event["fields"]}
    for name in sorted(fields.keys() - known.keys()):
        yield ("fields", name), "is no field of the type"
    for name, field in known.items():
        if name not in fields and field["required"]:
            yield ("fields", name), "is required"
        if name in fields and not accepts(field["kind"], fields[name]):
            yield ("fields", name), f"is no {field['kind']['type']} within its bounds"


def accepts(kind: dict[str, Any], value: object) -> bool:
    """Whether ``value`` may stand in a field of this compiled kind; an unregistered name may, as ``__other__``."""
    match kind["type"]:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return _is_number(value, int) and bool(kind["min"] <= value <= kind["max"])
        case "number":
            return _is_number(value, (int, float)) and bool(kind["min"] <= value <= kind["max"])
        case "enum":
            return value in kind["values"]
        case "name":
            return isinstance(value, str) and (value == OTHER or GRAMMARS[kind["grammar"]].accepts(value))
        case "text":
            return isinstance(value, str) and len(value.encode("utf-8", "replace")) <= kind["maxBytes"]
    return False


def _is_number(value: object, types: type | tuple[type, ...]) -> bool:
    return isinstance(value, types) and not isinstance(value, bool)


def _value(event: dict[str, Any], value: float | None) -> Found:
    bounds = event["value"]
    if value is None:
        return
    if bounds is None:
        yield ("value",), "the type carries no value"
    elif not bounds["min"] <= value <= bounds["max"]:
        yield ("value",), "is out of its bounds"
