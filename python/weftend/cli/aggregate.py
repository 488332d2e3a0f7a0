"""``weftend aggregate``: from what a stream reads to a snapshot that may leave the machine."""

from __future__ import annotations

from pathlib import Path

import click

from weftend.cli import options
from weftend.errors import ExitStatus


@click.command("aggregate")
@click.argument("stream_id", metavar="STREAM")
@options.from_store
@options.contracts
@options.out
@options.k
@options.preview
@options.apply
@options.home
@options.json_output
def aggregate(
    stream_id: str,
    from_store: bool,
    extra: Path | None,
    out: Path | None,
    k: int | None,
    as_preview: bool,
    as_apply: bool,
    home: Path | None,
    as_json: bool,
) -> ExitStatus:
    """Release bounded, floored counts of STREAM.

    With --from-store: of what was recorded on this machine, once the spool has been taken in. Without --apply
    this is a preview: the snapshot is printed on stdout, and ledger and store stay as they are. --apply needs
    mode export.
    """
    from weftend import contracts
    from weftend.cli import from_store as recorded
    from weftend.contracts import definitions

    in_force = contracts.active(extra)
    definition = definitions.chosen(stream_id, in_force)
    options.need_source(from_store)
    return recorded.aggregate(
        definition,
        in_force,
        k=k,
        apply=as_apply,
        print_snapshot=as_json or as_preview,
        home=home,
        out=out,
    )
