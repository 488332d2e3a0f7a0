"""Canaries are found in any disguise, and reach no byte that a release function makes."""

import base64
import hashlib
from itertools import islice
from typing import Any

import pytest
from canaries import KINDS, Canary, disguises, flock, parts, sightings

from snapshots import chain, definition, file, snapshot
from weftend.reference import fold
from weftend.reference.verify import verify_snapshot

SOME = list(islice(flock("self"), len(KINDS)))


def seen(data: bytes, canary: Canary) -> set[str]:
    return {sighting.disguise for sighting in sightings(data, [canary])}


@pytest.mark.parametrize("canary", SOME, ids=KINDS)
def test_a_canary_is_found_in_every_disguise(canary: Canary) -> None:
    text = canary.text
    assert "raw" in seen(f"...{text}...".encode(), canary)
    assert "raw" in seen(text.upper().encode(), canary)
    assert "hex" in seen(text.encode().hex().upper().encode(), canary)
    for before in (b"", b"x", b"xy", b"xyz"):
        encoded = base64.b64encode(before + text.encode() + b"tail")
        assert any(name.startswith("base64") for name in seen(b"..." + encoded, canary)), before
    assert "sha256" in seen(hashlib.sha256(text.encode()).hexdigest().encode(), canary)
    assert "sha256" in seen(hashlib.sha256(f'"{parts(text)[-1]}"'.encode()).hexdigest().encode(), canary)
    assert any(
        name.endswith("sha1")
        for name in seen(
            base64.b64encode(hashlib.sha1(text.encode(), usedforsecurity=False).digest()), canary
        )
    )


def test_no_canary_is_found_where_none_is() -> None:
    assert sightings(b"sha256:" + b"0123456789abcdef" * 4096 + b"buildCorpExample", SOME) == []


def test_canaries_differ_and_their_disguises_are_long_enough_to_mean_something() -> None:
    many = list(islice(flock("many"), 200))
    assert len({canary.text for canary in many}) == 200
    assert list(islice(flock("many"), 200)) == many
    assert min(len(form) for canary in many for _, form in disguises(canary.text)) >= 8


def planted(compiled: dict[str, Any], canaries: list[Canary]) -> fold.Partial:
    """Thirty units that have every canary as a key of every map, beside one key that is registered."""
    found: fold.Partial = {}
    for number in range(30):
        unit = hashlib.sha256(b"unit %d" % number).digest()
        for item in compiled["maps"]:
            registered = item["vocabulary"]["keys"][0]
            for key in (registered, *(canary.text for canary in canaries)):
                fold.add(found, unit, unit, item["name"], key)
                fold.add(found, unit, unit, item["name"], f"{registered}:{key}")
    return found


@pytest.mark.parametrize("family", ["none", "family"])
def test_a_key_that_is_not_registered_reaches_no_chunk(family: str) -> None:
    compiled = definition()
    compiled["maps"] = [item | {"fold": family} for item in compiled["maps"]]
    canaries = list(islice(flock(family), 3 * len(KINDS)))
    released = file(snapshot(chain(compiled, planted(compiled, canaries))))
    assert b"__other__" in released
    assert verify_snapshot(released, "s").status == "verified"
    assert sightings(released, canaries) == []
