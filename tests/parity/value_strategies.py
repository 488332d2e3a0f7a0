"""Python values: all that is accepted, shaped so that order, depth and length are hard, and some that is not.

Known divergences between core and reference: none.
"""

from __future__ import annotations

import enum
from collections import OrderedDict, namedtuple
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from number_strategies import doubles, integers

HARD = (
    '\x00\x08\t\n\x0c\r\x1f "\\/~a1\x7f'
    "\x80é\u2028\ud7ff\ue000\ufdd0\ufeff\uffff\U00010000\U0001f600\U0010ffff"
)
"""Characters with an escape, at an edge of UTF-8 or UTF-16, or out of order between the two."""
Pair = namedtuple("Pair", "one two")


class Word(enum.StrEnum):
    ONE = "one"


class Number(enum.IntEnum):
    ONE = 1


class Text(str):
    """Equal to no other, so that one name can be there twice."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __str__(self) -> str:
        return "overridden"


class Integer(int):
    def __int__(self) -> int:
        return 7

    __index__ = __int__


class Double(float):
    def __float__(self) -> float:
        return 7.0


class List(list):
    def __iter__(self):
        return iter(["overridden"])

    def __len__(self) -> int:
        return 1


class Tuple(tuple):
    __slots__ = ()

    def __iter__(self):
        return iter(["overridden"])

    def __len__(self) -> int:
        return 1


class Dict(dict):
    def items(self):
        return {"overridden": 1}.items()

    def __len__(self) -> int:
        return 1


def _fresh(text: str) -> str:
    """An equal string that is another object, so that nothing can lean on identity."""
    return "".join([text[:1], text[1:]])


runs = st.builds(lambda character, count: character * count, st.sampled_from("aé€😀"), st.integers(0, 70))
"""Long enough to fill the words and vectors that fast scanners read."""
scalars = st.one_of(
    st.text(HARD, max_size=8),
    st.text(max_size=12),
    st.builds(lambda before, hard, after: before + hard + after, runs, st.text(HARD, max_size=2), runs),
)
lone = st.text(st.characters(categories=["Cs"]) | st.sampled_from("a€😀"), min_size=1, max_size=4)
"""Text that may have lone surrogates; two halves in a row stay lone."""
alike = st.builds(
    lambda count, end: "a" * count + end,
    st.sampled_from([0, 1, 3, 7, 8, 11, 12, 13, 15, 16, 17, 31, 32, 33]),
    st.text('\x00"ab\ue000\uffff\U00010000', max_size=2),
)
"""Names of one beginning, which ends about where a fast comparison goes on to its next word."""
names = st.one_of(st.text("a\ue000\uffff\U00010000", max_size=3), alike, scalars).map(_fresh)

leaves = st.one_of(
    st.none(),
    st.booleans(),
    doubles.filter(lambda number: number - number == 0),
    st.integers(-(2**53) + 1, 2**53 - 1),
    scalars,
    scalars.map(Text),
    st.sampled_from([Word.ONE, Number.ONE, Integer(1), Double(0.5), "", [], (), {}]),
)
"""What is accepted."""
refused = st.one_of(
    doubles,
    integers,
    integers.map(Integer),
    doubles.map(Double),
    lone,
    lone.map(Text),
    st.sampled_from([b"", object, {1}, Decimal(1), 1j, {1: 2}, {None: 0}, {"\ud800": 0}, {b"": 0}]),
    st.builds(lambda name: {Text(name): 1, Text(name): 2}, names),
)
"""What is refused, mostly."""


def nameless(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The same values. Hypothesis prints strategies now and then; one made of many takes long to print."""

    @st.composite
    def values(draw: st.DrawFn) -> Any:
        return draw(strategy)

    return values()


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    inner = nameless(inner)
    lists = st.lists(inner, max_size=6)
    dicts = st.dictionaries(names, inner, max_size=6)
    member = st.tuples(names.map(Text) | names, inner)
    keyed = st.lists(member, max_size=4, unique_by=lambda pair: str.__str__(pair[0])).map(dict)
    return st.one_of(
        lists,
        lists.map(tuple),
        lists.map(List),
        lists.map(Tuple),
        dicts,
        dicts.map(Dict),
        dicts.map(OrderedDict),
        keyed,
        st.builds(Pair, inner, inner),
    )


