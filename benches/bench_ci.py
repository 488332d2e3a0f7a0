"""CI reports and records against the usual tools: ``make bench``.

NDJSON is compared within one process; JUnit, SARIF and ``go test -json`` as whole processes, since that is how
they are run. Each side folds what it reads into the same maps, each report once. The slow parsers of JUnit read a
tenth of the reports, and their time counts ten times. How time and memory grow with the input is in
``bench_ci_growth.py``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import ci_inputs
import ci_rivals
from ci_tally import Maps
from harness import Job, run
from weftend import ci
from weftend.canonical import canonicalize
from weftend.contracts import active
from weftend.contracts.definitions import from_file
from weftend.fold import Stream

EVENTS, SESSIONS = 1_000_000, 200_000
REPORTS, TENTH = 4_000, 400
LOGS, STREAMS = 4_000, 1_000
TESTS, FINDINGS = "telemetry.ci.tests.v0", "telemetry.ci.findings.v0"
ROUNDS = 5
NAMES = " by name"
COMMAND = str(Path(sys.executable).with_name("weftend"))
PACKAGES = ("weftend", "duckdb", "polars", "lxml", "junitparser", "test-results-parser", "orjson")

OWN = """
id: telemetry.bench.events.v0
version: 1
title: Sessions by outcome, tool and type
about: A unit is one session.
unit: {name: session, plural: sessions, field: /session}
reader: ndjson
maps:
  outcome: {kind: set, about: Outcomes., key: /outcome, keys: {enum: [failed, passed, skipped]}}
  tool: {kind: set, about: Tools., key: /tool, keys: {registered: true, grammar: label}}
  type: {kind: set, about: Types., key: /type, keys: {registered: true, grammar: label}}
"""


def own_stream(folder: Path) -> Stream:
    """A stream over the generated events."""
    path = folder / "own.yaml"
    path.write_text(OWN, encoding="utf-8")
    (definition,) = from_file(path, active())
    return Stream(canonicalize(definition))


def our_events(stream: Stream, path: Path) -> Maps:
    """Distinct sessions per value, exactly."""
    reading = ci.read(stream, [path])
    assert not reading.issues.issues
    totals = zip(stream.maps, reading.partial.totals(), strict=True)
    return {name: {key: units for key, (units, _) in keys.items()} for name, keys in totals}


def ours(stream: str, folder: Path) -> Maps:
    """The totals of every map, by ``weftend count`` in a process of its own.

    No vocabulary registers the names of tests and rules, so they stand together in ``__other__``; the most frequent
    ones, which the command lists beside, stand under the map's name and ``NAMES``.
    """
    command = [COMMAND, "count", stream, str(folder), "--json"]
    counted = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    assert (counted["refused"], counted["duplicates"]) == (0, 0)
    maps = {
        name: {key: found["total"] for key, found in keys.items()} for name, keys in counted["maps"].items()
    }
    return maps | {name + NAMES: listed["names"] for name, listed in counted["unregistered"].items()}


def theirs(name: str, folder: Path) -> Maps:
    """The counts of another tool, in a process of its own."""
    command = [sys.executable, str(Path(ci_rivals.__file__)), name, str(folder)]
    counted: Maps = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return counted


def agree(ours: Callable[[], Maps], theirs: Callable[[], Maps]) -> Callable[[], None]:
    """A check that every map that they have is the same with us."""

    def check() -> None:
        expected, found = theirs(), ours()
        assert expected
        for name, keys in expected.items():
            if names := found.get(name + NAMES):
                assert {key: keys[key] for key in names} == names, name
                keys = {"__other__": sum(keys.values())}
            assert found[name] == keys, name

    return check


def size(folder: Path) -> int:
    """Bytes of all files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def event_jobs(folder: Path) -> list[Job]:
    """A million events against two column engines."""
    path = ci_inputs.events(folder / "events.ndjson", EVENTS, SESSIONS)
    mine = partial(our_events, own_stream(folder), path)
    return [
        job("NDJSON, 1,000,000 events", name, mine, partial(rival, path), path.stat().st_size, 3)
        for name, rival in (("DuckDB", ci_rivals.duckdb_events), ("Polars", ci_rivals.polars_events))
    ]


def report_jobs(folder: Path) -> list[Job]:
    """Four thousand JUnit reports against three parsers."""
    reports, tenth = ci_inputs.reports(folder / "junit", REPORTS), folder / "tenth"
    tenth.mkdir()
    for path in sorted(reports.iterdir())[:TENTH]:
        (tenth / path.name).hardlink_to(path)
    jobs = []
    for name, reach, part, scale in (
        ("lxml", 12, tenth, 10),
        ("junitparser", 18, tenth, 10),
        ("test-results-parser", 3, reports, 1),
    ):
        mine, other = partial(ours, TESTS, reports), partial(theirs, name, part)
        check = agree(partial(ours, TESTS, part), other)
        title = name if scale == 1 else f"{name}, {TENTH} x {scale}"
        jobs.append(
            Job(f"JUnit, {REPORTS:,} reports", title, mine, other, check, size(reports), reach, True, scale)
        )
    return jobs


def other_jobs(folder: Path) -> list[Job]:
    """SARIF logs and streams of go test against orjson and a loop."""
    logs, streams = ci_inputs.logs(folder / "sarif", LOGS), ci_inputs.go_streams(folder / "go", STREAMS)
    return [
        job(title, "Python with orjson", partial(ours, stream, at), partial(theirs, rival, at), size(at), 5)
        for title, stream, rival, at in (
            (f"SARIF, {LOGS:,} logs", FINDINGS, "orjson-sarif", logs),
            (f"go test -json, {STREAMS:,} streams", TESTS, "orjson-go", streams),
        )
    ]


def job(
    name: str, against: str, ours: Callable[[], Maps], theirs: Callable[[], Maps], size: int, reach: float
) -> Job:
    """Two readings of the same inputs, by the clock on the wall: both use all cores if they can."""
    return Job(name, against, ours, theirs, agree(ours, theirs), size, reach, processes=True)


def main(makers: Sequence[Callable[[Path], list[Job]]] = (event_jobs, report_jobs, other_jobs)) -> None:
    """Print the table and write it as JSON."""
    with tempfile.TemporaryDirectory() as scratch:
        jobs = [job for maker in makers for job in maker(Path(scratch))]
        run("ci", jobs, PACKAGES, rounds=ROUNDS)


if __name__ == "__main__":
    main()
