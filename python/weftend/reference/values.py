"""Checking Python objects: what may be canonicalised, and what is refused with which code and place.

Accepted are ``dict`` with ``str`` names, ``list``, ``tuple``, ``str``, ``int``, ``float``, ``bool``,
``None`` and every subclass of them. A subclass is read through the storage of its base type and never
through a method it overrides: a ``StrEnum`` member is its string, an ``IntEnum`` member its integer, a
named tuple an array, and no code of the caller runs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, TypeAlias, TypeGuard, TypeVar

from weftend.errors import CanonicalizationError, Code
from weftend.reference.numbers import MAX_SAFE_INTEGER
from weftend.reference.writer import Plain, utf16_order

MAX_DEPTH: Final = 128
"""Levels of containers; the outermost container is level 1."""

_Base = TypeVar("_Base")
_Path: TypeAlias = "tuple[object, ...]"
"""The containers around a value, outermost first."""


def plain(value: object) -> Plain:
    """A checked copy of a value, in base types only.

    The walk is in pre-order and the first error wins: a container is judged before what it holds, the names
    of an object (in insertion order) before its values (in canonical order), an array from its first item
    on.

    Returns:
        What :func:`weftend.reference.writer.write` takes.

    Raises:
        CanonicalizationError: its place is a JSON Pointer (RFC 6901).
            ``CANON_TYPE``: a value of another type. ``CANON_NUMBER_NOT_FINITE``: NaN or an infinity.
            ``CANON_NUMBER_RANGE``: an ``int`` outside ±(2^53-1). ``CANON_SURROGATE``: a lone surrogate in a
            string, or in a name (place: the object). ``CANON_KEY_TYPE``: a name that is no ``str`` (place:
            the object). ``CANON_DUPLICATE_NAME``: names that differ as Python keys and are the same text,
            which only a subclass of ``str`` can bring about (place: the object). ``CANON_DEPTH``: a
            container at level 129. ``CANON_CYCLE``: a container that is one of its own ancestors.

    Source: RFC 8785 section 3.1, which asks for I-JSON (RFC 7493 section 2) as input.
    """
    return _checked(value, (), "")


def _checked(value: object, path: _Path, pointer: str) -> Plain:
    """One value and all it holds; ``path`` is as long as the walk is deep, so the recursion is bounded."""
    if value is None or value is True or value is False:
        return value
    if _is(value, str):
        return _string(str.__str__(value), pointer)
    if _is(value, int):
        return _integer(int.__int__(value), pointer)
    if _is(value, float):
        return _float(float.__float__(value), pointer)
    if _is(value, dict):
        return _object(dict.items(value), _enter(value, path, pointer), pointer)
    if _is(value, list):
        return _array(list.__iter__(value), _enter(value, path, pointer), pointer)
    if _is(value, tuple):
        return _array(tuple.__iter__(value), _enter(value, path, pointer), pointer)
    raise CanonicalizationError(Code.CANON_TYPE, pointer)


def _is(value: object, base: type[_Base]) -> TypeGuard[_Base]:
    """By the type alone: ``isinstance`` would also believe a forged ``__class__``."""
    return issubclass(type(value), base)


def _enter(value: object, path: _Path, pointer: str) -> _Path:
    """The path inside a container; refuses one that is its own ancestor, then one that is too deep."""
    if any(value is ancestor for ancestor in path):
        raise CanonicalizationError(Code.CANON_CYCLE, pointer)
    if len(path) == MAX_DEPTH:
        raise CanonicalizationError(Code.CANON_DEPTH, pointer)
    return (*path, value)


def _object(items: Iterable[tuple[object, object]], path: _Path, pointer: str) -> dict[str, Plain]:
    """All names first, then the values in the order in which they will be written."""
    members: dict[str, object] = {}
    for key, value in items:
        name = _name(key, pointer)
        if name in members:
            raise CanonicalizationError(Code.CANON_DUPLICATE_NAME, pointer)
        members[name] = value
    names = sorted(members, key=utf16_order)
    return {name: _checked(members[name], path, f"{pointer}/{_token(name)}") for name in names}


def _array(items: Iterable[object], path: _Path, pointer: str) -> list[Plain]:
    return [_checked(item, path, f"{pointer}/{index}") for index, item in enumerate(items)]


def _name(key: object, pointer: str) -> str:
    if not _is(key, str):
        raise CanonicalizationError(Code.CANON_KEY_TYPE, pointer)
    return _string(str.__str__(key), pointer)


def _token(name: str) -> str:
    """A member name as a reference token (RFC 6901 section 3)."""
    return name.replace("~", "~0").replace("/", "~1")


def _string(text: str, pointer: str) -> str:
    """I-JSON strings are Unicode scalar values (RFC 7493 section 2.1); noncharacters are."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise CanonicalizationError(Code.CANON_SURROGATE, pointer)
    return text


def _integer(number: int, pointer: str) -> int:
    """Outside ±(2^53-1) an integer may not be the double that it would read as (RFC 7493 section 2.2)."""
    if not -MAX_SAFE_INTEGER <= number <= MAX_SAFE_INTEGER:
        raise CanonicalizationError(Code.CANON_NUMBER_RANGE, pointer)
    return number


def _float(number: float, pointer: str) -> float:
    """JSON has no NaN and no infinity (RFC 8259 section 6, RFC 8785 section 3.2.2.3)."""
    if not math.isfinite(number):
        raise CanonicalizationError(Code.CANON_NUMBER_NOT_FINITE, pointer)
    return number
