"""Identifiers to plant in an input, and every trace that each of them could leave in an output."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any
from urllib.parse import quote

DIGESTS = ("md5", "sha1", "sha256", "sha512")


class Canaries:
    """Hands out identifiers, each different from all others, and remembers them."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.planted: list[str] = []

    def text(self) -> str:
        """One that may stand wherever a string may."""
        return self._remember("canary{:07}" + "y")

    def url(self) -> str:
        """One that looks like what real folders hold: a domain, a path and a file name at once."""
        return self._remember("https://canary{:07}.pear.example/secret{:07}.html")

    def number(self) -> int:
        """One that may stand wherever a number may: 13 digits that no count has."""
        return int(self._remember("770{:07}311"))

    def _remember(self, form: str) -> str:
        number = next(self._numbers)
        self.planted.append(form.format(number, number))
        return self.planted[-1]


def planted(value: Any, canaries: Canaries, keep: Iterable[str] = ()) -> Any:
    """``value`` with a canary for every string and number but under the names in ``keep``.

    Every object gets a member with a canary for its name, too.
    """
    if isinstance(value, dict):
        inner = {
            name: item if name in keep else planted(item, canaries, keep) for name, item in value.items()
        }
        return inner | {canaries.text(): canaries.url()}
    if isinstance(value, list):
        return [planted(item, canaries, keep) for item in value]
    if isinstance(value, str):
        return canaries.url() if "/" in value or "." in value else canaries.text()
    return value if isinstance(value, bool) or value is None else canaries.number()


def base64_of(raw: bytes) -> Iterator[bytes]:
    """What of ``raw`` stands in base64 text, wherever in the encoded bytes it begins."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw)
        yield encoded[4 if before else 0 :][:-4]
        yield encoded[4 if before else 0 :][:-4].replace(b"+", b"-").replace(b"/", b"_")


def traces(canary: str) -> set[bytes]:
    """Raw, hex, base64 and percent-encoded, and digests of it and of the JSON string, in hex and base64."""
    raw = canary.encode()
    found = {raw, quote(canary, safe="").encode(), raw.hex().encode(), canary.encode("utf-16-le")}
    found.update(base64_of(raw))
    for algorithm in DIGESTS:
        for text in (raw, json.dumps(canary).encode()):
            digest = hashlib.new(algorithm, text, usedforsecurity=False).digest()
            found |= {digest, digest.hex().encode(), *base64_of(digest)}
    return found


def found_in(released: bytes, canaries: Canaries) -> list[str]:
    """The canaries that left a trace, in whatever case."""
    lower = released.lower()
    return [
        canary
        for canary in canaries.planted
        if any(trace in released or trace.lower() in lower for trace in traces(canary))
    ]
