"""Every small table: what is under the floor stays anything under the floor, to one who knows the rule.

The proof for tables of any size is in ``docs/privacy-model.md``; this enumerates the small ones, where a rule
that is wrong goes wrong first, and shows that the weaker rules are caught by the same enumeration.
"""

import pytest
from adversary import Rule, World, betrayals, views
from weaker_rules import largest_first, smallest_first, weakened

NAMES = ("__other__", "__none__", "a", "b", "c")


@pytest.mark.parametrize("k", [3, 4, 5])
@pytest.mark.parametrize("buckets", [1, 2, 3, 4, 5])
def test_partitions(rule: Rule, k: int, buckets: int) -> None:
    world = World("partition", NAMES[:buckets], k, range(k, 5 * k + 1))
    assert list(betrayals(world, rule)) == []


@pytest.mark.parametrize("k", [3, 4, 5])
@pytest.mark.parametrize("buckets", [1, 2, 3, 4])
def test_sets(rule: Rule, k: int, buckets: int) -> None:
    world = World("set", NAMES[1 : buckets + 1], k, range(k, 2 * k + 2))
    assert list(betrayals(world, rule)) == []


@pytest.mark.parametrize(("k", "clamp", "most"), [(3, 2, 6), (3, 3, 4), (4, 2, 6), (5, 2, 6)])
@pytest.mark.parametrize("buckets", [1, 2, 3, 4])
def test_sums(rule: Rule, k: int, clamp: int, most: int, buckets: int) -> None:
    world = World("sum", NAMES[:buckets], k, range(k, most + 1), clamp)
    assert list(betrayals(world, rule)) == []


@pytest.mark.parametrize("kind", ["partition", "set"])
def test_the_unweakened_rule_is_the_rule(rule: Rule, kind: str) -> None:
    world = World(kind, NAMES[:4], 3, range(3, 8))
    for units in world.units:
        assert views(world, units, weakened()) == views(world, units, rule)


WEAKER = {
    "smallest visible bucket first": ("partition", weakened(order=smallest_first)),
    "largest visible bucket first": ("partition", weakened(order=largest_first)),
    "a hidden total of k in a partition": ("partition", weakened(partition_floors=1)),
    "a hidden total of 2k in a set": ("set", weakened(set_floors=2)),
}


@pytest.mark.parametrize("weaker", WEAKER)
@pytest.mark.parametrize("k", [3, 4, 5])
def test_each_weaker_rule_is_caught(weaker: str, k: int) -> None:
    kind, rule = WEAKER[weaker]
    world = World(kind, NAMES[1:5] if kind == "partition" else NAMES[2:5], k, range(k, 4 * k))
    assert next(betrayals(world, rule), None) is not None


def test_smallest_first_gives_4_3_3_away_exactly(rule: Rule) -> None:
    world = World("partition", ("a", "b", "c", "d"), 4, range(14, 15))
    table = dict(zip(world.names, (4, 4, 3, 3), strict=True))
    weaker = weakened(order=smallest_first)
    alone = views(world, 14, weaker)[weaker("partition", table, 14, 4, 1)]
    assert alone == [1 << 4, 1 << 4, 1 << 3, 1 << 3], "one table alone is behind this view"
    many = views(world, 14, rule)[rule("partition", table, 14, 4, 1)]
    assert many == [0b1111110000, 1 << 4, 0b1111, 0b1111]


def test_what_went_for_company_reached_the_floor_and_may_be_told_so(rule: Rule) -> None:
    """The limit of the promise: it is about buckets under the floor, not about those hidden beside them."""
    world = World("set", ("a", "b"), 3, range(3, 4))
    view = rule("set", {"a": 3, "b": 1}, 3, 3, 1)
    assert views(world, 3, rule)[view] == [0b1111, 0b1111]
    world = World("set", ("a", "b", "c"), 3, range(3, 4))
    view = rule("set", {"a": 3, "b": 3, "c": 1}, 3, 3, 1)
    assert views(world, 3, rule)[view] == [0b1000, 0b1000, 0b0110]
