"""One plan over both databases: what has run its time, and taking it away."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from weftend import contracts
from weftend.canonical import canonicalize_text
from weftend.errors import CanonicalizationError, Code, Issue, WeftendError
from weftend.policy.organisation import policies
from weftend.store.content import CONTENT
from weftend.store.files import read_bounded
from weftend.store.local import retention, rules
from weftend.store.local.database import LOCAL, Database, refusals
from weftend.store.local.retention import Planned, Pruned, Rule

PLAN_SCHEMA: Final = "weftend.prunePlan/0"
MAX_PLAN_BYTES: Final = 1_048_576
_DATABASES: Final = (("local", LOCAL), ("content", CONTENT))


class Plan(NamedTuple):
    """What would go at ``made_at``, by database and table."""

    made_at: datetime
    lines: tuple[tuple[str, Planned], ...]

    def as_dict(self) -> dict[str, Any]:
        """The plan as ``prune-plan --json`` prints it and ``prune-apply --plan`` reads it."""
        lines = [{"database": name, **line.as_dict()} for name, line in self.lines]
        return {"schema": PLAN_SCHEMA, "madeAt": retention.iso(self.made_at), "tables": lines}


def plan(home: Path, now: datetime) -> Plan:
    """What would go from the databases of ``home`` at ``now``; creates and changes nothing."""
    lines: list[tuple[str, Planned]] = []
    for name, database, in_force in _in_force():
        connection = database.look(home)
        if connection is not None:
            with closing(connection):
                lines += [(name, line) for line in retention.plan(connection, in_force, now)]
    return Plan(now, tuple(lines))


def apply(
    home: Path,
    now: datetime,
    made: dict[str, datetime] | None = None,
    progress: Callable[[str, int], None] = lambda _table, _rows: None,
) -> list[Pruned]:
    """Take away what has run its time: at ``now``, or at the cutoffs of a plan, never beyond those of now.

    Args:
        home: the folder of local state.
        now: the time of the run, UTC.
        made: table → cutoff of an earlier plan; tables that it does not name are left alone.
        progress: called after each short transaction with the table and the rows gone so far.
    """
    done: list[Pruned] = []
    for _name, database, in_force in _in_force():
        if (home / database.file_name).exists():
            cutoffs = _cutoffs(in_force, now, made)
            with (
                closing(database.create(home)) as connection,
                _log(home, connection, database) as log,
                refusals(home / database.file_name),
            ):
                done += retention.apply(connection, in_force, cutoffs, now, log=log, progress=progress)
    return done


def read_plan(path: Path) -> dict[str, datetime]:
    """The cutoffs of a plan file; ``WeftendError`` (``PLAN_INVALID``) when it is none."""
    text = read_bounded(path, MAX_PLAN_BYTES)
    if text is None:
        raise WeftendError(Issue(Code.INPUT_NOT_FOUND, f"{path}#", "there is no such file"))
    try:
        value = json.loads(canonicalize_text(text))
        if value["schema"] != PLAN_SCHEMA:
            raise ValueError("schema")
        moments = {line["table"]: line["cutoff"] for line in value["tables"]}
        return {table: _moment(text) for table, text in moments.items() if text is not None}
    except (CanonicalizationError, LookupError, TypeError, ValueError) as error:
        raise WeftendError(Issue(Code.PLAN_INVALID, f"{path}#", "is no prune plan")) from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _cutoffs(in_force: list[Rule], now: datetime, made: dict[str, datetime] | None) -> dict[str, datetime]:
    cutoffs = {}
    for rule in in_force:
        latest = retention.cutoff(rule, now)
        planned = latest if made is None else made.get(rule.table)
        if latest is not None and planned is not None:
            cutoffs[rule.table] = min(latest, planned)
    return cutoffs


def _in_force() -> Iterator[tuple[str, Database, list[Rule]]]:
    in_force, organisations = contracts.active(), policies()
    for name, database in _DATABASES:
        yield name, database, rules.in_force(in_force, name, organisations)


@contextmanager
def _log(home: Path, connection: sqlite3.Connection, database: Database) -> Iterator[sqlite3.Connection]:
    """The connection that ``prune_log`` is written through: always the local store's."""
    if database is LOCAL:
        yield connection
        return
    with closing(LOCAL.create(home)) as log:
        yield log
