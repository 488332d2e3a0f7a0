"""Opening a local database: one SQLite file, migrated by numbered steps, refused when it is not ours.

The file stands in the home (mode 0600, WAL, foreign keys on, strict tables). Its ``user_version`` is the number
of the last migration applied; each migration runs in its own transaction.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Final, NamedTuple

from weftend.errors import Code, ExitStatus, Issue, WeftendError

BUSY_SECONDS: Final = 10.0
"""How long a statement waits for another writer."""


class Database(NamedTuple):
    """One kind of local database: its file in the home, its mark, and where its migrations stand."""

    file_name: str
    application_id: int
    """SQLite's ``application_id``, which marks the file as ours."""
    package: str
    """The package whose folder ``migrations`` holds the numbered steps."""

    def create(self, home: Path) -> sqlite3.Connection:
        """The database of ``home`` for writing, in autocommit, created or migrated where needed.

        Raises:
            WeftendError: ``STORE_DAMAGED`` (integrity) where the file is no sound database, ``STORE_NEWER`` or
                ``STORE_FOREIGN`` where it is a later version's or another program's, ``OUTPUT_UNWRITABLE``
                where the folder or file cannot be written. The file is left as it was.
        """
        path = home / self.file_name
        with refusals(path):
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            _check_regular(path)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
            connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            with _closed_on_error(connection):
                self._check_owner(connection, path)
                connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute("PRAGMA foreign_keys = ON")
                migrate(connection, self)
        return connection

    def look(self, home: Path) -> sqlite3.Connection | None:
        """The database of ``home`` for reading only, also on a read-only file system; ``None`` without one.

        Raises:
            WeftendError: as :meth:`create`; a database that waits for a migration is ``STORE_OLDER``.
        """
        path = home / self.file_name
        if not path.exists():
            return None
        _check_regular(path)
        with refusals(path):
            connection = _read_only(path)
            with _closed_on_error(connection):
                self._check_owner(connection, path)
                if _version(connection) < len(self.migrations()):
                    raise _refusal(Code.STORE_OLDER, path, "waits for a migration; run: weftend ingest")
        return connection

    def migrations(self) -> tuple[str, ...]:
        """The SQL of every migration in order; a database's version is how many of them were applied."""
        return _scripts(self.package)

    def _check_owner(self, connection: sqlite3.Connection, path: Path) -> None:
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if owner != self.application_id and (owner or tables):
            raise _refusal(Code.STORE_FOREIGN, path, "another program's database")
        if _version(connection) > len(self.migrations()):
            message = "written by a later version of WeftEnd; upgrade to read it"
            raise _refusal(Code.STORE_NEWER, path, message)


LOCAL: Final = Database("telemetry.sqlite3", 0x57454654, "weftend.store.local")
"""Everything but content: classes S0 to S2."""


@lru_cache(maxsize=4)
def _scripts(package: str) -> tuple[str, ...]:
    folder = resources.files(package) / "migrations"
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".sql"))
    return tuple((folder / name).read_text(encoding="utf-8") for name in names)


def migrate(connection: sqlite3.Connection, database: Database) -> None:
    """Apply the migrations that are missing, each in one transaction."""
    for number, step in enumerate(database.migrations(), start=1):
        if number <= _version(connection):
            continue
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have migrated while this one waited for the lock.
            if number > _version(connection):
                for statement in _statements(step):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")
                connection.execute(f"PRAGMA application_id = {database.application_id}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def _check_regular(path: Path) -> None:
    """Refuse a folder, and a pipe, whose opening would wait for ever."""
    if path.exists() and not path.is_file():
        raise _refusal(Code.STORE_FOREIGN, path, "no regular file")


def _read_only(path: Path) -> sqlite3.Connection:
    uri = path.absolute().as_uri()
    try:
        connection = sqlite3.connect(f"{uri}?mode=ro", uri=True, timeout=BUSY_SECONDS, isolation_level=None)
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError:
        # A WAL database on a read-only file system has no place for its shared memory: nobody else can write
        # there either, so it may be read as it lies.
        if os.access(path.parent, os.W_OK):
            raise
        connection = sqlite3.connect(f"{uri}?immutable=1", uri=True, isolation_level=None)
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    connection.execute("PRAGMA query_only = ON")
    return connection


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


@contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say of the database ``path`` into refusals with their codes."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            message = f"another process has been writing for {BUSY_SECONDS:g} seconds; run it again"
            raise _refusal(Code.HOME_BUSY, path, message) from error
        raise _refusal(Code.OUTPUT_UNWRITABLE, path, str(error)) from error
    except sqlite3.DatabaseError as error:
        raise _refusal(Code.STORE_DAMAGED, path, str(error), ExitStatus.INTEGRITY) from error
    except OSError as error:
        raise _refusal(Code.OUTPUT_UNWRITABLE, path, error.strerror or str(error)) from error


def _refusal(code: Code, path: Path, message: str, status: ExitStatus = ExitStatus.INVALID) -> WeftendError:
    return WeftendError(Issue(code, str(path), message), status)
