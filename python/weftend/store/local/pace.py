"""How long a step may hold the lock of a database, and for how long it is left alone between two steps.

A connection of SQLite that waits for the lock does not stand in a line: it looks again after 1, 2, 5, 10, 15, 20, 25
ms and so on. Whoever takes the lock again at once, as a loop of statements does, is nearly always there first. So
after each step the lock stays free for as long as the next look of a connection that has waited through the whole
step can take. The write-ahead log is moved into the file meanwhile, which keeps no writer out.

While others write, steps are short, and the lock stays free until one of them has written, or one who missed a pause
must have looked again. Where nobody has written for a while steps are longer, since pauses cost time; the first who
comes then still waits less than the tenth of a second.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import Final

STEP_SECONDS: Final = 0.012
"""How long one step aims to hold the lock while others write."""
CALM_SECONDS: Final = 0.050
"""The same where nobody else writes: just less than the first six looks of one who waits."""
CALM_STEPS: Final = 4
"""Steps without a write by anybody else after which it is calm."""
LOOKS: Final = (0.001, 0.002, 0.005, 0.010, 0.015, 0.020, 0.025, 0.025, 0.025, 0.050, 0.050, 0.100)
"""Seconds between the looks of a waiting connection; the last repeats (``sqlite3_busy_timeout``)."""
LATE: Final = 0.005
"""Seconds that a look may be late, since who sleeps is woken late; or half of what he slept, if that is less."""
LOST: Final = 0.030
"""Seconds within which one who missed a pause looks again: one of the first ten looks, and how late it is."""
GLANCE: Final = 0.002
"""Seconds between two glances at whether somebody has written."""
WORTH_MOVING: Final = 0.005
"""Seconds of a step below which the log is left to grow a little more, where nobody else writes."""


class Pace:
    """The pace of the steps of one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._version = pragma(connection, "data_version")
        self._alone = 0
        """Steps since anybody else wrote."""
        self._met = False
        """Whether anybody else wrote since it was calm."""

    @property
    def _calm(self) -> bool:
        return self._alone >= CALM_STEPS

    def scale(self, held: float) -> float:
        """How many times as much as the last step, which ``held`` the lock so long, the next may do."""
        return (CALM_SECONDS if self._calm else STEP_SECONDS) / max(held, 1e-6)

    def rest(self, held: float, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Leave the lock alone after a step that ``held`` it so long; ``meanwhile`` is done, which must not take it.

        What others wrote in the pause is moved at its end, too, so that the next step begins the log anew: from a
        thousand pages on a commit moves the log itself, unless somebody else just does, and waits for the disk.
        """
        started = time.monotonic()
        if held >= WORTH_MOVING or self._met:
            move_log(self._connection)
        meanwhile()
        look = next_look(held)
        left = look + min(look / 2, LATE) - (time.monotonic() - started)
        if left > 0:
            time.sleep(left)
        wrote = self._somebody_wrote()
        while self._met and not wrote and time.monotonic() - started < LOST:
            time.sleep(GLANCE)
            wrote = self._somebody_wrote()
        self._alone = 0 if wrote else self._alone + 1
        self._met = not self._calm and (self._met or wrote)
        if wrote:
            move_log(self._connection)

    def _somebody_wrote(self) -> bool:
        before, self._version = self._version, pragma(self._connection, "data_version")
        return self._version != before


def move_log(connection: sqlite3.Connection) -> tuple[int, int]:
    """Move the log into the file, which keeps nobody out: pages in the log, and how many of them are in the file.

    Both are -1 where somebody else is moving it.
    """
    _busy, frames, moved = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return frames, moved


def next_look(waited: float) -> float:
    """Seconds between the look that a connection takes next after it has waited so long, and the one before."""
    for look in LOOKS:
        waited -= look
        if waited <= 0:
            return look
    return LOOKS[-1]


def pragma(connection: sqlite3.Connection, name: str) -> int:
    """The number that ``PRAGMA name`` gives."""
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
