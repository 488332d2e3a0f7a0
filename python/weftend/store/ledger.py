"""The ledger: which units a home has consumed, and the chunks that its stores hold.

The ledger is the truth and a store file only its published form. Consumed units, the new chunk and what
pruning took are one transaction; everything else can be made again from it. Of units only digests are kept;
they are never exported and never pruned.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from weftend.store import schema
from weftend.store.files import FILE_MODE, sync_folder, writing
from weftend.store.schema import ledger_errors

DIGEST_BYTES: Final = 32
LOOKUP: Final = 1000
"""How many identities one statement looks up; measured, and under every build's limit of variables."""


class StreamState(NamedTuple):
    """Where one stream stands in its home."""

    tick: int
    """Units consumed so far."""
    head: str | None
    """``chunkId`` of the newest chunk, also when pruning has taken it."""
    unit_rule: str | None
    """What the first release said a unit is: ``file``, ``dir``, ``field``; ``None`` where it cannot vary."""
    store_digest: str
    """Digest of the store file as this state renders it."""
    previous_digest: str | None
    """Digest of the store file before the last transaction; ``None`` when there was none."""


class StoredChunk(NamedTuple):
    """A chunk as the ledger keeps it."""

    chunk_id: str
    body: bytes
    """Canonical bytes, without a newline."""


class Step(NamedTuple):
    """One release: everything that becomes true at once."""

    stream_id: str
    state: StreamState
    """The stream after the step."""
    units: bytes
    """Identities now consumed, 32 bytes each, one behind the other; ascending order makes it quick."""
    chunk: StoredChunk
    """The new chunk."""
    pruned: Sequence[str]
    """``chunkId`` of each chunk that the store no longer holds."""


class Ledger:
    """One open ledger, or the empty one where no file is there yet.

    Every method raises :class:`WeftendError` with ``HOME_INVALID`` for a file that is damaged or made by a
    newer version, ``HOME_BUSY`` when another process is writing it or was killed while it did, and
    ``OUTPUT_UNWRITABLE`` when the system refuses a write.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection | None) -> None:
        self._path = path
        self._connection = connection
        self._begun = False

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open for an apply, under the home's lock; the file is only made by the first :meth:`commit`."""
        return cls._opened(path, "rw")

    @classmethod
    def look(cls, path: Path) -> Self:
        """Open for reading one consistent state until closed; nothing on disk is created or changed."""
        return cls._opened(path, "ro")

    @classmethod
    def _opened(cls, path: Path, mode: str) -> Self:
        with ledger_errors(path):
            ledger = cls(path, schema.connect(path, mode))
            try:
                if ledger._connection is not None:
                    ledger._begun = schema.check(ledger._connection, path, mode)
            except BaseException:
                ledger.close()
                raise
            return ledger

    def state(self, stream_id: str) -> StreamState | None:
        """Where the stream stands, or ``None`` when it has released nothing here."""
        rows = self._query(
            "SELECT tick, head_chunk_id, unit_rule, store_digest, previous_digest"
            " FROM stream WHERE stream_id = ?",
            (stream_id,),
        )
        return StreamState(*rows[0]) if rows else None

    def chunks(self, stream_id: str) -> tuple[StoredChunk, ...]:
        """The chunks that the stream's store holds, oldest first."""
        rows = self._query(
            "SELECT chunk_id, body FROM chunk JOIN stream USING (stream)"
            " WHERE stream_id = ? ORDER BY window_end_tick",
            (stream_id,),
        )
        return tuple(StoredChunk(*row) for row in rows)

    def consumed(self, units: bytes) -> bytes:
        """Those of ``units`` that any stream of this home has consumed.

        Args:
            units: identities, 32 bytes each, one behind the other; ascending order makes it quick.

        Returns:
            The identities found, in the same form.
        """
        if not self._begun:
            return b""
        found = bytearray()
        for start in range(0, len(units), LOOKUP * DIGEST_BYTES):
            part = list(_digests(units[start : start + LOOKUP * DIGEST_BYTES]))
            marks = ",".join("?" * len(part))
            rows = self._query(f"SELECT digest FROM unit WHERE digest IN ({marks})", part)  # noqa: S608
            found += b"".join(digest for (digest,) in rows)
        return bytes(found)

    def commit(self, step: Step) -> None:
        """Make one release true, all of it or nothing; durable when this returns."""
        with ledger_errors(self._path):
            connection = self._created()
            with _transaction(connection):
                schema.create(connection)
                _write(connection, step)
            self._begun = True

    def close(self) -> None:
        """Close the file; closing twice is harmless."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _query(self, statement: str, values: Sequence[object]) -> list[Any]:
        if self._connection is None or not self._begun:
            return []
        with ledger_errors(self._path):
            return self._connection.execute(statement, values).fetchall()

    def _created(self) -> sqlite3.Connection:
        """The connection, with the file made first (mode 0600, its name durable) where there was none."""
        if self._connection is None:
            with writing(self._path):
                os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, FILE_MODE))
                sync_folder(self._path.parent)
            self._connection = schema.connect(self._path, "rw")
        if self._connection is None:
            raise FileNotFoundError(self._path)
        return self._connection


def _digests(units: bytes) -> Iterator[bytes]:
    return (units[start : start + DIGEST_BYTES] for start in range(0, len(units), DIGEST_BYTES))


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _write(connection: sqlite3.Connection, step: Step) -> None:
    state = step.state
    connection.execute(
        "INSERT INTO stream (stream_id, tick, head_chunk_id, unit_rule, store_digest, previous_digest)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (stream_id) DO UPDATE SET tick = excluded.tick,"
        " head_chunk_id = excluded.head_chunk_id, unit_rule = excluded.unit_rule,"
        " store_digest = excluded.store_digest, previous_digest = excluded.previous_digest",
        (step.stream_id, state.tick, state.head, state.unit_rule, state.store_digest, state.previous_digest),
    )
    [(stream,)] = connection.execute("SELECT stream FROM stream WHERE stream_id = ?", (step.stream_id,))
    connection.executemany(
        "INSERT INTO unit VALUES (?, ?)", ((unit, stream) for unit in _digests(step.units))
    )
    row = (stream, state.tick, step.chunk.chunk_id, step.chunk.body)
    connection.execute("INSERT INTO chunk VALUES (?, ?, ?, ?)", row)
    connection.executemany(
        "DELETE FROM chunk WHERE stream = ? AND chunk_id = ?", ((stream, gone) for gone in step.pruned)
    )
