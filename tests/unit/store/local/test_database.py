"""Opening the local store: created, migrated, read-only, damaged, newer, another program's."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from weftend.errors import Code, ExitStatus, WeftendError
from weftend.store.local.database import LOCAL


def refusal(action) -> tuple[str, ExitStatus]:
    with pytest.raises(WeftendError) as caught:
        action()
    return caught.value.issues.issues[0].code, caught.value.status


def test_a_new_store_is_private_migrated_and_ours(tmp_path: Path) -> None:
    connection = LOCAL.create(tmp_path / "home")
    path = tmp_path / "home" / LOCAL.file_name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert connection.execute("PRAGMA user_version").fetchone()[0] == len(LOCAL.migrations())
    assert connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_every_table_is_strict(tmp_path: Path) -> None:
    connection = LOCAL.create(tmp_path)
    rows = connection.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").fetchall()
    assert {name for name, strict in rows if not strict and not name.startswith("sqlite_")} == set()


@pytest.mark.parametrize("version", range(len(LOCAL.migrations())))
def test_a_store_of_every_earlier_version_is_migrated_with_its_rows(tmp_path: Path, version: int) -> None:
    path = tmp_path / LOCAL.file_name
    old = sqlite3.connect(path)
    for number in range(version):
        old.executescript(LOCAL.migrations()[number])
    if version:
        old.execute(
            "INSERT INTO research_metrics (session_id, metric_type, created_at)"
            " VALUES ('s', 'm', '2026-01-01')"
        )
        old.execute(f"PRAGMA application_id = {LOCAL.application_id}")
    old.execute(f"PRAGMA user_version = {version}")
    old.commit()
    old.close()
    connection = LOCAL.create(tmp_path)
    assert connection.execute("PRAGMA user_version").fetchone()[0] == len(LOCAL.migrations())
    assert connection.execute("SELECT count(*) FROM research_metrics").fetchone()[0] == (1 if version else 0)


def test_looking_where_there_is_no_store_creates_nothing(tmp_path: Path) -> None:
    assert LOCAL.look(tmp_path / "home") is None
    assert list(tmp_path.iterdir()) == []


def test_a_look_cannot_write(tmp_path: Path) -> None:
    LOCAL.create(tmp_path).close()
    connection = LOCAL.look(tmp_path)
    assert connection is not None
    with pytest.raises(sqlite3.OperationalError):
        connection.execute("DELETE FROM research_metrics")


def test_a_damaged_file_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / LOCAL.file_name
    path.write_bytes(b"this is no database, and was never one" * 100)
    before = path.read_bytes()
    assert refusal(lambda: LOCAL.create(tmp_path)) == (Code.STORE_DAMAGED, ExitStatus.INTEGRITY)
    assert refusal(lambda: LOCAL.look(tmp_path)) == (Code.STORE_DAMAGED, ExitStatus.INTEGRITY)
    assert path.read_bytes() == before


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    connection = LOCAL.create(tmp_path)
    connection.execute(f"PRAGMA user_version = {len(LOCAL.migrations()) + 1}")
    connection.close()
    assert refusal(lambda: LOCAL.create(tmp_path)) == (Code.STORE_NEWER, ExitStatus.INVALID)


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / LOCAL.file_name)
    other.execute("CREATE TABLE theirs (id INTEGER)")
    other.commit()
    other.close()
    assert refusal(lambda: LOCAL.create(tmp_path)) == (Code.STORE_FOREIGN, ExitStatus.INVALID)


def test_limits_are_held_by_the_table(tmp_path: Path) -> None:
    connection = LOCAL.create(tmp_path)
    insert = (
        "INSERT INTO research_metrics (session_id, metric_type, metadata_json, created_at)"
        " VALUES (?, ?, ?, '2026')"
    )
    connection.execute(insert, ("s" * 512, "a.b_c:d-e", "x" * 262_144))
    for row in [
        ("", "m", None),
        ("s" * 513, "m", None),
        ("s", "m" * 129, None),
        ("s", "m m", None),
        ("s", "m", "é" * 131_073),
    ]:
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(insert, row)


def test_children_go_with_their_run(tmp_path: Path) -> None:
    connection = LOCAL.create(tmp_path)
    connection.execute(
        "INSERT INTO build_run (id, repository_id, profile, total_ms, crate_count, fresh_count, recorded_at)"
        " VALUES (1, 'r', 'dev', 1, 1, 0, '2026-01-01')"
    )
    connection.execute(
        "INSERT INTO build_warning (run_id, crate_name, level, message) VALUES (1, 'c', 'warning', 'm')"
    )
    connection.execute("INSERT INTO build_run_dependency_shape VALUES (1, '{}')")
    connection.execute("DELETE FROM build_run")
    for table in ("build_warning", "build_run_dependency_shape"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0  # noqa: S608
