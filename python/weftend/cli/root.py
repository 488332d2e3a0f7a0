"""The root command and the table of its subcommands, each imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Final

import click

COMMANDS: Final[dict[str, str]] = {
    "aggregate": "weftend.cli.aggregate:aggregate",
    "canon": "weftend.cli.canon:canon",
    "contracts": "weftend.cli.contracts:contracts",
    "count": "weftend.cli.count:count",
    "db": "weftend.cli.db:db",
    "digest": "weftend.cli.canon:digest",
    "doctor": "weftend.cli.doctor:doctor",
    "ingest": "weftend.cli.ingest:ingest",
    "record": "weftend.cli.record:record",
    "streams": "weftend.cli.streams:streams",
    "telemetry": "weftend.cli.telemetry:telemetry",
    "telemetry-conduit": "weftend.cli.telemetry_conduit:command",
    "verify": "weftend.cli.verify:verify",
    "vocabulary": "weftend.cli.vocabulary:vocabulary",
}
"""Command name → ``module:attribute`` of its :class:`click.Command`; a new command is one line here."""


class LazyCommands(MutableMapping[str, click.Command]):
    """What click takes for a dictionary of commands; a value is imported when it is looked up."""

    def __init__(self, table: dict[str, str]) -> None:
        self._table = dict(table)
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded:
            module, attribute = self._table[name].split(":")
            self._loaded[name] = getattr(import_module(module), attribute)
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._table.setdefault(name, "")
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._table[name]
        self._loaded.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


def print_version(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    """Print ``weftend X.Y.Z`` and stop; the version is read from the core only when asked for."""
    if not asked or context.resilient_parsing:
        return
    from weftend import __version__
    from weftend.cli.output import emit

    emit(f"weftend {__version__}\n".encode())
    context.exit()


@click.group(
    "weftend",
    commands=LazyCommands(COMMANDS),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=print_version,
    help="Show the version.",
)
def root() -> None:
    """Learn from your own runs without tracking anybody.

    Events stay on the machine that produced them. What may leave is a snapshot: bounded counts, floored so
    that no small group shows. Nothing is ever pushed.

    With a folder of CI reports, begin with: weftend count telemetry.ci.tests.v0 FOLDER
    """
