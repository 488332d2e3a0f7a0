"""Taking in and pruning recorded events against sqlite-utils and one DELETE statement: ``make bench``.

``python benches/bench_store.py [EVENTS]``: 1,000,000 where no number is given. Every call gets a fresh copy of what
it changes, which is on the disk before anything is timed. While a prune runs, another process writes all the
time, and its longest wait is printed too: as the store's own writers do, and as one does who has the disk take each
of his writes at once (``synchronous = FULL``); and both where nothing else runs, for what is the disk's alone.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import harness
from weftend import contracts
from weftend.store.local import retention
from weftend.store.local.database import LOCAL
from weftend.store.local.opening import ingest_under
from weftend.store.local.retention import Rule

ROUNDS = 3
PRUNE_ROUNDS = 7
"""More than of an ingest, which takes ten times as long: what the disk does otherwise shows in a second."""
PRUNES = 5
"""Prunes of each kind, during which each kind of writer writes."""
UNDISTURBED = 3.0
"""Seconds for which each writes where nothing else runs: about as long as during a prune."""
LINES = 30_000
"""Events in one planted segment."""
WRITER = """
import sqlite3, sys, time
connection, longest = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None), 0.0
connection.execute(f"PRAGMA synchronous = {sys.argv[2]}")
print(flush=True)
while True:
    started = time.perf_counter()
    connection.execute("INSERT INTO research_metrics (session_id, metric_type, created_at) VALUES ('w', 'w', '2999')")
    wait = time.perf_counter() - started
    if wait > longest:
        longest = wait
        print(longest, flush=True)
    time.sleep(0.002)
"""
NOW = datetime(2026, 11, 1, tzinfo=UTC)
RULE = Rule("research_metrics", "days", 365, "created_at")


def plant(spool: Path, events: int) -> None:
    """Closed segments with this many events, 30,000 each."""
    spool.mkdir(parents=True)
    for first in range(0, events, LINES):
        name = f"{first:032x}"
        header = f'{{"producer":"vox-cli","recording":"{name}","schema":"weftend.spool/0","v":0}}\n'
        numbers = range(first, min(first + LINES, events))
        (spool / f"{name}-000000.ndjson").write_text(header + "".join(map(line, numbers)))


def line(number: int) -> str:
    """One event as the core writes it."""
    fields = f'{{"iterations":{number % 1000 + 1},"suite":"parse","unit":"ms"}}'
    at = 1_760_000_000_000 + number
    rest = f'"session":"bench:local","type":"benchmark_event","v":1,"value":{number}'
    return f'{{"at":{at},"fields":{fields},{rest}}}\n'


def rows(events: int) -> Iterator[dict[str, object]]:
    """The rows of the same events, as a program that has them would hand them over."""
    start = datetime.fromtimestamp(1_760_000_000, UTC)
    for number in range(events):
        at = (start + timedelta(milliseconds=number)).isoformat(timespec="milliseconds")
        yield {
            "session_id": "bench:local",
            "metric_type": "benchmark_event",
            "metric_value": float(number),
            "metadata_json": f'{{"iterations":{number % 1000 + 1},"suite":"parse","unit":"ms"}}',
            "created_at": at.replace("+00:00", "Z"),
            "event_count": 1,
            "recording_id": number // LINES + 1,
        }


def timed(call: Callable[[], object]) -> float:
    """Seconds."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def ingest(scratch: Path, planted: Path) -> tuple[float, Path]:
    """Take the planted spool in; its time and the database."""
    home = Path(tempfile.mkdtemp(dir=scratch))
    shutil.copytree(planted, home / "spool")
    seconds = timed(lambda: ingest_under(home, contracts.load()))
    return seconds, home / LOCAL.file_name


def insert_all(scratch: Path, events: int) -> tuple[float, Path]:
    """Insert the same rows by sqlite-utils into the same table with the same indexes."""
    import sqlite_utils

    home = Path(tempfile.mkdtemp(dir=scratch))
    LOCAL.create(home).close()
    made = list(rows(events))
    database = sqlite_utils.Database(home / LOCAL.file_name)
    seconds = timed(lambda: database["research_metrics"].insert_all(made))
    database.conn.close()
    return seconds, home / LOCAL.file_name


def content(path: Path) -> tuple[object, ...]:
    """What must be equal in both databases: how many rows, and sums over them."""
    query = (
        "SELECT count(*), sum(metric_value), sum(event_count), min(created_at), max(created_at),"
        " sum(length(metadata_json)), count(DISTINCT session_id || metric_type), sum(recording_id * id)"
        " FROM research_metrics"
    )
    with closing(sqlite3.connect(path)) as connection:
        found: tuple[object, ...] = connection.execute(query).fetchone()
        return found


def prune(path: Path) -> int:
    """Take away what has run its time as ``prune-apply`` does; how many rows went."""
    with closing(LOCAL.create(path.parent)) as connection:
        cutoffs = {RULE.table: NOW - timedelta(days=365)}
        return sum(done.rows for done in retention.apply(connection, [RULE], cutoffs, NOW))


