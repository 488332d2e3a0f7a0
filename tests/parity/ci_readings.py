"""Reads the same documents with the core and with the reference: equal partial folds, or the same refusals."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from weftend import ci
from weftend.canonical import canonicalize
from weftend.contracts import stream as definition_of
from weftend.fold import Partial, Stream
from weftend.reference import ci as reference
from weftend.reference import fold
from weftend.reference.ci import Document

TESTS, FINDINGS, JOBS = "telemetry.ci.tests.v0", "telemetry.ci.findings.v0", "telemetry.ci.jobs.v0"
DEFINITIONS: dict[str, dict[str, Any]] = {name: definition_of(name) for name in (TESTS, FINDINGS, JOBS)}

Refused = dict[str, tuple[str, str]]
"""Name of a document → code and place."""


def agree(definition: dict[str, Any], documents: Sequence[Document], rule: str = "") -> reference.Reading:
    """What both readers make of the documents, all of which have one format; an assertion where they differ.

    Of XML, whose parsers find different bytes wrong first, refusals are compared without their places.
    """
    stream = Stream(canonicalize(definition))
    expected = reference.read(definition, documents, rule)
    found, refused = by_core(stream, documents, rule)
    places = documents[0].format != "junit"
    wanted = {name: (refusal.code, refusal.place) for name, refusal in expected.refused.items()}
    both = without(refused, places), without(wanted, places)
    assert both[0] == both[1], both
    same = as_core(stream, expected.partial)
    units = by_unit(stream, found), by_unit(stream, same)
    assert units[0] == units[1], units
    # How the core tells one file of records from another is its own affair; everything else is equal to the byte.
    assert documents[0].format == "ndjson" or found.to_bytes() == same.to_bytes()
    return expected


def without(refused: Refused, places: bool) -> Refused:
    """The refusals, without places where these are not to be compared."""
    return refused if places else {name: (code, "") for name, (code, _) in refused.items()}


def by_core(stream: Stream, documents: Sequence[Document], rule: str = "") -> tuple[Partial, Refused]:
    """The core's partial, and what it refused."""
    with tempfile.TemporaryDirectory() as folder:
        for document in documents:
            path = Path(folder, document.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(document.content)
        paths = [Path(folder, document.name) for document in documents]
        reading = ci.read(stream, paths, unit=rule or None, format=documents[0].format, threads=1)
    refused = {}
    for issue in reading.issues.issues:
        path, _, place = issue.path.partition("#")
        refused[str(Path(path).relative_to(folder))] = (str(issue.code), place)
    return reading.partial, refused


def as_core(stream: Stream, partial: fold.Partial) -> Partial:
    """A fold in plain dictionaries as one of the core's."""
    made = Partial(stream.channels())
    channels = {name: number for number, name in enumerate(stream.channels())}
    for unit, parts in partial.items():
        made.add(unit, unit, 0, "", 0)
        for part, keys in parts.items():
            for (channel, key), amount in keys.items():
                made.add(unit, part, channels[channel], key, amount)
            made.end_record()
    return made


def by_unit(stream: Stream, partial: Partial) -> dict[str, dict[str, dict[str, int]]]:
    """What each unit contributes, over its parts: unit → map → key → amount."""
    whole, digests = partial.to_bytes(), partial.digests()
    found = {}
    for start in range(0, len(digests), 32):
        one = Partial.from_bytes(whole)
        one.without(digests[:start] + digests[start + 32 :])
        totals = zip(stream.channels(), one.totals(), strict=True)
        keys = {name: {key: total for key, (_, total) in counted.items()} for name, counted in totals}
        found[digests[start : start + 32].hex()] = {
            name: counted for name, counted in keys.items() if counted
        }
    return found
