"""What is wrong with recording on this machine, and the one command that mends each thing."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from weftend import contracts, recording
from weftend.contracts import loader
from weftend.errors import Code, WeftendError
from weftend.policy.organisation import VARIABLE, policies
from weftend.store.content import CONTENT
from weftend.store.local import counts, disk, pruning
from weftend.store.local.database import LOCAL
from weftend.store.local.diagnosis import Health, Problem, quoted

_MENDS_MODE: Final = {"environment": "unset WEFTEND_TELEMETRY", "user": "weftend telemetry local"}


_CAUSES: Final = {
    "EVENT_": "; WEFTEND_STRICT=1 raises where such an event is recorded",
    Code.EVENT_TYPE_UNKNOWN: "; WEFTEND_CONTRACTS=FILE names the contracts that were recorded under",
    Code.EVENT_SPOOL_UNWRITABLE: "; the disk was full, or the home could not be written",
    Code.SPOOL_SEGMENT_DROPPED: "; `weftend ingest` more often keeps the spool from filling up",
    Code.SPOOL_LINE_TORN: "; a writer was killed, or its disk was full, in the middle of a line",
}
"""Why a count grows, where that is known, and how to keep it from growing."""


def examine(home: Path) -> Health:
    """Look at everything, change nothing, reach nothing over a network."""
    health = Health()
    _mode(health)
    _policies(health)
    disk.look(health, home)
    _contracts(health)
    _store(health, home)
    return health


def _mode(health: Health) -> None:
    decision = recording.mode()
    health.mode = {"mode": decision.mode, "layer": decision.layer}
    for reading in decision.readings:
        if reading.problem is not None:
            command = _MENDS_MODE.get(reading.layer) or _mends_policy(Path(reading.source))
            health.problems.append(Problem(Code.MODE_UNREADABLE, reading.source, reading.problem, command))


def _policies(health: Health) -> None:
    try:
        for policy in policies():
            health.policies.append(
                {"source": str(policy.source), "minimumFloor": policy.minimum_floor, "mode": policy.mode}
            )
    except WeftendError as error:
        health.problems += [
            Problem(str(issue.code), issue.path, issue.message, _mends_policy(_file(issue.path)))
            for issue in error.issues.issues
        ]


def _mends_policy(path: Path) -> str:
    """Opens a policy file at which a message says what is wrong: to move it away would loosen what it asks for."""
    if not os.path.lexists(path):
        return f"unset {VARIABLE}"
    if path.is_dir():
        return f"mv {quoted(path)} {quoted(path)}.old"
    return f"${{EDITOR:-vi}} {quoted(path)}" if os.access(path, os.W_OK) else f"sudoedit {quoted(path)}"


def _contracts(health: Health) -> None:
    try:
        in_force = contracts.active()
    except WeftendError as error:
        health.problems += _problems(error, f"unset {loader.VARIABLE}")
        return
    today = datetime.now(UTC).date().isoformat()
    overdue = sorted(event["type"] for event in in_force["events"] if event["review"] < today)
    health.contracts = {
        "schema": in_force["schema"],
        "types": len(in_force["events"]),
        "versions": {event["type"]: event["version"] for event in in_force["events"]},
        "reviewOverdue": overdue,
    }
    if overdue:
        message = f"the review date of {len(overdue)} event types has passed: {', '.join(overdue[:5])}"
        health.problems.append(
            Problem(Code.CONTRACT_REVIEW_OVERDUE, "index.yaml", message, "weftend contracts check")
        )


def _store(health: Health, home: Path) -> None:
    try:
        for database in (LOCAL, CONTENT):
            connection = database.look(home)
            if connection is not None:
                with closing(connection):
                    _integrity(health, home / database.file_name, connection)
                    if database is LOCAL:
                        _counts(health, connection)
        planned = pruning.plan(home, datetime.now(UTC))
    except WeftendError as error:
        # A plan needs policies and contracts, too; what is wrong with those has been told, with what mends it.
        told = {(problem.code, problem.path) for problem in health.problems}
        news = _store_problems(error)
        health.problems += [problem for problem in news if (problem.code, problem.path) not in told]
        return
    health.prune = [
        {"table": line.table, "rows": line.rows, "size": line.size}
        for _name, line in planned.lines
        if line.rows
    ]


def _integrity(health: Health, path: Path, connection: sqlite3.Connection) -> None:
    try:
        verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        verdict, broken = str(error), None
    if verdict != "ok" or broken is not None:
        message = str(verdict) if verdict != "ok" else f"rows of {broken[0]} hang on nothing"
        health.problems.append(Problem(Code.STORE_DAMAGED, str(path), message, _aside(path)))


def _counts(health: Health, connection: sqlite3.Connection) -> None:
    for count in counts.read(connection):
        health.counts[count.code] = count.events
        if count.news:
            cause = _CAUSES.get(count.code, _CAUSES["EVENT_"] if count.code.startswith("EVENT_") else "")
            message = f"{count.news} since the last acknowledgement{cause}"
            problem = Problem(count.code, LOCAL.file_name, message, "weftend doctor --acknowledge")
            health.problems.append(problem)


def _store_problems(error: WeftendError) -> Iterator[Problem]:
    commands = {Code.STORE_NEWER: "pip install --upgrade weftend", Code.STORE_OLDER: "weftend ingest"}
    for issue in error.issues.issues:
        command = commands.get(Code(issue.code)) or _aside(_file(issue.path))
        yield Problem(str(issue.code), issue.path, issue.message, command)


def _file(path: str) -> Path:
    """The file of an issue's ``file#place``."""
    return Path(path.rpartition("#")[0] or path)


def _aside(path: Path) -> str:
    """Moves a database away with its log, which a new one of the same name must not meet."""
    folder = quoted(path.parent / "aside")
    return f"mkdir -p {folder} && mv {quoted(path)}* {folder}"


def _problems(error: WeftendError, command: str) -> Iterator[Problem]:
    for issue in error.issues.issues:
        yield Problem(str(issue.code), issue.path, issue.message, command)
