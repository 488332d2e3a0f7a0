"""Egress, by the core: the only function through which data crosses from private to fit to leave.

``weftend.reference.release`` gives the same bytes from plain dictionaries.
"""

from __future__ import annotations

from typing import NamedTuple

from weftend import _core
from weftend._core import Partial, Stream

__all__ = ["BelowFloor", "MapNotes", "Notes", "Released", "next_window", "unregistered"]

Names = tuple[tuple[str, int], ...]
"""Names and their exact counts. Private."""


class MapNotes(NamedTuple):
    """What was withheld from one map. **Private: for the operator's own eyes.**"""

    map: str
    hidden: Names
    """Buckets below the floor, in byte order; counts are units, or the clamped totals of a sum."""
    complementary: Names
    """Buckets that went with them, so that nothing can be worked out; in byte order."""
    unregistered: Names
    """Raw keys that no vocabulary names, most frequent first, at most 100; counts are units."""
    unregistered_more: int
    """How many unregistered names are not listed."""


class Notes(NamedTuple):
    """What was withheld from one window. **Private: for the operator's own eyes.**"""

    maps: tuple[MapNotes, ...]
    """Per map of the chunk, in byte order of their names."""
    refs_code: str | None
    """``TELEMETRY_REFS_WITHHELD`` (asked for, but something was suppressed), ``TELEMETRY_REFS_TRUNCATED`` (more
    than 64 in a list), or ``None``."""
    refs_cut: int
    """Refs that did not fit."""


class BelowFloor(NamedTuple):
    """Too few units: nothing is said about them, and they stay pending."""

    units: int
    """How many there are; 0 where there is none at all."""


class Released(NamedTuple):
    """A chunk, and the units that it consumes."""

    chunk: bytes
    """Canonical bytes, without a newline: fit to leave."""
    chunk_id: str
    """``sha256:`` and 64 hexadecimal digits."""
    window_end_tick: int
    """The stream's tick from now on."""
    units: int
    """How many units the window took."""
    consumed: bytes
    """Their digests, 32 bytes each, in byte order. **Private.**"""
    notes: Notes
    """What was withheld. **Private.**"""


def next_window(
    stream: Stream,
    partial: Partial,
    *,
    path_digest: str,
    k: int,
    window_start_tick: int,
    prev_chunk_id: str | None,
    refs: bool = False,
    map: str | None = None,
) -> Released | BelowFloor:
    """Release the next window of a stream, or say that it is below its floor.

    Args:
        stream: the stream.
        partial: units that no window has consumed yet, with ``stream.channels(refs=...)`` as its channels; it is
            not changed. Take out what was consumed before the next call: ``partial.without(released.consumed)``.
        path_digest: the release's own; where there is no release, ``stream.digest``.
        k: the floor in units, from the stream's least floor to 1,000,000.
        window_start_tick: where the stream's last window ended, 0 before the first.
        prev_chunk_id: the stream's newest chunk, ``None`` before the first.
        refs: whether refs were asked for; given only where the stream has them and nothing was suppressed.
        map: which map, for a stream with one-map contribution; ``None`` otherwise.

    Returns:
        The chunk of the first ``maxWindowTicks`` units by digest (one-map: of those dealt to ``map``). Equal
        input gives equal bytes, however the partial came about.

    Raises:
        WeftendError: ``FLOOR_TOO_LOW``, ``USAGE`` (a floor above 1,000,000; a map that does not fit the
            contribution), ``PARTIAL_MISMATCH`` (other channels), ``TELEMETRY_BUDGET_EXCEEDED`` (a chunk over its
            stream's caps), ``TELEMETRY_TICK_INVALID``. Nothing has left then.
        ValueError: a digest that is none.

    Source: ``docs/privacy-model.md``.
    """
    units, released = _core.next_window(
        stream, partial, path_digest, k, window_start_tick, prev_chunk_id, refs, map
    )
    if released is None:
        return BelowFloor(units)
    chunk, chunk_id, window_end_tick, consumed, (maps, refs_code, refs_cut) = released
    notes = Notes(tuple(_map_notes(*item) for item in maps), refs_code, refs_cut)
    return Released(chunk, chunk_id, window_end_tick, units, consumed, notes)


def _map_notes(
    map: str,
    hidden: list[tuple[str, int]],
    complementary: list[tuple[str, int]],
    unregistered: list[tuple[str, int]],
    more: int,
) -> MapNotes:
    return MapNotes(map, tuple(hidden), tuple(complementary), tuple(unregistered), more)


def unregistered(stream: Stream, partial: Partial) -> dict[str, tuple[Names, int]]:
    """The raw keys of each map that fall into ``__other__``. **Private: for the operator's own eyes.**

    Returns:
        Map → at most 100 of them with their units, most frequent first, then in byte order; and how many more
        there are.
    """
    maps = zip(stream.maps, _core.unregistered(stream, partial), strict=True)
    return {name: (tuple(listed), more) for name, (listed, more) in maps}
