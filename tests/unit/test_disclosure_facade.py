"""The disclosure rule: core and reference give the same answer to every question."""

from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weftend import disclosure
from weftend.reference import disclosure as reference

KEYS = st.sampled_from(["__other__", "__none__", "A", "b", "ba", "~", "é"])
COUNTS = st.dictionaries(KEYS, st.integers(0, 40))
KINDS = st.sampled_from(["partition", "sum", "set", "map"])


def answer(module: ModuleType, *arguments: Any, **named: Any) -> object:
    try:
        shown = module.disclose(*arguments, **named)
    except ValueError:
        return ValueError
    return list(shown.visible.items()), shown.complete


@given(KINDS, COUNTS, st.integers(-1, 60), st.integers(-1, 12), st.integers(-1, 5))
def test_parity(kind: str, counts: dict[str, int], units: int, k: int, clamp: int) -> None:
    named = {"units": units, "k": k, "clamp": clamp}
    assert answer(disclosure, kind, counts, **named) == answer(reference, kind, counts, **named)


@given(st.sampled_from(["partition", "sum", "set"]), COUNTS, st.integers(1, 12), st.integers(1, 5))
def test_parity_where_a_window_can_hold_it(kind: str, counts: dict[str, int], k: int, clamp: int) -> None:
    units = sum(counts.values()) if kind == "partition" else max(counts.values(), default=0)
    named = {"units": units, "k": k, "clamp": clamp if kind == "sum" else 1}
    ours = answer(disclosure, kind, counts, **named)
    assert ours == answer(reference, kind, counts, **named)
    assert ours is not ValueError


@pytest.mark.parametrize("number", [-1, 2**53, 2**64, 2**200])
def test_numbers_that_no_window_can_hold(number: int) -> None:
    assert answer(disclosure, "set", {"a": 5}, units=9, k=number) is ValueError
    assert answer(disclosure, "set", {"a": number}, units=9, k=5) is ValueError
    assert answer(disclosure, "set", {"a": 5}, units=number, k=5) is ValueError
    assert answer(reference, "set", {"a": 5}, units=number, k=5) is ValueError
