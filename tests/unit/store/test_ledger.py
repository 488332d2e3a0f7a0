"""What the ledger keeps, that one release is all or nothing in it, and what it refuses to be."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from weftend.errors import WeftendError
from weftend.store.ledger import LOOKUP, Ledger, Step, StoredChunk, StreamState


def digests(start: int, count: int) -> bytes:
    """``count`` identities as the core gives them: ascending, one behind the other."""
    return b"".join(sorted(hashlib.sha256(str(n).encode()).digest() for n in range(start, start + count)))


def both(left: bytes, right: bytes) -> bytes:
    together = left + right
    return b"".join(sorted(together[start : start + 32] for start in range(0, len(together), 32)))


def step(tick: int, units: bytes, *, stream: str = "s.v0", pruned: tuple[str, ...] = ()) -> Step:
    state = StreamState(tick, f"c{tick}", "file", f"store at {tick}", None)
    return Step(stream, state, units, stored(tick), pruned)


def stored(tick: int) -> StoredChunk:
    return StoredChunk(f"c{tick}", b'{"tick":%d}' % tick)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


@pytest.fixture
def filled(path: Path) -> Path:
    with Ledger.open(path) as ledger:
        ledger.commit(step(10, digests(0, 10)))
        ledger.commit(step(15, digests(10, 5)))
    return path


def refusal(path: Path, opener=Ledger.open) -> tuple[str, int]:
    with pytest.raises(WeftendError) as caught:
        opener(path).close()
    return caught.value.issues.issues[0].code, int(caught.value.status)


@pytest.mark.parametrize("opener", [Ledger.open, Ledger.look])
def test_where_there_is_no_file_it_is_empty_and_none_is_made(path, opener):
    with opener(path) as ledger:
        assert ledger.state("s.v0") is None
        assert ledger.chunks("s.v0") == ()
        assert ledger.consumed(digests(0, 3)) == b""
    assert os.listdir(path.parent) == []


@pytest.mark.parametrize("opener", [Ledger.open, Ledger.look])
def test_what_was_committed_is_there(filled, opener):
    with opener(filled) as ledger:
        assert ledger.state("s.v0") == StreamState(15, "c15", "file", "store at 15", None)
        assert ledger.chunks("s.v0") == (stored(10), stored(15))
        assert ledger.consumed(digests(5, 20)) == digests(5, 10)


def test_the_file_is_its_owner_s_alone(filled):
    assert stat.S_IMODE(filled.stat().st_mode) == 0o600
    assert os.listdir(filled.parent) == [filled.name]


def test_pruned_chunks_go_and_identities_stay(filled):
    with Ledger.open(filled) as ledger:
        ledger.commit(step(20, digests(15, 5), pruned=("c10", "c15")))
        assert ledger.chunks("s.v0") == (stored(20),)
        assert ledger.consumed(digests(0, 20)) == digests(0, 20)


def test_a_unit_is_consumed_by_one_stream_for_all(filled):
    with Ledger.open(filled) as ledger:
        ledger.commit(step(5, digests(100, 5), stream="other.v0"))
        assert ledger.consumed(digests(0, 200)) == both(digests(0, 15), digests(100, 5))
        assert ledger.chunks("other.v0") == (stored(5),)


def test_a_unit_consumed_twice_undoes_the_whole_step(filled):
    with Ledger.open(filled) as ledger:
        with pytest.raises(sqlite3.IntegrityError):
            ledger.commit(step(25, digests(14, 10)))
        assert ledger.state("s.v0") == StreamState(15, "c15", "file", "store at 15", None)
        assert ledger.consumed(digests(14, 10)) == digests(14, 1)


def test_a_lookup_larger_than_one_statement(path):
    units = digests(0, 2 * LOOKUP + 7)
    with Ledger.open(path) as ledger:
        ledger.commit(step(len(units) // 32, units))
        assert ledger.consumed(digests(7, 2 * LOOKUP + 7)) == digests(7, 2 * LOOKUP)


def test_a_look_sees_one_state_while_a_commit_waits_its_turn(filled):
    with Ledger.look(filled) as before:
        assert before.state("s.v0") is not None
        with Ledger.open(filled) as ledger:
            connection = ledger._connection
            assert connection is not None
            connection.execute("PRAGMA busy_timeout = 50")
            with pytest.raises(WeftendError, match="HOME_BUSY"):
                ledger.commit(step(20, digests(15, 5)))
            before.close()
            ledger.commit(step(20, digests(15, 5)))


def test_a_look_changes_no_byte(filled, tmp_path):
    content, status = filled.read_bytes(), filled.stat()
    with Ledger.look(filled) as ledger:
        ledger.consumed(digests(0, 100))
    assert filled.read_bytes() == content
    assert filled.stat().st_mtime_ns == status.st_mtime_ns
    assert os.listdir(tmp_path) == [filled.name]


@pytest.mark.parametrize("opener", [Ledger.open, Ledger.look])
@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("PRAGMA user_version = 2", 2),
        ("PRAGMA user_version = 0", 3),
        ("PRAGMA application_id = 7", 3),
        ("DROP TABLE chunk", 3),
        ("ALTER TABLE stream RENAME COLUMN head_chunk_id TO head", 3),
        ("ALTER TABLE unit ADD COLUMN note TEXT", 3),
        ("CREATE TRIGGER t AFTER INSERT ON unit BEGIN DELETE FROM unit; END", 3),
    ],
)
def test_a_file_that_is_no_ledger_of_this_version_is_refused(filled, opener, statement, status):
    with sqlite3.connect(filled) as connection:
        connection.execute(statement)
    connection.close()
    assert refusal(filled, opener) == ("HOME_INVALID", status)


def test_identities_that_went_missing_are_noticed(filled):
    with sqlite3.connect(filled) as connection:
        connection.execute("DELETE FROM unit WHERE digest = ?", (digests(0, 1),))
    connection.close()
    assert refusal(filled) == ("HOME_INVALID", 3)


@pytest.mark.parametrize("opener", [Ledger.open, Ledger.look])
def test_text_in_its_place_is_refused(path, opener):
    path.write_bytes(b"not a database at all, " * 100)
    assert refusal(path, opener) == ("HOME_INVALID", 3)


@pytest.mark.parametrize("opener", [Ledger.open, Ledger.look])
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_regular_file_is_refused(path, opener, make):
    make(path)
    assert refusal(path, opener) == ("INPUT_UNREADABLE", 2)


def test_text_that_is_not_utf8_is_damage(filled):
    with sqlite3.connect(filled) as connection:
        connection.execute("UPDATE stream SET unit_rule = CAST(x'ff' AS TEXT)")
    connection.close()
    with Ledger.look(filled) as ledger, pytest.raises(WeftendError, match="HOME_INVALID") as caught:
        ledger.state("s.v0")
    assert caught.value.status == 3


def test_a_truncated_or_damaged_file_is_refused(filled):
    content = filled.read_bytes()
    for size in (50, 4096, len(content) - 4096, len(content) - 1):
        filled.write_bytes(content[:size])
        assert refusal(filled) == ("HOME_INVALID", 3), size
    filled.write_bytes(content[:8192] + b"\xff" * 4096 + content[12288:])
    assert refusal(filled) == ("HOME_INVALID", 3)


def test_a_link_is_refused(filled, tmp_path):
    (tmp_path / "link").symlink_to(filled)
    assert refusal(tmp_path / "link") == ("INPUT_SYMLINK", 2)


def test_an_empty_file_is_a_ledger_that_has_not_begun(path):
    path.touch()
    for opener in (Ledger.look, Ledger.open):
        with opener(path) as ledger:
            assert ledger.state("s.v0") is None
            assert ledger.chunks("s.v0") == ()
            assert ledger.consumed(digests(0, 3)) == b""
    with Ledger.open(path) as ledger:
        ledger.commit(step(3, digests(0, 3)))
        assert ledger.consumed(digests(0, 5)) == digests(0, 3)


def killed_while_committing(filled: Path) -> Path:
    """A copy of the ledger and its journal as a kill in the middle of a commit leaves them."""
    connection = sqlite3.connect(filled, isolation_level=None)
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE stream SET tick = tick + 2000")
    units = digests(1000, 2000)
    rows = ((units[start : start + 32],) for start in range(0, len(units), 32))
    connection.executemany("INSERT INTO unit VALUES (?, 1)", rows)
    copy = filled.with_name("copy.sqlite3")
    shutil.copy(filled, copy)
    shutil.copy(f"{filled}-journal", f"{copy}-journal")
    connection.execute("ROLLBACK")
    connection.close()
    return copy


def test_a_killed_commit_is_undone_by_the_next_apply_and_named_by_a_look(filled):
    copy = killed_while_committing(filled)
    before = copy.read_bytes(), Path(f"{copy}-journal").read_bytes()
    assert refusal(copy, Ledger.look) == ("HOME_BUSY", 2)
    assert (copy.read_bytes(), Path(f"{copy}-journal").read_bytes()) == before
    with Ledger.open(copy) as ledger:
        assert ledger.state("s.v0") == StreamState(15, "c15", "file", "store at 15", None)
        assert ledger.consumed(digests(1000, 2000)) == b""
    assert not Path(f"{copy}-journal").exists()
