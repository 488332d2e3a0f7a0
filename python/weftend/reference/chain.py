"""What binds chunks to each other: their digests, their order, and windows without gap or overlap.

Source: ``docs/data-model.md``. Places are JSON Pointers from the document that holds ``chunks``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from weftend.errors import CanonicalizationError, Code
from weftend.reference import access
from weftend.reference.digest import digest
from weftend.reference.shapes import Finding


def check(chunks: list[Any], stream_id: str | None, head: str | None) -> Iterator[Finding]:
    """Every chunk's identity, the links between them, and that ``head`` is the newest.

    ``chunks`` in the order of the document, ``stream_id`` and ``head`` as the document names them. The oldest
    chunk's ``prevChunkId`` is the anchor: what stands before it is not here and is not verified.
    """
    for index, chunk in enumerate(chunks):
        yield from _identity(chunk, stream_id, f"/chunks/{index}")
        yield from _window(chunk, f"/chunks/{index}")
    for index, (older, newer) in enumerate(pairwise(chunks), start=1):
        yield from _link(older, newer, f"/chunks/{index}")
    if chunks:
        yield from _order(chunks)
        yield from _beginning(chunks[0])
        yield from _age(chunks)
    if (access.text(chunks[-1], "chunkId") if chunks else None) != head:
        yield Code.TELEMETRY_CHAIN_BROKEN, "/headChunkId", "is not the newest chunk's chunkId"


def anchor(chunks: list[Any]) -> str | None:
    """The ``chunkId`` that the oldest chunk follows; ``None`` at the beginning of the stream."""
    return access.text(chunks[0], "prevChunkId") if chunks else None


def chunk_id(chunk: dict[str, Any]) -> str:
    """The digest of a chunk without its ``chunkId``."""
    return digest({name: member for name, member in chunk.items() if name != "chunkId"})


def prune(chunks: list[dict[str, Any]], *, now: int, most: int) -> tuple[list[dict[str, Any]], int, int]:
    """Take what is too old, then what is too much, from chunks in the order of their windows.

    ``now``: the newest tick of the stream; ``most``: the chunks that its store keeps. What is left, and how many
    went in each of the two steps. With a chunk that is too old go all before it, whatever their own time to
    live: a definition may have shortened it since, and what is left has to be a chain.
    """
    old = [place for place, chunk in enumerate(chunks) if chunk["windowEndTick"] + chunk["ttlSeconds"] <= now]
    alive = chunks[old[-1] + 1 :] if old else chunks
    kept = alive[max(0, len(alive) - most) :]
    return kept, len(chunks) - len(alive), len(alive) - len(kept)


def _identity(chunk: Any, stream_id: str | None, at: str) -> Iterator[Finding]:
    body = access.members(chunk)
    try:
        holds = chunk_id(body) == body.get("chunkId")
    except CanonicalizationError:
        holds = False
    if not holds:
        yield Code.TELEMETRY_CHUNK_ID_MISMATCH, f"{at}/chunkId", "is not the digest of this chunk"
    if body.get("streamId") != stream_id:
        yield Code.TELEMETRY_CHAIN_BROKEN, f"{at}/streamId", "is another stream than the document's"


def _window(chunk: Any, at: str) -> Iterator[Finding]:
    start, end = access.integer(chunk, "windowStartTick"), access.integer(chunk, "windowEndTick")
    units = access.integer(access.members(chunk, "payload"), "sampleCount")
    if start is not None and end is not None and units is not None and end - start != units:
        message = "the window is not as long as payload.sampleCount"
        yield Code.TELEMETRY_TICK_INVALID, f"{at}/windowEndTick", message


def _link(older: Any, newer: Any, at: str) -> Iterator[Finding]:
    if access.members(newer).get("prevChunkId") != access.members(older).get("chunkId"):
        yield Code.TELEMETRY_CHAIN_BROKEN, f"{at}/prevChunkId", "is not the chunkId of the chunk before"
    start, end = access.integer(newer, "windowStartTick"), access.integer(older, "windowEndTick")
    if start is not None and end is not None and start != end:
        message = "does not start where the window before ends"
        yield Code.TELEMETRY_TICK_INVALID, f"{at}/windowStartTick", message


def _order(chunks: list[Any]) -> Iterator[Finding]:
    keys = [(access.integer(chunk, "windowStartTick"), access.text(chunk, "chunkId")) for chunk in chunks]
    whole = [(start, name) for start, name in keys if start is not None and name is not None]
    if len(whole) == len(keys) and whole != sorted(set(whole)):
        message = "is not sorted by windowStartTick, then chunkId, and distinct"
        yield Code.TELEMETRY_SCHEMA_INVALID, "/chunks", message


def _beginning(oldest: Any) -> Iterator[Finding]:
    """Tick 0 and no chunk before it belong together."""
    start = access.integer(oldest, "windowStartTick")
    if start is not None and (start == 0) != (access.members(oldest).get("prevChunkId") is None):
        message = "tick 0 is where a stream begins, and nowhere else"
        yield Code.TELEMETRY_TICK_INVALID, "/chunks/0/windowStartTick", message


def _age(chunks: list[Any]) -> Iterator[Finding]:
    """No chunk is here that its own ``ttlSeconds`` had taken by the newest tick."""
    now = access.integer(chunks[-1], "windowEndTick")
    for index, chunk in enumerate(chunks):
        end, ttl = access.integer(chunk, "windowEndTick"), access.integer(chunk, "ttlSeconds")
        if now is not None and end is not None and ttl is not None and ttl > 0 and end + ttl <= now:
            message = "this chunk had run its time before the newest one"
            yield Code.TELEMETRY_TTL_INVALID, f"/chunks/{index}/ttlSeconds", message
