"""From the bytes of an XML document to text (XML 1.0, section 4.3.3 and appendix F)."""

from __future__ import annotations

import codecs
import re
from typing import Final

from weftend.reference.ci.refusal import invalid

_STARTS: Final = (
    (codecs.BOM_UTF32_BE, "utf-32-be", 4),
    (codecs.BOM_UTF32_LE, "utf-32-le", 4),
    (codecs.BOM_UTF8, "utf-8", 3),
    (codecs.BOM_UTF16_BE, "utf-16-be", 2),
    (codecs.BOM_UTF16_LE, "utf-16-le", 2),
    (b"\0<\0?", "utf-16-be", 0),
    (b"<\0?\0", "utf-16-le", 0),
)
"""What a document starts with, its encoding, and the length of the byte order mark; the longer marks first."""

_DECLARED: Final = re.compile(
    rb"""<\?xml[^>]*?\sencoding\s*=\s*(["'])(?P<label>[A-Za-z][\w.:-]*)\1""", re.ASCII
)


def decoded(content: bytes) -> str:
    """The text of a document, without its byte order mark.

    A mark outranks the declaration; without either it is UTF-8. Refused, as ``INPUT_INVALID``: bytes that are
    not of the encoding, an encoding that nobody here knows, and one in which the declaration could not have
    been read as it was.
    """
    for start, encoding, mark in _STARTS:
        if content.startswith(start):
            return _strictly(content[mark:], encoding)
    found = _DECLARED.match(content)
    return _strictly(content, _known(found["label"].decode()) if found else "utf-8")


def _known(label: str) -> str:
    try:
        if "<?xml".encode(label) == b"<?xml":
            return label
    except (LookupError, ValueError):
        pass
    raise invalid()


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except ValueError:
        raise invalid() from None
