"""Which buckets of a map may be shown: primary and complementary suppression.

A pure function of the counts, written to be read; it shares no code with the core and must agree with it. Why
the rule is as it is, what it gives and what it does not give: ``docs/privacy-model.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

OTHER: Final = "__other__"
"""The bucket of every key that is not in the vocabulary."""
NONE: Final = "__none__"
"""The bucket of a partition for units that have no key."""
KINDS: Final = ("partition", "sum", "set")
LARGEST: Final = 2**53 - 1
"""Counts, units and thresholds stay below this, where every integer is one double."""


class Disclosure(NamedTuple):
    """What one map shows.

    ``visible``: bucket key → count, in byte order of the keys; suppressed and empty buckets are both absent.
    ``complete``: nothing was suppressed.
    """

    visible: dict[str, int]
    complete: bool


def disclose(kind: str, counts: Mapping[str, int], *, units: int, k: int, clamp: int = 1) -> Disclosure:
    """Apply primary, then complementary suppression to one map of one window.

    ``kind`` is ``partition``, ``sum`` or ``set``. ``counts`` maps bucket key → units (partition, set) or the
    total of the clamped amounts (sum); zeros are as good as absent. ``units`` is how many units the window
    holds and ``k`` the floor in units, from 1. ``clamp`` is the most that one unit adds to a bucket; only a
    sum has one above 1. With fewer than ``k`` units every bucket is under the floor, so nothing shows.
    Raises :class:`ValueError` for what no window can hold: another kind, a count above ``units`` times
    ``clamp``, a partition that does not sum to ``units``. Source: ``docs/privacy-model.md``.
    """
    present = {key: counts[key] for key in sorted(counts, key=_bytes) if counts[key] != 0}
    _refuse_impossible(kind, present, units, k, clamp)
    visible = {key: count for key, count in present.items() if count >= k * clamp}
    if len(visible) == len(present):
        return Disclosure(visible, complete=True)
    hidden_total = sum(present.values()) - sum(visible.values())
    for key in sorted(visible, key=_goes_first):
        hidden_total += visible.pop(key)
        if kind != "partition" or hidden_total >= 2 * k:
            break
    return Disclosure(visible, complete=False)


def _goes_first(key: str) -> tuple[bool, bytes]:
    """The order of complementary suppression: ``__other__``, then byte order; no count can change it."""
    return key != OTHER, _bytes(key)


def _bytes(key: str) -> bytes:
    return key.encode()


def _refuse_impossible(kind: str, counts: Mapping[str, int], units: int, k: int, clamp: int) -> None:
    """Refuse what no window could hold, so that a caller's mistake never looks like a disclosure."""
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r} is none of {', '.join(KINDS)}")
    if not 1 <= k <= LARGEST or not 1 <= clamp <= LARGEST or not 0 <= units <= LARGEST:
        raise ValueError("k and clamp are from 1, units from 0, all below 2^53")
    if kind != "sum" and clamp != 1:
        raise ValueError("only a sum has a clamp above 1")
    if any(count > LARGEST for count in counts.values()):
        raise ValueError("numbers are from 0 and below 2^53")
    if any(not 0 < count <= units * clamp for count in counts.values()):
        raise ValueError("a count lies between 0 and units x clamp")
    if kind == "partition" and sum(counts.values()) != units:
        raise ValueError("the counts of a partition sum to the units")
