"""What must hold of a store file and of a snapshot beyond their shapes, and between the two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from weftend.errors import Code
from weftend.reference import access, chain, claims
from weftend.reference.disclosure import OTHER
from weftend.reference.shapes import Finding

_SHOWN: Final = {
    Code.TELEMETRY_K_ANONYMITY_FAIL.value: "dropped.kFloorSkipped is not 0",
    Code.TELEMETRY_INSUFFICIENT_COVERAGE.value: "coverage is below 1",
    Code.TELEMETRY_KEY_UNREGISTERED.value: "__other__ is visible",
}
"""The reason codes of a snapshot that say what its released part shows, and when exactly."""


def check_snapshot(snapshot: Any) -> Iterator[Finding]:
    """Identity and chain of the chunks, the claims of each, and the reason codes."""
    chunks = access.items(snapshot, "chunks")
    yield from chain.check(chunks, access.text(snapshot, "streamId"), access.text(snapshot, "headChunkId"))
    for index, chunk in enumerate(chunks):
        yield from claims.check(chunk, f"/chunks/{index}")
    yield from _reason_codes(snapshot, chunks)


def check_store(store: Any) -> Iterator[Finding]:
    """Identity and chain of the chunks, the claims of each, and that the journal stands where they end."""
    chunks, journal = access.items(store, "chunks"), access.members(store, "journal")
    head = access.text(journal, "headChunkId")
    for code, at, message in chain.check(chunks, access.text(journal, "streamId"), head):
        yield code, f"/journal{at}" if at == "/headChunkId" else at, message
    for index, chunk in enumerate(chunks):
        yield from claims.check(chunk, f"/chunks/{index}")
        yield from claims.check_size(chunk, f"/chunks/{index}", None)
    newest = access.integer(chunks[-1], "windowEndTick") if chunks else 0
    if newest is not None and access.integer(journal, "updatedAtTick") != newest:
        yield Code.TELEMETRY_TICK_INVALID, "/journal/updatedAtTick", "is not the newest chunk's windowEndTick"


def check_agreement(snapshot: Any, store: Any) -> Iterator[Finding]:
    """The snapshot holds exactly the store's chunks; a preview goes on from where the store ends."""
    journal, chunks = access.members(store, "journal"), access.items(snapshot, "chunks")
    stored = access.text(journal, "headChunkId")
    if access.text(snapshot, "streamId") != access.text(journal, "streamId"):
        yield Code.TELEMETRY_CONDUIT_INVALID, "/streamId", "is not the store's stream"
    elif is_preview(snapshot):
        follows = [access.members(chunk).get("prevChunkId") for chunk in chunks]
        if stored not in (*follows, access.text(snapshot, "headChunkId")):
            yield Code.TELEMETRY_CHAIN_BROKEN, "/chunks", "does not go on from the head of the store"
    elif access.text(snapshot, "headChunkId") != stored:
        yield Code.TELEMETRY_CHAIN_BROKEN, "/headChunkId", "is not the head of the store"
    elif chunks != access.items(store, "chunks"):
        yield Code.TELEMETRY_CHAIN_BROKEN, "/chunks", "are not the chunks of the store"


def is_preview(snapshot: Any) -> bool:
    """Whether the snapshot says that it was not released."""
    return Code.TELEMETRY_PREVIEW in access.items(snapshot, "reasonCodes")


def _reason_codes(snapshot: Any, chunks: list[Any]) -> Iterator[Finding]:
    """A snapshot's reason codes say exactly what its released part shows, and nothing else."""
    payloads = [access.members(chunk, "payload") for chunk in chunks]
    maps = [item for payload in payloads for item in access.members(payload, "aggregates").values()]
    shows = {
        Code.TELEMETRY_K_ANONYMITY_FAIL.value: bool(access.members(snapshot, "dropped").get("kFloorSkipped")),
        Code.TELEMETRY_INSUFFICIENT_COVERAGE.value: any(
            access.number(chunk, "coverage") != 1 for chunk in chunks
        ),
        Code.TELEMETRY_KEY_UNREGISTERED.value: any(OTHER in access.members(item) for item in maps),
    }
    said = {code for code in access.items(snapshot, "reasonCodes") if isinstance(code, str)}
    for code, when in _SHOWN.items():
        if shows[code] != (code in said):
            yield Code.TELEMETRY_CONDUIT_INVALID, "/reasonCodes", f"{code} stands exactly when {when}"
    if said - shows.keys() - {Code.TELEMETRY_PREVIEW.value}:
        message = "says more than the released part shows"
        yield Code.TELEMETRY_CONDUIT_INVALID, "/reasonCodes", message
