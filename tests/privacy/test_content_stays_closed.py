"""A release of what was recorded never opens the database of content: watched while it runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from shell import Shell, plant

WATCHED = """
import json, sys
opened = []
def hook(event, arguments):
    if event in ("open", "sqlite3.connect"):
        opened.append(str(arguments[0]))
from weftend.cli import main
sys.addaudithook(hook)
status = main(sys.argv[1:])
print(json.dumps({"status": int(status), "opened": opened}), file=sys.stderr)
"""
APPLY = ["aggregate", "telemetry.usage.v0", "--from-store", "--k", "5", "--apply"]
RUN = {
    "findings_count": 1,
    "recorded_at": "2026-11-01",
    "repository_id": "r",
    "schema_version": 1,
    "workflow": "w",
}
FINDING = {"detector_id": "d", "tier": "A", "fingerprint": "f", "message": "a text that nobody may see"}
CONTENT = [{"type": "completion-run", "fields": RUN}, {"type": "completion-finding", "fields": FINDING}]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path)
    plant(shell.home, CONTENT)
    assert shell.json("ingest")["events"] == 2
    assert (shell.home / "content.sqlite3").exists()
    for _ in range(30):
        plant(shell.home, [{"type": "benchmark_event"}])
    return shell


def opened(shell: Shell) -> list[str]:
    """The names of the files that a release opened, in order."""
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *APPLY, "--out", str(shell.folder / "out")],
        env=shell.environment(WEFTEND_TELEMETRY="export"),
        capture_output=True,
        timeout=60,
    )
    said = json.loads(done.stderr.splitlines()[-1])
    assert said["status"] == 0
    return [Path(name.partition("?")[0]).name for name in said["opened"]]


def test_a_release_opens_the_store_and_the_ledger_and_no_content(shell: Shell) -> None:
    names = opened(shell)
    assert {"telemetry.sqlite3", "telemetry_conduit_ledger.sqlite3"} <= set(names)
    assert [name for name in names if name.startswith("content.sqlite3")] == []


def test_content_on_the_spool_is_put_away_before_the_release_begins(shell: Shell) -> None:
    plant(shell.home, CONTENT)
    names = opened(shell)
    begins = names.index("telemetry_conduit_ledger.sqlite3")
    assert "content.sqlite3" in names[:begins], "the watch sees it"
    assert "content.sqlite3" not in names[begins:]
    snapshot = (shell.folder / "out" / "telemetry_conduit_snapshot.json").read_text()
    assert "nobody may see" not in snapshot
