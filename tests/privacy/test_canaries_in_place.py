"""Every string, number and name of a generated release folder replaced by an identifier: none leaves it."""

from __future__ import annotations

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from canaries import flock, sightings
from planting import Planter

from weftend.reference import digest

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY / "examples"))

import release_folder as example  # noqa: E402

WEFTEND = Path(sys.executable).with_name("weftend")
EACH = 12
"""Observations of each kind: more than the floor, so that all of them are released."""
FLOOR = 5
REGISTERED = "CAP_DENY_NET"


def planted_folder(parent: Path, planter: Planter, *, digests: bool) -> Path:
    """A release folder with canaries in its own name, in every name and in every value.

    With ``digests``, what a record, a pulse or a run calls itself is the digest of a canary.
    """
    folder = parent / planter.file_name()
    dice = example.Dice(2)
    write(folder / "release_manifest.json", manifest(planter))
    records = [planter.in_place_of(example.record(dice, number), {"schema"}) for number in range(EACH)]
    pulses = [planter.in_place_of(denied(dice, number), {"schema", "kind"}) for number in range(EACH)]
    for document, name in [(record, "recordId") for record in records] + [
        (pulse, "pulseDigest") for pulse in pulses
    ]:
        document["reasonCodes"] = [REGISTERED, planter.text(), f"{REGISTERED}:{planter.text()}"]
        document[name] = identity(planter, digests)
    lines = "".join(json.dumps(record) + "\n" for record in records)
    (folder / "tartarus.jsonl").write_text(lines, encoding="utf-8")
    write(folder / "receipts" / "pulses.json", pulses)
    for number in range(EACH):
        plant_run(folder / "receipts" / planter.file_name(), planter, number, digests=digests)
    write(folder / planter.file_name(), {planter.text(): planter.text()})
    write(folder / "receipts" / "summary.json", {planter.text(): planter.text()})
    return folder


def manifest(planter: Planter) -> Any:
    path_digest = "sha256:" + 64 * "7"
    body = planter.in_place_of(example.manifest(2)["manifestBody"]) | {"pathDigest": path_digest}
    whole = {"schema": "weftend.release/0", "releaseId": digest(body), "manifestBody": body}
    return whole | {"signatures": [{"keyId": planter.text(), "sigB64": planter.text()}]}


def denied(dice: example.Dice, number: int) -> Any:
    reasons = {"capId": "net.fetch", "reasonCodes": []}
    return example.pulse(dice, number) | {"kind": "CAP_DENY"} | reasons


def identity(planter: Planter, digests: bool) -> str:
    text = planter.text()
    return "sha256:" + sha256(text.encode()).hexdigest() if digests else text


def plant_run(run: Path, planter: Planter, number: int, *, digests: bool) -> None:
    """A run of the scenario that denies most, told by four documents full of canaries."""
    dice = example.Dice(number)
    for name, document in example.run(dice, number):
        planted = planter.in_place_of(document, {"schema"})
        planted["reasonCodes"] = [REGISTERED, planter.text()]
        if name.endswith("receipt.json"):
            planted["receiptDigest"] = identity(planter, digests)
        if "ledger" in name:
            planted["deniedCaps"] = [{"capId": planter.text(), planter.text(): planter.text()}]
        if "mint" in name:
            caps = {"net.fetch": 1, planter.text(): planter.number()}
            probe = {"deniedCaps": caps, planter.text(): planter.text()}
            planted["executionProbes"] = {planter.text(): probe}
        write(run / name, planted)


def write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def weftend(*arguments: object) -> bytes:
    done = subprocess.run([WEFTEND, *map(str, arguments)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def released(folder: Path, parent: Path, *refs: str) -> dict[str, bytes]:
    """All that a preview, an apply and a second apply let out, by where it came out."""
    out = parent / "out"
    conduit = ("telemetry-conduit", folder, "--k", FLOOR, *refs)
    shown = {
        "preview": weftend(*conduit),
        "apply": weftend(*conduit, "--apply", "--json", "--out", out),
        "again": weftend(*conduit, "--apply", "--preview", "--out", out),
    }
    files = [path for path in out.rglob("*") if path.is_file()]
    files.append(folder / "receipts" / "telemetry_conduit.json")
    return shown | {path.name: path.read_bytes() for path in files}


@pytest.mark.parametrize(("refs", "digests"), [((), True), (("--refs",), False)], ids=["plain", "refs"])
def test_no_released_byte_holds_a_planted_identifier(
    tmp_path: Path, refs: tuple[str, ...], digests: bool
) -> None:
    planter = Planter(flock("release"))
    folder = planted_folder(tmp_path, planter, digests=digests)
    for where, data in released(folder, tmp_path, *refs).items():
        assert sightings(data, planter.planted) == [], where


def test_all_of_it_was_counted(tmp_path: Path) -> None:
    """The canaries were on the way out: what they stand in was read, counted and released."""
    planter = Planter(flock("release"))
    folder = planted_folder(tmp_path, planter, digests=False)
    (chunk,) = json.loads(released(folder, tmp_path)["telemetry_conduit_snapshot.json"])["chunks"]
    assert chunk["payload"]["sampleCount"] == 3 * EACH
    assert chunk["payload"]["aggregates"] == {
        "capDenies": {"__other__": 2 * EACH, "net.fetch": EACH},
        "reasonFamilies": {REGISTERED: 3 * EACH, "__other__": 3 * EACH},
        "tartarusKinds": {"__other__": EACH},
    }


def test_the_ledger_holds_no_identifier_either(tmp_path: Path) -> None:
    planter = Planter(flock("release"))
    folder = planted_folder(tmp_path, planter, digests=True)
    released(folder, tmp_path)
    (ledger,) = (folder / "receipts").glob("*.sqlite3")
    assert sightings(ledger.read_bytes(), planter.planted) == []


def test_the_folder_is_full_of_them(tmp_path: Path) -> None:
    """What was planted can be found where it was planted, so the search does search."""
    planter = Planter(flock("release"))
    folder = planted_folder(tmp_path, planter, digests=False)
    files = [path for path in folder.rglob("*") if path.is_file()]
    there = b"".join(str(path).encode() + path.read_bytes() for path in files)
    seen = {sighting.canary for sighting in sightings(there, planter.planted)}
    assert len(seen) > 1000
    assert {canary.kind for canary in seen} == {canary.kind for canary in planter.planted}
