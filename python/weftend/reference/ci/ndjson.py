"""NDJSON with declared fields: one I-JSON value a line, and JSON Pointers (RFC 6901) to what counts."""

from __future__ import annotations

from typing import Any, Final

from weftend.errors import CanonicalizationError
from weftend.reference import fold
from weftend.reference.canonical import canonicalize
from weftend.reference.ci import units
from weftend.reference.ci.keys import percent_encoded
from weftend.reference.ci.refusal import Refusal, invalid
from weftend.reference.text import parse

MAX_AMOUNT: Final = 2**53 - 1
_WHITE_SPACE: Final = b" \t\r\n"


def read(content: bytes, fields: dict[str, Any], rule: str) -> fold.Partial:
    """The contributions of a file's lines.

    Args:
        content: the file.
        fields: of a compiled definition: ``unit``, a pointer, and ``maps``: map → ``key`` and ``amount``, pointers.
        rule: ``field`` for a unit by its field, or by the record where there is none; else the file is the unit.

    :class:`Refusal` for the whole file, at ``line:N`` (from 1): a line that is no I-JSON, with its ``CANON_*``
    code, and an amount that is no whole number from 0 to 2^53 - 1.
    """
    partial: fold.Partial = {}
    file = units.of_content(content)
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip(_WHITE_SPACE):
            continue
        try:
            record = parse(line.rstrip(b"\r"))
        except CanonicalizationError as error:
            raise Refusal(error.code, f"line:{number}") from None
        partial = _added(partial, record, fields, rule, file, number)
    return partial


def _added(
    partial: fold.Partial, record: Any, fields: dict[str, Any], rule: str, file: bytes, number: int
) -> fold.Partial:
    """With one record more: within a file amounts add up, and a record that is a unit counts once.

    A record that does not name its unit is passed over, whatever else it says.
    """
    pointer = fields.get("unit")
    if rule == "field" and pointer is None:
        itself = units.of_value(record)
        return fold.merge(partial, _one(itself, itself, _keys(record, fields["maps"], number)))
    unit: bytes | None = file
    if rule == "field" and pointer is not None:
        name = _scalar(record, pointer)
        unit = None if name is None else units.of_field(pointer, name)
    if unit is not None:
        fold.add(partial, unit, file, "", "", 0)
        for (channel, key), amount in _keys(record, fields["maps"], number):
            fold.add(partial, unit, file, channel, key, amount)
    return partial


def _one(unit: bytes, part: bytes, keys: list[tuple[tuple[str, str], int]]) -> fold.Partial:
    partial: fold.Partial = {unit: {}}
    for (channel, key), amount in keys:
        fold.add(partial, unit, part, channel, key, amount)
    return partial


def _keys(record: Any, maps: dict[str, Any], number: int) -> list[tuple[tuple[str, str], int]]:
    keys = []
    for channel, declared in maps.items():
        value = _scalar(record, declared["key"])
        if value is None:
            continue
        amount = _scalar(record, declared["amount"]) if "amount" in declared else None
        keys.append(((channel, _key(value)), _amount(amount, number)))
    return keys


def _key(value: str | float | bool) -> str:
    """Texts percent-encoded; numbers as ECMAScript prints them."""
    return percent_encoded(value) if isinstance(value, str) else canonicalize(value).decode()


def _amount(value: str | float | bool | None, number: int) -> int:
    if value is None:
        return 1
    if isinstance(value, str | bool) or value != int(value) or not 0 <= value <= MAX_AMOUNT:
        raise invalid(f"line:{number}")
    return int(value)


def _scalar(record: Any, pointer: str) -> Any:
    """The text, number or truth value that a pointer leads to; ``None`` for anything else."""
    for token in pointer.split("/")[1:]:
        step = token.replace("~1", "/").replace("~0", "~")
        if isinstance(record, dict):
            record = record.get(step)
        elif isinstance(record, list) and step.isdecimal():
            record = record[int(step)] if int(step) < len(record) else None
        else:
            return None
    return record if isinstance(record, str | int | float) else None
