"""Work on a database in short steps, between which whoever waits to write gets in.

A connection of SQLite that waits for the lock does not stand in a line: it looks again after 1, 2, 5, 10, 15, 20, 25
ms and so on. Whoever takes the lock again at once, as a loop of statements does, is nearly always there first. So
after each step the lock stays free for as long as the next look of a connection that has waited through the whole
step can take. The write-ahead log is moved into the file meanwhile, which keeps no writer out.

While others write, steps are short. Where nobody has written for a while they are longer, since pauses cost time; the
first who comes then still waits less than the tenth of a second.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import Final

STEP_SECONDS: Final = 0.012
"""How long one step aims to hold the lock while others write."""
CALM_SECONDS: Final = 0.045
"""The same where nobody else writes."""
CALM_STEPS: Final = 5
"""Steps without a write by anybody else after which it is calm."""
LOOKS: Final = (0.001, 0.002, 0.005, 0.010, 0.015, 0.020, 0.025, 0.025, 0.025, 0.050, 0.050, 0.100)
"""Seconds between the looks of a waiting connection; the last repeats (``sqlite3_busy_timeout``)."""
WORTH_MOVING: Final = 0.005
"""Seconds of a step below which the write-ahead log is left to grow a little more."""
FIRST_ROWS: Final = 64
"""Rows of the first deleting step: what hangs on them may be many times as much."""
MOST_ROWS: Final = 50_000
FIRST_PAGES: Final = 1_024
MOST_PAGES: Final = 16_384
"""Pages given back in one step, at most: 64 MiB."""
CACHE_KIB: Final = 65_536
"""Room for the pages of one step, so that none goes to the log twice."""
TRIES: Final = 5
"""How often the log is tried to be cut off while others use it."""


def prepare(connection: sqlite3.Connection) -> None:
    """Let ``connection`` leave the write-ahead log to the pauses, and hold a step's pages in memory."""
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")


def delete(
    connection: sqlite3.Connection,
    table: str,
    where: str,
    values: tuple[object, ...],
    note: Callable[[int], None] = lambda _rows: None,
) -> Iterator[int]:
    """Delete the rows of ``table`` that meet the condition ``where``; how many went in each step.

    ``note`` is called with that number within each step's transaction: what it writes is there exactly when the rows
    are gone.
    """
    # The names come from the contracts, never from input.
    due = f"SELECT rowid FROM {table} WHERE {where} LIMIT ?"  # noqa: S608
    statement = f"DELETE FROM {table} WHERE rowid IN ({due})"  # noqa: S608

    def step(rows: int) -> int:
        connection.execute("BEGIN IMMEDIATE")
        try:
            free = pragma(connection, "freelist_count")
            gone = connection.execute(statement, (*values, rows)).rowcount
            note(gone)
            _cut_off(connection, pragma(connection, "freelist_count") - free)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        return gone

    yield from _in_steps(connection, step, FIRST_ROWS, MOST_ROWS)


def _cut_off(connection: sqlite3.Connection, pages: int) -> None:
    """Cut so many pages off the file in the transaction that emptied them, so that none is written empty."""
    for _page in range(pages):
        # One page is what a single look at the answer takes; a script would end the transaction.
        connection.execute("PRAGMA incremental_vacuum(1)")


def give_back(connection: sqlite3.Connection) -> None:
    """Cut the pages that hold nothing, left by whatever, off the file; then the log, where nobody reads it."""

    def step(pages: int) -> int:
        before = pragma(connection, "freelist_count")
        # The statement gives a row per page; what is executed only once takes away only one page.
        connection.executescript(f"PRAGMA incremental_vacuum({pages})")
        return before - pragma(connection, "freelist_count")

    for _pages in _in_steps(connection, step, FIRST_PAGES, MOST_PAGES):
        pass
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    _cut_log(connection)


def _cut_log(connection: sqlite3.Connection) -> None:
    """Make the log empty, unless somebody reads it: waiting for a reader would hold the lock all that time."""
    waits = pragma(connection, "busy_timeout")
    connection.execute("PRAGMA busy_timeout = 0")
    for _try in range(TRIES):
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if not busy:
            break
        time.sleep(LOOKS[2])
    connection.execute(f"PRAGMA busy_timeout = {waits}")


def pragma(connection: sqlite3.Connection, name: str) -> int:
    """The number that ``PRAGMA name`` gives."""
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _in_steps(
    connection: sqlite3.Connection, step: Callable[[int], int], first: int, most: int
) -> Iterator[int]:
    """Call ``step`` with a size until it does less than that; what each call did."""
    size, calm, version = first, 0, pragma(connection, "data_version")
    while True:
        started = time.monotonic()
        done = step(size)
        held = time.monotonic() - started
        _let_others_in(connection, held)
        yield done
        if done < size:
            return
        before, version = version, pragma(connection, "data_version")
        calm = calm + 1 if version == before else 0
        size = _next_size(size, held, most, STEP_SECONDS if calm < CALM_STEPS else CALM_SECONDS)


def _next_size(size: int, seconds: float, most: int, aim: float) -> int:
    """The size of a step that takes ``aim`` seconds, after one of ``size`` that took ``seconds``."""
    scaled = int(size * aim / max(seconds, 1e-6))
    return max(1, min(scaled, size * 2, most))


def _let_others_in(connection: sqlite3.Connection, held: float) -> None:
    """Leave the lock alone until one who waited while it was ``held`` has looked again."""
    started = time.monotonic()
    if held >= WORTH_MOVING:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    left = next_look(held) - (time.monotonic() - started)
    if left > 0:
        time.sleep(left)


def next_look(waited: float) -> float:
    """Seconds between the look that a connection takes next after it has waited so long, and the one before."""
    for look in LOOKS:
        waited -= look
        if waited <= 0:
            return look
    return LOOKS[-1]
