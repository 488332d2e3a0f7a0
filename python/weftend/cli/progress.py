"""Progress for people at a terminal; nothing when stderr is piped or the run is for a machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from weftend.cli.output import machine


def visible() -> bool:
    """Whether somebody is there to look at progress."""
    return not machine.get() and sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def counting(what: str) -> Iterator[Callable[[str, int], None]]:
    """A line that says how far a count is: the callback takes a name and the count so far."""
    if not visible():
        yield lambda _name, _count: None
        return
    from rich.console import Console
    from rich.status import Status

    with Status(what, console=Console(stderr=True)) as status:
        yield lambda name, count: status.update(f"{name}: {count} {what}")


@contextmanager
def reading() -> Iterator[Callable[[int, int, int, int], None] | None]:
    """A bar that says how far a reading is: files, bytes, rate and time left.

    The callback takes files read, bytes read, all files, all bytes; ``None`` where nobody looks.
    """
    if not visible():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        TextColumn("{task.fields[files]}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=None, files="looking for files")

        def show(files: int, done: int, all_files: int, all_bytes: int) -> None:
            of = f"{files:,} of {all_files:,} files" if all_files else "looking for files"
            bars.update(task, completed=done, total=all_bytes or None, files=of)

        yield show
