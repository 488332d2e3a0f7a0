"""Names that come from anywhere, made fit to be shown on a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""``text`` with everything that is not printable escaped, so that any name can be shown.

    Bytes of a file name that are not UTF-8 (Python holds them as U+DC80..U+DCFF) show as ``\xNN``; control
    characters, which could steer a terminal, and lone surrogates show as Python would write them.
    """
    return text if text.isprintable() else "".join(map(_printable_character, text))


def _printable_character(character: str) -> str:
    if character.isprintable():
        return character
    if "\udc80" <= character <= "\udcff":
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")
