"""Canonical JSON through the public functions: bytes, and for each refusal its code and place."""

from __future__ import annotations

import enum
from collections import OrderedDict, namedtuple
from typing import Any

import pytest

import weftend
from weftend import CanonicalizationError, canonicalize, canonicalize_text, is_canonical

MAX_SAFE = 2**53 - 1


class Name(str):
    """A str that lies about everything it can."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __str__(self) -> str:
        return "lie"

    def encode(self, *_: object) -> bytes:
        return b"lie"


class LyingDict(dict[str, object]):
    def items(self) -> Any:
        raise AssertionError("an overridden method was called")

    __iter__ = keys = values = __len__ = __getitem__ = items


class LyingList(list[object]):
    def __iter__(self) -> Any:
        raise AssertionError("an overridden method was called")

    __len__ = __getitem__ = __iter__


class LyingFloat(float):
    def __float__(self) -> float:
        return 7.0

    __repr__ = __str__ = None  # type: ignore[assignment]


class Colour(enum.StrEnum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


Point = namedtuple("Point", ["x", "y"])


class Forged:
    @property
    def __class__(self) -> type:  # type: ignore[override]
        return dict


def nested(levels: int, inner: object = 1) -> object:
    for level in range(levels):
        inner = [inner] if level % 2 else {"k": inner}
    return inner


def refusal(call: Any, argument: object) -> tuple[str, int | str]:
    with pytest.raises(CanonicalizationError) as caught:
        call(argument)
    return caught.value.code, caught.value.place


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, b"null"),
        (True, b"true"),
        (False, b"false"),
        (0, b"0"),
        (-MAX_SAFE, b"-9007199254740991"),
        (-0.0, b"0"),
        (1.0, b"1"),
        (1e21, b"1e+21"),
        (1e-7, b"1e-7"),
        (0.000001, b"0.000001"),
        (float(2**53), b"9007199254740992"),
        (5e-324, b"5e-324"),
        ("", b'""'),
        ('\x00\x1f"\\/\x7f\u20ac\U0001f600', '"\\u0000\\u001f\\"\\\\/\x7f\u20ac\U0001f600"'.encode()),
        ([], b"[]"),
        ((), b"[]"),
        ({}, b"{}"),
        ((1, [2, (3,)]), b"[1,[2,[3]]]"),
        ({"b": 1, "a": {"d": None, "c": True}}, b'{"a":{"c":true,"d":null},"b":1}'),
        ({"\ue000": 1, "\U00010000": 2, "\u20ac": 3}, '{"\u20ac":3,"\U00010000":2,"\ue000":1}'.encode()),
        ({"a" * 40 + "b": 1, "a" * 40: 2, "a" * 40 + "a": 3}, None),
        ({"a": 1, "a\x00": 2, "b": 3}, b'{"a":1,"a\\u0000":2,"b":3}'),
        ({"a\x00": 2, "a": 1, "b": 3}, b'{"a":1,"a\\u0000":2,"b":3}'),
        ({"a": 1, "b": 2, "c": True, "d": None}, b'{"a":1,"b":2,"c":true,"d":null}'),
        (
            {"a" * 16: 1, "a" * 16 + "b": 2, "a" * 16 + "a": 3},
            b'{"%b":1,"%ba":3,"%bb":2}' % ((b"a" * 16,) * 3),
        ),
    ],
)
def test_values_have_one_spelling(value: object, expected: bytes | None) -> None:
    if expected is None:
        stem = b"a" * 40
        expected = b'{"' + stem + b'":2,"' + stem + b'a":3,"' + stem + b'b":1}'
    assert canonicalize(value) == expected
    assert canonicalize_text(expected) == expected
    assert is_canonical(expected)


def test_subclasses_are_read_through_their_base_type_and_run_no_code_of_theirs() -> None:
    assert canonicalize(LyingDict({"a": 1})) == b'{"a":1}'
    assert canonicalize(LyingList([1, 2])) == b"[1,2]"
    assert canonicalize(LyingFloat(0.5)) == b"0.5"
    assert canonicalize({Name("n"): Name("v")}) == b'{"n":"v"}'
    assert canonicalize([Colour.RED, Level.HIGH, Point(1, 2)]) == b'["red",3,[1,2]]'
    assert canonicalize({Colour.RED: 1}) == b'{"red":1}'
    assert canonicalize(OrderedDict(b=1, a=2)) == b'{"a":2,"b":1}'


@pytest.mark.parametrize(
    ("value", "code", "place"),
    [
        (object(), "CANON_TYPE", ""),
        (b"bytes", "CANON_TYPE", ""),
        ({1, 2}, "CANON_TYPE", ""),
        (Forged(), "CANON_TYPE", ""),
        ({"a/b": [0, {"c~d": 1j}]}, "CANON_TYPE", "/a~1b/1/c~0d"),
        ({"": {'\u00e9\n"': object()}}, "CANON_TYPE", '//\u00e9\n"'),
        ({"a": {1: 2}}, "CANON_KEY_TYPE", "/a"),
        ({"b": object(), None: 1}, "CANON_KEY_TYPE", ""),
        ({"\ud800": 1, 5: 1}, "CANON_SURROGATE", ""),
        ({5: 1, "\ud800": 1}, "CANON_KEY_TYPE", ""),
        (["\u20ac\udfff"], "CANON_SURROGATE", "/0"),
        ({"b": float("nan"), "a": float("inf")}, "CANON_NUMBER_NOT_FINITE", "/a"),
        ({"\ue000": float("nan"), "\U00010000": object()}, "CANON_TYPE", "/\U00010000"),
        ([MAX_SAFE, -MAX_SAFE - 1], "CANON_NUMBER_RANGE", "/1"),
        (10**400, "CANON_NUMBER_RANGE", ""),
        ({"a": 1, "b": MAX_SAFE + 1, "c": 2}, "CANON_NUMBER_RANGE", "/b"),
        ({"a": 1, "b": MAX_SAFE + 1, "A": object()}, "CANON_TYPE", "/A"),
        ({"a": 1, "b": 10**400, "\ud800": 2}, "CANON_SURROGATE", ""),
        (-(2**63), "CANON_NUMBER_RANGE", ""),
        ({Name("n"): 1, Name("n"): 2}, "CANON_DUPLICATE_NAME", ""),
        ({Name("n"): 1, Name("n"): 2, 3: 4}, "CANON_DUPLICATE_NAME", ""),
        ({Name("n"): 1, 3: 4, Name("n"): 2}, "CANON_KEY_TYPE", ""),
    ],
)
def test_values_that_are_refused(value: object, code: str, place: str) -> None:
    assert refusal(canonicalize, value) == (code, place)


def test_level_129_is_refused_and_level_128_is_not() -> None:
    assert is_canonical(canonicalize(nested(128)))
    assert refusal(canonicalize, nested(129)) == ("CANON_DEPTH", "/k" + "/0/k" * 63 + "/0")


def test_a_container_inside_itself_is_named_where_it_comes_again() -> None:
    loop: list[object] = [1]
    loop.append({"x": (loop,)})
    assert refusal(canonicalize, loop) == ("CANON_CYCLE", "/1/x/0")
    assert refusal(canonicalize, nested(127, loop))[0] == "CANON_DEPTH"
    own: dict[str, object] = {"a": 1}
    own["b"] = own
    assert refusal(canonicalize, [own]) == ("CANON_CYCLE", "/0/b")


def test_what_occurs_twice_without_a_cycle_is_fine() -> None:
    shared = {"a": [1]}
    assert canonicalize([shared, shared]) == b'[{"a":[1]},{"a":[1]}]'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b" { } ", b"{}"),
        (b"[ ]\n", b"[]"),
        (b'\t{"b" : 1.0 , "a" : [ 1e0 , -0 , -0.0 , -1e-400 ] }', b'{"a":[1,0,0,0],"b":1}'),
        (
            rb'"\u0041\/\u00e9\ud83d\ude00\u000a\u001F\u0022\u005c"',
            '"A/é\U0001f600\\n\\u001f\\"\\\\"'.encode(),
        ),
        (
            b'{"a":{"z":1,"y":{"d":1,"c":2}},"A":[{"b":1,"a":2}]}',
            b'{"A":[{"a":2,"b":1}],"a":{"y":{"c":2,"d":1},"z":1}}',
        ),
        (rb'{"\u0062":1,"a":2}', b'{"a":2,"b":1}'),
        (rb'{"a\"":1,"a!":2,"a#":3}', rb'{"a!":2,"a\"":1,"a#":3}'),
        (
            rb'{"\u000f":1,"\n":2,"\u0000":3,"\u001f":4,"\r":5}',
            rb'{"\u0000":3,"\n":2,"\r":5,"\u000f":1,"\u001f":4}',
        ),
        (b"295147905179352830000", b"295147905179352830000"),
        (b"9007199254740992", b"9007199254740992"),
        (b"1E+2", b"100"),
        (b"0.1e-6", b"1e-7"),
        (b"123456789012345678901234567890e-10", b"12345678901234567000"),
    ],
)
def test_texts_have_one_spelling(text: bytes, expected: bytes) -> None:
    assert canonicalize_text(text) == expected
    assert canonicalize_text(text.decode()) == expected
    assert is_canonical(text) is (text == expected)
    assert is_canonical(expected)


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (b"", "CANON_TRUNCATED", 0),
        (b" \n", "CANON_TRUNCATED", 2),
        (b"[1,", "CANON_TRUNCATED", 3),
        (b'{"a', "CANON_TRUNCATED", 3),
        (b"-", "CANON_TRUNCATED", 1),
        (b"1e", "CANON_TRUNCATED", 2),
        (b"tru", "CANON_TRUNCATED", 3),
        (b"01", "CANON_TRAILING", 1),
        (b"{} {}", "CANON_TRAILING", 3),
        (b"truex", "CANON_TRAILING", 4),
        (b"[01]", "CANON_SYNTAX", 2),
        (b"[1,]", "CANON_SYNTAX", 3),
        (b'{"a":1,}', "CANON_SYNTAX", 7),
        (b"{1:2}", "CANON_SYNTAX", 1),
        (b'{"a" 1}', "CANON_SYNTAX", 5),
        (b'["\n"]', "CANON_SYNTAX", 2),
        (rb'["\x"]', "CANON_SYNTAX", 3),
        (rb'["\u12G4"]', "CANON_SYNTAX", 6),
        (b"trve", "CANON_SYNTAX", 2),
        (b"[-]", "CANON_SYNTAX", 2),
        (b"[1.e1]", "CANON_SYNTAX", 3),
        (b"NaN", "CANON_SYNTAX", 0),
        (b"\xef\xbb\xbf{}", "CANON_BOM", 0),
        (b'["\xff"', "CANON_UTF8", 2),
        (b'[x"\xed\xa0\x80"]', "CANON_UTF8", 3),
        (b'"\xc0\x80"', "CANON_UTF8", 1),
        (rb'["\ud800"]', "CANON_SURROGATE", 2),
        (rb'["a\udc00"]', "CANON_SURROGATE", 3),
        (rb'["\ud800\u0041"]', "CANON_SURROGATE", 2),
        (rb'["\ud800\u00G1"]', "CANON_SYNTAX", 12),
        (rb'["\ud800\n"]', "CANON_SURROGATE", 2),
        (rb'"\ud800', "CANON_SURROGATE", 1),
        (b"[9007199254740993]", "CANON_NUMBER_RANGE", 1),
        (b"[ 1" + b"0" * 400 + b"]", "CANON_NUMBER_RANGE", 2),
        (b"1000000000000000000000", "CANON_NUMBER_RANGE", 0),
        (b"[1e309]", "CANON_NUMBER_NOT_FINITE", 1),
        (b"[-1e309", "CANON_NUMBER_NOT_FINITE", 1),
        (b'{"a":1,"b":2,"a":3,"b":4}', "CANON_DUPLICATE_NAME", 13),
        (rb'{"b":1,"a":2,"\u0062":3}', "CANON_DUPLICATE_NAME", 13),
        (b'{"a":1,"a":2', "CANON_TRUNCATED", 12),
        (b'{"a":1,"a":{"c":1,"c":1}}', "CANON_DUPLICATE_NAME", 18),
        (b"[" * 129, "CANON_DEPTH", 128),
        (b'{"a":' * 128 + b"[", "CANON_DEPTH", 640),
    ],
)
def test_texts_that_are_refused(text: bytes, code: str, place: int) -> None:
    assert refusal(canonicalize_text, text) == (code, place)
    assert not is_canonical(text)


def test_a_str_with_a_lone_surrogate_is_refused_where_its_bytes_would_stand() -> None:
    assert refusal(canonicalize_text, '\u20ac["\ud800') == ("CANON_SURROGATE", 5)
    assert refusal(canonicalize_text, "\udc00") == ("CANON_SURROGATE", 0)


@pytest.mark.parametrize(
    "text",
    [
        b"[1, 2]",
        b"1.0",
        b"-0",
        b"1E5",
        b'{"b":1,"a":2}',
        b'{"a":1,"a":2}',
        rb'"\/"',
        rb'"\u0041"',
        rb'"\u000a"',
        rb'"\u001F"',
        b"{}\n",
        b" 1",
        b"1e21",
        b"100000000000000000000000",
        b"0.10",
        b'"\xff"',
        b"\xef\xbb\xbf1",
    ],
)
def test_json_that_is_not_canonical(text: bytes) -> None:
    assert not is_canonical(text)


def test_only_bytes_and_str_are_texts() -> None:
    for text in (bytearray(b"1"), memoryview(b"1"), 1, None):
        with pytest.raises(TypeError):
            canonicalize_text(text)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            is_canonical(text)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        is_canonical("1")  # type: ignore[arg-type]


def test_the_package_shows_the_public_names_before_they_are_imported() -> None:
    assert {"canonicalize", "digest", "digest_text", "CanonicalizationError"} <= set(dir(weftend))
    with pytest.raises(AttributeError, match="no attribute 'canonicalise'"):
        _ = weftend.canonicalise
