"""Options that several commands share, so that they are called and described alike."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Final

import click

_JSON_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_MOST_DIGITS: Final = 17
"""Of an integer below 2^53, with its sign: what is longer is not even read."""


class AnyPath(click.Path):
    """A path that the command itself opens or makes, so that it can say with a code what is wrong with it.

    An empty one, as an unset variable of a script gives, is a mistake: as a home it would be the working folder,
    a home made anew without anybody wanting it.
    """

    def __init__(self, *, allow_dash: bool = False) -> None:
        super().__init__(readable=False, path_type=Path, allow_dash=allow_dash)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, or a usage error."""
        if os.fspath(value) == "":
            self.fail("an empty path names nothing", param, ctx)
        return super().convert(value, param, ctx)


FOLDER = AnyPath()
"""A folder; whether it is there is the command's to find out, so that it can say so with a code."""

json_output = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, no words.")
home = click.option(
    "--home", type=FOLDER, help="Where ledger and stores are kept (default: WEFTEND_HOME, else user data)."
)
release_home = click.option(
    "--home", type=FOLDER, help="Where ledger and stores are kept (default: RELEASE_DIR/receipts)."
)
out = click.option("--out", type=FOLDER, help="Folder for telemetry_conduit_snapshot.json.")
k = click.option(
    "--k",
    type=click.IntRange(min=1, clamp=False),
    metavar="UNITS",
    help="Minimum sample count of a released bucket (default: the stream's, 100 for those of CI).",
)


class Seconds(click.ParamType[float]):
    """A time from a millisecond to some thirty years, whose help does not spell that out."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The time in seconds, or a usage error."""
        seconds: float = click.FloatRange(min=0.001, max=1e9).convert(value, param, ctx)
        if seconds != seconds:  # what is no number is in every range
            self.fail(f"{value!r} is not a number of seconds.", param, ctx)
        return seconds


class Name(click.ParamType[str]):
    """A name for a column of the local store: 1 to 512 characters of Unicode, none of them NUL."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name, or a usage error."""
        text = str(value)
        if not 1 <= len(text) <= 512 or any(item == "\0" or "\ud800" <= item <= "\udfff" for item in text):
            self.fail("is no name of 1 to 512 characters", param, ctx)
        return text


class Number(click.ParamType[float]):
    """A number as JSON writes it: Python's own reader would also take ``1_000`` and other scripts' digits."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number, or a usage error."""
        number = json_number(str(value))
        if number is None:
            self.fail(f"{value!r} is not a number below 2^53, such as 12 or 0.5", param, ctx)
        return float(number)


def json_number(text: str) -> int | float | None:
    """``text`` as the number that JSON reads, an integer where it is written without fraction and exponent.

    ``None`` where it is no such number, or an integer that is not sure to be the double it reads as.
    """
    if _JSON_NUMBER.fullmatch(text) is None:
        return None
    if set(text) & set(".eE"):
        return float(text)
    return int(text) if len(text) <= _MOST_DIGITS and abs(int(text)) < 2**53 else None


slow = click.option(
    "--slow",
    type=Seconds(),
    metavar="SECONDS",
    help="From when on a test is slow (default: 10).",
)
contribution = click.option(
    "--contribution",
    type=click.Choice(["every-map", "one-map"]),
    help="Whether a unit counts in every map, or in one, so that no two maps share a unit (default: the stream's).",
)
preview = click.option(
    "--preview", "as_preview", is_flag=True, help="Print the snapshot; without --apply nothing is written."
)
apply = click.option("--apply", "as_apply", is_flag=True, help="Release: write ledger, store and snapshot.")
refs = click.option("--refs", is_flag=True, help="Include digests of the records that were counted.")
from_store = click.option("--from-store", is_flag=True, help="Read what was recorded on this machine.")
contracts = click.option(
    "--contracts", "extra", type=FOLDER, metavar="FILE", help="Compiled contracts of your own."
)


def settings(slow_seconds: float | None) -> dict[str, int]:
    """The settings of a stream definition that options replace."""
    return {} if slow_seconds is None else {"slowMs": round(slow_seconds * 1000)}
