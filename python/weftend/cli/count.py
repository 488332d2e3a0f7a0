"""``weftend count``: exact numbers for the operator's own eyes, without a floor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weftend.cli import options, sources
from weftend.cli.output import PRIVATE, emit, emit_json, machine, report, say
from weftend.errors import ExitStatus

if TYPE_CHECKING:
    from weftend.report.fold import Counted


@click.command("count", short_help="Count CI reports or records exactly, for your eyes only.")
@sources.takes_inputs
@options.from_store
@options.home
@options.json_output
def count(asked: sources.Asked, from_store: bool, home: Path | None, as_json: bool) -> ExitStatus:
    """Count INPUTs for STREAM, such as telemetry.ci.tests.v0, exactly and without a floor.

    What is printed is private and never to be shared: every bucket with its units and its total, before any
    clamp, and the most frequent names that no vocabulary has. Nothing is written. INPUTs are files, folders,
    patterns, or - for standard input; .gz, .zst, .zip and .tar of them are read in place. With --from-store it
    is what was recorded on this machine.

    Exit status: 0 done, 1 nothing to count, 2 refused, 4 done, and part of the input was refused.
    """
    if from_store:
        from weftend.cli import from_store as store

        return store.count(*sources.recorded(asked), home=home)
    from weftend.report.fold import counted

    read = sources.read(asked, sources.target(asked))
    fold = counted(read.stream, read.reading.partial)
    if machine.get():
        emit_json(_document(read, fold))
        return _status(read)
    sources.tell(read)
    report(read.reading.issues)
    if not len(read.reading.partial):
        say(f"There are no {read.units} to count.")
        return _status(read)
    say(PRIVATE)
    emit(fold.text().encode())
    return _status(read)


def _status(read: sources.Read) -> ExitStatus:
    """That nothing was there to count is said as ``aggregate`` says it."""
    found = ExitStatus.DONE if len(read.reading.partial) else ExitStatus.NOTHING_RELEASED
    return sources.status_of(read, found)


def _document(read: sources.Read, fold: Counted) -> dict[str, Any]:
    """Everything at once, for ``--json``."""
    counts = read.reading.counts
    return {
        "private": True,
        "stream": read.stream.id,
        "unit": read.reading.unit_rule,
        "units": len(read.reading.partial),
        "maps": fold.maps_as_json(),
        "unregistered": fold.unregistered_as_json(),
        "duplicates": counts.duplicates,
        "refused": counts.refused,
        "ignored": counts.ignored,
        "declared": counts.declared(),
        "found": counts.found(),
        **read.reading.issues.as_dict(),
    }
