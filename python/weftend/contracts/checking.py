"""Everything that ``weftend contracts check`` looks at in one contracts folder."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any, Final

from weftend.contracts import compatibility, compiler, examples, streamcheck
from weftend.contracts.source import Source
from weftend.errors import Code, IssueList
from weftend.models.violations import pointer

RELEASED: Final = "released.json"
"""The compiled contracts of the last release."""
COMPILED: Final = "compiled.json"


def check(folder: Path, today: datetime.date, base: dict[str, Any] | None = None) -> IssueList:
    """Every issue of the contracts in ``folder``, as of ``today``.

    ``base`` as for :func:`weftend.contracts.compiler.compiled`. Beyond what compiling refuses: examples that do not
    validate, streams that the core refuses, review dates that have passed, changes since ``released.json`` that
    need a new version, and a ``compiled.json`` that is not what the sources say.
    """
    source = Source(folder, base)
    contracts = compiler.of_source(source)
    examples.check(source, contracts["events"])
    streamcheck.check(source, contracts["streams"])
    _check_reviews(source, contracts["events"], today)
    _check_changes(source, contracts)
    if not source.issues:
        _check_compiled(source, contracts)
    return IssueList.of(source.issues)


def _check_reviews(source: Source, events: list[dict[str, Any]], today: datetime.date) -> None:
    for event in events:
        if datetime.date.fromisoformat(event["review"]) < today:
            at = pointer(("types", event["type"], "review"))
            message = f"was due on {event['review']}: look at the contract again, then set a later day"
            source.refuse(Code.CONTRACT_REVIEW_OVERDUE, "index.yaml", at, message)


def _check_changes(source: Source, contracts: dict[str, Any]) -> None:
    path = source.folder / RELEASED
    if not path.exists():
        return
    try:
        released = json.loads(path.read_bytes())
        changes = compatibility.incompatible(released, contracts)
    except (OSError, ValueError, KeyError, TypeError) as error:
        source.refuse(Code.CONTRACT_INVALID, RELEASED, "", f"is no compiled contracts: {error!r}")
        return
    for place, message in changes:
        source.refuse(Code.CONTRACT_CHANGE_INCOMPATIBLE, COMPILED, pointer(place), message)


def _check_compiled(source: Source, contracts: dict[str, Any]) -> None:
    path = source.folder / COMPILED
    if path.exists() and path.read_bytes() != compiler.text(contracts):
        message = "is not what its sources say: compile again"
        source.refuse(Code.CONTRACT_STALE, COMPILED, "", message)
