"""The JSON messages of a cargo build (``--message-format=json``) into ``build_run`` and its children.

One object a line. Lines that are no JSON object are what build scripts and tests print; they are counted and
passed over. Cargo says no times, so the caller measures the whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from weftend.canonical import canonicalize_text
from weftend.digests import digest
from weftend.errors import CanonicalizationError, Code, Issue, WeftendError
from weftend.store.local.ingest import Ingest, Ingested, transaction
from weftend.store.local.retention import iso


@dataclass(slots=True)
class Build:
    """What the messages of one build say."""

    crates: dict[tuple[str, str | None], tuple[bool, str]] = field(default_factory=dict)
    """(name, version) → (fresh, features as JSON)."""
    warnings: list[tuple[str, str, str | None, str]] = field(default_factory=list)
    """(crate, level, code, message)."""
    release: bool | None = None
    finished: bool = False
    other_lines: int = 0


def read(lines: Iterable[bytes]) -> Build:
    """Read cargo's messages; a line that is no JSON object is counted in ``other_lines``."""
    build = Build()
    for line in lines:
        message = _message(line)
        if message is None:
            build.other_lines += bool(line.strip())
            continue
        match message.get("reason"):
            case "compiler-artifact":
                _artifact(build, message)
            case "compiler-message":
                _diagnostic(build, message)
            case "build-finished":
                build.finished = True
    return build


def insert(
    way: Ingest, build: Build, *, source: str, total_ms: int, repository: str, run_name: str | None
) -> Ingested:
    """One row of ``build_run`` with its children, in one transaction. ``source``: the file, as it was named.

    Raises:
        WeftendError: ``INPUT_INVALID`` when the messages do not end with ``build-finished``: they were cut.
    """
    if not build.finished:
        message = "no build-finished message: the build was cut short"
        raise WeftendError(Issue(Code.INPUT_INVALID, f"{source}#", message))
    shape = sorted(f"{name} {version or ''}".rstrip() for name, version in build.crates)
    with transaction(way.connection):
        run = way.connection.execute(
            "INSERT INTO build_run (repository_id, run_name, profile, total_ms, crate_count, fresh_count,"
            " dep_fingerprint, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                repository,
                run_name,
                {None: "unknown", True: "release", False: "dev"}[build.release],
                total_ms,
                len(build.crates),
                sum(fresh for fresh, _features in build.crates.values()),
                digest(shape),
                iso(datetime.now(UTC)),
            ),
        ).lastrowid
        _children(way, build, run, shape)
    count = 2 + len(build.crates) + len(build.warnings)
    return Ingested(events=1, rows=count)


def _children(way: Ingest, build: Build, run: int | None, shape: list[str]) -> None:
    way.connection.executemany(
        "INSERT INTO build_crate_sample (run_id, name, version, fresh, features) VALUES (?, ?, ?, ?, ?)",
        [
            (run, name, version, fresh, features)
            for (name, version), (fresh, features) in build.crates.items()
        ],
    )
    way.connection.executemany(
        "INSERT INTO build_warning (run_id, crate_name, level, code, message) VALUES (?, ?, ?, ?, ?)",
        [(run, *warning) for warning in build.warnings],
    )
    way.connection.execute("INSERT INTO build_run_dependency_shape VALUES (?, ?)", (run, json.dumps(shape)))


def _message(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(canonicalize_text(line))
    except CanonicalizationError:
        return None
    return value if isinstance(value, dict) and "reason" in value else None


def _artifact(build: Build, message: dict[str, Any]) -> None:
    name, version = _crate(message)
    fresh = message.get("fresh") is True
    features = json.dumps(message.get("features") or [])
    known = build.crates.get((name, version))
    build.crates[name, version] = (fresh and (known is None or known[0]), features)
    profile = message.get("profile")
    if isinstance(profile, dict) and isinstance(profile.get("debug_assertions"), bool):
        build.release = not profile["debug_assertions"]


def _diagnostic(build: Build, message: dict[str, Any]) -> None:
    said = message.get("message")
    if not isinstance(said, dict) or said.get("level") not in ("warning", "error"):
        return
    code = said.get("code")
    name = code.get("code") if isinstance(code, dict) else None
    build.warnings.append((_crate(message)[0], said["level"], name, str(said.get("message", ""))))


def _crate(message: dict[str, Any]) -> tuple[str, str | None]:
    """Name and version out of a package id: ``source#name@version``, ``path#version``, ``name version (source)``."""
    package = str(message.get("package_id", ""))
    _source, hash_sign, fragment = package.rpartition("#")
    if not hash_sign:
        name, _space, rest = package.partition(" ")
        return name or "unknown", rest.partition(" ")[0] or None
    name, at, version = fragment.partition("@")
    if at:
        return name, version
    return _source.rstrip("/").rpartition("/")[2] or "unknown", fragment or None
