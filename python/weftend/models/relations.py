"""What must agree within one chunk, beyond the bounds of its fields.

Each check looks at the raw value and keeps silent where a field has the wrong type, so that these findings
come beside the model's own and not after them. What binds chunks to each other is the chain's business.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from weftend.errors import Code, Issue

Found = Iterator[Issue]


def of_aggregate(value: object, at: str = "") -> Found:
    """No count is below the floor: whatever the kind of map, a visible count is at least ``kFloor``."""
    floor = _integer(value, "kFloor")
    for name, buckets in _members(_get(value, "aggregates")):
        for key, count in _members(buckets):
            if floor is not None and _is_integer(count) and 1 <= count < floor:
                place = f"{at}/aggregates/{_step(name)}/{_step(key)}"
                yield Issue(Code.TELEMETRY_K_ANONYMITY_FAIL, place, "the count is below kFloor")


def of_chunk(value: object, at: str = "") -> Found:
    """The window is as long as the payload's ``sampleCount``, and both floors are one."""
    payload = _get(value, "payload")
    start, end = _integer(value, "windowStartTick"), _integer(value, "windowEndTick")
    units = _integer(payload, "sampleCount")
    if start is not None and end is not None and units is not None and end - start != units:
        message = "the window is not as long as payload.sampleCount"
        yield Issue(Code.TELEMETRY_TICK_INVALID, f"{at}/windowEndTick", message)
    floor, inner = _integer(value, "kAnonymityFloor"), _integer(payload, "kFloor")
    if floor is not None and inner is not None and floor != inner:
        yield Issue(Code.TELEMETRY_SCHEMA_INVALID, f"{at}/kAnonymityFloor", "is not payload.kFloor")
    yield from of_aggregate(payload, f"{at}/payload")


def of_chunks(value: object, at: str = "") -> Found:
    """The same for every chunk of a store or a snapshot."""
    chunks = _get(value, "chunks")
    for index, chunk in enumerate(chunks if isinstance(chunks, list) else ()):
        yield from of_chunk(chunk, f"{at}/chunks/{index}")


def _get(value: object, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _members(value: object) -> Iterator[tuple[Any, Any]]:
    yield from value.items() if isinstance(value, dict) else ()


def _integer(value: object, name: str) -> int | None:
    member = _get(value, name)
    return member if _is_integer(member) else None


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _step(name: object) -> str:
    printable = str(name).encode("utf-8", "replace").decode()
    return printable.replace("~", "~0").replace("/", "~1")
