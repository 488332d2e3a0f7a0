"""From events to rows: which columns an event of each table fills.

A missing scalar is NULL. What a row needs and the event does not have comes from the event's own time or its
session's convention, never from a guess about its content.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final, NamedTuple, Protocol

from weftend.errors import Code
from weftend.store.local import suppressions


class Event(NamedTuple):
    """One event as the spool reader gives it."""

    event_type: str
    session: str
    value: float | None
    fields: str
    """Canonical JSON of the fields that the contract lists."""
    at: str
    """ISO 8601, UTC, milliseconds."""
    events: int


METRIC_COLUMNS: Final = (
    "metric_type",
    "session_id",
    "metric_value",
    "metadata_json",
    "created_at",
    "event_count",
)
"""What the spool reader gives of each row of ``research_metrics``, in its order."""


class Messages(Protocol):
    """Where the content (S3) of an event goes."""

    def add_finding_message(self, fingerprint: str, message: str, created_at: str) -> None:
        """Keep what a detector says of a finding."""

    def add_rows(self, rows: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Keep rows of content tables, all or none."""


class Refused(Exception):
    """An event that no row can be made of; ``code`` says why, ``field`` where, if it is one field."""

    def __init__(self, code: Code, field: str = "") -> None:
        super().__init__(code, field)
        self.code: Final = code
        self.field: Final = field


def add_metrics(connection: sqlite3.Connection, metrics: Sequence[Sequence[Any]], recording: int) -> None:
    """Rows of ``research_metrics``, many in one statement.

    ``metrics`` has the values of the rows of one statement in each item, one row behind the other, in the order of
    :data:`METRIC_COLUMNS`.
    """
    width = len(METRIC_COLUMNS)
    one = f"({'?, ' * width}{recording:d})"
    into = f"INSERT INTO research_metrics ({', '.join(METRIC_COLUMNS)}, recording_id) VALUES "  # noqa: S608
    # A statement of fifty rows takes half the time of fifty statements of one.
    for values, alike in groupby(metrics, key=len):
        connection.executemany(into + ", ".join([one] * (values // width)), alike)


def add_agent_execution(connection: sqlite3.Connection, event: Event) -> None:
    """One row of ``agent_exec_history``; its duration is the event's value, its repository the session's."""
    fields = json.loads(event.fields)
    if event.value is None or "tool_key" not in fields or "outcome" not in fields:
        raise Refused(Code.EVENT_FIELD_MISSING)
    row = {
        "tool_key": fields["tool_key"],
        "repository_id": event.session.partition(":")[2] or "local",
        "outcome": fields["outcome"],
        "duration_ms": round(event.value),
        "recorded_at": round(datetime.fromisoformat(event.at).timestamp() * 1000),
    }
    for name in ("timeout_budget_ms", "compute_tokens_used", "vendor_cost_usd_micros", "attention_cost_ms"):
        row[name] = fields.get(name)
    _insert(connection, "agent_exec_history", row)


def add_completion(
    connection: sqlite3.Connection,
    kind: str,
    fields: dict[str, Any],
    at: str,
    run: int | None,
    messages: Messages,
) -> int:
    """One row of a completion table; gives back the run that it belongs to.

    Args:
        connection: the local store.
        kind: ``completion-run``, ``completion-finding`` or ``completion-detector-snapshot``.
        fields: the event's fields, valid under its contract.
        at: when it was recorded, ISO 8601.
        run: the run that a finding or snapshot belongs to.
        messages: where a finding's message goes.

    Raises:
        Refused: ``EVENT_PARENT_MISSING`` for a finding or snapshot without a run before it.
    """
    if kind == "completion-run":
        return _add_completion_run(connection, fields)
    if run is None:
        raise Refused(Code.EVENT_PARENT_MISSING)
    if kind == "completion-finding":
        add_finding(connection, fields, run, at)
        messages.add_finding_message(fields["fingerprint"], fields["message"], at)
    else:
        _add_completion_snapshot(connection, fields, run)
    return run


def _add_completion_run(connection: sqlite3.Connection, fields: dict[str, Any]) -> int:
    recorded_at = fields["recorded_at"]
    row = {
        "repository_id": fields["repository_id"],
        "branch": fields.get("branch"),
        "commit_sha": fields.get("commit_sha"),
        "workflow": fields["workflow"],
        "run_kind": fields.get("run_kind", "unknown"),
        "started_at": fields.get("started_at", recorded_at),
        "finished_at": fields.get("finished_at", recorded_at),
        "tool_versions_json": fields.get("tool_versions_json"),
    }
    return _insert(connection, "ci_completion_run", row)


def add_finding(
    connection: sqlite3.Connection,
    fields: dict[str, Any],
    run: int,
    at: str,
    suppression: int | None = None,
) -> None:
    """One row of ``ci_completion_finding``, suppressed where a suppression holds for it at the time ``at``."""
    if suppression is None:
        suppression = suppressions.holding(connection, fields, at)
    row = {
        "run_id": run,
        "detector_id": fields["detector_id"],
        "tier": fields["tier"],
        "severity": fields.get("severity", "unknown"),
        "confidence": fields.get("confidence"),
        "file_path": fields.get("file_path"),
        "line_start": fields.get("line"),
        "fingerprint": fields["fingerprint"],
        "status": "open",
        "suppressed": int(suppression is not None),
        "suppression_id": suppression,
        "meta_json": fields.get("meta"),
    }
    _insert(connection, "ci_completion_finding", row, "ON CONFLICT (run_id, fingerprint) DO NOTHING")


def _add_completion_snapshot(connection: sqlite3.Connection, fields: dict[str, Any], run: int) -> None:
    row = {
        "run_id": run,
        "detector_id": fields["detector_id"],
        "tier": fields["tier"],
        "finding_count": fields["finding_count"],
        "new_count": 0,
        "resolved_count": 0,
        "block_state": fields.get("block_state"),
    }
    _insert(
        connection, "ci_completion_detector_snapshot", row, "ON CONFLICT (run_id, detector_id) DO NOTHING"
    )


def _insert(connection: sqlite3.Connection, table: str, row: dict[str, Any], conflict: str = "") -> int:
    names = ", ".join(row)
    marks = ", ".join("?" * len(row))
    # The names stand in this module, never in input.
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks}) {conflict}"  # noqa: S608
    return connection.execute(statement, tuple(row.values())).lastrowid or 0
