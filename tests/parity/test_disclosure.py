"""The disclosure rule of the core and of the reference: equal answers, in equal order, or a refusal from both."""

from hypothesis import example, given
from hypothesis import strategies as st

import weftend.disclosure as core
from weftend.reference import disclosure as reference

NAMES = st.sampled_from(["__other__", "__none__", "A", "Z", "_", "a", "aa", "b", "z", "\u00e9", "\U0001f600"])
NUMBERS = st.integers(0, 40) | st.sampled_from([2**31, 2**53 - 1, 2**53, 2**64 - 1, 2**64, -1])


def asked(module: object, kind: str, counts: dict[str, int], units: int, k: int, clamp: int) -> object:
    """What one side answers: visible buckets in order and whether they are all, or that it refuses."""
    try:
        shown = module.disclose(kind, counts, units=units, k=k, clamp=clamp)  # type: ignore[attr-defined]
    except ValueError:
        return "refused"
    return list(shown.visible.items()), shown.complete


@given(
    kind=st.sampled_from(["partition", "sum", "set", "histogram"]),
    counts=st.dictionaries(NAMES, NUMBERS, max_size=8),
    units=NUMBERS,
    k=NUMBERS,
    clamp=st.sampled_from([1, 1, 2, 7, 0, 2**53 - 1]),
)
@example(kind="sum", counts={"a": 2**53}, units=2**53 - 1, k=5, clamp=7)
@example(kind="sum", counts={"a": 2**64}, units=2**31, k=1, clamp=2**53 - 1)
@example(kind="set", counts={"a": 0}, units=0, k=1, clamp=1)
def test_any_numbers(kind: str, counts: dict[str, int], units: int, k: int, clamp: int) -> None:
    assert asked(core, kind, counts, units, k, clamp) == asked(reference, kind, counts, units, k, clamp)


@given(
    kind=st.sampled_from(["partition", "sum", "set"]),
    counts=st.dictionaries(NAMES, st.integers(0, 30), max_size=8),
    more=st.integers(0, 5),
    k=st.integers(1, 12),
    clamp=st.integers(1, 4),
)
def test_windows_that_can_be(kind: str, counts: dict[str, int], more: int, k: int, clamp: int) -> None:
    if kind != "sum":
        clamp = 1
    units = sum(counts.values()) if kind == "partition" else max(counts.values(), default=0) + more
    answer = asked(reference, kind, counts, units, k, clamp)
    assert answer != "refused"
    assert asked(core, kind, counts, units, k, clamp) == answer


def test_no_number_of_2_to_the_53_or_more() -> None:
    for number in (2**53, 2**64 - 1, 2**64):
        for module in (core, reference):
            assert asked(module, "sum", {"a": number}, 2**53 - 1, 1, 2**53 - 1) == "refused"
    for module in (core, reference):
        assert asked(module, "sum", {"a": 2**53 - 1}, 2**53 - 1, 1, 1) == ([("a", 2**53 - 1)], True)
