"""Content from files: every table, what is refused, and that it stays in a database of its own."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from shell import Shell

ROWS = [
    {"table": "conversation_sessions", "session_id": "s", "title": "a title"},
    {"table": "conversation_messages", "session_id": "s", "role": "user", "body": "secret words"},
    {"table": "agent_messages", "session_id": "s", "sender": "planner", "body": "secret words"},
    {
        "table": "behavior_events",
        "session_id": "s",
        "kind": "edit",
        "created_at": "2026-11-01T01:00:00+01:00",
    },
    {
        "table": "tool_calls",
        "session_id": "s",
        "tool_key": "fs.read",
        "arguments_json": '{"path":"secret words"}',
    },
    {"table": "retrieval_hits", "session_id": "s", "query": "secret words", "source": "a.md", "score": 0.5},
]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def take(shell: Shell, text: str, status: int = 0) -> object:
    path = shell.folder / "content.ndjson"
    path.write_text(text)
    return shell.json("ingest", "content", str(path), status=status)


def kept(shell: Shell, table: str, columns: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(shell.home / "content.sqlite3")) as connection:
        return connection.execute(f"SELECT {columns} FROM {table}").fetchall()  # noqa: S608


def test_every_content_table_is_filled_and_the_local_store_knows_nothing_of_it(shell: Shell) -> None:
    assert take(shell, "\n".join(map(json.dumps, ROWS)))["rows"] == 6
    for row in ROWS:
        assert len(kept(shell, row["table"], "*")) == 1, row
    assert kept(shell, "behavior_events", "created_at, body") == [("2026-11-01T00:00:00.000Z", None)]
    assert kept(shell, "retrieval_hits", "score, excerpt") == [(0.5, None)]
    assert b"secret words" not in (shell.home / "telemetry.sqlite3").read_bytes()
    assert shell.code("db", "query", "SELECT body FROM conversation_messages") == "QUERY_INVALID"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"table": "research_metrics"}, "INPUT_INVALID"),
        ({"table": ["tool_calls"]}, "INPUT_INVALID"),
        ({"role": None}, "INPUT_INVALID"),
        ({"body": 5}, "INPUT_INVALID"),
        ({"id": 5}, "INPUT_INVALID"),
        ({"body": "x" * 1_048_577}, "INPUT_INVALID"),
        ({"created_at": "soon"}, "INPUT_INVALID"),
        ({"session_id": ""}, "EVENT_SESSION_INVALID"),
        ({"session_id": "s" * 513}, "EVENT_SESSION_INVALID"),
    ],
)
def test_a_file_with_one_wrong_row_goes_nowhere(shell: Shell, change: dict[str, object], code: str) -> None:
    refusal = take(shell, json.dumps([ROWS[1], ROWS[1] | change]), status=2)
    (issue,) = refusal["issues"]
    assert (issue["code"], issue["path"].partition("#")[2]) == (code, "/1")
    assert not (shell.home / "content.sqlite3").exists()


def test_old_behaviour_goes_with_a_prune_and_chats_stay(shell: Shell) -> None:
    take(shell, json.dumps([row | {"created_at": "2020-01-01"} for row in ROWS]))
    gone = {line["table"] for line in shell.json("db", "prune-apply") if line["rows"]}
    assert gone == {"behavior_events"}
    assert len(kept(shell, "conversation_messages", "id")) == 1
