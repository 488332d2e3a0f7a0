"""All five example producers at once: recorded, taken in, counted, released and verified."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from shell import Shell
from weftend import contracts

REPOSITORY = Path(__file__).parents[2]
FOLDER = REPOSITORY / "examples" / "producers"
STREAM = "telemetry.usage.v0"
RUST = {"vox-cli": 70, "vox-orchestrator": 70, "vox-populi": 70}
"""So many that what each of them records reaches the floor in any of three maps, whatever chance does."""
PYTHON = {"vox_mcp": 12, "vox_ci_completion": 4}
RELEASABLE = RUST | {"vox-mcp": 12}


@pytest.fixture(scope="module")
def built() -> Path:
    """The folder of the Rust producers' programs."""
    if shutil.which("cargo") is None:
        pytest.skip("LOUD: no cargo, so the Rust producers were not run")
    command = ["cargo", "build", "--package", "vox-producers", "--message-format", "json"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True, timeout=900)
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    (program, *_more) = [item["executable"] for item in messages if item.get("executable")]
    return Path(program).parent


def test_the_five_producers_end_in_one_verified_snapshot(built: Path, tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    commands = [[str(built / name), str(seed)] for name, number in RUST.items() for seed in range(number)]
    commands += [
        [sys.executable, str(FOLDER / f"{name}.py"), str(seed)]
        for name, number in PYTHON.items()
        for seed in range(number)
    ]

    def run(command: list[str]) -> int:
        done = subprocess.run(command, env=shell.environment(), capture_output=True, check=True, timeout=120)
        assert done.stderr == b""
        return int(done.stdout)

    with ThreadPoolExecutor(8) as pool:
        recorded = sum(pool.map(run, commands))
    done = shell.json("ingest")
    assert (done["events"], done["refused"], done["segments"]) == (recorded, {}, len(commands))
    _every_type_was_recorded(shell)
    runs = shell.json("db", "query", "SELECT count(*) AS runs FROM ci_completion_run")
    assert runs == [{"runs": PYTHON["vox_ci_completion"]}]
    counted = shell.json("count", STREAM, "--from-store")
    assert {name: item["units"] for name, item in counted["maps"]["producers"].items()} == RELEASABLE
    assert not [name for name in counted["maps"]["events"] if name.startswith("completion-")]
    _release(shell, tmp_path / "out", counted)


def _every_type_was_recorded(shell: Shell) -> None:
    """Each type of the contracts has a producer here, so that none is a row on paper."""
    rows = shell.json("db", "query", "SELECT DISTINCT event_type FROM recording_event")
    recorded = {row["event_type"] for row in rows}
    assert recorded == {event["type"] for event in contracts.load()["events"]}


def _release(shell: Shell, out: Path, counted: dict[str, Any]) -> None:
    """Each recording speaks in one of three maps, by chance."""
    command = ["aggregate", STREAM, "--from-store", "--apply", "--k", "5", "--out", str(out)]
    done = shell(*command, WEFTEND_TELEMETRY="export")
    assert done.returncode == 0, done
    chunks = json.loads((out / "telemetry_conduit_snapshot.json").read_bytes())["chunks"]
    assert sum(chunk["payload"]["sampleCount"] for chunk in chunks) == sum(RELEASABLE.values())
    shown = {name: keys for chunk in chunks for name, keys in chunk["payload"]["aggregates"].items()}
    assert shown["producers"].keys() <= RELEASABLE.keys()
    types = {name: item["units"] for name, item in counted["maps"]["eventTypes"].items()}
    assert shown["eventTypes"].keys() >= {"build.summary", "populi_control_event", "task.root_summary"}
    assert all(5 <= units <= types[name] for name, units in shown["eventTypes"].items())
    assert shell("verify", str(out / "telemetry_conduit_snapshot.json")).returncode == 0
