"""What a person is told about recording: once at the first run, and about each mode."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from weftend.cli.output import machine, say

FIRST_RUN: Final = (
    "WeftEnd records usage events (types and counts, no content, no identifiers) on this machine; nothing is sent.\n"
    "See them with `weftend db tables`; stop with `weftend telemetry off`. This is said once."
)
MODES: Final = {
    "off": "Nothing is recorded.",
    "local": "Usage events are recorded and stay on this machine.",
    "export": "Usage events are recorded; they leave this machine only by a command of yours.",
}
MARK: Final = ".notice-shown"


def first_run(home: Path) -> None:
    """Say once per home what is recorded and how to turn it off, to a person at a terminal; never in mode off."""
    if machine.get() or sys.stderr is None or not sys.stderr.isatty() or (home / MARK).exists():
        return
    from weftend import recording
    from weftend.store.files import make_folder, replace

    if recording.mode().mode == "off":
        return
    say(FIRST_RUN)
    make_folder(home)
    replace(home / MARK, b"")
