"""What a look at recording on this machine finds: a report, and problems with the command that mends each."""

from __future__ import annotations

import shlex
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


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


def quoted(path: Path) -> str:
    """``path`` as a shell takes it."""
    return shlex.quote(str(path))
