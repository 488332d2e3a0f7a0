"""Canonical JSON (RFC 8785) of values and of texts."""

from __future__ import annotations

from weftend.errors import CanonicalizationError
from weftend.reference.text import parse
from weftend.reference.values import plain
from weftend.reference.writer import write


def canonicalize(value: object) -> bytes:
    """The canonical JSON of a Python value.

    Args:
        value: ``dict`` with ``str`` names, ``list``, ``tuple``, ``str``, ``int`` within ±(2^53-1), finite
        ``float``,
            ``bool``, ``None``, and subclasses of them, which are read as their base type; at most 128 levels.

    Returns:
        UTF-8 without a newline at the end.

    Raises:
        CanonicalizationError: with a JSON Pointer; :func:`weftend.reference.values.plain` lists the codes.

    Source: RFC 8785 section 3.2.
    """
    return write(plain(value))


def canonicalize_text(text: bytes | str) -> bytes:
    """The canonical JSON of a JSON text.

    Args:
        text: ``bytes`` in UTF-8, or ``str``.

    Returns:
        UTF-8 without a newline at the end. A canonical text is its own canonical form.

    Raises:
        TypeError: neither ``bytes`` nor ``str``.
        CanonicalizationError: with a byte offset; :func:`weftend.reference.text.parse` lists the codes.

    Source: RFC 8785 section 3.2.
    """
    return write(parse(text))


def is_canonical(text: bytes) -> bool:
    """Whether a text is canonical JSON to the byte; a newline at its end is one byte too many.

    Raises:
        TypeError: not ``bytes``. No ``bytes`` raise anything.

    Source: RFC 8785 section 3.2.
    """
    if not isinstance(text, bytes):
        raise TypeError(f"canonical JSON is bytes, not {type(text).__name__}")
    try:
        return canonicalize_text(text) == bytes.__getitem__(text, slice(None))
    except CanonicalizationError:
        return False
