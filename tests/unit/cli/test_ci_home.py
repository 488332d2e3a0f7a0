"""What a home remembers between runs over CI reports: what one run is, what was released, under which names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands import SNAPSHOT, run
from conduits import files
from reports import TESTS, junit, many, write

OWN = """
id: telemetry.own.builds.v0
version: 1
title: Builds by outcome
about: A unit is one build.
unit: {name: build, plural: builds, field: /build}
reader: ndjson
maps:
  outcomes:
    kind: partition
    about: How the build ended.
    key: /outcome
    keys: {enum: [failed, passed]}
"""


pytestmark = pytest.mark.usefixtures("alone")


class Bench:
    """Runs ``aggregate`` at one home, and looks at what it wrote."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[bytes]) -> None:
        self.folder, self.capture = folder, capture
        self.home, self.out = folder / "home", folder / "out"

    def run(self, *arguments: object) -> tuple[int, bytes, str]:
        return run(self.capture, *arguments)

    def aggregate(self, stream: str, *arguments: object, k: int = 5) -> tuple[int, bytes, str]:
        return self.run("aggregate", stream, *arguments, "--k", k, "--home", self.home, "--out", self.out)

    def codes(self, stream: str, *arguments: object, k: int = 5) -> list[str]:
        """The codes of a run that is refused with exit status 2 and writes nothing."""
        before = files(self.folder)
        status, out, err = self.aggregate(stream, *arguments, "--json", k=k)
        assert (status, err, files(self.folder)) == (2, "", before)
        return [issue["code"] for issue in json.loads(out)["issues"]]

    def chunks(self) -> list[dict]:
        return json.loads((self.out / SNAPSHOT).read_bytes())["chunks"]

    def samples(self) -> list[int]:
        return [chunk["payload"]["sampleCount"] for chunk in self.chunks()]


@pytest.fixture
def bench(tmp_path, capfdbinary) -> Bench:
    return Bench(tmp_path, capfdbinary)


def folders(root: Path, runs: range, cases: int = 2) -> Path:
    """A folder for each run, with as many reports."""
    for number in runs:
        write(root, {f"{number}/{n}.xml": junit(f"t{n}", number=number * 10 + n) for n in range(cases)})
    return root


@pytest.mark.parametrize(("first", "other", "units"), [("file", "dir", 12), ("dir", "file", 6)])
def test_the_first_apply_fixes_what_one_run_is(bench, tmp_path, first, other, units):
    reports = folders(tmp_path / "reports", range(6))
    assert bench.aggregate(TESTS, reports, "--unit", first, "--apply")[0] == 0
    assert bench.samples() == [units]
    assert bench.codes(TESTS, reports, "--unit", other, "--apply") == ["UNIT_RULE_FIXED"]
    assert bench.codes(TESTS, reports, "--unit", other) == ["UNIT_RULE_FIXED"]
    assert bench.aggregate(TESTS, reports, "--unit", first, "--apply")[0] == 0
    assert bench.samples() == [units]
    status, out, _ = bench.run("count", TESTS, reports, "--unit", other, "--json")
    assert (status, json.loads(out)["unit"]) == (0, other)


def test_a_file_is_the_default_and_a_run_that_released_nothing_fixes_nothing(bench, tmp_path):
    reports = folders(tmp_path / "reports", range(6))
    assert bench.aggregate(TESTS, reports, "--unit", "dir", "--apply", k=7)[0] == 1
    assert bench.aggregate(TESTS, reports, "--apply")[0] == 0
    assert bench.samples() == [12]
    assert bench.aggregate(TESTS, reports, "--unit", "file", "--apply")[0] == 0
    assert bench.codes(TESTS, reports, "--unit", "dir", "--apply") == ["UNIT_RULE_FIXED"]


def test_a_field_can_be_the_unit_and_then_stays_it(bench, tmp_path):
    (tmp_path / "own.yaml").write_text(OWN)
    lines = [json.dumps({"build": n % 6, "outcome": "passed"}) for n in range(12)]
    for number, line in enumerate(lines):
        write(tmp_path, {f"events/{number}.ndjson": line + "\n"})
    own = ["telemetry.own.builds.v0", tmp_path / "events", "--streams", tmp_path / "own.yaml"]
    assert bench.aggregate(*own, "--unit", "field", "--apply")[0] == 0
    assert bench.samples() == [6]
    assert bench.aggregate(*own, "--apply")[0] == 0
    assert bench.codes(*own, "--unit", "file", "--apply") == ["UNIT_RULE_FIXED"]
    status, out, _ = bench.run("verify", bench.out / SNAPSHOT, "--streams", tmp_path / "own.yaml")
    assert status == 0
    assert b"6 builds" in out


