"""From a stream definition in YAML to its compiled form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from weftend.contracts import vocabularies, yamlfile
from weftend.errors import Code, Issue, IssueList, WeftendError
from weftend.models.grammars import GRAMMARS
from weftend.models.streams import STREAM_SCHEMA, Keys, Map, StreamDefinition
from weftend.models.violations import issues_of, pointer
from weftend.reference import privacy

ContractNames = Mapping[str, Sequence[str]]
"""What ``contract:`` vocabularies take their names from: ``producers`` and ``eventTypes``, in byte order."""


def read(path: Path) -> StreamDefinition:
    """The definition in ``path``; ``STREAM_INVALID`` with every violation at once when it is none."""
    value = yamlfile.read(path, Code.STREAM_INVALID)
    try:
        definition = StreamDefinition.model_validate(value)
    except ValidationError as error:
        raise WeftendError(issues_of(error, Code.STREAM_INVALID, path.name)) from error
    if issues := _forbidden_names(definition, path.name):
        raise WeftendError(IssueList.of(issues))
    return definition


def _forbidden_names(definition: StreamDefinition, file: str) -> list[Issue]:
    """Names of maps and enum keys become member names of payloads, so privacy validation holds for them."""
    named: list[tuple[tuple[str, ...], str]] = [((name,), name) for name in definition.maps]
    named += [
        ((name, "keys", "enum", str(index)), key)
        for name, item in definition.maps.items()
        for index, key in enumerate(item.keys.enum or ())
    ]
    return [
        Issue(Code.STREAM_INVALID, f"{file}#{pointer(('maps', *place))}", message)
        for place, name in named
        for _, message in privacy.name_findings(name)
    ]


def compiled(definition: StreamDefinition, folder: Path, names: ContractNames) -> dict[str, Any]:
    """The compiled form: maps in byte order of their names, vocabularies resolved.

    Registered vocabularies are read from ``folder/vocabularies/<name>.txt``, contract vocabularies from ``names``.
    """
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
        "maps": [_map(name, item, folder, names) for name, item in maps],
    }
    if definition.settings:
        form["settings"] = dict(definition.settings)
    if definition.reader == "ndjson":
        form["fields"] = _fields(definition)
    return form


def _map(name: str, item: Map, folder: Path, names: ContractNames) -> dict[str, Any]:
    return {
        "name": name,
        "kind": item.kind,
        "clamp": item.clamp,
        "fold": item.fold,
        "vocabulary": _vocabulary(item.keys, folder, names),
    }


def _vocabulary(keys: Keys, folder: Path, names: ContractNames) -> dict[str, Any]:
    if keys.enum is not None:
        return {"type": "enum", "keys": list(keys.enum)}
    grammar = GRAMMARS[keys.grammar or ""]
    return {"type": "registered", "grammar": grammar.name, "keys": _registered(keys, folder, names)}


def _registered(keys: Keys, folder: Path, names: ContractNames) -> list[str]:
    if keys.contract is not None:
        return list(names[keys.contract])
    if isinstance(keys.registered, str):
        return vocabularies.named(folder, keys.registered, GRAMMARS[keys.grammar or ""])
    return []


def _fields(definition: StreamDefinition) -> dict[str, Any]:
    maps = {
        name: {"key": item.key} | ({} if item.amount is None else {"amount": item.amount})
        for name, item in definition.maps.items()
    }
    return {"unit": definition.unit.field, "maps": maps}
