"""Words go to stderr, data to stdout; under ``--json`` one document goes to stdout and no word anywhere."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, NoReturn

from weftend.errors import Code, ExitStatus, Issue, IssueList, WeftendError
from weftend.report.printable import printable

if TYPE_CHECKING:
    from rich.table import Table

LOG_WIDTH: Final = 1000
"""Columns of a table that goes to a file or a log; the longest name has 512."""

PRIVATE: Final = (
    "This is private: exact counts without a floor. Nothing of it may leave; `weftend aggregate` releases."
)

machine: ContextVar[bool] = ContextVar("machine", default=False)
"""Whether this run was asked for ``--json``."""


def say(text: str = "") -> None:
    """Tell the person: lines on stderr, unprintable characters escaped; silent under ``--json``."""
    if not machine.get():
        _to_stderr("\n".join(map(printable, text.split("\n"))) + "\n")


def show(parts: Iterable[str | Table]) -> None:
    """Tell the person, with tables between the lines; silent under ``--json``. Rich is only imported here.

    Lines are left to the terminal to wrap, so that a path or a sentence can be copied and searched for; where
    stderr goes to a file or a log, names in tables are not folded either.
    """
    if machine.get() or sys.stderr is None:
        return
    from rich.console import Console

    folds = sys.stderr.isatty() or "COLUMNS" in os.environ
    console = Console(stderr=True, highlight=False, width=None if folds else LOG_WIDTH)
    for part in parts:
        if isinstance(part, str):
            say(part)
        else:
            with contextlib.suppress(OSError):
                console.print(part)


def _to_stderr(text: str) -> None:
    """Write to stderr if there is one; that nobody listens to words must not fail the work."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()


def emit(data: bytes) -> None:
    """Write ``data`` to stdout as it is, all of it or an error.

    Raises:
        WeftendError: ``OUTPUT_UNWRITABLE`` when stdout is closed or cannot be written, as on a full disk.
        BrokenPipeError: whoever read stdout went away.
    """
    if sys.stdout is None:
        fail(Issue(Code.OUTPUT_UNWRITABLE, "<stdout>#", "standard output is closed"))
    try:
        sys.stdout.flush()
        rest = memoryview(data)
        while rest:  # an unbuffered stdout (PYTHONUNBUFFERED) may take only a part at a time
            rest = rest[sys.stdout.buffer.write(rest) :]
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise WeftendError(Issue(Code.OUTPUT_UNWRITABLE, "<stdout>#", message)) from error


def emit_snapshot(snapshot: bytes, *, applied: bool) -> None:
    """Write a run's snapshot to stdout; where that fails after an apply, say that the run is done all the same.

    Raises:
        WeftendError: ``OUTPUT_UNWRITABLE``, as :func:`emit`.
        BrokenPipeError: as :func:`emit`.
    """
    try:
        emit(snapshot)
    except WeftendError as error:
        if not applied:
            raise
        done = "; the run itself is done: what it released is in ledger and store"
        issues = [Issue(item.code, item.path, item.message + done) for item in error.issues.issues]
        raise WeftendError(IssueList.of(issues), error.status) from error


def emit_json(value: object) -> None:
    """Write ``value`` to stdout as one line of JSON: UTF-8, names in order, no white space."""
    emit(json_line(value))


def json_line(value: object) -> bytes:
    """``value`` as one line of JSON for a reader of ``--json``; not canonical, nothing hashes it."""
    import json

    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return text.encode("utf-8", "backslashreplace") + b"\n"


def fail(issues: IssueList | Issue | Iterable[Issue], status: ExitStatus = ExitStatus.INVALID) -> NoReturn:
    """Stop the command: the issues are shown and the process ends with ``status``.

    Raises:
        WeftendError: always; ``weftend.cli.exits`` alone prints it.
    """
    if isinstance(issues, (IssueList, Issue)):
        raise WeftendError(issues, status)
    raise WeftendError(IssueList.of(issues), status)


def report(issues: IssueList, *, beside_document: bool = False) -> None:
    """Show issues: as words on stderr, or under ``--json`` as one object.

    Args:
        issues: what is wrong.
        beside_document: the command also printed its document on stdout (a partial failure), so that the
            object has to go to stderr.
    """
    if not machine.get():
        for issue in issues.issues:
            # A line each: no file name may begin a line of its own.
            say(f"weftend: {issue.code} {printable(issue.path)}: {printable(issue.message)}")
        if issues.more:
            say(f"weftend: and {issues.more} more")
    elif beside_document:
        _to_stderr(json_line(shown(issues)).decode())
    else:
        emit_json(shown(issues))


def shown(issues: IssueList) -> dict[str, object]:
    """The issue list with paths and messages that any reader of UTF-8 can take."""
    shown = [{name: printable(text) for name, text in issue.as_dict().items()} for issue in issues.issues]
    return {"issues": shown, "more": issues.more}
