"""Reading JSON text (RFC 8259) as I-JSON (RFC 7493): one value, or the code and the byte of what is wrong.

The text is read once, from left to right, and the first byte that makes it wrong decides. Where a text is
wrong for two reasons that are found at the same moment, the order of the checks below is the order that
counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NoReturn

from weftend.errors import CanonicalizationError, Code
from weftend.reference.encoding import utf8
from weftend.reference.numbers import read_double, read_integer
from weftend.reference.values import MAX_DEPTH
from weftend.reference.writer import Plain

_BOM: Final = b"\xef\xbb\xbf"
_LITERALS: Final[dict[bytes, tuple[bytes, Plain]]] = {
    b"t": (b"true", True),
    b"f": (b"false", False),
    b"n": (b"null", None),
}
_ESCAPED: Final = {
    b'"': '"',
    b"\\": "\\",
    b"/": "/",
    b"b": "\b",
    b"f": "\f",
    b"n": "\n",
    b"r": "\r",
    b"t": "\t",
}
_WHITE_SPACE: Final = re.compile(rb"[ \t\n\r]*")
_DIGITS: Final = re.compile(rb"[0-9]*")
_HEX_DIGITS: Final = re.compile(rb"[0-9A-Fa-f]{0,4}")
_UNESCAPED: Final = re.compile(rb'[^\x00-\x1f"\\]*')
"""What a string holds between escapes (RFC 8259 section 7)."""


def parse(text: bytes | str) -> Plain:
    """The value of a JSON text.

    Args:
        text: the text as ``bytes``, or as ``str``, which is encoded as UTF-8 first. Any length.

    Returns:
        The value in base types. A number written without fraction and exponent and within ±(2^53-1) is an
        ``int``, any other the nearest ``float``.

    Raises:
        TypeError: neither ``bytes`` nor ``str``.
        CanonicalizationError: its place is a byte offset, from 0.
            ``CANON_UTF8``: not UTF-8; the first byte of the first invalid sequence, before anything else is
            looked at. ``CANON_BOM``: a byte order mark at 0. ``CANON_SYNTAX``: the first byte with which no
            JSON text can go on. ``CANON_TRUNCATED``: the length of a text that ends before its value does.
            ``CANON_TRAILING``: the first byte that is no white space after the value. ``CANON_DEPTH``: the
            bracket that opens level 129. ``CANON_SURROGATE``: the backslash of a surrogate without its
            other half; in a ``str``, before anything else is looked at, where its bytes would stand.
            ``CANON_NUMBER_NOT_FINITE``, ``CANON_NUMBER_RANGE``: the first byte of a number that is no
            finite double, or of an integer outside ±(2^53-1) that is not the canonical text of a double.
            ``CANON_DUPLICATE_NAME``: the opening quote of the first name that was there before, found when
            its object ends.

    Source: RFC 8259; RFC 7493 section 2 for what is refused beyond it.
    """
    return _Reader(utf8(text)).read()


def parse_each(text: bytes) -> Iterator[tuple[int, Plain]]:
    """The values of a text that holds any number of them, one after the other, each with its first byte.

    :class:`CanonicalizationError` as :func:`parse` raises it, its place a byte of the whole text.
    """
    reader = _Reader(utf8(text))
    while (start := reader.next_value()) is not None:
        yield start, reader.value()


class _Reader:
    """A recursive-descent reader of the grammar in RFC 8259; ``_at`` is the byte it looks at."""

    def __init__(self, text: bytes) -> None:
        self._text: Final = text
        self._at = 0

    def read(self) -> Plain:
        """``JSON-text = ws value ws`` (RFC 8259 section 2), and nothing after it."""
        if self._text.startswith(_BOM):
            raise CanonicalizationError(Code.CANON_BOM, 0)
        value = self._padded_value(0)
        if self._at < len(self._text):
            raise CanonicalizationError(Code.CANON_TRAILING, self._at)
        return value

    def next_value(self) -> int | None:
        """The byte at which the next of several values begins; ``None`` at the end."""
        self._run(_WHITE_SPACE)
        if self._text.startswith(_BOM, self._at):
            raise CanonicalizationError(Code.CANON_BOM, self._at)
        return self._at if self._at < len(self._text) else None

    def value(self) -> Plain:
        """The value that begins here."""
        return self._value(0)

    def _padded_value(self, level: int) -> Plain:
        """A value with the white space around it; ``level`` containers are open."""
        self._run(_WHITE_SPACE)
        value = self._value(level)
        self._run(_WHITE_SPACE)
        return value

    def _value(self, level: int) -> Plain:
        """RFC 8259 section 3."""
        match self._next():
            case b"{":
                return self._object(level + 1)
            case b"[":
                return self._array(level + 1)
            case b'"':
                return self._string()
            case b"t" | b"f" | b"n" as initial:
                return self._literal(*_LITERALS[initial])
            case _:
                return self._number()

    def _literal(self, word: bytes, value: Plain) -> Plain:
        for at in range(len(word)):
            self._expect(word[at : at + 1])
        return value

    def _open(self, level: int) -> None:
        """Steps over the bracket that opens a level, if that level may be."""
        if level > MAX_DEPTH:
            raise CanonicalizationError(Code.CANON_DEPTH, self._at)
        self._at += 1
        self._run(_WHITE_SPACE)

    def _array(self, level: int) -> list[Plain]:
        """RFC 8259 section 5."""
        items: list[Plain] = []
        self._open(level)
        if self._take(b"]"):
            return items
        while True:
            items.append(self._padded_value(level))
            if self._take(b"]"):
                return items
            self._expect(b",")

    def _object(self, level: int) -> dict[str, Plain]:
        """RFC 8259 section 4; the names are distinct (RFC 7493 section 2.3) once their escapes are read."""
        members: dict[str, Plain] = {}
        repeated: list[int] = []
        self._open(level)
        if self._take(b"}"):
            return members
        while True:
            self._run(_WHITE_SPACE)
            quote = self._at
            name = self._string()
            if name in members:
                repeated.append(quote)
            self._run(_WHITE_SPACE)
            self._expect(b":")
            members[name] = self._padded_value(level)
            if self._take(b"}"):
                break
            self._expect(b",")
        if repeated:
            raise CanonicalizationError(Code.CANON_DUPLICATE_NAME, repeated[0])
        return members

    def _string(self) -> str:
        """RFC 8259 section 7."""
        self._expect(b'"')
        parts: list[str] = []
        while True:
            parts.append(self._run(_UNESCAPED).decode("utf-8"))
            if self._take(b'"'):
                return "".join(parts)
            self._expect(b"\\")
            parts.append(self._escape(self._at - 1))

    def _escape(self, backslash: int) -> str:
        if self._take(b"u"):
            return self._unicode_escape(backslash)
        escaped = _ESCAPED.get(self._next())
        if escaped is None:
            self._unexpected()
        self._at += 1
        return escaped

    def _unicode_escape(self, backslash: int) -> str:
        """One ``\\uXXXX``, or the two that make a character beyond U+FFFF; never half of a pair."""
        unit = self._code_unit()
        if 0xDC00 <= unit <= 0xDFFF:
            raise CanonicalizationError(Code.CANON_SURROGATE, backslash)
        if not 0xD800 <= unit <= 0xDBFF:
            return chr(unit)
        if not self._text.startswith(b"\\u", self._at):
            raise CanonicalizationError(Code.CANON_SURROGATE, backslash)
        self._at += 2
        low = self._code_unit()
        if not 0xDC00 <= low <= 0xDFFF:
            raise CanonicalizationError(Code.CANON_SURROGATE, backslash)
        return chr(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))

    def _code_unit(self) -> int:
        """Four hexadecimal digits."""
        digits = self._run(_HEX_DIGITS)
        if len(digits) < 4:
            self._unexpected()
        return int(digits, 16)

    def _number(self) -> int | float:
        """RFC 8259 section 6. What begins no other value comes here too, and is refused where it goes
        wrong."""
        start = self._at
        self._take(b"-")
        if not self._take(b"0"):
            self._digits()
        integer = self._next() not in (b".", b"e", b"E")
        if self._take(b"."):
            self._digits()
        if self._take(b"e") or self._take(b"E"):
            _ = self._take(b"+") or self._take(b"-")
            self._digits()
        token = self._text[start : self._at].decode("ascii")
        return read_integer(token, start) if integer else read_double(token, start)

    def _digits(self) -> None:
        """``1*DIGIT``."""
        if not self._run(_DIGITS):
            self._unexpected()

    def _next(self) -> bytes:
        """The byte looked at; empty at the end of the text."""
        return self._text[self._at : self._at + 1]

    def _take(self, byte: bytes) -> bool:
        """Steps over the byte if it is the next one."""
        taken = self._next() == byte
        self._at += taken
        return taken

    def _expect(self, byte: bytes) -> None:
        if not self._take(byte):
            self._unexpected()

    def _run(self, pattern: re.Pattern[bytes]) -> bytes:
        """Steps over as many bytes as a pattern that may be empty matches."""
        found = pattern.match(self._text, self._at)
        run = found.group() if found else b""
        self._at += len(run)
        return run

    def _unexpected(self) -> NoReturn:
        """No JSON text goes on like this."""
        code = Code.CANON_SYNTAX if self._at < len(self._text) else Code.CANON_TRUNCATED
        raise CanonicalizationError(code, self._at)
