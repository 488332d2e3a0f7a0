"""Counts a release folder again, in a few lines that share nothing with the program but the format."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

FOUR = (
    "safe_run_receipt.json",
    "analysis/weftend_mint_v1.json",
    "analysis/capability_ledger_v0.json",
    "analysis/intake_decision.json",
)
Maps = dict[str, Counter[str]]


def identity(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def reasons(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from inner if name in ("reasonCodes", "topReasonCodes") else reasons(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from reasons(inner)


def run(folder: Path) -> list[Any]:
    return [json.loads((folder / name).read_bytes()) if (folder / name).is_file() else None for name in FOUR]


def denied(documents: list[Any]) -> set[str]:
    _, mint, ledger, _ = documents
    probes = [probe for probe in (mint or {}).get("executionProbes", {}).values() if isinstance(probe, dict)]
    named = {capability["capId"] for capability in (ledger or {}).get("deniedCaps", [])}
    return named.union(*(probe.get("deniedCaps", {}) for probe in probes))


def observations(folder: Path) -> dict[str, tuple[set[str], set[str], set[str]]]:
    """By identity: denied capabilities, reason codes, kinds."""
    found: dict[str, tuple[set[str], set[str], set[str]]] = {}
    for line in (folder / "tartarus.jsonl").read_text().splitlines():
        record = json.loads(line)
        found[identity(record)] = (set(), set(record["reasonCodes"]), {record["kind"]})
    for name in (FOUR[0], FOUR[1]):
        for path in (folder / "receipts").rglob(name):
            documents = run(path.parents[name.count("/")])
            found[identity(documents)] = (denied(documents), set(reasons(documents)), set())
    return found


def counts(folder: Path, *, families: bool) -> tuple[int, Maps]:
    """How many observations, and per map how many of them have each name."""
    maps: Maps = {"capDenies": Counter(), "reasonFamilies": Counter(), "tartarusKinds": Counter()}
    units = observations(folder)
    for caps, codes, kinds in units.values():
        maps["capDenies"].update(caps)
        maps["reasonFamilies"].update({code.split(":")[0] for code in codes} if families else codes)
        maps["tartarusKinds"].update(kinds)
    return len(units), maps
