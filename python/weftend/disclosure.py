"""Statistical disclosure control, by the core: which buckets of a map may be shown.

For tests and auditors; releases go through :mod:`weftend.egress`. ``weftend.reference.disclosure`` has the same
function once more, in standard-library Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from weftend import _core

__all__ = ["Disclosure", "disclose"]


class Disclosure(NamedTuple):
    """What one map shows.

    ``visible``: bucket key → count, in byte order of the keys; suppressed and empty buckets are both absent.
    ``complete``: nothing was suppressed.
    """

    visible: dict[str, int]
    complete: bool


def disclose(kind: str, counts: Mapping[str, int], *, units: int, k: int, clamp: int = 1) -> Disclosure:
    """Apply primary, then complementary suppression to one map of one window.

    Args:
        kind: ``partition``, ``sum`` or ``set``.
        counts: bucket key → units (partition, set) or the total of the clamped amounts (sum); zeros are as good
            as absent.
        units: how many units the window holds, from 0.
        k: the floor in units, from 1.
        clamp: the most that one unit adds to a bucket, from 1; only a sum has one above 1.

    Returns:
        The visible buckets, and whether those are all. With fewer than ``k`` units nothing shows.

    Raises:
        ValueError: for what no window can hold: another kind, a number of 2^53 or more, a count above ``units``
            times ``clamp``, a partition that does not sum to ``units``.

    Source: ``docs/privacy-model.md``.
    """
    if any(count >= 2**53 for count in counts.values()):
        raise ValueError("numbers are from 0 and below 2^53")
    try:
        visible, complete = _core.disclose(kind, clamp, dict(counts), units, k)
    except OverflowError as error:
        raise ValueError("numbers are from 0 and below 2^53") from error
    return Disclosure(dict(visible), complete)
