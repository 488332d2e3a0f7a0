"""What a run of the conduit is asked for, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from weftend.egress import Notes
from weftend.errors import ExitStatus
from weftend.fold import Partial, Stream


class Request(NamedTuple):
    """One run over one stream; a preview and an apply of equal requests plan the same."""

    stream: Stream
    partial: Partial
    """The units that were found. Taken over: what is consumed is removed from it."""
    path_digest: str
    """The release's own; where there is no release, the digest of the compiled stream definition."""
    k: int
    """The floor in force, in units; see :mod:`weftend.policy.floors`."""
    refs: bool = False
    """Whether the operator asked for digest references."""
    unit_rule: str | None = None
    """What one unit is, where that can be chosen: ``file``, ``dir``, ``field``. A home's first release of the
    stream fixes it."""


class Status(StrEnum):
    """What a run came to."""

    RELEASED = "released"
    NOTHING_NEW = "nothing-new"
    """Every unit that was found had been consumed before."""
    BELOW_FLOOR = "below-floor"
    """Too few new units; nothing is said about them and they stay pending."""
    NO_UNITS = "no-units"

    @property
    def exit(self) -> ExitStatus:
        """The exit status of a command that came to this."""
        done = self in (Status.RELEASED, Status.NOTHING_NEW)
        return ExitStatus.DONE if done else ExitStatus.NOTHING_RELEASED


@dataclass(slots=True)
class Dropped:
    """What this run left out, counted in chunks, never in units."""

    ttl_pruned: int = 0
    cap_pruned: int = 0
    k_floor_skipped: int = 0
    duplicate_skipped: int = 0


class Release(NamedTuple):
    """One chunk of this run, and what was held back from it. **Private: for the operator's own eyes.**"""

    chunk: dict[str, Any]
    """The chunk as a JSON value."""
    notes: Notes
    """What the core withheld, by map, and what became of the references."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to. Everything but ``snapshot`` is for the operator alone."""

    status: Status
    snapshot: bytes
    """The snapshot file: canonical bytes and one newline."""
    k: int
    found: int
    """Distinct units in the input."""
    consumed_before: int
    """Those of them that an earlier run had released."""
    pending: int
    """Those that this run could not release; they wait for more."""
    dropped: Dropped
    releases: tuple[Release, ...] = ()
    recovered: bool = False
    """The store lagged one step behind its ledger, as a kill leaves it, and was completed."""
    written: Path | None = field(default=None)
    """The snapshot file, where one was asked for."""

    @property
    def released(self) -> int:
        """Units that this run released."""
        return self.found - self.consumed_before - self.pending
