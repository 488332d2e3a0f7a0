"""Every command with the network taken away: each does its work, and none so much as asks for a socket."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_writes_nothing import AUDITED, NETWORK
from tools import needs_strace

import releases
from shell import Shell, plant
from weftend.cli.root import COMMANDS

REPOSITORY = Path(__file__).parents[2]
RUN = {
    "event": "completion-run",
    "repository_id": "r",
    "workflow": "w",
    "recorded_at": "2026-11-01T00:00:00Z",
}
KEPT = {"detector_id": "d", "scope": "*", "reason": "r", "owner": "o"}
SAID = {"table": "agent_messages", "session_id": "s", "sender": "a", "body": "b"}
SARIF = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "lint"}}, "results": []}]}
USAGE = ["telemetry.usage.v0", "--from-store"]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A home with recordings, and one file of each kind that a command reads."""
    shell = Shell(tmp_path)
    for _ in range(30):
        plant(shell.home, [{"type": "benchmark_event"}])
    releases.write(shell.folder / "release", runs=20)
    (shell.folder / "run.json").write_text(json.dumps(RUN | {"schema_version": 1, "findings_count": 0}))
    (shell.folder / "log.sarif").write_text(json.dumps(SARIF))
    (shell.folder / "cargo.json").write_text('{"reason":"build-finished","success":true}\n')
    (shell.folder / "kept.json").write_text(json.dumps(KEPT))
    (shell.folder / "said.json").write_text(json.dumps(SAID))
    (shell.folder / "value.json").write_text('{"b":1,"a":2}')
    return shell


def command_lines(folder: Path) -> list[list[str]]:
    """Every command, doing its work, in an order in which each finds what it needs."""
    release, out, mine = str(folder / "release"), str(folder / "out"), str(REPOSITORY / "examples/contracts")
    return [
        ["record", "benchmark_event", "unit=ms"],
        ["ingest"],
        ["ingest", "completion", str(folder / "run.json")],
        ["ingest", "sarif", str(folder / "log.sarif")],
        ["ingest", "suppressions", str(folder / "kept.json")],
        ["ingest", "content", str(folder / "said.json")],
        ["ingest", "cargo", str(folder / "cargo.json"), "--total-ms", "1"],
        ["count", *USAGE],
        ["aggregate", *USAGE, "--k", "5"],
        ["aggregate", *USAGE, "--k", "5", "--apply", "--out", out],
        ["telemetry-conduit", release, "--k", "5", "--apply", "--out", out],
        ["verify", str(folder / "out/telemetry_conduit_snapshot.json")],
        ["db", "tables"],
        ["db", "query", "SELECT count(*) FROM research_metrics"],
        ["db", "export", "--yes", "--out", str(folder / "exported")],
        ["db", "prune-plan"],
        ["db", "prune-apply"],
        ["doctor"],
        ["telemetry", "status"],
        ["contracts", "list"],
        ["contracts", "show", "benchmark_event"],
        ["contracts", "check"],
        ["contracts", "compile", mine, "--out", str(folder / "mine.json")],
        ["streams", "list"],
        ["streams", "show", "telemetry.usage.v0"],
        ["streams", "check", f"{mine}/streams/telemetry.acme.deploys.v0.yaml"],
        ["canon", str(folder / "value.json")],
        ["digest", str(folder / "value.json")],
    ]


def all_of_them(folder: Path) -> list[list[str]]:
    """The lines above, and of a command that they do not name at least its help."""
    lines = command_lines(folder)
    return [*lines, *([name, "--help"] for name in COMMANDS.keys() - {line[0] for line in lines})]


def test_no_command_asks_for_a_socket_by_the_audit_hook(shell: Shell) -> None:
    """The twin that always runs; it also takes the network from Python, by failing what asks for it."""
    for line in all_of_them(shell.folder):
        done = subprocess.run(
            [sys.executable, "-c", AUDITED, *line],
            env=shell.environment(WEFTEND_TELEMETRY="export"),
            capture_output=True,
            timeout=60,
        )
        said = json.loads(done.stderr.splitlines()[-1])
        assert said["status"] == 0, (line, done)
        assert [event for event, _ in said["seen"] if event.startswith("socket.")] == [], line


def test_no_command_asks_for_a_socket_without_a_network(shell: Shell) -> None:
    needs_strace()
    apart = ["unshare", "--net", "--map-root-user"]
    if shutil.which("unshare") is None or subprocess.run([*apart, "true"], capture_output=True).returncode:
        pytest.skip(
            "LOUD: no unshare that may take the network away here; the twin with an audit hook still runs"
        )
    trace = shell.folder.parent / "network.trace"
    for line in all_of_them(shell.folder):
        watch = ["strace", "-f", "-qq", "-o", str(trace), "-e", f"trace={NETWORK}"]
        done = subprocess.run(
            [*apart, *watch, sys.executable, "-m", "weftend", *line],
            env=shell.environment(WEFTEND_TELEMETRY="export"),
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == 0, (line, done)
        calls = [call for call in trace.read_text().splitlines() if "+++" not in call and "---" not in call]
        assert calls == [], line


def test_the_watch_sees_an_attempt(shell: Shell) -> None:
    """Broken on purpose: the same watch over a program that does ask."""
    program = AUDITED.replace("status = main(sys.argv[1:])", "import socket; socket.socket(); status = 0")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)
    assert "socket.__new__" in done.stderr.decode()
