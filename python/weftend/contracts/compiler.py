"""Compiling a contracts folder into one canonical document that Rust and Python read.

A folder holds ``index.yaml`` with ``telemetry/*.schema.yaml`` (event types), ``db/*.yaml`` (tables and their
retention), ``streams/*.yaml`` and ``vocabularies/**/*.txt``; each of them may be absent.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from weftend.canonical import canonicalize
from weftend.contracts import streams
from weftend.errors import Issue, IssueList, WeftendError

CONTRACTS_SCHEMA: Final = "weftend.contracts/0"
SHIPPED: Final = Path(__file__).parent
"""The contracts that ship with the package."""


def compiled(folder: Path) -> dict[str, Any]:
    """The compiled contracts of ``folder``; :class:`WeftendError` with the issues of every file at once."""
    issues: list[Issue] = []
    definitions = []
    names: dict[str, list[str]] = {"producers": [], "eventTypes": []}
    for path in sorted((folder / "streams").glob("*.yaml")):
        try:
            definitions.append(streams.compiled(streams.read(path), folder / "vocabularies", names))
        except WeftendError as error:
            issues += error.issues.issues
    if issues:
        raise WeftendError(IssueList.of(issues))
    return {"schema": CONTRACTS_SCHEMA, "streams": sorted(definitions, key=lambda item: item["streamId"])}


def text(contracts: dict[str, Any]) -> bytes:
    """Canonical bytes and one newline: what ``compiled.json`` holds."""
    return canonicalize(contracts) + b"\n"
