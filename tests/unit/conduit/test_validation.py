"""Nothing is written or printed that breaks a bound or says what must not be said, whoever made it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conduits import STREAM_ID, files, request, stream
from weftend import conduit
from weftend.conduit import running, validation
from weftend.errors import WeftendError
from weftend.reference import canonicalize
from weftend.store.home import Home


@pytest.fixture
def home(tmp_path) -> Home:
    return Home(tmp_path / "home", flat=True)


def spoiled(data: bytes, old: str, new: str) -> bytes:
    text = data.decode()
    assert old in text
    return text.replace(old, new).encode()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"a":20', '"a@example.org":20', "PRIVACY_FIELD_FORBIDDEN"),
        ('"a":20', '"createdAt":20', "PRIVACY_TIMESTAMP_FORBIDDEN"),
        ('"a":20', '"a b":20', "PRIVACY_STRING_UNTRUSTED"),
        ('"a":20', '"a":-1', "TELEMETRY_SCHEMA_INVALID"),
        ('"v":0', '"v":1', "TELEMETRY_SCHEMA_INVALID"),
        ('"capPruned":0', '"capPruned":4294967296', "TELEMETRY_SCHEMA_INVALID"),
    ],
)
@pytest.mark.parametrize("run", [conduit.apply, conduit.preview])
def test_a_snapshot_that_must_not_leave_stops_the_run_before_anything_is_written(
    home, tmp_path, monkeypatch, run, old, new, code
):
    real = running.snapshot_bytes
    monkeypatch.setattr(running, "snapshot_bytes", lambda *a, **o: spoiled(real(*a, **o), old, new))
    with pytest.raises(WeftendError) as caught:
        run(request(stream(), range(20)), home)
    assert code in {issue.code for issue in caught.value.issues.issues}
    assert files(tmp_path) == {}


def test_a_store_that_must_not_be_written_stops_the_run_before_the_ledger(home, tmp_path, monkeypatch):
    real = running.store_bytes
    monkeypatch.setattr(running, "store_bytes", lambda *a, **o: spoiled(real(*a, **o), '"a":20', '"a":21'))
    with pytest.raises(WeftendError, match="TELEMETRY_CHUNK_ID_MISMATCH"):
        conduit.apply(request(stream(), range(20)), home, tmp_path / "out")
    assert files(tmp_path) == {}


def test_what_holds_passes(home):
    outcome = conduit.apply(request(stream(), range(20)), home)
    assert validation.require_snapshot(outcome.snapshot, "s") == json.loads(outcome.snapshot)
    path = home.store(STREAM_ID)
    assert validation.store_issues(path.read_bytes(), path, STREAM_ID) == []


def test_a_store_s_issues_name_its_file(home):
    conduit.apply(request(stream(), range(20)), home)
    value = json.loads(home.store(STREAM_ID).read_bytes())
    value["extra"] = 1
    issues = validation.store_issues(canonicalize(value) + b"\n", Path("here"), STREAM_ID)
    assert {issue.path.partition("#")[0] for issue in issues} == {"here"}
