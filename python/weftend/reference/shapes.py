"""Describing what a JSON value must look like, and finding everything that does not.

A shape takes a value and its JSON Pointer and yields one finding per violation: (code, pointer, message). A
message never repeats the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Final

from weftend.errors import Code
from weftend.reference.privacy import step

Finding = tuple[str, str, str]
"""(code, JSON Pointer, what is wrong)."""
Shape = Callable[[object, str], Iterator[Finding]]

MAX_INTEGER: Final = 2**53 - 1
"""The greatest integer in a document; a double holds every integer up to it exactly."""


def is_integer(value: object) -> bool:
    """Whether a JSON number is an integer; ``true`` and ``false`` are no numbers."""
    return isinstance(value, int) and not isinstance(value, bool)


def literal(wanted: object) -> Shape:
    """Exactly this value, of this type."""

    def check(value: object, at: str) -> Iterator[Finding]:
        if value != wanted or type(value) is not type(wanted):
            yield Code.TELEMETRY_SCHEMA_INVALID, at, f"is not {wanted!r}"

    return check


def text(pattern: str, words: str) -> Shape:
    """A string that matches ``pattern`` as a whole; ``words`` name the class."""
    compiled = re.compile(pattern, re.ASCII)

    def check(value: object, at: str) -> Iterator[Finding]:
        if not isinstance(value, str) or compiled.fullmatch(value) is None:
            yield Code.TELEMETRY_SCHEMA_INVALID, at, f"is not {words}"

    return check


def integer(least: int, most: int = MAX_INTEGER, code: str = Code.TELEMETRY_SCHEMA_INVALID) -> Shape:
    """An integer from ``least`` to ``most``."""

    def check(value: object, at: str) -> Iterator[Finding]:
        if not isinstance(value, int) or not is_integer(value) or not least <= value <= most:
            yield code, at, f"is not an integer from {least} to {most}"

    return check


def hundredths(value: object, at: str) -> Iterator[Finding]:
    """A number from 0 to 1 with at most two decimals."""
    number = value if is_integer(value) or isinstance(value, float) else None
    if not isinstance(number, (int, float)) or not 0 <= number <= 1 or round(number * 100) / 100 != number:
        yield Code.TELEMETRY_SCHEMA_INVALID, at, "is not a number from 0 to 1 with at most two decimals"


def nullable(shape: Shape) -> Shape:
    """``null``, or what ``shape`` says."""
    return lambda value, at: iter(()) if value is None else shape(value, at)


def array(item: Shape, most: int, *, least: int = 0, ordered: bool = False) -> Shape:
    """A list of at most ``most`` items; ``ordered``: strings that are sorted and distinct, if all are right."""

    def check(value: object, at: str) -> Iterator[Finding]:
        if not isinstance(value, list):
            yield Code.TELEMETRY_SCHEMA_INVALID, at, "is not an array"
            return
        right = True
        items = (item(member, f"{at}/{index}") for index, member in enumerate(value))
        for finding in chain(_sized(len(value), least, most, at), chain.from_iterable(items)):
            right = False
            yield finding
        if ordered and right and value != sorted(set(value)):
            yield Code.TELEMETRY_SCHEMA_INVALID, at, "is not sorted and distinct"

    return check


def mapping(name: Shape, item: Shape, most: int, *, least: int = 0) -> Shape:
    """An object with names of its own, each of shape ``name``, and members of shape ``item``."""

    def check(value: object, at: str) -> Iterator[Finding]:
        if not isinstance(value, dict):
            yield Code.TELEMETRY_SCHEMA_INVALID, at, "is not an object"
            return
        yield from _sized(len(value), least, most, at)
        for key, member in value.items():
            yield from name(key, f"{at}/{step(key)}")
            yield from item(member, f"{at}/{step(key)}")

    return check


def record(required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> Shape:
    """An object with exactly these members; those in ``optional`` may be absent."""
    shapes = {**required, **(optional or {})}

    def check(value: object, at: str) -> Iterator[Finding]:
        if not isinstance(value, dict):
            yield Code.TELEMETRY_SCHEMA_INVALID, at, "is not an object"
            return
        for name in required.keys() - value.keys():
            yield Code.TELEMETRY_SCHEMA_INVALID, f"{at}/{name}", "is missing"
        for name, member in value.items():
            place = f"{at}/{step(name)}"
            if name in shapes:
                yield from shapes[name](member, place)
            else:
                yield Code.TELEMETRY_SCHEMA_INVALID, place, "is not a member of this document"

    return check


def _sized(length: int, least: int, most: int, at: str) -> Iterator[Finding]:
    if length > most:
        yield Code.TELEMETRY_BUDGET_EXCEEDED, at, f"has more than {most} entries"
    if length < least:
        yield Code.TELEMETRY_SCHEMA_INVALID, at, f"has fewer than {least} entries"