def test_what_is_refused_whatever_is_read_is_refused_before_it_is_read(bench, tmp_path):
    reports, missing = many(tmp_path / "reports", 6), tmp_path / "missing"
    assert bench.codes(TESTS, missing, k=3) == ["FLOOR_TOO_LOW"]
    assert bench.aggregate(TESTS, reports, "--apply")[0] == 0
    assert bench.codes(TESTS, missing, "--unit", "dir", "--apply") == ["UNIT_RULE_FIXED"]
    next(bench.home.rglob("telemetry_conduit.json")).write_bytes(b"{}\n")
    status, out, _ = bench.aggregate(TESTS, missing, "--apply", "--json")
    assert (status, json.loads(out)["issues"][0]["code"]) == (3, "TELEMETRY_CONDUIT_INVALID")
    assert bench.run("vocabulary", "collect", TESTS, missing, "--k", 3, "--json")[0] == 2


def test_a_folder_that_grew_is_a_new_run(bench, tmp_path):
    reports = folders(tmp_path / "reports", range(6))
    assert bench.aggregate(TESTS, reports, "--unit", "dir", "--apply")[0] == 0
    folders(tmp_path / "reports", range(5), cases=3)
    assert bench.aggregate(TESTS, reports, "--unit", "dir", "--apply")[0] == 0
    assert bench.samples() == [6, 5]


def test_the_names_may_change_along_a_chain(bench, tmp_path):
    reports, names = many(tmp_path / "reports", 10), tmp_path / "names.txt"
    status, _, err = bench.aggregate(TESTS, reports, "--apply")
    assert status == 0
    assert f"  weftend vocabulary collect {TESTS} {reports} --k 5 > names.txt" in err
    assert f"Home: {bench.home}. It knows which test runs were released" in err
    names.write_bytes(bench.run("vocabulary", "collect", TESTS, reports, "--k", 5)[1])
    many(reports, 10, first=10)
    status, _, err = bench.aggregate(TESTS, reports, "--vocabulary", names, "--apply")
    assert status == 0
    assert "No vocabulary yet for slowTests:" in err
    assert bench.samples() == [10, 10]
    first, second = (chunk["payload"] for chunk in bench.chunks())
    assert first["bind"] != second["bind"]
    assert (first["aggregates"]["failingTests"], second["aggregates"]["failingTests"]) == (
        {"__other__": 10},
        {"pkg.Suite::flop": 10},
    )
    store = next(bench.home.rglob("telemetry_conduit.json"))
    status, out, err = bench.run("verify", bench.out / SNAPSHOT, "--vocabulary", names, "--store", store)
    assert (status, err) == (0, "")
    assert b"pathDigest, store\n" in out
    counts = json.loads(bench.run("count", TESTS, reports, "--vocabulary", names, "--json")[1])
    assert counts["maps"]["failingTests"] == {"pkg.Suite::flop": {"total": 20, "units": 20}}


def test_a_chain_is_verified_with_every_file_of_names_and_setting_that_was_used(bench, tmp_path):
    reports, snapshot = many(tmp_path / "reports", 30), bench.out / SNAPSHOT
    weeks = [tmp_path / "one.txt", tmp_path / "two.txt"]
    for number, names in enumerate(weeks):
        names.write_text(f"failingTests pkg.Suite::{['flop', 'other'][number]}\n")
        many(reports, 10, first=100 * number)
        assert bench.aggregate(TESTS, reports, "--vocabulary", names, "--apply")[0] == 0
    options = [word for names in weeks for word in ("--vocabulary", names)]
    whole = bench.run("verify", snapshot, *options)
    assert (whole[0], b"not at hand" in whole[1]) == (0, False)
    part = bench.run("verify", snapshot, *options[2:])
    assert (part[0], b"not at hand" in part[1]) == (0, True)
    assert bench.run("verify", snapshot, *options[:1], _names(tmp_path, "neither"))[0] == 3
    many(reports, 10, first=300)
    assert bench.aggregate(TESTS, reports, "--slow", 3, "--apply")[0] == 0
    shown = bench.run("streams", "show", TESTS, "--slow", 3, "--json")[1]
    (tmp_path / "slow.json").write_bytes(shown)
    status, out, _ = bench.run("verify", snapshot, "--streams", tmp_path / "slow.json")
    assert status == 0
    assert b"of 2 chunks: the stream's definition is not at hand" in out


def _names(folder: Path, name: str) -> Path:
    (folder / f"{name}.txt").write_text(f"failingTests pkg.Suite::{name}\n")
    return folder / f"{name}.txt"
