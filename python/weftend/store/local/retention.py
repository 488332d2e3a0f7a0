"""What has run its time goes: a plan that shows it, and a prune that does it in small steps.

Five kinds of rule: ``days`` (ISO 8601 text older than so many days), ``ms_days`` (Unix milliseconds), both
by the rule's time column; ``expires_lt_now`` (a date that has passed); ``manual`` and ``keep_forever`` (never
by itself). A row whose time is NULL, cannot be parsed or lies in the future is kept. Rows that hang on a
parent go with it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

Kind = Literal["days", "ms_days", "expires_lt_now", "manual", "keep_forever"]

STEP_SECONDS: Final = 0.02
"""How long one deleting transaction aims to take: a writer waits about that long at most."""
FIRST_STEP_ROWS: Final = 500
MAX_STEP_ROWS: Final = 20_000
CHECKPOINT_PAGES: Final = 4_000
"""Pages in the write-ahead log before they are moved into the file: many short steps share one such move."""
FIRST_STEP_PAGES: Final = 256
MAX_STEP_PAGES: Final = 16_384
"""Pages given back per step, at most: 64 MiB."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How long the rows of ``table`` stay. ``days`` and ``time_column`` belong to the kinds that use them."""

    table: str
    kind: Kind
    days: int | None = None
    time_column: str | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """What one rule would take now.

    ``cutoff`` is the ISO 8601 time before which rows go, ``None`` where the rule takes nothing by itself;
    ``size`` is in bytes of column text; ``oldest`` and ``newest`` are the times of the rows that would go.
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
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What one rule took: rows of its table (not those that went with them), bytes given back."""

    table: str
    rule: str
    rows: int
    freed: int


def plan(connection: sqlite3.Connection, rules: Sequence[Rule], now: datetime) -> list[Planned]:
    """What every rule would take at ``now`` (UTC), in the order of the rules; changes nothing."""
    return [_planned(connection, rule, cutoff(rule, now)) for rule in rules]


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
            pruned = _prune(connection, rule, before, progress)
            if pruned.rows:
                _log(log or connection, pruned, now)
            done.append(pruned)
    return done


def _prune(
    connection: sqlite3.Connection, rule: Rule, before: datetime, progress: Callable[[str, int], None]
) -> Pruned:
    size = _file_bytes(connection)
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    deleted, step = 0, FIRST_STEP_ROWS
    where, values = _due(rule, before)
    # The names come from the contracts, never from input.
    statement = (
        f"DELETE FROM {rule.table} WHERE rowid IN (SELECT rowid FROM {rule.table} WHERE {where} LIMIT ?)"  # noqa: S608
    )
    while True:
        started = time.monotonic()
        count = connection.execute(statement, (*values, step)).rowcount
        deleted += count
        progress(rule.table, deleted)
        if count < step:
            break
        step = _next_step(step, time.monotonic() - started, MAX_STEP_ROWS)
    _give_back(connection)
    return Pruned(rule.table, describe(rule), deleted, max(0, size - _file_bytes(connection)))


def _next_step(size: int, seconds: float, most: int) -> int:
    """Rows or pages for the next step, after one of ``size`` that took ``seconds``."""
    scaled = int(size * STEP_SECONDS / max(seconds, 1e-6))
    return max(1, min(scaled, size * 2, most))


def _give_back(connection: sqlite3.Connection) -> None:
    step = FIRST_STEP_PAGES
    while before := _pragma(connection, "freelist_count"):
        started = time.monotonic()
        connection.execute(f"PRAGMA incremental_vacuum({step})").fetchall()
        if _pragma(connection, "freelist_count") >= before:
            break
        step = _next_step(step, time.monotonic() - started, MAX_STEP_PAGES)
    # Truncating keeps writers out; what can be moved without keeping them out is moved first.
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _file_bytes(connection: sqlite3.Connection) -> int:
    return _pragma(connection, "page_count") * _pragma(connection, "page_size")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _log(connection: sqlite3.Connection, pruned: Pruned, now: datetime) -> None:
    connection.execute(
        "INSERT INTO prune_log (pruned_at, table_name, rule, rows_deleted, bytes_freed)"
        " VALUES (?, ?, ?, ?, ?)",
        (iso(now), pruned.table, pruned.rule, pruned.rows, pruned.freed),
    )


def _planned(connection: sqlite3.Connection, rule: Rule, before: datetime | None) -> Planned:
    if before is None:
        return Planned(rule.table, describe(rule), None, 0, 0, None, None)
    where, values = _due(rule, before)
    length = " + ".join(
        f"coalesce(length(CAST({name} AS BLOB)), 0)" for name in _columns(connection, rule.table)
    )
    rows, size, oldest, newest = connection.execute(
        f"SELECT count(*), coalesce(sum({length}), 0), min({rule.time_column}), max({rule.time_column})"  # noqa: S608
        f" FROM {rule.table} WHERE {where}",
        values,
    ).fetchone()
    return Planned(rule.table, describe(rule), iso(before), rows, size, oldest, newest)


def _columns(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    return (row[1] for row in connection.execute(f"PRAGMA table_info({table})"))


def _due(rule: Rule, before: datetime) -> tuple[str, tuple[Any, ...]]:
    """The condition under which a row of the rule's table goes, and its values."""
    column = rule.time_column
    if rule.kind == "ms_days":
        return f"{column} < ?", (int(before.timestamp() * 1000),)
    # The text bound lets the index find the rows; a zone may move a time by at most a day. The pattern keeps
    # out what SQLite would read as a date though nobody wrote one (`now`, a day number).
    return (
        f"{column} < ? AND {column} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'"
        f" AND julianday({column}) < julianday(?)",
        (iso(before + timedelta(days=1)), iso(before)),
    )


def describe(rule: Rule) -> str:
    """The rule in a few words, such as ``days 365 by created_at``."""
    parts = [rule.kind, "" if rule.days is None else str(rule.days)]
    return " ".join(part for part in parts if part) + (f" by {rule.time_column}" if rule.time_column else "")


def iso(moment: datetime) -> str:
    """``moment`` as the store writes times: UTC, milliseconds, ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
