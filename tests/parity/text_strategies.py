"""JSON texts in every spelling, nearly right ones, and texts that something happened to.

Known divergences between core and reference: none.
"""

from __future__ import annotations

import json

from hypothesis import strategies as st
from number_strategies import tokens
from value_strategies import HARD, accepted, alike, nameless, runs

from weftend import reference

spaces = st.sampled_from(["", "", "", " ", "\n", "\t\r", "  "])


def _unit_escapes(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _shortest(character: str) -> str:
    return json.dumps(character, ensure_ascii=False)[1:-1]


_characters = st.sampled_from(HARD) | st.characters(exclude_categories=["Cs"])
_right_pieces = st.one_of(
    _characters.map(_shortest),
    _characters.map(_unit_escapes),
    _characters.map(lambda character: _unit_escapes(character).upper().replace("\\U", "\\u")),
    st.sampled_from(["\\/", "\\b", "\\n", "a", "b"]),
    runs,
)
_odd_pieces = st.one_of(
    st.characters(categories=["Cs"]).map(_unit_escapes),
    st.sampled_from(
        ["\\ud800", "\\udc00", "\\uD83D", "\\uDE00", "\\ud83d\\u", "\\x", "\\", "\\u00", "\x00", "\x1f", "\n"]
    ),
)


def _string(pieces: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(pieces, max_size=6).map(lambda parts: '"' + "".join(parts) + '"')


right_strings = _string(_right_pieces)
odd_strings = _string(nameless(_right_pieces) | nameless(_odd_pieces))
_few_names = st.sampled_from(
    ['"a"', '"b"', '"\\u0061"', '"\ue000"', '"\U00010000"', '"\\ud800\\udc00"', '""']
)
_alike = st.builds(
    lambda name, spell: '"' + "".join(map(spell, name)) + '"',
    alike,
    st.sampled_from([_shortest, _shortest, _unit_escapes]),
)
_names = st.one_of(_few_names, _alike, right_strings)
_literals = st.sampled_from(["true", "false", "null", "[]", "{}", "0", "-0"])


def _join(open_: str, parts: list[str], close: str) -> str:
    return open_ + ",".join(parts) + close


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    padded = nameless(_padded(inner))
    member = st.builds(lambda name, space, value: f"{name}{space}:{value}", _names, spaces, padded)
    arrays = st.lists(padded, max_size=5).map(lambda parts: _join("[", parts, "]"))
    members = st.lists(member, max_size=5)
    objects = members.map(lambda parts: _join("{", parts, "}"))
    return st.one_of(arrays, objects, members.map(lambda parts: _join("{", _distinct(parts), "}")))


def _distinct(members: list[str]) -> list[str]:
    """Without those whose name is spelled as another's."""
    return list({member.split(":")[0]: member for member in members}.values())


def _padded(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda before, value, after: before + value + after, spaces, inner, spaces)


spelled = nameless(_padded(st.recursive(tokens | right_strings | _literals, _grown, max_leaves=20)))
"""Texts of the grammar; names repeat now and then, numbers may be out of range."""
nearly_right = nameless(_padded(st.recursive(tokens | odd_strings | _literals, _grown, max_leaves=20)))
"""The same with strings that may be wrong."""
canonical = accepted.map(reference.canonicalize)
"""Texts in canonical form."""


@st.composite
def deep_texts(draw: st.DrawFn) -> str:
    """Brackets about as deep as is allowed, closed or not."""
    opening = draw(
        st.lists(st.sampled_from(["[", '{"a":', "[0,", " [\n", '{"a":1,"b":']), min_size=1, max_size=4)
    )
    levels = draw(st.integers(126, 131))
    opened = [opening[level % len(opening)] for level in range(levels)]
    closing = "".join("]" if "[" in one else "}" for one in reversed(opened))
    inner = draw(st.sampled_from(["", "1", "[]", "{}", "x", '"a"', '{"a":1,"a":1}']))
    return "".join(opened) + inner + closing[: draw(st.integers(0, levels) | st.just(levels))]


_fragments = st.one_of(
    st.sampled_from(
        [b'"', b"\\", b"\\u", b"\\ud800", b"{", b"}", b"[", b"]", b",", b":", b" ", b"\n", b"-", b"0", b"."]
    ),
    st.sampled_from(
        [b"e", b"1e400", b"9007199254740993", b"\xef\xbb\xbf", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x00"]
    ),
    st.sampled_from(
        [b"null", b"tru", b'"a":1,', b',"a":1', b"1", b"x", b"\xe2\x80\xa8", b"\xf0\x90\x80\x80"]
    ),
    st.binary(min_size=1, max_size=3),
)


def _flip(text: bytearray, at: int, other: int, fragment: bytes) -> bytes:
    """One byte becomes another: some bits of it turned, or the first of a fragment."""
    changed = bytearray(text)
    changed[at] = changed[at] ^ (1 << other % 8) if other % 2 else fragment[0]
    return bytes(changed)


def _mutated(text: bytes, kind: str, at: int, other: int, fragment: bytes) -> bytes:
    """The text with one thing done to it; positions are taken round its length."""
    at, other = at % (len(text) + 1), other % (len(text) + 1)
    low, high = min(at, other), max(at, other)
    match kind:
        case "flip" if at < len(text):
            return _flip(bytearray(text), at, other, fragment)
        case "cut":
            return text[:at]
        case "behead":
            return text[at:]
        case "delete":
            return text[:low] + text[high:]
        case "repeat":
            return text[:high] + text[low:]
        case _:
            return text[:at] + fragment + text[at:]


_position = st.integers(0, 10_000) | st.just(0)
_kinds = st.sampled_from(["flip", "flip", "insert", "insert", "cut", "behead", "delete", "repeat"])
_mutations = st.lists(st.tuples(_kinds, _position, _position, _fragments), min_size=1, max_size=3)


_sources = nameless(canonical | canonical | (spelled | nearly_right | deep_texts()).map(str.encode))


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Bytes flipped, inserted, cut, taken out, repeated."""
    text = draw(_sources)
    for mutation in draw(_mutations):
        text = _mutated(text, *mutation)
    return text


@st.composite
def spliced(draw: st.DrawFn) -> bytes:
    """The beginning of one text and the end of another."""
    one, two = draw(_sources), draw(_sources)
    return one[: draw(_position) % (len(one) + 1)] + two[draw(_position) % (len(two) + 1) :]
