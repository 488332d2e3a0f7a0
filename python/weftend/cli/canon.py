"""``weftend canon`` and ``weftend digest``: canonical JSON and its digest, of files or of standard input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

import click

from weftend.cli.exits import system_issue
from weftend.cli.inputs import read_input
from weftend.cli.output import emit, emit_json, fail, machine
from weftend.errors import CanonicalizationError, Code, Issue, WeftendError
from weftend.report.printable import printable

_Result = TypeVar("_Result")

REASONS: Final[dict[str, str]] = {
    Code.CANON_BOM: "the text begins with a byte order mark",
    Code.CANON_DEPTH: "more than 128 levels of arrays and objects",
    Code.CANON_DUPLICATE_NAME: "the object has this name already",
    Code.CANON_NUMBER_NOT_FINITE: "no finite double is near this number",
    Code.CANON_NUMBER_RANGE: "an integer outside ±(2^53-1) that need not be the double it reads as",
    Code.CANON_SURROGATE: "half of a surrogate pair",
    Code.CANON_SYNTAX: "no JSON text goes on like this",
    Code.CANON_TRAILING: "the text goes on after its value",
    Code.CANON_TRUNCATED: "the text ends before its value does",
    Code.CANON_UTF8: "not UTF-8",
}
"""What a code says to a person, for every code that a text can be refused with."""

_json = click.option(
    "--json", is_flag=True, expose_value=False, help="Say what is refused as one JSON document on stdout."
)


@click.command(short_help="Print the canonical form of a JSON text.")
@click.argument("file", default="-", type=click.Path(readable=False, allow_dash=True))
@_json
def canon(file: str) -> None:
    """Print the canonical JSON (RFC 8785) of FILE, or of standard input.

    The output is the canonical text and one newline. What is not I-JSON is refused with a stable code and the
    byte at which it goes wrong, and nothing is printed. At most 256 MiB are read.
    """
    from weftend.canonical import canonicalize_text

    emit(_of_file(canonicalize_text, file) + b"\n")


@click.command(short_help="Print the SHA-256 of the canonical form of JSON texts.")
@click.argument("files", nargs=-1, type=click.Path(readable=False, allow_dash=True), metavar="[FILE]...")
@_json
def digest(files: tuple[str, ...]) -> None:
    """Print the SHA-256 of the canonical JSON of each FILE, or of standard input.

    One line for each: `sha256:`, 64 hexadecimal digits, two spaces and the name. The digest covers the canonical
    text, however FILE spells it, and no newline. If any FILE is refused, nothing is printed but what is wrong
    with each. At most 256 MiB are read of one FILE.
    """
    from weftend.digests import digest_text

    names = files or ("-",)
    if names.count("-") > 1:
        raise click.UsageError("standard input can be read only once")
    found = [(_attempt(digest_text, name), printable(name)) for name in names]
    issues = [issue for result, _ in found if isinstance(result, list) for issue in result]
    if issues:
        fail(issues)
    if machine.get():
        emit_json({"digests": [{"digest": result, "path": name} for result, name in found]})
    else:
        emit("".join(f"{result}  {name}\n" for result, name in found).encode())


def _attempt(function: Callable[[bytes], str], name: str) -> str | list[Issue]:
    """The result for one file, or what is wrong with it, so that all that is wrong is said at once."""
    try:
        return _of_file(function, name)
    except WeftendError as error:
        return list(error.issues.issues)
    except OSError as error:
        return [system_issue(error)]


def _of_file(function: Callable[[bytes], _Result], name: str) -> _Result:
    """What a function of text makes of a file; a refusal names the file and the byte."""
    text = read_input(name)
    try:
        return function(text)
    except CanonicalizationError as error:
        fail(Issue(error.code, f"{name}#{error.place}", REASONS.get(error.code, "not I-JSON")))
