"""Content (S3): messages, arguments, texts, in a database file of its own that nothing on the release path opens.

The file is created only when content is stored.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from weftend.store.local.database import Database

CONTENT: Final = Database("content.sqlite3", 0x57454643, "weftend.store.content")


class ContentStore:
    """The content database of a home, opened with the first row that is stored."""

    def __init__(self, home: Path) -> None:
        """``home``: the folder of local state; nothing is created here."""
        self._home = home
        self._connection: sqlite3.Connection | None = None

    def add_finding_message(self, fingerprint: str, message: str, created_at: str) -> None:
        """Keep what a detector says of the finding with this fingerprint; ``created_at`` is ISO 8601."""
        self._open().execute(
            "INSERT OR IGNORE INTO finding_messages (fingerprint, message, created_at) VALUES (?, ?, ?)",
            (fingerprint, message, created_at),
        )

    def add_rows(self, rows: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Keep rows, each with its table, all or none; tables and columns are those of the contracts."""
        if not rows:
            return
        connection = self._open()
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            for table, row in rows:
                names, marks = ", ".join(row), ", ".join("?" * len(row))
                # The names were looked up in the contracts.
                statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
                connection.execute(statement, tuple(row.values()))

    def close(self) -> None:
        """Close the database where it was opened."""
        if self._connection is not None:
            self._connection.close()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = CONTENT.create(self._home)
        return self._connection
