"""Numbers where printing, reading and ranges are hard, as values and as tokens.

Known divergences between core and reference: none.
"""

from __future__ import annotations

import math
import sys

from hypothesis import strategies as st

SMALLEST = 5e-324


def _ulps_from(number: float, count: int) -> float:
    towards = math.inf if count > 0 else -math.inf
    for _ in range(abs(count)):
        number = math.nextafter(number, towards)
    return number


powers_of_two = st.integers(-1074, 1023).map(lambda e: math.ldexp(1.0, e))
powers_of_ten = st.integers(-323, 308).map(lambda e: float(f"1e{e}"))
edges = st.sampled_from(
    [1e21, 1e-6, 1e-7, 2.0**53, 2.0**63, 2.0**64, 2.0**-1022, sys.float_info.max, SMALLEST]
)
near_powers = st.builds(_ulps_from, powers_of_two | powers_of_ten | edges, st.integers(-3, 3))

doubles = st.one_of(
    st.builds(math.copysign, near_powers, st.sampled_from([1.0, -1.0])),
    st.floats(),
    st.integers(-(2**70), 2**70).map(float),
    st.decimals(-(10**9), 10**9, places=3).map(float),
    st.sampled_from([0.0, -0.0, math.nan, math.inf, -math.inf]),
)
"""Doubles of every kind, now and then not finite."""

integers = st.one_of(
    st.integers(-1000, 1000),
    st.builds(
        lambda edge, sign, offset: sign * edge + offset,
        st.sampled_from([2**31, 2**32, 2**53, 2**63, 2**64, 10**15, 10**16, 10**21, 10**400]),
        st.sampled_from([1, -1]),
        st.integers(-2, 2),
    ),
    st.integers(),
)
"""Integers, many at the edges of what is accepted or of what a machine word holds."""

_digits = st.text("0123456789", min_size=1, max_size=25)
_whole = st.one_of(
    st.just("0"), st.builds(lambda first, rest: first + rest, st.sampled_from("123456789"), _digits)
)
_fraction = st.one_of(st.just(""), _digits.map(lambda digits: "." + digits))
_exponent = st.one_of(
    st.just(""),
    st.builds(
        lambda e, sign, power: f"{e}{sign}{power}",
        st.sampled_from("eE"),
        st.sampled_from(["", "+", "-"]),
        st.integers(0, 30) | st.integers(290, 340) | st.integers(0, 10**20),
    ),
)


def _half_way(number: float) -> str:
    """The exact decimal text between a double and the next, in up to some 770 digits."""
    numerator, denominator = number.as_integer_ratio()
    above, below = math.nextafter(number, math.inf).as_integer_ratio()
    middle, scale = numerator * below + above * denominator, 2 * denominator * below
    power = scale.bit_length() - 1
    return f"{middle * 5**power}e-{power}"


_ties = near_powers.filter(lambda number: number < sys.float_info.max).map(_half_way)
_beside_ties = st.builds(
    lambda tie, digit: tie.replace("e", digit + "e", 1), _ties, st.sampled_from([".0", ".0001"])
)

tokens = st.one_of(
    st.builds(
        lambda sign, *parts: sign + "".join(parts), st.sampled_from(["", "-"]), _whole, _fraction, _exponent
    ),
    integers.map(lambda number: str(number) if abs(number) < 10**600 else "1" * 700),
    doubles.filter(math.isfinite).map(repr),
    doubles.filter(math.isfinite).map(lambda number: f"{number:.30e}"),
    doubles.filter(lambda number: abs(number) < 1e30).map(lambda number: f"{number:.0f}"),
    _ties,
    _beside_ties,
)
"""Number tokens of RFC 8259: any form, exact integers, ties between doubles and a hair beside them."""
