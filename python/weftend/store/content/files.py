"""Files of content: rows for the tables of the content database, as a host program hands them over.

A file is one JSON object, an array of them, or one a line: a member ``table``, and that table's columns. Where
``created_at`` is missing, it is now. A file goes in whole or not at all.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from weftend import contracts
from weftend.errors import Code, Issue, IssueList, WeftendError
from weftend.store.local import jsonfile
from weftend.store.local.ingest import Ingest, Ingested
from weftend.store.local.retention import iso
from weftend.store.local.suppressions import moment

MOST_BYTES: Final = 1_048_576
"""UTF-8 bytes in one text, at most."""
_KINDS: Final[dict[str, tuple[type, ...]]] = {"TEXT": (str,), "REAL": (int, float), "INTEGER": (int,)}


class _Wrong(Exception):
    """What is wrong with one row: a code and words."""

    def __init__(self, message: str, code: Code = Code.INPUT_INVALID) -> None:
        super().__init__(message)
        self.code: Final = code


def ingest_content(way: Ingest, path: Path) -> Ingested:
    """Take in one file of content rows.

    Raises:
        WeftendError: ``INPUT_INVALID`` for each row that does not fit its table, ``EVENT_SESSION_INVALID`` for a
            session that is empty or over 512 characters, as ``file#place``; nothing of the file is taken then.
    """
    tables = {item["table"]: item for item in contracts.load()["tables"] if item["database"] == "content"}
    now = iso(datetime.now(UTC))
    rows, issues = list[tuple[str, dict[str, Any]]](), list[Issue]()
    for place, item in jsonfile.objects(path):
        try:
            rows.append(_row(tables, item, now))
        except _Wrong as wrong:
            issues.append(Issue(wrong.code, f"{path}#{place}", str(wrong)))
    if issues:
        raise WeftendError(IssueList.of(issues))
    way.messages.add_rows(rows)
    return Ingested(events=len(rows), rows=len(rows))


def _row(tables: dict[str, Any], item: Any, now: str) -> tuple[str, dict[str, Any]]:
    named = item.get("table") if isinstance(item, dict) else None
    table = tables.get(named) if isinstance(named, str) else None
    if table is None:
        raise _Wrong(f"table is none of {', '.join(sorted(tables))}")
    columns = {column["name"]: column for column in table["columns"]}
    row = {name: value for name, value in item.items() if name != "table" and value is not None}
    unknown = sorted(row.keys() - columns.keys())
    if unknown:
        raise _Wrong(f"{table['table']} has no column {unknown[0]}")
    row.setdefault("created_at", now)
    for name, column in columns.items():
        if name in row:
            row[name] = _value(column, row[name])
        elif column["required"]:
            raise _Wrong(f"has no {name}")
    return table["table"], row


def _value(column: dict[str, Any], value: Any) -> Any:
    name = column["name"]
    if not isinstance(value, _KINDS[column["type"]]) or isinstance(value, bool):
        raise _Wrong(f"{name} is not of type {column['type']}")
    return _text(name, value) if isinstance(value, str) else value


def _text(name: str, value: str) -> str:
    if name == "session_id" and not 1 <= len(value) <= contracts.load()["limits"]["sessionCharacters"]:
        raise _Wrong("a session has 1 to 512 characters", Code.EVENT_SESSION_INVALID)
    if len(value.encode()) > MOST_BYTES:
        raise _Wrong(f"{name} is more than {MOST_BYTES} bytes")
    if name == "created_at":
        at = moment(value)
        if at is None:
            raise _Wrong("created_at is no time as ISO 8601 writes it")
        return iso(at)
    return value
