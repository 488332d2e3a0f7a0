"""``weftend count``: exact numbers for the operator's own eyes, without a floor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weftend.cli import options, sources
from weftend.cli.output import emit, emit_json, machine, report, say
from weftend.errors import ExitStatus

if TYPE_CHECKING:
    from weftend.report.fold import Counted


@click.command("count")
@sources.takes_inputs
@options.from_store
@options.home
@options.json_output
def count(asked: sources.Asked, from_store: bool, home: Path | None, as_json: bool) -> ExitStatus:
    """Count INPUTs for STREAM, exactly and without a floor: private, never to be shared.

    Every bucket is shown with its units and its total, before any clamp. INPUTs are files, folders, patterns,
    or - for standard input; with --from-store it is what was recorded on this machine.
    """
    if from_store:
        from weftend.cli import from_store as store

        return store.count(*sources.recorded(asked), home=home)
    from weftend.report.fold import counted

    read = sources.read(asked)
    fold = counted(read.stream, read.reading.partial)
    if machine.get():
        emit_json(_document(read, fold))
        return sources.status_of(read)
    sources.tell(read)
    report(read.reading.issues)
    say(
        "This is private: exact counts without a floor. Nothing of it may leave; `weftend aggregate` releases."
    )
    emit(fold.text().encode())
    return sources.status_of(read)


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
