"""``weftend db``: look at the local store, export what may be, prune what has run its time."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weftend.cli.options import AnyPath
from weftend.cli.output import emit, emit_json, fail, json_line, machine, say
from weftend.errors import Code, ExitStatus, Issue
from weftend.report.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_home = click.option("--home", type=AnyPath(), metavar="DIR", help="The home; see the docs.")
_json = click.option("--json", "_json", is_flag=True, help="One JSON document on stdout, nothing on stderr.")


@click.group("db", short_help="Look at the local store, and prune it.")
def db() -> None:
    """Look at what is kept on this machine, and let go of it in time."""


@db.command("tables", short_help="List the tables of the local store.")
@_home
@_json
def tables(home: Path | None, _json: bool) -> None:
    """List the tables of the local store: rows, and how long they stay."""
    from weftend import contracts
    from weftend.policy.organisation import policies
    from weftend.store.local import opening, retention, rules

    in_force = {rule.table: rule for rule in rules.in_force(contracts.active(), "local", policies())}
    found = []
    with opening.looking(opening.home(home)) as connection:
        for table in contracts.active()["tables"]:
            if table["database"] == "local" and connection is not None:
                rule = in_force.get(table["table"])
                # The names come from the contracts, never from input.
                count = connection.execute(f"SELECT count(*) FROM {table['table']}").fetchone()[0]  # noqa: S608
                stays = retention.describe(rule) if rule else f"goes with {table['parent']}"
                found.append({"table": table["table"], "rows": count, "retention": stays})
    if machine.get():
        emit_json(found)
    else:
        emit("".join(f"{i['table']:<34}{i['rows']:>10}  {i['retention']}\n" for i in found).encode())


@db.command("query")
@click.argument("sql", metavar="SQL")
@_home
@_json
def query(sql: str, home: Path | None, _json: bool) -> None:
    """Run one reading SQL statement over the local store.

    --json gives an array of row objects. Nothing can be written or attached.
    """
    from weftend.store.local import opening, querying

    with opening.looking(opening.home(home)) as connection:
        if connection is None:
            fail(Issue(Code.INPUT_NOT_FOUND, f"{opening.home(home)}#", "there is no local store yet"))
        names, rows = querying.query(connection, sql)
        if machine.get():
            _named_apart(names)
            emit_json([dict(zip(names, map(_shown, row), strict=True)) for row in rows])
            return
        emit(_line(names))
        for row in rows:
            emit(_line(row))


def _named_apart(names: list[str]) -> None:
    """Refuse two columns of one name: an object would hold only the last of them."""
    if twice := sorted(name for name in set(names) if names.count(name) > 1):
        message = f"columns of one name ({', '.join(twice)}): name them apart with AS for --json"
        fail(Issue(Code.QUERY_INVALID, "argv#SQL", message))


def _line(row: Iterable[Any]) -> bytes:
    """A row for people: nothing in a cell can end it, end the line, or steer the terminal."""
    return ("\t".join("" if item is None else printable(str(item)) for item in row) + "\n").encode()


def _shown(item: Any) -> Any:
    """A value as JSON can hold it: SQLite also knows infinities."""
    return str(item) if isinstance(item, float) and item in (float("inf"), float("-inf")) else item


@db.command("export", short_help="Export the events that may be exported.")
@click.option(
    "--out",
    type=AnyPath(),
    metavar="FILE",
    help="Where to; stdout where not given.",
)
@click.option("--yes", is_flag=True, help="Do not ask; needed where nobody can be asked.")
@_home
@_json
def export(out: Path | None, yes: bool, home: Path | None, _json: bool) -> ExitStatus:
    """Export events whose contract allows it, one JSON object a line, after showing what would go.

    Needs mode export. Of an event go its type, day, count, value and its fields of class S0 or S1. With --json the
    rows and what is said of them are one document.
    """
    from weftend import contracts, recording
    from weftend.store.local import export as exporting
    from weftend.store.local import opening

    decision = recording.mode()
    if decision.mode != "export":
        message = f"the mode is {decision.mode}, decided by {decision.layer}; see: weftend telemetry export"
        fail(Issue(Code.MODE_FORBIDS, "argv#", message))
    fields = exporting.allowed(contracts.active())
    with opening.looking(opening.home(home)) as connection:
        lines = [] if connection is None else exporting.preview(connection, fields)
        for line in lines:
            say(
                f"{line['type']}: {line['events']} events in {line['rows']} rows; fields: {', '.join(line['fields'])}"
            )
        if connection is None or not lines:
            say("Nothing here may be exported.")
            _summary([], [], out)
            return ExitStatus.NOTHING_RELEASED
        _ask(yes)
        _write(exporting.rows(connection, fields), lines, out)
    return ExitStatus.DONE


def _ask(yes: bool) -> None:
    if yes:
        return
    if not (sys.stdin and sys.stdin.isatty()):
        fail(Issue(Code.USAGE, "argv#--yes", "nobody can be asked; look at what would go, then give --yes"))
    if not click.confirm("Export these?", err=True):
        fail(Issue(Code.USAGE, "argv#--yes", "not confirmed; nothing was exported"))


def _write(rows: Iterator[dict[str, Any]], lines: list[dict[str, Any]], out: Path | None) -> None:
    if out is not None:
        from weftend.store.files import replace

        replace(out, b"".join(map(json_line, rows)))
        _summary(lines, [], out)
    elif machine.get():
        _summary(lines, list(rows), out)
    else:
        for row in rows:
            emit(json_line(row))


def _summary(lines: list[dict[str, Any]], rows: list[dict[str, Any]], out: Path | None) -> None:
    """Under ``--json`` the one document: ``types``, what went of each; ``rows``, where they went to no file."""
    if machine.get():
        emit_json({"types": lines} | ({} if out else {"rows": rows}))


@db.command("prune-plan", short_help="Show what would go, table by table.")
@_home
@_json
def prune_plan(home: Path | None, _json: bool) -> None:
    """Show, per table, the rule and what would go: rows, bytes, the oldest and newest of them.

    Tables whose rows go with those of another stand behind it.
    """
    import datetime

    from weftend.store.local import opening, pruning

    made = pruning.plan(opening.home(home), datetime.datetime.now(datetime.UTC))
    if machine.get():
        emit_json(made.as_dict())
        return
    for _database, line in made.lines:
        span = "" if line.oldest is None else f"  {line.oldest} .. {line.newest}"
        emit(f"{line.table:<34}{line.rule:<32}{line.rows:>9} rows {line.size:>12} bytes{span}\n".encode())


@db.command("prune-apply", short_help="Take away what has run its time.")
@click.option(
    "--plan",
    "file",
    type=AnyPath(),
    metavar="FILE",
    help="What prune-plan --json made.",
)
@_home
@_json
def prune_apply(file: Path | None, home: Path | None, _json: bool) -> None:
    """Take away what has run its time, in short steps; safe to kill and to run again."""
    import datetime

    from weftend.cli.progress import counting
    from weftend.store.local import opening, pruning

    made = None if file is None else pruning.read_plan(file)
    now = datetime.datetime.now(datetime.UTC)
    with counting("pruned rows") as progress:
        done = pruning.apply(opening.home(home), now, made, progress)
    if machine.get():
        emit_json([{"table": i.table, "rule": i.rule, "rows": i.rows, "bytesFreed": i.freed} for i in done])
        return
    for item in done:
        say(f"{item.table}: {item.rows} rows gone, {item.freed} bytes given back ({item.rule})")
