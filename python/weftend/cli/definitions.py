"""Stream definitions as a command line names them: shipped ones, ``--streams FILE``, ``--vocabulary FILE``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from weftend.errors import Code, Issue, WeftendError

CONTRACTS: Final = "weftend.contracts/0"


def given(
    files: Sequence[Path], vocabularies: Sequence[str], shipped: dict[str, Any]
) -> list[dict[str, Any]]:
    """The compiled definitions that ``--streams`` and ``--vocabulary`` say.

    ``files``: YAML definitions, compiled definitions, or compiled contracts. ``vocabularies``: ``[MAP=]FILE``;
    they replace the registered names of that map, or of every map with registered names, in the definitions
    given, or in the shipped ones when none is. :class:`WeftendError` with ``STREAM_INVALID`` for what is none.
    """
    definitions = [definition for path in files for definition in _read(path, shipped)]
    if not vocabularies:
        return definitions
    registered = definitions or shipped["streams"]
    for vocabulary in vocabularies:
        name, _, file = vocabulary.rpartition("=")
        if not any(_registered(item, name) for item in registered):
            message = f"no map {name} takes registered names" if name else "no map takes registered names"
            raise WeftendError(Issue(Code.STREAM_INVALID, f"{Path(file).name}#", message))
        registered = [_with_names(item, name, Path(file)) for item in registered]
    return registered if definitions else [item for item in registered if item not in shipped["streams"]]


def _read(path: Path, shipped: dict[str, Any]) -> list[dict[str, Any]]:
    """One file: JSON that is compiled already, or YAML that people wrote."""
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return [_compiled(path, shipped)]
    if isinstance(value, dict) and value.get("schema") == CONTRACTS:
        return list(value.get("streams", []))
    if isinstance(value, dict) and "schema" in value:
        return [value]
    return [_compiled(path, shipped)]


def _compiled(path: Path, shipped: dict[str, Any]) -> dict[str, Any]:
    from weftend.contracts import streams

    # As contracts are laid out: streams/ID.yaml beside vocabularies/NAME.txt; or both in one folder.
    folder = path.parent.parent if path.parent.name == "streams" else path.parent
    return streams.compiled(streams.read(path), folder / "vocabularies", _contract_names(shipped))


def _contract_names(shipped: dict[str, Any]) -> dict[str, list[str]]:
    """What event contracts register: producers and event types, as the shipped usage stream lists them."""
    maps = {
        item["name"]: item["vocabulary"]["keys"] for stream in shipped["streams"] for item in stream["maps"]
    }
    return {name: maps.get(name, []) for name in ("producers", "eventTypes")}


def _registered(definition: dict[str, Any], name: str = "") -> list[str]:
    """The maps of a definition whose names are registered: all of them, or the one that is named."""
    return [
        item["name"]
        for item in definition.get("maps", [])
        if item["vocabulary"]["type"] == "registered" and (not name or name == item["name"])
    ]


def _with_names(definition: dict[str, Any], name: str, path: Path) -> dict[str, Any]:
    """The definition with the names in ``path`` registered in one map, or in every map that takes some."""
    from weftend.contracts import vocabularies
    from weftend.models.grammars import GRAMMARS

    chosen = _registered(definition, name)
    maps = []
    for item in definition["maps"]:
        if item["name"] in chosen:
            keys = vocabularies.read(path, GRAMMARS[item["vocabulary"]["grammar"]])
            item = item | {"vocabulary": item["vocabulary"] | {"keys": keys}}
        maps.append(item)
    return definition | {"maps": maps}
