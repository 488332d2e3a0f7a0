"""Canaries in every field of a release folder reach no released byte, and no issue that is reported."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from canaries import KINDS, Canary, flock, sightings

from weftend.cli.exits import run
from weftend.reference import digest

UNITS = 24
"""Of each sort: half of them say what is registered, half of them canaries where a name belongs."""


class Planter:
    """Hands out canaries, and remembers them."""

    def __init__(self, seed: str) -> None:
        self._flock = flock(seed)
        self.planted: list[Canary] = []

    def text(self) -> str:
        """The next canary."""
        self.planted.append(next(self._flock))
        return self.planted[-1].text

    def beside(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document with canaries in members that no format knows: as names, as values, nested, in lists."""
        return document | {
            self.text(): self.text(),
            "hostname": self.text(),
            "note": {"nested": [self.text(), {self.text(): [self.text()]}]},
        }

    def either(self, number: int, registered: str) -> str:
        """A registered name in every other unit, a canary in the others."""
        return registered if number % 2 else self.text()


def records(plant: Planter) -> Iterator[dict[str, Any]]:
    for number in range(UNITS):
        kind = plant.either(number, "stamp.missing")
        codes = [plant.either(number, "STAMP_MISSING"), f"STAMP_INVALID:{plant.text()}"]
        extra = {name: plant.text() for name in ("recordId", "planDigest", "blockHash", "severity", "remedy")}
        yield plant.beside({"schema": "weftend.tartarus/0", "kind": kind, "reasonCodes": codes, **extra})


def pulses(plant: Planter) -> Iterator[dict[str, Any]]:
    for number in range(UNITS):
        yield plant.beside(
            {
                "schema": "weftend.pulse/0",
                "kind": "CAP_DENY" if number % 3 else "LOAD",
                "capId": plant.either(number, "net.fetch"),
                "reasonCodes": [plant.either(number, "CAP_DENY_NET")],
                "pulseDigest": f"sha256:{number:08x}",
                "subject": {"id": plant.text(), "kind": plant.text()},
            }
        )


def run_documents(plant: Planter, number: int) -> dict[str, dict[str, Any]]:
    code, capability = plant.either(number, "POLICY_AUTO_GENERIC"), plant.either(number, "net.fetch")
    return {
        "safe_run_receipt.json": plant.beside(
            {
                "schema": "weftend.safeRunReceipt/0",
                "receiptDigest": plant.text(),
                "entryHint": plant.text(),
                "contentSummary": {
                    "externalRefs": {"topDomains": [plant.text()]},
                    "policyMatch": {"reasonCodes": [code], "selectedPolicy": plant.text()},
                },
            }
        ),
        "analysis/weftend_mint_v1.json": plant.beside(
            {
                "schema": "weftend.mint/1",
                "capture": {"paths": [plant.text(), plant.text()]},
                "executionProbes": {"loadOnly": {"deniedCaps": {capability: 1}, "status": plant.text()}},
                "grade": {"reasonCodes": [f"{code}:{plant.text()}"]},
                "observations": {"externalRefs": [plant.text()]},
            }
        ),
        "analysis/capability_ledger_v0.json": plant.beside(
            {
                "schema": "weftend.capabilityLedger/0",
                "deniedCaps": [{"capId": capability, "why": plant.text()}],
            }
        ),
        "analysis/intake_decision.json": plant.beside(
            {
                "schema": "weftend.intake.decision/1",
                "capSummary": {"notable": [f"net.domain={plant.text()}"]},
                "topReasonCodes": [code, plant.text()],
            }
        ),
    }


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def folder(path: Path, plant: Planter) -> None:
    """A release folder with a canary in every field there is, and in names of files and folders."""
    body = plant.beside(
        {"pathDigest": "sha256:" + "ab" * 32, "planDigest": plant.text(), "blocks": [plant.text()]}
    )
    manifest = {"schema": "weftend.release/0", "releaseId": digest(body), "manifestBody": body}
    write(path / "release_manifest.json", json.dumps(plant.beside(manifest | {"signatures": [plant.text()]})))
    write(path / "tartarus.jsonl", "".join(json.dumps(record) + "\n" for record in records(plant)))
    write(path / "receipts" / "pulses.json", json.dumps(list(pulses(plant))))
    write(path / "README.txt", plant.text())
    for number in range(UNITS):
        name = plant.text().replace("/", "_").replace("\\", "_")
        below = path / "receipts" / f"run-{number}" / name[:80]
        for place, document in run_documents(plant, number).items():
            write(below / place, json.dumps(document, ensure_ascii=number % 2 == 0))
        write(below / f"{name[:80]}.log", plant.text())


Captured = pytest.CaptureFixture[bytes]


def test_no_released_byte_shows_a_canary(tmp_path: Path, capsysbinary: Captured) -> None:
    plant = Planter("release")
    release, out = tmp_path / "release", tmp_path / "out"
    folder(release, plant)
    assert run(["telemetry-conduit", str(release), "--k", "5"]) == 0
    preview, _ = capsysbinary.readouterr()
    assert run(["telemetry-conduit", str(release), "--k", "5", "--refs", "--apply", "--out", str(out)]) == 0
    summary, _ = capsysbinary.readouterr()
    released = {
        "preview": preview,
        "stdout": summary,
        "snapshot": (out / "telemetry_conduit_snapshot.json").read_bytes(),
        "store": (release / "receipts" / "telemetry_conduit.json").read_bytes(),
        "names": "\n".join(str(path.relative_to(out)) for path in out.rglob("*")).encode(),
    }
    aggregates = json.loads(released["snapshot"])["chunks"][0]["payload"]["aggregates"]
    assert {"net.fetch", "__other__"} <= aggregates["capDenies"].keys(), "canaries were counted, as __other__"
    assert len(plant.planted) > 20 * UNITS
    assert [
        (name, found) for name, data in released.items() for found in sightings(data, plant.planted)
    ] == []


BROKEN = {
    "not JSON": '{"kind": "%s", ',
    "not JSON from the first byte": "%s",
    "another type": '{"kind": ["%s"], "reasonCodes": "%s"}',
    "a name twice": '{"%s": 1, "%s": 2}',
    "codes that are none": '{"kind": "x", "reasonCodes": [{"a": "%s"}]}',
    "another schema": '{"schema": "%s", "kind": "x"}',
    "no kind": '{"schema": "weftend.tartarus/0", "%s": "x"}',
}


@pytest.mark.parametrize("how", BROKEN)
def test_no_issue_shows_a_canary(how: str, tmp_path: Path, capsysbinary: Captured) -> None:
    plant = Planter(f"broken {how}")
    every_kind = json.dumps(" ".join(plant.text() for _ in KINDS), ensure_ascii=False)[1:-1]
    body = {"pathDigest": "sha256:" + "ab" * 32}
    manifest = {"schema": "weftend.release/0", "releaseId": digest(body), "manifestBody": body}
    write(tmp_path / "release" / "release_manifest.json", json.dumps(manifest))
    write(tmp_path / "release" / "tartarus.jsonl", BROKEN[how].replace("%s", every_kind) + "\n")
    assert run(["telemetry-conduit", str(tmp_path / "release"), "--json"]) == 2
    out, err = capsysbinary.readouterr()
    paths = [issue["path"] for issue in json.loads(out)["issues"]]
    assert paths
    assert all("tartarus.jsonl#line:1" in path for path in paths)
    assert err == b""
    assert sightings(out, plant.planted) == []
