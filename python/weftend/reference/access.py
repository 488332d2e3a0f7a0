"""Looking into a JSON value that may be anything: what is of the wrong type is as good as absent.

Checks of what must agree use these, so that they find what they can beside the findings on shapes, and never
fail on a document that is not one.
"""

from __future__ import annotations

from typing import Any

from weftend.reference.shapes import is_integer


def members(value: object, name: str | None = None) -> dict[str, Any]:
    """The object ``value``, or its member ``name``; empty when it is no object."""
    found = value if name is None else members(value).get(name)
    return found if isinstance(found, dict) else {}


def items(value: object, name: str) -> list[Any]:
    """The array that is member ``name``; empty when it is none."""
    found = members(value).get(name)
    return found if isinstance(found, list) else []


def integer(value: object, name: str) -> int | None:
    """The integer that is member ``name``."""
    found = members(value).get(name)
    return found if is_integer(found) else None


def text(value: object, name: str) -> str | None:
    """The string that is member ``name``."""
    found = members(value).get(name)
    return found if isinstance(found, str) else None


def number(value: object, name: str) -> float | None:
    """The number that is member ``name``."""
    found = members(value).get(name)
    return float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else None


def counts(value: object) -> dict[str, int]:
    """The members of ``value`` that are integers: bucket key → count."""
    return {key: count for key, count in members(value).items() if is_integer(count)}
