"""What is wrong with recording on this machine, and the one command that mends each thing."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from weftend import contracts, recording
from weftend.errors import Code, WeftendError
from weftend.policy.organisation import policies
from weftend.store.content import CONTENT
from weftend.store.home import LEDGER_NAME
from weftend.store.local import counts, pruning
from weftend.store.local.database import LOCAL
from weftend.store.local.ingest import SEGMENT_SUFFIX, TORN_FOLDER
from weftend.store.local.opening import SPOOL

SPOOL_BYTES: Final = 64 * 1024 * 1024
"""The bound of the spool, in bytes; a backlog over half of it is said to be a problem."""
ROOM_BYTES: Final = 1024 * 1024
"""Free bytes under which recording is not to be relied on."""
FILES: Final = (LOCAL.file_name, CONTENT.file_name, LEDGER_NAME)


_MENDS_MODE: Final = {"environment": "unset WEFTEND_TELEMETRY", "user": "weftend telemetry local"}


_CAUSES: Final = {
    "EVENT_": "; WEFTEND_STRICT=1 raises where such an event is recorded",
    Code.EVENT_TYPE_UNKNOWN: "; WEFTEND_CONTRACTS=FILE names the contracts that were recorded under",
    Code.EVENT_SPOOL_UNWRITABLE: "; the disk was full, or the home could not be written",
    Code.SPOOL_SEGMENT_DROPPED: "; `weftend ingest` more often keeps the spool from filling up",
    Code.SPOOL_LINE_TORN: "; a writer was killed, or its disk was full, in the middle of a line",
}
"""Why a count grows, where that is known, and how to keep it from growing."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong, where, and the command that mends it."""

    code: str
    path: str
    message: str
    command: str


@dataclass(slots=True)
class Health:
    """Everything that ``weftend doctor`` says."""

    mode: dict[str, Any] = field(default_factory=dict)
    policies: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    """``path``, ``bytes``, ``permissions`` in octal."""
    spool: dict[str, int] = field(default_factory=dict)
    """``segments``, ``bytes``, ``torn``."""
    counts: dict[str, int] = field(default_factory=dict)
    """Events refused, segments dropped or torn, by code, since the store was made."""
    contracts: dict[str, Any] = field(default_factory=dict)
    prune: list[dict[str, Any]] = field(default_factory=list)
    """What the next prune would take: ``table``, ``rows``, ``size`` in bytes."""
    problems: list[Problem] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The one document of ``weftend doctor --json``."""
        return asdict(self)


def examine(home: Path) -> Health:
    """Look at everything, change nothing, reach nothing over a network."""
    health = Health()
    _mode(health)
    _policies(health)
    _files(health, home)
    _room(health, home)
    _spool(health, home / SPOOL)
    _contracts(health)
    _store(health, home)
    return health


def _mode(health: Health) -> None:
    decision = recording.mode()
    health.mode = {"mode": decision.mode, "layer": decision.layer}
    for reading in decision.readings:
        if reading.problem is not None:
            command = _MENDS_MODE.get(reading.layer, "ask whoever wrote the policy file to mend it")
            health.problems.append(Problem(Code.MODE_UNREADABLE, reading.source, reading.problem, command))


def _policies(health: Health) -> None:
    try:
        for policy in policies():
            health.policies.append(
                {"source": str(policy.source), "minimumFloor": policy.minimum_floor, "mode": policy.mode}
            )
    except WeftendError as error:
        health.problems += _problems(error, "ask whoever wrote the policy file to mend it")


def _files(health: Health, home: Path) -> None:
    for path in (home, *(home / name for name in FILES), home / SPOOL):
        try:
            status = path.lstat()
        except OSError:
            continue
        mode = stat.S_IMODE(status.st_mode)
        health.files.append({"path": str(path), "bytes": status.st_size, "permissions": f"{mode:04o}"})
        if mode & 0o077 and os.name == "posix" and path != home:
            message = f"permissions {mode:04o} let others in"
            health.problems.append(
                Problem(Code.FILE_NOT_PRIVATE, str(path), message, f"chmod go= {_quoted(path)}")
            )
        if not os.access(path, os.W_OK):
            message = "cannot be written, so nothing is recorded"
            health.problems.append(
                Problem(Code.FILE_UNWRITABLE, str(path), message, f"chmod u+w {_quoted(path)}")
            )


def _room(health: Health, home: Path) -> None:
    """Whether anything could be recorded: a folder that is there, or can be made, with room in it."""
    place = next(path for path in (home, *home.absolute().parents) if os.path.lexists(path))
    if not place.is_dir():
        message = "is no folder, so nothing is recorded"
        health.problems.append(
            Problem(Code.FILE_UNWRITABLE, str(place), message, f"mv {_quoted(place)} {_quoted(place)}.old")
        )
    elif place != home and not os.access(place, os.W_OK):
        message = f"{home} cannot be made in it, so nothing is recorded"
        command = "WEFTEND_HOME=FOLDER, with one that can be written"
        health.problems.append(Problem(Code.FILE_UNWRITABLE, str(place), message, command))
    elif hasattr(os, "statvfs"):
        status = os.statvfs(place)
        free = status.f_bavail * status.f_frsize
        if free < ROOM_BYTES:
            message = f"{free} bytes are left, so what is recorded may be lost"
            command = f"df {_quoted(place)}, to see the disk that needs room; then: weftend db prune-apply"
            health.problems.append(Problem(Code.DISK_FULL, str(place), message, command))


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))


def _spool(health: Health, spool: Path) -> None:
    segments = [path for path in _listed(spool) if path.suffix == SEGMENT_SUFFIX]
    size = sum(path.stat().st_size for path in segments)
    torn = sum(1 for _path in _listed(spool / TORN_FOLDER))
    health.spool = {"segments": len(segments), "bytes": size, "torn": torn}
    if size > SPOOL_BYTES // 2:
        message = f"{size} bytes wait; over {SPOOL_BYTES} the oldest are dropped"
        health.problems.append(Problem(Code.SPOOL_BACKLOG, str(spool), message, "weftend ingest"))
    if torn:
        message = f"{torn} segments ended in the middle of a line and were set aside"
        health.problems.append(
            Problem(
                Code.SPOOL_LINE_TORN,
                str(spool / TORN_FOLDER),
                message,
                f"rm -r {_quoted(spool / TORN_FOLDER)}",
            )
        )


def _listed(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(folder.iterdir())
    except OSError:
        return


def _contracts(health: Health) -> None:
    try:
        in_force = contracts.active()
    except WeftendError as error:
        health.problems += _problems(error, "weftend contracts compile DIR --out FILE")
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
        health.problems += _store_problems(error)
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
        path = issue.path.partition("#")[0]
        command = commands.get(Code(issue.code)) or _aside(Path(path))
        yield Problem(str(issue.code), issue.path, issue.message, command)


def _aside(path: Path) -> str:
    """Moves a database away with its log, which a new one of the same name must not meet."""
    folder = _quoted(path.parent / "aside")
    return f"mkdir -p {folder} && mv {_quoted(path)}* {folder}"


def _problems(error: WeftendError, command: str) -> Iterator[Problem]:
    for issue in error.issues.issues:
        yield Problem(str(issue.code), issue.path, issue.message, command)
