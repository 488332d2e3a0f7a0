"""Recording usage events from Python: one call, under a contract, with the user in control.

Nothing here raises into its host (but under ``WEFTEND_STRICT=1``, for tests), blocks it, or opens a socket. What
is refused is counted, and ``weftend doctor`` shows it. Safe with threads, ``fork``, ``multiprocessing``, asyncio
and interpreter exit; what a killed process had in its counters is lost, events are on the spool at once.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias

from weftend import _core
from weftend._core import Counter as Counter
from weftend._core import SpoolReader as SpoolReader
from weftend._core import SpoolSegment as SpoolSegment
from weftend._core import counter as counter
from weftend._core import record_usage_event as record_usage_event
from weftend.errors import RecordingError

Field: TypeAlias = bool | int | float | str
"""What a field may hold; its contract says which, and within which bounds."""


class Reading(NamedTuple):
    """What one layer says about the mode."""

    layer: str
    """``organisation``, ``user``, ``environment`` or ``do-not-track``."""
    source: str
    """The file or variable."""
    mode: str | None
    """``off``, ``local``, ``export``, or ``None`` where it is silent; ``off`` where it cannot be understood."""
    problem: str | None
    """Why it cannot be understood."""


class Decision(NamedTuple):
    """The mode in force, the layer that decided, and what every layer says."""

    mode: str
    layer: str
    readings: list[Reading]


class Places(NamedTuple):
    """Where state, wishes and policies stand; ``None`` where the platform names no such folder."""

    home: str | None
    config_file: str | None
    policy_files: list[str]


class Producer:
    """One program that records: a thin wrapper, so that a call site is one line.

    The first producer of a process names its recording.
    """

    def __init__(self, name: str) -> None:
        """``name``: the producer's name in the contracts, such as ``vox-mcp``."""
        self.name: Final = name
        _core.init_recording(name)

    def record(
        self,
        event_type: str,
        fields: Mapping[str, Field] | None = None,
        *,
        value: float | None = None,
        session: str | None = None,
    ) -> None:
        """Record one event: see :func:`record_usage_event`."""
        record_usage_event(event_type, _members(fields), value=value, session=session)

    def counter(self, event_type: str, fields: Mapping[str, Field] | None = None) -> Counter:
        """A bound counter: see :func:`counter`."""
        return counter(event_type, _members(fields))


def _members(fields: Mapping[str, Field] | None) -> dict[str, Field]:
    """``fields`` as the core takes them; what is no mapping is handed on as it is, to be refused and counted."""
    if fields is None:
        return {}
    return dict(fields) if isinstance(fields, Mapping) else fields


def mode() -> Decision:
    """The mode in force now: the most private of all that are set, read afresh from files and variables."""
    decided, layer, readings = _core.recording_mode()
    return Decision(decided, layer, [Reading(*reading) for reading in readings])


def places() -> Places:
    """Where this process keeps what it keeps, and where its wishes and policies are read from."""
    return Places(*_core.recording_places())


def flush() -> None:
    """Spool what every counter holds, and what was refused so far."""
    _core.flush_recording()


def _flush_quietly() -> None:
    # Raised only under WEFTEND_STRICT, and at exit there is no caller left; the refusal is counted all the same.
    with contextlib.suppress(RecordingError):
        flush()


class _Anchor:
    """Something that lives as long as the module, for multiprocessing to hang a callback on."""


_ANCHOR: Final = _Anchor()


def _flush_when_the_worker_ends(_anchor: object = None) -> None:
    """Workers of multiprocessing end by ``os._exit``, which runs its finalizers and no ``atexit``."""
    from multiprocessing import util

    util.Finalize(None, _flush_quietly, exitpriority=0)


def _after_fork_in_child() -> None:
    _core.reset_recording_after_fork()
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        # A worker clears its parent's finalizers before it runs what is registered here.
        util.register_after_fork(_ANCHOR, _flush_when_the_worker_ends)


def _register() -> None:
    atexit.register(_flush_quietly)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_after_fork_in_child)
    process = sys.modules.get("multiprocessing.process")
    if process is not None and process.parent_process() is not None:
        _flush_when_the_worker_ends()


_register()
