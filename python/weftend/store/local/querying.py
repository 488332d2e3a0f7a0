"""Looking at the local store with SQL that can change nothing and reach nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any, Final

from weftend.errors import Code, Issue, WeftendError

_ALLOWED: Final = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)
_PRAGMAS: Final = frozenset({"table_info", "table_list", "index_list", "index_info", "foreign_key_list"})
_FUNCTIONS: Final = frozenset({"load_extension", "readfile", "writefile", "edit"})


def query(connection: sqlite3.Connection, statement: str) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """The column names and rows of one reading statement.

    Args:
        connection: a store opened for reading only.
        statement: one SQL statement; ATTACH, writes and most pragmas are refused by the database itself.

    Returns:
        Column names, and rows as they are read. Blobs are shown as hexadecimal text.

    Raises:
        WeftendError: ``QUERY_INVALID`` for SQL that is wrong, writes, or reaches elsewhere.
    """
    connection.set_authorizer(_authorize)
    try:
        cursor = connection.execute(statement)
    except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
        raise _refusal(error) from error
    names = [column[0] for column in cursor.description or ()]
    return names, _rows(cursor)


def _rows(cursor: sqlite3.Cursor) -> Iterator[tuple[Any, ...]]:
    try:
        for row in cursor:
            yield tuple(item.hex() if isinstance(item, bytes) else item for item in row)
    except sqlite3.Error as error:
        raise _refusal(error) from error


def _authorize(
    action: int, first: str | None, second: str | None, _database: str | None, _by: str | None
) -> int:
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FUNCTIONS:
        return sqlite3.SQLITE_DENY
    if action in _ALLOWED or (action == sqlite3.SQLITE_PRAGMA and (first or "").lower() in _PRAGMAS):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _refusal(error: Exception) -> WeftendError:
    return WeftendError(Issue(Code.QUERY_INVALID, "argv#SQL", str(error)))
