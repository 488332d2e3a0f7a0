"""The spool goes into the store exactly once, whatever dies and whoever writes meanwhile."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from weftend.contracts import loader
from weftend.recording import SpoolReader
from weftend.store.content import CONTENT, ContentStore
from weftend.store.local.database import LOCAL
from weftend.store.local.ingest import Ingest, Ingested

EVENTS = {contract["type"]: contract for contract in loader.load()["events"]}
READER = SpoolReader([loader.COMPILED.read_bytes()])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def ingest(home: Path) -> Ingested:
    connection = LOCAL.create(home)
    messages = ContentStore(home)
    try:
        return Ingest(connection, READER, EVENTS, messages).spool(home / "spool")
    finally:
        messages.close()
        connection.close()


def query(home: Path, sql: str) -> list[tuple]:
    connection = LOCAL.look(home)
    assert connection is not None
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def record(home: Path, source: str, **popen) -> subprocess.Popen[str]:
    cleared = {k: v for k, v in os.environ.items() if not k.startswith(("WEFTEND_", "DO_NOT_TRACK"))}
    environment = {**cleared, "WEFTEND_HOME": str(home), "XDG_CONFIG_HOME": str(home / "none")}
    return subprocess.Popen(
        [sys.executable, "-c", "import weftend, time, sys\n" + source],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        **popen,
    )


def recorded(home: Path, source: str) -> None:
    process = record(home, source)
    process.communicate(timeout=60)
    assert process.returncode == 0


BENCH = "weftend.record_usage_event('benchmark_event', {}, value=%s)\n"


def test_an_event_is_a_row_and_the_segment_is_gone(home: Path) -> None:
    recorded(home, "weftend.Producer('vox-cli')\n" + BENCH % 1.5)
    done = ingest(home)
    assert (done.events, done.rows, done.segments, done.refused) == (1, 1, 1, {})
    ((session, kind, value, metadata, at, count),) = query(
        home,
        "SELECT session_id, metric_type, metric_value, metadata_json, created_at, event_count FROM research_metrics",
    )
    assert (session, kind, value, metadata, count) == ("bench:local", "benchmark_event", 1.5, None, 1)
    assert at.endswith("Z")
    assert query(home, "SELECT producer, closed FROM recording") == [("vox-cli", 1)]
    assert query(home, "SELECT event_type, events FROM recording_event") == [("benchmark_event", 1)]
    assert list((home / "spool").iterdir()) == []


def test_a_second_ingest_takes_nothing(home: Path) -> None:
    recorded(home, BENCH % 1)
    ingest(home)
    assert ingest(home).events == 0
    assert query(home, "SELECT count(*) FROM research_metrics") == [(1,)]


def test_a_counter_is_one_row_that_counts(home: Path) -> None:
    recorded(home, "weftend.counter('benchmark_event', {}).inc(42)")
    done = ingest(home)
    assert (done.events, done.rows) == (42, 1)
    assert query(home, "SELECT event_count FROM research_metrics") == [(42,)]


def test_a_live_segment_is_read_as_far_as_it_goes_and_its_recording_stays_open(home: Path) -> None:
    source = BENCH % 1 + "print('x', flush=True); input()\n" + BENCH % 2
    process = record(home, source, stdin=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    assert (ingest(home).events, ingest(home).events) == (1, 0)
    assert query(home, "SELECT closed FROM recording") == [(0,)]
    process.communicate("\n", timeout=60)
    assert ingest(home).events == 1
    assert query(home, "SELECT closed FROM recording") == [(1,)]
    assert query(home, "SELECT metric_value FROM research_metrics ORDER BY id") == [(1.0,), (2.0,)]
    assert query(home, "SELECT * FROM ingest_offset") == []


def test_a_torn_line_is_set_aside_and_the_rest_is_taken(home: Path) -> None:
    recorded(home, BENCH % 1 + BENCH % 2)
    (segment,) = (home / "spool").glob("*.ndjson")
    segment.write_bytes(segment.read_bytes()[:-5])
    done = ingest(home)
    assert (done.events, done.refused) == (1, {"SPOOL_LINE_TORN": 1})
    assert [path.name for path in (home / "spool" / "torn").iterdir()] == [segment.name]
    assert ingest(home).refused == {}


def test_findings_belong_to_the_run_before_them_and_their_messages_are_content(home: Path) -> None:
    run = {
        "findings_count": 1,
        "recorded_at": "2026-11-01T00:00:00Z",
        "repository_id": "r",
        "schema_version": 1,
    }
    run["workflow"] = "ci"
    finding = {"detector_id": "d", "tier": "A", "fingerprint": "f", "message": "secret text"}
    snapshot = {"detector_id": "d", "tier": "A", "finding_count": 1}
    recorded(
        home,
        f"weftend.record_usage_event('completion-finding', {finding})\n"
        f"weftend.record_usage_event('completion-run', {run})\n"
        f"weftend.record_usage_event('completion-finding', {finding})\n"
        f"weftend.record_usage_event('completion-detector-snapshot', {snapshot})\n",
    )
    done = ingest(home)
    assert (done.events, done.refused) == (3, {"EVENT_PARENT_MISSING": 1})
    assert query(home, "SELECT started_at, finished_at FROM ci_completion_run") == [
        ("2026-11-01T00:00:00Z",) * 2
    ]
    assert query(home, "SELECT severity, status, suppressed, run_id FROM ci_completion_finding") == [
        ("unknown", "open", 0, 1)
    ]
    content = CONTENT.look(home)
    assert content is not None
    assert content.execute("SELECT fingerprint, message FROM finding_messages").fetchall() == [
        ("f", "secret text")
    ]
    assert b"secret text" not in (home / LOCAL.file_name).read_bytes()


def test_without_content_there_is_no_content_database(home: Path) -> None:
    recorded(home, BENCH % 1)
    ingest(home)
    assert not (home / CONTENT.file_name).exists()


def test_an_execution_without_its_duration_is_refused(home: Path) -> None:
    fields = {"tool_key": "fs.read", "outcome": "succeeded"}
    recorded(
        home,
        f"weftend.record_usage_event('agent_exec_time', {fields}, value=12, session='exec_time:repo')\n"
        f"weftend.record_usage_event('agent_exec_time', {fields})\n",
    )
    assert ingest(home).refused == {"EVENT_FIELD_MISSING": 1}
    rows = query(
        home, "SELECT tool_key, repository_id, duration_ms, timeout_budget_ms FROM agent_exec_history"
    )
    assert rows == [("fs.read", "repo", 12, None)]


WRITER = """
for n in range(100000):
    weftend.record_usage_event('benchmark_event', {}, value=n)
    print(n, flush=True)
