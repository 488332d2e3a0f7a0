"""The local store as commands open it: home, contracts in force, reader, content."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from weftend import contracts
from weftend.canonical import canonicalize
from weftend.recording import SpoolReader
from weftend.store.content import ContentStore
from weftend.store.home import state_home
from weftend.store.local.database import LOCAL, refusals
from weftend.store.local.ingest import Ingest, Ingested

SPOOL: Final = "spool"


def home(chosen: Path | None = None) -> Path:
    """The folder of local state: what was asked for, ``WEFTEND_HOME``, or the platform's user data folder."""
    return state_home(chosen).folder


@contextmanager
def way_in(folder: Path, in_force: dict[str, Any]) -> Iterator[Ingest]:
    """The way into the store of ``folder`` under the contracts ``in_force``; made where it is not there yet."""
    messages = ContentStore(folder)
    with closing(LOCAL.create(folder)) as connection, closing(messages):
        events = {event["type"]: event for event in in_force["events"]}
        with refusals(folder / LOCAL.file_name):
            # A segment's rows fit into the cache, and several segments share one move of the log into the file.
            connection.execute("PRAGMA cache_size = -65536")
            connection.execute("PRAGMA wal_autocheckpoint = 8000")
            yield Ingest(connection, SpoolReader([canonicalize(in_force)]), events, messages)


def ingest(
    folder: Path, extra: Path | None = None, progress: Callable[[int, int], None] | None = None
) -> Ingested:
    """Take in what is on the spool of ``folder``; where there is neither spool nor store nothing is created.

    Args:
        folder: the folder of local state.
        extra: compiled contracts to be joined to the shipped ones.
        progress: called with segments done and segments there.
    """
    return ingest_under(folder, contracts.active(extra), progress)


def ingest_under(
    folder: Path, in_force: dict[str, Any], progress: Callable[[int, int], None] | None = None
) -> Ingested:
    """As :func:`ingest`, under the compiled contracts ``in_force``."""
    if not (folder / SPOOL).is_dir() and not (folder / LOCAL.file_name).exists():
        return Ingested()
    with way_in(folder, in_force) as way:
        return way.spool(folder / SPOOL, progress=progress or (lambda _done, _all: None))


@contextmanager
def looking(folder: Path) -> Iterator[sqlite3.Connection | None]:
    """The local store for reading only, or ``None`` where there is none."""
    connection = LOCAL.look(folder)
    try:
        yield connection
    finally:
        if connection is not None:
            connection.close()
