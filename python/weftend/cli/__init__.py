"""The command line: the only layer that prints or exits.

``output`` says and emits, ``exits`` turns every way a command can end into one exit status, ``root`` is the
table of commands. Starting ``weftend`` imports click and nothing else that is heavy: a command's module
imports only click, ``errors`` and this package at its top, and what it needs inside its function.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line.

    Args:
        argv: the arguments after the program's name; the process's own when ``None``.

    Returns:
        The exit status: one of :class:`weftend.errors.ExitStatus`, 130 when interrupted, 141 when whoever
        read the output went away. Never raises and never shows a traceback.
    """
    try:
        from weftend.cli.exits import run

        return run(sys.argv[1:] if argv is None else list(argv))
    except KeyboardInterrupt:
        return 130
