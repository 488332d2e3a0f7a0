"""``weftend vocabulary``: names to register, proposed from local data for a person to review."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

import click

from weftend.cli import options, sources
from weftend.cli.output import emit, emit_json, fail, machine, report, say
from weftend.errors import Code, ExitStatus, Issue, WeftendError

if TYPE_CHECKING:
    from weftend.report.vocabulary import Proposal

MOST_NAMES = 20
"""Names that the terminal shows of one map with their counts."""


@click.group("vocabulary", short_help="Propose the names that a release may show.")
def vocabulary() -> None:
    """Propose the names that a stream's maps may show, for a person to review and commit."""


@vocabulary.command("collect", short_help="Print the names that INPUTs suggest for STREAM.")
@sources.takes_inputs
@options.k
@click.option(
    "--match", "pattern", metavar="GLOB", help="Add only names like this; * and ? stand for anything."
)
@options.json_output
def collect(asked: sources.Asked, k: int | None, pattern: str | None, as_json: bool) -> ExitStatus:
    """Print a vocabulary file for STREAM, such as telemetry.ci.tests.v0, from the names in INPUTs.

    Its lines are MAP NAME, in byte order. Names that fewer units than --k have are left out, and names that must
    not be released. Counts are shown on stderr only: an order or a file with counts would give them away. Review
    the names, commit the file, and use it with --vocabulary; given here, its names are kept and new ones added.

    Exit status: 0 done, 1 more than the stream's caps allow, 2 refused, 4 done, and part of the input was
    refused.
    """
    from weftend.contracts import vocabularies
    from weftend.policy.floors import floor_of
    from weftend.report.vocabulary import proposals

    _require_another_file(asked)
    target = sources.target(asked)
    floor = floor_of(target.definition, k)
    read = sources.read(asked, target)
    found = list(proposals(read.definition, read.stream, read.reading.partial, floor.k, pattern))
    sources.tell(read)
    if not machine.get():
        report(read.reading.issues)
    for proposal in found:
        _tell(proposal, floor.k, read.units)
    if not any(proposal.units for proposal in found) and any(proposal.below for proposal in found):
        say(f"No name has {floor.k} {read.units}; --k can be as low as {floor.least} here.")
    over = _over_caps(read, found)
    if over:
        say(f"{over} Leave names out, with --match or a greater --k, before you use it.")
    names = {proposal.map: proposal.names for proposal in found}
    if machine.get():
        proposed = {"stream": read.stream.id, "k": floor.k, "maps": names, "fits": not over}
        emit_json(proposed | {"refused": read.reading.counts.refused, **read.reading.issues.as_dict()})
    else:
        emit(vocabularies.text(names).encode())
    return sources.status_of(read, ExitStatus.NOTHING_RELEASED if over else ExitStatus.DONE)


def _require_another_file(asked: sources.Asked) -> None:
    """Refuse to read names from the file that they go to: the shell has emptied it, so they would be lost."""
    for item in asked.vocabulary:
        file = item.rpartition("=")[2]
        with contextlib.suppress(OSError, ValueError, AttributeError):
            if os.path.samestat(os.stat(file), os.fstat(sys.stdout.fileno())):
                message = (
                    f"{file} is where the output goes, and the shell has emptied it: write to another file"
                )
                fail(Issue(Code.USAGE, "argv#--vocabulary", message))


def _tell(proposal: Proposal, k: int, units: str) -> None:
    """What is proposed for one map; the counts go to the terminal and nowhere else."""
    say(f"{proposal.map}: {len(proposal.names):,} names")
    ordered = sorted(proposal.units.items(), key=lambda item: (-item[1], item[0]))
    for name, count in ordered[:MOST_NAMES]:
        say(f"  {count:>9,}  {name}")
    if len(ordered) > MOST_NAMES:
        say(f"  and {len(ordered) - MOST_NAMES:,} more")
    left = [
        (proposal.below, f"that fewer than {k} {units} have"),
        (proposal.refused, "that must not be released"),
        (proposal.unmatched, "that do not match"),
    ]
    for number, why in left:
        if number:
            say(f"  left out: {number:,} {why}")


def _over_caps(read: sources.Read, found: list[Proposal]) -> str:
    """What the core says when the stream with all proposed names is over its caps."""
    from weftend.canonical import canonicalize
    from weftend.contracts.definitions import with_names
    from weftend.fold import Stream

    definition = with_names(read.definition, {proposal.map: list(proposal.names) for proposal in found})
    try:
        Stream(canonicalize(definition))
    except WeftendError as error:
        issues = [issue for issue in error.issues.issues if issue.code == Code.STREAM_INVALID]
        if not issues:
            raise
        return (
            "This is more than the stream's caps allow: " + "; ".join(issue.message for issue in issues) + "."
        )
    return ""
