"""Work in short steps: the lock is left free long enough, the space comes back, nobody is kept out by a reader."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from weftend.store.local import steps
from weftend.store.local.database import LOCAL

OLD = "2024-01-01T00:00:00Z"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(LOCAL.create(tmp_path)) as connection:
        yield connection


def fill(store: sqlite3.Connection, rows: int, size: int = 10) -> None:
    store.execute("BEGIN")
    store.executemany(
        "INSERT INTO research_metrics (session_id, metric_type, metadata_json, created_at) VALUES (?,?,?,?)",
        [("s", "m", "x" * size, OLD)] * rows,
    )
    store.execute("COMMIT")


def delete_all(store: sqlite3.Connection) -> list[int]:
    steps.prepare(store)
    return list(steps.delete(store, "research_metrics", "created_at < ?", ("2025",)))


@pytest.mark.parametrize(
    ("waited", "look"),
    [(0.0005, 0.001), (0.002, 0.002), (0.03, 0.015), (0.034, 0.020), (0.3, 0.1), (5, 0.1)],
)
def test_the_next_look_of_a_connection_that_waits(waited: float, look: float) -> None:
    assert steps.next_look(waited) == look


def test_the_lock_is_left_free_for_as_long_as_a_look_takes(
    store: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, slept, calls = [0.0], list[float](), iter(range(9))
    monkeypatch.setattr(steps.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(steps.time, "sleep", slept.append)

    def step(size: int) -> int:
        clock[0] += 0.03
        return size if next(calls) < 3 else 0

    assert len(list(steps._in_steps(store, step, 8, 64))) == 4
    assert slept == [pytest.approx(steps.next_look(0.03))] * 4


@pytest.mark.parametrize("others", [True, False])
def test_steps_are_short_while_others_write(
    store: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: bool
) -> None:
    clock, sizes = [0.0], list[int]()
    monkeypatch.setattr(steps.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(steps.time, "sleep", lambda _seconds: None)
    with closing(sqlite3.connect(tmp_path / LOCAL.file_name, isolation_level=None)) as writer:

        def step(size: int) -> int:
            sizes.append(size)
            # A thousand a second.
            clock[0] += size / 1_000
            if others:
                writer.execute("INSERT INTO ingest_count (code, events) VALUES (?, 1)", (str(len(sizes)),))
            return size if len(sizes) < 20 else 0

        list(steps._in_steps(store, step, 8, 64))
    aim = steps.STEP_SECONDS if others else steps.CALM_SECONDS
    assert max(sizes[1 : steps.CALM_STEPS]) == pytest.approx(steps.STEP_SECONDS * 1_000, abs=2)
    assert sizes[-1] == pytest.approx(aim * 1_000, abs=2)


def test_deleting_goes_on_until_nothing_is_left(store: sqlite3.Connection) -> None:
    fill(store, 1_000)
    gone = delete_all(store)
    assert (sum(gone), gone[0]) == (1_000, steps.FIRST_ROWS)
    assert store.execute("SELECT count(*) FROM research_metrics").fetchone() == (0,)


def test_space_is_given_back_by_the_step_and_not_by_the_page(store: sqlite3.Connection) -> None:
    fill(store, 5_000, 1_000)
    store.execute("DELETE FROM research_metrics")
    pages, said = steps.pragma(store, "freelist_count"), list[str]()
    assert pages > 1_000
    store.set_trace_callback(said.append)
    steps.give_back(store)
    store.set_trace_callback(None)
    assert steps.pragma(store, "freelist_count") == 0
    assert sum("incremental_vacuum" in statement for statement in said) < 10


def test_a_step_gives_back_what_it_emptied(store: sqlite3.Connection) -> None:
    fill(store, 5_000, 1_000)
    pages = steps.pragma(store, "page_count")
    delete_all(store)
    assert steps.pragma(store, "freelist_count") == 0
    assert steps.pragma(store, "page_count") < pages - 1_000


def test_one_who_reads_keeps_neither_the_prune_nor_a_writer_waiting(
    store: sqlite3.Connection, tmp_path: Path
) -> None:
    fill(store, 5_000, 100)
    path, waits, done = tmp_path / LOCAL.file_name, list[float](), threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
            while not done.is_set():
                started = time.monotonic()
                connection.execute("UPDATE recording SET closed = 1")
                waits.append(time.monotonic() - started)
                time.sleep(0.001)

    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM research_metrics").fetchone()
        writer = threading.Thread(target=write)
        writer.start()
        started = time.monotonic()
        try:
            delete_all(store)
            steps.give_back(store)
        finally:
            took = time.monotonic() - started
            done.set()
            writer.join(20)
        # Waiting for the reader would have taken ten seconds, with the lock held.
        assert took < 5
        assert max(waits) < 5
        assert reader.execute("SELECT count(*) FROM research_metrics").fetchone() == (5_000,)
    assert steps.pragma(store, "busy_timeout") == 10_000
