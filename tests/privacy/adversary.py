"""The adversary: every table that could be behind a released view.

It knows the rule, the map's kind, clamp and vocabulary, the floor, how many units the window holds, what is
visible, and even whether this very map is complete (a chunk says only how many maps are). It does not know
which table is the true one, so it enumerates them all and keeps those that release the same view.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

View = tuple[tuple[tuple[str, int], ...], bool]
"""What a map shows: its visible buckets with their counts, and whether it is complete."""
Rule = Callable[[str, Mapping[str, int], int, int, int], View]
"""(kind, counts, units, k, clamp) → view."""


@dataclass(frozen=True)
class World:
    """All windows of one shape: what the adversary knows beforehand."""

    kind: str
    names: tuple[str, ...]
    k: int
    units: range
    clamp: int = 1


@dataclass(frozen=True)
class Betrayal:
    """A bucket under the floor for which some value under the floor is ruled out."""

    units: int
    view: View
    bucket: str
    possible: tuple[int, ...]


def tables(world: World, units: int) -> Iterator[tuple[int, ...]]:
    """Every table of ``units`` units: one count per bucket, zeros included."""
    if world.kind == "partition":
        return compositions(units, len(world.names))
    return product(range(units * world.clamp + 1), repeat=len(world.names))


def compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way to write ``total`` as a sum of ``parts`` counts from 0, in order."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in compositions(total - first, parts - 1):
            yield (first, *rest)


def views(world: World, units: int, rule: Rule) -> dict[View, list[int]]:
    """What can be behind each view: per bucket, the possible values as the bits of an integer."""
    behind: dict[View, list[int]] = {}
    for table in tables(world, units):
        counts = dict(zip(world.names, table, strict=True))
        view = rule(world.kind, counts, units, world.k, world.clamp)
        values = behind.setdefault(view, [0] * len(table))
        for position, count in enumerate(table):
            values[position] |= 1 << count
    return behind


def betrayals(world: World, rule: Rule) -> Iterator[Betrayal]:
    """Each (view, absent bucket) that may hold something under the threshold but not everything under it.

    Group by group this says it for every table at once: a table with a bucket under the floor is in the group
    of its view, so its bucket is protected exactly when every value under the floor occurs in that group.
    """
    threshold = world.k * world.clamp
    small = sum(1 << value for value in range(1, threshold))
    for units in world.units:
        for view, possible in views(world, units, rule).items():
            shown = dict(view[0])
            assert all(count >= threshold for count in shown.values())
            for bucket, values in zip(world.names, possible, strict=True):
                if bucket not in shown and 0 != values & small != small:
                    yield Betrayal(units, view, bucket, bits(values))


def bits(values: int) -> tuple[int, ...]:
    """The positions of the set bits, rising."""
    return tuple(position for position in range(values.bit_length()) if values >> position & 1)
