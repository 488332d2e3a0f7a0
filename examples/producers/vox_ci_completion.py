"""A detector of unfinished code in CI: records its run, its findings and how each detector did.

``python vox_ci_completion.py [SEED]`` prints how many events it recorded. All of it is workspace-adjacent or content
(S2, S3): it stays in the local tables, and a release never counts it.
"""

from __future__ import annotations

import hashlib
import random
import sys
from datetime import UTC, datetime

import weftend

DETECTORS = ("todo-comment", "empty-body", "stub-return")


def main() -> None:
    """One run over one workspace."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    dice, vox = random.Random(seed), weftend.Producer("vox-ci-completion")
    findings = {detector: dice.randint(0, 4) for detector in DETECTORS}
    run = {"schema_version": 1, "repository_id": f"repository-{seed % 3}", "workflow": "completion"}
    run |= {"recorded_at": datetime.now(UTC).isoformat(timespec="seconds"), "branch": "main"}
    vox.record("completion-run", {**run, "run_kind": "ci", "findings_count": sum(findings.values())})
    for detector, number in findings.items():
        for index in range(number):
            _finding(vox, detector, f"src/module_{dice.randint(0, 30)}.vox", index)
        vox.record(
            "completion-detector-snapshot", {"detector_id": detector, "tier": "A", "finding_count": number}
        )
    print(1 + len(DETECTORS) + sum(findings.values()))


def _finding(vox: weftend.Producer, detector: str, path: str, index: int) -> None:
    fingerprint = hashlib.sha256(f"{detector} {path} {index}".encode()).hexdigest()
    place = {"detector_id": detector, "tier": "A", "file_path": path, "line": index + 1}
    said = {"message": f"{path} is not finished", "fingerprint": fingerprint, "severity": "low"}
    vox.record("completion-finding", {**place, **said})


if __name__ == "__main__":
    main()
