"""What a test run contributes, whichever format its cases came from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from weftend.reference.ci.keys import duration_key, percent_encoded
from weftend.reference.fold import Part

OUTCOMES: Final = ("errored", "failed", "skipped", "flaky", "passed")
"""A case has the first of these that applies."""


class Case(NamedTuple):
    """One test case as it stands in the report; the same names again are another case.

    ``nanos``: how long it took, ``None`` where that is not known. ``types``: what its failures and errors say
    of what type they are.
    """

    group: str
    name: str
    outcome: str
    nanos: int | None = None
    types: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """``classname::name``."""
        return f"{percent_encoded(self.group)}::{percent_encoded(self.name)}"

    @property
    def bad(self) -> bool:
        """Whether it failed or errored."""
        return self.outcome in OUTCOMES[:2]


@dataclass
class TestRun:
    """The cases of one run, over all its files; their order says nothing."""

    __test__ = False  # no class of tests, whatever its name looks like

    slow_nanos: int
    cases: list[Case] = field(default_factory=list)

    def contributions(self) -> Part:
        """(map, key) → amount."""
        part: Counter[tuple[str, str]] = Counter()
        part["runOutcomes", self._outcome()] = 1
        known = [case.nanos for case in self.cases if case.nanos is not None]
        part["runDurations", duration_key(sum(known) if known else None)] = 1
        for case in self.cases:
            part["outcomes", case.outcome] += 1
            part["durations", duration_key(case.nanos)] += 1
        for name, keys in self._sets().items():
            part.update({(name, key): 1 for key in keys})
        return dict(part)

    def _outcome(self) -> str:
        found = {case.outcome for case in self.cases}
        worst = next((outcome for outcome in OUTCOMES[:2] if outcome in found), "passed")
        return worst if self.cases else "empty"

    def _sets(self) -> dict[str, set[str]]:
        """A name counts once in a run, however often it stands there."""
        failing = {case.key for case in self.cases if case.bad}
        passed = {case.key for case in self.cases if case.outcome == "passed"}
        flaky = {case.key for case in self.cases if case.outcome == "flaky"}
        types = {percent_encoded(name) for case in self.cases for name in case.types if name}
        slow = {case.key for case in self.cases if case.nanos is not None and case.nanos >= self.slow_nanos}
        return {
            "failingTests": failing,
            "flakyTests": flaky | (failing & passed),
            "failureTypes": types,
            "slowTests": slow,
        }
