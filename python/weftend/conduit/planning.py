"""From pending units to the steps that would release them; nothing here touches a disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from weftend.chain import prune
from weftend.conduit.request import Dropped, Release, Request, Status
from weftend.egress import Released, next_window
from weftend.errors import Code, Issue, WeftendError
from weftend.fold import Stream
from weftend.store.ledger import Ledger, StoredChunk, StreamState


class PlannedStep(NamedTuple):
    """One window that can be released, and the stream after it."""

    units: bytes
    """Identities that it consumes, 32 bytes each."""
    chunk: StoredChunk
    pruned: tuple[str, ...]
    """``chunkId`` of each chunk that the store then no longer holds."""
    tick: int
    chunks: tuple[StoredChunk, ...]
    """All chunks that the store then holds, oldest first."""


@dataclass(slots=True)
class Plan:
    """Everything that a run would do, and where the stream would then stand."""

    found: int
    """Distinct units in the input."""
    new: int
    """Those of them that were not consumed before."""
    tick: int
    head: str | None
    chunks: tuple[StoredChunk, ...]
    pending: int = 0
    """Those of the new ones that no step releases."""
    steps: list[PlannedStep] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    dropped: Dropped = field(default_factory=Dropped)

    @property
    def status(self) -> Status:
        """What the run will have come to."""
        if self.steps:
            return Status.RELEASED
        if self.found == 0:
            return Status.NO_UNITS
        return Status.BELOW_FLOOR if self.new else Status.NOTHING_NEW


def plan(request: Request, ledger: Ledger) -> Plan:
    """Plan every window that can be released now.

    Raises:
        WeftendError: ``UNIT_RULE_FIXED``, or what the core refuses.
    """
    state = ledger.state(request.stream.id)
    require_unit_rule(request.unit_rule, state)
    partial = request.partial
    found = len(partial)
    partial.without(ledger.consumed(partial.digests()))
    tick, head = (state.tick, state.head) if state else (0, None)
    made = Plan(found, len(partial), tick, head, ledger.chunks(request.stream.id))
    made.dropped.duplicate_skipped = int(found > 0 and made.new == 0)
    for name in _window_maps(request.stream):
        for released in _windows(made, request, name):
            _add(made, request, released)
    made.pending = len(partial)
    return made


def require_unit_rule(unit_rule: str | None, state: StreamState | None) -> None:
    """Refuse another rule than the stream's first release in this home had (``UNIT_RULE_FIXED``)."""
    if state is not None and state.unit_rule != unit_rule:
        message = f"this home's first release of the stream fixed {state.unit_rule} as what one unit is"
        raise WeftendError(Issue(Code.UNIT_RULE_FIXED, "argv#--unit", message))


def _window_maps(stream: Stream) -> list[str | None]:
    """What one window is of: all maps at once, or each by itself where a unit contributes to one map."""
    return [*stream.maps] if stream.contribution == "one-map" else [None]


def _windows(made: Plan, request: Request, name: str | None) -> Iterator[Released]:
    """Window after window, until what is left is under the floor; each is taken out of the partial."""
    while True:
        window = next_window(
            request.stream,
            request.partial,
            path_digest=request.path_digest,
            k=request.k,
            window_start_tick=made.tick,
            prev_chunk_id=made.head,
            refs=request.refs,
            map=name,
        )
        if not isinstance(window, Released):
            made.dropped.k_floor_skipped += int(window.units > 0)
            return
        request.partial.without(window.consumed)
        yield window


def _add(made: Plan, request: Request, released: Released) -> None:
    """Take one window into the plan, and prune the store after it."""
    made.tick, made.head = released.window_end_tick, released.chunk_id
    chunk = StoredChunk(released.chunk_id, released.chunk)
    all_chunks = (*made.chunks, chunk)
    bodies = [item.body for item in all_chunks]
    left = prune(bodies, now=made.tick, max_chunks=request.stream.caps["maxChunks"])
    kept = set(left.kept)
    made.chunks = tuple(item for item in all_chunks if item.body in kept)
    made.dropped.ttl_pruned += left.ttl_pruned
    made.dropped.cap_pruned += left.cap_pruned
    pruned = tuple(item.chunk_id for item in all_chunks if item.body not in kept)
    made.steps.append(PlannedStep(released.consumed, chunk, pruned, made.tick, made.chunks))
    made.releases.append(Release(json.loads(released.chunk), released.notes))
