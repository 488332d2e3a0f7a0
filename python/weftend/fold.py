"""Streams and partial folds, by the core.

A :class:`Partial` holds, per unit, exactly what it contributes. It is **private**: it never leaves the machine
but under ``--home``, and only :mod:`weftend.egress` makes something of it that may. ``weftend.reference.fold`` is
its twin in plain dictionaries.

``Partial(channels)``
    An empty partial. ``channels``: 0 to 256 distinct names of 1 to 128 bytes: :meth:`Stream.channels`.
    ``WeftendError`` (``PARTIAL_INVALID``) otherwise.
``add(unit, part, channel, key, amount=1)``
    Adds to one bucket of one unit. ``unit``, ``part``: 32-byte digests of the unit and of the source record that
    says so; equal where the unit is one record. ``channel``: its number. ``key``: raw, registered or not; one of
    more than 512 bytes counts as ``__other__``. ``amount``: from 0 (which only makes the unit known) to 2^64 - 1;
    amounts of one record add up, to at most 2^53 - 1. :meth:`!end_record` says that a record has been read whole;
    what is added to the same unit and part later is that record met again.
``merge(other)``
    Makes this the union: associative, commutative, idempotent; the empty partial is its identity. Where both have
    the same (unit, part), of each bucket the greater amount stands. ``WeftendError`` (``PARTIAL_MISMATCH``) unless
    both have the same channels.
``absorb(shard)``
    Makes this the sum: only for shards of one reading that have seen different bytes of the same records.
``to_bytes()``, ``from_bytes(data)``
    Equal partials are equal bytes; the first line says that they are private. Bytes from anywhere are checked
    before they are believed: ``WeftendError`` (``PARTIAL_INVALID``, path ``#`` and a byte offset). A partial
    pickles as these bytes.
``digests()``, ``without(digests)``
    All units as 32-byte digests one behind the other, in byte order; takes those given (in any order) out and
    says how many were there. ``ValueError`` for bytes that are not 32 each.
``totals()``
    Per channel: raw key → (units, total), exact, before any clamp, vocabulary or floor.

A partial may be shared between threads; long work runs without the GIL. Source: ``docs/data-model.md``.
"""

from __future__ import annotations

from weftend import _core
from weftend._core import Partial, Stream

__all__ = ["Partial", "Stream", "exact"]


def exact(stream: Stream, partial: Partial) -> dict[str, dict[str, tuple[int, int]]]:
    """The fold under the stream's vocabulary: map → bucket → (units, total). **Private.**

    Exact, before any clamp and any floor. Names that no vocabulary has are together in ``__other__``; in a
    partition each unit is in one bucket, ``__none__`` where it has no key. Every unit counts in every map,
    whatever the stream's contribution. ``partial``: with ``stream.channels()`` as its channels.
    """
    return dict(zip(stream.maps, _core.exact_fold(stream, partial), strict=True))