"""


def test_killed_writers_lose_nothing_that_was_acknowledged_and_nothing_comes_twice(home: Path) -> None:
    processes = [record(home, WRITER) for _ in range(4)]
    heard = [0] * 4

    def listen(index: int) -> None:
        for _line in processes[index].stdout or ():
            heard[index] += 1

    ears = [threading.Thread(target=listen, args=(index,)) for index in range(4)]
    for ear in ears:
        ear.start()
    while not all(heard):
        assert all(process.poll() is None for process in processes)
        time.sleep(0.01)
    taken = sum(ingest(home).events for _ in range(20))
    for process in processes:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=60)
    for ear in ears:
        ear.join(timeout=60)
    taken += ingest(home).events
    (rows,) = query(home, "SELECT count(*) FROM research_metrics")[0]
    assert taken == rows >= sum(heard) > 0
    doubles = "SELECT recording_id, metric_value FROM research_metrics GROUP BY 1, 2 HAVING count(*) > 1"
    assert query(home, doubles) == []
    assert query(home, "SELECT count(*), sum(closed) FROM recording") == [(4, 4)]


INGEST = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from test_ingest import ingest
ingest(Path({home!r}))
"""


def test_a_killed_ingest_is_finished_by_the_next_and_two_at_once_take_each_event_once(home: Path) -> None:
    for _ in range(3):
        recorded(home, "for n in range(20000): weftend.record_usage_event('benchmark_event', {}, value=n)")
    program = INGEST.format(tests=str(Path(__file__).parent), home=str(home))
    for milliseconds in (150, 200, 250, 300, 350, 400):
        process = subprocess.Popen([sys.executable, "-c", program])
        try:
            process.wait(timeout=milliseconds / 1000)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    pair = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(2)]
    assert [process.wait(timeout=120) for process in pair] == [0, 0]
    assert query(home, "SELECT count(*), count(DISTINCT metric_value) FROM research_metrics") == [
        (60_000, 20_000)
    ]
    assert query(home, "SELECT sum(events) FROM recording_event") == [(60_000,)]


def test_a_foreign_segment_without_a_header_is_refused_once(home: Path) -> None:
    (home / "spool").mkdir(parents=True)
    line = {"at": 0, "fields": {}, "session": "s", "type": "benchmark_event", "v": 1}
    text = json.dumps(line, sort_keys=True, separators=(",", ":")) + "\n"
    (home / "spool" / "foreign.ndjson").write_text(text * 3)
    assert ingest(home).refused == {"EVENT_LINE_INVALID": 3}
    assert ingest(home).refused == {}
    assert query(home, "SELECT code, events FROM ingest_count") == [("EVENT_LINE_INVALID", 3)]


def planted(home: Path, name: str, recording: str, *lines: dict) -> None:
    """Write a closed segment as any program may."""
    header = {"recording": recording, "schema": "weftend.spool/0", "v": 0}
    event = {"at": 0, "fields": {}, "session": "s", "type": "benchmark_event", "v": 1}
    texts = [header, *(event | line for line in lines)]
    (home / "spool").mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(line, sort_keys=True, separators=(",", ":")) + "\n" for line in texts)
    (home / "spool" / name).write_text(text)


def test_a_segment_under_another_recording_s_name_is_refused(home: Path) -> None:
    planted(home, f"{'b' * 32}-000000.ndjson", "a" * 32, {})
    assert ingest(home).refused == {"EVENT_LINE_INVALID": 1}
    assert query(home, "SELECT * FROM recording") == []


