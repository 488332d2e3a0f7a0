"""Runs commands in processes of their own, in homes of their own, and plants recordings there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path


class Shell:
    """Runs ``weftend`` in a process of its own with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "home"

    def __call__(
        self, *arguments: str, stdin: bytes = b"", **variables: str
    ) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "weftend", *arguments]
        return subprocess.run(
            command, env=self.environment(**variables), input=stdin, capture_output=True, timeout=60
        )

    def environment(self, **variables: str) -> dict[str, str]:
        """This process's variables, but for those that WeftEnd reads."""
        ours = ("WEFTEND_", "DO_NOT_TRACK", "XDG_")
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(ours)},
            "WEFTEND_HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_CONFIG_DIRS": str(self.folder / "site"),
            **variables,
        }

    def json(self, *arguments: str, status: int = 0, **variables: str) -> object:
        ended = self(*arguments, "--json", **variables)
        assert (ended.returncode, ended.stderr) == (status, b""), ended
        return json.loads(ended.stdout)

    def code(self, *arguments: str, status: int = 2, **variables: str) -> str:
        return self.json(*arguments, status=status, **variables)["issues"][0]["code"]


def plant(home: Path, events: Iterable[Mapping[str, object]], producer: str | None = "vox-cli") -> str:
    """Write one closed recording with these events straight to the spool of ``home``; the recording's name.

    Of an event, ``type`` is needed; ``at``, ``fields``, ``session`` and ``v`` are filled in.
    """
    recording = uuid.uuid4().hex
    header = {"recording": recording, "schema": "weftend.spool/0", "v": 0}
    lines = [header | ({} if producer is None else {"producer": producer})]
    lines += [
        {"at": 1_760_000_000_000, "fields": {}, "session": "s", "v": 1} | dict(event) for event in events
    ]
    spool = home / "spool"
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = "".join(json.dumps(line, sort_keys=True, separators=(",", ":")) + "\n" for line in lines)
    (spool / f"{recording}-000000.ndjson").write_text(text)
    return recording
