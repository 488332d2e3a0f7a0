"""An organisation's own event types, from their YAML to a released count, in both languages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from shell import Shell, plant

MINE = Path(__file__).parents[3] / "examples" / "contracts"
USAGE = ["telemetry.usage.v0", "--from-store"]
DEPLOY = {"type": "acme.deploy", "fields": {"outcome": "succeeded", "region": "eu-west"}}
RECORD = """
import weftend
acme = weftend.Producer("acme-deployer")
acme.record("acme.deploy", {"outcome": "succeeded", "region": "eu-west", "batch": 4}, value=93000)
acme.record("acme.deploy", {"outcome": "succeeded", "region": "atlantis"})
acme.record("acme.rollback", {"reason": "error_rate", "branch": "hotfix"})
"""


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path)
    assert shell("contracts", "compile", str(MINE), "--out", str(tmp_path / "mine.json")).returncode == 0
    return shell


def test_what_was_recorded_under_them_is_counted_under_them(shell: Shell) -> None:
    mine = str(shell.folder / "mine.json")
    environment = shell.environment(WEFTEND_CONTRACTS=mine, WEFTEND_STRICT="1")
    subprocess.run([sys.executable, "-c", RECORD], env=environment, check=True, timeout=60)
    counted = shell.json("count", *USAGE, "--contracts", mine)
    assert counted["maps"] == {
        "eventTypes": {"acme.deploy": {"total": 1, "units": 1}},
        "events": {"acme.deploy": {"total": 2, "units": 1}},
        "producers": {"acme-deployer": {"total": 1, "units": 1}},
    }
    rows = shell.json("db", "query", "SELECT metric_type, metadata_json FROM research_metrics ORDER BY id")
    assert [json.loads(row["metadata_json"]).get("region") for row in rows] == ["eu-west", "__other__", None]
    assert shell.json("count", *USAGE, WEFTEND_CONTRACTS=mine) == counted


def test_they_are_in_the_vocabularies_of_what_is_released(shell: Shell) -> None:
    for _ in range(90):  # dealt to three maps by their digests, which are by chance: never under 5 in one
        plant(shell.home, [DEPLOY], producer="acme-deployer")
    given = {"WEFTEND_CONTRACTS": str(shell.folder / "mine.json"), "WEFTEND_TELEMETRY": "export"}
    out = shell.folder / "out"
    done = shell("aggregate", *USAGE, "--k", "5", "--apply", "--out", str(out), **given)
    assert done.returncode == 0, done
    chunks = json.loads((out / "telemetry_conduit_snapshot.json").read_bytes())["chunks"]
    keys = {key for chunk in chunks for keys in chunk["payload"]["aggregates"].values() for key in keys}
    assert keys == {"acme.deploy", "acme-deployer"}


def test_without_them_their_events_are_refused_and_counted(shell: Shell) -> None:
    plant(shell.home, [DEPLOY])
    assert shell.json("ingest", status=4)["refused"] == {"EVENT_TYPE_UNKNOWN": 1}
    (problem,) = shell.json("doctor", status=1)["problems"]
    assert problem["code"] == "EVENT_TYPE_UNKNOWN"
    assert "WEFTEND_CONTRACTS=FILE" in problem["message"]


def test_another_version_of_a_type_is_refused_and_counted(shell: Shell) -> None:
    plant(shell.home, [{"type": "benchmark_event", "v": 2}, {"type": "benchmark_event"}])
    done = shell.json("ingest", status=4)
    assert (done["events"], done["refused"]) == (1, {"EVENT_TYPE_UNKNOWN": 1})
