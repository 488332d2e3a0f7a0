"""Python values: what is accepted, how subclasses are read, what is refused with which code and pointer."""

from __future__ import annotations

import enum
import math
import sys
from collections import Counter, OrderedDict, UserDict, defaultdict, namedtuple
from decimal import Decimal
from fractions import Fraction
from itertools import count

import pytest

from weftend.errors import CanonicalizationError, Code

DEPTH = 128


def nested(levels: int, inner: object = None) -> object:
    """``inner`` inside so many lists."""
    for _ in range(levels):
        inner = [inner]
    return inner


class Colour(enum.StrEnum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


class Lying(str):
    """A string that claims to be another one."""

    __slots__ = ()

    def __str__(self) -> str:
        return "lie"

    __repr__ = __format__ = encode = __str__

    def __len__(self) -> int:
        return 0


class LyingInt(int):
    def __int__(self) -> int:
        return 999

    __index__ = __int__

    def __float__(self) -> float:
        return 999.0

    def __repr__(self) -> str:
        return "999"


class LyingFloat(float):
    def __float__(self) -> float:
        return 999.0

    def __repr__(self) -> str:
        return "999"

    def is_integer(self) -> bool:
        return True


class LyingDict(dict):
    def items(self):
        raise AssertionError("the caller's code ran")

    __iter__ = keys = values = __len__ = __getitem__ = __contains__ = items


class LyingList(list):
    def __iter__(self):
        raise AssertionError("the caller's code ran")

    __len__ = __getitem__ = __bool__ = __iter__


class LyingTuple(tuple):
    __slots__ = ()

    def __iter__(self):
        raise AssertionError("the caller's code ran")

    __len__ = __getitem__ = __bool__ = __iter__


class Name(str):
    """A name that is never equal to another, as a key."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class Forged:
    """No dictionary, whatever ``isinstance`` thinks."""

    __class__ = dict


Point = namedtuple("Point", "x y")

ACCEPTED = [
    (None, b"null"),
    (True, b"true"),
    (False, b"false"),
    (0, b"0"),
    (-0.0, b"0"),
    (2**53 - 1, b"9007199254740991"),
    (-(2**53) + 1, b"-9007199254740991"),
    (1.0, b"1"),
    (2.0**53, b"9007199254740992"),
    (1e21, b"1e+21"),
    (-1e-7, b"-1e-7"),
    (sys.float_info.max, b"1.7976931348623157e+308"),
    ("", b'""'),
    ('"\\/\b\x00\x7f\u2028', b'"\\"\\\\/\\b\\u0000\x7f\xe2\x80\xa8"'),
    ("\ufffe\U0010ffff", b'"\xef\xbf\xbe\xf4\x8f\xbf\xbf"'),
    ([], b"[]"),
    ((), b"[]"),
    ({}, b"{}"),
    ([1, (2, [3])], b"[1,[2,[3]]]"),
    ({"b": 1, "a": 2, "": 3}, b'{"":3,"a":2,"b":1}'),
    ({"\ue000": 1, "\U00010000": 2}, b'{"\xf0\x90\x80\x80":2,"\xee\x80\x80":1}'),
    (nested(DEPTH), b"[" * DEPTH + b"null" + b"]" * DEPTH),
]

SUBCLASSES = [
    (Colour.RED, b'"red"'),
    ({Colour.RED: Level.LOW}, b'{"red":1}'),
    (Lying("truth"), b'"truth"'),
    ({Lying("truth"): 1}, b'{"truth":1}'),
    (LyingInt(7), b"7"),
    (LyingFloat(0.5), b"0.5"),
    (LyingDict(a=1), b'{"a":1}'),
    (LyingList([1, 2]), b"[1,2]"),
    (LyingTuple([1, 2]), b"[1,2]"),
    (Point(1, 2), b"[1,2]"),
    (OrderedDict(b=1, a=2), b'{"a":2,"b":1}'),
    (defaultdict(list, a=[1]), b'{"a":[1]}'),
    (Counter("aab"), b'{"a":2,"b":1}'),
]

REFUSED = [
    (object(), Code.CANON_TYPE, ""),
    (b"bytes", Code.CANON_TYPE, ""),
    ({"a": {1, 2}}, Code.CANON_TYPE, "/a"),
    ([0, Decimal(1)], Code.CANON_TYPE, "/1"),
    ([Fraction(1)], Code.CANON_TYPE, "/0"),
    (1j, Code.CANON_TYPE, ""),
    (UserDict(), Code.CANON_TYPE, ""),
    (Forged(), Code.CANON_TYPE, ""),
    (range(3), Code.CANON_TYPE, ""),
    ({"a": [1, math.nan]}, Code.CANON_NUMBER_NOT_FINITE, "/a/1"),
    (math.inf, Code.CANON_NUMBER_NOT_FINITE, ""),
    (LyingFloat("-inf"), Code.CANON_NUMBER_NOT_FINITE, ""),
    (2**53, Code.CANON_NUMBER_RANGE, ""),
    ([-(2**53)], Code.CANON_NUMBER_RANGE, "/0"),
    (2**63, Code.CANON_NUMBER_RANGE, ""),
    ([10**5000], Code.CANON_NUMBER_RANGE, "/0"),
    (LyingInt(2**64), Code.CANON_NUMBER_RANGE, ""),
    (["\ud800"], Code.CANON_SURROGATE, "/0"),
    ("a\udfff", Code.CANON_SURROGATE, ""),
    ("\ud83d\ude00", Code.CANON_SURROGATE, ""),
    ({"a": {"\udc00": 1}}, Code.CANON_SURROGATE, "/a"),
    ({1: 2}, Code.CANON_KEY_TYPE, ""),
    ({"a": {None: 2}}, Code.CANON_KEY_TYPE, "/a"),
    ({b"a": 2}, Code.CANON_KEY_TYPE, ""),
    ({Name("a"): 1, Name("a"): 1}, Code.CANON_DUPLICATE_NAME, ""),
    ([{Name("a"): 1, "b": 2, "a": 1}], Code.CANON_DUPLICATE_NAME, "/0"),
    (nested(DEPTH + 1), Code.CANON_DEPTH, "/0" * DEPTH),
    (nested(DEPTH, {}), Code.CANON_DEPTH, "/0" * DEPTH),
    (nested(DEPTH, ()), Code.CANON_DEPTH, "/0" * DEPTH),
    (nested(100_000), Code.CANON_DEPTH, "/0" * DEPTH),
]

FIRST_WINS = [
    ({"b": object(), "a": math.nan}, Code.CANON_NUMBER_NOT_FINITE, "/a"),
    ({"\ue000": object(), "\U00010000": math.nan}, Code.CANON_NUMBER_NOT_FINITE, "/\U00010000"),
    ({"a": object(), 1: 2}, Code.CANON_KEY_TYPE, ""),
    ({"\ud800": 1, 1: 2}, Code.CANON_SURROGATE, ""),
    ({1: 2, "\ud800": 1}, Code.CANON_KEY_TYPE, ""),
    ({Name("a"): 1, Name("a"): 1, 1: 2}, Code.CANON_DUPLICATE_NAME, ""),
    ({Name("a"): 1, 1: 2, Name("a"): 1}, Code.CANON_KEY_TYPE, ""),
    ({Name("a"): 1, "\ud800": 2, Name("a"): 1}, Code.CANON_SURROGATE, ""),
    ({Name("a"): object(), Name("a"): 1}, Code.CANON_DUPLICATE_NAME, ""),
    ([2**53, math.nan], Code.CANON_NUMBER_RANGE, "/0"),
    ({"a": {"b": {1: 1}}, "b": {1: 1}}, Code.CANON_KEY_TYPE, "/a/b"),
    (nested(DEPTH, [object()]), Code.CANON_DEPTH, "/0" * DEPTH),
]

POINTERS = [
    ({"a/b": {"~": [math.nan]}}, "/a~1b/~0/0"),
    ({"": math.nan}, "/"),
    ({"~1": math.nan}, "/~01"),
    ({'"\x00 é': math.nan}, '/"\x00 é'),
    ([0] * 10 + [math.nan], "/10"),
    ({"a": 0, "b": math.nan}, "/b"),
    ({"a": 0, "b": {"c": [], "d": [{}, {"e": "", "f/": math.nan}]}}, "/b/d/1/f~1"),
    ({"": None, "\x00": {"": None, '"': math.nan}}, '/\x00/"'),
]


def refusal(call, value: object) -> tuple[str, int | str]:
    with pytest.raises(CanonicalizationError) as caught:
        call(value)
    return caught.value.code, caught.value.place


# Numbered, not named: pytest would name a case by asking a value that lies.
@pytest.mark.parametrize(("value", "expected"), ACCEPTED + SUBCLASSES, ids=count())
def test_accepted(implementation, value, expected):
    assert implementation.canonicalize(value) == expected
    assert implementation.digest(value) == implementation.digest_text(expected)


@pytest.mark.parametrize(("value", "code", "place"), REFUSED + FIRST_WINS, ids=count())
def test_refused(implementation, value, code, place):
    assert refusal(implementation.canonicalize, value) == (code, place)
    assert refusal(implementation.digest, value) == (code, place)


@pytest.mark.parametrize(("value", "pointer"), POINTERS)
def test_places_are_json_pointers(implementation, value, pointer):
    assert refusal(implementation.canonicalize, value) == (Code.CANON_NUMBER_NOT_FINITE, pointer)


def test_a_container_may_be_met_twice_but_not_inside_itself(implementation):
    shared = [1]
    assert implementation.canonicalize([shared, {"a": shared}]) == b'[[1],{"a":[1]}]'
    shared.append(shared)
    assert refusal(implementation.canonicalize, [0, shared]) == (Code.CANON_CYCLE, "/1/1")


def test_cycles_are_found_at_the_first_way_back(implementation):
    outer: dict[str, object] = {}
    outer["a"] = [(outer,)]
    assert refusal(implementation.canonicalize, outer) == (Code.CANON_CYCLE, "/a/0/0")
    assert refusal(implementation.canonicalize, nested(60, outer)) == (Code.CANON_CYCLE, "/0" * 60 + "/a/0/0")


def test_a_cycle_is_told_from_depth(implementation):
    loop: list[object] = []
    loop.append(nested(DEPTH - 2, loop))
    assert refusal(implementation.canonicalize, loop) == (Code.CANON_CYCLE, "/0" * (DEPTH - 1))
    loop[0] = nested(DEPTH - 1, loop)
    assert refusal(implementation.canonicalize, loop) == (Code.CANON_CYCLE, "/0" * DEPTH)
    loop[0] = nested(DEPTH, loop)
    assert refusal(implementation.canonicalize, loop) == (Code.CANON_DEPTH, "/0" * DEPTH)


def test_what_comes_before_the_way_back_is_refused_first(implementation):
    loop: list[object] = [math.nan]
    loop.append(loop)
    assert refusal(implementation.canonicalize, loop) == (Code.CANON_NUMBER_NOT_FINITE, "/0")
    loop.reverse()
    assert refusal(implementation.canonicalize, loop) == (Code.CANON_CYCLE, "/0")


@pytest.mark.parametrize("text", ["\ud800", "{\ud800", "\ufeff\ud800", "[\ud83d\ude00]"])
def test_a_lone_surrogate_in_str_comes_before_all_else(implementation, text):
    place = len(text[: next(i for i, c in enumerate(text) if "\ud800" <= c <= "\udfff")].encode())
    assert refusal(implementation.canonicalize_text, text) == (Code.CANON_SURROGATE, place)
    assert refusal(implementation.digest_text, text) == (Code.CANON_SURROGATE, place)


def test_places_in_str_are_byte_offsets(implementation):
    assert refusal(implementation.canonicalize_text, '["é€😀",x]') == (Code.CANON_SYNTAX, 13)
    assert refusal(implementation.canonicalize_text, "\ufeff1") == (Code.CANON_BOM, 0)


def test_subclasses_of_bytes_and_str_are_texts(implementation):
    assert implementation.canonicalize_text(Lying("[1 ]")) == b"[1]"
    assert implementation.canonicalize_text(type("B", (bytes,), {})(b"[1 ]")) == b"[1]"


@pytest.mark.parametrize("text", [bytearray(b"1"), memoryview(b"1"), 1, None, [], {}])
def test_other_types_are_no_texts(implementation, text):
    for call in (implementation.canonicalize_text, implementation.is_canonical, implementation.digest_text):
        with pytest.raises(TypeError):
            call(text)


def test_str_is_not_asked_whether_it_is_canonical(implementation):
    with pytest.raises(TypeError):
        implementation.is_canonical("1")


def test_digests_have_their_form(implementation):
    empty = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert implementation.digest({}) == implementation.digest_text(b" { } ") == empty


def test_errors_are_value_errors_that_show_code_and_place(implementation):
    with pytest.raises(ValueError, match="CANON_TRAILING at byte 1"):
        implementation.canonicalize_text(b"01")
    with pytest.raises(ValueError, match="CANON_TYPE at '/0'"):
        implementation.canonicalize([object()])
