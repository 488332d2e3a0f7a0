"""Recording from Python, in real processes: what reaches the spool, and what never harms the host."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

CONTRACTS = {
    "schema": "weftend.contracts/0",
    "events": [
        {
            "type": "tool.run",
            "version": 1,
            "producer": "tool",
            "family": "tool",
            "metricType": "tool.run",
            "session": "tool:local",
            "table": "research_metrics",
            "sensitivity": "S1",
            "transmission": "local_only",
            "value": {"min": 0, "max": 100},
            "fields": [
                {"name": "level", "class": "S1", "kind": {"type": "enum", "values": ["high", "low"]}},
                {"name": "size", "class": "S0", "kind": {"type": "integer", "min": 0, "max": 9}},
            ],
        }
    ],
}


@pytest.fixture
def run(tmp_path):
    """Run Python source in a process of its own with a fresh home; gives back its completed process."""
    contracts = tmp_path / "contracts.json"
    contracts.write_text(json.dumps(CONTRACTS))

    def start(source: str, **environment: str) -> subprocess.CompletedProcess[str]:
        cleared = {k: v for k, v in os.environ.items() if not k.startswith(("WEFTEND_", "DO_NOT_TRACK"))}
        return subprocess.run(
            [sys.executable, "-c", "import weftend\n" + textwrap.dedent(source)],
            env={
                **cleared,
                "WEFTEND_HOME": str(tmp_path / "home"),
                "WEFTEND_CONTRACTS": str(contracts),
                "XDG_CONFIG_HOME": str(tmp_path / "config"),
                "XDG_CONFIG_DIRS": str(tmp_path / "site"),
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=60,
        )

    return start


def spooled(home: Path) -> list[dict]:
    lines = []
    for segment in sorted((home / "spool").glob("*.ndjson")):
        lines += [json.loads(line) for line in segment.read_text().splitlines()]
    return lines


def events(home: Path) -> list[dict]:
    return [line for line in spooled(home) if "type" in line]


def test_a_call_is_one_event(run, tmp_path):
    ended = run(
        "weftend.record_usage_event('tool.run', {'level': 'low', 'size': 3}, value=1.5, session='tool:x')"
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    (event,) = events(tmp_path / "home")
    assert event.pop("at") > 1_700_000_000_000
    assert event == {
        "fields": {"level": "low", "size": 3},
        "session": "tool:x",
        "type": "tool.run",
        "v": 1,
        "value": 1.5,
    }


@pytest.mark.parametrize(
    "setting", [{"WEFTEND_TELEMETRY": "off"}, {"DO_NOT_TRACK": "1"}, {"WEFTEND_TELEMETRY": "?"}]
)
def test_off_creates_nothing(run, tmp_path, setting):
    ended = run(
        "weftend.record_usage_event('tool.run', {}); weftend.counter('tool.run', {}).inc()", **setting
    )
    assert ended.returncode == 0
    assert not (tmp_path / "home").exists()


def test_what_is_wrong_is_counted_and_never_raised(run, tmp_path):
    ended = run(
        """
        class Odd(dict): pass
        weftend.record_usage_event('no.such', {})
        weftend.record_usage_event(None, None, value='x', session=3)
        weftend.record_usage_event('tool.run', None)
        weftend.record_usage_event('tool.run', {1: 2})
        weftend.record_usage_event('tool.run', {'level': '\\ud800'})
        weftend.record_usage_event('tool.run', {'size': 10 ** 40})
        weftend.record_usage_event('tool.run', {}, value='x')
        weftend.record_usage_event('tool.run', {}, value=float('nan'))
        weftend.record_usage_event('tool.run', {}, session=3)
        weftend.record_usage_event('tool.run', Odd(level='high', host='box-17'))
        weftend.counter('tool.run', {'level': 'loud'}).inc()
        weftend.counter('tool.run', {1: 2}).inc()
        weftend.counter('tool.run', None).inc()
        weftend.counter(None, {}).inc()
        """
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = spooled(tmp_path / "home")
    assert [line["fields"] for line in lines if "type" in line] == [{"level": "high"}]
    (refused,) = (line["refused"] for line in lines if "refused" in line)
    assert refused == {
        "EVENT_FIELD_INVALID": 7,
        "EVENT_FIELD_UNLISTED": 1,
        "EVENT_SESSION_INVALID": 1,
        "EVENT_TYPE_UNKNOWN": 3,
        "EVENT_VALUE_INVALID": 2,
    }


def test_a_producer_that_is_used_wrongly_harms_nobody(run, tmp_path):
    ended = run(
        """
        from types import MappingProxyType
        tool = weftend.Producer('tool')
        tool.record('tool.run', ['level'])
        tool.record('tool.run', 'level')
        tool.record('tool.run', 0)
        tool.record('tool.run', MappingProxyType({'level': 'low'}))
        tool.counter('tool.run', 5).inc()
        """
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = spooled(tmp_path / "home")
    assert [line["fields"] for line in lines if "type" in line] == [{"level": "low"}]
    assert [line["refused"] for line in lines if "refused" in line] == [{"EVENT_FIELD_INVALID": 4}]


@pytest.mark.parametrize("name", ["'x' * 129", "'a' + chr(0)", "chr(0xdcff)", "None"])
def test_a_name_that_no_producer_can_have_loses_no_event(run, tmp_path, name):
    ended = run(f"weftend.Producer({name}).record('tool.run', {{'size': 1}})")
    assert (ended.returncode, ended.stderr) == (0, "")
    header, event = spooled(tmp_path / "home")
    assert (header["producer"], event["fields"]) == ("__other__", {"size": 1})


def test_a_count_that_is_none_is_refused_and_never_raised(run, tmp_path):
    source = """
        c = weftend.counter('tool.run', {})
        for n in (-1, 2 ** 64, 'x', 1.5, None):
            c.inc(n)
        c.inc(2)
        """
    ended = run(source)
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = spooled(tmp_path / "home")
    assert counted(tmp_path / "home") == 2
    assert [line["refused"] for line in lines if "refused" in line] == [{"EVENT_VALUE_INVALID": 5}]
    assert "EVENT_VALUE_INVALID" in run(source, WEFTEND_STRICT="1").stderr


def test_a_count_that_is_none_writes_nothing_in_mode_off(run, tmp_path):
    ended = run("weftend.counter('tool.run', {}).inc(-1)", WEFTEND_TELEMETRY="off", WEFTEND_STRICT="1")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert not (tmp_path / "home").exists()


def test_strict_raises_the_code_and_the_field(run):
    ended = run(
        """
        from weftend.errors import RecordingError
        try:
            weftend.record_usage_event('tool.run', {'level': 'loud'})
        except RecordingError as error:
            print(error.code, error.field)
        """,
        WEFTEND_STRICT="1",
    )
    assert ended.stdout == "EVENT_FIELD_INVALID level\n"


def test_a_home_that_cannot_be_written_harms_nobody(run, tmp_path):
    (tmp_path / "home").write_text("a file where the folder should be")
    ended = run("weftend.record_usage_event('tool.run', {})")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_broken_contracts_harm_nobody(run, tmp_path):
    (tmp_path / "contracts.json").write_text("{")
    ended = run("weftend.record_usage_event('tool.run', {})")
    assert (ended.returncode, ended.stderr) == (0, "")


def counted(home: Path) -> int:
    return sum(event.get("n", 1) for event in events(home))


def test_a_counter_is_spooled_at_exit(run, tmp_path):
    run("c = weftend.counter('tool.run', {'level': 'low'})\nfor _ in range(41): c.inc()\nc.inc(1)")
    assert [event["n"] for event in events(tmp_path / "home")] == [42]


def test_the_producer_names_the_recording(run, tmp_path):
    run("p = weftend.Producer('vox-mcp'); p.record('tool.run', {'size': 1}); p.counter('tool.run').inc(2)")
    lines = spooled(tmp_path / "home")
    assert lines[0]["producer"] == "vox-mcp"
    assert counted(tmp_path / "home") == 3


def test_a_forked_child_has_a_recording_of_its_own_and_counts_once(run, tmp_path):
    ended = run(
        """
        import os, sys
        c = weftend.counter('tool.run', {})
        c.inc(5)
        weftend.record_usage_event('tool.run', {'size': 1})
        pid = os.fork()
        weftend.record_usage_event('tool.run', {'size': 2})
        c.inc(7)
        if pid:
            os.waitpid(pid, 0)
        sys.exit(0)
        """
    )
    assert ended.returncode == 0
    assert len(list((tmp_path / "home/spool").glob("*.ndjson"))) == 2
    assert len({line["recording"] for line in spooled(tmp_path / "home") if "recording" in line}) == 2
    assert counted(tmp_path / "home") == 1 + 2 + 5 + 7 + 7


def test_a_forked_child_may_still_name_its_recording(run, tmp_path):
    run(
        """
        import os, sys
        weftend.record_usage_event  # imported, not used, before the fork
        pid = os.fork()
        if not pid:
            weftend.Producer('vox-mcp').record('tool.run', {'size': 2})
            sys.exit(0)
        os.waitpid(pid, 0)
        """
    )
    assert spooled(tmp_path / "home")[0]["producer"] == "vox-mcp"


def test_children_forked_while_threads_record_do_not_hang(run, tmp_path):
    ended = run(
        """
        import os, sys, threading, warnings
        warnings.simplefilter('ignore', DeprecationWarning)  # said of any fork with threads, from 3.12 on
        done, recorded = threading.Event(), [0] * 3
        c = weftend.counter('tool.run', {})
        def work(index):
            while not done.is_set():
                weftend.record_usage_event('tool.run', {'size': 1})
                recorded[index] += 1
        threads = [threading.Thread(target=work, args=(index,)) for index in range(3)]
        [t.start() for t in threads]
        children = []
        for _ in range(40):
            c.inc()
            pid = os.fork()
            if not pid:
                weftend.record_usage_event('tool.run', {'size': 2})
                c.inc(100)
                weftend.recording.flush()
                os._exit(0)
            children.append(pid)
        statuses = [os.waitpid(pid, 0)[1] for pid in children]
        done.set()
        [t.join() for t in threads]
        print(sum(recorded), statuses.count(0))
        """
    )
    assert ended.returncode == 0, ended
    recorded, ended_well = map(int, ended.stdout.split())
    assert ended_well == 40
    assert counted(tmp_path / "home") == recorded + 40 + 40 * 101


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_of_multiprocessing_lose_no_count(run, tmp_path, method):
    script = tmp_path / "workers.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import multiprocessing, weftend

            def work(n):
                counter = weftend.counter("tool.run", {{}})
                counter.inc(n)

            if __name__ == "__main__":
                context = multiprocessing.get_context("{method}")
                workers = [context.Process(target=work, args=(n,)) for n in (1, 10, 100)]
                [worker.start() for worker in workers]
                [worker.join() for worker in workers]
            """
        )
    )
    ended = run(f"import runpy; runpy.run_path({str(script)!r}, run_name='__main__')")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert counted(tmp_path / "home") == 111


def test_threads_lose_nothing(run, tmp_path):
    run(
        """
        import threading
        c = weftend.counter('tool.run', {})
        def work():
            for i in range(200):
                weftend.record_usage_event('tool.run', {'size': i % 10})
                c.inc()
        threads = [threading.Thread(target=work) for _ in range(8)]
        [t.start() for t in threads]; [t.join() for t in threads]
        """
    )
    assert counted(tmp_path / "home") == 2 * 8 * 200


def test_asyncio_records_like_anybody(run, tmp_path):
    run(
        """
        import asyncio
        async def one(i): weftend.record_usage_event('tool.run', {'size': i})
        async def all_(): await asyncio.gather(*(one(i) for i in range(10)))
        asyncio.run(all_())
        """
    )
    assert counted(tmp_path / "home") == 10
