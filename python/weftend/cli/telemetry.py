"""``weftend telemetry``: what is recorded here, who decided that, and a word to change it."""

from __future__ import annotations

from pathlib import Path

import click

from weftend.cli.notice import MODES, first_run
from weftend.cli.output import emit, emit_json, machine, say

_json = click.option("--json", "_json", is_flag=True, help="One JSON document on stdout, nothing on stderr.")


@click.group("telemetry", short_help="Show or set how far recorded events may go.")
def telemetry() -> None:
    """Show or set how far recorded usage events may go: off, local or export."""


@telemetry.command("status")
@_json
def status(_json: bool) -> None:
    """Show the mode in force and which layer decided it.

    The most private of all that are set wins: the organisation's policy file, the configuration file,
    WEFTEND_TELEMETRY, DO_NOT_TRACK. With none set the mode is local.
    """
    from weftend import recording

    decision, places = recording.mode(), recording.places()
    if places.home is not None:
        first_run(Path(places.home))
    if machine.get():
        readings = [reading._asdict() for reading in decision.readings]
        emit_json({**decision._asdict(), "readings": readings, **places._asdict()})
        return
    lines = [f"mode {decision.mode}, decided by {decision.layer}", f"home {places.home}"]
    for reading in decision.readings:
        said = reading.mode or "says nothing"
        lines.append(f"  {reading.layer:<13} {said:<12} {reading.source}{_problem(reading.problem)}")
    emit(("\n".join(lines) + "\n").encode("utf-8", "backslashreplace"))
    say(MODES[decision.mode])


def _problem(problem: str | None) -> str:
    return "" if problem is None else f" (cannot be understood, so it counts as off: {problem})"


def _set(mode: str) -> None:
    from weftend import recording
    from weftend.store.local.wishes import set_mode

    set_mode(mode)
    decision = recording.mode()
    if machine.get():
        emit_json({"wish": mode, "mode": decision.mode, "layer": decision.layer})
    elif decision.mode == mode:
        say(f"Mode {mode}. {MODES[mode]}")
    else:
        say(f"You asked for {mode}; the mode stays {decision.mode}, decided by {decision.layer}.")


@telemetry.command("off")
@_json
def off(_json: bool) -> None:
    """Record nothing: no write, no folder."""
    _set("off")


@telemetry.command("local")
@_json
def local(_json: bool) -> None:
    """Record on this machine, and keep it here."""
    _set("local")


@telemetry.command("export", short_help="Record, and allow releases and exports.")
@_json
def export(_json: bool) -> None:
    """Record, and allow explicit commands to release or export what was recorded."""
    _set("export")
