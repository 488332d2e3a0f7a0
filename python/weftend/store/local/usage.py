"""What was recorded, as a partial fold: the only thing of the local store that a release looks at.

A unit is one closed recording. Of it nothing is read but its producer and how many events of each type it holds;
types above S1, and types that stay local, are not read at all.
"""

from __future__ import annotations

import hashlib
import sqlite3
from itertools import groupby
from typing import Any, Final

from weftend.fold import Partial, Stream

UNIT_LABEL: Final = b"weftend.recording/0\n"
"""What stands before a recording's name when its unit digest is made."""
EXPORTED: Final = ("explicit_operator_export", "approved_usage_upload")


def exportable(contracts: dict[str, Any]) -> list[str]:
    """The event types that may be counted in a release: S0 or S1, and not ``local_only``."""
    return sorted(
        event["type"]
        for event in contracts["events"]
        if event["sensitivity"] in ("S0", "S1") and event["transmission"] in EXPORTED
    )


def partial(connection: sqlite3.Connection, stream: Stream, types: list[str]) -> Partial:
    """The fold of every closed recording.

    Args:
        connection: the local store.
        stream: a stream with the maps ``producers``, ``eventTypes`` and ``events``.
        types: the event types that may be counted; others are passed over.

    Returns:
        A partial with one unit per closed recording that holds an event of these types.
    """
    channels = stream.channels()
    fold = Partial(channels)
    producers, kinds, events = (channels.index(name) for name in ("producers", "eventTypes", "events"))
    allowed = frozenset(types)
    rows = connection.execute(
        "SELECT recording, producer, event_type, events FROM recording_event"
        " JOIN recording ON recording.id = recording_event.recording_id WHERE closed = 1 ORDER BY recording.id"
    )
    counted = ((row[:2], row[2:]) for row in rows if row[2] in allowed)
    for (recording, producer), held in groupby(counted, key=lambda row: row[0]):
        unit = hashlib.sha256(UNIT_LABEL + recording.encode()).digest()
        if producer is not None:
            fold.add(unit, unit, producers, producer)
        for _recording, (kind, count) in held:
            fold.add(unit, unit, kinds, kind)
            fold.add(unit, unit, events, kind, count)
    return fold


def open_recordings(connection: sqlite3.Connection) -> int:
    """How many recordings still go on, and so are no units yet."""
    return int(connection.execute("SELECT count(*) FROM recording WHERE closed = 0").fetchone()[0])
