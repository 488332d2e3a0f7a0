"""Plants canaries in JSON: a different one for every string, every number and in every object's names."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from canaries import Canary


class Planter:
    """Takes canaries from a flock and remembers which."""

    def __init__(self, flock: Iterator[Canary]) -> None:
        self._flock = flock
        self._number = 0
        self.planted: list[Canary] = []

    def text(self) -> str:
        """The next canary's text."""
        self.planted.append(next(self._flock))
        return self.planted[-1].text

    def file_name(self) -> str:
        """The next canary's text, as far as it can name a file."""
        canary = next(self._flock)
        self.planted.append(Canary(canary.kind, canary.text.replace("/", "_")))
        return self.planted[-1].text

    def name(self) -> str:
        """The text of the next canary that can be the name of an element or attribute of XML."""
        while not ((text := self.text()).isalnum() and text[0].isalpha()):
            pass
        return text

    def number(self) -> int:
        """A number of 15 digits that no count has."""
        self._number += 1
        number = 771_000_000_000_317 + self._number * 1_000_000
        self.planted.append(Canary("number", str(number)))
        return number

    def in_place_of(self, value: Any, keep: Collection[str] = ()) -> Any:
        """``value`` with canaries for all that stands in it, but under the names in ``keep``."""
        if isinstance(value, dict):
            inner = {
                name: item if name in keep else self.in_place_of(item, keep) for name, item in value.items()
            }
            return inner | {self.text(): self.text()}
        if isinstance(value, list):
            return [self.in_place_of(item, keep) for item in value]
        if isinstance(value, str):
            return self.text()
        return value if isinstance(value, bool) or value is None else self.number()
