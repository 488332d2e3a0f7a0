"""The strategies reach what is hard: every refusal, and shapes that a wrong implementation gets wrong."""

from __future__ import annotations

import number_strategies as numbers
import pytest
import text_strategies as texts
import value_strategies as values
from agreement import outcome
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.errors import NoSuchExample

from weftend import reference
from weftend.errors import CanonicalizationError, Code

VALUE_CODES = [
    Code.CANON_CYCLE,
    Code.CANON_DUPLICATE_NAME,
    Code.CANON_KEY_TYPE,
    Code.CANON_NUMBER_NOT_FINITE,
    Code.CANON_NUMBER_RANGE,
    Code.CANON_SURROGATE,
    Code.CANON_TYPE,
]
TEXT_CODES = [
    Code.CANON_BOM,
    Code.CANON_DUPLICATE_NAME,
    Code.CANON_NUMBER_NOT_FINITE,
    Code.CANON_NUMBER_RANGE,
    Code.CANON_SURROGATE,
    Code.CANON_SYNTAX,
    Code.CANON_TRAILING,
    Code.CANON_TRUNCATED,
    Code.CANON_UTF8,
]


def reaches(strategy, condition) -> bool:
    """Whether a search as long as that of a few runs of a parity test meets the condition."""
    search = settings(
        max_examples=6000,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=HealthCheck,
    )
    try:
        find(strategy, condition, settings=search)
    except NoSuchExample:
        return False
    return True


def refused_as(call, code: Code):
    return lambda argument: outcome(call, argument)[0] == code


@pytest.mark.parametrize("code", VALUE_CODES)
def test_each_refusal_of_a_value(code):
    assert reaches(values.mixed | values.cycles(), refused_as(reference.canonicalize, code))


@pytest.mark.parametrize("code", TEXT_CODES)
def test_each_refusal_of_a_text(code):
    assert reaches(texts.mutated(), refused_as(reference.canonicalize_text, code))


@pytest.mark.parametrize("code", [Code.CANON_DEPTH, Code.CANON_TYPE, None])
def test_either_side_of_the_greatest_depth(code):
    def met(value: object) -> bool:
        found = outcome(reference.canonicalize, value)
        return (found[0] == code) if code else isinstance(found, bytes) and found.count(b"[") > 120

    assert reaches(values.deep, met)


@pytest.mark.parametrize("code", [Code.CANON_DEPTH, Code.CANON_TRUNCATED, None])
def test_either_side_of_the_greatest_depth_in_text(code):
    def met(text: str) -> bool:
        found = outcome(reference.canonicalize_text, text)
        return (found[0] == code) if code else isinstance(found, bytes)

    assert reaches(texts.deep_texts(), met)


def test_names_that_sort_differently_in_utf_8_and_utf_16():
    def met(value: object) -> bool:
        names = (
            list(value) if isinstance(value, dict) and all(isinstance(name, str) for name in value) else []
        )
        return sorted(names) != sorted(names, key=lambda name: name.encode("utf-16-be"))

    assert reaches(values.accepted, met)


@pytest.mark.parametrize("in_order", [True, False])
@pytest.mark.parametrize("code", [None, Code.CANON_NUMBER_RANGE, Code.CANON_SURROGATE])
def test_count_maps_in_order_and_almost(in_order, code):
    def met(row: dict[str, object]) -> bool:
        names = [name.encode("utf-16-be", "surrogatepass") for name in row]
        found = outcome(reference.canonicalize, row)
        return (
            len(row) > 3
            and (names == sorted(names)) == in_order
            and (found[0] == code if code else isinstance(found, bytes))
        )

    assert reaches(values.counts(), met)


def test_canonical_text_that_stays_canonical_when_mutated():
    assert reaches(texts.mutated(), lambda text: len(text) > 20 and reference.is_canonical(text))


@pytest.mark.parametrize(
    "condition",
    [
        lambda number: 0 < abs(number) < 2.3e-308,
        lambda number: abs(number) == 1e21,
        lambda number: 1e21 > abs(number) > 9.99999999999999e20,
        lambda number: number == -(2.0**53),
        lambda number: len(repr(number)) == 24,
        lambda number: "e" not in repr(number) and len(repr(number)) > 18,
    ],
)
def test_numbers_at_the_edges(condition):
    assert reaches(numbers.doubles, condition)


@pytest.mark.parametrize(
    "condition",
    [
        lambda token: len(token) > 300 and "e" in token,
        lambda token: outcome(reference.canonicalize_text, token)[0] == Code.CANON_NUMBER_RANGE,
        lambda token: outcome(reference.canonicalize_text, token)[0] == Code.CANON_NUMBER_NOT_FINITE,
        lambda token: token.isdigit() and len(token) > 16 and reference.is_canonical(token.encode()),
        lambda token: reference.canonicalize_text(token) == b"0" and len(token) > 8,
    ],
)
def test_tokens_at_the_edges(condition):
    def met(token: str) -> bool:
        try:
            return condition(token)
        except CanonicalizationError:
            return False

    assert reaches(numbers.tokens, met)
