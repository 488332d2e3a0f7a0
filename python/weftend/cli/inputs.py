"""Reading what the operator named: a file or ``-``, whole, and never more than a stated number of bytes."""

from __future__ import annotations

import sys
from typing import BinaryIO, Final

from weftend.cli.output import fail
from weftend.errors import Code, Issue

MAX_INPUT_BYTES: Final = 256 * 1024 * 1024
"""The longest text that a command takes, in bytes."""
_PIECE: Final = 1024 * 1024
"""Bytes asked for at a time, so that memory grows only with what really comes."""


def read_input(name: str) -> bytes:
    """All bytes of a file, or of standard input.

    Args:
        name: a path as the operator wrote it, or ``-``. Symbolic links are followed: the operator named this one.

    Raises:
        WeftendError: ``INPUT_TOO_LARGE``: more than :data:`MAX_INPUT_BYTES`. ``INPUT_UNREADABLE``: standard
            input is closed.
        OSError: what the system says; its ``filename`` is ``name``.
    """
    if name != "-":
        with open(name, "rb") as stream:
            return _bounded(stream, name)
    if sys.stdin is None:
        fail(Issue(Code.INPUT_UNREADABLE, "-#", "standard input is closed"))
    return _bounded(sys.stdin.buffer, name)


def _bounded(stream: BinaryIO, name: str) -> bytes:
    pieces: list[bytes] = []
    room = MAX_INPUT_BYTES
    try:
        while piece := stream.read(min(room + 1, _PIECE)):
            pieces.append(piece)
            room -= len(piece)
            if room < 0:
                fail(Issue(Code.INPUT_TOO_LARGE, f"{name}#", f"longer than {MAX_INPUT_BYTES} bytes"))
    except OSError as error:
        error.filename = error.filename or name
        raise
    return b"".join(pieces)
