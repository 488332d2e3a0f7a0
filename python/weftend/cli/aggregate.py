"""``weftend aggregate``: from what a stream reads to a snapshot that may leave the machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from weftend.cli import options, sources
from weftend.cli.output import emit, machine, report, say, show
from weftend.errors import ExitStatus

if TYPE_CHECKING:
    from weftend.conduit import Outcome
    from weftend.policy.floors import Floor


@click.command("aggregate")
@sources.takes_inputs
@options.from_store
@options.out
@options.k
@options.preview
@options.apply
@click.option(
    "--contribution",
    type=click.Choice(["every-map", "one-map"]),
    help="Whether a unit counts in every map, or in one, so that no two maps share a unit.",
)
@options.home
@options.json_output
def aggregate(
    asked: sources.Asked,
    from_store: bool,
    out: Path | None,
    k: int | None,
    as_preview: bool,
    as_apply: bool,
    contribution: str | None,
    home: Path | None,
    as_json: bool,
) -> ExitStatus:
    """Release bounded, floored counts of INPUTs for STREAM.

    INPUTs are files, folders, patterns, or - for standard input; with --from-store it is what was recorded on
    this machine, once the spool has been taken in. Without --apply this is a preview: the snapshot is printed
    on stdout, and ledger and store stay as they are. With --apply the new units are consumed, the store in
    --home grows, and the snapshot is written to --out; of what was recorded that needs mode export.
    """
    printed = as_json or as_preview
    if from_store:
        from weftend.cli import from_store as store

        recorded = sources.recorded(asked)
        return store.aggregate(*recorded, k=k, apply=as_apply, print_snapshot=printed, home=home, out=out)
    read = sources.read(asked, contribution)
    outcome, floor = _run(read, k, home, out, apply=as_apply)
    if printed or not as_apply:
        emit(outcome.snapshot)
    _tell(outcome, floor, read.units, applied=as_apply)
    return sources.status_of(read, outcome.status.exit)


def _run(
    read: sources.Read, k: int | None, home: Path | None, out: Path | None, *, apply: bool
) -> tuple[Outcome, Floor]:
    """Say what was read and what is missing, then release it or look at what a release would be."""
    from weftend import conduit
    from weftend.policy.floors import floor_of
    from weftend.store.home import state_home

    floor = floor_of(read.definition, k)
    sources.tell(read)
    if read.reading.issues.issues:
        report(read.reading.issues, beside_document=True)
    _warn(read)
    stream, place = read.stream, state_home(home)
    request = conduit.Request(stream, read.reading.partial, stream.digest, floor.k, unit_rule=read.unit_rule)
    outcome = conduit.apply(request, place, out) if apply else conduit.preview(request, place)
    return outcome, floor


def _warn(read: sources.Read) -> None:
    """Say which maps would be released without names, before any run is consumed under none."""
    from weftend.report.vocabulary import maps_without_names

    if machine.get():
        return
    if empty := maps_without_names(read.definition, read.stream, read.reading.partial):
        say(f"No vocabulary yet for {', '.join(empty)}: what they hold is released as __other__ alone.")
        say("Runs that are released are never released again under a better one. To name them first:")
        say(f"  weftend vocabulary collect {read.stream.id} INPUT... > names.txt")
        say("then review the file, look at it with --vocabulary names.txt --preview, and apply with it.")


def _tell(outcome: Outcome, floor: Floor, units: str, *, applied: bool) -> None:
    """The summary for people; under ``--json`` nothing is even made."""
    if machine.get():
        return
    from weftend.report.outcome import About, summary

    show(summary(outcome, About(units, floor.least, floor.least_from, applied)))
