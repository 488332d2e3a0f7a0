"""Bucket keys of CI reports: names as printable ASCII, and durations as powers of two."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

NANOS_PER_MILLI: Final = 1_000_000
MAX_NANOS: Final = 10**18
"""A time of this many nanoseconds (31 years) or more is not believed."""
UNKNOWN: Final = "unknown"

_SECONDS: Final = re.compile(
    r"[ \t\n\r]*\+?(?P<number>(\d{1,3}(,\d{3})+\.\d*|\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?)[ \t\n\r]*", re.ASCII
)


def percent_encoded(name: str) -> str:
    """``name`` with every byte of its UTF-8 outside ``!`` to ``~`` as ``%XX``; a ``%`` stays as it is."""
    return "".join(chr(byte) if 0x21 <= byte <= 0x7E else f"%{byte:02X}" for byte in name.encode())


def seconds(text: str) -> int | None:
    """Seconds in decimal notation as whole nanoseconds, cut; ``None`` where it is no such time.

    Read are ``12``, ``1.5``, ``.5``, ``5.``, an exponent of up to three digits, white space around, a leading
    ``+``, and groups of three digits by commas where a decimal point follows (``1,234.567``).
    """
    found = _SECONDS.fullmatch(text)
    if found is None:
        return None
    nanos = int(Fraction(found["number"].replace(",", "")) * 10**9)
    return nanos if nanos < MAX_NANOS else None


def duration_key(nanos: int | None) -> str:
    """``ms_1`` below 2 ms, ``ms_2``, ``ms_4``, … by their lower bound; ``unknown`` without a time."""
    if nanos is None:
        return UNKNOWN
    return f"ms_{1 << (max(nanos // NANOS_PER_MILLI, 1).bit_length() - 1)}"
