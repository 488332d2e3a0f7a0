"""Holding the store file against its ledger, and rolling forward what a kill left undone.

The ledger is the truth. A store that is its rendering is fine; one that is what it was before the ledger's last
transaction is completed. Anything else was changed by something other than this program, or put back from a
copy: releasing on top of it would show differences between two releases of the same units, so it is refused.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

from weftend.chain import store_bytes
from weftend.conduit import validation
from weftend.errors import Code, ExitStatus, Issue, IssueList, WeftendError
from weftend.reference import privacy
from weftend.store.files import clear_leftover, make_folder, read_bounded, replace
from weftend.store.home import Home
from weftend.store.ledger import Ledger, StreamState
from weftend.store.schema import damaged

MAX_STORE_BYTES: Final = privacy.MAX_DOCUMENT_BYTES
"""No store is read beyond this, and validation lets none grow to it."""


def digest_of(store: bytes) -> str:
    """The digest of a store file: over its bytes without the final newline; of one without it, of nothing."""
    body = store[:-1] if store.endswith(b"\n") else b""
    return f"sha256:{sha256(body).hexdigest()}"


def recover(home: Home, ledger: Ledger, stream_id: str, *, write: bool) -> bool:
    """Make sure that store and ledger agree, completing a store that lags one step behind.

    Args:
        home: the home, locked when ``write``.
        ledger: its open ledger.
        stream_id: the stream.
        write: whether a store that lags may be completed on disk; a preview only says that it would be.

    Returns:
        Whether the store lagged.

    Raises:
        WeftendError: exit status 3 with ``TELEMETRY_ROLLBACK`` where store and ledger are of different times;
            what is wrong with the store, where it does not hold together in itself; ``HOME_INVALID`` where
            the ledger does not.
    """
    path = home.store(stream_id)
    if write:
        clear_leftover(path)
    found = read_bounded(path, MAX_STORE_BYTES)
    state = ledger.state(stream_id)
    if state is None:
        if found is None:
            return False
        raise _refusal(home, path, found, stream_id, "there is no ledger of the units behind it")
    wanted = _rendered(home, ledger, stream_id, state)
    if found == wanted:
        return False
    if state.previous_digest != (None if found is None else digest_of(found)):
        raise _refusal(home, path, found, stream_id, "its ledger is of another time")
    if write:
        make_folder(path.parent)
        replace(path, wanted)
    return True


def _rendered(home: Home, ledger: Ledger, stream_id: str, state: StreamState) -> bytes:
    """The store as the ledger holds it, checked against the digest that was committed with it."""
    chunks = ledger.chunks(stream_id)
    changed = damaged(home.ledger, "its chunks are not those that were committed")
    try:
        rendered = store_bytes(stream_id, [chunk.body for chunk in chunks], tick=state.tick)
    except WeftendError as error:
        raise changed from error
    named = all(f'"chunkId":"{chunk.chunk_id}"'.encode() in chunk.body for chunk in chunks)
    if digest_of(rendered) != state.store_digest or not named:
        raise changed
    if not chunks or state.head != chunks[-1].chunk_id:  # pruning always leaves the newest
        raise damaged(home.ledger, "its head is not its newest chunk")
    return rendered


def _refusal(home: Home, path: Path, found: bytes | None, stream_id: str, why: str) -> WeftendError:
    """What is wrong with the store in itself, else that it and the ledger are of different times."""
    way_out = (
        f"put back store and ledger from one backup; or move {path} and {home.ledger} aside together, which makes"
        " a new home: units released before would be released again, outside what the floor promises"
    )
    if found is None:
        return _rollback(path, f"the store is gone while its ledger is there; {way_out}")
    issues = validation.store_issues(found, path, stream_id)
    if issues:
        broken = Issue(
            Code.TELEMETRY_CONDUIT_INVALID, f"{path}#", f"the store does not hold together; {way_out}"
        )
        return WeftendError(IssueList.of([broken, *issues]), ExitStatus.INTEGRITY)
    return _rollback(path, f"the store and its ledger do not belong together: {why}; {way_out}")


def _rollback(path: Path, message: str) -> WeftendError:
    return WeftendError(Issue(Code.TELEMETRY_ROLLBACK, f"{path}#", message), ExitStatus.INTEGRITY)
