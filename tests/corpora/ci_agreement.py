"""Tables of agreement: what others expect of real CI reports, beside what the readers find in them.

``WEFTEND_CORPORA=FOLDER python tests/corpora/ci_agreement.py`` prints them. Nothing here is a tolerance: a
difference is a row of :data:`EXPLAINED` with both sides in numbers, or a test fails.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import recounted

from weftend import ci
from weftend.canonical import canonicalize
from weftend.contracts import stream as definition_of
from weftend.fold import Stream

TESTS, FINDINGS, JOBS = "telemetry.ci.tests.v0", "telemetry.ci.findings.v0", "telemetry.ci.jobs.v0"
OUTCOMES = ("passed", "skipped", "failed", "errored")
STATS = ("succ", "skip", "fail", "error")
LEVELS = ("error", "warning", "note", "none")
REFUSED = "refused"

EXPLAINED: dict[tuple[str, str], tuple[str, str, str]] = {
    ("junit/mocha/latex-utensils.xml", "names"): (
        "101: 101 passed",
        "109: 109 passed",
        "its project counts different names; 7 names stand there 15 times, and each `<testcase>` is a case",
    ),
    ("junit/no-cases-but-tests.xml", "names"): (
        "6: 3 passed, 2 skipped, 1 failed",
        "0",
        'declared, not found: the suite says tests="6" and holds no `<testcase>`; the run is `empty`',
    ),
    ("junit/no-cases-but-tests.xml", "suites"): (
        "6: 3 passed, 2 skipped, 1 failed",
        "0",
        "declared, not found, as above",
    ),
    ("junit/junit.multiresult.xml", "suites"): (
        "4: -2 passed, 3 skipped, 2 failed, 1 errored",
        "4: 1 passed, 1 skipped, 1 failed, 1 errored",
        "it adds up elements, of which one case has up to three, and takes them from 4; a case has one outcome",
    ),
    ("junit/tst/disabled.xml", "suites"): (
        "31: 11 passed, 19 failed, 1 errored",
        "31: 6 passed, 5 skipped, 19 failed, 1 errored",
        'it takes skipped="0" from the suites, which call them disabled="5"; the five cases say status="disabled"',
    ),
    ("junit/xunit/xunit.xml", "declared"): (
        "173",
        "2",
        "the root declares 173 tests, its only suite holds 2 (and declares 2)",
    ),
    ("junit/no-cases-but-tests.xml", "declared"): ("6", "0", "declared, not found, as above"),
}
"""(file, column) → what is expected, what is found, and why they differ."""


@dataclass(frozen=True)
class Row:
    """One comparison: of what in which file, what others say, what the reader says."""

    file: str
    column: str
    expected: str
    found: str

    @property
    def agrees(self) -> bool:
        """Whether both sides say the same, or the difference is written down as it is."""
        return self.expected == self.found or self.reason != ""

    @property
    def reason(self) -> str:
        """Why the sides differ; empty where they do not, or where nobody has said."""
        *both, reason = EXPLAINED.get((self.file, self.column), ("", "", ""))
        return reason if both == [self.expected, self.found] else ""


def reading(stream: str, path: Path, format: str) -> tuple[ci.Reading, dict[str, Counter[str]]]:
    """One file as one format, and its totals by map and name."""
    compiled = Stream(canonicalize(definition_of(stream)))
    read = ci.read(compiled, [path], format=format)
    totals = zip(compiled.maps, read.partial.totals(), strict=True)
    return read, {name: Counter({key: total for key, (_, total) in keys.items()}) for name, keys in totals}


def shown(counts: Counter[str] | dict[str, int], keys: tuple[str, ...]) -> str:
    """``5: 3 passed, 2 failed``."""
    parts = ", ".join(f"{counts[key]} {key}" for key in keys if counts[key])
    return f"{sum(counts[key] for key in keys)}{': ' if parts else ''}{parts}"


def refusal(read: ci.Reading) -> str:
    """``refused`` and why, or nothing."""
    return "; ".join(f"{REFUSED}: {issue.message}" for issue in read.issues.issues)


def junit(corpora: Path) -> list[Row]:
    """Every report against the counts, or the exception, that its own project has beside it; and declared counts."""
    rows = []
    for path in sorted((corpora / "junit").rglob("*.xml")):
        file = path.relative_to(corpora).as_posix()
        read, totals = reading(TESTS, path, "junit")
        if path.with_suffix(".exception").exists():
            rows.append(Row(file, "refusal", REFUSED, refusal(read).partition(":")[0]))
            continue
        stats = json.loads(path.with_suffix(".results.json").read_bytes())["stats"]
        found = shown(totals["outcomes"], OUTCOMES)
        rows.append(Row(file, "names", expected(stats, "tests"), found))
        rows.append(Row(file, "suites", expected(stats, "runs"), found))
        if read.counts.declared_tests:
            declared = str(read.counts.declared_tests)
            rows.append(Row(file, "declared", declared, str(read.counts.found_tests)))
    return rows


def expected(stats: dict[str, Any], what: str) -> str:
    """Its project's counts as ours are shown; ``tests`` are different names, ``runs`` come from the suites."""
    counts = {ours: stats[f"{what}_{theirs}"] for ours, theirs in zip(OUTCOMES, STATS, strict=True)}
    assert sum(counts.values()) == stats[what]
    return shown(counts, OUTCOMES)


