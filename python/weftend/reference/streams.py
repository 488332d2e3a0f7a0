"""Compiled stream definitions, as far as releasing and verifying need them: maps, vocabularies, bounds.

Whether a definition is well formed is decided where it is compiled; here one that is not is refused at the
first member that is missing or of the wrong type.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from weftend.errors import Code, Issue, WeftendError
from weftend.reference.digest import digest
from weftend.reference.disclosure import KINDS, NONE, OTHER

LEAST_FLOOR: Final = 5
"""No floor is below this many units, whatever a stream or a caller says."""
STREAM_SCHEMA: Final = "weftend.stream/0"


class Map(NamedTuple):
    """One map: its kind, the most that a unit adds to a bucket, how keys fold, and its vocabulary.

    ``places``: registered key → its place in the vocabulary's order, from 0.
    """

    name: str
    kind: str
    clamp: int
    family: bool
    places: Mapping[str, int]

    def bucket(self, raw: str) -> str:
        """The bucket that a raw key falls into: its own where it is registered, else ``__other__``."""
        key = raw.partition(":")[0] if self.family else raw
        return key if key in self.places else OTHER

    def first(self, raw: Iterable[str]) -> str:
        """The one bucket of a partition for a unit with these raw keys: the first in the vocabulary's order.

        ``__other__`` comes after every registered key; a unit without a key is in ``__none__``.
        """
        buckets = {self.bucket(key) for key in raw}
        return min(buckets, key=lambda key: self.places.get(key, len(self.places)), default=NONE)

    def has(self, bucket: str) -> bool:
        """Whether a payload may show this bucket."""
        return bucket in self.places or bucket == OTHER or (bucket == NONE and self.kind == "partition")


class Stream(NamedTuple):
    """A stream definition. ``digest`` is that of its compiled form, the ``pathDigest`` outside releases."""

    id: str
    unit: str
    reader: str
    contribution: str
    least_floor: int
    caps: Mapping[str, int]
    refs: tuple[str, ...]
    maps: tuple[Map, ...]
    digest: str

    @classmethod
    def of(cls, compiled: Mapping[str, Any]) -> Stream:
        """The stream that ``compiled`` describes; ``STREAM_INVALID`` when it is no compiled definition."""
        try:
            return cls._of(compiled)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            issue = Issue(Code.STREAM_INVALID, "#", f"no compiled stream definition: {error!r}")
            raise WeftendError(issue) from error

    @classmethod
    def _of(cls, compiled: Mapping[str, Any]) -> Stream:
        if compiled["schema"] != STREAM_SCHEMA:
            raise ValueError(f"schema is not {STREAM_SCHEMA}")
        return cls(
            id=compiled["streamId"],
            unit=compiled["unit"]["plural"],
            reader=compiled["reader"],
            contribution=compiled["contribution"],
            least_floor=max(LEAST_FLOOR, int(compiled["floor"]["least"])),
            caps={name: int(most) for name, most in compiled["caps"].items()},
            refs=tuple(compiled["refs"]),
            maps=tuple(_map(item) for item in compiled["maps"]),
            digest=digest(compiled),
        )

    def map_named(self, name: str) -> Map | None:
        """The map of this name, if there is one."""
        return next((item for item in self.maps if item.name == name), None)


def forms(compiled: Mapping[str, Any]) -> tuple[Stream, ...]:
    """The stream of a compiled definition, and the same with the other contribution, which may be asked for.

    A chunk names its definition by digest, so the right one is found. In a release it does not: there a stream
    has the contribution that its definition says.
    """
    own = Stream.of(compiled)
    if own.reader == "release":
        return (own,)
    other = "every-map" if own.contribution == "one-map" else "one-map"
    return own, Stream.of({**compiled, "contribution": other})


def _map(item: Mapping[str, Any]) -> Map:
    if item["kind"] not in KINDS:
        raise ValueError(f"kind is none of {', '.join(KINDS)}")
    places = {key: place for place, key in enumerate(item["vocabulary"]["keys"])}
    return Map(item["name"], item["kind"], int(item["clamp"]), item["fold"] == "family", places)
