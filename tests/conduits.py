"""Small streams, units and homes for tests of the conduit, and what a home looks like from outside."""

from __future__ import annotations

import json
import sqlite3
from hashlib import sha256
from pathlib import Path
from typing import Any

from snapshots import a_map, definition
from weftend.conduit import Request
from weftend.fold import Partial, Stream

STREAM_ID = "telemetry.test.v0"
K = 5


def stream(**changes: Any) -> Stream:
    """A set and a sum over runs; ``caps`` given here are added to the usual ones."""
    compiled = definition(a_map("names", "set", "a", "b", "c"), a_map("sizes", "sum", "p", "q", clamp=3))
    caps = compiled["caps"] | changes.pop("caps", {})
    return Stream(json.dumps(compiled | changes | {"caps": caps}).encode())


def unit(number: int) -> bytes:
    """The identity of run ``number``."""
    return sha256(f"run {number}".encode()).digest()


def partial(of: Stream, numbers: range, key: str = "a") -> Partial:
    """Runs that all say the same: ``key``, and an amount of 2."""
    made = Partial(of.channels(refs=False))
    for number in numbers:
        made.add(unit(number), unit(number), 0, key)
        made.add(unit(number), unit(number), 1, "p", 2)
    return made


def request(of: Stream, numbers: range, *, k: int = K, rule: str | None = None, key: str = "a") -> Request:
    """A request over those runs."""
    return Request(of, partial(of, numbers, key), of.digest, k, unit_rule=rule)


def files(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder`` by its path, without lock files, which say nothing."""
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in sorted(found.items()) if not name.endswith(".lock")}


def ledger_content(path: Path) -> dict[str, list[Any]]:
    """What a ledger says, whatever its pages look like."""
    if not path.exists():
        return {}
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        tables = ("unit", "stream", "chunk")
        return {
            table: sorted(connection.execute(f"SELECT * FROM {table}"), key=repr)  # noqa: S608
            for table in tables
        }
    except sqlite3.OperationalError:  # no tables yet
        return {}
    finally:
        connection.close()


def chunks_of(snapshot: bytes) -> list[dict[str, Any]]:
    """The chunks of a snapshot file."""
    chunks: list[dict[str, Any]] = json.loads(snapshot)["chunks"]
    return chunks
