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
