"""What has run its time goes: a plan that shows it, and a prune that does it in small steps.

Five kinds of rule: ``days`` (ISO 8601 text older than so many days), ``ms_days`` (Unix milliseconds), both
by the rule's time column; ``expires_lt_now`` (a date that has passed); ``manual`` and ``keep_forever`` (never
by itself). A row whose time is NULL, cannot be parsed or lies in the future is kept. Rows that hang on a
parent go with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

from weftend.store.local import steps
from weftend.store.local.pace import pragma
from weftend.store.local.steps import Due

Kind = Literal["days", "ms_days", "expires_lt_now", "manual", "keep_forever"]


class Rule(NamedTuple):
    """How long the rows of ``table`` stay. ``days`` and ``time_column`` belong to the kinds that use them."""

    table: str
    kind: Kind
    days: int | None = None
    time_column: str | None = None


class Planned(NamedTuple):
    """What one rule would take now from its table, or from one whose rows go with those.

    ``cutoff`` is the ISO 8601 time before which rows go, ``None`` where the rule takes nothing by itself or rows go
    with others; ``size`` is in bytes of column text; ``oldest`` and ``newest`` are the times of the rows that would
    go, where they have one of their own.
    """

    table: str
    rule: str
    cutoff: str | None
    rows: int
    size: int
    oldest: str | int | None
    newest: str | int | None

    def as_dict(self) -> dict[str, Any]:
        """The plan's line as commands print it."""
        return self._asdict()


class Pruned(NamedTuple):
    """What one rule took: rows of its table (not those that went with them), bytes given back."""

    table: str
    rule: str
    rows: int
    freed: int


def plan(connection: sqlite3.Connection, rules: Sequence[Rule], now: datetime) -> list[Planned]:
    """What every rule would take at ``now`` (UTC), in the order of the rules; changes nothing."""
    return [line for rule in rules for line in _planned(connection, rule, cutoff(rule, now))]


def cutoff(rule: Rule, now: datetime) -> datetime | None:
    """The time before which the rule's rows go at ``now``; ``None`` where it takes nothing by itself."""
    if rule.kind in ("manual", "keep_forever"):
        return None
    return now if rule.kind == "expires_lt_now" else now - timedelta(days=rule.days or 0)


def apply(
    connection: sqlite3.Connection,
    rules: Sequence[Rule],
    cutoffs: dict[str, datetime],
    now: datetime,
    *,
    log: sqlite3.Connection | None = None,
    progress: Callable[[str, int], None] = lambda _table, _rows: None,
) -> list[Pruned]:
    """Delete what lies before each table's cutoff, in short transactions, and give the space back.

    Safe to kill and to run again: each step is a transaction of its own, and what it deleted stays deleted.

    Args:
        connection: the database that the rules are about, opened for writing, in autocommit.
        rules: the rules in force; those without a cutoff are passed over.
        cutoffs: table → the time before which its rows go.
        now: the time written to ``prune_log``.
        log: the local store, whose ``prune_log`` says what was done; ``connection`` where it is ``None``.
        progress: called after each step with the table and the rows deleted so far.
    """
    done = []
    for rule in rules:
        before = cutoffs.get(rule.table)
        if before is not None:
            record = _Record(log or connection, rule, now)
            done.append(_prune(connection, rule, before, record, progress))
    return done


def _prune(
    connection: sqlite3.Connection,
    rule: Rule,
    before: datetime,
    record: _Record,
    progress: Callable[[str, int], None],
) -> Pruned:
    size = _file_bytes(connection)
    due = _due(rule, before)
    steps.prepare(connection)
    # What hangs on a row can be thousands of rows: it goes in steps of its own, before the row takes the rest along.
    for child, where in _hanging(connection, rule.table, due.where):
        for _rows in steps.delete(connection, child, Due(where, due.values)):
            progress(rule.table, record.rows)
    for _rows in steps.delete(connection, rule.table, due, record.add):
        progress(rule.table, record.rows)
    steps.give_back(connection)
    freed = max(0, size - _file_bytes(connection))
    record.add(0, freed)
    return Pruned(rule.table, describe(rule), record.rows, freed)


