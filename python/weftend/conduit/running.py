"""A run of the conduit: a preview, which writes nothing, or an apply, which takes its steps in durable order."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Final

from weftend.chain import snapshot_bytes, store_bytes
from weftend.conduit import validation
from weftend.conduit.planning import Plan, PlannedStep, plan, require_unit_rule
from weftend.conduit.recovery import digest_of, recover
from weftend.conduit.request import Outcome, Request
from weftend.errors import Code, WeftendError
from weftend.fold import Partial
from weftend.store.files import Reserved, make_folder
from weftend.store.home import Home, locked
from weftend.store.ledger import Ledger, Step, StreamState

SNAPSHOT_NAME: Final = "telemetry_conduit_snapshot.json"


def admit(stream_id: str, unit_rule: str | None, home: Home) -> None:
    """Refuse what the home would refuse whatever is read, so that nobody waits for a reading in vain.

    Nothing is created, changed or locked. A home that another run is writing is left to :func:`apply`.

    Raises:
        WeftendError: ``UNIT_RULE_FIXED``; and as :func:`preview` for a home that does not hold together.
    """
    try:
        with Ledger.look(home.ledger) as ledger:
            recover(home, ledger, stream_id, write=False)
            require_unit_rule(unit_rule, ledger.state(stream_id))
    except WeftendError as error:
        if any(issue.code != Code.HOME_BUSY for issue in error.issues.issues):
            raise


def has_news(partial: Partial, home: Home) -> bool:
    """Whether ``partial`` has a unit that ``home`` has not released; nothing is created, changed or locked.

    Of a home that another run is writing nobody can tell yet: then it may.

    Raises:
        WeftendError: as :func:`preview` for a ledger that cannot be read.
    """
    digests = partial.digests()
    try:
        with Ledger.look(home.ledger) as ledger:
            return len(ledger.consumed(digests)) < len(digests)
    except WeftendError as error:
        if any(issue.code != Code.HOME_BUSY for issue in error.issues.issues):
            raise
        return True


def preview(request: Request, home: Home) -> Outcome:
    """What an apply would do now; nothing is created, changed or locked.

    The snapshot carries the reason code ``TELEMETRY_PREVIEW``: it was not released and is not to be shared.

    Raises:
        WeftendError: as :func:`apply`, but for what only writing can meet.
    """
    with Ledger.look(home.ledger) as ledger:
        recovered = recover(home, ledger, request.stream.id, write=False)
        made = plan(request, ledger)
    return _outcome(request, made, _snapshot(request, made, preview=True), recovered)


def apply(request: Request, home: Home, out: Path | None = None) -> Outcome:
    """Release every window that can be released now, then write the snapshot.

    Args:
        request: what to release.
        home: where the ledger and the stores are; made when it is not there.
        out: the folder for ``telemetry_conduit_snapshot.json``, made when it is not there; ``None`` writes no
            snapshot file, which any later run can make up for.

    Raises:
        WeftendError: ``HOME_BUSY``, ``OUTPUT_UNWRITABLE``, ``UNIT_RULE_FIXED``, what the core or validation
            refuses (exit status 2); ``TELEMETRY_ROLLBACK``, ``HOME_INVALID`` and what is wrong with a store
            (exit status 3). Each step is then either done whole or not begun.
    """
    with locked(home) as owner, Ledger.open(home.ledger) as ledger, ExitStack() as rooms:
        recovered = recover(home, ledger, request.stream.id, write=True)
        made = plan(request, ledger)
        snapshot = _snapshot(request, made, preview=False)
        room = None
        if out is not None:
            make_folder(out)
            room = rooms.enter_context(Reserved(out / SNAPSHOT_NAME, len(snapshot), owner))
        for step in made.steps:
            _take(request, home, ledger, step)
        if room is not None:
            room.publish(snapshot)
    written = None if out is None else out / SNAPSHOT_NAME
    return _outcome(request, made, snapshot, recovered, written)


def _take(request: Request, home: Home, ledger: Ledger, step: PlannedStep) -> None:
    """One durable step: room for the store, the ledger's transaction, the store."""
    stream_id = request.stream.id
    path = home.store(stream_id)
    store = store_bytes(stream_id, [chunk.body for chunk in step.chunks], tick=step.tick)
    validation.require_store(store, path, stream_id)
    before = ledger.state(stream_id)
    state = StreamState(
        tick=step.tick,
        head=step.chunk.chunk_id,
        unit_rule=request.unit_rule,
        store_digest=digest_of(store),
        previous_digest=before.store_digest if before else None,
    )
    make_folder(path.parent)
    with Reserved(path, len(store)) as room:
        ledger.commit(Step(stream_id, state, step.units, step.chunk, step.pruned))
        room.publish(store)


def _snapshot(request: Request, made: Plan, *, preview: bool) -> bytes:
    """The snapshot file of the plan, validated."""
    dropped = made.dropped
    snapshot = snapshot_bytes(
        request.stream.id,
        [chunk.body for chunk in made.chunks],
        ttl_pruned=dropped.ttl_pruned,
        cap_pruned=dropped.cap_pruned,
        k_floor_skipped=dropped.k_floor_skipped,
        duplicate_skipped=dropped.duplicate_skipped,
        preview=preview,
    )
    validation.require_snapshot(snapshot, SNAPSHOT_NAME)
    return snapshot


def _outcome(
    request: Request, made: Plan, snapshot: bytes, recovered: bool, written: Path | None = None
) -> Outcome:
    return Outcome(
        status=made.status,
        snapshot=snapshot,
        k=request.k,
        found=made.found,
        consumed_before=made.found - made.new,
        pending=made.pending,
        dropped=made.dropped,
        releases=tuple(made.releases),
        recovered=recovered,
        written=written,
    )
