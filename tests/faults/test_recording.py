"""Recording where it must not or cannot write: mode off, a full disk, a home that cannot be written."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from test_writes_nothing import AUDITED, CHANGES, NETWORK
from tools import needs_own_mounts, needs_strace

from shell import Shell

REPOSITORY = Path(__file__).parents[2]
HOST = """
import weftend
vox = weftend.Producer("vox-mcp")
weftend.record_usage_event("benchmark_event", {"unit": "ms"}, value=1)
counter = vox.counter("benchmark_event", {})
for _ in range(1000):
    counter.inc()
    vox.record("benchmark_event", value=2)
weftend.recording.flush()
"""
OFF = [{"WEFTEND_TELEMETRY": "off"}, {"DO_NOT_TRACK": "1"}, {"WEFTEND_TELEMETRY": "of"}]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def tree(shell: Shell) -> list[str]:
    return sorted(str(path) for path in shell.folder.rglob("*"))


def writes(trace: str) -> list[str]:
    """The system calls of a trace that create, change or send anything, but for what goes to nowhere."""
    calls = [line.split(maxsplit=1)[1] for line in trace.splitlines()]
    calls = [call for call in calls if not call.startswith(("+++", "---", "<..."))]
    opened = [call for call in calls if re.search("O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", call)]
    changed = [call for call in calls if not call.startswith("open")]
    return [call for call in opened + changed if "/dev/null" not in call and "/dev/tty" not in call]


def traced(shell: Shell, command: list[str], **variables: str) -> list[str]:
    trace = shell.folder.parent / f"{shell.folder.name}.trace"
    watched = f"trace=openat,open,{CHANGES},{NETWORK}"
    subprocess.run(
        ["strace", "-f", "-qq", "-o", str(trace), "-e", watched, *command],
        env=shell.environment(**variables),
        check=True,
        timeout=120,
    )
    found = writes(trace.read_text())
    trace.unlink()
    return found


@pytest.mark.parametrize("setting", OFF)
def test_off_writes_and_creates_nothing_by_the_system_calls(shell: Shell, setting: dict[str, str]) -> None:
    needs_strace()
    assert traced(shell, [sys.executable, "-B", "-c", HOST], **setting) == []
    command = [sys.executable, "-B", "-m", "weftend", "record", "benchmark_event"]
    assert traced(shell, command, **setting) == []
    assert tree(shell) == []


def test_off_in_rust_writes_and_creates_nothing_by_the_system_calls(shell: Shell) -> None:
    needs_strace()
    program = REPOSITORY / "target" / "debug" / "vox-cli"
    if not program.exists():
        pytest.skip("LOUD: the example producers have not been built; the test in Python still runs")
    assert traced(shell, [str(program)], DO_NOT_TRACK="1") == []
    assert tree(shell) == []


def test_the_trace_sees_recording(shell: Shell) -> None:
    """Broken on purpose: the same watch over a mode that does record."""
    needs_strace()
    found = traced(shell, [sys.executable, "-B", "-c", HOST])
    assert any("spool" in call for call in found)


@pytest.mark.parametrize("setting", OFF)
def test_off_writes_and_creates_nothing_by_the_audit_hook(shell: Shell, setting: dict[str, str]) -> None:
    """The twin that always runs; what the core opens shows in the tree, since no audit hook sees it."""
    for arguments in (["record", "benchmark_event"], ["telemetry", "status"], ["ingest"]):
        done = subprocess.run(
            [sys.executable, "-B", "-c", AUDITED, *arguments],
            env=shell.environment(**setting),
            capture_output=True,
            check=True,
            timeout=60,
        )
        assert json.loads(done.stderr.splitlines()[-1]) == {"seen": [], "status": 0}
    subprocess.run(
        [sys.executable, "-B", "-c", HOST], env=shell.environment(**setting), check=True, timeout=60
    )
    assert tree(shell) == []


def in_own_mounts(shell: Shell, script: str) -> None:
    """Run a shell script, quietly, that mounts for itself alone; ``$0`` is Python and ``$1`` the folder."""
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", script, sys.executable, str(shell.folder)],
        env=shell.environment(),
        capture_output=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, b""), done


def test_a_full_disk_harms_nobody_and_doctor_says_so(shell: Shell) -> None:
    needs_own_mounts()
    shell.home.mkdir()
    (shell.folder / "host.py").write_text(HOST)
    script = """
