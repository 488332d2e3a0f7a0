"""Hypothesis strategies for streams and for what readers yield about their units."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from weftend.reference import digest, fold

KEYS = ("a", "b", "B", "a.b", "zz", "_", "ms_1")
"""Names of vocabularies; some raw keys are among them, some fold to them, some are not."""
RAW = st.sampled_from(
    [*KEYS, "c", "a:x", "a:y", "zz:", ":a", "", "__other__", "__none__", "\u00e9", "k" * 512, "k" * 513]
)
REFS = st.integers(0, 80).map(lambda n: f"sha256:{n:064x}") | st.sampled_from(
    ["sha256:ab", "sha256:" + "A" * 64, "sha256:" + "0" * 63, "x", "sha256:" + "0" * 65]
)
LISTS = ("evidenceRefs", "tartarusRefs")


@dataclass(frozen=True)
class Record:
    """One source record: the unit it is about, its own digest, and what it says: (channel, key, amount)."""

    unit: bytes
    part: bytes
    says: tuple[tuple[str, str, int], ...]


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """A compiled stream definition with one to four small maps."""
    names = draw(st.lists(st.sampled_from("mnopq"), min_size=1, max_size=4, unique=True))
    most = draw(st.sampled_from([7, 20, 1_000_000]))
    return {
        "schema": "weftend.stream/0",
        "streamId": "telemetry.parity.v0",
        "version": 1,
        "title": "Parity",
        "unit": {"name": "run", "plural": "runs"},
        "reader": "release",
        "contribution": draw(st.sampled_from(["every-map", "one-map"])),
        "floor": {"default": 100, "least": 5},
        "caps": {
            "maxBucketsPerChunk": 200,
            "maxChunkBytes": 262_144,
            "maxChunks": 4,
            "maxWindowTicks": most,
            "ttlSeconds": draw(st.sampled_from([1, 10, 86_400])),
        },
        "refs": draw(st.sampled_from([[], ["evidenceRefs"], ["evidenceRefs", "tartarusRefs"]])),
        "maps": [draw(maps(name)) for name in sorted(names)],
    }


@st.composite
def maps(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """One map of any kind, over an enum in any order or registered names."""
    kind = draw(st.sampled_from(["partition", "sum", "set"]))
    keys = draw(st.lists(st.sampled_from(KEYS[:4]), min_size=1, max_size=4, unique=True))
    registered = {"type": "registered", "grammar": "label", "keys": sorted(keys)}
    return {
        "name": name,
        "kind": kind,
        "clamp": draw(st.sampled_from([1, 2, 10])) if kind == "sum" else 1,
        "fold": draw(st.sampled_from(["none", "family"])),
        "vocabulary": draw(st.sampled_from([{"type": "enum", "keys": keys}, registered])),
    }


@st.composite
def records(draw: st.DrawFn, definition: dict[str, Any]) -> list[Record]:
    """Records over up to forty units; most units say the same, so that buckets reach the floor."""
    channels = [item["name"] for item in definition["maps"]]
    common = draw(st.lists(contributions(channels), max_size=3))
    found = []
    for number in range(draw(st.integers(0, 40))):
        unit = bytes.fromhex(digest(["unit", number])[7:])
        own = (
            [*common, *draw(st.lists(contributions(channels), max_size=2))] if draw(st.booleans()) else common
        )
        says = [(channel, key, amount) for channel, key, amount in own]
        for name in definition["refs"]:
            says += [(name, ref, 1) for ref in draw(st.lists(REFS, max_size=3))]
        part = draw(st.sampled_from([unit, bytes(32), bytes.fromhex(digest(["part", number])[7:])]))
        found.append(Record(unit, part, tuple(says)))
    return found


def contributions(channels: list[str]) -> st.SearchStrategy[tuple[str, str, int]]:
    """(channel, raw key, amount), amounts up to where they saturate."""
    amounts = st.sampled_from([0, 1, 1, 2, 9, 2**53 - 1, 2**64 - 1])
    return st.tuples(st.sampled_from(channels), RAW, amounts)


def as_reference(found: list[Record]) -> fold.Partial:
    """The records as the reference folds them, each met after the others."""
    partial: fold.Partial = {}
    for record in found:
        one: fold.Partial = {}
        fold.add(one, record.unit, record.part, "", "", 0)
        for channel, key, amount in record.says:
            fold.add(one, record.unit, record.part, channel, key, amount)
        partial = fold.merge(partial, one)
    return partial
