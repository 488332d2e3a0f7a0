"""From the spool to the store, exactly once.

The offset of a segment is written in the transaction of its rows. A closed segment that was read to its end is
removed, or set aside where its last line is torn. A recording is closed once none of its segments is left.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from weftend.errors import Code
from weftend.recording import SpoolReader
from weftend.store.local import counts, rows
from weftend.store.local.ahead import Reading, Taken, read_ahead
from weftend.store.local.counts import MOST
from weftend.store.local.rows import Messages, Refused

SEGMENT_SUFFIX: Final = ".ndjson"
RECORDING_DIGITS: Final = 32
"""Hexadecimal digits of a recording's name, which a segment's file name begins with."""
TORN_FOLDER: Final = "torn"


@dataclass(slots=True)
class Ingested:
    """What one ingest took in."""

    events: int = 0
    """Events, those of counters included."""
    rows: int = 0
    segments: int = 0
    """Segments that were read to their end and removed or set aside."""
    refused: dict[str, int] = field(default_factory=dict)
    """Events refused, and segments dropped or torn, by code; what writers noted and what was found here."""

    def refuse(self, code: str, count: int = 1) -> None:
        """Count what was refused."""
        self.refused[code] = self.refused.get(code, 0) + count

    def add(self, news: Ingested) -> None:
        """Add what another reading took in."""
        self.events += news.events
        self.rows += news.rows
        self.segments += news.segments
        for code, count in news.refused.items():
            self.refuse(code, count)


class Ingest(NamedTuple):
    """One way into the store: the spool's reader, the contracts that say where rows go, and where content goes."""

    connection: sqlite3.Connection
    """The local store, opened for writing, in autocommit."""
    reader: SpoolReader
    events: dict[str, dict[str, Any]]
    """Compiled event contracts by type."""
    messages: Messages

    def spool(
        self, folder: Path, *, progress: Callable[[int, int], None] = lambda _done, _all: None
    ) -> Ingested:
        """Take in everything that is on the spool; ``progress`` is told segments done and segments there."""
        done = Ingested()
        segments = self._segments(folder)
        with closing(read_ahead(segments, self.reader, self._offset)) as taken:
            for number, segment in enumerate(taken):
                progress(number, len(segments))
                if segment is not None:
                    self._take(segment, done)
        progress(len(segments), len(segments))
        self._close_recordings(folder)
        return done

    def _segments(self, folder: Path) -> list[Path]:
        if not folder.is_dir():
            return []
        names = (path for path in folder.iterdir() if path.suffix == SEGMENT_SUFFIX)
        return sorted(path for path in names if path.is_file() and not path.is_symlink())

    def _offset(self, segment: str) -> int:
        """How far the segment of this name was taken in."""
        return self._known(segment)[1]

    def _known(self, segment: str) -> tuple[int | None, int]:
        """The row of the segment's recording, if it is known, and how far the segment was taken in."""
        query = "SELECT recording_id, offset FROM ingest_offset WHERE segment = ?"
        return self.connection.execute(query, (_stored(segment),)).fetchone() or (None, 0)

    def _take(self, taken: Taken, done: Ingested) -> None:
        try:
            self._segment(taken, done)
        except (sqlite3.IntegrityError, OverflowError, ValueError):
            # One segment that no rows can be made of must not keep the others out for ever.
            self._give_up(taken, done)
        finally:
            taken.release()

    def _segment(self, taken: Taken, done: Ingested) -> None:
        taken.wait()
        news = Ingested()
        with transaction(self.connection):
            # Another ingest may have taken it in and removed it while this one waited for the database.
            if not taken.path.exists():
                return
            recording, offset = self._known(taken.path.name)
            end = self._insert(taken, recording, taken.reading_from(offset), news)
            torn = taken.closed and end < len(taken.text)
            if torn:
                news.refuse(Code.SPOOL_LINE_TORN)
            counts.add(self.connection, news.refused)
        if taken.closed:
            news.segments = 1
            _put_away(taken, torn)
        done.add(news)

    def _give_up(self, taken: Taken, done: Ingested) -> None:
        """Count a segment that cannot be taken in, and set it aside once it is closed."""
        if not taken.closed:
            return
        news = Ingested(segments=1, refused={Code.EVENT_LINE_INVALID: 1})
        with transaction(self.connection):
            counts.add(self.connection, news.refused)
        taken.segment.set_aside(taken.path.parent / TORN_FOLDER)
        done.add(news)

    def _insert(self, taken: Taken, known: int | None, reading: Reading, news: Ingested) -> int:
        """Insert what was read of a segment; the offset up to which it is taken in."""
        name = _stored(taken.path.name)
        recording = known or self._recording(name, reading.header)
        if recording is None and not taken.closed:
            return 0
        for code, count in reading.refused.items():
            news.refuse(code, count)
        if reading.dropped[0]:
            news.refuse(Code.SPOOL_SEGMENT_DROPPED, reading.dropped[0])
        if recording is None:
            news.refuse(Code.EVENT_LINE_INVALID, reading.rows)
            return reading.end
        self._insert_rows(recording, reading, news)
        self.connection.execute(
            "INSERT INTO ingest_offset VALUES (?, ?, ?) ON CONFLICT (segment) DO UPDATE SET offset = excluded.offset",
            (name, recording, reading.end),
        )
        return reading.end

    def _recording(self, name: str, header: tuple[str, str | None] | None) -> int | None:
        """The row of a segment's recording; ``None`` where the segment does not say whose it is, as its name does.

        A recording that was taken for closed goes on where one more segment of it turns up.
        """
        if header is None or not name.startswith(header[0]):
            return None
        self.connection.execute(
            "INSERT INTO recording (recording, producer) VALUES (?, ?)"
            " ON CONFLICT (recording) DO UPDATE SET closed = 0",
            header,
        )
        row = self.connection.execute("SELECT id FROM recording WHERE recording = ?", header[:1]).fetchone()
        return int(row[0])

    def _insert_rows(self, recording: int, reading: Reading, news: Ingested) -> None:
        held = dict(reading.held)
        rows.add_metrics(self.connection, reading.metrics, recording)
        news.rows += reading.metric_rows
        for event in (rows.Event(*other) for other in reading.others):
            if self._insert_one(recording, event, news):
                held[event.event_type] = held.get(event.event_type, 0) + event.events
        self.connection.executemany(
            "INSERT INTO recording_event VALUES (?1, ?2, ?3) ON CONFLICT (recording_id, event_type)"
            " DO UPDATE SET events = min(events + excluded.events, ?4)",
            [(recording, kind, min(count, MOST), MOST) for kind, count in held.items()],
        )
        news.events += sum(held.values())

    def _insert_one(self, recording: int, event: rows.Event, news: Ingested) -> bool:
        try:
            if self.events[event.event_type]["table"] == "agent_exec_history":
                rows.add_agent_execution(self.connection, event)
            else:
                self._insert_completion(recording, event)
        except Refused as refused:
            news.refuse(refused.code, event.events)
            return False
        news.rows += 1
        return True

    def _insert_completion(self, recording: int, event: rows.Event) -> None:
        query = "SELECT completion_run_id FROM recording WHERE id = ?"
        run = self.connection.execute(query, (recording,)).fetchone()[0]
        fields = json.loads(event.fields)
        run = rows.add_completion(self.connection, event.event_type, fields, event.at, run, self.messages)
        self.connection.execute("UPDATE recording SET completion_run_id = ? WHERE id = ?", (run, recording))

    def _close_recordings(self, folder: Path) -> None:
        """A recording none of whose segments is left is closed; a closed one's offsets are not needed.

        The folder is looked at within the transaction: a segment that another ingest takes in later is there
        now, and what that ingest removes is removed after it has committed.
        """
        with transaction(self.connection):
            left = {path.name[:RECORDING_DIGITS] for path in self._segments(folder)}
            opened = self.connection.execute(
                "SELECT id, recording FROM recording WHERE closed = 0"
            ).fetchall()
            gone = [(number,) for number, recording in opened if recording not in left]
            self.connection.executemany("UPDATE recording SET closed = 1 WHERE id = ?", gone)
            self.connection.executemany("DELETE FROM ingest_offset WHERE recording_id = ?", gone)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One write transaction; rolled back where it ends by an error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _put_away(taken: Taken, torn: bool) -> None:
    if torn:
        taken.segment.set_aside(taken.path.parent / TORN_FOLDER)
    else:
        taken.segment.remove()


def _stored(name: str) -> str:
    """A file's name as a database can hold it: bytes that are no UTF-8 are spelt out."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
