"""``weftend doctor``: what is wrong with recording on this machine, and how to mend it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from weftend.cli.options import AnyPath
from weftend.cli.output import emit, emit_json, machine, say
from weftend.errors import ExitStatus

if TYPE_CHECKING:
    from weftend.store.local.diagnosis import Health


@click.command("doctor", short_help="Say what is recorded here and what is wrong.")
@click.option("--home", type=AnyPath(), metavar="DIR", help="The home; see the docs.")
@click.option("--acknowledge", is_flag=True, help="Take note of what was refused or dropped so far.")
@click.option("--json", "_json", is_flag=True, help="One JSON document on stdout, nothing on stderr.")
def doctor(home: Path | None, acknowledge: bool, _json: bool) -> ExitStatus:
    """Say what is recorded, where it stays, and what is wrong; reach nothing over a network.

    Exit status 1 says that something is wrong; each problem names the one command that mends it. Events that were
    refused or dropped are a problem until they are acknowledged; their counts stay.
    """
    from weftend.store.local import counts, health, opening

    if acknowledge:
        for count in counts.acknowledge(opening.home(home)):
            say(f"Acknowledged: {count.news} {count.code}")
    found = health.examine(opening.home(home))
    if machine.get():
        emit_json(found.as_dict())
    else:
        emit(_words(found).encode("utf-8", "backslashreplace"))
    return ExitStatus.NOTHING_RELEASED if found.problems else ExitStatus.DONE


def _words(found: Health) -> str:
    lines = [f"mode       {found.mode['mode']}, decided by {found.mode['layer']}"]
    lines += [f"policy     {policy['source']}" for policy in found.policies]
    lines += [f"file       {item['permissions']} {item['bytes']:>12} {item['path']}" for item in found.files]
    spool = found.spool
    lines.append(
        f"spool      {spool['segments']} segments, {spool['bytes']} bytes waiting, {spool['torn']} torn"
    )
    lines += [f"count      {count} {code}" for code, count in found.counts.items()]
    if found.contracts:
        newest = max(found.contracts["versions"].values(), default=0)
        lines.append(f"contracts  {found.contracts['types']} event types, of versions up to {newest}")
    lines += [f"prune      {item['rows']} rows of {item['table']}" for item in found.prune]
    if not found.problems:
        lines.append("Everything holds.")
    for problem in found.problems:
        lines += [
            f"PROBLEM    {problem.code} {problem.path}: {problem.message}",
            f"  mend it  {problem.command}",
        ]
    return "\n".join(lines) + "\n"
