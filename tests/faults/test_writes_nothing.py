"""Previews and other commands that only read: no file is created, changed, renamed or removed; no socket."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tools import conduit_command, needs_strace

import releases
from conduits import files

CHANGES = (
    "mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,link,linkat,symlink,symlinkat,truncate,"
    "ftruncate,fallocate,chmod,fchmod,fchmodat,chown,fchown,fchownat,lchown,utimensat,mknod,mknodat,setxattr,creat"
)
NETWORK = "socket,connect,bind,sendto,sendmsg"
AUDITED = """
import json, os, sys
seen = []
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
EVENTS = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod",
          "os.chown", "os.utime", "os.setxattr", "shutil.move"}
def hook(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES:
        if str(arguments[0]) != os.devnull:
            seen.append([event, str(arguments[0])])
    elif event in EVENTS or event.startswith(("socket.", "subprocess.")) and event != "socket.__new__":
        seen.append([event, repr(arguments)])
    elif event == "socket.__new__":
        seen.append([event, ""])
    elif event == "sqlite3.connect" and "mode=ro" not in str(arguments[0]):
        seen.append([event, str(arguments[0])])
from weftend.cli import main
sys.addaudithook(hook)
status = main(sys.argv[1:])
print(json.dumps({"status": int(status), "seen": seen}), file=sys.stderr)
"""


@pytest.fixture
def folder(new_folder) -> Path:
    """A release that has been released once and has grown since, and its snapshot."""
    made = new_folder()
    releases.write(made / "release", runs=20)
    command = conduit_command(made / "release", "--apply", "--out", made / "out")
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    releases.write(made / "release", runs=40)
    return made


def commands(folder: Path) -> dict[str, list[str]]:
    """What only reads, by a name for the report."""
    release, snapshot = str(folder / "release"), str(folder / "out" / "telemetry_conduit_snapshot.json")
    return {
        "preview": ["telemetry-conduit", release, "--k", "5"],
        "preview of a new home": ["telemetry-conduit", release, "--k", "5", "--home", str(folder / "new")],
        "preview under the floor": ["telemetry-conduit", release, "--k", "500", "--json"],
        "verify": ["verify", snapshot, "--store", f"{release}/receipts/telemetry_conduit.json"],
        "digest": ["digest", snapshot],
        "streams": ["streams", "list"],
        "help": ["--help"],
    }


NAMES = list(commands(Path("x")))


@pytest.mark.parametrize("name", NAMES)
def test_by_the_audit_hook(folder, name):
    before = files(folder)
    command = [sys.executable, "-B", "-c", AUDITED, *commands(folder)[name]]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    said = json.loads(done.stderr.splitlines()[-1])
    assert said["seen"] == []
    assert said["status"] in (0, 1)
    assert files(folder) == before


@pytest.mark.parametrize("name", NAMES)
def test_by_the_system_calls(folder, name):
    needs_strace()
    trace = folder.parent / f"{folder.name}.trace"
    before = files(folder)
    watched = f"trace=openat,open,{CHANGES},{NETWORK}"
    weftend = [sys.executable, "-B", "-m", "weftend", *commands(folder)[name]]
    done = subprocess.run(
        ["strace", "-f", "-qq", "-o", str(trace), "-e", watched, *weftend],
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode in (0, 1), done.stderr
    lines = [line.split(maxsplit=1)[1] for line in trace.read_text().splitlines()]
    calls = [line for line in lines if not line.startswith(("+++", "---", "<..."))]
    opened = [call for call in calls if call.startswith("open")]
    written = [call for call in opened if re.search("O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", call)]
    assert [call for call in written if "/dev/null" not in call and "/dev/tty" not in call] == []
    assert [call for call in calls if not call.startswith("open")] == []
    assert any(str(folder) in call for call in opened) or name in ("streams", "help")
    assert files(folder) == before


def test_the_watches_see_an_apply(folder):
    """Broken on purpose: the same watches over a command that does write."""
    apply = ["telemetry-conduit", str(folder / "release"), "--k", "5", "--apply", "--json"]
    done = subprocess.run(
        [sys.executable, "-B", "-c", AUDITED, *apply], capture_output=True, check=False, timeout=60
    )
    events = {event for event, _ in json.loads(done.stderr.splitlines()[-1])["seen"]}
    assert {"open", "os.rename", "sqlite3.connect"} <= events