def test_a_recording_goes_on_where_one_more_segment_of_it_turns_up(home: Path) -> None:
    for number in range(2):
        planted(home, f"{'a' * 32}-00000{number}.ndjson", "a" * 32, {}, {})
        assert ingest(home).events == 2
    assert query(home, "SELECT closed, events FROM recording JOIN recording_event ON recording_id = id") == [
        (1, 4)
    ]


def test_what_no_row_can_hold_keeps_nothing_else_out(home: Path) -> None:
    most = 2**53 - 1
    planted(home, f"{'a' * 32}-000000.ndjson", "a" * 32, *({"n": most} for _ in range(2000)))
    planted(home, f"{'b' * 32}-000000.ndjson", "b" * 32, {"session": "\0"}, {"refused": {}, "n": 0})
    planted(home, f"{'c' * 32}-000000.ndjson", "c" * 32, {})
    ingest(home)
    assert list((home / "spool").glob("*.ndjson")) == []
    assert query(home, "SELECT max(events), min(events) FROM recording_event") == [(most, 1)]


def test_a_segment_that_the_database_refuses_is_set_aside(home: Path, monkeypatch) -> None:
    import sqlite3

    from weftend.store.local import rows

    def refuse(*_arguments: object) -> None:
        raise sqlite3.IntegrityError("CHECK constraint failed")

    planted(home, f"{'a' * 32}-000000.ndjson", "a" * 32, {})
    with monkeypatch.context() as patched:
        patched.setattr(rows, "add_metrics", refuse)
        assert ingest(home).refused == {"EVENT_LINE_INVALID": 1}
    assert len(list((home / "spool" / "torn").iterdir())) == 1
    assert ingest(home).events == 0


def test_many_short_recordings_and_two_ingests_at_once(home: Path) -> None:
    """A recording that one ingest takes in while the other looks for closed ones is neither closed nor doubled."""
    program = INGEST.format(tests=str(Path(__file__).parent), home=str(home)) + "\n" * 2
    loop = program + f"for _ in range(25): ingest(Path({str(home)!r}))\n"
    fork = (
        "import os\nfor n in range(40):\n if not os.fork():\n  " + BENCH % "n" + "  os._exit(0)\n os.wait()\n"
    )
    started = [subprocess.Popen([sys.executable, "-c", loop]) for _ in range(2)]
    writers = [record(home, fork) for _ in range(2)]
    assert [process.wait(timeout=120) for process in (*writers, *started)] == [0] * 4
    ingest(home)
    assert query(home, "SELECT count(*), sum(closed) FROM recording") == [(80, 80)]
    assert query(home, "SELECT count(*) FROM research_metrics") == [(80,)]
    assert query(home, "SELECT sum(events) FROM recording_event") == [(80,)]


def test_every_row_of_a_long_segment_has_its_values(home: Path) -> None:
    lines = [{"value": n, "fields": {"iterations": n + 1}, "at": n} for n in range(777)]
    planted(home, f"{'a' * 32}-000000.ndjson", "a" * 32, *lines)
    assert ingest(home).rows == 777
    columns = "metric_type, session_id, metric_value, metadata_json, created_at, event_count, recording_id"
    assert query(home, f"SELECT {columns} FROM research_metrics ORDER BY id") == [  # noqa: S608
        ("benchmark_event", "s", n, f'{{"iterations":{n + 1}}}', f"1970-01-01T00:00:00.{n:03}Z", 1, 1)
        for n in range(777)
    ]


def test_what_another_ingest_takes_in_between_the_reading_and_the_transaction_is_taken_once(
    home: Path, monkeypatch
) -> None:
    from weftend.store.local.ahead import Taken

    planted(home, f"{'a' * 32}-000000.ndjson", "a" * 32, *({"value": n} for n in range(10)))
    wait, others = Taken.wait, []

    def wait_while_another_ingests(taken: Taken) -> None:
        wait(taken)
        if not others:
            others.append(None)
            others.append(ingest(home))

    monkeypatch.setattr(Taken, "wait", wait_while_another_ingests)
    assert ingest(home).events == 0
    # The first held the segment, so the other could not remove it; it took its events in.
    assert others[1].events == 10
    assert query(home, "SELECT count(*) FROM research_metrics") == [(10,)]
    assert list((home / "spool").iterdir()) == []


def test_a_segment_of_any_name_keeps_no_other_out(home: Path) -> None:
    recording = "ab" * 16
    header = f'{{"recording":"{recording}","schema":"weftend.spool/0","v":0}}\n'
    event = '{"at":1,"fields":{},"session":"s","type":"benchmark_event","v":1}\n'
    (home / "spool").mkdir(parents=True)
    for name in (
        b"\xff.ndjson",
        recording.encode() + b"-\xff.ndjson",
        recording.encode() + b"-000000.ndjson",
    ):
        (home / "spool" / os.fsdecode(name)).write_text(header + event)
    done = ingest(home)
    assert (done.events, done.refused) == (2, {"EVENT_LINE_INVALID": 1})
    assert not list((home / "spool").iterdir())
