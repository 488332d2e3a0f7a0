"""Canonicalization and digests against orjson, rfc8785 and hashlib: ``make bench``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import partial

import orjson
import rfc8785

import weftend
from harness import Job, run
from inputs import chunks, floats
from weftend import reference

PACKAGES = ("weftend", "orjson", "rfc8785")

sorted_dumps = partial(orjson.dumps, option=orjson.OPT_SORT_KEYS)


def round_trip(text: bytes) -> bytes:
    """What one would do with orjson to put a text in order."""
    return orjson.dumps(orjson.loads(text), option=orjson.OPT_SORT_KEYS)


def sha256(data: bytes) -> bytes:
    """The hash alone."""
    return hashlib.sha256(data).digest()


def equal(expected: object, *calls: Callable[[], object]) -> Callable[[], None]:
    """A check that every call gives what is expected."""

    def check() -> None:
        for call in calls:
            assert call() == expected

    return check


def objects(name: str, value: object, reach: float | None = None, *, same: bool = True) -> Job:
    """``canonicalize`` of a value against orjson, which spells some floats otherwise (not ``same``)."""
    ours, theirs = partial(weftend.canonicalize, value), partial(sorted_dumps, value)
    expected = reference.canonicalize(value)
    check = equal(expected, ours, theirs) if same else equal(expected, ours)
    return Job(name, "orjson, sorted keys", ours, theirs, check, len(expected), reach)


def pure(name: str, value: object, reach: float | None = None) -> Job:
    """``canonicalize`` of a value against rfc8785."""
    ours, theirs = partial(weftend.canonicalize, value), partial(rfc8785.dumps, value)
    expected = reference.canonicalize(value)
    return Job(name, "rfc8785", ours, theirs, equal(expected, ours, theirs), len(expected), reach)


def texts(name: str, text: bytes, reach: float | None = None, *, same: bool = True) -> Job:
    """``canonicalize_text`` against reading and writing with orjson."""
    ours, theirs = partial(weftend.canonicalize_text, text), partial(round_trip, text)
    expected = reference.canonicalize_text(text)
    check = equal(expected, ours, theirs) if same else equal(expected, ours)
    return Job(name, "orjson loads + sorted dumps", ours, theirs, check, len(text), reach)


def hashed(canonical: bytes) -> list[Job]:
    """``digest_text`` and ``is_canonical`` of canonical text against the hash alone over the same bytes."""
    alone = partial(sha256, canonical)
    ours, checked = partial(weftend.digest_text, canonical), partial(weftend.is_canonical, canonical)
    right = equal("sha256:" + alone().hex(), ours)
    return [
        Job("digest_text, canonical", "SHA-256 alone", ours, alone, right, len(canonical), 0.5),
        Job("is_canonical", "SHA-256 alone", checked, alone, equal(True, checked), len(canonical)),
    ]


def main() -> None:
    """Print the table and write it as JSON."""
    many, met, numbers = chunks(300), chunks(300, shuffled=True), floats(20_000)
    canonical = reference.canonicalize(many)
    compact = json.dumps(met, separators=(",", ":")).encode()
    indented = json.dumps(json.loads(canonical), indent=1).encode()
    jobs = [
        objects("canonicalize, 300 chunks", many, 0.8),
        objects("canonicalize, one hot chunk", many[1]),
        objects("canonicalize, floats", numbers, same=False),
        pure("canonicalize, 300 chunks", many, 30),
        objects("canonicalize, 300 chunks, shuffled", met, 0.8),
        pure("canonicalize, 300 chunks, shuffled", met),
        texts("canonicalize_text, unsorted", compact, 2.5),
        texts("canonicalize_text, canonical", canonical, 3.5),
        texts("canonicalize_text, sorted, indented", indented, 3.5),
        texts("canonicalize_text, one hot chunk", json.dumps(many[1]).encode()),
        texts("canonicalize_text, floats", json.dumps(numbers).encode(), same=False),
        *hashed(canonical),
    ]
    run("canonical", jobs, PACKAGES)


if __name__ == "__main__":
    main()
