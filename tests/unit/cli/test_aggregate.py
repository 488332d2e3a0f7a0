"""``weftend aggregate`` over CI reports: what is printed, what is written, and which status that is."""

from __future__ import annotations

import json

import pytest

from commands import SNAPSHOT, aggregating, counted, refused, run
from conduits import files
from reports import many, write
from weftend.reference.verify import verify_snapshot

pytestmark = pytest.mark.usefixtures("alone")


def test_aggregate_previews_and_applies(tmp_path, capfdbinary):
    reports, out = many(tmp_path / "reports", 12), tmp_path / "out"
    arguments = aggregating(tmp_path, reports, "--k", 5)
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
    _, _, err = run(capfdbinary, *arguments, "--apply")
    assert "No vocabulary" not in err, "nothing new could be released under one"
    status, printed, err = run(capfdbinary, *arguments, "--apply", "--json")
    assert (status, printed, err) == (0, (out / SNAPSHOT).read_bytes(), "")


def test_next_week_takes_what_is_new_and_holds_both(tmp_path, capfdbinary):
    reports, out = many(tmp_path / "reports", 10), tmp_path / "out"
    arguments = aggregating(tmp_path, reports, "--k", 5, "--apply")
    assert run(capfdbinary, *arguments)[0] == 0
    many(reports, 10, first=10)
    assert run(capfdbinary, *arguments)[0] == 0
    chunks = json.loads((out / SNAPSHOT).read_bytes())["chunks"]
    assert [chunk["payload"]["sampleCount"] for chunk in chunks] == [10, 10]
    assert refused(capfdbinary, *arguments, "--unit", "dir") == ["UNIT_RULE_FIXED"]


def test_part_of_the_input_refused_outranks_the_floor(tmp_path, capfdbinary):
    reports = many(tmp_path / "reports", 2)
    write(reports, {"cut.xml": "<testsuites>"})
    status, printed, err = run(capfdbinary, *aggregating(tmp_path, reports, "--apply", "--json"))
    assert status == 4
    assert json.loads(printed)["dropped"]["kFloorSkipped"] == 1
    assert [issue["code"] for issue in json.loads(err)["issues"]] == ["INPUT_INVALID"]


def test_one_map_contribution_releases_each_map_on_its_own(tmp_path, capfdbinary):
    reports = many(tmp_path / "reports", 120)
    arguments = aggregating(tmp_path, reports, "--k", 5)
    assert run(capfdbinary, *arguments, "--contribution", "one-map", "--apply")[0] == 0
    snapshot = json.loads((tmp_path / "out" / SNAPSHOT).read_bytes())
    assert all(len(chunk["payload"]["aggregates"]) == 1 for chunk in snapshot["chunks"])
    assert sum(chunk["payload"]["sampleCount"] for chunk in snapshot["chunks"]) <= 120


OWN = """
id: telemetry.own.failing.v0
version: 1
title: What fails
about: A unit is one test run.
unit: {name: nightly, plural: nightlies}
reader: tests
floor: {default: 8, least: 6}
maps:
  failingTests:
    kind: set
    about: Tests that failed.
    keys: {registered: true, grammar: test-id}
  runOutcomes:
    kind: partition
    about: One outcome per run.
    keys: {enum: [failed, passed]}
"""


def test_a_stream_of_ones_own_reads_the_same_reports(tmp_path, capfdbinary):
    reports, own, names = many(tmp_path / "reports", 9), tmp_path / "own.yaml", tmp_path / "names.txt"
    own.write_text(OWN)
    names.write_text("failingTests pkg.Suite::flop\n")
    stream = ["telemetry.own.failing.v0", reports, "--streams", own, "--vocabulary", names]
    assert counted(capfdbinary, *stream)["maps"].keys() == {"failingTests", "runOutcomes"}
    release = ["aggregate", *stream, "--home", tmp_path / "home", "--out", tmp_path / "out", "--apply"]
    assert refused(capfdbinary, *release, "--k", 5) == ["FLOOR_TOO_LOW"]
    status, _, err = run(capfdbinary, *release)
    assert status == 0
    assert "Released 9 nightlies in 1 chunk." in err
    payload = json.loads((tmp_path / "out" / SNAPSHOT).read_bytes())["chunks"][0]["payload"]
    assert payload["kFloor"] == 8
    assert payload["aggregates"] == {"failingTests": {"pkg.Suite::flop": 9}, "runOutcomes": {"failed": 9}}
    verify = ["verify", tmp_path / "out" / SNAPSHOT, "--streams", own, "--vocabulary", names]
    status, out, err = run(capfdbinary, *verify)
    assert (status, err, b"not at hand" in out) == (0, "", False)
