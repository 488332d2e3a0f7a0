"""Compiling a contracts folder into one canonical document that Rust and Python read.

A folder holds ``streams/*.yaml`` and ``vocabularies/**/*.txt``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from weftend.contracts import streams
from weftend.errors import Issue, IssueList, WeftendError

CONTRACTS_SCHEMA: Final = "weftend.contracts/0"
SHIPPED: Final = Path(__file__).parent
"""The contracts that ship with the package."""


def compiled(folder: Path) -> dict[str, Any]:
    """The compiled contracts of ``folder``; :class:`WeftendError` with the issues of every file at once."""
    issues: list[Issue] = []
    definitions = []
    for path in sorted((folder / "streams").glob("*.yaml")):
        try:
            definitions.append(streams.compiled(streams.read(path), folder / "vocabularies"))
        except WeftendError as error:
            issues += error.issues.issues
    if issues:
        raise WeftendError(IssueList.of(issues))
    return {"schema": CONTRACTS_SCHEMA, "streams": sorted(definitions, key=lambda item: item["streamId"])}


def text(contracts: dict[str, Any]) -> bytes:
    """Canonical bytes and one newline: what ``compiled.json`` holds."""
    # All names and keys are ASCII and all numbers small integers, so sorted compact JSON is canonical here.
    return json.dumps(contracts, sort_keys=True, separators=(",", ":")).encode() + b"\n"
