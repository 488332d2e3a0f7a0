"""Chains of chunks, by the core: whether a store holds together, what pruning takes, store and snapshot files.

Pure: reading and writing files is the caller's part. Chunks are their canonical bytes, oldest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from weftend import _core

__all__ = ["Chain", "Pruned", "check_store", "prune", "snapshot_bytes", "store_bytes"]


class Chain(NamedTuple):
    """A chain of chunks that holds together."""

    anchor: str | None
    """``prevChunkId`` of the oldest chunk: ``None`` where the chain is whole from its start."""
    head: str | None
    """The newest chunk, ``None`` where there is none."""
    tick: int
    """The newest tick, 0 where there is no chunk."""


class Pruned(NamedTuple):
    """What pruning left and took."""

    kept: tuple[bytes, ...]
    """The chunks left, oldest first; the first one keeps its ``prevChunkId``: the anchor."""
    ttl_pruned: int
    """Chunks with ``windowEndTick`` + ``ttlSeconds`` at or before now."""
    cap_pruned: int
    """The oldest beyond the most that are kept."""


def check_store(stream_id: str, store: bytes) -> Chain:
    """Check a store file against itself: bytes, bounds, chunk ids, chain, windows, journal.

    Args:
        stream_id: the stream that it should be of.
        store: the file, canonical bytes with or without the newline behind them.

    Raises:
        WeftendError: exit status 3 with every violation: ``TELEMETRY_CONDUIT_INVALID`` (not canonical JSON),
            ``TELEMETRY_SCHEMA_INVALID``, ``TELEMETRY_CHUNK_ID_MISMATCH``, ``TELEMETRY_CHAIN_BROKEN``,
            ``TELEMETRY_TICK_INVALID``, ``TELEMETRY_TTL_INVALID``, ``TELEMETRY_BUDGET_EXCEEDED``,
            ``TELEMETRY_K_ANONYMITY_FAIL``.
    """
    return Chain(*_core.check_store(stream_id, store))


def prune(chunks: Sequence[bytes], *, now: int, max_chunks: int) -> Pruned:
    """Take from chunks what is too old, then what is too much.

    Args:
        chunks: canonical bytes, oldest first.
        now: the newest tick of the stream.
        max_chunks: the most that its store keeps.

    Raises:
        WeftendError: exit status 3 for bytes that are no chunk.
    """
    ttl, cap, stays = _core.prune(list(chunks), now, max_chunks)
    kept = tuple(chunk for chunk, stay in zip(chunks, stays, strict=True) if stay)
    return Pruned(kept, ttl, cap)


def store_bytes(stream_id: str, chunks: Sequence[bytes], *, tick: int) -> bytes:
    """The store file that holds ``chunks``, oldest first, of a stream at ``tick``: canonical bytes and a newline.

    Raises:
        WeftendError: exit status 3 for bytes that are no chunk.
    """
    return _core.store_bytes(stream_id, list(chunks), tick)


def snapshot_bytes(
    stream_id: str,
    chunks: Sequence[bytes],
    *,
    ttl_pruned: int = 0,
    cap_pruned: int = 0,
    k_floor_skipped: int = 0,
    duplicate_skipped: int = 0,
    preview: bool = False,
) -> bytes:
    """The snapshot file of ``chunks``, oldest first, after a run: canonical bytes and a newline.

    The counters are of this run, in chunks, and saturate at 2^32 - 1. The reason codes say only what the snapshot
    shows: ``TELEMETRY_KEY_UNREGISTERED`` exactly when ``__other__`` is visible, ``TELEMETRY_INSUFFICIENT_COVERAGE``
    exactly when a coverage is below 1, ``TELEMETRY_K_ANONYMITY_FAIL`` exactly when ``k_floor_skipped`` is not 0,
    and ``TELEMETRY_PREVIEW`` for one that was not released.

    Raises:
        WeftendError: exit status 3 for bytes that are no chunk.
    """
    dropped = (ttl_pruned, cap_pruned, k_floor_skipped, duplicate_skipped)
    return _core.snapshot_bytes(stream_id, list(chunks), dropped, preview)
