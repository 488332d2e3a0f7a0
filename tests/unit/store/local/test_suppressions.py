"""Suppressions: which findings they are about, for how long, and where they come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shell import Shell

RUN = {
    "event": "completion-run",
    "repository_id": "r",
    "workflow": "w",
    "recorded_at": "2026-11-01T00:00:00Z",
}
RUN |= {"schema_version": 1, "findings_count": 1}
FINDING = {
    "event": "completion-finding",
    "detector_id": "todo",
    "tier": "A",
    "message": "m",
    "fingerprint": "f1",
}
KEPT = {"detector_id": "todo", "scope": "f1", "reason": "on purpose", "owner": "quality"}
SUPPRESSED = "SELECT suppressed, status, suppression_id FROM ci_completion_finding ORDER BY id"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def take(shell: Shell, kind: str, items: object, status: int = 0) -> object:
    path = shell.folder / f"{kind}.json"
    path.write_text(json.dumps(items))
    return shell.json("ingest", kind, str(path), status=status)


def marked(shell: Shell) -> list[tuple[int, str, bool]]:
    rows = shell.json("db", "query", SUPPRESSED)
    return [(row["suppressed"], row["status"], row["suppression_id"] is not None) for row in rows]


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({}, True),
        ({"scope": "*"}, True),
        ({"scope": "src/*.vox"}, True),
        ({"scope": "lib/*"}, False),
        ({"scope": "f2"}, False),
        ({"detector_id": "*"}, True),
        ({"detector_id": "stub"}, False),
        ({"expires_at": "2099-01-01"}, True),
        ({"expires_at": "2026-01-01T00:00:00+02:00"}, False),
    ],
)
def test_a_suppression_holds_for_its_detector_scope_and_time(
    shell: Shell, change: dict[str, str], holds: bool
) -> None:
    assert take(shell, "suppressions", KEPT | change)["rows"] == 1
    take(shell, "completion", [RUN, {**FINDING, "file_path": "src/a.vox"}])
    assert marked(shell) == [(int(holds), "open", holds)]


def test_the_same_suppression_again_replaces_its_reason(shell: Shell) -> None:
    take(shell, "suppressions", [KEPT, KEPT | {"owner": "other"}])
    take(shell, "suppressions", [KEPT | {"reason": "still", "approved_by": "a", "expires_at": "2030-01-01"}])
    rows = shell.json(
        "db",
        "query",
        "SELECT owner, reason, approved_by, expires_at FROM ci_completion_suppression ORDER BY id",
    )
    assert [(row["owner"], row["reason"], row["approved_by"], row["expires_at"]) for row in rows] == [
        ("quality", "still", "a", "2030-01-01T00:00:00.000Z"),
        ("other", "on purpose", None, None),
    ]


@pytest.mark.parametrize(
    "change",
    [{"owner": ""}, {"scope": 1}, {"severity": "low"}, {"expires_at": "soon"}, {"reason": "x" * 5000}],
)
def test_a_file_with_one_wrong_suppression_goes_nowhere(shell: Shell, change: dict[str, object]) -> None:
    refusal = take(shell, "suppressions", [KEPT, KEPT | change], status=2)
    (issue,) = refusal["issues"]
    assert (issue["code"], issue["path"].partition("#")[2]) == ("INPUT_INVALID", "/1")


def test_what_has_expired_goes_with_a_prune_and_its_findings_stay(shell: Shell) -> None:
    take(shell, "suppressions", [KEPT | {"expires_at": "2099-01-01"}, KEPT | {"scope": "f9"}])
    take(shell, "completion", [RUN | {"recorded_at": "2099-01-01T00:00:00Z"}, FINDING])
    (planned,) = [
        line
        for line in shell.json("db", "prune-plan")["tables"]
        if line["table"] == "ci_completion_suppression"
    ]
    assert (planned["rule"], planned["rows"]) == ("expires_lt_now by expires_at", 0)
    take(shell, "suppressions", [KEPT | {"expires_at": "2026-01-01"}])
    pruned = {line["table"]: line["rows"] for line in shell.json("db", "prune-apply")}
    assert pruned["ci_completion_suppression"] == 1
    assert marked(shell) == [(1, "open", False)]


@pytest.mark.parametrize(
    ("suppressions", "holds"),
    [
        ([{"kind": "inSource", "justification": "known"}], True),
        ([{"kind": "external", "status": "accepted"}], True),
        ([{"kind": "external", "status": "underReview"}], False),
        ([{"kind": "inSource"}, {"kind": "external", "status": "rejected"}], False),
        ([], False),
    ],
)
def test_a_sarif_log_says_what_is_suppressed(
    shell: Shell, suppressions: list[dict[str, str]], holds: bool
) -> None:
    result = {"ruleId": "no-todo", "message": {"text": "m"}, "suppressions": suppressions}
    log = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t"}}, "results": [result]}]}
    take(shell, "sarif", log)
    assert marked(shell) == [(int(holds), "open", holds)]
    rows = shell.json("db", "query", "SELECT detector_id, reason, owner FROM ci_completion_suppression")
    said = suppressions[0].get("justification") or suppressions[0]["kind"] if holds else None
    assert rows == ([{"detector_id": "no-todo", "reason": said, "owner": "t"}] if holds else [])
