"""A program that kills runs of the conduit at each of their durable steps: really, with SIGKILL.

    python killing.py SCENARIO FOLDER

``FOLDER/template`` is what every run starts from. Run number n works on a copy of its own, ``FOLDER/n``, in a
process that kills itself just before its n-th durable call; a preview and a second, undisturbed run follow, each
in a process of its own. ``FOLDER/undisturbed`` is a run that nobody killed. One line of JSON per run says what
happened. This process itself never touches the core, so that its forks start with no threads.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import conduits
from conduits import STREAM_ID, files, ledger_content
from weftend import conduit
from weftend.cli import main as weftend
from weftend.errors import WeftendError
from weftend.store.home import Home, release_home

DURABLE = ("open", "write", "fsync", "replace", "mkdir", "unlink", "posix_fallocate", "ftruncate")


def release(folder: Path, mode: str) -> int:
    """The command over a release folder, its own home."""
    out = ["--out", str(folder / "out")] if mode == "--apply" else []
    return weftend(["telemetry-conduit", str(folder / "release"), "--k", "5", "--json", mode, *out])


def windows(folder: Path, mode: str) -> int:
    """Three windows in one run, in a home that holds two streams."""
    home = Home(folder / "home", flat=False)
    request = conduits.request(conduits.stream(caps={"maxWindowTicks": 10, "maxChunks": 3}), range(33))
    try:
        if mode == "--apply":
            return int(conduit.apply(request, home, folder / "out").status.exit)
        return int(conduit.preview(request, home).status.exit)
    except WeftendError as error:
        print(json.dumps(error.issues.as_dict()), flush=True)
        return int(error.status)


SCENARIOS: dict[str, tuple[Callable[[Path, str], int], Callable[[Path], Home], str]] = {
    "release": (release, lambda folder: release_home(folder / "release"), "telemetry.release.v0"),
    "windows": (windows, lambda folder: Home(folder / "home", flat=False), STREAM_ID),
}


class Countdown:
    """Counts durable calls, and kills the process before the one with the chosen number."""

    def __init__(self, number: int, note: Path) -> None:
        self.left = number
        self.note = os.open(note, os.O_WRONLY | os.O_CREAT)
        self.write = os.write

    def step(self, name: str) -> None:
        self.left -= 1
        if self.left == 0:
            self.write(self.note, name.encode())
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any, **options: Any) -> Any:
            self.step(name)
            return call(*arguments, **options)

        return watched

    def install(self) -> None:
        """Watch the system calls that change a disk, and every statement of the ledger."""
        for name in DURABLE:
            setattr(os, name, self.watch(f"os.{name}", getattr(os, name)))
        step = self.step

        class Watched(sqlite3.Connection):
            def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:  # type: ignore[override]
                step(f"sqlite {statement[:20]}")
                return super().execute(statement, *values)

            def executemany(self, statement: str, *values: Any) -> sqlite3.Cursor:  # type: ignore[override]
                step(f"sqlite {statement[:20]}")
                return super().executemany(statement, *values)

        connect = sqlite3.connect
        sqlite3.connect = lambda *a, **o: connect(*a, factory=Watched, **o)  # type: ignore[assignment]


def forked(work: Callable[[], int], said: Path) -> int:
    """Do ``work`` in a process of its own: its exit status, negative for the signal that ended it."""
    child = os.fork()
    if child == 0:
        _become(work, said)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _become(work: Callable[[], int], said: Path) -> NoReturn:
    output = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    status = 99
    try:
        status = work()
    finally:
        sys.stdout.flush()
        os._exit(status)


def one(scenario: str, folder: Path, number: int) -> dict[str, Any]:
    """One run, killed before durable call ``number``; ``killed`` is false when it has fewer."""
    run, home_of, stream_id = SCENARIOS[scenario]
    here = folder / str(number)
    shutil.copytree(folder / "template", here)
    said, note = folder / f"{number}.out", folder / f"{number}.note"

    def killed_run() -> int:
        Countdown(number, note).install()
        return run(here, "--apply")

    status = forked(killed_run, said)
    at_kill = _state(here, home_of(here), stream_id)
    committed = _committed(home_of(here), folder / f"{number}.ledger")
    preview = forked(lambda: run(here, "--preview"), said)
    preview_said = said.read_text()
    after_preview = _state(here, home_of(here), stream_id)
    again = forked(lambda: run(here, "--apply"), said)
    return {
        "number": number,
        "killed": status == -signal.SIGKILL,
        "before": note.read_text(),
        "atKill": at_kill,
        "committed": committed,
        "previewChanged": after_preview["files"] != at_kill["files"],
        "preview": preview,
        "previewSaid": preview_said,
        "again": again,
        "said": said.read_text(),
        "end": _state(here, home_of(here), stream_id),
        "ledger": repr(ledger_content(home_of(here).ledger)),
    }


def _committed(home: Home, copy: Path) -> list[str]:
    """The chunks that are durable: those in a copy of the ledger, once SQLite has put the copy right."""
    for suffix in ("", "-journal"):
        if (source := Path(f"{home.ledger}{suffix}")).exists():
            shutil.copy(source, f"{copy}{suffix}")
    connection = sqlite3.connect(copy)
    try:
        return [chunk_id for (chunk_id,) in connection.execute("SELECT chunk_id FROM chunk")]
    except sqlite3.OperationalError:
        return []
    finally:
        connection.close()


def _state(folder: Path, home: Home, stream_id: str) -> dict[str, Any]:
    """What is on disk: a digest of each file, and the hidden ones in full."""
    from hashlib import sha256

    content = files(folder)
    store, snapshot = home.store(stream_id), folder / "out" / conduit.SNAPSHOT_NAME
    return {
        "files": {name: sha256(data).hexdigest() for name, data in content.items()},
        "hidden": {name: data.hex() for name, data in content.items() if Path(name).name.startswith(".")},
        "store": store.read_text() if store.exists() else None,
        "snapshot": snapshot.read_text() if snapshot.exists() else None,
    }


def main() -> None:
    scenario, folder = sys.argv[1], Path(sys.argv[2])
    run, home_of, stream_id = SCENARIOS[scenario]
    whole = folder / "undisturbed"
    shutil.copytree(folder / "template", whole)
    status = forked(lambda: run(whole, "--apply"), folder / "undisturbed.out")
    state = _state(whole, home_of(whole), stream_id)
    ledger = repr(ledger_content(home_of(whole).ledger))
    print(json.dumps({"number": 0, "status": status, "end": state, "ledger": ledger}), flush=True)
    number, killed = 0, True
    while killed:
        number += 1
        result = one(scenario, folder, number)
        killed = result["killed"]
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
