"""JSON that other tools wrote, read whole, bounded, as I-JSON or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from weftend.canonical import canonicalize_text
from weftend.errors import CanonicalizationError, Code, Issue, WeftendError
from weftend.store.files import read_bounded

MAX_BYTES: Final = 256 * 1024 * 1024
_BOM: Final = b"\xef\xbb\xbf"


def read(path: Path) -> bytes:
    """The bytes of the file at ``path``; ``WeftendError`` (``INPUT_*``) when that cannot be."""
    text = read_bounded(path, MAX_BYTES)
    if text is None:
        raise WeftendError(Issue(Code.INPUT_NOT_FOUND, f"{path}#", "there is no such file"))
    return text


def parse(path: Path, text: bytes, place: str = "") -> Any:
    """The value of ``text``, a part of ``path``; ``WeftendError`` with the code and place of what is refused.

    A byte order mark at the start of the text is passed over, since many tools write one.
    """
    try:
        return json.loads(canonicalize_text(text.removeprefix(_BOM)))
    except CanonicalizationError as error:
        where = place or str(error.place)
        raise WeftendError(Issue(error.code, f"{path}#{where}", "is not JSON as I-JSON has it")) from error


def objects(path: Path) -> list[tuple[str, Any]]:
    """Every item of a file, with its place: one JSON value, the items of one array, or one value a line.

    Raises:
        WeftendError: as :func:`read` and :func:`parse`.
    """
    text = read(path)
    try:
        value = parse(path, text)
    except WeftendError as error:
        if error.issues.issues[0].code != Code.CANON_TRAILING:
            raise
        return _lines(path, text)
    if isinstance(value, list):
        return [(f"/{number}", item) for number, item in enumerate(value)]
    return [("", value)]


def _lines(path: Path, text: bytes) -> list[tuple[str, Any]]:
    lines = enumerate(text.split(b"\n"), start=1)
    places = ((f"line:{number}", line) for number, line in lines if line.strip())
    return [(place, parse(path, line, place)) for place, line in places]
