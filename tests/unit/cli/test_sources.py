"""What the commands over CI reports and records take as their input, and what they refuse to take."""

from __future__ import annotations

import gzip
import io
import json
import sys
import tarfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from commands import counted, refused, run
from reports import FINDINGS, JOBS, TESTS, go_test, junit, many, sarif, write
from shell import Shell

pytestmark = pytest.mark.usefixtures("alone")


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


@pytest.mark.parametrize("seconds", ["nan", "-nan", "inf", "0", "-1", "soon"])
def test_slow_is_a_number_of_seconds(tmp_path, capfdbinary, seconds):
    assert refused(capfdbinary, "count", TESTS, tmp_path, "--slow", seconds) == ["USAGE"]


def test_what_the_core_finds_wrong_with_a_stream_names_the_stream(tmp_path, capfdbinary):
    (tmp_path / "names.txt").write_text("".join(f"failingTests t::{n:06}\n" for n in range(5000)))
    arguments = ("count", TESTS, tmp_path, "--vocabulary", tmp_path / "names.txt", "--json")
    status, out, _ = run(capfdbinary, *arguments)
    assert (status, json.loads(out)["issues"][0]["path"]) == (2, f"{TESTS}#/caps/maxBucketsPerChunk")
    definition = Path("examples/contracts/streams/telemetry.acme.deploys.v0.yaml").read_text()
    other = definition.replace("reader: ndjson", "reader: tests").replace("  field: /id\n", "")
    lines = [line for line in other.splitlines() if not line.strip().startswith(("key: ", "amount: "))]
    (tmp_path / "own.yaml").write_text("\n".join(lines).replace("acme/regions", "true") + "\n")
    arguments = ("count", "telemetry.acme.deploys.v0", tmp_path, "--streams", tmp_path / "own.yaml", "--json")
    status, out, _ = run(capfdbinary, *arguments)
    assert (status, json.loads(out)["issues"][0]["path"]) == (2, "telemetry.acme.deploys.v0#/reader")


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


@pytest.mark.parametrize("packed", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_standard_input_is_a_document_or_an_archive(tmp_path, packed):
    shell, report = Shell(tmp_path), junit("t failure").encode()
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as members:
        for number in range(3):
            content = junit("t", number=number).encode()
            member = tarfile.TarInfo(f"{number}.xml")
            member.size = len(content)
            members.addfile(member, io.BytesIO(content))
    for content, units in ((report, 1), (archive.getvalue(), 3)):
        done = shell("count", TESTS, "-", "--json", stdin=packed(content))
        assert (done.returncode, done.stderr, json.loads(done.stdout)["units"]) == (0, b"", units)
    done = shell("count", TESTS, "-", "--json", stdin=packed(report[:-9]))
    assert (done.returncode, json.loads(done.stdout)["issues"][0]["path"][:8]) == (4, "<stdin>#")


def test_the_format_can_be_said(tmp_path, capfdbinary):
    write(tmp_path, {"log": sarif({"ruleId": "R1"}), "tests.log": go_test(("fail", "TestA"), ("fail", None))})
    assert counted(capfdbinary, FINDINGS, tmp_path / "log", "--format", "sarif")["units"] == 1
    assert counted(capfdbinary, TESTS, tmp_path / "tests.log", "--format", "go-test")["units"] == 1
    assert counted(capfdbinary, TESTS, tmp_path / "tests.log", "--format", "junit", status=4)["refused"] == 1
