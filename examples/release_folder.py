"""Write a realistic WeftEnd release folder: records, pulses and run folders, the same bytes every time.

    python examples/release_folder.py FOLDER [--runs 520] [--records 360] [--pulses 240] [--seed 1]

Beside what is counted the documents hold what real ones hold: domains, URLs, paths and file names, all
of them invented. None of it may show up in a snapshot.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Scenario:
    """One thing that a run comes to: how often, and what its documents then say."""

    weight: int
    artifact: str
    reasons: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    probe: tuple[str, ...] = ()


SCENARIOS = (
    Scenario(48, "WEB_DIR", ("POLICY_AUTO_DIR_HTML_WEB",)),
    Scenario(40, "WEB_DIR", ("POLICY_AUTO_DIR_HTML_WEB", "CAP_DENY_NET"), probe=("net.fetch",)),
    Scenario(30, "UNKNOWN", ("POLICY_AUTO_GENERIC", "PACKAGE_ADAPTER_V1")),
    Scenario(
        50,
        "UNKNOWN",
        ("POLICY_AUTO_GENERIC", "IAC_ADAPTER_V1", "IAC_UNSUPPORTED_FORMAT"),
        denied=("adapter.route.auto", "adapter.selection.auto"),
    ),
    Scenario(9, "ZIP", ("POLICY_AUTO_ZIP_MOD",)),
    Scenario(4, "WEB_DIR", ("POLICY_AUTO_DIR_HTML_WEB", "SCRIPT_ERROR")),
    Scenario(3, "UNKNOWN", ("POLICY_AUTO_GENERIC", "HOUSE_RULE_ORCHARD:7"), denied=("house.orchard",)),
)
"""The last one uses names that no vocabulary registers."""

RECORDS = (
    (10, "artifact.mismatch", ("ARTIFACT_DIGEST_MISMATCH",)),
    (7, "stamp.missing", ("STAMP_MISSING",)),
    (1, "tier.violation", ("TIER_VIOLATION:T2",)),
)
PULSES = (
    (9, "CAP_DENY", "net.fetch", ("CAP_DENY_NET",)),
    (2, "CAP_DENY", "clipboard.read", ("CAP_NOT_GRANTED",)),
    (6, "CAP_ALLOW", "ui.static", ()),
    (2, "LOAD", None, ()),
)


def digest(value: object) -> str:
    """Of plain ASCII values, as everything here is, sorted JSON is the canonical form."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return "sha256:" + sha256(text.encode()).hexdigest()


