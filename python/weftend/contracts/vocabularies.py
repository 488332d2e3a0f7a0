"""Vocabulary files: one registered name a line, distinct, in byte order (an order by count would leak)."""

from __future__ import annotations

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
    """The names in ``path``, in byte order.

    :class:`WeftendError` with ``STREAM_INVALID`` for each line that is not a name under ``grammar``, is
    reserved, comes twice or stands out of order, and for a file that is missing, too large, not UTF-8, or
    whose last line is open.
    """
    text = _text(path)
    names = text.split("\n")[:-1]
    issues = [*_unordered(names, path), *_refused(names, grammar, path)]
    if text and not text.endswith("\n"):
        issues.append(_issue(path, "", "the last line has no end"))
    if issues:
        raise WeftendError(IssueList.of(issues))
    return names


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise WeftendError(_issue(path, "", f"larger than {MAX_FILE_BYTES} bytes"))
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise WeftendError(_issue(path, "", f"cannot be read: {type(error).__name__}")) from error


def _unordered(names: list[str], path: Path) -> list[Issue]:
    pairs = pairwise(names)
    return [
        _issue(path, f"line:{line}", "not in byte order, or twice")
        for line, (before, after) in enumerate(pairs, start=2)
        if before.encode() >= after.encode()
    ]


def _refused(names: list[str], grammar: Grammar, path: Path) -> list[Issue]:
    return [
        _issue(path, f"line:{line}", message)
        for line, name in enumerate(names, start=1)
        for message in findings(name, grammar)
    ]


def findings(name: str, grammar: Grammar) -> list[str]:
    """Why ``name`` cannot be registered under ``grammar``: its form, a reserved bucket, or privacy."""
    if name in RESERVED_KEYS:
        return ["is a bucket that every map has"]
    if not grammar.accepts(name):
        return [f"not a name under the grammar {grammar.name}"]
    return [message for _, message in privacy.name_findings(name)]


def _issue(path: Path, place: str, message: str) -> Issue:
    return Issue(Code.STREAM_INVALID, f"{path.name}#{place}", message)
