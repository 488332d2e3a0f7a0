"""The rule with one thing made weaker: what a well-meaning change would look like. None of these protects."""

from collections.abc import Callable, Mapping

from adversary import Rule, View

Order = Callable[[tuple[str, int]], object]


def by_name(bucket: tuple[str, int]) -> object:
    """The order of the true rule."""
    return bucket[0] != "__other__", bucket[0].encode()


def smallest_first(bucket: tuple[str, int]) -> object:
    return bucket[1], bucket[0].encode()


def largest_first(bucket: tuple[str, int]) -> object:
    return -bucket[1], bucket[0].encode()


def weakened(*, order: Order = by_name, partition_floors: int = 2, set_floors: int = 0) -> Rule:
    """The rule with another order, or with hidden totals of so many floors.

    With the defaults it is the true rule, which a test says; so what fails, fails for its one difference.
    """

    def view(kind: str, counts: Mapping[str, int], units: int, k: int, clamp: int) -> View:
        present = {key: count for key, count in counts.items() if count}
        shown = {key: count for key, count in present.items() if count >= k * clamp}
        complete = len(shown) == len(present)
        hidden = sum(present.values()) - sum(shown.values())
        enough = k * clamp * (partition_floors if kind == "partition" else set_floors)
        for key, count in [] if complete else sorted(shown.items(), key=order):
            del shown[key]
            hidden += count
            if hidden >= enough:
                break
        return tuple(sorted(shown.items())), complete

    return view
