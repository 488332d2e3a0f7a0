"""Validation of everything that may leave: before it is written, and after it is read.

Bounds, digests and chain of the chunks are the core's word, since a snapshot holds the store's chunks; the shape
of a snapshot and what may not stand in either are the reference's, which shares no code with the core. What
fails here before a write is a defect, and then nothing is written.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from weftend.chain import check_store
from weftend.errors import ExitStatus, Issue, IssueList, WeftendError
from weftend.reference import documents, privacy


def require_store(store: bytes, path: Path, stream_id: str) -> None:
    """Refuse to write a store that does not hold together or says what must not be said.

    Raises:
        WeftendError: every violation, each with the store's path.
    """
    issues = store_issues(store, path, stream_id)
    if issues:
        raise WeftendError(IssueList.of(issues), ExitStatus.INTEGRITY)


def require_snapshot(snapshot: bytes, name: str) -> dict[str, Any]:
    """Refuse to write or print a snapshot that breaks a bound or says what must not be said.

    Returns:
        The snapshot as a JSON value.

    Raises:
        WeftendError: every violation, each with ``name`` as its file.
    """
    value: dict[str, Any] = json.loads(snapshot)
    issues = [Issue(code, f"{name}#{at}", message) for code, at, message in documents.SNAPSHOT(value, "")]
    issues += privacy.check(value, name, size=len(snapshot))
    if issues:
        raise WeftendError(IssueList.of(issues))
    return value


def store_issues(store: bytes, path: Path, stream_id: str) -> list[Issue]:
    """Everything that is wrong with a store file in itself, each with the store's path."""
    try:
        check_store(stream_id, store)
    except WeftendError as error:
        found = error.issues.issues
        return [Issue(issue.code, f"{path}#{issue.path.partition('#')[2]}", issue.message) for issue in found]
    return privacy.check(json.loads(store), str(path), size=len(store))
