"""The reader of release folders, as Python calls it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from weftend.errors import MAX_ISSUES, ExitStatus, Issue, WeftendError
from weftend.readers import RELEASE_MAPS, RELEASE_REFS, ReleaseReading, read_release
from weftend.reference import digest

Release = Callable[..., Path]
FULL = "sha256:" + 64 * "7"


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """Writes a release folder with the given files beside its manifest."""

    def write(files: dict[str, Any] | None = None) -> Path:
        folder = tmp_path / "release"
        body = {"pathDigest": FULL, "planDigest": "sha256:9bdda3cf"}
        manifest = {"schema": "weftend.release/0", "releaseId": digest(body), "manifestBody": body}
        for name, content in {"release_manifest.json": manifest, **(files or {})}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return folder

    return write


def record(**members: Any) -> bytes:
    return json.dumps({"schema": "weftend.tartarus/0", "kind": "stamp.missing", **members}).encode() + b"\n"


def issues(folder: Path) -> tuple[Issue, ...]:
    with pytest.raises(WeftendError) as refused:
        read_release(folder)
    assert refused.value.status is ExitStatus.INVALID
    return refused.value.issues.issues


def places(folder: Path) -> list[tuple[str, str]]:
    return [(issue.code, issue.path) for issue in issues(folder)]


def units(reading: ReleaseReading) -> dict[str, dict[str, int]]:
    """Per channel and key: how many units."""
    return {
        channel: {key: units for key, (units, _) in keys.items()}
        for channel, keys in zip(reading.partial.channels, reading.partial.totals(), strict=True)
    }


def test_reads_what_is_counted_and_nothing_else(release: Release) -> None:
    folder = release(
        {
            "tartarus.jsonl": record(reasonCodes=["A:x", "B"], recordId=FULL, text="never"),
            "receipts/r1/safe_run_receipt.json": {"receiptDigest": "sha256:deadbeef", "never": ["never"]},
            "receipts/r1/analysis/capability_ledger_v0.json": {"deniedCaps": [{"capId": "net.fetch"}]},
            "unknown.json": b"not JSON",
        }
    )
    reading = read_release(folder, [*RELEASE_MAPS, *RELEASE_REFS])
    assert (reading.path_digest, reading.seen, reading.copies, reading.links) == (
        FULL,
        (1, 0, 1),
        (0, 0, 0),
        0,
    )
    assert reading.release_id == digest({"pathDigest": FULL, "planDigest": "sha256:9bdda3cf"})
    assert units(reading) == {
        "capDenies": {"net.fetch": 1},
        "reasonFamilies": {"A:x": 1, "B": 1},
        "tartarusKinds": {"stamp.missing": 1},
        "evidenceRefs": {},
        "tartarusRefs": {FULL: 1},
    }


def test_leaves_out_what_no_channel_is_for(release: Release) -> None:
    reading = read_release(release({"tartarus.jsonl": record(recordId=FULL)}), ["tartarusKinds"])
    assert units(reading) == {"tartarusKinds": {"stamp.missing": 1}}


def test_a_release_without_observations_is_none_too_few(release: Release) -> None:
    reading = read_release(str(release()))
    assert (len(reading.partial), reading.seen) == (0, (0, 0, 0))


def test_an_observation_without_names_is_one_still(release: Release) -> None:
    folder = release({"receipts/r1/safe_run_receipt.json": {}})
    assert len(read_release(folder).partial) == 1


def test_copies_count_once_and_are_told(release: Release) -> None:
    pulse = {
        "schema": "weftend.pulse/0",
        "kind": "CAP_DENY",
        "capId": "net.fetch",
        "pulseDigest": "fnv1a32:0",
    }
    files = {f"receipts/{name}/safe_run_receipt.json": {"reasonCodes": ["A"]} for name in ("a", "b", "x/y/z")}
    reading = read_release(
        release({"tartarus.jsonl": record() * 3, "receipts/pulses.json": [pulse, pulse], **files})
    )
    assert (reading.seen, reading.copies) == ((3, 2, 3), (2, 1, 2))
    assert units(reading) == {
        "capDenies": {"net.fetch": 1},
        "reasonFamilies": {"A": 1},
        "tartarusKinds": {"stamp.missing": 1},
    }


def test_a_name_that_is_too_long_is_other(release: Release) -> None:
    folder = release({"tartarus.jsonl": record(reasonCodes=["A" * 512, "B" * 513])})
    assert units(read_release(folder))["reasonFamilies"] == {"A" * 512: 1, "__other__": 1}


def test_names_of_folders_may_be_any_bytes(release: Release) -> None:
    folder = release()
    odd = os.fsencode(folder / "receipts") + b"/\xff\x1b[31m"
    os.makedirs(odd)
    with open(odd + b"/safe_run_receipt.json", "wb") as file:
        file.write(b"[]")
    assert places(folder) == [("INPUT_INVALID", "receipts/\\xff\\x1b[31m/safe_run_receipt.json#0")]


def test_a_missing_folder_and_a_file_are_no_release_folders(release: Release, tmp_path: Path) -> None:
    assert places(tmp_path / "nowhere") == [("INPUT_NOT_FOUND", f"{tmp_path}/nowhere#")]
    manifest = release() / "release_manifest.json"
    assert places(manifest) == [("INPUT_INVALID", f"{manifest}#")]


def test_at_most_64_issues_and_a_count_of_the_rest(release: Release) -> None:
    folder = release({"tartarus.jsonl": b"{}\n" * 100})
    with pytest.raises(WeftendError) as refused:
        read_release(folder)
    listed = refused.value.issues
    assert (len(listed.issues), listed.more) == (MAX_ISSUES, 36)
    assert list(listed.issues) == sorted(listed.issues)
    assert listed.issues[0].path == "tartarus.jsonl#line:1"


BROKEN = {
    "an array": b"[]",
    "a text": b'"text"',
    "not JSON": b"{",
    "not UTF-8": b'{"a":"\xff"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a name twice": b'{"a":1,"\\u0061":1}',
    "a number out of range": b'{"a":9007199254740993}',
    "too deep": b'{"a":' + b"[" * 128 + b"]" * 128 + b"}",
    "a depth bomb": b'{"a":' * 1_000_000,
    "nothing": b"",
    "a reason that is none": b'{"a":[{"reasonCodes":["A",1]}]}',
    "a list of reasons that is none": b'{"a":[{"topReasonCodes":null}]}',
}


@pytest.mark.parametrize("name", ["safe_run_receipt.json", "analysis/intake_decision.json"])
@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_document_is_an_issue_with_its_place(release: Release, name: str, what: str) -> None:
    folder = release({"receipts/r1/safe_run_receipt.json": {}, f"receipts/r1/{name}": BROKEN[what]})
    ((code, path),) = places(folder)
    file, place = path.split("#")
    assert file == f"receipts/r1/{name}"
    assert 0 <= int(place) <= len(BROKEN[what])
    assert code.startswith("CANON_") or code == "INPUT_INVALID"


WRONG_PULSES = [
    {"kind": "CAP_DENY", "pulseDigest": "x"},
    {"schema": "weftend.pulse/1", "kind": "CAP_DENY", "pulseDigest": "x"},
    {"schema": "weftend.pulse/0", "kind": "CAP_DENY"},
    {"schema": "weftend.pulse/0", "pulseDigest": "x"},
    {"schema": "weftend.pulse/0", "kind": "cap_deny", "pulseDigest": "x"},
    {"schema": "weftend.pulse/0", "kind": "CAP_DENY", "pulseDigest": 1},
    {"schema": "weftend.pulse/0", "kind": "CAP_DENY", "pulseDigest": "x", "capId": None},
    {"schema": "weftend.pulse/0", "kind": "EXIT", "pulseDigest": "x", "reasonCodes": [1]},
    "pulse",
]


@pytest.mark.parametrize("wrong", WRONG_PULSES, ids=repr)
def test_a_wrong_pulse_is_an_issue_even_of_a_kind_that_is_not_counted(
    release: Release, wrong: object
) -> None:
    right = {"schema": "weftend.pulse/0", "kind": "LOAD", "pulseDigest": "x"}
    assert read_release(release({"receipts/pulses.json": [right]})).seen.pulses == 0
    ((code, path),) = places(release({"receipts/pulses.json": [right, wrong]}))
    assert code == "INPUT_INVALID"
    assert int(path.removeprefix("receipts/pulses.json#")) > len(json.dumps(right))


@pytest.mark.parametrize(
    "ledger",
    [
        {"deniedCaps": {}},
        {"deniedCaps": ["net.fetch"]},
        {"deniedCaps": [{"capId": 1}]},
        {"deniedCaps": [{}]},
        {"schema": "weftend.capabilityLedger/1"},
        {"schema": 1},
    ],
    ids=repr,
)
def test_a_wrong_ledger_is_an_issue(release: Release, ledger: object) -> None:
    run = "receipts/r1/analysis"
    folder = release({f"{run}/weftend_mint_v1.json": {}, f"{run}/capability_ledger_v0.json": ledger})
    assert [code for code, _ in places(folder)] == ["INPUT_INVALID"]


@pytest.mark.parametrize("times", [-1, "1", None, [1]], ids=repr)
def test_a_wrong_number_of_denials_is_an_issue(release: Release, times: object) -> None:
    mint = {"executionProbes": {"loadOnly": {"deniedCaps": {"net.fetch": times}}}}
    folder = release({"receipts/r1/analysis/weftend_mint_v1.json": mint})
    assert [code for code, _ in places(folder)] == ["INPUT_INVALID"]


def test_sizes_are_bounded(release: Release) -> None:
    wide = {"reasonCodes": [f"R{number}" for number in range(4_097)]}
    folder = release(
        {
            "tartarus.jsonl": record(text="x" * (1 << 20)),
            "receipts/r1/safe_run_receipt.json": wide,
            "receipts/r2/safe_run_receipt.json": {},
        }
    )
    with (folder / "receipts/r2/safe_run_receipt.json").open("r+b") as file:
        file.truncate((8 << 20) + 1)
    found = places(folder)
    assert {code for code, _ in found} == {"INPUT_TOO_LARGE"}
    assert [path.split("#")[0] for _, path in found] == [
        "receipts/r1/safe_run_receipt.json",
        "receipts/r2/safe_run_receipt.json",
        "tartarus.jsonl",
    ]


def test_counts_are_bounded_before_anything_is_kept(release: Release) -> None:
    pulses = b"[" + b"1," * 1_000_001 + b"1]"
    blank = b"\n" * 5_000_000
    folder = release({"receipts/pulses.json": pulses, "tartarus.jsonl": blank + b"{}"})
    assert places(folder) == [
        ("INPUT_INVALID", "tartarus.jsonl#line:5000001"),
        ("INPUT_TOO_LARGE", "receipts/pulses.json#2000001"),
    ]


@pytest.mark.parametrize("name", ["release_manifest.json", "tartarus.jsonl", "receipts/pulses.json"])
def test_a_pipe_is_not_waited_for(release: Release, name: str) -> None:
    folder = release({name: b"{}"})
    (folder / name).unlink()
    os.mkfifo(folder / name)
    assert places(folder) == [("INPUT_INVALID", f"{name}#")]


@pytest.mark.parametrize("name", ["release_manifest.json", "tartarus.jsonl", "receipts"])
def test_a_link_in_a_known_place_is_refused(release: Release, tmp_path: Path, name: str) -> None:
    folder = release({"tartarus.jsonl": record(), "receipts/r1/safe_run_receipt.json": {}})
    (folder / name).rename(tmp_path / "elsewhere")
    (folder / name).symlink_to(tmp_path / "elsewhere")
    assert places(folder) == [("INPUT_SYMLINK", f"{name}#")]


def test_the_way_to_the_folder_may_be_a_link(release: Release, tmp_path: Path) -> None:
    (tmp_path / "latest").symlink_to(release({"tartarus.jsonl": record()}))
    assert read_release(tmp_path / "latest").seen.tartarus == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_what_may_not_be_read_is_an_issue(release: Release) -> None:
    folder = release({"tartarus.jsonl": record()})
    (folder / "tartarus.jsonl").chmod(0)
    assert places(folder) == [("INPUT_UNREADABLE", "tartarus.jsonl#")]


def test_issues_never_quote_the_input(release: Release) -> None:
    private = "pear-orchard"
    folder = release(
        {
            "tartarus.jsonl": record(kind=[private], reasonCodes={private: private}) + private.encode(),
            "receipts/pulses.json": [
                {"schema": private, "kind": private, private: {"reasonCodes": [{private: 1}]}}
            ],
            "receipts/r1/safe_run_receipt.json": {
                "schema": private,
                private: {"reasonCodes": [{private: private}]},
            },
        }
    )
    with pytest.raises(WeftendError) as refused:
        read_release(folder)
    assert len(refused.value.issues.issues) >= 6
    assert private not in str(refused.value)
    assert private not in repr(refused.value.issues)


def test_the_same_folder_is_the_same_partial(release: Release) -> None:
    files = {
        f"receipts/{number % 5}/{number}/safe_run_receipt.json": {
            "reasonCodes": [f"R{number % 9}"],
            "n": number,
        }
        for number in range(100)
    }
    folder = release({"tartarus.jsonl": record() + record(seq=1), **files})
    assert read_release(folder).partial.to_bytes() == read_release(folder).partial.to_bytes()