def _hanging(connection: sqlite3.Connection, table: str, where: str) -> list[tuple[str, str]]:
    """The tables whose rows go with those of ``table`` that meet ``where``, and the condition for theirs."""
    children = connection.execute(
        "SELECT child.name, key.'from' FROM sqlite_schema AS child, pragma_foreign_key_list(child.name) AS key"
        " WHERE child.type = 'table' AND key.'table' = ? AND key.on_delete = 'CASCADE' ORDER BY 1",
        (table,),
    )
    return [
        (child, f"{column} IN (SELECT rowid FROM {table} WHERE {where})")  # noqa: S608 - names of the schema
        for child, column in children
    ]


def _file_bytes(connection: sqlite3.Connection) -> int:
    return pragma(connection, "page_count") * pragma(connection, "page_size")


class _Record:
    """One line of ``prune_log``, kept up in the transaction of every step."""

    def __init__(self, connection: sqlite3.Connection, rule: Rule, now: datetime) -> None:
        self._connection = connection
        self._line = (iso(now), rule.table, describe(rule))
        self._id: int | None = None
        self.rows = 0

    def add(self, rows: int, freed: int = 0) -> None:
        """Note ``rows`` that went and ``freed`` bytes; where nothing ever goes there is no line."""
        self.rows += rows
        if rows and self._id is None:
            self._id = self._connection.execute(
                "INSERT INTO prune_log (pruned_at, table_name, rule, rows_deleted, bytes_freed)"
                " VALUES (?, ?, ?, ?, 0)",
                (*self._line, rows),
            ).lastrowid
        elif self._id is not None:
            self._connection.execute(
                "UPDATE prune_log SET rows_deleted = ?, bytes_freed = ? WHERE id = ?",
                (self.rows, freed, self._id),
            )


def _planned(connection: sqlite3.Connection, rule: Rule, before: datetime | None) -> Iterator[Planned]:
    if before is None:
        yield Planned(rule.table, describe(rule), None, 0, 0, None, None)
        return
    where, values, *_rest = _due(rule, before)
    found = _measured(connection, rule.table, where, values, rule.time_column)
    yield Planned(rule.table, describe(rule), iso(before), *found)
    for child, condition in _hanging(connection, rule.table, where):
        yield Planned(child, f"with {rule.table}", None, *_measured(connection, child, condition, values))


def _measured(
    connection: sqlite3.Connection, table: str, where: str, values: tuple[Any, ...], time: str | None = None
) -> tuple[int, int, str | int | None, str | int | None]:
    """What meets the condition: rows, bytes of their columns as text, least and greatest of the column ``time``."""
    columns = (row[1] for row in connection.execute(f"PRAGMA table_info({table})"))
    length = " + ".join(f"coalesce(length(CAST({name} AS BLOB)), 0)" for name in columns)
    found: tuple[int, int, str | int | None, str | int | None] = connection.execute(
        f"SELECT count(*), coalesce(sum({length}), 0), min({time or 'NULL'}), max({time or 'NULL'})"  # noqa: S608
        f" FROM {table} WHERE {where}",
        values,
    ).fetchone()
    return found


def _due(rule: Rule, before: datetime) -> Due:
    """Which rows of the rule's table go."""
    column = rule.time_column
    if rule.kind == "ms_days":
        return Due(f"{column} < ?", (int(before.timestamp() * 1000),))
    # The text bound lets the index find the rows; a zone may move a time by at most a day. The pattern keeps
    # out what SQLite would read as a date though nobody wrote one (`now`, a day number, a time of day).
    return Due(
        f"{column} < ? AND {column} GLOB '[0-9][0-9][0-9][0-9]-*' AND julianday({column}) < julianday(?)",
        (iso(before + timedelta(days=1)), iso(before)),
        column,
        iso(before),
    )


def describe(rule: Rule) -> str:
    """The rule in a few words, such as ``days 365 by created_at``."""
    parts = [rule.kind, "" if rule.days is None else str(rule.days)]
    return " ".join(part for part in parts if part) + (f" by {rule.time_column}" if rule.time_column else "")


def iso(moment: datetime) -> str:
    """``moment`` as the store writes times: UTC, milliseconds, ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
