"""``weftend verify`` end to end: statuses, places, and what it says to people and to machines."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from snapshots import chain, definition, file, full, snapshot, store
from weftend.cli.exits import run

DEFINITION = definition()
CHUNKS = chain(DEFINITION, full(0, 20), full(20, 30))
HEAD = CHUNKS[1]["chunkId"]

Verify = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, object], None]:
    """Write a document, or bytes, as a file of the working folder."""
    monkeypatch.chdir(tmp_path)

    def write(name: str, content: object) -> None:
        Path(name).write_bytes(content if isinstance(content, bytes) else file(content))

    write("s.json", snapshot(CHUNKS))
    write("store.json", store(CHUNKS))
    write("d.json", DEFINITION)
    return write


@pytest.fixture
def verify(write: object, capsysbinary: pytest.CaptureFixture[bytes]) -> Verify:
    """Run the command with ``--json``: its status and its one document."""

    def verify(*arguments: str) -> tuple[int, dict[str, Any]]:
        status = run(["verify", *arguments, "--json"])
        out, err = capsysbinary.readouterr()
        assert err == b""
        assert out.count(b"\n") == 1
        return status, json.loads(out)

    return verify


def places(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [(issue["code"], issue["path"]) for issue in document["issues"]]


def test_a_snapshot_that_holds(verify: Verify) -> None:
    status, document = verify("s.json", "--store", "store.json", "--head", HEAD, "--streams", "d.json")
    assert (status, document["issues"], document["more"]) == (0, [], 0)
    (said,) = document["snapshots"]
    assert (said["status"], said["anchor"], said["headChunkId"]) == ("verified", None, HEAD)
    assert said["promises"] == ["every-map"]
    assert {"vocabulary", "clamps", "pathDigest", "head", "store"} <= set(said["checked"])


def test_without_a_definition_it_says_what_it_did_not_check(verify: Verify) -> None:
    status, document = verify("s.json")
    assert status == 0
    assert document["snapshots"][0]["promises"] == []
    assert "clamps" in document["snapshots"][0]["notChecked"][0]


def test_what_does_not_hold_is_3_with_code_and_place(
    verify: Verify, write: Callable[[str, object], None]
) -> None:
    write("bad.json", snapshot(CHUNKS) | {"streamId": "telemetry.other.v0"})
    status, document = verify("bad.json", "s.json")
    assert status == 3
    assert [said["status"] for said in document["snapshots"]] == ["refused", "verified"]
    assert places(document) == [
        ("TELEMETRY_CHAIN_BROKEN", "bad.json#/chunks/0/streamId"),
        ("TELEMETRY_CHAIN_BROKEN", "bad.json#/chunks/1/streamId"),
    ]


def test_a_file_that_cannot_be_read_is_2(verify: Verify, tmp_path: Path) -> None:
    status, document = verify("none.json", ".", "s.json")
    assert status == 2
    assert places(document) == [("INPUT_NOT_FOUND", "none.json#"), ("INPUT_UNREADABLE", ".#")]
    assert [said["file"] for said in document["snapshots"]] == ["s.json"]
    for option in ("--store", "--streams", "--vocabulary"):
        status, document = verify("s.json", option, "none.json")
        assert (status, document["more"]) == (2, 0)
        assert document["issues"][0]["path"].startswith("none.json#")


def test_what_is_broken_outranks_what_is_missing(
    verify: Verify, write: Callable[[str, object], None]
) -> None:
    write("bad.json", b"{}\n")
    assert verify("bad.json", "none.json")[0] == 3


def test_a_file_without_bound_is_not_read(verify: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weftend.cli.inputs.MAX_INPUT_BYTES", 100)
    status, document = verify("s.json")
    assert (status, places(document)) == (2, [("INPUT_TOO_LARGE", "s.json#")])


def test_an_oversize_snapshot_is_not_parsed(verify: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weftend.reference.privacy.MAX_DOCUMENT_BYTES", 100)
    status, document = verify("s.json")
    assert (status, places(document)) == (3, [("PRIVACY_RECEIPT_OVERSIZE", "s.json#")])


def test_a_preview_is_1(verify: Verify, write: Callable[[str, object], None]) -> None:
    write("p.json", snapshot(CHUNKS, "TELEMETRY_PREVIEW"))
    status, document = verify("p.json", "s.json")
    assert (status, document["snapshots"][0]["status"]) == (1, "preview")


def test_a_cut_tail_shows_with_head_or_store(verify: Verify, write: Callable[[str, object], None]) -> None:
    write("cut.json", snapshot(CHUNKS[:1]))
    assert verify("cut.json")[0] == 0
    for option in (("--head", HEAD), ("--store", "store.json")):
        status, document = verify("cut.json", *option)
        assert (status, places(document)) == (3, [("TELEMETRY_CHAIN_BROKEN", "cut.json#/headChunkId")])


def test_a_broken_store_is_3(verify: Verify, write: Callable[[str, object], None]) -> None:
    broken = store(CHUNKS)
    broken["journal"]["updatedAtTick"] = 7
    write("store.json", broken)
    status, document = verify("s.json", "--store", "store.json")
    assert (status, places(document)) == (
        3,
        [("TELEMETRY_TICK_INVALID", "store.json#/journal/updatedAtTick")],
    )


@pytest.mark.parametrize("arguments", [(), ("s.json", "--head", "abc"), ("s.json", "--nothing")])
def test_usage_is_2(verify: Verify, arguments: tuple[str, ...]) -> None:
    status, document = verify(*arguments)
    assert (status, document["issues"][0]["code"]) == (2, "USAGE")


def test_another_definition_is_refused(verify: Verify, write: Callable[[str, object], None]) -> None:
    write("other.json", definition(version=2))
    status, document = verify("s.json", "--streams", "other.json")
    assert status == 3
    assert places(document) == [("TELEMETRY_CONDUIT_INVALID", "s.json#/chunks/1/payload/bind/pathDigest")]


@pytest.mark.parametrize("content", [b"[1]\n", b"{\n", b'{"schema":"weftend.stream/0"}\n', b"id: [\n"])
def test_what_is_no_definition_is_2(
    verify: Verify, write: Callable[[str, object], None], content: bytes
) -> None:
    write("bad.yaml", content)
    status, document = verify("s.json", "--streams", "bad.yaml")
    assert (status, document["issues"][0]["code"]) == (2, "STREAM_INVALID")


def test_standard_input(verify: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    with open("s.json") as opened:
        monkeypatch.setattr("sys.stdin", opened)
        assert verify("-")[0] == 0


def test_what_people_read(
    write: Callable[[str, object], None], capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(["verify", "s.json", "--streams", "d.json"]) == 0
    out, err = capsysbinary.readouterr()
    text = out.decode()
    assert err == b""
    assert text.startswith("s.json: verified\n")
    assert "50 runs (ticks 0 to 50)" in text
    assert "the beginning of the stream" in text
    assert "every-map: the promise holds map by map" in text
    assert "not checked tail" in text
    write("bad.json", b"{\n")
    assert run(["verify", "bad.json"]) == 3
    out, err = capsysbinary.readouterr()
    assert out == b"bad.json: does not hold, see the issues\n"
    assert err == b"weftend: CANON_TRUNCATED bad.json#1: is no I-JSON text from here\n"
