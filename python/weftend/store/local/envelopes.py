"""Completion envelopes from files: a run, its findings, its detector snapshots, each held to its contract.

A file is one JSON object, an array of them, or one object a line. Each has a member ``event``
(``completion-run``, ``completion-finding``, ``completion-detector-snapshot``); a finding or snapshot belongs to
the run before it, in its file or in the one taken in before. A file goes in whole or not at all.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from weftend.canonical import canonicalize
from weftend.errors import Code, Issue, IssueList, WeftendError
from weftend.store.local import jsonfile, rows
from weftend.store.local.ahead import Reading
from weftend.store.local.ingest import Ingest, Ingested, transaction
from weftend.store.local.retention import iso

KINDS: Final = ("completion-run", "completion-finding", "completion-detector-snapshot")


class Completion:
    """Takes in files of completion envelopes, one after the other."""

    def __init__(self) -> None:
        self._run: int | None = None
        """The run that the next finding belongs to; none after a file that was refused, as it may have held one."""

    def take(self, way: Ingest, path: Path) -> Ingested:
        """Take in one file.

        Raises:
            WeftendError: every envelope that is not valid, as ``file#place``; nothing of the file is taken then.
        """
        run, self._run = self._run, None
        envelopes = _read(way, path)
        self._run = _insert(way, path, envelopes, run)
        return Ingested(events=len(envelopes), rows=len(envelopes))


def _read(way: Ingest, path: Path) -> list[tuple[str, dict[str, Any]]]:
    checked, issues = [], []
    for place, envelope in jsonfile.objects(path):
        try:
            checked.append(_checked(way, envelope))
        except rows.Refused as refused:
            message = f"not a valid envelope: {refused.field or refused.code}"
            issues.append(Issue(refused.code, f"{path}#{place}", message))
    if issues:
        raise WeftendError(IssueList.of(issues))
    return checked


def _insert(
    way: Ingest, path: Path, envelopes: list[tuple[str, dict[str, Any]]], run: int | None
) -> int | None:
    """Insert the envelopes of a file that follows ``run``; the last run then."""
    now = iso(datetime.now(UTC))
    with transaction(way.connection):
        for number, (kind, fields) in enumerate(envelopes):
            try:
                run = rows.add_completion(way.connection, kind, fields, now, run, way.messages)
            except rows.Refused as refused:
                message = "stands before any completion-run"
                raise WeftendError(Issue(refused.code, f"{path}#{number}", message)) from refused
    return run


def _checked(way: Ingest, envelope: Any) -> tuple[str, dict[str, Any]]:
    """The envelope's kind and its fields, through the same check and redaction as a spool line."""
    if not isinstance(envelope, dict) or envelope.get("event") not in KINDS:
        raise rows.Refused(Code.EVENT_TYPE_UNKNOWN, f"its member event is none of {', '.join(KINDS)}")
    kind = envelope["event"]
    fields = {name: value for name, value in envelope.items() if name != "event" and value is not None}
    line = {"at": 0, "fields": fields, "session": "file", "type": kind, "v": way.events[kind]["version"]}
    reading = Reading(*way.reader.read(canonicalize(line) + b"\n", 0))
    if not reading.others:
        raise rows.Refused(Code(next(iter(reading.refused))))
    checked: dict[str, Any] = json.loads(rows.Event(*reading.others[0]).fields)
    return kind, checked