def delete(path: Path) -> int:
    """The same by one statement."""
    with closing(LOCAL.create(path.parent)) as connection:
        before = retention.iso(NOW - timedelta(days=365))
        return connection.execute("DELETE FROM research_metrics WHERE created_at < ?", (before,)).rowcount


def grow_old(path: Path, which: str) -> None:
    """Give the rows that the condition ``which`` meets a time that has run out, and the others one that has not."""
    old, young = "2025-01-01T00:00:00.000Z", "2026-10-01T00:00:00.000Z"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        made = f"UPDATE research_metrics SET created_at = iif({which}, ?, ?)"  # noqa: S608
        connection.execute(made, (old, young))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def copied(scratch: Path, path: Path) -> Path:
    """A database to change, all of it on the disk: who first asks the disk for anything would wait for the copy."""
    copy = Path(shutil.copy(path, Path(tempfile.mkdtemp(dir=scratch)) / path.name))
    with copy.open("r+b") as file:
        os.fsync(file.fileno())
    return copy


def longest_wait(path: Path, synchronous: str, meanwhile: Callable[[Path], object]) -> float:
    """Seconds that a writer waits at most ``meanwhile``."""
    command = [sys.executable, "-c", WRITER, str(path), synchronous]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        meanwhile(path)
        writer.kill()
        return max((float(said) for said in writer.stdout if said.strip()), default=0.0)


def measure_waits(scratch: Path, filled: Path, waits: dict[str, list[float]]) -> None:
    """Add the longest waits, in milliseconds: of each kind of writer, in turns, during a prune and without one."""
    for _ in range(PRUNES):
        for synchronous in ("NORMAL", "FULL"):
            for when, meanwhile in (
                ("a prune", prune),
                ("nothing else", lambda _path: time.sleep(UNDISTURBED)),
            ):
                path = copied(scratch, filled)
                longest = longest_wait(path, synchronous, meanwhile)
                waits.setdefault(f"synchronous = {synchronous}, {when} runs", []).append(longest * 1000)
                shutil.rmtree(path.parent)


def show(name: str, against: str, ours: list[float], theirs: list[float], reach: float) -> dict[str, object]:
    """One line of the table, and the same for the file of results."""
    ratio = statistics.median(theirs) / statistics.median(ours)
    here, there = statistics.median(ours), statistics.median(theirs)
    print(f"{name:<38}{against:<24}{ratio:>6.2f}  reach {reach:g}  ours {here:.2f} s  theirs {there:.2f} s")
    figure = {"name": name, "against": against, "ratio": ratio, "reach": reach}
    return figure | {"ours_s": ours, "theirs_s": theirs}


def main() -> None:
    """Print the table and write it as JSON."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        scratch, planted = Path(folder), Path(folder) / "planted"
        plant(planted, events)
        figures, filled = measure_ingest(scratch, planted, events)
        waits: dict[str, list[float]] = {}
        # Every second row, all over the file, and the first half, as time leaves it: then the space comes back, too.
        for name, which in (("every second", "id % 2"), ("the first", f"id <= {events // 2}")):
            grow_old(filled, which)
            figures.append(measure_prune(scratch, filled, events, name))
            measure_waits(scratch, filled, waits)
    for who, longest in waits.items():
        said = ", ".join(f"{each:.0f}" for each in longest)
        print(f"longest waits of a writer ({who}): {said} ms; reach 100 ms")
    machine = harness.describe_machine(("weftend", "sqlite-utils"))
    document = {"machine": machine, "events": events, "figures": figures, "longest_waits_ms": waits}
    harness.RESULTS.mkdir(exist_ok=True)
    (harness.RESULTS / "store.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def measure_ingest(scratch: Path, planted: Path, events: int) -> tuple[list[dict[str, object]], Path]:
    """Ingest against insert_all, in turns; and a database filled by the first."""
    ours, theirs = [], []
    filled = scratch
    for _ in range(ROUNDS):
        seconds, filled = ingest(scratch, planted)
        ours.append(seconds)
        seconds, other = insert_all(scratch, events)
        theirs.append(seconds)
        assert content(filled) == content(other)
        shutil.rmtree(other.parent)
    return [show(f"ingest, {events:,} events", "sqlite-utils insert_all", ours, theirs, 2.5)], filled


def measure_prune(scratch: Path, filled: Path, events: int, which: str) -> dict[str, object]:
    """Prune against one DELETE, in turns."""
    ours, theirs = [], []
    for _ in range(PRUNE_ROUNDS):
        for call, seconds in ((prune, ours), (delete, theirs)):
            path, gone = copied(scratch, filled), []
            seconds.append(timed(lambda call=call, path=path, gone=gone: gone.append(call(path))))
            assert gone == [events // 2]
            shutil.rmtree(path.parent)
    return show(f"prune, {which} of {events:,} rows", "one DELETE statement", ours, theirs, 0.5)


if __name__ == "__main__":
    main()
