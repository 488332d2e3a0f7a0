"""Reading the compiled contracts: canonical JSON that ships in the wheel; no YAML at run time."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

COMPILED: Final = Path(__file__).with_name("compiled.json")
"""The shipped contracts; the same bytes stand in the core crate."""


@lru_cache(maxsize=1)
def load() -> dict[str, Any]:
    """The shipped contracts: ``schema``, ``streams`` and the rest; shared, so never changed by callers."""
    contracts: dict[str, Any] = json.loads(COMPILED.read_bytes())
    return contracts


def stream(stream_id: str) -> dict[str, Any]:
    """The compiled definition of the shipped stream ``stream_id``; ``KeyError`` when there is none."""
    for definition in load()["streams"]:
        if definition["streamId"] == stream_id:
            found: dict[str, Any] = definition
            return found
    raise KeyError(stream_id)