def go_test(corpora: Path) -> list[Row]:
    """Every stream against a recount: cases by outcome, and lines that are no events."""
    rows = []
    for path in sorted((corpora / "go-test").glob("*.out")):
        file = path.relative_to(corpora).as_posix()
        outcomes, other = recounted.go_test(path)
        read, totals = reading(TESTS, path, "go-test")
        rows.append(Row(file, "outcomes", shown(outcomes, OUTCOMES), shown(totals["outcomes"], OUTCOMES)))
        rows.append(Row(file, "other lines", str(other), str(read.counts.other_lines)))
    return rows


def sarif(corpora: Path) -> list[Row]:
    """Every log against a recount: results by level, or that its version is refused."""
    rows = []
    for path in sorted((corpora / "sarif").glob("*.sarif")):
        recount = recounted.sarif(path)
        read, totals = reading(FINDINGS, path, "sarif")
        if isinstance(recount, str):
            wanted, found = f"{REFUSED}: SARIF version {recount}", refusal(read).partition(";")[0]
        else:
            wanted, found = shown(recount, LEVELS), refusal(read) or shown(totals["levels"], LEVELS)
        rows.append(Row(path.relative_to(corpora).as_posix(), "levels", wanted, found))
    return rows


def github(corpora: Path) -> list[Row]:
    """Every payload against a recount: conclusions of runs (or check suites) and of jobs."""
    rows = []
    for path in sorted((corpora / "github").glob("*.json")):
        file = path.relative_to(corpora).as_posix()
        _, totals = reading(JOBS, path, "github")
        for name, recount in zip(("conclusions", "jobConclusions"), recounted.github(path), strict=True):
            keys = tuple(sorted(recount.keys() | totals[name].keys()))
            rows.append(Row(file, name, shown(recount, keys), shown(totals[name], keys)))
    return rows


TABLES = {
    "JUnit XML, against the counts its own project expects": junit,
    "go test -json, against a recount": go_test,
    "SARIF, against a recount": sarif,
    "GitHub, against a recount": github,
}


def markdown(corpora: Path) -> str:
    """All tables, with how many rows agree, and every difference with its reason."""
    lines = []
    for title, rows_of in TABLES.items():
        rows = rows_of(corpora)
        equal = sum(row.expected == row.found for row in rows)
        explained = sum(row.agrees for row in rows) - equal
        lines += [
            f"### {title}",
            "",
            f"{len({row.file for row in rows})} files, {len(rows)} comparisons: {equal} equal, {explained} explained, "
            f"{len(rows) - equal - explained} unexplained.",
            "",
            "| file | what | expected | found | |",
            "|---|---|---|---|---|",
        ]
        for row in rows:
            verdict = "=" if row.expected == row.found else row.reason or "**unexplained**"
            lines.append(f"| {row.file} | {row.column} | {row.expected} | {row.found} | {verdict} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(markdown(Path(os.environ["WEFTEND_CORPORA"])))