accepted = nameless(st.recursive(leaves, _containers, max_leaves=25))
"""Any value that is accepted."""
mixed = nameless(st.recursive(leaves | leaves | leaves | refused, _containers, max_leaves=25))
"""Values of which some are refused, here and there."""

_wrappers = st.sampled_from(
    [
        lambda inner: [inner],
        lambda inner: (inner,),
        lambda inner: {"a": inner},
        lambda inner: {"\U00010000~/": inner, "\ue000": 0},
        lambda inner: [None, inner, {}],
        lambda inner: List([inner]),
        lambda inner: Dict(b=inner, a=()),
    ]
)


def _wrapped(inner: Any, levels: int, wrappers: list[Any]) -> Any:
    for level in range(levels):
        inner = wrappers[level % len(wrappers)](inner)
    return inner


deep = st.builds(
    _wrapped,
    leaves | refused | st.just([]) | st.just({}),
    st.integers(120, 132) | st.integers(127, 130),
    st.lists(_wrappers, min_size=1, max_size=4),
)
"""Values about as deep as is allowed."""

_record_values = st.one_of(leaves, leaves, refused)
_changes = st.tuples(st.sampled_from(["order", "less", "more", "value"]), names, _record_values)


@st.composite
def long_arrays(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Many objects of one shape; a few leave it: other order, a name less or more, another type of value."""
    shape = draw(st.lists(names, min_size=1, max_size=6, unique=True))
    count = draw(st.integers(10, 60))
    rows = [{_fresh(name): (at, name) for name in shape} for at in range(count)]
    for at, change in draw(st.dictionaries(st.integers(0, count - 1), _changes, max_size=4)).items():
        rows[at] = _changed(rows[at], *change)
    return rows


def _changed(row: dict[str, Any], change: str, name: str, value: Any) -> dict[str, Any]:
    members = list(row.items())
    match change:
        case "order":
            members.reverse()
        case "less":
            members = members[1:]
        case "more":
            members.insert(len(members) // 2, (name, value))
        case _:
            members[-1] = (members[-1][0], value)
    return dict(members)


@st.composite
def counts(draw: st.DrawFn) -> dict[Any, Any]:
    """Count maps in the order of their names, as files hold them; a few leave it somewhere, as arrays do."""
    ordered = sorted(
        draw(st.lists(names, max_size=12, unique=True)), key=lambda name: name.encode("utf-16-be")
    )
    row = {name: draw(st.integers(0, 2**53 - 1)) for name in ordered}
    for change in draw(st.lists(_changes, max_size=1)) if row else ():
        row = _changed(row, *change)
    for name, value in draw(st.dictionaries(names | lone, _record_values, max_size=1)).items():
        row[name] = value
    return row


@st.composite
def cycles(draw: st.DrawFn) -> Any:
    """A path of containers whose innermost holds one of the others, or itself; beside it, anything.

    A name drawn twice can cut the cycle; what stands beside the path can be refused before it is found.
    """
    path = [draw(st.sampled_from([list, dict, List, Dict]))() for _ in range(draw(st.integers(1, 8)))]
    for outer, inner in zip(path, [*path[1:], draw(st.sampled_from(path))], strict=True):
        children = [inner, draw(leaves), draw(leaves | refused)][: draw(st.integers(1, 3))]
        for child in draw(st.permutations(children)):
            _put(outer, draw(names), child)
    return _wrapped(path[0], draw(st.integers(0, 3) | st.integers(110, 128)), [lambda inner: (inner,)])


def _put(container: Any, name: str, child: Any) -> None:
    if isinstance(container, list):
        list.append(container, child)
    else:
        dict.__setitem__(container, name, child)
