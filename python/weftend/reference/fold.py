"""Partial folds as plain dictionaries: what each unit contributes, before anything is clamped or counted.

Private data, like the core's partial. Merging unites units and their parts; where both sides have the same
part of the same unit, the same record was met twice, and of each bucket the greater amount stands. So merging
is associative, commutative and idempotent, and ``{}`` is its identity.
"""

from __future__ import annotations

from typing import Final

MAX_AMOUNT: Final = 2**53 - 1
"""Amounts saturate here, where every integer is still one double."""
MAX_KEY_BYTES: Final = 512
"""A raw key is not longer, in UTF-8; a longer one counts as ``__other__``."""

Part = dict[tuple[str, str], int]
"""(channel, raw key) → amount, from one source record."""
Partial = dict[bytes, dict[bytes, Part]]
"""Unit digest (32 bytes) → part digest → contributions. A unit that is one record has the one part of its own
digest; a unit without a key has no part, or an empty one."""


def add(partial: Partial, unit: bytes, part: bytes, channel: str, key: str, amount: int = 1) -> None:
    """Add ``amount`` to one bucket of one unit, in place, as part of one record; amounts of a record add up.

    ``channel`` is the name of a map or of a list of refs. Zero only makes the unit known.
    """
    parts = partial.setdefault(unit, {})
    if amount == 0:
        return
    bucket = channel, key if len(key.encode()) <= MAX_KEY_BYTES else "__other__"
    amounts = parts.setdefault(part, {})
    amounts[bucket] = min(amounts.get(bucket, 0) + amount, MAX_AMOUNT)


def merge(left: Partial, right: Partial) -> Partial:
    """The union of two partials; neither is changed."""
    return {
        unit: _merge_unit(left.get(unit, {}), right.get(unit, {}))
        for unit in sorted(left.keys() | right.keys())
    }


def _merge_unit(left: dict[bytes, Part], right: dict[bytes, Part]) -> dict[bytes, Part]:
    return {
        part: _merge_part(left.get(part, {}), right.get(part, {}))
        for part in sorted(left.keys() | right.keys())
    }


def _merge_part(left: Part, right: Part) -> Part:
    return {
        bucket: max(left.get(bucket, 0), right.get(bucket, 0))
        for bucket in sorted(left.keys() | right.keys())
    }


def totals(parts: dict[bytes, Part], channel: str) -> dict[str, int]:
    """What one unit says of one channel: raw key → amount, added up over its parts."""
    amounts: dict[str, int] = {}
    for part in parts.values():
        for (name, key), amount in part.items():
            if name == channel:
                amounts[key] = min(amounts.get(key, 0) + amount, MAX_AMOUNT)
    return amounts
