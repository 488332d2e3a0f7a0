"""``weftend vocabulary collect``: names in byte order, without their counts, for a person to review."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys

import pytest

from commands import SNAPSHOT, aggregating, run
from reports import TESTS, junit, many, write

pytestmark = pytest.mark.usefixtures("alone")


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
    status, _, err = run(
        capfdbinary, *aggregating(tmp_path, reports, "--k", 5, "--vocabulary", names, "--apply")
    )
    assert status == 0
    chunk = json.loads((tmp_path / "out" / SNAPSHOT).read_bytes())["chunks"][0]
    assert chunk["payload"]["aggregates"]["failingTests"] == {"__other__": 7, "pkg.Suite::flop": 12}
    assert "No vocabulary yet for slowTests" in err


def test_the_command_that_is_suggested_keeps_names_and_files(tmp_path, capfdbinary, monkeypatch):
    monkeypatch.chdir(tmp_path)
    many(tmp_path / "reports", 9)
    many(tmp_path / "more", 9, first=9)
    names, inputs = tmp_path / "names.txt", tmp_path / "inputs.txt"
    names.write_text("failingTests pkg.Suite::gone\n")
    inputs.write_text("reports\nmore\n")
    asked = ["--inputs-from", "inputs.txt", "--slow", "15", "--format", "junit", "--vocabulary", "names.txt"]
    status, _, err = run(capfdbinary, "aggregate", TESTS, *asked, "--k", 6, "--home", "home")
    assert (status, "then review the file, look at it with --vocabulary names-2.txt" in err) == (0, True)
    (line,) = (line for line in err.splitlines() if line.startswith("  weftend "))
    command, _, file = line.rpartition(" > ")
    assert file == "names-2.txt", "names.txt is there: the shell would empty it"
    status, printed, _ = run(capfdbinary, *shlex.split(command)[1:])
    assert status == 0
    # With the ten seconds of the definition six runs would have a slow test.
    assert printed.decode().splitlines() == [
        "failingTests pkg.Suite::flop",
        "failingTests pkg.Suite::gone",
        "failureTypes AssertionError",
    ]


def test_names_are_not_read_from_the_file_that_they_go_to(tmp_path):
    reports, names = many(tmp_path / "reports", 5), tmp_path / "names.txt"
    names.write_text("failingTests pkg.Suite::gone\n")
    command = [sys.executable, "-m", "weftend", "vocabulary", "collect", TESTS, reports, "--k", "5"]
    with names.open("rb+") as out:
        done = subprocess.run(
            [*command, "--vocabulary", names], stdout=out, stderr=subprocess.PIPE, timeout=60
        )
    assert done.returncode == 2
    assert b"USAGE argv#--vocabulary" in done.stderr
    with (tmp_path / "next.txt").open("wb") as out:
        assert subprocess.run([*command, "--vocabulary", names], stdout=out, timeout=60).returncode == 0
    assert "pkg.Suite::gone" in (tmp_path / "next.txt").read_text()


def test_collect_says_in_its_document_what_was_refused(tmp_path, capfdbinary):
    reports = write(many(tmp_path / "reports", 5), {"cut.xml": "<testsuites>"})
    status, printed, err = run(capfdbinary, "vocabulary", "collect", TESTS, reports, "--k", 5, "--json")
    document = json.loads(printed)
    assert (status, err, document["refused"], document["more"]) == (4, "", 1, 0)
    assert [issue["code"] for issue in document["issues"]] == ["INPUT_INVALID"]
    assert document["maps"]["failingTests"] == ["pkg.Suite::flop"]
    assert (document["stream"], document["k"], document["fits"]) == (TESTS, 5, True)


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
