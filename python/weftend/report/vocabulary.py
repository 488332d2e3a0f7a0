"""Vocabularies that local data suggests: names that enough units have, in byte order, without their counts."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from weftend.contracts.definitions import registered
from weftend.contracts.vocabularies import findings
from weftend.fold import Partial, Stream
from weftend.models.grammars import GRAMMARS


class Proposal(NamedTuple):
    """What could be registered for one map, and what could not. Counts are private."""

    map: str
    names: tuple[str, ...]
    """In byte order: those registered already, and those that enough units have."""
    units: dict[str, int]
    """Of those that were found: how many units have them."""
    below: int
    """Names that too few units have."""
    refused: int
    """Names that cannot be registered: their form, or what privacy validation says."""
    unmatched: int
    """Names that the pattern left out."""


def maps_without_names(definition: dict[str, Any], stream: Stream, partial: Partial) -> list[str]:
    """The maps that take registered names, have none, and hold something in ``partial``."""
    empty = {item["name"] for item in definition["maps"] if not item["vocabulary"]["keys"]}
    return [name for name, keys in zip(stream.maps, partial.totals(), strict=True) if keys and name in empty]


def proposals(
    definition: dict[str, Any], stream: Stream, partial: Partial, k: int, pattern: str | None
) -> Iterator[Proposal]:
    """For each map that takes registered names: what ``partial`` suggests.

    ``k``: how many units a name needs. ``pattern``: what names must match (``*``, ``?``, ``[]``), or ``None``.
    """
    grammars, totals = registered(definition), dict(zip(stream.maps, partial.totals(), strict=True))
    for item in definition["maps"]:
        if item["name"] in grammars:
            units = _units(item, totals[item["name"]])
            yield _proposal(item, units, grammars[item["name"]], k, pattern)


def _units(item: dict[str, Any], keys: dict[str, tuple[int, int]]) -> dict[str, int]:
    """Units per name; of a family at least as many as of any key in it, since nobody added them up."""
    if item["fold"] != "family":
        return {key: units for key, (units, _) in keys.items()}
    families: dict[str, int] = {}
    for key, (units, _) in keys.items():
        family = key.partition(":")[0]
        families[family] = max(units, families.get(family, 0))
    return families


def _proposal(
    item: dict[str, Any], units: dict[str, int], grammar: str, k: int, pattern: str | None
) -> Proposal:
    known = set(item["vocabulary"]["keys"])
    new = {name: count for name, count in units.items() if name not in known}
    matched = {name: count for name, count in new.items() if pattern is None or fnmatchcase(name, pattern)}
    enough = {name: count for name, count in matched.items() if count >= k}
    good = {name: count for name, count in enough.items() if not findings(name, GRAMMARS[grammar])}
    return Proposal(
        item["name"],
        tuple(sorted(known | good.keys(), key=str.encode)),
        good,
        below=len(matched) - len(enough),
        refused=len(enough) - len(good),
        unmatched=len(new) - len(matched),
    )
