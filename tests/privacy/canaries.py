"""Canaries: marked identifiers to plant in inputs, and a search for them in whatever was released.

A canary is found in any disguise that a program could put on it by accident: another case, an encoding, a digest,
or only its distinctive part.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from urllib.parse import quote

LEAST_PART = 8
"""A part of a canary is looked for on its own from this many characters on."""


@dataclass(frozen=True)
class Canary:
    """One planted identifier: what kind it is of, and its text."""

    kind: str
    text: str


@dataclass(frozen=True)
class Sighting:
    """A canary that was found: in which disguise, and where in the bytes."""

    canary: Canary
    disguise: str
    place: int


_TEXTS = {
    "host": "build-{mark}.corp.example",
    "user": "Ursula.{mark}",
    "email": "ursula.{mark}@corp.example",
    "ipv4": "10.{a}.{b}.77",
    "ipv6": "fd00:{mark_hex}::{a}",
    "path": "/home/ursula-{mark}/work/secret.py",
    "windows": "C:\\Users\\ursula-{mark}\\secret.txt",
    "url": "https://git.{mark}.example/secret?token={mark}",
    "branch": "feature/{mark}-rename-acme",
    "commit": "{commit}",
    "message": "expected {mark} but found 'gr\u00fcn'",
    "trace": 'File "/srv/{mark}/app.py", line 7, in {mark}_step',
    "token": "ghp_{mark}",
    "word": "{mark}",
}
KINDS = tuple(_TEXTS)


def flock(seed: str) -> Iterator[Canary]:
    """Canaries without end, each of them different, kind after kind; the same seed gives the same ones."""
    for number in count():
        mark = "zq" + hashlib.sha256(f"{seed}/{number}".encode()).hexdigest()[:14]
        octets = hashlib.sha256(mark.encode()).digest()
        for kind, text in _TEXTS.items():
            fields = {"a": octets[0], "b": octets[1], "mark_hex": octets[:2].hex()}
            commit = hashlib.sha1(mark.encode(), usedforsecurity=False).hexdigest()
            yield Canary(kind, text.format(mark=mark, commit=commit, **fields))


def sightings(data: bytes, canaries: list[Canary]) -> list[Sighting]:
    """Every canary that shows in ``data``."""
    lowered = data.lower()
    found = []
    for canary in canaries:
        for disguise, form in disguises(canary.text):
            place = data.find(form) if disguise.startswith("base64") else lowered.find(form.lower())
            if place >= 0:
                found.append(Sighting(canary, disguise, place))
    return found


def disguises(text: str) -> Iterator[tuple[str, bytes]]:
    """Each disguise by name, and the bytes to look for."""
    for part in parts(text):
        raw = part.encode()
        yield "raw", raw
        yield "json", json.dumps(part)[1:-1].encode()
        yield "percent", quote(part, safe="").encode()
        yield "hex", raw.hex().encode()
        yield "reversed", part[::-1].encode()
        for alignment in range(3):
            yield f"base64 {alignment}", _base64(raw, alignment)
            yield f"base64 url {alignment}", _base64(raw, alignment).translate(bytes.maketrans(b"+/", b"-_"))
        yield from _digests(part)


def parts(text: str) -> list[str]:
    """The text, and those of its words that are long enough to be told from chance, marks among them."""
    words = [word for word in re.split(r"\W+", text) if len(word) >= LEAST_PART]
    return list(dict.fromkeys([text, *words]))


def _digests(text: str) -> Iterator[tuple[str, bytes]]:
    for form in (text.encode(), json.dumps(text, ensure_ascii=False).encode(), text.lower().encode()):
        for name in ("sha256", "sha1", "md5"):
            digest = hashlib.new(name, form, usedforsecurity=False)
            yield name, digest.hexdigest().encode()
            yield f"base64 {name}", base64.b64encode(digest.digest()).rstrip(b"=")


def _base64(raw: bytes, alignment: int) -> bytes:
    """What of ``raw`` in base64 does not depend on its neighbours, when so many bytes stand before its block."""
    skipped = -alignment % 3
    whole = raw[skipped:]
    return base64.b64encode(whole[: len(whole) // 3 * 3])
