"""What was refused, dropped or torn on the way in, by code; what of it the operator has acknowledged."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from weftend.store.local.database import LOCAL, refusals

MOST: Final = 2**53 - 1
"""No sum of events goes beyond this."""


class Count(NamedTuple):
    """How many events, segments or lines a code stands for."""

    code: str
    events: int
    """Since the store was made."""
    news: int
    """Since the operator last acknowledged."""


def add(connection: sqlite3.Connection, refused: dict[str, int]) -> None:
    """Add to the counts, within the caller's transaction."""
    connection.executemany(
        "INSERT INTO ingest_count (code, events) VALUES (?1, ?2) ON CONFLICT (code)"
        " DO UPDATE SET events = min(events + excluded.events, ?3)",
        [(code, min(count, MOST), MOST) for code, count in refused.items() if count],
    )


def read(connection: sqlite3.Connection) -> list[Count]:
    """Every count, by code."""
    rows = connection.execute("SELECT code, events, events - acknowledged FROM ingest_count ORDER BY code")
    return [Count(*row) for row in rows]


def acknowledge(home: Path) -> list[Count]:
    """Take note that the operator knows of all that was counted so far; what was new until now.

    Without a store nothing is created.

    Raises:
        WeftendError: as :meth:`weftend.store.local.database.Database.create`.
    """
    if not (home / LOCAL.file_name).exists():
        return []
    with closing(LOCAL.create(home)) as connection, refusals(home / LOCAL.file_name):
        connection.execute("BEGIN IMMEDIATE")
        told = [count for count in read(connection) if count.news]
        connection.execute("UPDATE ingest_count SET acknowledged = events")
        connection.execute("COMMIT")
        return told
