"""A run of the conduit in one screen: what was released, what was held back and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from weftend.conduit.request import Outcome, Release, Status
from weftend.egress import MapNotes
from weftend.report.order import Place, lower_bound, place
from weftend.report.printable import printable

MOST_ROWS: Final = 10
"""Rows that a table shows of one map; the rest is counted."""

Row = tuple[str, str, int, str]
"""Map, bucket, count, and why it was held back."""


@dataclass(frozen=True, slots=True)
class About:
    """What the summary has to know beside the outcome."""

    units: str
    """What is counted, in the plural: the stream's own word."""
    least: int
    """The least floor that may be asked for here."""
    least_from: str
    """Who sets it."""
    applied: bool
    refs: bool = False
    """Whether references were asked for."""
    clamps: Mapping[str, int] = field(default_factory=dict)
    """Of sums: the most that one unit adds to one bucket."""


def summary(outcome: Outcome, about: About) -> Iterator[str | Table]:
    """Everything that the operator should know about a run, in order; **private**, for the terminal alone."""
    yield from _headline(outcome, about)
    if shown := list(_shown(outcome.releases)):
        yield _table(_verb(about), ("map", "bucket", "count"), [row[:3] for row in shown])
    if held := list(_held(outcome, about)):
        yield _table("Held back (for your eyes only)", ("map", "bucket", "count", "why"), held)
    yield from _tail(outcome, about)


def _headline(outcome: Outcome, about: About) -> Iterator[str]:
    units, k = about.units, outcome.k
    if outcome.recovered:
        yield "An earlier run was stopped between ledger and store; the store was completed from the ledger."
    before = f", {outcome.consumed_before:,} of them released before" if outcome.consumed_before else ""
    yield f"Found {outcome.found:,} {units}{before}. The minimum sample count in force is {k:,}."
    match outcome.status:
        case Status.RELEASED:
            chunks = _counted(len(outcome.releases), "chunk")
            yield f"{_verb(about)} {outcome.released:,} {units} in {chunks}."
        case Status.NOTHING_NEW:
            yield "Nothing is new: the store stays as it is."
        case Status.NO_UNITS:
            yield f"There are no {units} to count; nothing was released."
        case Status.BELOW_FLOOR:
            yield f"That is too few: nothing is released, and {outcome.pending:,} {units} stay pending."
    if outcome.pending:
        yield from _pending(outcome, about)


def _verb(about: About) -> str:
    return "Released" if about.applied else "Would release"


def _pending(outcome: Outcome, about: About) -> Iterator[str]:
    if outcome.status is Status.RELEASED:
        yield f"{outcome.pending:,} {about.units} stay pending: too few for a window of their own."
    yield (
        f"They are released with later ones once there are enough; --k can be as low as {about.least} here"
        + (f" (set by {printable(about.least_from)}).")
    )


def _shown(releases: tuple[Release, ...]) -> Iterator[Row]:
    """The visible buckets of each map over all chunks of the run, the largest first."""
    totals: dict[str, dict[str, int]] = {}
    for release in releases:
        for name, buckets in release.chunk["payload"]["aggregates"].items():
            of_map = totals.setdefault(name, {})
            for key, count in buckets.items():
                of_map[key] = of_map.get(key, 0) + count
    for name, buckets in totals.items():
        ordered = sorted(buckets.items(), key=lambda item: place(item[0], item[1]))
        yield from _cut([(name, key, count, "") for key, count in ordered] or [(name, "(nothing)", 0, "")])


def _held(outcome: Outcome, about: About) -> Iterator[Row]:
    for release in outcome.releases:
        for notes in release.notes.maps:
            clamp = about.clamps.get(notes.map, 1)
            least = "the minimum" if clamp == 1 else f"{outcome.k:,} \u00d7 {clamp:,}"
            yield from _cut(list(_hidden(notes, least)))
            yield from _cut(list(_unregistered(notes)))


def _hidden(notes: MapNotes, least: str) -> Iterator[Row]:
    """``least``: what a bucket of the map needs to show; of a sum it is the minimum times the clamp."""
    for name, count in sorted(notes.hidden, key=_by_name):
        yield notes.map, name, count, f"below {least}"
    for name, count in sorted(notes.complementary, key=_by_name):
        yield notes.map, name, count, "protects the others"


def _by_name(item: tuple[str, int]) -> Place:
    return place(item[0], 0)


def _unregistered(notes: MapNotes) -> Iterator[Row]:
    for name, count in notes.unregistered:
        yield notes.map, name, count, "in __other__"
    if notes.unregistered_more:
        yield notes.map, f"and {notes.unregistered_more:,} more names", 0, "in __other__"


def _cut(rows: list[Row]) -> list[Row]:
    rest = len(rows) - MOST_ROWS
    if rest <= 0 or any(lower_bound(key) is not None for _, key, _, _ in rows):
        return rows
    return [*rows[:MOST_ROWS], (rows[0][0], f"and {rest:,} more", 0, "")]


def _table(title: str, columns: tuple[str, ...], rows: list[Any]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column == "count" else "left", overflow="fold")
    previous = None
    for row in rows:
        name, key, count, *why = row
        shown = "" if name == previous else name
        table.add_row(shown, Text(printable(key)), f"{count:,}" if count else "", *why)
        previous = name
    return table


def _tail(outcome: Outcome, about: About) -> Iterator[str]:
    if outcome.releases:
        yield _coverage(outcome.releases)
    if unregistered := sum(map(_names, outcome.releases)):
        names = _counted(unregistered, "name")
        yield f"TELEMETRY_KEY_UNREGISTERED: {names} in no vocabulary of the stream; counted as __other__."
    if about.refs:
        yield from _refs(outcome)
    if pruned := outcome.dropped.ttl_pruned + outcome.dropped.cap_pruned:
        yield f"Pruned {_counted(pruned, 'chunk')} from the store: too old, or beyond the most it keeps."
    yield _where(outcome, about)


def _where(outcome: Outcome, about: About) -> str:
    """What became of the snapshot."""
    if not about.applied:
        return "A preview: nothing was written. Do not share it, nor apply because it looks good."
    if outcome.written is None:
        return "No snapshot file was written; run again with --out FOLDER to have one."
    return f"Snapshot: {outcome.written}"


def _names(release: Release) -> int:
    """How many names of a chunk's maps are in no vocabulary."""
    return sum(len(notes.unregistered) + notes.unregistered_more for notes in release.notes.maps)


def _coverage(releases: tuple[Release, ...]) -> str:
    least = min(release.chunk["coverage"] for release in releases)
    if least == 1:
        return "Nothing was suppressed in any map."
    return f"Coverage {least:g}: that share of the maps is complete; in the others something was suppressed."


def _refs(outcome: Outcome) -> Iterator[str]:
    """What asking for references gives away, and what became of them."""
    yield (
        "--refs puts digests of single records into the snapshot. Whoever can guess a record, or has it, can"
        " check that it was among those counted, and when."
    )
    for notes in (release.notes for release in outcome.releases):
        if notes.refs_code == "TELEMETRY_REFS_WITHHELD":
            yield "TELEMETRY_REFS_WITHHELD: none are in a chunk from which something was suppressed."
        elif notes.refs_code is not None:
            yield f"{notes.refs_code}: a chunk holds at most 64 in a list; {notes.refs_cut} did not fit."


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
