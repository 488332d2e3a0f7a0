"""Every way a command can end, turned into one exit status, in this one place."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import Final

import click

from weftend.cli.output import machine, report, say
from weftend.cli.root import root
from weftend.errors import CanonicalizationError, Code, ExitStatus, Issue, IssueList, WeftendError

INTERRUPTED: Final = 130
"""What shells show for a process that SIGINT ended."""
PIPE_CLOSED: Final = 141
"""What shells show for a process that SIGPIPE ended."""

_OS_CODES: Final = {
    errno.ENOENT: Code.INPUT_NOT_FOUND,
    errno.ENOTDIR: Code.INPUT_NOT_FOUND,
    errno.ELOOP: Code.INPUT_SYMLINK,
    errno.ENOSPC: Code.OUTPUT_UNWRITABLE,
    errno.EDQUOT: Code.OUTPUT_UNWRITABLE,
    errno.EFBIG: Code.OUTPUT_UNWRITABLE,
    errno.EROFS: Code.OUTPUT_UNWRITABLE,
}


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit status; nothing is raised, nothing shows a traceback."""
    token = machine.set(_wants_json(arguments))
    try:
        return _guarded(arguments)
    finally:
        machine.reset(token)


def _wants_json(arguments: list[str]) -> bool:
    """Whether ``--json`` stands among the options; asked before parsing, which may itself be refused."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options


def _guarded(arguments: list[str]) -> int:
    try:
        return _reported(arguments)
    except BrokenPipeError:
        _silence_stdout()
        return PIPE_CLOSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except (WeftendError, OSError) as error:
        # Not even the refusal could be printed on stdout, which is closed or full: stderr is what is left.
        _silence_stdout()
        issues, status = _outcome(error)
        report(issues, beside_document=True)
        return int(status)


def _reported(arguments: list[str]) -> int:
    try:
        return _invoke(arguments)
    except click.exceptions.NoArgsIsHelpError as error:
        if machine.get():
            report(_usage(error)[0])
        else:
            say(error.format_message())
        return int(ExitStatus.INVALID)
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:
        issues, status = _outcome(error)
        report(issues)
        if isinstance(error, click.UsageError) and error.ctx is not None:
            say(f"Try '{error.ctx.command_path} --help'.")
        return int(status)


def _invoke(arguments: list[str]) -> int:
    """Parse and run; a command returns its status, or nothing when all went well."""
    if os.environ.get("_WEFTEND_COMPLETE"):
        root.main(arguments, prog_name="weftend")
    try:
        with root.make_context("weftend", list(arguments)) as context:
            status = root.invoke(context)
    except click.exceptions.Exit as end:
        status = end.exit_code
    if sys.stdout is not None:
        sys.stdout.flush()
    return int(status or ExitStatus.DONE)


def _outcome(error: Exception) -> tuple[IssueList, int]:
    """What to show for ``error``, and the exit status it means."""
    match error:
        case WeftendError():
            return error.issues, error.status
        case click.ClickException():
            return _usage(error)
        case CanonicalizationError():
            return _one(error.code, f"#{error.place}", "not canonicalizable JSON", ExitStatus.INVALID)
        case OSError():
            return IssueList.of([system_issue(error)]), ExitStatus.INVALID
        case _:
            return _one(Code.INTERNAL_DEFECT, _place(error), _defect(error), ExitStatus.DEFECT)


def system_issue(error: OSError) -> Issue:
    """What the system said about a file, under the stable code for it."""
    code = _OS_CODES.get(error.errno or 0, Code.INPUT_UNREADABLE)
    path = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else ""
    return Issue(code, f"{path}#", error.strerror or str(error))


def _one(code: str, path: str, message: str, status: ExitStatus) -> tuple[IssueList, ExitStatus]:
    return IssueList.of([Issue(code, path, message)]), status


def _usage(error: click.ClickException) -> tuple[IssueList, ExitStatus]:
    """The argument parser's refusal; the place is the option, argument or command that it is about."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return _one(Code.USAGE, "argv#", "a command is missing", ExitStatus.INVALID)
    place = getattr(error, "option_name", None) or getattr(error, "command_name", None) or ""
    parameter = getattr(error, "param", None)
    if not place and isinstance(parameter, click.Option):
        place = max(parameter.opts, key=len)
    elif not place and isinstance(parameter, click.Parameter):
        place = parameter.make_metavar(click.Context(root))
    return _one(Code.USAGE, f"argv#{place}", error.format_message(), ExitStatus.INVALID)


def _place(error: Exception) -> str:
    """File and line of the defect, without the folders above, which are the user's own."""
    trace, place = error.__traceback__, "#"
    while trace is not None:
        place = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}#line:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _defect(error: Exception) -> str:
    return f"a defect in WeftEnd, please report it: {type(error).__name__}: {error}"


def _silence_stdout() -> None:
    """Point stdout at nothing, so that what the interpreter flushes at its end cannot fail again."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)
