"""The ledger's tables, how its file is opened, and what its errors mean."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

from weftend.errors import Code, ExitStatus, Issue, WeftendError

APPLICATION_ID: Final = 0x57454654
"""``WEFT``: what says in the file itself that it is a ledger."""
VERSION: Final = 1
BUSY_SECONDS: Final = 10.0
"""How long a transaction waits for one that reads."""

TABLES: Final = {
    "stream": """CREATE TABLE stream (
        stream INTEGER PRIMARY KEY,
        stream_id TEXT NOT NULL UNIQUE,
        tick INTEGER NOT NULL CHECK (tick > 0),
        head_chunk_id TEXT NOT NULL,
        unit_rule TEXT,
        store_digest TEXT NOT NULL,
        previous_digest TEXT
    ) STRICT""",
    "unit": """CREATE TABLE unit (
        digest BLOB PRIMARY KEY NOT NULL CHECK (length(digest) = 32),
        stream INTEGER NOT NULL REFERENCES stream (stream)
    ) STRICT, WITHOUT ROWID""",
    "chunk": """CREATE TABLE chunk (
        stream INTEGER NOT NULL REFERENCES stream (stream),
        window_end_tick INTEGER NOT NULL,
        chunk_id TEXT NOT NULL,
        body BLOB NOT NULL,
        UNIQUE (stream, window_end_tick)
    ) STRICT""",
}

COLUMNS: Final = {
    ("stream", "stream"),
    ("stream", "stream_id"),
    ("stream", "tick"),
    ("stream", "head_chunk_id"),
    ("stream", "unit_rule"),
    ("stream", "store_digest"),
    ("stream", "previous_digest"),
    ("unit", "digest"),
    ("unit", "stream"),
    ("chunk", "stream"),
    ("chunk", "window_end_tick"),
    ("chunk", "chunk_id"),
    ("chunk", "body"),
}
"""(table, column) of the tables above."""

_REFUSED_WRITES: Final = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
}
_INTERRUPTED: Final = {sqlite3.SQLITE_READONLY_ROLLBACK, sqlite3.SQLITE_READONLY_CANTLOCK}


def connect(path: Path, mode: str) -> sqlite3.Connection | None:
    """Open the ledger ``path``, or return ``None`` when it is not there or holds nothing yet.

    Args:
        path: the file; a symbolic link is refused.
        mode: ``ro`` changes nothing on disk; ``rw`` may roll back what a killed run left.
    """
    size = _size(path)
    if size is None or (mode == "ro" and size == 0):
        return None
    address = f"file:{quote(os.fsencode(path.absolute()))}?mode={mode}"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=BUSY_SECONDS)
    # EXTRA: with FULL the removal of the journal is not durable, so a power cut could undo what the store shows.
    connection.executescript(
        "PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
        "PRAGMA synchronous = EXTRA; PRAGMA cache_size = -65536;"
    )
    return connection


def _size(path: Path) -> int | None:
    """The bytes of the regular file ``path``, or ``None`` when nothing has the name.

    By its name alone: to open and close the file would drop the locks that this process has on it.
    """
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(status.st_mode):
        raise WeftendError(Issue(Code.INPUT_SYMLINK, f"{path}#", "a symbolic link is not followed"))
    if not stat.S_ISREG(status.st_mode):
        raise WeftendError(Issue(Code.INPUT_UNREADABLE, f"{path}#", "not a regular file"))
    return status.st_size


def create(connection: sqlite3.Connection) -> None:
    """Make the tables in an empty file, as part of the first transaction; in any other do nothing."""
    if connection.execute("PRAGMA user_version").fetchone() == (VERSION,):
        return
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    for statement in TABLES.values():
        connection.execute(statement)


def check(connection: sqlite3.Connection, path: Path, mode: str) -> bool:
    """Refuse a file that is not a whole ledger of this version.

    Args:
        connection: the open file.
        path: for the issue.
        mode: ``ro`` begins the one transaction that everything is read in; ``rw`` also reads every page and
            counts the identities against the ticks, since what follows builds on them.

    Returns:
        Whether the ledger has begun; a file without any table, as a kill can leave it, has not.

    Raises:
        WeftendError: ``HOME_INVALID``; status 2 for a newer version, 3 for damage.
    """
    if mode == "ro":
        connection.execute("BEGIN")
    [(tables,)] = connection.execute("SELECT count(*) FROM sqlite_master")
    [(application,)] = connection.execute("PRAGMA application_id")
    [(version,)] = connection.execute("PRAGMA user_version")
    if tables == 0 and application == 0 and version == 0:
        return False
    if application == APPLICATION_ID and version > VERSION:
        message = f"made by a newer version of WeftEnd (format {version}; this one reads {VERSION})"
        raise WeftendError(Issue(Code.HOME_INVALID, f"{path}#", message))
    if application != APPLICATION_ID or version != VERSION or not _is_schema(connection):
        raise damaged(path, "not a ledger of WeftEnd")
    [(pages,)] = connection.execute("PRAGMA page_count")
    [(page_bytes,)] = connection.execute("PRAGMA page_size")
    if path.stat().st_size != pages * page_bytes:
        raise damaged(path, "cut short")
    if mode == "rw":
        _check_content(connection, path)
    return True


def _is_schema(connection: sqlite3.Connection) -> bool:
    """Whether what somebody made in the file is the tables and their columns: no view, no trigger, no more."""
    made = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE sql IS NOT NULL")}
    columns = connection.execute(
        "SELECT made.name, info.name FROM sqlite_master AS made, pragma_table_info(made.name) AS info"
        " WHERE made.type = 'table'"
    )
    return made == set(TABLES) and set(columns) == COLUMNS


def _check_content(connection: sqlite3.Connection, path: Path) -> None:
    [(finding,)] = connection.execute("PRAGMA integrity_check(1)")
    if finding != "ok":
        raise damaged(path, finding)
    [(units,)] = connection.execute("SELECT count(*) FROM unit")
    [(ticks,)] = connection.execute("SELECT coalesce(sum(tick), 0) FROM stream")
    if units != ticks:
        raise damaged(path, f"holds {units} identities where its streams count {ticks}")


def damaged(path: Path, finding: str) -> WeftendError:
    """The refusal of a ledger that cannot be trusted."""
    message = (
        f"the ledger is damaged ({finding}); put back a copy made together with its store, or move ledger and"
        " store aside together: a new home, where units released before would be released again"
    )
    return WeftendError(Issue(Code.HOME_INVALID, f"{path}#", message), ExitStatus.INTEGRITY)


@contextlib.contextmanager
def ledger_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite says into issues with the ledger's path."""
    try:
        yield
    except sqlite3.Error as error:
        raise _meaning(error, path) from error


def _meaning(error: sqlite3.Error, path: Path) -> WeftendError:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None and isinstance(error, sqlite3.OperationalError):
        return damaged(path, "text in it is not UTF-8")  # the one thing that sqlite3 says without a code
    code = sqlite3.SQLITE_ERROR if code is None else code
    primary = code & 0xFF
    if code in _INTERRUPTED:
        message = "a run was killed while it wrote the ledger; the next --apply puts it right"
        return WeftendError(Issue(Code.HOME_BUSY, f"{path}#", message))
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return WeftendError(Issue(Code.HOME_BUSY, f"{path}#", "another process is using the ledger"))
    if primary == sqlite3.SQLITE_CANTOPEN:
        return WeftendError(Issue(Code.INPUT_UNREADABLE, f"{path}#", f"cannot be opened: {error}"))
    if primary in _REFUSED_WRITES:
        return WeftendError(Issue(Code.OUTPUT_UNWRITABLE, f"{path}#", f"cannot be written: {error}"))
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT):
        return damaged(path, str(error))
    raise error
