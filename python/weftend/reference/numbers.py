"""Numbers: read as doubles (RFC 8259 section 6), printed as ECMAScript does (RFC 8785 section 3.2.2.3).

RFC 8785 takes its number text from ECMAScript, ``Number::toString`` with radix 10: the shortest run of digits
that reads back as the same double, and of those the nearest to its value. Python's ``repr`` finds the same
digits; only the places of the point and of the exponent differ, and that is all this module decides.
"""

from __future__ import annotations

import math
from typing import Final

from weftend.errors import CanonicalizationError, Code

MAX_SAFE_INTEGER: Final = 2**53 - 1
"""The greatest integer up to which every integer is a double (RFC 7493 section 2.2)."""


def number_text(value: float) -> str:
    """The ECMAScript text of a finite double.

    Args:
        value: finite; negative zero prints as ``0``. An ``int`` within ±(2^53-1) is the double it equals.

    Returns:
        ASCII, at most 25 characters.

    Source: ECMA-262 ``Number::toString``, as RFC 8785 section 3.2.2.3 and appendix B use it.
    """
    value = float(value)
    if not math.isfinite(value):
        raise ValueError("only finite numbers have a JSON text")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    digits, point = decimal_digits(abs(value))
    return sign + _place(digits, point)


def decimal_digits(value: float) -> tuple[str, int]:
    """The shortest digits of a positive finite double, and where the point stands.

    Returns:
        ``(digits, n)`` such that the value reads ``0.digits`` times ``10**n``; no zero at either end of
        ``digits``. These are the ``s`` (its digits) and ``n`` of ECMA-262.
    """
    mantissa, _, exponent = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(digits) - len(fraction) + int(exponent or 0)
    return digits.rstrip("0"), point


def _place(digits: str, point: int) -> str:
    """The four forms of ``Number::toString``: integer, fraction, small fraction, exponent."""
    count = len(digits)
    if count <= point <= 21:
        return digits + "0" * (point - count)
    if 0 < point <= 21:
        return digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    fraction = "." + digits[1:] if count > 1 else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"


def read_integer(token: str, start: int) -> int | float:
    """A number written without fraction and exponent, which may be long: an ``int`` once it is known to be
    short.

    Args:
        token: ASCII, of the grammar; read as the nearest double, ties to even.
        start: where the token stands, as a byte offset.

    Raises:
        CanonicalizationError: ``CANON_NUMBER_RANGE``: it is outside ±(2^53-1), where it may not be the
        double it
            reads as, and is not the very text that ECMAScript prints for that double.
    """
    nearest = float(token)
    if abs(nearest) <= MAX_SAFE_INTEGER:
        return int(token)
    if math.isinf(nearest) or number_text(nearest) != token:
        raise CanonicalizationError(Code.CANON_NUMBER_RANGE, start)
    return nearest


def read_double(token: str, start: int) -> float:
    """A number with fraction or exponent: the nearest double, ties to even; what is too small is 0.

    Raises:
        CanonicalizationError: ``CANON_NUMBER_NOT_FINITE``: no finite double is near it.
    """
    nearest = float(token)
    if math.isinf(nearest):
        raise CanonicalizationError(Code.CANON_NUMBER_NOT_FINITE, start)
    return nearest
