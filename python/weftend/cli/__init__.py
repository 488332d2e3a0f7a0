"""The command line: the only layer that prints or exits.

``output`` says and emits, ``exits`` turns every way a command can end into one exit status, ``root`` is the
table of commands. Starting ``weftend`` imports click and nothing else that is heavy: a command's module
imports only click, ``errors`` and this package at its top, and what it needs inside its function.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

_GARBAGE: Final = 50_000
"""So many objects more than are given back are made before any of them are looked at; imports make fewer."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line.

    Args:
        argv: the arguments after the program's name; the process's own when ``None``.

    Returns:
        The exit status: one of :class:`weftend.errors.ExitStatus`, 130 when interrupted, 141 when whoever
        read the output went away. Never raises and never shows a traceback.
    """
    try:
        return _run(list(argv)) if argv is not None else _process()
    except KeyboardInterrupt:
        return 130


def _process() -> int:
    """Run the process's own command line, in a process that starts and ends quickly.

    What imports make stays to the end: looking for garbage among it, while it is made and once more when the
    interpreter goes, would take a tenth of the time of a short command.
    """
    import gc

    gc.set_threshold(_GARBAGE)
    try:
        return _run(sys.argv[1:])
    finally:
        gc.freeze()


def _run(arguments: list[str]) -> int:
    from weftend.cli.exits import run

    return run(arguments)
