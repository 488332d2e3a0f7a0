"""From the spool to the store, exactly once.

The offset of a segment is written in the transaction of its rows. A closed segment that was read to its end is
removed, or set aside where its last line is torn. A recording is closed once none of its segments is left.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from weftend.errors import Code
from weftend.recording import SpoolReader, SpoolSegment
from weftend.store.local import counts, rows
from weftend.store.local.counts import MOST
from weftend.store.local.rows import Event, Messages, Refused

SEGMENT_SUFFIX: Final = ".ndjson"
RECORDING_DIGITS: Final = 32
"""Hexadecimal digits of a recording's name, which a segment's file name begins with."""
TORN_FOLDER: Final = "torn"


METRICS: Final = "research_metrics"
"""The table of all event types that have none of their own."""
_KIND, _COUNT = itemgetter(0), itemgetter(5)


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


@dataclass(frozen=True, slots=True)
class Ingest:
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
        for number, path in enumerate(segments):
            progress(number, len(segments))
            try:
                segment = SpoolSegment(path)
            except FileNotFoundError:
                continue
            try:
                self._segment(path, segment, done)
            except (sqlite3.IntegrityError, OverflowError, ValueError):
                # One segment that no rows can be made of must not keep the others out for ever.
                self._give_up(path, segment, done)
            finally:
                segment.release()
        progress(len(segments), len(segments))
        self._close_recordings(folder)
        return done

    def _segments(self, folder: Path) -> list[Path]:
        if not folder.is_dir():
            return []
        names = (path for path in folder.iterdir() if path.suffix == SEGMENT_SUFFIX)
        return sorted(path for path in names if path.is_file() and not path.is_symlink())

    def _segment(self, path: Path, segment: SpoolSegment, done: Ingested) -> None:
        closed, text = segment.closed, segment.read()
        news = Ingested()
        with transaction(self.connection):
            # Another ingest may have taken it in and removed it while this one waited for the database.
            if not path.exists():
                return
            end = self._lines(path.name, text, closed, news)
            torn = closed and end < len(text)
            if torn:
                news.refuse(Code.SPOOL_LINE_TORN)
            counts.add(self.connection, news.refused)
        if closed:
            news.segments = 1
            _put_away(path, segment, torn)
        done.add(news)

    def _give_up(self, path: Path, segment: SpoolSegment, done: Ingested) -> None:
        """Count a segment that cannot be taken in, and set it aside once it is closed."""
        if not segment.closed:
            return
        news = Ingested(segments=1, refused={Code.EVENT_LINE_INVALID: 1})
        with transaction(self.connection):
            counts.add(self.connection, news.refused)
        segment.set_aside(path.parent / TORN_FOLDER)
        done.add(news)

    def _lines(self, name: str, text: bytes, closed: bool, news: Ingested) -> int:
        """Take in the lines of one segment that are not in yet; the offset after the last whole line."""
        query = "SELECT recording_id, offset FROM ingest_offset WHERE segment = ?"
        recording, offset = self.connection.execute(query, (name,)).fetchone() or (None, 0)
        header, events, dropped, refused, end = self.reader.read(text, offset)
        recording = recording or self._recording(name, header)
        if recording is None and not closed:
            return 0
        for code, count in refused.items():
            news.refuse(code, count)
        if dropped[0]:
            news.refuse(Code.SPOOL_SEGMENT_DROPPED, dropped[0])
        if recording is None:
            news.refuse(Code.EVENT_LINE_INVALID, len(events))
            return end
        self._insert(recording, events, news)
        self.connection.execute(
            "INSERT INTO ingest_offset VALUES (?, ?, ?) ON CONFLICT (segment) DO UPDATE SET offset = excluded.offset",
            (name, recording, end),
        )
        return end

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

    def _insert(self, recording: int, events: list[tuple[Any, ...]], news: Ingested) -> None:
        tables = {kind: contract["table"] for kind, contract in self.events.items()}
        metrics, others = events, list[tuple[Any, ...]]()
        if any(tables[kind] != METRICS for kind in set(map(_KIND, events))):
            metrics = [event for event in events if tables[event[0]] == METRICS]
            others = [event for event in events if tables[event[0]] != METRICS]
        taken = metrics + [event for event in others if self._insert_one(recording, Event(*event), news)]
        held: dict[str, int] = {}
        for kind, count in zip(map(_KIND, taken), map(_COUNT, taken), strict=True):
            held[kind] = held.get(kind, 0) + count
        metric_types = {kind: contract["metricType"] for kind, contract in self.events.items()}
        rows.add_metrics(self.connection, metrics, metric_types, recording)
        self.connection.executemany(
            "INSERT INTO recording_event VALUES (?1, ?2, ?3) ON CONFLICT (recording_id, event_type)"
            " DO UPDATE SET events = min(events + excluded.events, ?4)",
            [(recording, kind, min(count, MOST), MOST) for kind, count in held.items()],
        )
        news.rows += len(metrics)
        news.events += sum(held.values())

    def _insert_one(self, recording: int, event: Event, news: Ingested) -> bool:
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

    def _insert_completion(self, recording: int, event: Event) -> None:
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


def _put_away(path: Path, segment: SpoolSegment, torn: bool) -> None:
    if torn:
        segment.set_aside(path.parent / TORN_FOLDER)
    else:
        segment.remove()
