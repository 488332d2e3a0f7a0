"""How time and memory grow with the input, up to 10 GB of JUnit reports: ``make bench``.

Reports are made by a script and not kept. Each size is read in a process of its own, whose greatest resident
memory is told by the system; the same files then go through SHA-256 on one thread. ``bench_ci_growth.py 1000``
stops at 1,000 MB, where there is no room or time for 10 GB.
"""

from __future__ import annotations

import hashlib
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, process_time

import ci_inputs
from harness import Figure, report

SIZES = (10, 100, 1_000, 10_000)
"""Megabytes of reports."""
STREAM = "telemetry.ci.tests.v0"
TURNS = 3
Step = tuple[int, dict[str, float], dict[str, float]]
MEMORY_MIB, GROWTH, HASHES = 200, 1.3, 2
"""The most resident memory; the most that time per byte may differ; the most time, in times that of SHA-256."""


def read(folder: Path) -> dict[str, int]:
    """Units, cases and refusals among all reports."""
    from weftend import ci
    from weftend.canonical import canonicalize
    from weftend.contracts import stream
    from weftend.fold import Stream

    reading = ci.read(Stream(canonicalize(stream(STREAM))), [folder])
    counts = reading.counts
    return {"units": len(reading.partial), "cases": counts.found_tests, "refused": counts.refused}


def hashed(folder: Path) -> dict[str, int]:
    """Units, by SHA-256 of each file on one thread."""
    digests = set()
    for path in sorted(folder.rglob("*.xml")):
        with path.open("rb") as file:
            digests.add(hashlib.file_digest(file, "sha256").digest())
    return {"units": len(digests)}


def measured(work: str, folder: Path, rounds: int) -> dict[str, float]:
    """What ``work`` finds, median seconds by the clock and of processors, and the greatest resident memory in MiB."""
    command = [sys.executable, __file__, work, str(folder), str(rounds)]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return told


def child(work: Callable[[Path], dict[str, int]], folder: Path, rounds: int) -> None:
    """Do ``work`` so many times and print what :func:`measured` returns."""
    times, processors = [], []
    for _ in range(rounds):
        start, used = perf_counter(), process_time()
        found = work(folder)
        times.append(perf_counter() - start)
        processors.append(process_time() - used)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    medians = {"seconds": statistics.median(times), "cpu": statistics.median(processors)}
    print(json.dumps({**found, **medians, "mib": peak}))


def steps(scratch: Path, sizes: Sequence[int]) -> list[Step]:
    """Every size: bytes, what our reading measured, what the hash measured.

    All sizes are measured in turns, several times, so that what else the machine does meets all of them.
    """
    paths = {size: ci_inputs.grown(scratch / str(size), size * 1_000_000) for size in sizes}
    turns = [
        {size: _turn(scratch / str(size), size, len(paths[size])) for size in sizes} for _ in range(TURNS)
    ]
    table = []
    for size in sizes:
        mine, theirs = ([turn[size][side] for turn in turns] for side in (0, 1))
        table.append((sum(path.stat().st_size for path in paths[size]), _median(mine), _median(theirs)))
    return table


def _turn(folder: Path, megabytes: int, files: int) -> tuple[dict[str, float], dict[str, float]]:
    """One size once: what our reading measured, what the hash measured; both answers checked."""
    rounds = max(1, min(15, 3_000 // megabytes))
    measured("hashed", folder, 1)  # so that both find the files in memory, as far as they fit
    mine, theirs = measured("read", folder, rounds), measured("hashed", folder, rounds)
    assert mine["units"] == theirs["units"] == files
    assert (mine["refused"], mine["cases"]) == (0, 350 * files)
    return mine, theirs


def _median(turns: Sequence[dict[str, float]]) -> dict[str, float]:
    """Of each value the median over all turns; of memory the greatest."""
    medians = {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}
    return medians | {"mib": max(turn["mib"] for turn in turns)}


def figures(steps: Sequence[Step]) -> list[Figure]:
    """Every size against SHA-256 and against the memory that is allowed; and the growth from first to last."""
    table = []
    for size, mine, theirs in steps:
        name = f"JUnit, {size / 1e6:,.0f} MB"
        rate, ours, hashing = size / 1e6 / mine["seconds"], mine["seconds"] * 1e6, theirs["seconds"] * 1e6
        against = "SHA-256, one thread"
        table.append(_figure(name, against, hashing / ours, ours, hashing, rate, 1 / HASHES))
        memory = f"{MEMORY_MIB} MiB, of which it takes {mine['mib']:.0f}"
        table.append(_figure(name, memory, MEMORY_MIB / mine["mib"], ours, 0, rate, 1))
    # By the clock, and of processors, which other work on the machine changes less.
    for clock, by in (("seconds", "by the clock"), ("cpu", "of processors")):
        per_byte = [1e9 * mine[clock] / size for size, mine, _ in steps]
        least, most = min(per_byte), max(per_byte)
        told = f"{least:.2f} to {most:.2f} ns {by}"
        table.append(_figure("time per byte, least by most", told, least / most, 0, 0, 0, 1 / GROWTH))
    return table


def _figure(
    name: str, against: str, ratio: float, ours: float, theirs: float, rate: float, reach: float
) -> Figure:
    return Figure(
        name, against, round(ratio, 3), 0, round(ours), round(theirs), round(rate, 1), round(reach, 3)
    )


def main(most: int = SIZES[-1]) -> None:
    """Print the table and write it as JSON."""
    with tempfile.TemporaryDirectory() as scratch:
        sizes = [size for size in SIZES if size <= most and _fits(Path(scratch), size)]
        report("ci-growth", figures(steps(Path(scratch), sizes)), ("weftend",))


def _fits(scratch: Path, megabytes: int) -> bool:
    """Whether there is room for so much, twice over; said where there is none."""
    fits = shutil.disk_usage(scratch).free > 2_000_000 * megabytes
    if not fits:
        print(f"no room for {megabytes} MB of reports: left out", file=sys.stderr)
    return fits


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["read" | "hashed" as work, folder, rounds]:
            child({"read": read, "hashed": hashed}[work], Path(folder), int(rounds))
        case [megabytes]:
            main(int(megabytes))
        case _:
            main()
