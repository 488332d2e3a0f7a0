"""The usage fold reads closed recordings, their producers and counts, and nothing else."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from weftend.contracts import loader
from weftend.fold import Stream
from weftend.store.local import usage
from weftend.store.local.database import LOCAL

STREAM = Stream(json.dumps(loader.stream("telemetry.usage.v0")).encode())


@pytest.fixture
def store(tmp_path: Path) -> sqlite3.Connection:
    return LOCAL.create(tmp_path)


def add(
    store: sqlite3.Connection, name: str, producer: str | None, closed: int, events: dict[str, int]
) -> None:
    number = store.execute(
        "INSERT INTO recording (recording, producer, closed) VALUES (?, ?, ?)", (name * 32, producer, closed)
    ).lastrowid
    store.executemany(
        "INSERT INTO recording_event VALUES (?, ?, ?)", [(number, k, n) for k, n in events.items()]
    )


def totals(store: sqlite3.Connection, types: list[str]) -> dict[str, dict[str, tuple[int, int]]]:
    return dict(zip(STREAM.channels(), usage.partial(store, STREAM, types).totals(), strict=True))


def test_closed_recordings_are_units(store: sqlite3.Connection) -> None:
    add(store, "a", "vox-cli", 1, {"benchmark_event": 3, "build.summary": 1})
    add(store, "b", "vox-cli", 1, {"benchmark_event": 4})
    add(store, "c", "vox-mcp", 0, {"benchmark_event": 9})
    assert totals(store, ["benchmark_event", "build.summary"]) == {
        "producers": {"vox-cli": (2, 2)},
        "eventTypes": {"benchmark_event": (2, 2), "build.summary": (1, 1)},
        "events": {"benchmark_event": (2, 7), "build.summary": (1, 1)},
    }
    assert usage.open_recordings(store) == 1


def test_types_that_may_not_be_counted_are_not_read(store: sqlite3.Connection) -> None:
    add(store, "a", "vox-cli", 1, {"completion-finding": 3})
    types = usage.exportable(loader.load())
    assert "completion-finding" not in types
    assert "benchmark_event" in types
    assert len(usage.partial(store, STREAM, types)) == 0
