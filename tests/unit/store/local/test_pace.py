"""The lock is left alone long enough for whoever waits for it, and steps are short while others write."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from weftend.store.local import pace, steps
from weftend.store.local.database import LOCAL


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(LOCAL.create(tmp_path)) as connection:
        yield connection


@pytest.fixture
def other(store: sqlite3.Connection, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / LOCAL.file_name, isolation_level=None)) as connection:
        yield connection


class Clock:
    """Time that goes by only while somebody sleeps, or is made to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.wakes: Callable[[], object] = lambda: None
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        monkeypatch.setattr(time, "sleep", self.sleep)

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.wakes()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def write(connection: sqlite3.Connection) -> None:
    connection.execute(
        "INSERT INTO ingest_count (code, events) VALUES ('x', 1) ON CONFLICT DO UPDATE SET events = events + 1"
    )


@pytest.mark.parametrize(
    ("waited", "look"),
    [(0.0005, 0.001), (0.002, 0.002), (0.03, 0.015), (0.034, 0.020), (0.3, 0.1), (5, 0.1)],
)
def test_the_next_look_of_a_connection_that_waits(waited: float, look: float) -> None:
    assert pace.next_look(waited) == look


@pytest.mark.parametrize(("held", "rests"), [(0.0005, 0.0015), (0.012, 0.015), (0.05, 0.025), (0.3, 0.105)])
def test_the_lock_is_left_alone_for_a_look_that_comes_late(
    store: sqlite3.Connection, clock: Clock, held: float, rests: float
) -> None:
    pace.Pace(store).rest(held)
    assert clock.now == pytest.approx(rests)


def test_what_is_done_meanwhile_is_part_of_the_pause(store: sqlite3.Connection, clock: Clock) -> None:
    def work() -> None:
        clock.now += 0.02

    pace.Pace(store).rest(0.05, work)
    assert clock.now == pytest.approx(0.025)


def test_where_nobody_got_in_one_who_missed_the_pause_is_waited_for(
    store: sqlite3.Connection, other: sqlite3.Connection, clock: Clock
) -> None:
    own = pace.Pace(store)
    write(other)
    own.rest(0.012)
    started = clock.now
    own.rest(0.012)
    assert clock.now - started >= max(pace.LOOKS[:9])
    started = clock.now
    clock.wakes = lambda: write(other)
    own.rest(0.012)
    assert clock.now - started == pytest.approx(0.015)
    clock.wakes = lambda: None
    for _step in range(pace.CALM_STEPS):
        own.rest(0.012)
    started = clock.now
    own.rest(0.012)
    assert clock.now - started == pytest.approx(0.015)


@pytest.mark.parametrize("others", [True, False])
def test_steps_are_short_while_others_write(
    store: sqlite3.Connection, other: sqlite3.Connection, clock: Clock, others: bool
) -> None:
    sizes = list[int]()

    def step(size: int) -> int:
        sizes.append(size)
        # A thousand a second.
        clock.now += size / 1_000
        if others:
            write(other)
        return size if len(sizes) < 20 else 0

    list(steps._in_steps(store, step, 8, 64))
    aim = pace.STEP_SECONDS if others else pace.CALM_SECONDS
    assert max(sizes[1 : pace.CALM_STEPS]) == pytest.approx(pace.STEP_SECONDS * 1_000, abs=2)
    assert sizes[-1] == pytest.approx(aim * 1_000, abs=2)


def test_what_could_not_be_moved_at_once_is_moved_at_the_end_of_the_pause(
    store: sqlite3.Connection, other: sqlite3.Connection, clock: Clock, tmp_path: Path
) -> None:
    for connection in (store, other):
        connection.execute("PRAGMA wal_autocheckpoint = 0")
    own = pace.Pace(store)
    with closing(sqlite3.connect(tmp_path / LOCAL.file_name, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM ingest_count").fetchone()
        store.execute("INSERT INTO ingest_count (code, events) VALUES (?, 1)", ("x" * 100_000,))

        def leave() -> None:
            reader.rollback()
            write(other)

        clock.wakes = leave
        own.rest(0.012)
    write(store)
    assert pace.move_log(store)[0] < 10
