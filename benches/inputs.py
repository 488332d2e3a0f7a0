"""Inputs like those of real conduits: chunks over the release stream's vocabulary, the same on every run."""

from __future__ import annotations

import hashlib
import random
from functools import cache
from pathlib import Path

VOCABULARIES = Path(__file__).parents[1] / "python" / "weftend" / "contracts" / "vocabularies" / "release"
MAPS = {
    "capDenies": ("cap-ids", 18),
    "reasonFamilies": ("reason-families", 64),
    "tartarusKinds": ("tartarus-kinds", 9),
}
"""Map name: its vocabulary, and how many buckets a chunk shows."""


@cache
def names(vocabulary: str) -> list[str]:
    """The names of a shipped vocabulary, such as ``reason-families``."""
    return (VOCABULARIES / f"{vocabulary}.txt").read_text(encoding="utf-8").split()


def chunks(count: int, seed: int = 20260111, *, shuffled: bool = False) -> list[dict[str, object]]:
    """Chunks of about 4 KB: fields in the order of the format's description, buckets in byte order, in which the
    fold makes them and files hold them, or ``shuffled``, as a program of another kind may have met them."""
    rng = random.Random(seed)
    return [_chunk(rng, number, shuffled) for number in range(count)]


def _chunk(rng: random.Random, number: int, shuffled: bool) -> dict[str, object]:
    floor, units = 100, rng.randrange(2_000, 90_000)
    return {
        "schema": "weftend.telemetry.chunk/0",
        "streamId": "telemetry.release.v0",
        "chunkId": _digest(number, "chunk"),
        "prevChunkId": _digest(number - 1, "chunk") if number else None,
        "windowStartTick": number * 100_000,
        "windowEndTick": number * 100_000 + units,
        "payload": _payload(rng, floor, units, shuffled),
        "evidenceRefs": sorted(_digest(number, f"evidence{i}") for i in range(6)),
        "tartarusRefs": sorted(_digest(number, f"tartarus{i}") for i in range(6)),
        "ttlSeconds": 86_400,
        "kAnonymityFloor": floor,
        "coverage": rng.choice([1, 0.66, 0.33]),
    }


def _payload(rng: random.Random, floor: int, units: int, shuffled: bool) -> dict[str, object]:
    return {
        "schema": "weftend.telemetry.aggregate/0",
        "bind": {"pathDigest": _digest(0, "path")},
        "kFloor": floor,
        "sampleCount": units,
        "aggregates": {
            name: _buckets(rng, names(vocabulary), size, shuffled)
            for name, (vocabulary, size) in MAPS.items()
        },
    }


def _buckets(rng: random.Random, keys: list[str], size: int, shuffled: bool) -> dict[str, int]:
    met = rng.sample(keys, size)
    return {key: rng.randrange(100, 90_000) for key in (met if shuffled else sorted(met))}


def floats(count: int, seed: int = 7) -> list[float]:
    """Doubles of every size that measurements have."""
    rng = random.Random(seed)
    kinds = [rng.random, lambda: rng.gauss(0, 1000), lambda: rng.uniform(0, 1e9), lambda: rng.random() * 1e-9]
    return [rng.choice(kinds)() for _ in range(count)]


def _digest(number: int, salt: str) -> str:
    return "sha256:" + hashlib.sha256(f"{salt}:{number}".encode()).hexdigest()
