"""From the bytes of a file to the JSON value they hold, if they are canonical bytes and one newline."""

from __future__ import annotations

import json
from itertools import takewhile
from operator import eq
from typing import Any

from weftend.errors import CanonicalizationError, Code, Issue
from weftend.reference.canonical import canonicalize
from weftend.reference.text import parse


def read(data: bytes, file: str) -> tuple[Any, list[Issue]]:
    """The value in ``data``, and what is wrong with its bytes: ``CANON_*`` or ``TELEMETRY_CONDUIT_INVALID``.

    The place of each issue is a byte offset. Where the text is no I-JSON the value is ``None``; where it is
    only not canonical, the value is what it says, so that more can be found out about it.
    """
    body = data.removesuffix(b"\n")
    issues = []
    if body == data:
        issues.append(_issue(file, len(data), "does not end with a newline"))
    try:
        value, canonical = _parsed(body)
    except CanonicalizationError as error:
        return None, [*issues, Issue(error.code, f"{file}#{error.place}", "is no I-JSON text from here")]
    if canonical != body:
        same = sum(1 for _ in takewhile(bool, map(eq, canonical, body)))
        issues.append(_issue(file, same, "is not canonical from here"))
    return value, issues


def _parsed(body: bytes) -> tuple[Any, bytes]:
    """The value of a text, and its canonical form.

    A text that equals the canonical form of what the standard library reads in it is canonical, whoever read
    it. Any other text is read again by the reader that knows places and what I-JSON refuses.
    """
    try:
        value = json.loads(body)
        if canonicalize(value) == body:
            return value, body
    except (ValueError, RecursionError):
        pass
    value = parse(body)
    return value, canonicalize(value)


def _issue(file: str, place: int, message: str) -> Issue:
    return Issue(Code.TELEMETRY_CONDUIT_INVALID, f"{file}#{place}", message)
