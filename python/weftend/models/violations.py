"""All violations of a model at once, as sorted issues with JSON Pointers."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import ValidationError

from weftend.errors import Code, Issue, IssueList


def pointer(place: Iterable[str | int]) -> str:
    """The JSON Pointer (RFC 6901) of a path of names and indices; the empty path is the whole value.

    A refused member name has pydantic's own ``[key]`` after it, which is no step.
    """
    steps = list(place)
    if steps and steps[-1] == "[key]":
        steps.pop()
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def issues_of(error: ValidationError, code: str, file: str = "") -> IssueList:
    """Every violation in ``error`` as ``{code, file#pointer, message}``, sorted and cut as issue lists are.

    A violation that a model raises under a code of its own keeps it. The message never repeats the refused
    value: it may be what must not be shown.
    """
    return IssueList.of(
        Issue(_own(item["type"]) or code, f"{file}#{pointer(item['loc'])}", item["msg"])
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    )


def _own(kind: str) -> str | None:
    return kind if kind in Code.__members__ else None
