"""What an operator may export: events of types whose contract allows it, and of them what is S0 or S1.

Built by copying allowed fields, never by deleting forbidden ones. Sessions and times finer than a day stay here.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from weftend.store.local.usage import EXPORTED


def allowed(contracts: dict[str, Any]) -> dict[str, frozenset[str]]:
    """Metric type → the fields of it that may be exported."""
    return {
        event["metricType"]: frozenset(
            field["name"] for field in event["fields"] if field["class"] in ("S0", "S1")
        )
        for event in contracts["events"]
        if event["transmission"] in EXPORTED and event["table"] == "research_metrics"
    }


def preview(connection: sqlite3.Connection, fields: dict[str, frozenset[str]]) -> list[dict[str, Any]]:
    """Per metric type that has rows and may be exported: rows, events, and the fields that would go."""
    counts = connection.execute(
        "SELECT metric_type, count(*), sum(event_count) FROM research_metrics GROUP BY 1 ORDER BY 1"
    )
    return [
        {"type": kind, "rows": rows, "events": events, "fields": sorted(fields[kind])}
        for kind, rows, events in counts
        if kind in fields
    ]


def rows(connection: sqlite3.Connection, fields: dict[str, frozenset[str]]) -> Iterator[dict[str, Any]]:
    """The rows that go: ``type``, ``day``, ``events``, ``value`` and ``fields``, in the order of the store."""
    query = (
        "SELECT metric_type, substr(created_at, 1, 10), event_count, metric_value, metadata_json"
        " FROM research_metrics ORDER BY id"
    )
    for kind, day, events, value, metadata in connection.execute(query):
        if kind in fields:
            kept = {name: item for name, item in json.loads(metadata or "{}").items() if name in fields[kind]}
            yield {"type": kind, "day": day, "events": events, "value": value, "fields": kept}
