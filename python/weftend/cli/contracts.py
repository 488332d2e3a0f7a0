"""``weftend contracts``: event types, tables and streams as data; checked, listed, shown, compiled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from weftend.cli.options import AnyPath
from weftend.cli.output import emit, emit_json, fail, machine, report, say
from weftend.errors import Code, ExitStatus, Issue

_extra = click.option(
    "--contracts",
    metavar="FILE",
    type=AnyPath(),
    help="Compiled contracts of your own.",
)
_json = click.option("--json", "_json", is_flag=True, help="One JSON document on stdout, nothing on stderr.")


@click.group("contracts", short_help="Show, check and compile event types and streams.")
def contracts() -> None:
    """Show, check and compile contracts: event types, tables, retention, streams, vocabularies."""


@contracts.command("check", short_help="Check a contracts folder, or the shipped one.")
@click.argument("folder", required=False, metavar="[DIR]", type=AnyPath())
@click.option(
    "--today", metavar="DAY", type=click.DateTime(["%Y-%m-%d"]), help="Check review dates as of that day."
)
@_json
def check(folder: Path | None, today: Any, _json: bool) -> ExitStatus:
    """Check a contracts folder, the shipped one where none is given; everything wrong is said at once.

    A type without a schema or row, a field without class or above what its type may carry, a free string, an
    example that does not validate, a table without a retention rule, a review date that has passed, a stream that
    exceeds its caps, and a change since the last release that needs a new version.
    """
    import datetime

    from weftend.contracts import checking, compiler, load

    day = today.date() if today else datetime.datetime.now(datetime.UTC).date()
    shipped = folder is None or folder.resolve() == compiler.SHIPPED.resolve()
    issues = checking.check(folder or compiler.SHIPPED, day, None if shipped else load())
    if machine.get():
        emit_json(issues.as_dict())
    else:
        report(issues)
        if not issues.issues:
            say("Everything holds.")
    return ExitStatus.NOTHING_RELEASED if issues.issues else ExitStatus.DONE


@contracts.command("list", short_help="List every event type.")
@_extra
@_json
def list_types(contracts: Path | None, _json: bool) -> None:
    """List every event type: class, how far it may go, where its rows stay, and for how long."""
    from weftend.contracts import active

    in_force = active(contracts)
    if machine.get():
        emit_json(
            {"producers": in_force["producers"], "events": [_row(event) for event in in_force["events"]]}
        )
        return
    rules = {rule["table"]: rule for rule in in_force["retention"]}
    lines = [_line(event, rules[event["retention"]]) for event in in_force["events"]]
    emit("".join(lines).encode())


def _row(event: dict[str, Any]) -> dict[str, Any]:
    return {name: item for name, item in event.items() if name != "fields"}


def _line(event: dict[str, Any], rule: dict[str, Any]) -> str:
    stays = f"{rule['days']} days" if rule["days"] else str(rule["kind"])
    who = ", ".join(event["producers"]) or "any producer"
    return (
        f"{event['type']:<34} {event['sensitivity']}  {event['transmission']:<25}"
        f" {event['table']}, {stays}  ({who})\n"
    )


@contracts.command("show", short_help="Show one event type with its fields.")
@click.argument("event_type", metavar="TYPE")
@_extra
@_json
def show(event_type: str, contracts: Path | None, _json: bool) -> None:
    """Show one event type with its fields; with --json in compiled form."""
    from weftend.contracts import active

    found = [event for event in active(contracts)["events"] if event["type"] == event_type]
    if not found:
        fail(Issue(Code.CONTRACT_INVALID, f"{event_type}#", "no such event type"))
    if machine.get():
        emit_json(found[0])
    else:
        emit(_page(found[0]).encode())


def _page(event: dict[str, Any]) -> str:
    value = event["value"]
    bounds = f"{value['min']} to {value['max']} ({event['valueUnit']})" if value else "none"
    lines = [
        f"{event['type']} (version {event['version']})",
        f"  {event['about']}",
        f"  recorded by   {', '.join(event['producers']) or 'any producer'}",
        f"  family        {event['family']}",
        f"  class         {event['sensitivity']}, {event['transmission']}",
        f"  table         {event['table']}, under the retention rule of {event['retention']}",
        f"  session       {event['sessionConvention'] or 'any'}; {event['session']} where none is given",
        f"  value         {bounds}",
        f"  owner         {event['owner']}, review by {event['review']}",
        "",
        *map(_field_line, event["fields"]),
    ]
    return "\n".join(lines) + "\n"


def _field_line(field: dict[str, Any]) -> str:
    required = ", required" if field["required"] else ""
    return f"  {field['name']:<24} {field['class']}  {_kind(field['kind'])}{required}"


def _kind(kind: dict[str, Any]) -> str:
    match kind["type"]:
        case "enum":
            return "one of " + ", ".join(kind["values"])
        case "name":
            return f"one of {len(kind['keys'])} registered names, __other__ for the rest"
        case "text":
            return f"text of at most {kind['maxBytes']} bytes: {kind['reason']}"
        case "boolean":
            return "true or false"
    return f"{kind['type']} from {kind['min']} to {kind['max']}"


@contracts.command("compile", short_help="Compile a folder of contracts of your own.")
@click.argument("folder", metavar="DIR", type=AnyPath())
@click.option("--out", required=True, metavar="FILE", help="Where to write; - for standard output.")
@_json
def compile_folder(folder: Path, out: str, _json: bool) -> None:
    """Compile a contracts folder of your own into one file that Rust and Python load (WEFTEND_CONTRACTS)."""
    from weftend.contracts import compiler, load
    from weftend.contracts.definitions import joined

    form = compiler.compiled(folder, load())
    joined(load(), form, folder.name)
    if out == "-":
        emit(compiler.text(form))
        return
    _write(Path(out), compiler.text(form))
    events, streams = len(form["events"]), len(form["streams"])
    if machine.get():
        emit_json({"out": out, "events": events, "streams": streams})
    say(f"{events} event types and {streams} streams are in {out}")


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, and with the permissions of any file that people share."""
    from weftend.store.files import writing

    with writing(path):
        hidden = path.with_name(f".{path.name}.tmp")
        hidden.write_bytes(data)
        hidden.replace(path)
