"""In which order people see buckets: durations from short to long, everything else from frequent to rare."""

from __future__ import annotations

import re
from typing import Final

_DURATION: Final = re.compile(r"ms_(\d{1,18})")

Place = tuple[int, int, int, str]


def lower_bound(bucket: str) -> int | None:
    """Where a bucket of durations begins, in milliseconds; ``None`` for any other bucket."""
    found = _DURATION.fullmatch(bucket)
    return int(found[1]) if found else None


def place(bucket: str, units: int, total: int = 0) -> Place:
    """A sort key for the buckets of one map."""
    begins = lower_bound(bucket)
    return (1, -units, -total, bucket) if begins is None else (0, begins, 0, bucket)
