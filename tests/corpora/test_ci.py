"""Real CI reports: every count agrees with what others expect, or the difference is written down."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

import ci_agreement
import pytest
import recounted
from ci_agreement import EXPLAINED, FINDINGS, JOBS, TESTS
from ci_readings import DEFINITIONS, agree

from weftend.reference.ci import Document
from weftend.reference.ci.keys import percent_encoded

WEFTEND = Path(sys.executable).with_name("weftend")
LEAST = {"junit": 27, "go_test": 10, "sarif": 39, "github": 19}
"""Files of each format, so that no folder is empty without anybody noticing."""


@pytest.mark.parametrize("format", LEAST)
def test_every_difference_is_explained(corpora: Path, format: str) -> None:
    rows = getattr(ci_agreement, format)(corpora)
    assert [row for row in rows if not row.agrees] == []
    assert len({row.file for row in rows}) >= LEAST[format]


def test_no_explanation_is_left_over(corpora: Path) -> None:
    rows = ci_agreement.junit(corpora)
    assert {(row.file, row.column) for row in rows if row.reason} == EXPLAINED.keys()


def test_the_tables_show_every_file(corpora: Path) -> None:
    text = ci_agreement.markdown(corpora)
    assert text.count("0 unexplained.") == len(LEAST)
    assert all(str(path.relative_to(corpora)) in text for path in (corpora / "sarif").iterdir())


def test_the_same_tests_fail_in_a_recount(corpora: Path) -> None:
    for path in sorted((corpora / "junit").rglob("*.xml")):
        if path.with_suffix(".exception").exists():
            continue
        outcomes, failing = recounted.junit(path)
        _, totals = ci_agreement.reading(TESTS, path, "junit")
        assert totals["outcomes"] == outcomes, path
        names = {f"{percent_encoded(group)}::{percent_encoded(name)}" for group, name in failing}
        assert totals["failingTests"].keys() == names, path


FOLDERS = {"junit": TESTS, "go-test": TESTS, "sarif": FINDINGS, "github": JOBS}


@pytest.mark.parametrize("folder", FOLDERS)
def test_both_readers_find_the_same(corpora: Path, folder: str) -> None:
    """In every file there is, of whatever kind; runs and records of several files meet."""
    paths = sorted(path for path in (corpora / folder).rglob("*") if path.is_file())
    documents = [Document(str(path.relative_to(corpora)), path.read_bytes(), folder) for path in paths]
    found = agree(DEFINITIONS[FOLDERS[folder]], documents)
    assert found.partial


def count(*arguments: object, status: int) -> dict[str, Any]:
    command = [WEFTEND, "count", *map(str, arguments), "--json"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == status, done.stderr.decode()
    return json.loads(done.stdout)


def different(paths: list[Path]) -> list[Path]:
    """One path for each content."""
    return list({sha256(path.read_bytes()).digest(): path for path in reversed(paths)}.values())


def totals(document: dict[str, Any], name: str) -> Counter[str]:
    return Counter({key: tally["total"] for key, tally in document["maps"][name].items()})


def test_whole_folders_are_the_sum_of_their_files(corpora: Path) -> None:
    reports = different(sorted((corpora / "junit").rglob("*.xml")))
    refused = [path for path in reports if path.with_suffix(".exception").exists()]
    streams = different(sorted((corpora / "go-test").glob("*.out")))
    document = count(TESTS, corpora / "junit", corpora / "go-test", status=4)
    counted = [recounted.junit(path)[0] for path in reports if path not in refused]
    counted += [recounted.go_test(path)[0] for path in streams]
    assert document["units"] == len(counted)
    # In a folder, XML with another root is some other file; one that breaks off is a broken report.
    assert [Path(issue["path"].partition("#")[0]).name for issue in document["issues"]] == ["corrupt-xml.xml"]
    assert totals(document, "outcomes") == sum(counted, Counter())


def test_whole_folders_of_logs_and_payloads(corpora: Path) -> None:
    logs = {path: recounted.sarif(path) for path in different(sorted((corpora / "sarif").iterdir()))}
    document = count(FINDINGS, corpora / "sarif", status=4)
    levels = [found for found in logs.values() if isinstance(found, Counter)]
    assert (document["units"], document["refused"]) == (len(levels), len(logs) - len(levels))
    assert totals(document, "levels") == sum(levels, Counter())
    assert all(issue["path"].endswith("#/version") for issue in document["issues"])
    assert count(JOBS, corpora / "github", status=0)["units"] > 0
