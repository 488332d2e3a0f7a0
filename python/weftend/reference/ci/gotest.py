"""``go test -json``: one event a line (``go doc test2json``), among lines that are none."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Final

from weftend.errors import CanonicalizationError
from weftend.reference.ci.keys import seconds
from weftend.reference.ci.refusal import invalid
from weftend.reference.ci.testrun import Case
from weftend.reference.text import parse
from weftend.reference.writer import Plain

PACKAGE_CASE: Final = "TestMain"
"""The case that stands for a package that failed though no test in it did."""
_ENDS: Final = {"pass": "passed", "bench": "passed", "fail": "failed", "skip": "skipped"}

Event = dict[str, Plain]


def read(content: bytes) -> list[Case]:
    """The cases of a stream: each run of each test from its ``run`` to its end, subtests included.

    A test that was still running when its package ended goes by the package: errored where that failed. One
    that was running when the stream ended is errored. Refused, as ``INPUT_INVALID``: a stream without an event.
    """
    events = [event for line in content.split(b"\n") if (event := _event(line)) is not None]
    if not events:
        raise invalid()
    packages: defaultdict[str, _Package] = defaultdict(_Package)
    cases: list[Case] = []
    for event in events:
        package = _text(event, "Package") or ""
        cases += packages[package].take(package, event)
    for package, state in packages.items():
        cases += [Case(package, test, "errored") for test in sorted(state.running)]
    return cases


def _event(line: bytes) -> Event | None:
    """The event that a line is: one JSON object with a text under ``Action``."""
    try:
        value = parse(line)
    except CanonicalizationError:
        return None
    return value if isinstance(value, dict) and isinstance(value.get("Action"), str) else None


def _text(event: Event, name: str) -> str | None:
    value = event.get(name)
    return value if isinstance(value, str) else None


def _elapsed(event: Event) -> int | None:
    value = event.get("Elapsed")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return seconds(f"{Decimal(repr(value)):f}")


class _Package:
    """What runs in a package, and whether a test in it has failed."""

    def __init__(self) -> None:
        self.running: set[str] = set()
        self.failed = False

    def take(self, package: str, event: Event) -> list[Case]:
        """The cases that come to their end with an event."""
        test, action = _text(event, "Test"), event["Action"]
        outcome = _ENDS.get(action) if isinstance(action, str) else None
        if test is not None and action == "run":
            self.running.add(test)
        if outcome is None:
            return []
        if test is None:
            return self._end(package, outcome, _elapsed(event))
        self.running.discard(test)
        self.failed |= outcome == "failed"
        return [Case(package, test, outcome, _elapsed(event))]

    def _end(self, package: str, outcome: str, elapsed: int | None) -> list[Case]:
        left = [Case(package, test, "errored" if outcome == "failed" else outcome) for test in self.running]
        if outcome == "failed" and not self.failed and not left:
            left = [Case(package, PACKAGE_CASE, "errored", elapsed)]
        self.running, self.failed = set(), False
        return left
