"""What every bench shares: check the answer, measure, name the machine, print a table, write JSON.

A *job* compares our call with another that does the same work. Both run in one process, in turns, so that
what else the machine does meets both; the figure is the ratio of their times, not a time.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter_ns, process_time_ns

RESULTS = Path(__file__).parent / "results"
ROUNDS = 61
ROUND_NS = 8_000_000
"""How long one call is repeated for in one round, in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the table.

    ``check`` raises unless both sides give right answers; it runs before anything is timed. ``reach`` is the
    least ratio that the job should have (their time divided by ours), where one is set. ``size`` is in bytes
    of output or input, whichever the job is about.
    """

    name: str
    against: str
    ours: Callable[[], object]
    theirs: Callable[[], object]
    check: Callable[[], None]
    size: int
    reach: float | None = None
    processes: bool = False
    """Whether the calls start processes, or work on all cores: then the clock on the wall counts, since this
    process's own time leaves out what its children do, and adds up what threads do at once. Otherwise it is this
    process's CPU time, which other work on the machine changes least."""
    scale: float = 1
    """What their time counts, where they do only a part of the work."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured: medians over the rounds; ``spread`` is between the quartiles of the ratio."""

    name: str
    against: str
    ratio: float
    spread: float
    ours_us: float
    theirs_us: float
    megabytes_per_second: float
    reach: float | None

    @property
    def met(self) -> str:
        """``yes`` or ``no`` where there is something to reach."""
        if self.reach is None:
            return ""
        return "yes" if self.ratio >= self.reach else "no"


def run(
    title: str, jobs: Sequence[Job], packages: Sequence[str] = (), *, rounds: int = ROUNDS
) -> list[Figure]:
    """Check, then measure every job; print the table and write ``results/<title>.json``.

    ``packages`` are the distributions whose versions belong beside the figures; jobs that take long ask for
    fewer ``rounds``.
    """
    for job in jobs:
        job.check()
    figures = [_measure(job, rounds) for job in jobs]
    report(title, figures, packages)
    return figures


def report(title: str, figures: Sequence[Figure], packages: Sequence[str] = ()) -> None:
    """Name the machine, print the table and write ``results/<title>.json``."""
    machine = describe_machine(packages)
    print(f"{title}: " + ", ".join(f"{key} {value}" for key, value in machine.items()))
    print(_table(figures))
    _write(title, machine, figures)


def describe_machine(packages: Sequence[str] = ()) -> dict[str, str]:
    """Processor, cores, system, Python, and the versions of ``packages``."""
    described = {
        "cpu": _cpu(),
        "cores": str(os.cpu_count()),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
    }
    return described | {package: _version(package) for package in packages}


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _measure(job: Job, rounds: int) -> Figure:
    clock = perf_counter_ns if job.processes else process_time_ns
    ours_count, theirs_count = (_repetitions(call, clock) for call in (job.ours, job.theirs))
    ours: list[float] = []
    theirs: list[float] = []
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            ours.append(_time(job.ours, ours_count, clock))
            theirs.append(_time(job.theirs, theirs_count, clock))
    finally:
        gc.enable()
    return _figure(job, ours, theirs)


def _repetitions(call: Callable[[], object], clock: Callable[[], int]) -> int:
    return max(1, int(ROUND_NS / max(1.0, min(_time(call, 1, clock) for _ in range(3)))))


def _time(call: Callable[[], object], count: int, clock: Callable[[], int]) -> float:
    """Nanoseconds per call."""
    start = clock()
    for _ in range(count):
        call()
    return (clock() - start) / count


def _figure(job: Job, ours: list[float], theirs: list[float]) -> Figure:
    ratios = [there * job.scale / here for here, there in zip(ours, theirs, strict=True)]
    quartiles = statistics.quantiles(ratios, n=4)
    own = statistics.median(ours)
    return Figure(
        name=job.name,
        against=job.against,
        ratio=round(statistics.median(ratios), 3),
        spread=round(quartiles[2] - quartiles[0], 3),
        ours_us=round(own / 1e3, 2),
        theirs_us=round(statistics.median(theirs) * job.scale / 1e3, 2),
        megabytes_per_second=round(job.size * 1e3 / own, 1),
        reach=job.reach,
    )


def _table(figures: Sequence[Figure]) -> str:
    head = ("job", "against", "ratio", "±", "reach", "met", "ours µs", "theirs µs", "MB/s")
    rows = [head, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def _row(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name,
        figure.against,
        f"{figure.ratio:.2f}",
        f"{figure.spread / 2:.2f}",
        "" if figure.reach is None else f"{figure.reach:g}",
        figure.met,
        f"{figure.ours_us:.1f}",
        f"{figure.theirs_us:.1f}",
        f"{figure.megabytes_per_second:.0f}",
    )


def _write(title: str, machine: dict[str, str], figures: Sequence[Figure]) -> None:
    document = {
        "title": title,
        "machine": machine,
        "commit": _commit(),
        "figures": [asdict(figure) for figure in figures],
    }
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{title}.json"
    target.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"written: {os.path.relpath(target)}", file=sys.stderr)


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    told = subprocess.run(command, capture_output=True, text=True, cwd=RESULTS.parent, check=False)
    return told.stdout.strip() or "unknown"
