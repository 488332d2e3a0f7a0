"""Small compiled stream definitions for tests."""

import json
from typing import Any

from weftend.fold import Stream

PATH = "sha256:" + "ab" * 32


def definition(**changes: Any) -> dict[str, Any]:
    """One map of each kind, with a clamp of 3 in the sum."""
    caps = {
        "maxBucketsPerChunk": 200,
        "maxChunkBytes": 262_144,
        "maxChunks": 64,
        "maxWindowTicks": 1_000_000,
        "ttlSeconds": 86_400,
    }
    maps = [
        _map("conclusions", "partition", {"type": "enum", "keys": ["passed", "failed", "errored"]}),
        _map(
            "families",
            "set",
            {"type": "registered", "grammar": "reason-code", "keys": ["A", "B", "C"]},
            fold="family",
        ),
        _map("outcomes", "sum", {"type": "enum", "keys": ["good", "bad"]}, clamp=3),
    ]
    return {
        "schema": "weftend.stream/0",
        "streamId": "telemetry.test.v0",
        "version": 1,
        "title": "A test",
        "unit": {"name": "run", "plural": "runs"},
        "reader": "tests",
        "contribution": "every-map",
        "floor": {"default": 100, "least": 5},
        "caps": caps,
        "refs": ["evidenceRefs", "tartarusRefs"],
        "maps": maps,
    } | changes


def load(**changes: Any) -> Stream:
    """The definition as the core reads it."""
    return Stream(json.dumps(definition(**changes)).encode())


def _map(
    name: str, kind: str, vocabulary: dict[str, Any], clamp: int = 1, fold: str = "none"
) -> dict[str, Any]:
    return {"name": name, "kind": kind, "clamp": clamp, "fold": fold, "vocabulary": vocabulary}
