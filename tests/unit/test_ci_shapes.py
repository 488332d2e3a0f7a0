"""Small reports of every shape that runners write, in ``ci_shapes``; one body, two implementations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reports import FINDINGS, JOBS, TESTS
from weftend import ci
from weftend.canonical import canonicalize
from weftend.contracts import stream as definition_of
from weftend.fold import Stream
from weftend.reference import ci as reference
from weftend.reference import fold

SHAPES = Path(__file__).parent / "ci_shapes"
FORMATS = {TESTS: "junit", FINDINGS: "sarif", JOBS: "github"}

Maps = dict[str, dict[str, int]]
Found = tuple[int, Maps, list[tuple[str, str]]]
"""Units, totals by map and key (empty maps left out), and the code and place of every refusal."""


def core(stream: str, format: str, contents: list[bytes], folder: Path) -> Found:
    paths = [folder / str(number) for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    compiled = Stream(canonicalize(definition_of(stream)))
    reading = ci.read(compiled, paths, format=format)
    totals = zip(compiled.maps, reading.partial.totals(), strict=True)
    maps = {name: {key: total for key, (_, total) in keys.items()} for name, keys in totals if keys}
    refused = [(str(issue.code), issue.path.partition("#")[2]) for issue in reading.issues.issues]
    return len(reading.partial), maps, refused


def plain(stream: str, format: str, contents: list[bytes], _: Path) -> Found:
    documents = [reference.Document(str(number), content, format) for number, content in enumerate(contents)]
    definition = definition_of(stream)
    reading = reference.read(definition, documents)
    maps: Maps = {}
    for parts in reading.partial.values():
        for item in definition["maps"]:
            for key, amount in fold.totals(parts, item["name"]).items():
                counts = maps.setdefault(item["name"], {})
                counts[key] = counts.get(key, 0) + amount
    return len(reading.partial), maps, [(one.code, one.place) for one in reading.refused.values()]


@pytest.fixture(params=[core, plain], ids=["core", "reference"])
def counted(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Found]:
    """What an implementation finds in files of ``ci_shapes``, or in other contents."""

    def count(stream: str, *files: str | bytes, format: str = "") -> Found:
        contents = [(SHAPES / file).read_bytes() if isinstance(file, str) else file for file in files]
        return request.param(stream, format or FORMATS[stream], contents, tmp_path)

    return count


CART = "com.example.CartTest::"
TEST_RUNS: dict[str, Maps] = {
    "surefire.xml": {
        "runOutcomes": {"errored": 1},
        "outcomes": {"passed": 2, "flaky": 2, "skipped": 1, "failed": 1, "errored": 1},
        "durations": {
            "ms_8": 1,
            "ms_4": 1,
            "ms_2048": 1,
            "ms_1": 1,
            "ms_128": 1,
            "ms_512": 1,
            "ms_1048576": 1,
        },
        "runDurations": {"ms_1048576": 1},
        "failureTypes": {"org.opentest4j.AssertionFailedError": 1, "java.net.ConnectException": 1},
        "failingTests": {CART + "roundsHalfUp": 1, CART + "opensDatabase": 1},
        "flakyTests": {CART + "racesWithClock": 1, CART + "racesWithDisk": 1},
        "slowTests": {CART + "takesLong": 1},
    },
    "pytest.xml": {
        "runOutcomes": {"errored": 1},
        "outcomes": {"passed": 2, "skipped": 2, "failed": 1, "errored": 1},
        "durations": {"ms_1": 4, "ms_2": 2},
        "runDurations": {"ms_4": 1},
        "failingTests": {"tests.test_cart::test_price[2%20for%201]": 1, "tests.test_cart::test_teardown": 1},
        "flakyTests": {"tests.test_cart::test_teardown": 1},
    },
    "gradle.xml": {
        "runOutcomes": {"failed": 1},
        "outcomes": {"passed": 2, "skipped": 1, "failed": 1},
        "durations": {"ms_32": 1, "ms_16": 1, "ms_1": 2},
        "runDurations": {"ms_64": 1},
        "failureTypes": {"java.lang.AssertionError": 1},
        "failingTests": {"com.example.RetryTest::sometimes()": 1},
        "flakyTests": {"com.example.RetryTest::sometimes()": 1},
    },
    "jest.xml": {
        "runOutcomes": {"failed": 1},
        "outcomes": {"passed": 1, "skipped": 2, "failed": 1},
        "durations": {"ms_1": 2, "ms_2": 1, "ms_8": 1},
        "runDurations": {"ms_8": 1},
        "failingTests": {"Cart%20rounds::Cart%20rounds": 1},
    },
    "ctest.xml": {
        "runOutcomes": {"failed": 1},
        "outcomes": {"passed": 1, "skipped": 3, "failed": 1},
        "durations": {"ms_4": 1, "ms_8192": 1, "ms_1": 3},
        "runDurations": {"ms_8192": 1},
        "failingTests": {"unit.price::unit.price": 1},
        "slowTests": {"unit.price::unit.price": 1},
    },
    "gotestsum.xml": {
        "runOutcomes": {"failed": 1},
        "outcomes": {"passed": 2, "skipped": 1, "failed": 2},
        "durations": {"ms_8": 1, "ms_1": 4},
        "runDurations": {"ms_8": 1},
        "failingTests": {"example.com/cart::TestPrice/two_for_one": 1, "::TestMain": 1},
    },
    "googletest.xml": {
        "runOutcomes": {"failed": 1},
        "outcomes": {"passed": 1, "skipped": 2, "failed": 1},
        "durations": {"ms_1": 3, "ms_4": 1},
        "runDurations": {"ms_4": 1},
        "failingTests": {"Cart::Rounds": 1},
    },
    "bazel.xml": {
        "runOutcomes": {"errored": 1},
        "outcomes": {"errored": 1},
        "durations": {"ms_1024": 1},
        "runDurations": {"ms_1024": 1},
        "failingTests": {"::cart/cart_test": 1},
    },
    "nested.xml": {
        "runOutcomes": {"failed": 1},
        "outcomes": {"passed": 3, "failed": 1},
        "durations": {"ms_256": 1, "ms_128": 2, "unknown": 1},
        "runDurations": {"ms_512": 1},
        "failureTypes": {"T": 1},
        "failingTests": {"c::deep": 1},
    },
    "bare.xml": {
        "runOutcomes": {"failed": 1},
        "outcomes": {"passed": 5, "skipped": 1, "failed": 1},
        "durations": {"unknown": 7},
        "runDurations": {"unknown": 1},
        "failingTests": {"no.name::": 1},
    },
    "declared-only.xml": {"runOutcomes": {"empty": 1}, "runDurations": {"unknown": 1}},
    "go-test.json": {
        "runOutcomes": {"errored": 1},
        "outcomes": {"passed": 2, "skipped": 1, "failed": 3, "errored": 2},
        "durations": {"ms_8": 1, "ms_1": 3, "ms_8192": 1, "ms_128": 1, "ms_64": 1, "unknown": 1},
        "runDurations": {"ms_8192": 1},
        "failingTests": {
            "example.com/cart::TestPrice": 1,
            "example.com/cart::TestPrice/two_for_one": 1,
            "example.com/again::TestFlaky": 1,
            "example.com/broken::TestMain": 1,
            "example.com/cut::TestPanics": 1,
        },
        "flakyTests": {"example.com/again::TestFlaky": 1},
        "slowTests": {"example.com/cart::TestPrice": 1},
    },
}


@pytest.mark.parametrize("file", TEST_RUNS)
def test_test_runs(counted: Callable[..., Found], file: str) -> None:
    format = "go-test" if file.startswith("go-test") else "junit"
    assert counted(TESTS, file, format=format) == (1, TEST_RUNS[file], [])


@pytest.mark.parametrize(
    "file", ["doctype.xml", "external-entity.xml", "entity.xml", "cut.xml", "other-root.xml"]
)
def test_refused_reports(counted: Callable[..., Found], file: str) -> None:
    units, maps, refused = counted(TESTS, file)
    assert (units, maps, [code for code, _ in refused]) == (0, {}, ["INPUT_INVALID"])


def test_a_stream_without_events_is_refused(counted: Callable[..., Found]) -> None:
    assert counted(TESTS, "go-test-plain.txt", format="go-test") == (0, {}, [("INPUT_INVALID", "")])


ENCODED = "<testsuite><testcase classname='caf\u00e9' name='\u0431'><error/></testcase></testsuite>"


@pytest.mark.parametrize(
    ("label", "codec", "name"),
    [
        ("UTF-8", "utf-8", "caf%C3%A9::%D0%B1"),
        ("utf-8", "utf-8-sig", "caf%C3%A9::%D0%B1"),
        ("UTF-16", "utf-16", "caf%C3%A9::%D0%B1"),
        ("UTF-16", "utf-16-le", "caf%C3%A9::%D0%B1"),
        ("UTF-32", "utf-32", "caf%C3%A9::%D0%B1"),
        ("gb18030", "gb18030", "caf%C3%A9::%D0%B1"),
        ("ISO-8859-1", "iso-8859-1", "caf%C3%A9::?"),
        ("windows-1252", "windows-1252", "caf%C3%A9::?"),
        ("windows-1251", "windows-1251", "caf?::%D0%B1"),
        ("KOI8-R", "koi8-r", "caf?::%D0%B1"),
        ("Shift_JIS", "shift_jis", "caf?::%D0%B1"),
    ],
)
def test_encodings(counted: Callable[..., Found], label: str, codec: str, name: str) -> None:
    text = f"<?xml version='1.0' encoding='{label}'?>{ENCODED}"
    _, maps, refused = counted(TESTS, text.encode(codec, "replace"))
    assert (maps["failingTests"], refused) == ({name: 1}, [])


@pytest.mark.parametrize(
    "content",
    [
        b"<?xml version='1.0' encoding='no-such'?><testsuite/>",
        b"<?xml version='1.0' encoding='utf-16'?><testsuite/>",
        b"<?xml version='1.0' encoding='us-ascii'?><testsuite name='\xe9'/>",
        b"<testsuite name='\xff'/>",
        b"<testsuite>" * 257 + b"</testsuite>" * 257,
    ],
)
def test_other_encodings_and_depths_are_refused(counted: Callable[..., Found], content: bytes) -> None:
    units, _, refused = counted(TESTS, content)
    assert (units, [code for code, _ in refused]) == (0, ["INPUT_INVALID"])


ANALYSES: dict[str, Maps] = {
    "eslint.sarif": {
        "runOutcomes": {"findings": 1},
        "levels": {"error": 1, "warning": 2},
        "tools": {"ESLint": 1},
        "rules": {"no-unused-vars": 1, "eqeqeq": 1},
    },
    "codeql.sarif": {
        "runOutcomes": {"failed": 1},
        "levels": {"error": 1, "warning": 1, "note": 2, "none": 1},
        "tools": {"CodeQL": 1},
        "rules": {"py/sql-injection": 1, "py/old": 1, "py/passed": 1, "local/unknown": 1, "own/part": 1},
    },
    "clean.sarif": {"runOutcomes": {"clean": 1}, "tools": {"quiet%20tool": 1}},
}


@pytest.mark.parametrize("file", ANALYSES)
def test_analysis_runs(counted: Callable[..., Found], file: str) -> None:
    assert counted(FINDINGS, file) == (1, ANALYSES[file], [])


@pytest.mark.parametrize(
    ("file", "refusal"),
    [
        ("version-1.0.0.sarif", ("INPUT_INVALID", "/version")),
        ("version-2.0.0.sarif", ("INPUT_INVALID", "/version")),
        ("comment.sarif", ("CANON_SYNTAX", "4")),
        ("level.sarif", ("INPUT_INVALID", "/runs")),
        ("jobs-page.json", ("INPUT_INVALID", "")),
    ],
)
def test_refused_logs(counted: Callable[..., Found], file: str, refusal: tuple[str, str]) -> None:
    assert counted(FINDINGS, file) == (0, {}, [refusal])


def test_a_run_and_its_jobs(counted: Callable[..., Found]) -> None:
    maps = {
        "conclusions": {"failure": 1},
        "events": {"pull_request": 1},
        "runDurations": {"ms_65536": 1},
        "jobConclusions": {"success": 1, "failure": 1},
        "runners": {"ubuntu-latest": 1, "self-hosted": 1, "gpu%20box": 1},
    }
    assert counted(JOBS, "workflow-run.json", "jobs-page.json") == (1, maps, [])


def test_pages_of_runs(counted: Callable[..., Found]) -> None:
    maps = {
        "conclusions": {"success": 1, "cancelled": 1},
        "events": {"push": 1, "schedule": 1},
        "runDurations": {"ms_1024": 1, "unknown": 1},
    }
    assert counted(JOBS, "runs-pages.json") == (2, maps, [])


def test_check_runs(counted: Callable[..., Found]) -> None:
    maps = {"conclusions": {"success": 1}, "jobConclusions": {"neutral": 1, "success": 1}}
    assert counted(JOBS, "check-runs.json") == (2, maps, [])


@pytest.mark.parametrize("file", ["job-without-run.json", "clean.sarif"])
def test_refused_records(counted: Callable[..., Found], file: str) -> None:
    units, maps, refused = counted(JOBS, file)
    assert (units, maps, [code for code, _ in refused]) == (0, {}, ["INPUT_INVALID"])
