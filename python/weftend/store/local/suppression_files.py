"""Files of suppressions, as an organisation keeps them beside its code."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from weftend.errors import Code, Issue, IssueList, WeftendError
from weftend.store.local import jsonfile, suppressions
from weftend.store.local.ingest import Ingest, Ingested, transaction

MOST: Final = {"detector_id": 128, "scope": 4096, "reason": 4096, "owner": 256, "approved_by": 256}
"""Bytes of UTF-8 in each text, at most."""
REQUIRED: Final = ("detector_id", "scope", "reason", "owner")


def ingest_suppressions(way: Ingest, path: Path) -> Ingested:
    """Take in one file of suppressions: an object, an array of them, or one a line; whole or not at all.

    Each has ``detector_id``, ``scope``, ``reason`` and ``owner``, and may have ``created_at``, ``expires_at`` and
    ``approved_by``; times are ISO 8601. One that is there already (detector, scope and owner) is replaced.

    Raises:
        WeftendError: ``INPUT_INVALID`` for each that is not as said, as ``file#place``.
    """
    given = jsonfile.objects(path)
    issues = [
        Issue(Code.INPUT_INVALID, f"{path}#{place}", wrong)
        for place, item in given
        if (wrong := _wrong(item))
    ]
    if issues:
        raise WeftendError(IssueList.of(issues))
    with transaction(way.connection):
        for _place, item in given:
            suppressions.add(way.connection, item)
    return Ingested(events=len(given), rows=len(given))


def _wrong(item: Any) -> str:
    """What is wrong with one suppression; empty where nothing is."""
    if not isinstance(item, dict):
        return "is no object"
    unknown = sorted(item.keys() - MOST.keys() - set(suppressions.TIMES))
    if unknown:
        return f"a suppression has no member {unknown[0]}"
    missing = [name for name in REQUIRED if not item.get(name)]
    if missing:
        return f"has no {missing[0]}"
    for name, value in item.items():
        if not isinstance(value, str) or (name in MOST and len(value.encode()) > MOST[name]):
            return f"{name} is no text of at most {MOST.get(name, 64)} bytes"
        if name in suppressions.TIMES and suppressions.moment(value) is None:
            return f"{name} is no time as ISO 8601 writes it"
    return ""
