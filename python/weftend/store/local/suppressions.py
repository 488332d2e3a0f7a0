"""Suppressions: findings that people decided to live with, and what they are about.

A suppression is of one detector, or of every one (``*``). Its scope is a finding's fingerprint, or a pattern that a
finding's path meets (``*`` for every path and for findings without one). From ``expires_at`` on it holds no more.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any, Final

from weftend.store.local.retention import iso

TIMES: Final = ("created_at", "expires_at")


def moment(text: str) -> datetime | None:
    """The time that ``text`` writes as ISO 8601, UTC where it names no zone; ``None`` where it writes none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def add(connection: sqlite3.Connection, item: dict[str, str]) -> int:
    """Keep one suppression, within the caller's transaction; its row. One that is the same already is replaced."""
    row: dict[str, Any] = {
        "created_at": iso(datetime.now(UTC)),
        "expires_at": None,
        "approved_by": None,
        **item,
    }
    for name in TIMES:
        at = moment(item[name]) if name in item else None
        row[name] = row[name] if at is None else iso(at)
    key = (row["detector_id"], row["scope"], row["owner"])
    found = connection.execute(
        "SELECT id FROM ci_completion_suppression WHERE detector_id = ? AND scope = ? AND owner = ?", key
    ).fetchone()
    if found is not None:
        connection.execute(
            "UPDATE ci_completion_suppression SET reason = ?, expires_at = ?, approved_by = ? WHERE id = ?",
            (row["reason"], row["expires_at"], row["approved_by"], found[0]),
        )
        return int(found[0])
    return (
        connection.execute(
            "INSERT INTO ci_completion_suppression (detector_id, scope, owner, reason, created_at, expires_at,"
            " approved_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*key, row["reason"], row["created_at"], row["expires_at"], row["approved_by"]),
        ).lastrowid
        or 0
    )


def holding(connection: sqlite3.Connection, finding: dict[str, Any], at: str) -> int | None:
    """The first suppression that holds for a finding at a time (ISO 8601); ``None`` where none does."""
    rows = connection.execute(
        "SELECT id, scope FROM ci_completion_suppression WHERE detector_id IN (?, '*')"
        " AND (expires_at IS NULL OR julianday(expires_at) > julianday(?)) ORDER BY id",
        (finding["detector_id"], at),
    )
    return next((number for number, scope in rows if _meets(scope, finding)), None)


def _meets(scope: str, finding: dict[str, Any]) -> bool:
    path = finding.get("file_path")
    return scope in ("*", finding["fingerprint"]) or (path is not None and fnmatchcase(path, scope))
