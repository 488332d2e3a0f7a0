"""``count``, ``aggregate`` and ``vocabulary collect`` over CI reports: what is printed, written and returned."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from conduits import files
from reports import FINDINGS, JOBS, TESTS, junit, many, sarif, workflow_job, workflow_run, write
from weftend.cli import main
from weftend.reference.verify import verify_snapshot

SNAPSHOT = "telemetry_conduit_snapshot.json"


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch) -> None:
    for name in ("WEFTEND_POLICY", "WEFTEND_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "etc"))
    monkeypatch.setenv("COLUMNS", "120")


def run(capfdbinary, *arguments: object) -> tuple[int, bytes, str]:
    status = main([str(argument) for argument in arguments])
    out, err = capfdbinary.readouterr()
    return status, out, err.decode()


def counted(capfdbinary, *arguments: object, status: int = 0) -> dict:
    found, out, err = run(capfdbinary, "count", *arguments, "--json")
    assert (found, err) == (status, ""), out
    assert out.count(b"\n") == 1
    return json.loads(out)


def refused(capfdbinary, *arguments: object, status: int = 2) -> list[str]:
    found, out, err = run(capfdbinary, *arguments, "--json")
    assert (found, err) == (status, "")
    return [issue["code"] for issue in json.loads(out)["issues"]]


def test_count_says_everything_exactly(tmp_path, capfdbinary):
    many(tmp_path / "reports", 6)
    document = counted(capfdbinary, TESTS, tmp_path / "reports")
    assert (document["stream"], document["units"], document["private"]) == (TESTS, 6, True)
    assert (document["duplicates"], document["refused"], document["issues"]) == (0, 0, [])
    maps = document["maps"]
    assert maps["outcomes"] == {"passed": {"units": 6, "total": 14}, "failed": {"units": 6, "total": 6}}
    assert maps["runOutcomes"] == {"failed": {"units": 6, "total": 6}}
    assert maps["slowTests"] == {"__other__": {"units": 2, "total": 2}}
    assert document["unregistered"]["slowTests"] == {"names": {"pkg.Suite::slow": 2}, "more": 0}
    assert document["declared"]["tests"] == document["found"]["tests"] == 20


def test_count_shows_a_table_and_says_that_it_is_private(tmp_path, capfdbinary):
    many(tmp_path / "reports", 3)
    before = files(tmp_path)
    status, out, err = run(capfdbinary, "count", TESTS, tmp_path / "reports")
    assert status == 0
    assert "This is private" in err
    rows = [line.split() for line in out.decode().splitlines()]
    assert ["outcomes", "passed", "3", "7"] in rows
    assert ["failingTests", "pkg.Suite::flop", "3"] in rows
    assert files(tmp_path) == before


def test_a_broken_file_is_one_issue_and_the_rest_is_counted(tmp_path, capfdbinary):
    reports = many(tmp_path / "reports", 2)
    write(
        reports,
        {
            "a/cut.xml": "<testsuites><testsuite>",
            "b/empty.xml": "",
            "notes.txt": "x",
            "pom.xml": "<project/>",
        },
    )
    document = counted(capfdbinary, TESTS, reports, status=4)
    assert (document["units"], document["refused"], document["ignored"]) == (2, 2, 2)
    places = [(issue["code"], Path(issue["path"]).name) for issue in document["issues"]]
    assert places == [("INPUT_INVALID", "cut.xml#23"), ("INPUT_INVALID", "empty.xml#0")]
    status, _, err = run(capfdbinary, "count", TESTS, reports)
    assert status == 4
    assert "2 files could not be read" in err
    assert "cut.xml#23: the document ends before" in err


def test_strict_stops_and_does_nothing(tmp_path, capfdbinary):
    reports = many(tmp_path / "reports", 8)
    write(reports, {"cut.xml": "<testsuites>"})
    assert refused(capfdbinary, "count", TESTS, reports, "--strict") == ["INPUT_INVALID"]
    arguments = ["aggregate", TESTS, reports, "--strict", "--home", tmp_path / "home", "--k", 5, "--apply"]
    assert refused(capfdbinary, *arguments) == ["INPUT_INVALID"]
    assert not (tmp_path / "home").exists()


def test_what_is_not_there_is_refused(tmp_path, capfdbinary):
    many(tmp_path / "reports", 1)
    missing = tmp_path / "missing.xml"
    assert refused(capfdbinary, "count", TESTS, missing) == ["INPUT_NOT_FOUND"]
    assert refused(capfdbinary, "count", TESTS, tmp_path / "*.json") == ["INPUT_NOT_FOUND"]
    assert counted(capfdbinary, TESTS, missing, tmp_path / "reports", status=4)["units"] == 1
    assert refused(capfdbinary, "count", TESTS) == ["USAGE"]


@pytest.mark.parametrize(
    "arguments",
    [
        (TESTS, "--unit", "field"),
        (TESTS, "--format", "sarif"),
        (JOBS, "--unit", "file"),
        (FINDINGS, "--unit", "none"),
        (TESTS, "--from-store"),
    ],
)
def test_what_a_stream_does_not_have_is_a_usage_error(tmp_path, capfdbinary, arguments):
    stream, *options = arguments
    assert refused(capfdbinary, "count", stream, tmp_path, *options) == ["USAGE"]


def test_streams_that_read_no_reports_are_refused(tmp_path, capfdbinary):
    assert refused(capfdbinary, "count", "telemetry.release.v0", tmp_path) == ["STREAM_INVALID"]
    assert refused(capfdbinary, "count", "telemetry.nothing.v0", tmp_path) == ["STREAM_INVALID"]
    assert refused(capfdbinary, "count", FINDINGS, tmp_path, "--slow", "3") == ["STREAM_INVALID"]


def test_slow_is_settable(tmp_path, capfdbinary):
    many(tmp_path / "reports", 3)
    document = counted(capfdbinary, TESTS, tmp_path / "reports", "--slow", "0.5")
    assert document["maps"]["slowTests"]["__other__"] == {"units": 3, "total": 10}


def test_inputs_come_by_pattern_by_list_and_on_stdin(tmp_path, capfdbinary, monkeypatch):
    reports = many(tmp_path / "reports", 4)
    assert counted(capfdbinary, TESTS, reports / "TEST-*[12].xml")["units"] == 2
    assert counted(capfdbinary, TESTS, tmp_path / "**/*.xml")["units"] == 4
    listed = tmp_path / "list.txt"
    listed.write_text(f"{reports}/TEST-0000.xml\n{reports}/TEST-0003.xml\n")
    assert counted(capfdbinary, TESTS, "--inputs-from", listed)["units"] == 2
    stdin = SimpleNamespace(buffer=io.BytesIO(listed.read_bytes()))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stdin.buffer))
    assert counted(capfdbinary, TESTS, reports / "TEST-0001.xml", "--inputs-from", "-")["units"] == 3


def test_a_list_may_hold_any_name_and_come_from_find_print0(tmp_path, capfdbinary):
    odd = ["a b.xml", "line\u2028separator.xml", "form\x0cfeed.xml", "r\xe9sum\xe9.xml"]
    write(tmp_path, {f"r/{name}": junit("t", number=number) for number, name in enumerate(odd)})
    names, listed = [f"{tmp_path}/r/{name}" for name in odd], tmp_path / "list"
    for text in ("\n".join(names), "\r\n".join(names) + "\r\n\r\n", "\0".join([*names, ""])):
        listed.write_bytes(text.encode())
        assert counted(capfdbinary, TESTS, "--inputs-from", listed)["units"] == 4
    (tmp_path / "r" / "new\nline.xml").write_text(junit("t", number=9))
    listed.write_bytes("\0".join([*names, f"{tmp_path}/r/new\nline.xml"]).encode())
    assert counted(capfdbinary, TESTS, "--inputs-from", listed)["units"] == 5


def test_standard_input_is_read_once(tmp_path, capfdbinary):
    assert refused(capfdbinary, "count", TESTS, "-", "-") == ["USAGE"]
    assert refused(capfdbinary, "count", TESTS, "-", "--inputs-from", "-") == ["USAGE"]


def test_nothing_to_count_is_said_and_shows_in_the_status(tmp_path, capfdbinary):
    write(tmp_path, {"notes.txt": "x"})
    assert counted(capfdbinary, TESTS, tmp_path, status=1)["units"] == 0
    status, out, err = run(capfdbinary, "count", TESTS, tmp_path)
    assert (status, out) == (1, b"")
    assert "1 other file in the folders: in none of the stream's formats." in err
    assert "There are no test runs to count." in err


def test_durations_stand_from_short_to_long_and_the_rest_from_frequent_to_rare(tmp_path, capfdbinary):
    for number in range(6):
        cases = ["a passed 0.001", "b passed 40", "c passed -", *(["d failure 3"] if number else [])]
        write(tmp_path, {f"{number}.xml": junit(*cases, number=number)})
    _, out, _ = run(capfdbinary, "count", TESTS, tmp_path)
    rows = [line.split() for line in out.decode().splitlines()]
    first = next(index for index, row in enumerate(rows) if row[0] == "durations")
    assert [row[-3] for row in rows[first : first + 4]] == ["ms_1", "ms_2048", "ms_32768", "unknown"]
    runs = next(index for index, row in enumerate(rows) if row[0] == "runOutcomes")
    assert [row[-3:] for row in rows[runs : runs + 2]] == [["failed", "5", "5"], ["passed", "1", "1"]]
    _, _, err = run(capfdbinary, "aggregate", TESTS, tmp_path, "--k", 6, "--home", tmp_path / "home")
    assert "Would release 6 test runs in 1 chunk.\nWould release " in err


def test_the_same_report_counts_once(tmp_path, capfdbinary):
    report = junit("a failure")
    write(tmp_path, {"x/one.xml": report, "y/two.xml": report, "y/three.xml": junit("b")})
    document = counted(capfdbinary, TESTS, tmp_path)
    assert (document["units"], document["duplicates"]) == (2, 1)
    assert document["maps"]["outcomes"]["failed"] == {"units": 1, "total": 1}


def test_a_folder_can_be_the_unit(tmp_path, capfdbinary):
    write(
        tmp_path,
        {"1/a.xml": junit("t failure"), "1/b.xml": junit("t", number=2), "2/a.xml": junit("u", number=3)},
    )
    document = counted(capfdbinary, TESTS, tmp_path, "--unit", "dir")
    assert (document["units"], document["unit"]) == (2, "dir")
    assert document["unregistered"]["flakyTests"]["names"] == {"pkg.Suite::t": 1}
    write(tmp_path, {"1/cut.xml": "<testsuite>"})
    document = counted(capfdbinary, TESTS, tmp_path, "--unit", "dir", status=4)
    assert (document["units"], document["refused"]) == (1, 1)


def test_jobs_and_runs_come_together_and_unfinished_ones_stay_out(tmp_path, capfdbinary):
    write(
        tmp_path,
        {
            "1.json": workflow_run(1, conclusion="failure"),
            "2.json": workflow_job(11, 1, conclusion="failure") + "\n" + workflow_job(12, 1),
            "3.json": workflow_job(11, 1, conclusion="failure"),
            "4.json": workflow_run(2, status="in_progress") + workflow_job(21, 2),
            "5.json": json.dumps({"unrelated": True}),
        },
    )
    document = counted(capfdbinary, JOBS, tmp_path)
    assert (document["units"], document["duplicates"], document["ignored"]) == (1, 1, 1)
    maps = document["maps"]
    assert maps["conclusions"] == {"failure": {"units": 1, "total": 1}}
    assert maps["jobConclusions"] == {
        "failure": {"units": 1, "total": 1},
        "success": {"units": 1, "total": 1},
    }
    assert maps["runDurations"] == {"ms_8192": {"units": 1, "total": 1}}
    assert maps["runners"] == {"ubuntu-latest": {"units": 1, "total": 2}}


def test_a_run_with_a_job_that_has_not_completed_stays_out_until_it_has(tmp_path, capfdbinary):
    going_on = workflow_job(12, 1).replace('"status": "completed"', '"status": "in_progress"')
    write(tmp_path, {"1.json": workflow_job(11, 1) + going_on})
    assert counted(capfdbinary, JOBS, tmp_path, status=1)["units"] == 0
    write(tmp_path, {"2.json": workflow_job(12, 1, conclusion="failure")})
    document = counted(capfdbinary, JOBS, tmp_path)
    assert (document["units"], document["duplicates"]) == (1, 0)
    assert document["maps"]["jobConclusions"].keys() == {"failure", "success"}
    write(tmp_path, {"2.json": workflow_run(1)})
    assert counted(capfdbinary, JOBS, tmp_path)["units"] == 1


def test_logs_of_other_versions_are_refused(tmp_path, capfdbinary):
    write(tmp_path, {"a.sarif": sarif({"ruleId": "R1"}), "b.sarif": sarif(version="1.0.0")})
    document = counted(capfdbinary, FINDINGS, tmp_path, status=4)
    assert document["maps"]["levels"] == {"error": {"units": 1, "total": 1}}
    assert document["issues"][0]["path"].endswith("b.sarif#/version")


def test_aggregate_previews_and_applies(tmp_path, capfdbinary):
    reports, home, out = many(tmp_path / "reports", 12), tmp_path / "home", tmp_path / "out"
    arguments = ["aggregate", TESTS, reports, "--home", home, "--k", 5, "--out", out]
    before = files(tmp_path)
    status, printed, err = run(capfdbinary, *arguments)
    assert (status, files(tmp_path)) == (0, before)
    assert verify_snapshot(printed, "s").status == "preview"
    assert "No vocabulary yet for failingTests, failureTypes, slowTests" in err
    status, printed, _ = run(capfdbinary, *arguments, "--apply")
    assert (status, printed) == (0, b"")
    written = (out / SNAPSHOT).read_bytes()
    assert verify_snapshot(written, "s").status == "verified"
    aggregates = json.loads(written)["chunks"][0]["payload"]["aggregates"]
    assert aggregates["runOutcomes"] == {"failed": 12}
    assert aggregates["failingTests"] == {"__other__": 12}
    assert b"pkg.Suite" not in written
    status, printed, err = run(capfdbinary, *arguments, "--apply", "--json")
    assert (status, printed, err) == (0, (out / SNAPSHOT).read_bytes(), "")


def test_next_week_takes_what_is_new_and_holds_both(tmp_path, capfdbinary):
    reports, home, out = many(tmp_path / "reports", 10), tmp_path / "home", tmp_path / "out"
    arguments = ["aggregate", TESTS, reports, "--home", home, "--k", 5, "--out", out, "--apply"]
    assert run(capfdbinary, *arguments)[0] == 0
    many(reports, 10, first=10)
    assert run(capfdbinary, *arguments)[0] == 0
    chunks = json.loads((out / SNAPSHOT).read_bytes())["chunks"]
    assert [chunk["payload"]["sampleCount"] for chunk in chunks] == [10, 10]
    assert refused(capfdbinary, *arguments, "--unit", "dir") == ["UNIT_RULE_FIXED"]


def test_part_of_the_input_refused_outranks_the_floor(tmp_path, capfdbinary):
    reports = many(tmp_path / "reports", 2)
    write(reports, {"cut.xml": "<testsuites>"})
    arguments = [
        "aggregate",
        TESTS,
        reports,
        "--home",
        tmp_path / "home",
        "--out",
        tmp_path / "out",
        "--apply",
        "--json",
    ]
    status, printed, err = run(capfdbinary, *arguments)
    assert status == 4
    assert json.loads(printed)["dropped"]["kFloorSkipped"] == 1
    assert [issue["code"] for issue in json.loads(err)["issues"]] == ["INPUT_INVALID"]


def test_a_vocabulary_is_collected_and_used(tmp_path, capfdbinary):
    reports = many(tmp_path / "reports", 12)
    write(reports, {"x.xml": junit("rare failure", "host/www.example.com failure", number=99)})
    for number in range(100, 106):
        write(reports, {f"{number}.xml": junit("jane@example.org failure", number=number)})
    names = tmp_path / "names.txt"
    status, printed, err = run(capfdbinary, "vocabulary", "collect", TESTS, reports)
    assert (status, printed) == (0, b"")
    assert "No name has 100 test runs; --k can be as low as 5 here." in err
    status, printed, err = run(capfdbinary, "vocabulary", "collect", TESTS, reports, "--k", 6)
    assert status == 0
    assert printed == b"failingTests pkg.Suite::flop\nfailureTypes AssertionError\n"
    assert "12  pkg.Suite::flop" in err
    assert "1 that must not be released" in err
    names.write_bytes(printed)
    arguments = [
        "aggregate",
        TESTS,
        reports,
        "--home",
        tmp_path / "home",
        "--k",
        5,
        "--out",
        tmp_path / "out",
    ]
    status, _, err = run(capfdbinary, *arguments, "--vocabulary", names, "--apply")
    assert status == 0
    chunk = json.loads((tmp_path / "out" / SNAPSHOT).read_bytes())["chunks"][0]
    assert chunk["payload"]["aggregates"]["failingTests"] == {"__other__": 7, "pkg.Suite::flop": 12}
    assert "No vocabulary yet for slowTests" in err


def test_collect_matches_keeps_what_is_registered_and_knows_the_caps(tmp_path, capfdbinary):
    reports = tmp_path / "reports"
    for number in range(5):
        write(reports, {f"{number}.xml": junit(*(f"t{case} failure" for case in range(4100)), number=number)})
    command = ["vocabulary", "collect", TESTS, reports, "--k", 5]
    status, printed, err = run(capfdbinary, *command)
    assert status == 1
    assert "more than the stream's caps allow" in err
    assert printed.count(b"\n") == 4101
    status, printed, _ = run(capfdbinary, *command, "--match", "*::t409?")
    assert (status, printed.count(b"failingTests")) == (0, 10)
    known = tmp_path / "known.txt"
    known.write_text("failingTests pkg.Suite::gone\n")
    status, printed, _ = run(capfdbinary, *command, "--match", "*::t1", "--vocabulary", known, "--json")
    assert (status, json.loads(printed)["maps"]["failingTests"]) == (0, ["pkg.Suite::gone", "pkg.Suite::t1"])


def test_one_map_contribution_releases_each_map_on_its_own(tmp_path, capfdbinary):
    reports = many(tmp_path / "reports", 120)
    arguments = [
        "aggregate",
        TESTS,
        reports,
        "--home",
        tmp_path / "home",
        "--k",
        5,
        "--out",
        tmp_path / "out",
    ]
    assert run(capfdbinary, *arguments, "--contribution", "one-map", "--apply")[0] == 0
    snapshot = json.loads((tmp_path / "out" / SNAPSHOT).read_bytes())
    assert all(len(chunk["payload"]["aggregates"]) == 1 for chunk in snapshot["chunks"])
    assert sum(chunk["payload"]["sampleCount"] for chunk in snapshot["chunks"]) <= 120
