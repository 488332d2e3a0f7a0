"""``weftend count`` over CI reports: exact, private, and never written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands import counted, run
from conduits import files
from reports import FINDINGS, JOBS, TESTS, junit, many, sarif, workflow_job, workflow_run, write

pytestmark = pytest.mark.usefixtures("alone")


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


@pytest.mark.parametrize(
    ("stream", "refused", "others"),
    [
        (
            TESTS,
            {"cut.xml": "<testsuite", "text.xml": "a < b > c", "none.json": "", "built.json": "# pkg\n"},
            6,
        ),
        (
            FINDINGS,
            {"a.sarif": "x", "b.sarif.json": "{}", "c.json": '{"runs', "d.json": "\0", "e.json": ""},
            7,
        ),
        (JOBS, {"gone.json": "", "page.json": "<html>", "torn.json": '{"id": '}, 7),
    ],
    ids=["tests", "findings", "jobs"],
)
def test_what_its_name_says_and_its_content_is_not_is_refused(stream, refused, others, tmp_path, capfdbinary):
    unrelated = {
        "pom.xml": "<project/>",
        "package.json": '{"name": "x"}',
        "lines.json": '{"a": 1}\n{"a": 2}\n',
        "long.json": "[" + ", ".join(['"\u00e9"'] * 40_000) + "]",
        "twice.json": '{"a": 1, "a": 2}',
        "notes.txt": "{",
    }
    write(tmp_path, refused | unrelated | ({} if stream == TESTS else {"cut.xml": "<testsuite"}))
    document = counted(capfdbinary, stream, tmp_path, status=4)
    named = {Path(issue["path"].partition("#")[0]).name for issue in document["issues"]}
    assert named == set(refused)
    assert (document["refused"], document["ignored"]) == (len(refused), others)


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


def test_every_run_with_a_job_that_has_not_completed_stays_out(tmp_path, capfdbinary):
    going_on = [
        workflow_job(7, run).replace('"status": "completed"', '"status": "queued"') for run in (1, 2, 3)
    ]
    write(tmp_path, {"1.json": going_on[0] + going_on[1], "2.json": going_on[2]})
    assert counted(capfdbinary, JOBS, tmp_path, status=1)["units"] == 0


def test_logs_of_other_versions_are_refused(tmp_path, capfdbinary):
    write(tmp_path, {"a.sarif": sarif({"ruleId": "R1"}), "b.sarif": sarif(version="1.0.0")})
    document = counted(capfdbinary, FINDINGS, tmp_path, status=4)
    assert document["maps"]["levels"] == {"error": {"units": 1, "total": 1}}
    assert document["issues"][0]["path"].endswith("b.sarif#/version")


def test_totals_are_exact_before_any_clamp(tmp_path, capfdbinary):
    write(tmp_path, {"many.xml": junit(*(f"t{number} failure" for number in range(40)))})
    document = counted(capfdbinary, TESTS, tmp_path)
    assert document["maps"]["outcomes"] == {"failed": {"units": 1, "total": 40}}
    assert document["maps"]["durations"] == {"ms_256": {"units": 1, "total": 40}}


def test_the_hundred_most_frequent_names_of_no_vocabulary_are_listed(tmp_path, capfdbinary):
    for number in range(3):
        cases = [f"t{case:03} failure" for case in range(0, 110, number + 1)]
        write(tmp_path, {f"{number}.xml": junit(*cases, number=number)})
    document = counted(capfdbinary, TESTS, tmp_path)
    unregistered = document["unregistered"]["failingTests"]
    listed, more = unregistered["names"], unregistered["more"]
    assert (len(listed), more) == (100, 10)
    assert sorted(listed.values(), reverse=True)[:19] == [3] * 19
    assert "pkg.Suite::t000" in listed
    assert "pkg.Suite::t109" not in listed
    _, out, _ = run(capfdbinary, "count", TESTS, tmp_path)
    rows = [line.split() for line in out.decode().splitlines()]
    assert ["failingTests", "pkg.Suite::t000", "3"] in rows
    assert ["and", "10", "more"] in rows
