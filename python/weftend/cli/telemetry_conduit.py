"""``weftend telemetry-conduit``: from a WeftEnd release folder to a snapshot that may leave the machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from weftend.cli import options
from weftend.cli.output import emit_snapshot, machine, say, show
from weftend.errors import ExitStatus

if TYPE_CHECKING:
    from weftend.conduit import Outcome, Request
    from weftend.policy.floors import Floor
    from weftend.readers import ReleaseReading

STREAM: Final = "telemetry.release.v0"


@click.command("telemetry-conduit", short_help="Release floored counts of a WeftEnd release.")
@click.argument("release", type=options.FOLDER, metavar="RELEASE_DIR")
@options.out
@options.k
@options.preview
@options.apply
@options.refs
@options.release_home
@options.json_output
def command(
    release: Path,
    out: Path | None,
    k: int | None,
    as_preview: bool,
    as_apply: bool,
    refs: bool,
    home: Path | None,
    as_json: bool,
) -> ExitStatus:
    """Release bounded, floored counts of a WeftEnd release folder.

    Without --apply this is a preview: the snapshot is printed on stdout and nothing is written. With --apply
    the new observations are consumed, the store in RELEASE_DIR/receipts (or --home) grows by a chunk, and
    the snapshot is written to --out.
    """
    from weftend import conduit
    from weftend.contracts import stream as definition_of
    from weftend.policy.floors import floor_of
    from weftend.store.home import release_home, state_home

    definition = definition_of(STREAM)
    floor = floor_of(definition, k)
    request, reading = _request(release, definition, floor, refs)
    place = release_home(release) if home is None else state_home(home)
    outcome = conduit.apply(request, place, out) if as_apply else conduit.preview(request, place)
    if as_json or as_preview or not as_apply:
        emit_snapshot(outcome.snapshot, applied=as_apply)
    _tell(outcome, reading, floor, definition["unit"]["plural"], applied=as_apply, refs=refs)
    return outcome.status.exit


def _request(
    release: Path, definition: dict[str, Any], floor: Floor, refs: bool
) -> tuple[Request, ReleaseReading]:
    """Read the folder whole, or refuse it; nothing is written before that."""
    from weftend.canonical import canonicalize
    from weftend.conduit import Request
    from weftend.fold import Stream
    from weftend.readers import read_release

    stream = Stream(canonicalize(definition))
    reading = read_release(release, stream.channels(refs=refs))
    return Request(stream, reading.partial, reading.path_digest, floor.k, refs), reading


def _tell(
    outcome: Outcome, reading: ReleaseReading, floor: Floor, units: str, *, applied: bool, refs: bool
) -> None:
    """The summary for people; under ``--json`` nothing is even made."""
    if machine.get():
        return
    from weftend.report.outcome import About, summary

    seen, copies = reading.seen, reading.copies
    say(f"Read {seen.tartarus} records, {seen.pulses} denied capabilities and {seen.runs} runs.")
    if sum(copies):
        say(f"{sum(copies)} of them are copies of others ({copies.runs} of runs) and were counted once.")
    if reading.links:
        say(f"{reading.links} symbolic links were not followed.")
    show(summary(outcome, About(units, floor.least, floor.least_from, applied, refs)))
