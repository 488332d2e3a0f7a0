"""Recording against structlog, the OpenTelemetry SDK and calls that do nothing: ``make bench``.

The mode is decided once in a process, so what is measured in mode ``off`` runs in a process of its own. With cargo
there, ``benches/recording`` measures the same in Rust.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from harness import Job, run

FIELDS = {"suite": "parse", "unit": "ms", "iterations": 30, "warm": True}
SIZE = len(
    '{"at":1767225600007,"fields":{"iterations":30,"suite":"parse","unit":"ms","warm":true},"session":"bench:loc'
)
CRATE = Path(__file__).parent / "recording"


def nothing(event_type: str, fields: dict[str, object], *, value: float | None = None) -> None:
    """An empty function with the arguments of a recording call."""


class Nothing:
    """An object with an empty method."""

    def inc(self, n: int = 1) -> None:
        """Count nothing."""


def structlog_to(path: Path, *, fast: bool) -> Callable[[], object]:
    """A structlog call that writes one JSON line to ``path``; ``fast`` as its page on performance says."""
    import structlog

    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    if fast:
        import orjson

        render = structlog.processors.JSONRenderer(serializer=orjson.dumps)
        factory = structlog.BytesLoggerFactory(file=path.open("ab"))
    else:
        render = structlog.processors.JSONRenderer()
        factory = structlog.WriteLoggerFactory(file=path.open("a", encoding="utf-8"))
    log = structlog.wrap_logger(factory(), processors=[stamp, render], wrapper_class=structlog.BoundLogger)
    return lambda: log.info("benchmark_event", value=12.5, **FIELDS)


def opentelemetry() -> tuple[Callable[[], object], Callable[[], float]]:
    """A counter of the OpenTelemetry SDK with the same attributes, and its sum so far."""
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader

    reader = InMemoryMetricReader()
    counter = MeterProvider(metric_readers=[reader]).get_meter("bench").create_counter("benchmark_event")

    def total() -> float:
        (resource,) = reader.get_metrics_data().resource_metrics
        return float(resource.scope_metrics[0].metrics[0].data.data_points[0].value)

    return lambda: counter.add(1, FIELDS), total


def spooled(home: Path) -> list[dict[str, object]]:
    """The events on the spool of ``home``."""
    texts = [path.read_text() for path in sorted((home / "spool").glob("*.ndjson"))]
    return [line for text in texts for line in map(json.loads, text.splitlines()) if "type" in line]


def record_once() -> None:
    """The call that is measured."""
    import weftend

    weftend.record_usage_event("benchmark_event", FIELDS, value=12.5)


def check_record(home: Path) -> None:
    """One call is one event with everything in it."""
    before = len(spooled(home))
    record_once()
    event = spooled(home)[before]
    assert (event["fields"], event["value"]) == (FIELDS, 12.5)


def check_lines(path: Path, call: Callable[[], object], home: Path) -> None:
    """Both calls write one line with the same members."""
    check_record(home)
    call()
    line = json.loads(path.read_text().splitlines()[-1])
    assert FIELDS.items() <= line.items()


def check_counts(call: Callable[[], object], total: Callable[[], float], home: Path) -> None:
    """Both calls count one."""
    check_record(home)
    call()
    before = total()
    call()
    assert total() == before + 1


def on(scratch: Path) -> None:
    """What is measured while events are recorded."""
    import weftend

    record, home = weftend.record_usage_event, scratch / "home"
    ours = lambda: record("benchmark_event", FIELDS, value=12.5)  # noqa: E731  (nothing between it and the call)
    slow, fast = scratch / "slow.log", scratch / "fast.log"
    to_slow, to_fast = structlog_to(slow, fast=False), structlog_to(fast, fast=True)
    add, total = opentelemetry()
    counter, empty = weftend.counter("benchmark_event", FIELDS), Nothing()

    def check_counter() -> None:
        counter.inc()
        counter.inc(2)
        counter.flush()
        assert spooled(home)[-1]["n"] == 3

    packages = ("weftend", "structlog", "orjson", "opentelemetry-sdk")
    jobs = [
        Job(
            "record, on",
            "structlog, JSON lines",
            ours,
            to_slow,
            partial(check_lines, slow, to_slow, home),
            SIZE,
            1,
        ),
        Job(
            "record, on",
            "structlog, orjson",
            ours,
            to_fast,
            partial(check_lines, fast, to_fast, home),
            SIZE,
            1,
        ),
        Job(
            "record, on", "opentelemetry counter", ours, add, partial(check_counts, add, total, home), SIZE, 1
        ),
        Job("counter inc", "empty bound method", counter.inc, empty.inc, check_counter, 1, 0.5),
    ]
    run("recording", jobs, packages)


def off(scratch: Path) -> None:
    """What is measured in mode off."""
    import weftend

    record = weftend.record_usage_event
    ours = lambda: record("benchmark_event", FIELDS, value=12.5)  # noqa: E731
    theirs = lambda: nothing("benchmark_event", FIELDS, value=12.5)  # noqa: E731

    def check() -> None:
        ours()
        assert not (scratch / "home").exists()

    run("recording-off", [Job("record, off", "empty function", ours, theirs, check, 1, 0.5)], ("weftend",))


def main() -> None:
    """Print the tables and write them as JSON."""
    if len(sys.argv) > 1:
        {"on": on, "off": off}[sys.argv[1]](Path(sys.argv[2]))
        return
    for mode in ("on", "off"):
        with tempfile.TemporaryDirectory() as scratch:
            setting = {
                "WEFTEND_HOME": f"{scratch}/home",
                "XDG_CONFIG_HOME": scratch,
                "XDG_CONFIG_DIRS": scratch,
            }
            setting |= {"WEFTEND_TELEMETRY": "off" if mode == "off" else "local", "WEFTEND_CONTRACTS": ""}
            subprocess.run([sys.executable, __file__, mode, scratch], env=os.environ | setting, check=True)
    if shutil.which("cargo"):
        command = ["cargo", "run", "--release", "--quiet", "--manifest-path", str(CRATE / "Cargo.toml")]
        subprocess.run([*command, "--target-dir", str(CRATE.parents[1] / "target")], check=True)


if __name__ == "__main__":
    main()
