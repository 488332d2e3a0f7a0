"""Segments of the spool, each read by another thread while the one before it goes into the database.

Reading checks every line against its contract; that and the work of the database take about the same time, and
neither holds the interpreter.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from weftend.recording import SpoolReader, SpoolSegment
from weftend.store.local.rows import METRIC_COLUMNS


class Reading(NamedTuple):
    """What the whole lines of a segment, from some offset, hold."""

    header: tuple[str, str | None] | None
    """Recording and producer, where the reading began at the segment's start."""
    metrics: list[tuple[Any, ...]]
    """Events of ``research_metrics``: in each item the values of several, in the order of ``METRIC_COLUMNS``."""
    others: list[tuple[str, str, float | None, str, str, int]]
    """Events of other tables, in the order of :class:`weftend.store.local.rows.Event`."""
    held: dict[str, int]
    """Events in ``metrics`` by type."""
    dropped: tuple[int, int]
    """Segments and bytes that a full spool cost."""
    refused: dict[str, int]
    """Refused events by code."""
    end: int
    """Offset after the last whole line."""

    @property
    def metric_rows(self) -> int:
        """Rows in ``metrics``."""
        return sum(map(len, self.metrics)) // len(METRIC_COLUMNS)

    @property
    def rows(self) -> int:
        """Rows of every table."""
        return self.metric_rows + len(self.others)


class Taken(threading.Thread):
    """A segment that was taken up, and the thread that reads it.

    What it held up to ``offset`` was taken in before. ``closed`` was asked before it is read: nothing comes behind
    what a closed one holds.
    """

    def __init__(self, path: Path, reader: SpoolReader, offset: int) -> None:
        super().__init__()
        self.path = path
        self.segment = SpoolSegment(path)
        self.closed = self.segment.closed
        self.text = b""
        self._reader, self._offset = reader, offset
        self._reading: Reading | None = None
        self._error: BaseException | None = None

    def run(self) -> None:
        """Read; called by the thread."""
        try:
            self.text = self.segment.read()
            self._reading = Reading(*self._reader.read(self.text, self._offset))
        except BaseException as error:
            self._error = error

    def wait(self) -> None:
        """Wait until it is read; raises what reading raised."""
        self.join()
        if self._error is not None:
            raise self._error

    def reading_from(self, offset: int) -> Reading:
        """What it holds from ``offset``: where another ingest took in a part meanwhile it is read again."""
        if self._reading is None or offset != self._offset:
            return Reading(*self._reader.read(self.text, offset))
        return self._reading

    def release(self) -> None:
        """Let go of the segment."""
        self.join()
        self.segment.release()


def read_ahead(
    paths: Sequence[Path], reader: SpoolReader, offset_of: Callable[[str], int]
) -> Generator[Taken | None]:
    """The segments of ``paths`` in order, one more being read ahead; ``None`` for one that somebody else removed."""
    ahead: Taken | None = None
    try:
        for number, path in enumerate(paths):
            before, ahead = ahead, _started(path, reader, offset_of)
            if number:
                yield before
        if paths:
            before, ahead = ahead, None
            yield before
    finally:
        if ahead is not None:
            ahead.release()


def _started(path: Path, reader: SpoolReader, offset_of: Callable[[str], int]) -> Taken | None:
    try:
        taken = Taken(path, reader, offset_of(path.name))
    except FileNotFoundError:
        return None
    taken.start()
    return taken
