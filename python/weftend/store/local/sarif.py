"""SARIF 2.1.0 logs into completion tables: one run per SARIF run, its results as findings with fingerprints.

SARIF has no tier, so the level gives it: error is A, warning B, note and none C. A result's own fingerprint is
kept (``fingerprints``, then ``partialFingerprints``, the first by name); where it has none, the digest of rule,
file, line and message stands for it. Messages are content.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from weftend.digests import digest
from weftend.errors import Code, Issue, WeftendError
from weftend.store.local import jsonfile, rows, suppressions
from weftend.store.local.ingest import Ingest, Ingested, transaction
from weftend.store.local.retention import iso

VERSION: Final = "2.1.0"
TIERS: Final = {"error": "A", "warning": "B", "note": "C", "none": "C"}


def ingest_sarif(way: Ingest, path: Path) -> Ingested:
    """Take in one SARIF log, whole or not at all.

    Raises:
        WeftendError: ``INPUT_INVALID`` with the JSON Pointer of what is no SARIF 2.1.0, ``CANON_*`` and
            ``INPUT_*`` for what is no JSON or cannot be read.
    """
    log = jsonfile.parse(path, jsonfile.read(path))
    if not isinstance(log, dict) or log.get("version") != VERSION:
        raise _refusal(path, "/version", f"is not {VERSION}, the only version that is read")
    done = Ingested()
    now = iso(datetime.now(UTC))
    with transaction(way.connection):
        for number, run in enumerate(_list(path, log, "runs", "/runs")):
            _run(way, path, f"/runs/{number}", run, now, done)
    return done


def _run(way: Ingest, path: Path, place: str, run: Any, now: str, done: Ingested) -> None:
    tool = _object(path, _object(path, run, place).get("tool"), f"{place}/tool")
    driver = _object(path, tool.get("driver"), f"{place}/tool/driver")
    name = _text(path, driver.get("name"), f"{place}/tool/driver/name")
    fields = {"repository_id": "local", "workflow": "sarif", "run_kind": name[:64], "recorded_at": now}
    row = rows.add_completion(way.connection, "completion-run", fields, now, None, way.messages)
    done.add(Ingested(events=1, rows=1))
    for number, result in enumerate(_list(path, run, "results", f"{place}/results")):
        finding = _finding(path, f"{place}/results/{number}", result, run)
        suppression = _suppression(way, name, finding, result)
        rows.add_finding(way.connection, finding, row, now, suppression)
        way.messages.add_finding_message(finding["fingerprint"], finding["message"], now)
        done.add(Ingested(events=1, rows=1))


def _finding(path: Path, place: str, result: Any, run: dict[str, Any]) -> dict[str, Any]:
    result = _object(path, result, place)
    level = result.get("level", "warning")
    if level not in TIERS:
        raise _refusal(path, f"{place}/level", f"is none of {', '.join(TIERS)}")
    message = _message(path, result, place)
    file, line = _location(result)
    rule = _rule(result, run)
    return {
        "detector_id": rule[:128],
        "tier": TIERS[level],
        "severity": level,
        "file_path": file,
        "line": line,
        "fingerprint": _fingerprint(result) or digest([rule, file, line, message]),
        "message": message,
    }


def _suppression(way: Ingest, tool: str, finding: dict[str, Any], result: dict[str, Any]) -> int | None:
    """The suppression that the log itself says holds for a result (SARIF 2.1.0, 3.27.23), kept; ``None`` without.

    One that is under review or was rejected makes the result count as not suppressed. The tool stands for the owner,
    whom SARIF does not name.
    """
    said = [item for item in result.get("suppressions") or () if isinstance(item, dict)]
    if not said or any(item.get("status", "accepted") != "accepted" for item in said):
        return None
    reasons = (item.get("justification") or item.get("kind") for item in said)
    reason = next((text for text in reasons if isinstance(text, str) and text), "not said")
    kept = {"detector_id": finding["detector_id"], "scope": finding["fingerprint"], "owner": tool[:256]}
    return suppressions.add(way.connection, {**kept, "reason": reason[:4096]})


def _message(path: Path, result: dict[str, Any], place: str) -> str:
    message = _object(path, result.get("message"), f"{place}/message")
    return str(message.get("text") or message.get("markdown") or message.get("id") or "")


def _dig(value: Any, *steps: str | int) -> Any:
    """What stands at the end of ``steps`` (names and indices), ``None`` where something on the way is missing."""
    for step in steps:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        else:
            value = value[step] if isinstance(value, list) and 0 <= step < len(value) else None
    return value


def _rule(result: dict[str, Any], run: dict[str, Any]) -> str:
    named = result.get("ruleId") or _dig(result, "rule", "id")
    index = result.get("ruleIndex", _dig(result, "rule", "index"))
    if named is None and isinstance(index, int):
        named = _dig(run, "tool", "driver", "rules", index, "id")
    return named if isinstance(named, str) and named else "unknown"


def _location(result: dict[str, Any]) -> tuple[str | None, int | None]:
    """File and line of the first location, where they are there; an absolute path is left out."""
    physical = _dig(result, "locations", 0, "physicalLocation")
    uri = _dig(physical, "artifactLocation", "uri")
    line = _dig(physical, "region", "startLine")
    relative = isinstance(uri, str) and ":" not in uri and not uri.startswith(("/", "\\"))
    return uri if relative else None, line if isinstance(line, int) and line >= 1 else None


def _fingerprint(result: dict[str, Any]) -> str | None:
    for name in ("fingerprints", "partialFingerprints"):
        found = result.get(name)
        if isinstance(found, dict) and found:
            return str(found[min(found)])[:512]
    return None


def _list(path: Path, value: dict[str, Any], name: str, place: str) -> list[Any]:
    found = value.get(name)
    if found is None and name == "results":
        return []
    if not isinstance(found, list):
        raise _refusal(path, place, "is no array")
    return found


def _object(path: Path, value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _refusal(path, place, "is no object")
    return value


def _text(path: Path, value: Any, place: str) -> str:
    if not isinstance(value, str) or not value:
        raise _refusal(path, place, "is no text")
    return value


def _refusal(path: Path, place: str, message: str) -> WeftendError:
    return WeftendError(Issue(Code.INPUT_INVALID, f"{path}#{place}", message))
