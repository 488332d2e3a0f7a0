"""The core's readers of CI reports and the plain ones: the same contributions per unit, or the same refusals."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import report_strategies as reports
from agreement import searched
from ci_readings import DEFINITIONS, FINDINGS, JOBS, TESTS, agree
from hypothesis import given
from hypothesis import strategies as st

from weftend.contracts import active
from weftend.contracts.definitions import from_file
from weftend.reference.ci import Document

OWN = """
id: telemetry.own.builds.v0
version: 1
title: Builds
about: A unit is one build.
unit: {{name: build, plural: builds{field}}}
reader: ndjson
maps:
  outcomes: {{kind: partition, about: How it ended., key: /outcome, keys: {{enum: [failed, passed]}}}}
  tools: {{kind: set, about: Tools., key: /steps/0/tool~1name, keys: {{registered: true, grammar: label}}}}
  tildes: {{kind: set, about: Tildes., key: /steps/1/~0, keys: {{registered: true, grammar: label}}}}
  hits: {{kind: sum, about: Hits., clamp: 9, key: /cache/layer, amount: /cache/hits, keys: {{enum: [disk]}}}}
"""


def own(field: str) -> dict[str, Any]:
    """A compiled definition over NDJSON, with or without a field that names the unit."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "own.yaml")
        path.write_text(OWN.format(field=field))
        (definition,) = from_file(path, active())
    return definition


BY_FIELD, BY_RECORD = own(", field: /build/id"), own("")


def documents(
    content: st.SearchStrategy[bytes], format: str, most: int = 3
) -> st.SearchStrategy[list[Document]]:
    """One to a few documents in two folders, some of them alike."""
    names = st.sampled_from(["one/a", "one/b", "two/a", "two/b"])
    return st.dictionaries(names, content, min_size=1, max_size=most).map(
        lambda files: [Document(name, content, format) for name, content in files.items()]
    )


file_or_folder = st.sampled_from(["file", "dir"])
any_rule = st.sampled_from(["file", "dir", "field"])


@searched
@given(documents(reports.junit_reports(), "junit"), file_or_folder)
def test_junit_reports(files: list[Document], rule: str) -> None:
    agree(DEFINITIONS[TESTS], files, rule)


@searched
@given(documents(reports.broken_junit(), "junit", 1))
def test_broken_junit_reports(files: list[Document]) -> None:
    agree(DEFINITIONS[TESTS], files)


@searched
@given(documents(reports.mutated(reports.declared_texts), "junit", 1))
def test_mutated_junit_reports(files: list[Document]) -> None:
    agree(DEFINITIONS[TESTS], files)


@searched
@given(st.lists(reports.written_times, min_size=1, max_size=20))
def test_times_of_cases(times: list[str]) -> None:
    """One report a time, so that none hides behind another."""
    reports_of = [
        f"<testsuite><testcase name='{n}' time='{time}'/></testsuite>" for n, time in enumerate(times)
    ]
    agree(DEFINITIONS[TESTS], [Document(str(n), text.encode(), "junit") for n, text in enumerate(reports_of)])


@searched
@given(documents(reports.go_tests(), "go-test"), file_or_folder)
def test_go_test_streams(files: list[Document], rule: str) -> None:
    agree(DEFINITIONS[TESTS], files, rule)


@searched
@given(documents(reports.sarif_logs(), "sarif"), any_rule)
def test_sarif_logs(files: list[Document], rule: str) -> None:
    agree(DEFINITIONS[FINDINGS], files, rule)


@searched
@given(documents(reports.github_documents(), "github"))
def test_github_documents(files: list[Document]) -> None:
    agree(DEFINITIONS[JOBS], files)


@searched
@given(documents(reports.ndjson_files(), "ndjson"), st.sampled_from([BY_FIELD, BY_RECORD]), any_rule)
def test_ndjson_files(files: list[Document], definition: dict[str, Any], rule: str) -> None:
    agree(definition, files, rule)


JSON = {
    "go-test": (DEFINITIONS[TESTS], reports.go_tests()),
    "sarif": (DEFINITIONS[FINDINGS], reports.sarif_logs()),
    "github": (DEFINITIONS[JOBS], reports.github_documents()),
    "ndjson": (BY_FIELD, reports.ndjson_files()),
}


@pytest.mark.parametrize("format", JSON)
@searched
@given(st.data())
def test_mutated_json(format: str, data: st.DataObject) -> None:
    definition, content = JSON[format]
    agree(definition, data.draw(documents(reports.mutated(content), format, 1)))
