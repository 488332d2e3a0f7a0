"""The example fleet: the same bytes every time, reports that hold together, and nothing of them in a snapshot."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from hashlib import sha256
from pathlib import Path

import pytest

from reports import TESTS
from weftend.cli import main

PROGRAM = Path(__file__).parents[2] / "examples" / "ci_reports.py"
DIGEST = "ccf37ca59dcd3c090a9f052796ae66f7fedffdeed5d1ab309c1a5da08559a1cd"
SNAPSHOT = "telemetry_conduit_snapshot.json"


def written(folder: Path, *options: str) -> Path:
    subprocess.run([sys.executable, PROGRAM, folder, *options], check=True, capture_output=True, timeout=60)
    return folder


def everything(folder: Path) -> bytes:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return b"".join(f"{path.relative_to(folder)}\n".encode() + path.read_bytes() for path in files)


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> Path:
    return written(tmp_path_factory.mktemp("fleet"), "--runs", "300")


def test_it_writes_the_same_bytes_on_every_machine(reports, tmp_path):
    assert sha256(everything(reports)).hexdigest() == DIGEST
    weeks = tmp_path / "weeks"
    written(weeks, "--runs", "200")
    written(weeks, "--first", "201", "--runs", "100")
    assert everything(weeks) == everything(reports)
    assert everything(written(tmp_path / "other", "--runs", "300", "--seed", "2")) != everything(reports)


def test_every_report_is_one_that_a_runner_could_have_written(reports):
    roots = [ET.parse(path).getroot() for path in reports.rglob("*.xml")]  # noqa: S314 - our own
    assert len(roots) == 300
    assert {root.tag for root in roots} == {"testsuite", "testsuites"}
    suites = [suite for root in roots for suite in root.iter("testsuite")]
    declared = sum(int(suite.get("failures", "")) for suite in suites)
    assert declared == sum(len(suite.findall("testcase/failure")) for suite in suites) > 30
    assert sum(len(suite.findall("testcase/flakyFailure")) for suite in suites) > 5
    assert all(suite.get("hostname", "").endswith(".ci.shop.example") for suite in suites)


def test_nothing_of_it_but_registered_names_is_released(reports, tmp_path, capfdbinary):
    names, out = tmp_path / "names.txt", tmp_path / "out"
    assert main(["vocabulary", "collect", TESTS, str(reports), "--k", "5"]) == 0
    names.write_bytes(capfdbinary.readouterr().out)
    options = ["--k", "5", "--vocabulary", str(names), "--home", str(tmp_path / "home"), "--out", str(out)]
    assert main(["aggregate", TESTS, str(reports), *options, "--apply"]) == 0
    snapshot = (out / SNAPSHOT).read_bytes()
    assert re.findall(rb"shop\.example|pear-|/home/|dev[0-9]|order|GET|expected", snapshot) == []
    commits = set(re.findall(rb'"git.commit" value="([0-9a-f]+)"', everything(reports)))
    assert len(commits) > 290
    assert not [commit for commit in commits if commit in snapshot]
    aggregates = json.loads(snapshot)["chunks"][0]["payload"]["aggregates"]
    assert aggregates["flakyTests"].keys() >= {"shop.PaymentIT::retriesTheGateway"}
