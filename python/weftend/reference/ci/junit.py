"""JUnit XML, over the standard library's parser: the ``<testcase>`` elements that are found in suites."""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

from weftend.reference.ci.encoding import decoded
from weftend.reference.ci.keys import seconds
from weftend.reference.ci.refusal import invalid
from weftend.reference.ci.testrun import OUTCOMES, Case

MAX_DEPTH: Final = 256
"""Elements may nest this deep."""

_SUITES: Final = ("testsuites", "testsuite")
_CHILDREN: Final = {
    "error": "errored",
    "failure": "failed",
    "skipped": "skipped",
    "flakyFailure": "flaky",
    "flakyError": "flaky",
    "rerunFailure": "flaky",
    "rerunError": "flaky",
}
"""What a child of a case says of it."""
_WORDS: Final = {
    **dict.fromkeys(("error", "errored"), "errored"),
    **dict.fromkeys(("fail", "failed", "failure"), "failed"),
    **dict.fromkeys(("disabled", "ignored", "notrun", "pending", "skipped", "suppressed"), "skipped"),
}
"""What the attributes ``status`` and ``result`` say, in lower case; heard only where no child says anything."""


def read(content: bytes) -> list[Case]:
    """The cases of a report, in their order.

    Refused, as ``INPUT_INVALID``: what is not well-formed XML 1.0, a document type declaration, an entity that
    XML does not predefine, elements nested deeper than :data:`MAX_DEPTH`, another root than ``testsuites`` and
    ``testsuite``.
    """
    report = _Report()
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = report.start
    parser.EndElementHandler = report.end
    parser.StartDoctypeDeclHandler = _refuse
    parser.XmlDeclHandler = _declared
    try:
        parser.Parse(decoded(content).encode(), True)
    except expat.ExpatError:
        raise invalid() from None
    return report.cases


def _refuse(*_: object) -> None:
    raise invalid()


def _declared(version: str, *_: object) -> None:
    """What of the declaration the parser does not look at (XML 1.0, section 2.8)."""
    if re.fullmatch(r"1\.[0-9]+", version) is None:
        raise invalid()


class _Report:
    """Where the reader is: the names of the open elements that mean something, ``""`` for the others."""

    def __init__(self) -> None:
        self.cases: list[Case] = []
        self._open: list[str] = []
        self._attributes: dict[str, str] = {}
        self._told: list[str] = []
        self._types: set[str] = set()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element opens; its name counts without a prefix."""
        if len(self._open) >= MAX_DEPTH:
            raise invalid()
        name = tag.partition(":")[2] or tag
        if not self._open and name not in _SUITES:
            raise invalid()
        parent = self._open[-1] if self._open else "testsuites"
        if name == "testcase" and parent in _SUITES:
            self._attributes, self._told, self._types = attributes, [], set()
        elif parent == "testcase":
            self._child(name, attributes)
        self._open.append(name if self._means(name, parent) else "")

    def _means(self, name: str, parent: str) -> bool:
        """Suites stand in suites, cases in suites; whatever is called so elsewhere is something else."""
        return parent in _SUITES and (
            name in ("testsuite", "testcase") or (name == "testsuites" and not self._open)
        )

    def _child(self, name: str, attributes: dict[str, str]) -> None:
        outcome = _CHILDREN.get(name)
        if outcome:
            self._told.append(outcome)
        if outcome in OUTCOMES[:2]:
            self._types.add(attributes.get("type", ""))

    def end(self, _: str) -> None:
        """An element closes."""
        if self._open.pop() != "testcase":
            return
        words = [_WORDS.get(self._attributes.get(name, "").lower()) for name in ("status", "result")]
        told = self._told or words
        outcome = next((outcome for outcome in OUTCOMES if outcome in told), "passed")
        self.cases.append(
            Case(
                self._attributes.get("classname", ""),
                self._attributes.get("name", ""),
                outcome,
                seconds(self._attributes.get("time", "")),
                frozenset(self._types),
            )
        )
