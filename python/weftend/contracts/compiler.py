"""Compiling a contracts folder into one canonical document that Rust and Python read.

A folder holds ``index.yaml`` with ``telemetry/`` (event types), ``db/`` (tables and their retention),
``streams/*.yaml`` and ``vocabularies/**/*.txt``; each of them may be absent.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from weftend.canonical import canonicalize
from weftend.contracts import storage, streams, taxonomy
from weftend.contracts.source import Source
from weftend.errors import Code, IssueList, WeftendError

CONTRACTS_SCHEMA: Final = "weftend.contracts/0"
SHIPPED: Final = Path(__file__).parent
"""The contracts that ship with the package."""
LIMITS: Final = {"metadataJsonBytes": 262_144, "sessionCharacters": 512, "typeCharacters": 128}
"""Bounds of one metric row, whatever its type."""


def compiled(folder: Path, base: dict[str, Any] | None = None) -> dict[str, Any]:
    """The compiled contracts of ``folder``; :class:`WeftendError` with the issues of every file at once.

    ``base`` are compiled contracts that it builds upon: their producers, tables, retention rules and vocabularies
    may be named, and are not repeated in the result.
    """
    source = Source(folder, base)
    form = of_source(source)
    if source.issues:
        raise WeftendError(IssueList.of(source.issues))
    return form


def of_source(source: Source) -> dict[str, Any]:
    """What :func:`compiled` gives, with the issues left in ``source``."""
    if not source.folder.is_dir():
        source.refuse(Code.INPUT_NOT_FOUND, str(source.folder), "", "is no folder")
    stored = storage.compiled(source)
    known = taxonomy.compiled(source, stored)
    names = {
        "producers": sorted({*source.inherited("producers"), *known["producers"]}),
        "eventTypes": taxonomy.releasable([*source.inherited("events"), *known["events"]]),
    }
    return {
        "schema": CONTRACTS_SCHEMA,
        "limits": LIMITS,
        "streams": _streams(source, names),
        **known,
        **stored,
    }


def _streams(source: Source, names: streams.ContractNames) -> list[dict[str, Any]]:
    definitions = []
    for path in sorted((source.folder / "streams").glob("*.yaml")):
        try:
            definition = streams.read(path)
        except WeftendError as error:
            source.take(error.issues, f"streams/{path.name}")
            continue
        try:
            definitions.append(streams.compiled(definition, source.folder, names))
        except WeftendError as error:
            source.take(error.issues)
    return sorted(definitions, key=lambda item: str(item["streamId"]))


def text(contracts: dict[str, Any]) -> bytes:
    """Canonical bytes and one newline: what ``compiled.json`` holds."""
    return canonicalize(contracts) + b"\n"
