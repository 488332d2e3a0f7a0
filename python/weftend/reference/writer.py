"""Writing a checked value as canonical JSON (RFC 8785 section 3.2).

The value is one that :mod:`weftend.reference.text` parsed or :mod:`weftend.reference.values` checked, so
there is nothing left to refuse here.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from weftend.reference.numbers import number_text

Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | int | float | bool | None"
"""I-JSON as plain Python: base types only, finite numbers, no lone surrogate, at most 128 levels."""

_ESCAPES: Final = {code: f"\\u{code:04x}" for code in range(0x20)} | {
    0x08: "\\b",
    0x09: "\\t",
    0x0A: "\\n",
    0x0C: "\\f",
    0x0D: "\\r",
    0x22: '\\"',
    0x5C: "\\\\",
}


def write(value: Plain) -> bytes:
    """The canonical form: UTF-8 (RFC 8785 section 3.2.4), no white space (section 3.2.1)."""
    return _text(value).encode("utf-8")


def utf16_order(name: str) -> bytes:
    """A key that sorts member names by UTF-16 code unit (RFC 8785 section 3.2.3).

    Big-endian UTF-16 compares byte by byte as its code units compare. It differs from the order of code
    points (and of UTF-8) where a character beyond U+FFFF, a pair of surrogates, meets one from U+E000 to
    U+FFFF.
    """
    return name.encode("utf-16-be")


def _text(value: Plain) -> str:
    """Any value; at most 128 levels deep, so the recursion is bounded."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return _string(value)
        case int() | float():
            return number_text(value)
        case list():
            return "[" + ",".join([_text(item) for item in value]) + "]"
        case dict():
            return (
                "{" + ",".join([_member(name, value[name]) for name in sorted(value, key=utf16_order)]) + "}"
            )


def _member(name: str, value: Plain) -> str:
    return f"{_string(name)}:{_text(value)}"


def _string(text: str) -> str:
    """RFC 8785 section 3.2.2.2: the short escape where there is one, ``\\u00xx`` for other controls, no
    more."""
    return '"' + text.translate(_ESCAPES) + '"'
