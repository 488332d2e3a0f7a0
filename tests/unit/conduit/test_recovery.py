"""Store files that are not what the ledger says: completed when they lag, refused otherwise, never touched."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from conduits import STREAM_ID, files, request, stream
from weftend import conduit
from weftend.conduit import Status
from weftend.errors import WeftendError
from weftend.reference import canonicalize
from weftend.store.home import Home


@pytest.fixture
def home(tmp_path) -> Home:
    """A home with three steps behind it; ``after(n)`` in the tests is a copy of it after step n."""
    made = Home(tmp_path / "home", flat=True)
    for number in range(3):
        conduit.apply(request(stream(), range(10 * number, 10 * number + 10)), made)
        shutil.copytree(made.folder, tmp_path / f"after-{number + 1}")
    return made


def after(home: Home, steps: int) -> Home:
    """The same home as it was after so many steps."""
    return Home(home.folder.parent / f"after-{steps}", flat=True)


def store(home: Home) -> Path:
    return home.store(STREAM_ID)


def refused(home: Home, run: Callable[..., object] = conduit.apply) -> tuple[set[str], str]:
    """The codes of the refusal; the folder is then as it was."""
    before = files(home.folder)
    with pytest.raises(WeftendError) as caught:
        run(request(stream(), range(50)), home)
    assert files(home.folder) == before
    assert caught.value.status == 3
    issues = caught.value.issues.issues
    assert all(issue.path.startswith(str(home.folder)) for issue in issues)
    return {issue.code for issue in issues}, str(caught.value)


both = pytest.mark.parametrize("run", [conduit.apply, conduit.preview])


def test_a_store_one_step_behind_is_completed_by_an_apply(home):
    shutil.copy(store(after(home, 2)), store(home))
    outcome = conduit.apply(request(stream(), range(30)), home)
    assert outcome.recovered
    assert outcome.status is Status.NOTHING_NEW
    assert files(home.folder) == files(after(home, 3).folder)


def test_a_store_that_was_never_written_after_its_first_step_is_completed(home):
    first = after(home, 1)
    wanted = store(first).read_bytes()
    store(first).unlink()
    assert conduit.apply(request(stream(), range(10)), first).recovered
    assert store(first).read_bytes() == wanted


def test_a_preview_sees_the_completed_store_and_leaves_the_file(home):
    shutil.copy(store(after(home, 2)), store(home))
    before = files(home.folder)
    outcome = conduit.preview(request(stream(), range(40)), home)
    assert outcome.recovered
    assert [chunk["windowEndTick"] for chunk in json.loads(outcome.snapshot)["chunks"]] == [10, 20, 30, 40]
    assert files(home.folder) == before


@both
def test_a_store_put_back_from_an_older_copy_is_a_rollback(home, run):
    shutil.copy(store(after(home, 1)), store(home))
    codes, message = refused(home, run)
    assert codes == {"TELEMETRY_ROLLBACK"}
    assert str(store(home)) in message
    assert str(home.ledger) in message


@both
def test_a_ledger_put_back_from_an_older_copy_is_a_rollback(home, run):
    shutil.copy(after(home, 2).ledger, home.ledger)
    assert refused(home, run)[0] == {"TELEMETRY_ROLLBACK"}


@both
def test_a_store_without_its_ledger_is_a_rollback(home, run):
    home.ledger.unlink()
    assert refused(home, run)[0] == {"TELEMETRY_ROLLBACK"}


@both
def test_a_ledger_without_its_store_is_a_rollback(home, run):
    store(home).unlink()
    assert refused(home, run)[0] == {"TELEMETRY_ROLLBACK"}


def test_moving_both_aside_is_the_way_out(home):
    store(home).unlink()
    home.ledger.unlink()
    assert conduit.apply(request(stream(), range(30)), home).released == 30


@both
@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_a_truncated_store_is_refused(home, run, cut):
    store(home).write_bytes(store(home).read_bytes()[:cut])
    codes, message = refused(home, run)
    if cut == -1:  # only the final newline is gone: what is left still holds together
        assert codes == {"TELEMETRY_ROLLBACK"}
    else:
        assert "TELEMETRY_CONDUIT_INVALID" in codes
    assert "aside" in message


@both
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            lambda it: it["chunks"][1]["payload"]["aggregates"]["names"].update(a=9),
            "TELEMETRY_CHUNK_ID_MISMATCH",
        ),
        (lambda it: it["chunks"].pop(1), "TELEMETRY_CHAIN_BROKEN"),
        (lambda it: it["journal"].update(updatedAtTick=31), "TELEMETRY_TICK_INVALID"),
        (lambda it: it.update(extra=1), "TELEMETRY_SCHEMA_INVALID"),
        (lambda it: it["chunks"].pop(), None),
    ],
)
def test_an_edited_store_is_refused(home, run, change, code):
    value = json.loads(store(home).read_bytes())
    change(value)
    store(home).write_bytes(canonicalize(value) + b"\n")
    codes, _ = refused(home, run)
    assert code is None or code in codes


@both
def test_another_stream_s_store_is_refused(home, run, tmp_path):
    other = Home(tmp_path / "other", flat=True)
    stranger = stream(streamId="telemetry.other.v0")
    conduit.apply(request(stranger, range(30)), other)
    shutil.copy(other.store("telemetry.other.v0"), store(home))
    assert "TELEMETRY_CONDUIT_INVALID" in refused(home, run)[0]


@both
def test_another_home_s_store_is_refused(home, run, tmp_path):
    other = Home(tmp_path / "other", flat=True)
    conduit.apply(request(stream(), range(100, 130)), other)
    shutil.copy(store(other), store(home))
    assert refused(home, run)[0] == {"TELEMETRY_ROLLBACK"}


@both
def test_what_is_no_regular_file_is_not_read(home, run):
    store(home).unlink()
    store(home).symlink_to("elsewhere")
    with pytest.raises(WeftendError, match="INPUT_SYMLINK"):
        run(request(stream(), range(50)), home)
    store(home).unlink()
    os.mkfifo(store(home))
    with pytest.raises(WeftendError, match="INPUT_UNREADABLE"):
        run(request(stream(), range(50)), home)


@both
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE chunk SET body = (SELECT body FROM chunk LIMIT 1)",
        "UPDATE chunk SET body = x'00'",
        "UPDATE chunk SET chunk_id = 'sha256:' || hex(randomblob(32))",
        "UPDATE stream SET head_chunk_id = 'nothing'",
        "UPDATE stream SET head_chunk_id = (SELECT chunk_id FROM chunk LIMIT 1)",
        "UPDATE stream SET store_digest = 'nothing'",
    ],
)
def test_what_was_changed_in_the_ledger_is_noticed(home, run, change):
    with sqlite3.connect(home.ledger) as connection:
        connection.execute(change)
    connection.close()
    assert refused(home, run)[0] == {"HOME_INVALID"}


def test_a_store_that_holds_something_forbidden_is_refused_with_its_code(home):
    value = json.loads(store(home).read_bytes())
    value["chunks"][0]["payload"]["aggregates"]["names"]["me@example.org"] = 9
    store(home).write_bytes(canonicalize(value) + b"\n")
    codes, message = refused(home)
    assert codes >= {"TELEMETRY_CONDUIT_INVALID", "TELEMETRY_CHUNK_ID_MISMATCH"}
    assert "me@example.org" not in message


def test_what_a_killed_run_reserved_goes_even_when_nothing_is_new(home):
    hidden = home.folder / ".telemetry_conduit.json.tmp"
    hidden.write_bytes(bytes(100))
    before = files(home.folder)
    conduit.preview(request(stream(), range(30)), home)
    assert files(home.folder) == before
    conduit.apply(request(stream(), range(30)), home)
    assert not hidden.exists()
