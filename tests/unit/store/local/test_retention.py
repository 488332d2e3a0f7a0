"""Retention: which rows go, which stay, what the plan says and what a prune leaves behind."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from weftend.store.local import retention
from weftend.store.local.database import LOCAL
from weftend.store.local.retention import Rule

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
METRICS = Rule("research_metrics", "days", 365, "created_at")
AGENT = Rule("agent_exec_history", "ms_days", 90, "recorded_at")
SUPPRESSION = Rule("ci_completion_suppression", "expires_lt_now", None, "expires_at")


@pytest.fixture
def store(tmp_path: Path) -> sqlite3.Connection:
    return LOCAL.create(tmp_path)


def metric(store: sqlite3.Connection, created_at: str) -> None:
    store.execute(
        "INSERT INTO research_metrics (session_id, metric_type, created_at) VALUES ('s', 'm', ?)",
        (created_at,),
    )


def prune(store: sqlite3.Connection, *rules: Rule) -> list[retention.Pruned]:
    cutoffs = {rule.table: retention.cutoff(rule, NOW) for rule in rules}
    return retention.apply(store, rules, {t: c for t, c in cutoffs.items() if c is not None}, NOW)


def left(store: sqlite3.Connection, table: str, column: str) -> list[object]:
    return [row[0] for row in store.execute(f"SELECT {column} FROM {table} ORDER BY {column}")]  # noqa: S608


@pytest.mark.parametrize(
    ("created_at", "stays"),
    [
        (retention.iso(NOW - timedelta(days=366)), False),
        (retention.iso(NOW - timedelta(days=365, seconds=1)), False),
        (retention.iso(NOW - timedelta(days=365)), True),
        (retention.iso(NOW), True),
        ("2031-01-01T00:00:00Z", True),  # the future
        ("2025-01-01", False),  # a date alone
        ("2025-11-22T13:30:00+02:00", False),  # 11:30 UTC, half an hour too old
        ("2025-11-22T11:30:00-02:00", True),  # 13:30 UTC
        ("", True),
        ("yesterday", True),
        ("now", True),
        ("2460000.5", True),  # a day number is no date here
        ("2025-13-45T00:00:00Z", True),
    ],
)
def test_a_row_goes_by_its_time(store: sqlite3.Connection, created_at: str, stays: bool) -> None:
    metric(store, created_at)
    assert retention.plan(store, [METRICS], NOW)[0].rows == (0 if stays else 1)
    assert prune(store, METRICS)[0].rows == (0 if stays else 1)
    assert left(store, "research_metrics", "created_at") == ([created_at] if stays else [])


@pytest.mark.parametrize(("milliseconds", "rows"), [(-5, 1), (5, 0)])
def test_a_row_goes_by_the_millisecond(store: sqlite3.Connection, milliseconds: int, rows: int) -> None:
    now = NOW + timedelta(milliseconds=500)
    metric(store, retention.iso(now - timedelta(days=365) + timedelta(milliseconds=milliseconds)))
    assert retention.plan(store, [METRICS], now)[0].rows == rows


def test_milliseconds_and_expiry(store: sqlite3.Connection) -> None:
    cutoff = int((NOW - timedelta(days=90)).timestamp() * 1000)
    for at in (0, cutoff - 1, cutoff, cutoff * 2):
        store.execute(
            "INSERT INTO agent_exec_history (tool_key, repository_id, outcome, duration_ms, recorded_at)"
            " VALUES ('t', 'r', 'ok', 1, ?)",
            (at,),
        )
    for expires in (None, "2026-11-22T11:59:59Z", "2026-11-22T12:00:01Z"):
        store.execute(
            "INSERT INTO ci_completion_suppression"
            " (detector_id, scope, reason, owner, created_at, expires_at)"
            " VALUES ('d', 's', 'r', 'o', '2020-01-01', ?)",
            (expires,),
        )
    prune(store, AGENT, SUPPRESSION)
    assert left(store, "agent_exec_history", "recorded_at") == [cutoff, cutoff * 2]
    assert left(store, "ci_completion_suppression", "expires_at") == [None, "2026-11-22T12:00:01Z"]


@pytest.mark.parametrize("kind", ["manual", "keep_forever"])
def test_what_is_kept_by_hand_is_never_taken(store: sqlite3.Connection, kind: retention.Kind) -> None:
    metric(store, "2001-01-01T00:00:00Z")
    rule = Rule("research_metrics", kind)
    assert retention.plan(store, [rule], NOW)[0].cutoff is None
    assert prune(store, rule) == []
    assert left(store, "research_metrics", "created_at") == ["2001-01-01T00:00:00Z"]


def test_the_plan_says_how_much_and_from_when(store: sqlite3.Connection) -> None:
    for day in ("2024-01-02", "2024-01-01", "2024-01-03"):
        metric(store, f"{day}T00:00:00Z")
    planned = retention.plan(store, [METRICS], NOW)[0]
    assert (planned.rows, planned.oldest, planned.newest) == (
        3,
        "2024-01-01T00:00:00Z",
        "2024-01-03T00:00:00Z",
    )
    assert planned.size > 3 * 20
    assert planned.rule == "days 365 by created_at"


def test_the_plan_says_what_goes_with_the_rows_of_another_table(store: sqlite3.Connection) -> None:
    runs = Rule("build_run", "days", 365, "recorded_at")
    for run, day in enumerate(("2024-01-01", "2026-11-01"), 1):
        store.execute(
            "INSERT INTO build_run (id, repository_id, profile, total_ms, crate_count, fresh_count, recorded_at)"
            " VALUES (?, 'r', 'dev', 1, 1, 0, ?)",
            (run, f"{day}T00:00:00Z"),
        )
        store.executemany(
            "INSERT INTO build_crate_sample (run_id, name, fresh) VALUES (?, ?, 0)",
            [(run, f"crate-{number}") for number in range(run * 3)],
        )
    planned = {line.table: line for line in retention.plan(store, [runs], NOW)}
    sample = planned["build_crate_sample"]
    assert (planned["build_run"].rows, sample.rows) == (1, 3)
    assert (sample.rule, sample.cutoff, sample.oldest) == ("with build_run", None, None)
    assert sample.size > 3 * len("crate-0")
    prune(store, runs)
    assert left(store, "build_crate_sample", "run_id") == [2] * 6


def test_a_prune_gives_the_space_back_and_leaves_a_record(store: sqlite3.Connection, tmp_path: Path) -> None:
    rows = [("s", "m", "x" * 1000, "2024-01-01T00:00:00Z")] * 20_000
    store.execute("BEGIN")
    store.executemany(
        "INSERT INTO research_metrics (session_id, metric_type, metadata_json, created_at) VALUES (?,?,?,?)",
        rows,
    )
    store.execute("COMMIT")
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    before = (tmp_path / LOCAL.file_name).stat().st_size
    pruned = prune(store, METRICS)[0]
    after = (tmp_path / LOCAL.file_name).stat().st_size
    assert pruned.rows == 20_000
    assert before - after == pruned.freed > 20_000_000
    assert store.execute("SELECT table_name, rule, rows_deleted, bytes_freed FROM prune_log").fetchall() == [
        ("research_metrics", "days 365 by created_at", 20_000, pruned.freed)
    ]


def test_a_prune_that_was_killed_is_finished_by_the_next(store: sqlite3.Connection) -> None:
    for _ in range(5_000):
        metric(store, "2024-01-01T00:00:00Z")

    class Killed(Exception):
        pass

    def kill(_table: str, _rows: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        retention.apply(store, [METRICS], {"research_metrics": NOW - timedelta(days=365)}, NOW, progress=kill)
    remaining = store.execute("SELECT count(*) FROM research_metrics").fetchone()[0]
    assert 0 < remaining < 5_000
    assert store.execute("SELECT rows_deleted FROM prune_log").fetchall() == [(5_000 - remaining,)]
    assert prune(store, METRICS)[0].rows == remaining


def test_what_hangs_on_a_row_goes_in_steps_before_it(store: sqlite3.Connection) -> None:
    for finished_at in ("2024-01-01", "2026-11-01"):
        run = store.execute(
            "INSERT INTO ci_completion_run (repository_id, workflow, run_kind, started_at, finished_at)"
            " VALUES ('r', 'w', 'k', ?1, ?1)",
            (finished_at,),
        ).lastrowid
        store.executemany(
            "INSERT INTO ci_completion_finding (run_id, detector_id, tier, severity, fingerprint, status, suppressed)"
            " VALUES (?, 'd', 'A', 'low', ?, 'open', 0)",
            [(run, str(number)) for number in range(3_000)],
        )
    seen = list[int]()

    def look(_table: str, _rows: int) -> None:
        seen.append(store.execute("SELECT count(*) FROM ci_completion_finding").fetchone()[0])

    rule = Rule("ci_completion_run", "days", 365, "finished_at")
    (pruned,) = retention.apply(store, [rule], {rule.table: NOW - timedelta(days=365)}, NOW, progress=look)
    assert pruned.rows == 1
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) > 3, "not all at once"
    assert left(store, "ci_completion_run", "finished_at") == ["2026-11-01"]
    assert seen[-1] == 3_000