mount -t tmpfs -o size=16k none "$WEFTEND_HOME" || exit 90
"$0" "$1/host.py" || exit 91
"$0" -m weftend doctor --json > "$1/doctor.json"
cat "$WEFTEND_HOME"/spool/*.ndjson > "$1/spooled"
"""
    in_own_mounts(shell, script)
    (problem,) = json.loads((shell.folder / "doctor.json").read_text())["problems"]
    assert problem["code"] == "DISK_FULL"
    lines = (shell.folder / "spooled").read_text().split("\n")
    assert lines.pop() == "", "no line is torn"
    assert len([json.loads(line) for line in lines]) > 10


def test_a_read_only_home_harms_nobody_and_doctor_says_so(shell: Shell) -> None:
    needs_own_mounts()
    shell.home.mkdir(mode=0o700)
    (shell.folder / "host.py").write_text(HOST)
    script = """
mount -t tmpfs -o ro none "$WEFTEND_HOME" || exit 90
"$0" "$1/host.py" || exit 91
"$0" -m weftend doctor --json > "$1/doctor.json"
exit 0
"""
    in_own_mounts(shell, script)
    problems = json.loads((shell.folder / "doctor.json").read_text())["problems"]
    told = {problem["path"]: (problem["code"], problem["command"]) for problem in problems}
    assert told[str(shell.home)] == ("FILE_UNWRITABLE", "unset WEFTEND_HOME")


def test_doctor_names_another_home_where_none_can_be_made(shell: Shell) -> None:
    needs_own_mounts()
    shell.home.mkdir(mode=0o700)
    script = """
mount -t tmpfs -o ro none "$WEFTEND_HOME" || exit 90
XDG_DATA_HOME="$WEFTEND_HOME"
export XDG_DATA_HOME
unset WEFTEND_HOME
"$0" -m weftend doctor --json > "$1/doctor.json"
eval "$("$0" -c 'import json, sys; print(json.load(open(sys.argv[1]))["problems"][0]["command"])' "$1/doctor.json")"
WEFTEND_HOME="$1/instead${WEFTEND_HOME:?}"
export WEFTEND_HOME
"$0" -m weftend doctor --json > "$1/healthy.json"
exit 0
"""
    in_own_mounts(shell, script)
    (problem,) = json.loads((shell.folder / "doctor.json").read_text())["problems"]
    assert (problem["code"], problem["path"]) == ("FILE_UNWRITABLE", str(shell.home))
    assert json.loads((shell.folder / "healthy.json").read_text())["problems"] == []


def test_a_home_that_is_no_folder_harms_nobody_and_doctor_says_so(shell: Shell) -> None:
    """The twin that always runs."""
    shell.home.write_text("a file where the folder should be")
    shell.home.chmod(0o600)
    done = subprocess.run(
        [sys.executable, "-c", HOST], env=shell.environment(), capture_output=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b"")
    (problem,) = shell.json("doctor", status=1)["problems"]
    assert (problem["code"], problem["path"]) == ("FILE_UNWRITABLE", str(shell.home))


def test_a_file_that_cannot_grow_keeps_whole_lines(shell: Shell) -> None:
    """The twin of a full disk that always runs: no file grows beyond 4 KiB."""
    import resource

    limits = (4096, resource.RLIM_INFINITY)
    done = subprocess.run(
        [sys.executable, "-B", "-c", HOST],
        env=shell.environment(),
        capture_output=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits),
    )
    assert (done.returncode, done.stderr) == (0, b"")
    segments = list((shell.home / "spool").iterdir())
    assert len(segments) == 1, "a line that did not fit starts no segment of its own"
    *lines, last = segments[0].read_text().split("\n")
    assert last == ""
    assert len([json.loads(line) for line in lines]) > 10
