"""The strategies of reports reach what is hard to count, and every sort of refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import report_strategies as reports
from ci_readings import DEFINITIONS, FINDINGS, JOBS, TESTS
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.errors import NoSuchExample

from weftend.reference.ci import Document, Reading, read, sarif

SEARCH = settings(
    max_examples=1500,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


# What is found is thrown away, however long it is.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")


def reached(strategy: Any, condition: Callable[[bytes], bool]) -> bool:
    """Whether a search about as long as a parity test's meets the condition."""
    try:
        find(strategy, condition, settings=SEARCH)
    except NoSuchExample:
        return False
    return True


def reading(stream: str, format: str, content: bytes) -> Reading:
    return read(DEFINITIONS[stream], [Document("a", content, format)])


def keys(found: Reading) -> set[tuple[str, str]]:
    """(map, key) of whatever any unit contributes."""
    return {bucket for parts in found.partial.values() for part in parts.values() for bucket in part}


def maps_of(format: str, *names: str) -> Callable[[bytes], bool]:
    """A run of tests that contributes to all of these maps."""
    return lambda content: set(names) <= {name for name, _ in keys(reading(TESTS, format, content))}


OUTCOMES = ("errored", "failed", "skipped", "flaky", "passed")


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_of_a_case(outcome: str) -> None:
    assert reached(
        reports.junit_reports(),
        lambda content: ("outcomes", outcome) in keys(reading(TESTS, "junit", content)),
    )


@pytest.mark.parametrize(
    ("format", "strategy"),
    [("junit", reports.junit_reports()), ("go-test", reports.go_tests())],
    ids=["junit", "go-test"],
)
def test_failed_and_passed_under_one_name(format: str, strategy: Any) -> None:
    assert reached(strategy, maps_of(format, "failingTests", "flakyTests"))
    assert reached(strategy, maps_of(format, "slowTests"))


def test_reports_in_other_encodings_and_broken_ones() -> None:
    assert reached(reports.junit_reports(), lambda content: content[:2] == b"\xff\xfe" and len(content) > 200)
    for strategy in (reports.broken_junit(), reports.mutated(reports.junit_texts().map(str.encode))):
        assert reached(strategy, lambda content: bool(reading(TESTS, "junit", content).refused))
        assert reached(
            strategy, lambda content: ("outcomes", "failed") in keys(reading(TESTS, "junit", content))
        )


def test_a_level_that_an_invocation_configures(monkeypatch: pytest.MonkeyPatch) -> None:
    def decides(content: bytes) -> bool:
        with monkeypatch.context() as patched:
            found = keys(reading(FINDINGS, "sarif", content))
            patched.setattr(sarif._Run, "_overrides", lambda *_: {})
            return found != keys(reading(FINDINGS, "sarif", content))

    assert reached(reports.sarif_logs(), decides)


@pytest.mark.parametrize("place", ["/version", "/runs", "", "0"])
def test_refusals_of_logs(place: str) -> None:
    def met(content: bytes) -> bool:
        refused = reading(FINDINGS, "sarif", content).refused
        return bool(refused) and refused["a"].place == place

    assert reached(reports.mutated(reports.sarif_logs()) if place == "0" else reports.sarif_logs(), met)


def test_runs_that_go_on_and_runs_of_jobs_alone() -> None:
    def going_on(content: bytes) -> bool:
        found = reading(JOBS, "github", content)
        return not found.partial and not found.refused and b"run_id" in content

    assert reached(reports.github_documents(), going_on)
    assert reached(
        reports.github_documents(), lambda content: len(reading(JOBS, "github", content).partial) > 1
    )
    names = {"conclusions", "jobConclusions"}
    assert reached(
        reports.github_documents(),
        lambda content: names <= {name for name, _ in keys(reading(JOBS, "github", content))},
    )
