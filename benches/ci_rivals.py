"""What others do over the same CI inputs: their own reading, in the usual way of each, into the same maps.

Run as a program (``ci_rivals.py NAME FOLDER``) it prints the counts as JSON, for jobs that compare whole
processes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ci_tally import AnalysisRuns, Case, Maps, Once, TestRuns

EVENT_FIELDS = ("outcome", "tool", "type")


def duckdb_events(path: Path) -> Maps:
    """Distinct sessions per value of three fields, by DuckDB on all cores."""
    import duckdb

    columns = ", ".join(f"{name}: 'VARCHAR'" for name in ("session", *EVENT_FIELDS))
    source = f"read_json('{path}', format='newline_delimited', columns={{{columns}}})"
    with duckdb.connect() as connection:
        connection.execute(f"create temp table events as select * from {source}")  # noqa: S608 - our own words
        return {name: dict(connection.execute(_distinct(name)).fetchall()) for name in EVENT_FIELDS}


def _distinct(name: str) -> str:
    return f"select {name}, count(distinct session) from events group by {name}"  # noqa: S608 - our own words


def polars_events(path: Path) -> Maps:
    """The same by Polars."""
    import polars

    schema = dict.fromkeys(("session", *EVENT_FIELDS), polars.String)
    events = polars.scan_ndjson(path, schema=schema).collect()
    counts = polars.col("session").n_unique()
    return {name: dict(events.group_by(name).agg(counts).rows()) for name in EVENT_FIELDS}


def test_runs(parse: Callable[[Path], Iterable[Case]]) -> Callable[[Sequence[Path]], Maps]:
    """A rival that reads test runs by ``parse``."""

    def read(paths: Sequence[Path]) -> Maps:
        once, runs = Once(), TestRuns()
        for path in paths:
            if once.is_new(path):
                runs.run(parse(path))
        return runs.maps()

    return read


def lxml_cases(path: Path) -> Iterator[Case]:
    """Test cases by lxml's ``iterparse``."""
    from lxml import etree

    outcomes = {"error": "errored", "failure": "failed", "skipped": "skipped"}
    for _, case in etree.iterparse(str(path), tag="testcase"):
        outcome, failure_type = "passed", None
        for child in case:
            if child.tag in outcomes:
                outcome, failure_type = outcomes[child.tag], child.get("type")
        key = f"{case.get('classname')}::{case.get('name')}"
        yield Case(key, outcome, case.get("time"), failure_type)
        case.clear()


def junitparser_cases(path: Path) -> Iterator[Case]:
    """The same by junitparser."""
    from junitparser import Error, Failure, JUnitXml, Skipped

    outcomes = {Error: "errored", Failure: "failed", Skipped: "skipped"}
    for suite in JUnitXml.fromfile(str(path)):
        for case in suite:
            outcome, failure_type = "passed", None
            for result in case.result:
                outcome, failure_type = outcomes[type(result)], result.type
            yield Case(f"{case.classname}::{case.name}", outcome, case.time, failure_type)


def test_results_parser_cases(path: Path) -> Iterator[Case]:
    """The same by test-results-parser, which is Rust under Python; it does not tell the types of failures."""
    from test_results_parser import parse_junit_xml

    outcomes = {"pass": "passed", "failure": "failed", "error": "errored", "skip": "skipped"}
    for run in parse_junit_xml(path.read_bytes()).testruns:
        yield Case(f"{run.classname}::{run.name}", outcomes[str(run.outcome)], run.duration)


def orjson_go_cases(path: Path) -> Iterator[Case]:
    """Tests of a stream of ``go test -json`` by orjson and a loop."""
    import orjson

    words = {"pass": "passed", "fail": "failed", "skip": "skipped"}
    for line in path.read_bytes().split(b"\n"):
        if not line.startswith(b"{"):
            continue
        event = orjson.loads(line)
        if "Test" in event and event["Action"] in words:
            key = f"{event['Package']}::{event['Test']}"
            yield Case(key, words[event["Action"]], event.get("Elapsed"))


def orjson_logs(paths: Sequence[Path]) -> Maps:
    """Results of SARIF logs by orjson and a loop."""
    import orjson

    once, runs = Once(), AnalysisRuns()
    for path in paths:
        if once.is_new(path):
            for run in orjson.loads(path.read_bytes())["runs"]:
                driver = run["tool"]["driver"]
                runs.run(driver["name"], _results(driver["rules"], run["results"]))
    return runs.maps()


def _results(rules: list[dict[str, Any]], results: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for result in results:
        default = rules[result["ruleIndex"]]["defaultConfiguration"]["level"]
        yield result.get("level", default), result["ruleId"]


RIVALS: dict[str, Callable[[Sequence[Path]], Maps]] = {
    "lxml": test_runs(lxml_cases),
    "junitparser": test_runs(junitparser_cases),
    "test-results-parser": test_runs(test_results_parser_cases),
    "orjson-sarif": orjson_logs,
    "orjson-go": test_runs(orjson_go_cases),
}


def main(name: str, folder: str) -> None:
    """Count all files of ``folder``."""
    paths = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    print(json.dumps(RIVALS[name](paths), sort_keys=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
