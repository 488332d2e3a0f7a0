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
from weftend.store.local.pace import pragma

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
    return list(steps.delete(store, "research_metrics", steps.Due("created_at < ?", ("2025",))))


def test_deleting_goes_on_until_nothing_is_left(store: sqlite3.Connection) -> None:
    fill(store, 1_000)
    gone = delete_all(store)
    assert (sum(gone), gone[0]) == (1_000, steps.FIRST_ROWS)
    assert store.execute("SELECT count(*) FROM research_metrics").fetchone() == (0,)


def test_space_is_given_back_by_the_step_and_not_by_the_page(store: sqlite3.Connection) -> None:
    fill(store, 5_000, 1_000)
    store.execute("DELETE FROM research_metrics")
    pages, said = pragma(store, "freelist_count"), list[str]()
    assert pages > 1_000
    store.set_trace_callback(said.append)
    steps.give_back(store)
    store.set_trace_callback(None)
    assert pragma(store, "freelist_count") == 0
    assert sum("incremental_vacuum" in statement for statement in said) < 10


def test_a_step_gives_back_what_it_emptied(store: sqlite3.Connection) -> None:
    fill(store, 5_000, 1_000)
    pages = pragma(store, "page_count")
    delete_all(store)
    assert pragma(store, "freelist_count") == 0
    assert pragma(store, "page_count") < pages - 1_000


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
    assert pragma(store, "busy_timeout") == 10_000


DUE = steps.Due("created_at < ? AND julianday(created_at) IS NOT NULL", ("2025",), "created_at", "2025")


def aged(store: sqlite3.Connection) -> list[str]:
    return [at for (at,) in store.execute("SELECT created_at FROM research_metrics ORDER BY id")]


def insert(store: sqlite3.Connection, at: str) -> None:
    statement = "INSERT INTO research_metrics (session_id, metric_type, created_at) VALUES ('s', 'm', ?)"
    store.execute(statement, (at,))


def deletion(store: sqlite3.Connection) -> tuple[steps._Deletion, list[str]]:
    said = list[str]()
    store.set_trace_callback(said.append)
    return steps._Deletion(store, "research_metrics", DUE, lambda _rows: None), said


def test_rows_that_were_asked_in_the_pause_go_without_being_asked_again(store: sqlite3.Connection) -> None:
    fill(store, 5)
    made, said = deletion(store)
    made.look_ahead(4)
    assert made.step(4) == 4
    assert [text for text in said if text.startswith("DELETE") and "julianday" in text] == []
    assert made.step(4) == 1


def test_a_row_that_does_not_meet_the_condition_stays_though_it_stands_among_those_that_do(
    store: sqlite3.Connection,
) -> None:
    for at in (OLD, "2024-01-01 and a bit", OLD, "2026-01-01"):
        insert(store, at)
    made, said = deletion(store)
    made.look_ahead(3)
    assert made.step(3) == 2
    assert all("julianday" in text for text in said if text.startswith("DELETE"))
    assert aged(store) == ["2024-01-01 and a bit", "2026-01-01"]


def test_what_somebody_writes_after_the_pause_is_asked_too(store: sqlite3.Connection, tmp_path: Path) -> None:
    fill(store, 3)
    made, _said = deletion(store)
    made.look_ahead(4)
    with closing(sqlite3.connect(tmp_path / LOCAL.file_name, isolation_level=None)) as writer:
        insert(writer, "2023, some day")
    assert made.step(4) == 3
    assert aged(store) == ["2023, some day"]


def test_the_log_is_cut_off_though_others_have_the_database_open(
    store: sqlite3.Connection, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / LOCAL.file_name, isolation_level=None)) as other:
        other.execute("SELECT count(*) FROM research_metrics").fetchone()
        steps.prepare(store)
        fill(store, 5_000, 1_000)
        log = tmp_path / f"{LOCAL.file_name}-wal"
        assert log.stat().st_size > 5_000_000
        version = pragma(store, "user_version")
        steps.give_back(store)
        assert log.stat().st_size < 20_000
        assert pragma(store, "user_version") == version
        assert other.execute("SELECT count(*) FROM research_metrics").fetchone() == (5_000,)
