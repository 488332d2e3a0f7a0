"""From a stream definition in YAML to its compiled form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from weftend.contracts import vocabularies
from weftend.errors import Code, Issue, WeftendError
from weftend.models.grammars import GRAMMARS
from weftend.models.streams import STREAM_SCHEMA, Keys, Map, StreamDefinition
from weftend.models.violations import issues_of


def read(path: Path) -> StreamDefinition:
    """The definition in ``path``; ``STREAM_INVALID`` with every violation at once when it is none."""
    try:
        return StreamDefinition.model_validate(yaml.safe_load(path.read_bytes()))
    except ValidationError as error:
        raise WeftendError(issues_of(error, Code.STREAM_INVALID, path.name)) from error
    except (OSError, yaml.YAMLError) as error:
        raise WeftendError(Issue(Code.STREAM_INVALID, f"{path.name}#", f"cannot be read: {error}")) from error


def compiled(definition: StreamDefinition, vocabulary_folder: Path) -> dict[str, Any]:
    """The compiled form; registered vocabularies are read from ``vocabulary_folder/<name>.txt``."""
    maps = sorted(definition.maps.items(), key=lambda item: item[0].encode())
    form: dict[str, Any] = {
        "schema": STREAM_SCHEMA,
        "streamId": definition.id,
        "version": definition.version,
        "title": definition.title,
        "unit": {"name": definition.unit.name, "plural": definition.unit.plural},
        "reader": definition.reader,
        "contribution": definition.contribution,
        "floor": definition.floor.model_dump(by_alias=True),
        "caps": definition.caps.model_dump(by_alias=True),
        "refs": list(definition.refs),
        "maps": [_map(name, item, vocabulary_folder) for name, item in maps],
    }
    if definition.settings:
        form["settings"] = dict(definition.settings)
    if definition.reader == "ndjson":
        form["fields"] = _fields(definition)
    return form


def _map(name: str, item: Map, folder: Path) -> dict[str, Any]:
    return {
        "name": name,
        "kind": item.kind,
        "clamp": item.clamp,
        "fold": item.fold,
        "vocabulary": _vocabulary(item.keys, folder),
    }


def _vocabulary(keys: Keys, folder: Path) -> dict[str, Any]:
    if keys.enum is not None:
        return {"type": "enum", "keys": list(keys.enum)}
    grammar = GRAMMARS[keys.grammar or ""]
    names = [] if keys.registered is True else vocabularies.read(folder / f"{keys.registered}.txt", grammar)
    return {"type": "registered", "grammar": grammar.name, "keys": names}


def _fields(definition: StreamDefinition) -> dict[str, Any]:
    maps = {
        name: {"key": item.key} | ({} if item.amount is None else {"amount": item.amount})
        for name, item in definition.maps.items()
    }
    return {"unit": definition.unit.field, "maps": maps}
