"""``weftend count``: exact numbers for the operator's own eyes, without a floor."""

from __future__ import annotations

from pathlib import Path

import click

from weftend.cli import options
from weftend.errors import ExitStatus


@click.command("count")
@click.argument("stream_id", metavar="STREAM")
@options.from_store
@options.contracts
@options.home
@options.json_output
def count(
    stream_id: str, from_store: bool, extra: Path | None, home: Path | None, as_json: bool
) -> ExitStatus:
    """Count what STREAM reads, exactly and without a floor: private, never to be shared.

    With --from-store: what was recorded on this machine, once the spool has been taken in. One line per bucket:
    map, key, units, total.
    """
    from weftend import contracts
    from weftend.cli import from_store as recorded
    from weftend.contracts import definitions

    in_force = contracts.active(extra)
    definition = definitions.chosen(stream_id, in_force)
    options.need_source(from_store)
    return recorded.count(definition, in_force, home=home)
