"""Core and reference agree on every value and every text: equal bytes, or equal (code, place)."""

from __future__ import annotations

import json

import number_strategies
import text_strategies as texts
import value_strategies as values
from agreement import agree_on_text, agree_on_value, searched, searched_long
from hypothesis import given
from hypothesis import strategies as st


@searched_long
@given(number_strategies.doubles | number_strategies.integers)
def test_numbers(number):
    agree_on_value(number)


@searched_long
@given(number_strategies.tokens)
def test_number_tokens(token):
    agree_on_text(token.encode())
    agree_on_text(f"[{token},0]".encode())
    agree_on_text(f"[{token}x")


@searched
@given(values.accepted)
def test_accepted_values(value):
    form = agree_on_value(value)
    assert isinstance(form, bytes)
    json.loads(form)


@searched
@given(values.mixed)
def test_values_of_which_some_are_refused(value):
    agree_on_value(value)


@searched
@given(values.deep)
def test_values_about_as_deep_as_is_allowed(value):
    agree_on_value(value)


@searched
@given(values.long_arrays())
def test_long_arrays_of_objects(rows):
    agree_on_value(rows)


@searched
@given(values.counts())
def test_count_maps_in_order_and_almost(row):
    agree_on_value(row)


@searched
@given(values.cycles())
def test_values_that_hold_themselves(value):
    agree_on_value(value)


@searched
@given(st.dictionaries(values.names, st.integers(0, 9), max_size=40))
def test_objects_of_many_names(value):
    assert isinstance(agree_on_value(value), bytes)


@searched
@given(texts.spelled | texts.nearly_right)
def test_texts(text):
    assert agree_on_text(text) == agree_on_text(text.encode())


@searched_long
@given(st.text(st.characters() | st.sampled_from('[]{}",:\\u0129.eE-+ tfn\ufeff'), max_size=30))
def test_str_of_any_characters(text):
    agree_on_text(text)


@searched
@given(texts.deep_texts())
def test_texts_about_as_deep_as_is_allowed(text):
    agree_on_text(text.encode())


@searched_long
@given(texts.mutated() | texts.mutated() | texts.spliced())
def test_mutated_texts(text):
    agree_on_text(text)


@searched_long
@given(st.binary(max_size=20))
def test_any_bytes(data):
    agree_on_text(data)
    agree_on_text(b'"' + data + b'"')
