"""``weftend aggregate``: from what a stream reads to a snapshot that may leave the machine."""

from __future__ import annotations

import shlex
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from weftend.cli import options, sources
from weftend.cli.output import emit_snapshot, machine, report, say, show
from weftend.errors import ExitStatus

if TYPE_CHECKING:
    from weftend.conduit import Outcome
    from weftend.policy.floors import Floor
    from weftend.store.home import Home

MOST_INPUTS: Final = 4
"""Inputs that a command line which is suggested repeats; of more it says ``INPUT...``."""


@click.command("aggregate", short_help="Release floored counts of CI reports or records.")
@sources.takes_inputs
@options.contribution
@options.from_store
@options.k
@options.home
@options.out
@options.preview
@options.apply
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
    """Release bounded, floored counts of INPUTs for STREAM, such as telemetry.ci.tests.v0.

    INPUTs are files, folders, patterns, or - for standard input; .gz, .zst, .zip and .tar of them are read in
    place. With --from-store it is what was recorded on this machine, once the spool has been taken in.

    Without --apply this is a preview: the snapshot is printed on stdout, and ledger and store stay as they are.
    With --apply the new units are consumed, the store in --home grows, and the snapshot is written to --out. A
    unit is released once per home, so keep the home: the next run takes what is new. Releasing what was recorded
    needs mode export.

    Exit status: 0 done, 1 too few units or none, 2 refused and nothing written, 3 the home does not hold
    together, 4 done, and part of the input was refused.
    """
    printed = as_json or as_preview
    if from_store:
        from weftend.cli import from_store as store

        recorded = sources.recorded(asked, contribution)
        return store.aggregate(*recorded, k=k, apply=as_apply, print_snapshot=printed, home=home, out=out)
    from weftend.policy.floors import floor_of
    from weftend.store.home import state_home

    target = sources.target(asked, contribution)
    floor, place = floor_of(target.definition, k), state_home(home)
    read = _read(asked, target, floor, place)
    outcome = _run(read, floor, place, out, apply=as_apply)
    if printed or not as_apply:
        emit_snapshot(outcome.snapshot, applied=as_apply)
    _tell(outcome, floor, read, place if as_apply else None)
    return sources.status_of(read, outcome.status.exit)


def _read(asked: sources.Asked, target: sources.Target, floor: Floor, place: Home) -> sources.Read:
    """Refuse what the home would refuse in the end, then read, and say what was read and what is missing."""
    from weftend import conduit

    conduit.admit(target.stream.id, target.unit_rule, place)
    read = sources.read(asked, target)
    sources.tell(read)
    if read.reading.issues.issues:
        report(read.reading.issues, beside_document=True)
    _warn(asked, read, floor, place)
    return read


def _run(read: sources.Read, floor: Floor, place: Home, out: Path | None, *, apply: bool) -> Outcome:
    """Release what was read, or look at what a release would be."""
    from weftend import conduit

    stream, rule = read.stream, read.target.unit_rule
    request = conduit.Request(stream, read.reading.partial, stream.digest, floor.k, unit_rule=rule)
    return conduit.apply(request, place, out) if apply else conduit.preview(request, place)


def _warn(asked: sources.Asked, read: sources.Read, floor: Floor, place: Home) -> None:
    """Say which maps would be released without names, before any run is consumed under none."""
    from weftend import conduit
    from weftend.report.vocabulary import maps_without_names

    if machine.get():
        return
    empty = maps_without_names(read.definition, read.stream, read.reading.partial)
    if empty and conduit.has_news(read.reading.partial, place):
        say(f"No vocabulary yet for {', '.join(empty)}: what they hold is released as __other__ alone.")
        say("Runs that are released are never released again under a better one. To name them first:")
        file = _new_file()
        say(f"  {_collecting(asked, floor)} > {file}")
        say(f"then review the file, look at it with --vocabulary {file} --preview, and apply with it.")


def _new_file() -> str:
    """A file to write names to that is not there: the shell would empty one that is."""
    numbered = chain(["names.txt"], (f"names-{number}.txt" for number in count(2)))
    return next(name for name in numbered if not Path(name).exists())


def _collecting(asked: sources.Asked, floor: Floor) -> str:
    """The command line that would propose names for what is read here."""
    inputs = [str(path) for path in asked.inputs]
    listed = asked.listed not in (None, sources.STDIN)
    shown = len(inputs) <= MOST_INPUTS and "-" not in inputs and (inputs or listed)
    words = ["weftend", "vocabulary", "collect", asked.stream_id, *(inputs if shown else ["INPUT..."])]
    words += ["--inputs-from", str(asked.listed)] if listed else []
    for option, value in (("--unit", asked.unit), ("--format", asked.document_format)):
        words += [option, value] if value else []
    words += ["--slow", str(asked.slow)] if asked.slow is not None else []
    words += [word for file in asked.vocabulary for word in ("--vocabulary", file)]
    words += [word for file in asked.definitions for word in ("--streams", str(file))]
    words += ["--contracts", str(asked.extra)] if asked.extra else []
    return f"{shlex.join(words)} --k {floor.k}"


def _tell(outcome: Outcome, floor: Floor, read: sources.Read, applied_in: Home | None) -> None:
    """The summary for people; under ``--json`` nothing is even made."""
    if machine.get():
        return
    from weftend.report.outcome import About, summary

    applied = applied_in is not None
    clamps = {item["name"]: item["clamp"] for item in read.definition["maps"]}
    show(summary(outcome, About(read.units, floor.least, floor.least_from, applied, clamps=clamps)))
    if applied_in is not None and outcome.releases:
        say(
            f"Home: {applied_in.folder}. It knows which {read.units} were released: keep it, and use it again."
        )
