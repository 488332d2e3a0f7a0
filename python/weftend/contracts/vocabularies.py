"""Vocabulary files: one registered name a line, distinct, in byte order (an order by count would leak).

A file for several maps has lines ``MAP NAME``, in byte order as well; no name holds a space.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from weftend.errors import Code, Issue, IssueList, WeftendError
from weftend.models.grammars import Grammar
from weftend.models.streams import RESERVED_KEYS
from weftend.reference import privacy

MAX_FILE_BYTES: Final = 64 * 1024 * 1024
"""A vocabulary file is not larger, in bytes."""


def read(path: Path, grammar: Grammar) -> list[str]:
    """The names in ``path``, one a line, in byte order.

    :class:`WeftendError` with ``STREAM_INVALID`` for each line that is not a name under ``grammar``, is reserved,
    is what privacy validation refuses, comes twice or stands out of order, and for a file that is missing, too
    large, not UTF-8, or whose last line is open.
    """
    lines = _lines(path)
    _refuse(path, [*_unordered(lines), *_refused(enumerate(lines, 1), grammar)])
    return lines


def named(folder: Path, name: str, grammar: Grammar) -> list[str]:
    """The names in ``folder/vocabularies/<name>.txt``; issues bear the file's place within ``folder``."""
    file = f"vocabularies/{name}.txt"
    try:
        return read(folder / file, grammar)
    except WeftendError as error:
        issues = error.issues
        placed = (
            Issue(item.code, f"{file}#{item.path.partition('#')[2]}", item.message) for item in issues.issues
        )
        raise WeftendError(IssueList.of(placed, issues.more)) from error


def read_by_map(path: Path, grammars: Mapping[str, Grammar]) -> dict[str, list[str]]:
    """The names in ``path`` by map: lines ``MAP NAME``, or names alone, which then stand in every map.

    ``grammars`` are those of the maps that take names; a map that no line names is not in the result. Errors are
    those of :func:`read`, and a line that names another map.
    """
    lines = _lines(path)
    if not maps_named(path):
        return {name: read(path, grammar) for name, grammar in grammars.items()}
    found: dict[str, list[tuple[int, str]]] = {}
    issues = _unordered(lines)
    for number, line in enumerate(lines, 1):
        name, _, key = line.partition(" ")
        if name in grammars:
            found.setdefault(name, []).append((number, key))
        else:
            issues.append((number, "names no map that takes registered names"))
    for name, numbered in found.items():
        issues += _refused(numbered, grammars[name])
    _refuse(path, issues)
    return {name: [key for _, key in numbered] for name, numbered in found.items()}


def maps_named(path: Path) -> set[str]:
    """The maps that the lines of ``path`` are for; none where it holds names alone."""
    lines = _lines(path)
    return {line.partition(" ")[0] for line in lines} if any(" " in line for line in lines) else set()


def text(names: Mapping[str, Sequence[str]]) -> str:
    """A vocabulary file for several maps, as :func:`read_by_map` reads it."""
    lines = (f"{name} {key}\n" for name, keys in names.items() for key in keys)
    return "".join(sorted(lines, key=str.encode))


def findings(name: str, grammar: Grammar) -> list[str]:
    """Why ``name`` cannot be registered under ``grammar``: its form, a reserved bucket, or privacy."""
    if name in RESERVED_KEYS:
        return ["is a bucket that every map has"]
    if not grammar.accepts(name):
        return [f"not a name under the grammar {grammar.name}"]
    return [message for _, message in privacy.name_findings(name)]


Numbered = tuple[int, str]
"""(line, from 1; what stands there, or what is wrong)."""


def _lines(path: Path) -> list[str]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise WeftendError(
                Issue(Code.STREAM_INVALID, f"{path.name}#", f"more than {MAX_FILE_BYTES} bytes")
            )
        whole = path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise WeftendError(
            Issue(Code.STREAM_INVALID, f"{path.name}#{error.start}", "is not UTF-8")
        ) from error
    except OSError as error:
        message = error.strerror or type(error).__name__
        raise WeftendError(Issue(Code.STREAM_INVALID, f"{path.name}#", message)) from error
    lines = whole.split("\n")
    if lines.pop():
        raise WeftendError(Issue(Code.STREAM_INVALID, f"{path.name}#", "the last line has no end"))
    return lines


def _unordered(lines: list[str]) -> list[Numbered]:
    return [
        (number, "not in byte order, or twice")
        for number, (before, after) in enumerate(pairwise(lines), 2)
        if before.encode() >= after.encode()
    ]


def _refused(numbered: Iterable[Numbered], grammar: Grammar) -> list[Numbered]:
    return [(number, message) for number, name in numbered for message in findings(name, grammar)]


def _refuse(path: Path, issues: list[Numbered]) -> None:
    if issues:
        found = (
            Issue(Code.STREAM_INVALID, f"{path.name}#line:{number}", message) for number, message in issues
        )
        raise WeftendError(IssueList.of(found))
