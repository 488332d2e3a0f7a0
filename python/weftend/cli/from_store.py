"""``--from-store``: the usage stream over what was recorded on this machine, released or just counted.

The spool is taken in first. The release is made by :mod:`weftend.conduit` like every other; of the local store it
sees what :mod:`weftend.store.local.usage` reads, and nothing else.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from weftend.cli.output import PRIVATE, emit, emit_json, emit_snapshot, fail, machine, say, show
from weftend.errors import Code, ExitStatus, Issue

if TYPE_CHECKING:
    from weftend.conduit import Outcome
    from weftend.fold import Partial, Stream
    from weftend.policy.floors import Floor

READER: Final = "usage"
"""The ``reader`` of a stream that is folded from the store."""


class Folded(NamedTuple):
    """The fold of every closed recording, under the definition and contracts in force."""

    definition: dict[str, Any]
    stream: Stream
    partial: Partial
    open: int
    """Recordings that still go on, and so are no units yet."""


def aggregate(
    definition: dict[str, Any],
    contracts: dict[str, Any],
    *,
    k: int | None = None,
    apply: bool = False,
    print_snapshot: bool = True,
    home: Path | None = None,
    out: Path | None = None,
) -> ExitStatus:
    """Release the recordings of the local store, or preview it.

    Args:
        definition: the compiled definition of a stream with the reader ``usage``.
        contracts: the compiled contracts in force; only their types are taken in and counted.
        k: the floor that was asked for, in recordings; ``None`` is the stream's own.
        apply: release, instead of a preview that leaves ledger and store alone.
        print_snapshot: whether an apply prints the snapshot on stdout, too.
        home: the folder of local state, ledger and store.
        out: the folder for the snapshot file.

    Raises:
        WeftendError: ``MODE_FORBIDS`` where the mode is ``off``, or not ``export`` for an apply; ``USAGE`` for a
            stream of another reader; what :func:`weftend.conduit.apply` refuses.
    """
    from weftend import conduit
    from weftend.policy.floors import floor_of
    from weftend.store.home import state_home

    _allow("export" if apply else "local")
    floor = floor_of(definition, k)
    folded = _fold(definition, contracts, home)
    request = conduit.Request(folded.stream, folded.partial, folded.stream.digest, floor.k)
    place = state_home(home)
    outcome = conduit.apply(request, place, out) if apply else conduit.preview(request, place)
    if print_snapshot or not apply:
        emit_snapshot(outcome.snapshot, applied=apply)
    _tell(outcome, folded, floor, applied=apply)
    return outcome.status.exit


def count(definition: dict[str, Any], contracts: dict[str, Any], *, home: Path | None = None) -> ExitStatus:
    """Count the recordings of the local store for the operator's own eyes, exactly and without a floor.

    Under ``--json``: ``stream``, ``units``, ``maps`` → map → key → ``{"total", "units"}``, ``open``,
    ``duplicates`` and ``refused``.

    Raises:
        WeftendError: ``MODE_FORBIDS`` where the mode is ``off``; ``USAGE`` for a stream of another reader.
    """
    _allow("local")
    folded = _fold(definition, contracts, home)
    totals = dict(zip(folded.partial.channels, folded.partial.totals(), strict=True))
    if machine.get():
        maps = {
            name: {key: {"total": total, "units": units} for key, (units, total) in buckets.items()}
            for name, buckets in totals.items()
        }
        counted = {"stream": folded.stream.id, "units": len(folded.partial), "open": folded.open}
        emit_json(counted | {"private": True, "maps": maps, "duplicates": 0, "refused": 0})
    else:
        _say_open(folded)
        _show(folded)
    return ExitStatus.DONE if len(folded.partial) else ExitStatus.NOTHING_RELEASED


def _show(folded: Folded) -> None:
    """The counts as ``count`` shows those of inputs."""
    from weftend.report.fold import counted

    if len(folded.partial):
        say(PRIVATE)
        emit(counted(folded.stream, folded.partial).text().encode())
    else:
        say(f"There are no {folded.definition['unit']['plural']} to count.")


def _allow(needed: str) -> None:
    """Refuse unless the mode goes as far as ``needed`` (``local`` or ``export``)."""
    from weftend import recording

    decision = recording.mode()
    if decision.mode == "off" or (needed == "export" and decision.mode != "export"):
        message = f"needs mode {needed}; the mode is {decision.mode}, decided by {decision.layer}"
        fail(Issue(Code.MODE_FORBIDS, "argv#--from-store", f"{message}; see: weftend telemetry {needed}"))


def _fold(definition: dict[str, Any], contracts: dict[str, Any], home: Path | None) -> Folded:
    """Take in the spool, then fold every closed recording; the store is closed again before anything leaves."""
    from weftend.canonical import canonicalize
    from weftend.fold import Partial, Stream
    from weftend.store.local import opening, usage

    if definition["reader"] != READER:
        message = (
            f"{definition['streamId']} is not folded from the store; its reader is {definition['reader']}"
        )
        fail(Issue(Code.USAGE, "argv#--from-store", message))
    stream = Stream(canonicalize(definition))
    place = opening.home(home)
    _say_taken(opening.ingest_under(place, contracts))
    with opening.looking(place) as connection:
        if connection is None:
            return Folded(definition, stream, Partial(stream.channels()), 0)
        partial = usage.partial(connection, stream, usage.exportable(contracts))
        return Folded(definition, stream, partial, usage.open_recordings(connection))


def _say_taken(done: Any) -> None:
    if done.events or done.refused:
        say(f"Took {done.events} events in from the spool.")
    for code, number in sorted(done.refused.items()):
        say(f"  refused {number} {code}; see: weftend doctor")


def _say_open(folded: Folded) -> None:
    if folded.open:
        say(f"{folded.open} recordings still go on; each counts once its process has ended.")


def _tell(outcome: Outcome, folded: Folded, floor: Floor, *, applied: bool) -> None:
    """The summary for people; under ``--json`` nothing is even made."""
    if machine.get():
        return
    from weftend.report.outcome import About, summary

    units = folded.definition["unit"]["plural"]
    show(summary(outcome, About(units, floor.least, floor.least_from, applied)))
    _say_open(folded)
    if outcome.pending and folded.stream.contribution == "one-map":
        say(_advice(len(folded.stream.maps), outcome, floor, units))


def _advice(maps: int, outcome: Outcome, floor: Floor, units: str) -> str:
    """What a stream whose units are dealt to one map each needs, and what to do about it."""
    return (
        f"Each of the {units} is dealt to one of {maps} maps, and each map needs {floor.k} of its own: about"
        f" {maps * floor.k} in all, and {outcome.pending} are pending. Let more be recorded, or ask for a lower"
        f" floor with --k, {floor.least} at least."
    )