class Dice:
    """Chance that falls the same way on every machine and in every version of Python."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def throw(self, what: str, number: int, sides: int) -> int:
        """A number below ``sides``."""
        return int.from_bytes(sha256(f"{self.seed}/{what}/{number}".encode()).digest()[:8]) % sides

    def pick(self, what: str, number: int, weights: Sequence[int]) -> int:
        """An index, as often as its weight says."""
        left = self.throw(what, number, sum(weights))
        for index, weight in enumerate(weights):
            left -= weight
            if left < 0:
                return index
        raise AssertionError("the weights add up")


def manifest(seed: int) -> Json:
    """``release_manifest.json``: ``releaseId`` is the digest of its body."""
    body = {
        "planDigest": "sha256:1f00beef",
        "policyDigest": "policy-example",
        "blocks": ["block:sha256-1f00beef"],
        "pathDigest": digest({"pipelineId": "A1>A2>A3>BUNDLE>PUBLISH", "seed": seed}),
        "buildInfo": {"toolId": "example", "toolVer": "0.1.0"},
    }
    return {"schema": "weftend.release/0", "releaseId": digest(body), "manifestBody": body, "signatures": []}


def record(dice: Dice, number: int) -> Json:
    """One line of ``tartarus.jsonl``."""
    _, kind, reasons = RECORDS[dice.pick("record", number, [row[0] for row in RECORDS])]
    return {
        "schema": "weftend.tartarus/0",
        "recordId": digest(["record", dice.seed, number]) if number % 3 else "sha256:deadbeef",
        "planDigest": "sha256:1f00beef",
        "blockHash": f"page:/orchard/{number}",
        "kind": kind,
        "severity": "QUARANTINE",
        "remedy": "REBUILD_FROM_TRUSTED",
        "reasonCodes": list(reasons),
        "seq": number,
    }


def pulse(dice: Dice, number: int) -> Json:
    """One element of ``receipts/pulses.json``."""
    _, kind, capability, reasons = PULSES[dice.pick("pulse", number, [row[0] for row in PULSES])]
    body: Json = {
        "schema": "weftend.pulse/0",
        "v": 0,
        "pulseSeq": number,
        "kind": kind,
        "subject": {"kind": "block", "id": f"page:/orchard/{number % 7}"},
    }
    if capability is not None:
        body |= {"capId": capability, "reasonCodes": list(reasons)}
    return body | {"pulseDigest": digest(body)}


def run(dice: Dice, number: int) -> Iterator[tuple[str, Json]]:
    """The four documents of one run folder, each with its place in it."""
    scenario = SCENARIOS[dice.pick("run", number, [row.weight for row in SCENARIOS])]
    artifact = digest(["artifact", dice.seed, number])
    reasons, host = list(scenario.reasons), f"cdn{number % 40}.pear-orchard.example"
    yield (
        "safe_run_receipt.json",
        {
            "schema": "weftend.safeRunReceipt/0",
            "v": 0,
            "schemaVersion": 0,
            "artifactKind": scenario.artifact,
            "analysisVerdict": "WITHHELD" if scenario.denied else "ALLOW",
            "executionVerdict": "NOT_ATTEMPTED",
            "contentSummary": {
                "externalRefs": {"count": 1, "topDomains": [host]},
                "policyMatch": {"reasonCodes": reasons[:1], "selectedPolicy": "house_default.json"},
                "topExtensions": [{"count": 2, "ext": ".html"}],
                "totalFiles": 3 + number % 5,
            },
            "entryHint": f"C:/builds/plum-{number}/index.html",
            "execution": {"reasonCodes": ["SAFE_RUN_EXECUTION_NOT_REQUESTED"], "result": "WITHHELD"},
            "inputDigest": artifact,
            "receiptDigest": digest(["receipt", artifact]),
            "topReasonCode": reasons[-1],
        },
    )
    yield "analysis/weftend_mint_v1.json", mint(scenario, artifact, host, number)
    yield (
        "analysis/capability_ledger_v0.json",
        {
            "schema": "weftend.capabilityLedger/0",
            "schemaVersion": 0,
            "mode": "analysis_only",
            "deniedCaps": [{"capId": name, "reasonCodes": reasons} for name in scenario.denied],
            "grantedCaps": [],
            "reasonCodes": reasons,
        },
    )
    yield (
        "analysis/intake_decision.json",
        {
            "schema": "weftend.intake.decision/1",
            "action": "QUEUE" if scenario.denied or scenario.probe else "APPROVE",
            "artifactId": artifact,
            "capSummary": {"attempted": len(scenario.probe), "notable": [f"net.domain={host}"]},
            "topReasonCodes": reasons,
        },
    )


def mint(scenario: Scenario, artifact: str, host: str, number: int) -> Json:
    """``analysis/weftend_mint_v1.json``."""
    caps = dict.fromkeys(scenario.probe, 1 + number % 3)
    probe = {"attemptedCaps": caps, "deniedCaps": caps, "reasonCodes": list(scenario.reasons[1:])}
    return {
        "schema": "weftend.mint/1",
        "profile": "web" if scenario.artifact == "WEB_DIR" else "generic",
        "capture": {"captureDigest": artifact, "paths": ["index.html", f"src/quince-{number}.js"]},
        "digests": {"inputDigest": artifact, "policyDigest": "-"},
        "executionProbes": {
            "loadOnly": probe | {"status": "WARN" if caps else "OK"},
            "strictAvailable": True,
        },
        "grade": {"reasonCodes": list(scenario.reasons), "status": "WARN" if caps else "OK"},
        "observations": {
            "externalRefs": [f"https://{host}/api/v1?build={number}"],
            "scriptsDetected": bool(caps),
        },
    }


def write_json(path: Path, value: object) -> None:
    """As WeftEnd writes it: canonical JSON and one newline."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, sort_keys=True, separators=(",", ":")) + "\n", encoding="utf-8")


def run_folder(number: int) -> Path:
    """Runs of one month stand together, and some folders lie deeper than others, as they do in practice."""
    month = Path("receipts") / f"2026-{1 + number % 12:02}"
    return month / "nightly" / f"r{number:05}" if number % 4 == 0 else month / f"r{number:05}"


def write_release_folder(
    folder: Path, *, runs: int = 520, records: int = 360, pulses: int = 240, copies: int = 9, seed: int = 1
) -> None:
    """Write the folder; what is there already under the same names is replaced.

    Args:
        folder: where; made if it is not there.
        runs: how many different run folders.
        records: how many lines of ``tartarus.jsonl``.
        pulses: how many pulses, of which some three in five are of the kind that counts.
        copies: how many of the runs lie in the folder a second time; at most ``runs``.
        seed: another seed, another release.
    """
    dice = Dice(seed)
    write_json(folder / "release_manifest.json", manifest(seed))
    lines = [json.dumps(record(dice, number), separators=(",", ":")) for number in range(records)]
    (folder / "tartarus.jsonl").write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    write_json(folder / "receipts" / "pulses.json", [pulse(dice, number) for number in range(pulses)])
    for number in range(runs):
        for name, document in run(dice, number):
            write_json(folder / run_folder(number) / name, document)
            if number < copies:
                write_json(folder / "receipts" / "restored" / f"r{number:05}" / name, document)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    for name, default in (("runs", 520), ("records", 360), ("pulses", 240), ("copies", 9), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = vars(parser.parse_args())
    folder = options.pop("folder")
    write_release_folder(folder, **options)
    print(f"wrote {folder}", file=sys.stderr)


if __name__ == "__main__":
    main()
