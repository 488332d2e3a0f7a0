"""What the last release accepted must go on being accepted, and mean the same, unless the version is raised.

Both sides are compiled contracts; the last release's are committed as ``released.json``. Allowed under the same
version: a further optional field, a further enum value or registered name, wider bounds, a further map or key.
Words for people (``about``, ``owner``, ``review``, ``title``) may change at any time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

Change = tuple[tuple[str, ...], str]
"""(steps of a pointer into the compiled contracts, by names; what changed)."""

_EVENT_FIXED: Final = (
    "family",
    "sessionConvention",
    "sensitivity",
    "transmission",
    "table",
    "retention",
    "valueUnit",
)
_STREAM_FIXED: Final = ("reader", "contribution", "unit", "settings", "fields")
_MAP_FIXED: Final = ("kind", "clamp", "fold")


def incompatible(released: dict[str, Any], now: dict[str, Any]) -> list[Change]:
    """Every change since ``released`` that needs a new version, or that no version can make good."""
    return [
        *_each(released["events"], now["events"], "type", "events", _event),
        *_each(released["streams"], now["streams"], "streamId", "streams", _stream),
        *_tables(released["tables"], now["tables"]),
        *_retention(released["retention"], now["retention"]),
    ]


def _by(items: list[dict[str, Any]], name: str) -> dict[str, dict[str, Any]]:
    return {item[name]: item for item in items}


def _each(
    released: list[dict[str, Any]], now: list[dict[str, Any]], key: str, at: str, compare: Any
) -> Iterator[Change]:
    current = _by(now, key)
    for name, old in _by(released, key).items():
        new = current.get(name)
        if new is None:
            yield (at, name), "is gone: retire it by a version, never by taking it away"
        elif new["version"] < old["version"]:
            yield (at, name, "version"), f"goes back from {old['version']}"
        elif new["version"] == old["version"]:
            for place, message in compare(old, new):
                yield (at, name, *place), f"{message}: raise the version"


def _event(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    yield from _changed(old, new, _EVENT_FIXED)
    if not set(old["producers"]) <= set(new["producers"]) and new["producers"]:
        yield ("producers",), "one of them is gone"
    yield from _narrowed(old["value"], new["value"], "value")
    fields = _by(new["fields"], "name")
    for name, field in _by(old["fields"], "name").items():
        yield from _field(name, field, fields.get(name))
    for name in fields.keys() - _by(old["fields"], "name").keys():
        if fields[name]["required"]:
            yield ("fields", name), "a new field is required"


def _field(name: str, old: dict[str, Any], new: dict[str, Any] | None) -> Iterator[Change]:
    at = ("fields", name)
    if new is None:
        yield at, "is gone"
        return
    if new["required"] and not old["required"]:
        yield at, "is required now"
    if new["class"] != old["class"]:
        yield at, f"its class was {old['class']}"
    yield from ((at, message) for message in _kind(old["kind"], new["kind"]))


def _kind(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    if old["type"] != new["type"]:
        yield f"was of type {old['type']}"
        return
    for listed in ("values", "keys"):
        if gone := set(old.get(listed, ())) - set(new.get(listed, ())):
            yield f"no longer lists {', '.join(sorted(gone))}"
    if old.get("grammar") != new.get("grammar"):
        yield f"its grammar was {old.get('grammar')}"
    if new.get("maxBytes", 0) < old.get("maxBytes", 0):
        yield f"had room for {old['maxBytes']} bytes"
    if new.get("min", 0) > old.get("min", 0) or new.get("max", 0) < old.get("max", 0):
        yield f"had wider bounds, from {old['min']} to {old['max']}"


def _narrowed(old: dict[str, Any] | None, new: dict[str, Any] | None, name: str) -> Iterator[Change]:
    if old is not None and (new is None or new["min"] > old["min"] or new["max"] < old["max"]):
        yield (name,), "had wider bounds" if new else "is gone"


def _stream(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    yield from _changed(old, new, _STREAM_FIXED)
    if new["floor"]["least"] < old["floor"]["least"]:
        yield ("floor", "least"), f"was {old['floor']['least']}"
    maps = _by(new["maps"], "name")
    for name, item in _by(old["maps"], "name").items():
        if name not in maps:
            yield ("maps", name), "is gone"
            continue
        for place, message in _changed(item, maps[name], _MAP_FIXED):
            yield ("maps", name, *place), message
        yield from ((("maps", name, "vocabulary"), message) for message in _vocabulary(item, maps[name]))


def _vocabulary(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    before, after = old["vocabulary"], new["vocabulary"]
    if before["type"] != after["type"] or before.get("grammar") != after.get("grammar"):
        yield "was of another type or grammar"
    kept = [key for key in after["keys"] if key in set(before["keys"])]
    if before["type"] == "enum" and kept != before["keys"]:
        yield "an enum's keys are gone or in another order"


def _tables(released: list[dict[str, Any]], now: list[dict[str, Any]]) -> Iterator[Change]:
    tables = _by(now, "table")
    for name, old in _by(released, "table").items():
        if name not in tables:
            yield ("tables", name), "is gone: stored rows would have no contract"
            continue
        yield from ((("tables", name, *place), text) for place, text in _columns(old, tables[name]))


def _columns(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    columns = _by(new["columns"], "name")
    for name, column in _by(old["columns"], "name").items():
        if name not in columns:
            yield ("columns", name), "is gone: stored rows would have no contract"
        elif columns[name]["class"] < column["class"]:
            yield ("columns", name), f"stored rows are of class {column['class']}"


def _retention(released: list[dict[str, Any]], now: list[dict[str, Any]]) -> Iterator[Change]:
    rules = _by(now, "table")
    for name, old in _by(released, "table").items():
        new = rules.get(name)
        if new is not None and old["days"] and (new["days"] or old["days"] + 1) > old["days"]:
            yield ("retention", name), f"people were told {old['days']} days; it may only get shorter"


def _changed(old: dict[str, Any], new: dict[str, Any], names: tuple[str, ...]) -> Iterator[Change]:
    for name in names:
        if old.get(name) != new.get(name):
            yield (name,), "changed"
