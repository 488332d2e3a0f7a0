"""Text as checked UTF-8, before a byte of it is read as JSON (RFC 8259 section 8.1)."""

from __future__ import annotations

from weftend.errors import CanonicalizationError, Code


def utf8(text: bytes | str) -> bytes:
    """The bytes of a text; a subclass is read as its base type.

    Raises:
        TypeError: neither ``bytes`` nor ``str``.
        CanonicalizationError: ``CANON_UTF8``: the first byte of the first invalid sequence.
            ``CANON_SURROGATE``: a lone surrogate in a ``str``, where its bytes would stand.
    """
    if isinstance(text, str):
        return _encoded(str.__str__(text))
    if not isinstance(text, bytes):
        raise TypeError(f"JSON text is bytes or str, not {type(text).__name__}")
    text = bytes.__getitem__(text, slice(None))
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CanonicalizationError(Code.CANON_UTF8, error.start) from None
    return text


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        before = len(text[: error.start].encode("utf-8"))
        raise CanonicalizationError(Code.CANON_SURROGATE, before) from None
