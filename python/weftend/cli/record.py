"""``weftend record``: one usage event, for shells."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from weftend.cli.notice import first_run
from weftend.cli.options import Number, json_number
from weftend.cli.output import emit_json, fail, machine, say
from weftend.errors import Code, Issue, RecordingError


@click.command("record", short_help="Record one usage event on this machine.")
@click.argument("event_type", metavar="TYPE")
@click.argument("fields", metavar="[FIELD=VALUE]...", nargs=-1)
@click.option("--value", type=Number(), metavar="NUMBER", help="The event's value.")
@click.option("--session", metavar="TEXT", help="The session; the type's convention where none is given.")
@click.option("--producer", metavar="NAME", help="The program that records.")
@click.option("--json", "_json", is_flag=True, help="One JSON document on stdout, nothing on stderr.")
def record(
    event_type: str,
    fields: tuple[str, ...],
    value: float | None,
    session: str | None,
    producer: str | None,
    _json: bool,
) -> None:
    """Record one usage event of TYPE on this machine, under its contract.

    A field's value is read as its contract says: true or false, a number, or text. `weftend contracts show
    TYPE` lists the fields. In mode off nothing is written.
    """
    from weftend import recording

    decision, home = recording.mode(), recording.places().home
    if decision.mode != "off":
        if home is not None:
            first_run(Path(home))
        # A person at a shell wants to know what is wrong; a host program must not be disturbed.
        os.environ["WEFTEND_STRICT"] = "1"
        if producer is not None:
            recording.Producer(producer)
        try:
            given = _typed(event_type, fields)
            recording.record_usage_event(event_type, given, value=value, session=session)
        except RecordingError as error:
            fail(Issue(error.code, f"argv#{error.field or event_type}", _WORDS[Code(error.code)]))
    if machine.get():
        emit_json({"mode": decision.mode, "recorded": decision.mode != "off"})
    elif decision.mode == "off":
        say(f"Nothing was recorded: mode off, decided by {decision.layer}.")


_WORDS = {
    Code.EVENT_TYPE_UNKNOWN: "no contract has this type; see: weftend contracts list",
    Code.EVENT_FIELD_UNLISTED: "the contract does not list this field; it was left out",
    Code.EVENT_FIELD_INVALID: "not of the field's kind, or out of its bounds; see: weftend contracts show",
    Code.EVENT_FIELD_MISSING: "a required field is missing",
    Code.EVENT_VALUE_INVALID: "the value is out of its bounds, or the type carries none",
    Code.EVENT_SESSION_INVALID: "a session has 1 to 512 characters",
    Code.EVENT_TOO_LARGE: "the fields are more than a row may hold",
    Code.EVENT_SPOOL_UNWRITABLE: "the spool cannot be written; see: weftend doctor",
    Code.EVENT_CONTRACTS_INVALID: "the contracts cannot be read; see: weftend contracts check",
}


def _typed(event_type: str, fields: tuple[str, ...]) -> dict[str, Any]:
    """The fields with their values read as the contract says.

    What cannot be read so stays text: the recorder refuses it, and counts that as it does for any other caller.
    """
    from weftend.contracts import active

    contract: dict[str, Any] = next(
        (event for event in active()["events"] if event["type"] == event_type), {"fields": []}
    )
    kinds = {field["name"]: field["kind"]["type"] for field in contract["fields"]}
    given: dict[str, Any] = {}
    for argument in fields:
        name, equals, text = argument.partition("=")
        if not equals or not name or name in given:
            fail(
                Issue(Code.USAGE, "argv#[FIELD=VALUE]...", f"{argument!r} is no FIELD=VALUE, or stands twice")
            )
        given[name] = _value(kinds.get(name, "text"), text)
    return given


def _value(kind: str, text: str) -> bool | int | float | str:
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    number = json_number(text) if kind in ("integer", "number") else None
    return text if number is None else number
