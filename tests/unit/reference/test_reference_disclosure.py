"""The disclosure rule, case by case, on the reference; parity and the exhaustive test cover the rest."""

import pytest

from weftend.reference.disclosure import Disclosure, disclose


def test_nothing_under_the_floor_shows_everything() -> None:
    shown = disclose("partition", {"b": 6, "a": 5, "c": 0}, units=11, k=5)
    assert shown == Disclosure({"a": 5, "b": 6}, complete=True)
    assert list(shown.visible) == ["a", "b"]


def test_a_set_takes_exactly_one_more_by_name() -> None:
    assert disclose("set", {"a": 9, "b": 9, "c": 1}, units=9, k=3) == Disclosure({"b": 9}, complete=False)


def test_other_goes_before_every_name() -> None:
    counts = {"__other__": 9, "__none__": 9, "A": 9, "z": 1}
    assert disclose("set", counts, units=9, k=3).visible == {"__none__": 9, "A": 9}


def test_a_partition_hides_until_twice_the_floor() -> None:
    counts = {"a": 5, "b": 5, "c": 9, "d": 1}
    assert disclose("partition", counts, units=20, k=5) == Disclosure({"c": 9}, complete=False)


def test_a_partition_takes_one_even_if_twice_the_floor_is_hidden_already() -> None:
    counts = {"a": 4, "b": 4, "c": 4, "d": 9, "e": 9}
    assert disclose("partition", counts, units=30, k=5).visible == {"e": 9}


def test_a_map_that_runs_out_goes_whole() -> None:
    assert disclose("partition", {"a": 5, "b": 1}, units=6, k=5) == Disclosure({}, complete=False)
    assert disclose("set", {"b": 1}, units=6, k=5) == Disclosure({}, complete=False)


def test_a_sum_is_floored_by_its_clamped_total() -> None:
    counts = {"a": 30, "b": 29, "c": 31}
    assert disclose("sum", counts, units=10, k=5, clamp=6).visible == {"c": 31}


def test_an_empty_map_is_complete() -> None:
    assert disclose("set", {}, units=9, k=5) == Disclosure({}, complete=True)


@pytest.mark.parametrize(
    ("kind", "counts", "units", "k", "clamp"),
    [
        ("histogram", {}, 5, 5, 1),
        ("set", {"a": 6}, 5, 5, 1),
        ("set", {"a": -1}, 5, 5, 1),
        ("set", {"a": 1}, 5, 0, 1),
        ("set", {"a": 1}, 5, 5, 2),
        ("sum", {"a": 11}, 5, 5, 2),
        ("partition", {"a": 4}, 5, 5, 1),
    ],
)
def test_what_no_window_can_hold_is_refused(
    kind: str, counts: dict[str, int], units: int, k: int, clamp: int
) -> None:
    with pytest.raises(ValueError, match=r"."):
        disclose(kind, counts, units=units, k=k, clamp=clamp)
