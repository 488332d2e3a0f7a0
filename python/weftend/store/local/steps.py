"""Work on a database in short steps, between which whoever waits to write gets in; :mod:`pace` says how long."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from weftend.store.local.pace import GLANCE, Pace, move_log, pragma

FIRST_ROWS: Final = 64
"""Rows of the first deleting step: what hangs on them may be many times as much."""
MOST_ROWS: Final = 50_000
GROWTH: Final = 4
"""How many times as much as the last step one may do, at most."""
FIRST_PAGES: Final = 1_024
MOST_PAGES: Final = 16_384
"""Pages given back in one step, at most: 64 MiB."""
CACHE_KIB: Final = 65_536
"""Room for the pages of one step, so that none goes to the log twice."""
TRIES: Final = 20
"""How often the log is tried to be cut off while others use it."""


class Due(NamedTuple):
    """Which rows of a table go."""

    where: str
    """The condition; names come from the contracts, never from input."""
    values: tuple[Any, ...]
    column: str | None = None
    """Where the condition takes long: the column that it is about, which has an index, ..."""
    below: str = ""
    """... and the text below which nearly all of its values meet the condition, though not by themselves."""


def prepare(connection: sqlite3.Connection) -> None:
    """Let ``connection`` leave the write-ahead log to the pauses, and hold a step's pages in memory."""
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")


def delete(
    connection: sqlite3.Connection,
    table: str,
    due: Due,
    note: Callable[[int], None] = lambda _rows: None,
) -> Iterator[int]:
    """Delete the rows of ``table`` that are ``due``; how many went in each step.

    ``note`` is called with that number within each step's transaction: what it writes is there exactly when the rows
    are gone.
    """
    deletion = _Deletion(connection, table, due, note)
    yield from _in_steps(connection, deletion.step, FIRST_ROWS, MOST_ROWS, deletion.look_ahead)


class _Deletion:
    """The steps of one deletion.

    Where the condition takes long it is asked of the next rows while the lock is free. What then goes by the short
    one are the same rows in the same order: nobody else has written meanwhile, or they are asked again.
    """

    def __init__(
        self, connection: sqlite3.Connection, table: str, due: Due, note: Callable[[int], None]
    ) -> None:
        self._connection, self._due, self._note = connection, due, note
        rows = f"SELECT rowid FROM {table} WHERE {due.where} LIMIT ?"  # noqa: S608
        below = f"FROM {table} WHERE {due.column} < ? ORDER BY {due.column} LIMIT ?"
        self._delete = f"DELETE FROM {table} WHERE rowid IN ({rows})"  # noqa: S608
        self._delete_below = f"DELETE FROM {table} WHERE rowid IN (SELECT rowid {below})"  # noqa: S608
        self._ask = f"SELECT count(*) FROM (SELECT {due.where} AS met {below}) WHERE met IS NOT 1"  # noqa: S608
        self._sure: tuple[int, int] | None = None
        """How many of the next rows are due for sure, and for which version of the database."""

    def look_ahead(self, rows: int) -> None:
        """Ask the condition of the next ``rows``, without the lock."""
        self._sure = None
        if self._due.column is not None:
            version = pragma(self._connection, "data_version")
            values = (*self._due.values, self._due.below, rows)
            if self._connection.execute(self._ask, values).fetchone() == (0,):
                self._sure = rows, version

    def step(self, rows: int) -> int:
        """Delete so many rows in a transaction; less where there are no more."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            free = pragma(self._connection, "freelist_count")
            gone = self._go_below(rows)
            if gone < rows:
                values = (*self._due.values, rows - gone)
                gone += self._connection.execute(self._delete, values).rowcount
            self._note(gone)
            _cut_off(self._connection, pragma(self._connection, "freelist_count") - free)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        return gone

    def _go_below(self, rows: int) -> int:
        """Delete of these rows those that are due for sure."""
        if self._sure is None or self._sure[1] != pragma(self._connection, "data_version"):
            return 0
        values = (self._due.below, min(rows, self._sure[0]))
        return self._connection.execute(self._delete_below, values).rowcount


def _cut_off(connection: sqlite3.Connection, pages: int) -> None:
    """Cut so many pages off the file in the transaction that emptied them, so that none is written empty."""
    for _page in range(pages):
        # One page is what a single look at the answer takes; a script would end the transaction.
        connection.execute("PRAGMA incremental_vacuum(1)")


def give_back(connection: sqlite3.Connection) -> None:
    """Cut the pages that hold nothing, left by whatever, off the file; then the log, where nobody uses it."""

    def step(pages: int) -> int:
        before = pragma(connection, "freelist_count")
        # The statement gives a row per page; what is executed only once takes away only one page.
        connection.executescript(f"PRAGMA incremental_vacuum({pages})")
        return before - pragma(connection, "freelist_count")

    for _pages in _in_steps(connection, step, FIRST_PAGES, MOST_PAGES):
        pass
    _cut_log(connection)


def _cut_log(connection: sqlite3.Connection) -> None:
    """Make the log short, unless somebody reads it or writes all the time.

    ``TRUNCATE`` would hold the lock while the disk takes what is left of the log. A write that finds all of it moved
    begins the log anew, and cuts it off where it has been told to.
    """
    connection.execute("PRAGMA journal_size_limit = 0")
    for _try in range(TRIES):
        frames, moved = move_log(connection)
        if 0 <= frames == moved:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(f"PRAGMA user_version = {pragma(connection, 'user_version')}")
            connection.execute("COMMIT")
            break
        time.sleep(GLANCE)
    connection.execute("PRAGMA journal_size_limit = -1")


def _in_steps(
    connection: sqlite3.Connection,
    step: Callable[[int], int],
    first: int,
    most: int,
    look_ahead: Callable[[int], None] = lambda _size: None,
) -> Iterator[int]:
    """Call ``step`` with a size until it does less than that; what each call did.

    ``look_ahead`` is called with the size of the next step while the lock is free.
    """
    size, pace = first, Pace(connection)
    while True:
        started = time.monotonic()
        done = step(size)
        held = time.monotonic() - started
        more = done == size
        size = max(1, min(int(size * pace.scale(held)), size * GROWTH, most))
        pace.rest(held, lambda: look_ahead(size) if more else None)  # noqa: B023
        yield done
        if not more:
            return
