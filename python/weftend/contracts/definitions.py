"""Stream definitions beyond the shipped ones: an organisation's own files, other names, other settings.

A definition is a plain dictionary in compiled form; everything here gives a new one. Its digest, and so the
``pathDigest`` of what is released under it, covers every such choice.

What reads YAML and vocabulary files is imported where it is needed: most commands take a shipped stream as it is,
and start twice as fast without.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from weftend.canonical import canonicalize
from weftend.contracts import loader
from weftend.errors import Code, Issue, IssueList, WeftendError
from weftend.fold import Stream

CONTRACTS_SCHEMA: Final = "weftend.contracts/0"

Definition = dict[str, Any]


def from_file(path: Path, contracts: Mapping[str, Any]) -> list[Definition]:
    """The definitions in ``path``: YAML as people write it, one compiled definition, or compiled contracts.

    ``contracts`` are the compiled ones in force: their producers and event types are what ``contract:``
    vocabularies list. Vocabulary files of a YAML definition stand in ``vocabularies`` beside it, or beside its
    folder ``streams``. :class:`WeftendError` (``STREAM_INVALID``) with every violation.
    """
    from weftend.contracts import streams, taxonomy
    from weftend.models.streams import STREAM_SCHEMA

    value = _json(path)
    if isinstance(value, dict) and value.get("schema") == CONTRACTS_SCHEMA:
        return [_checked(item, path) for item in loader.read(path)["streams"]]
    if isinstance(value, dict) and value.get("schema") == STREAM_SCHEMA:
        return [_checked(value, path)]
    folder = path.parent.parent if path.parent.name == "streams" else path.parent
    names = {
        "producers": list(contracts["producers"]),
        "eventTypes": taxonomy.releasable(contracts["events"]),
    }
    return [streams.compiled(streams.read(path), folder, names)]


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def _checked(definition: Any, path: Path) -> Definition:
    """A compiled definition that somebody brings, if the core takes it."""
    try:
        Stream(canonicalize(definition))
    except WeftendError as error:
        placed = (item._replace(path=f"{path.name}{item.path}") for item in error.issues.issues)
        raise WeftendError(IssueList.of(placed, error.issues.more)) from error
    return dict(definition)


def chosen(
    stream_id: str,
    contracts: Mapping[str, Any],
    files: Sequence[Path] = (),
    vocabulary: Sequence[str] = (),
    contribution: str | None = None,
    settings: Mapping[str, int] | None = None,
) -> Definition:
    """The one definition that a command works with: by its id, among ``files`` first, then ``contracts``.

    ``vocabulary``: ``[MAP=]FILE`` as in :func:`with_vocabulary`. ``contribution``: ``every-map`` or ``one-map``
    instead of the definition's own. ``settings``: numbers that the definition has, replaced.
    :class:`WeftendError` (``STREAM_INVALID``) where there is no such stream or setting.
    """
    given = [definition for path in files for definition in from_file(path, contracts)]
    for definition in [*given, *contracts["streams"]]:
        if definition.get("streamId") == stream_id:
            for item in vocabulary:
                definition = with_vocabulary(definition, item)
            definition = definition | ({"contribution": contribution} if contribution else {})
            return _with_settings(definition, settings or {})
    known = ", ".join(sorted({str(item.get("streamId")) for item in [*given, *contracts["streams"]]}))
    raise WeftendError(Issue(Code.STREAM_INVALID, f"{stream_id}#", f"no such stream; there are: {known}"))


def _with_settings(definition: Definition, settings: Mapping[str, int]) -> Definition:
    own = definition.get("settings", {})
    if unknown := sorted(settings.keys() - own.keys()):
        message = f"no such setting: {', '.join(unknown)}"
        raise WeftendError(Issue(Code.STREAM_INVALID, f"{definition['streamId']}#/settings", message))
    return definition | {"settings": {**own, **settings}} if settings else definition


def registered(definition: Definition) -> dict[str, str]:
    """The maps of ``definition`` that take registered names, each with the name of its grammar."""
    return {
        item["name"]: item["vocabulary"]["grammar"]
        for item in definition["maps"]
        if item["vocabulary"]["type"] == "registered"
    }


def with_vocabulary(definition: Definition, item: str) -> Definition:
    """``definition`` with the names of a vocabulary file in place of what was registered.

    ``item`` is ``MAP=FILE`` for a file of names, one a line, or ``FILE``: lines ``MAP NAME`` as ``weftend
    vocabulary collect`` writes them, or names alone, which then stand in every map that takes names.
    :class:`WeftendError` (``STREAM_INVALID``) with every name that cannot be registered.
    """
    from weftend.contracts import vocabularies
    from weftend.models.grammars import GRAMMARS

    name, _, file = item.rpartition("=")
    maps, path = registered(definition), Path(file)
    if not maps or (name and name not in maps):
        message = f"no map {name} takes registered names" if name else "no map takes registered names"
        raise WeftendError(Issue(Code.STREAM_INVALID, f"{path.name}#", message))
    if name:
        return with_names(definition, {name: vocabularies.read(path, GRAMMARS[maps[name]])})
    grammars = {each: GRAMMARS[grammar] for each, grammar in maps.items()}
    return with_names(definition, vocabularies.read_by_map(path, grammars))


def with_names(definition: Definition, names: Mapping[str, list[str]]) -> Definition:
    """``definition`` with these names, in byte order, in place of what was registered for these maps."""
    maps = [
        item | {"vocabulary": item["vocabulary"] | {"keys": names[item["name"]]}}
        if item["name"] in names
        else item
        for item in definition["maps"]
    ]
    return definition | {"maps": maps}


def joined(shipped: Mapping[str, Any], extra: Mapping[str, Any], file: str) -> dict[str, Any]:
    """``shipped`` contracts with those of an organisation: types, producers, streams, tables of both.

    The usage stream's vocabularies then list the types and producers of both. :class:`WeftendError`
    (``CONTRACT_INVALID``) where ``extra``, read from ``file``, brings what is there already.
    """
    form = dict(shipped)
    issues: list[Issue] = []
    for name, key in (
        ("events", "type"),
        ("streams", "streamId"),
        ("tables", "table"),
        ("retention", "table"),
    ):
        known = {item[key] for item in shipped[name]}
        twice = sorted(item[key] for item in extra[name] if item[key] in known)
        issues += [
            Issue(Code.CONTRACT_INVALID, f"{file}#/{name}", f"{item} is there already") for item in twice
        ]
        form[name] = sorted([*shipped[name], *extra[name]], key=lambda item: str(item[key]))
    if issues:
        raise WeftendError(IssueList.of(issues))
    form["producers"] = sorted({*shipped["producers"], *extra["producers"]})
    form["streams"] = [_usage(item, form) for item in form["streams"]]
    return form


def _usage(definition: Definition, contracts: Mapping[str, Any]) -> Definition:
    """The usage stream lists what the contracts in force register; any other stream stays as it is."""
    if definition["reader"] != "usage":
        return definition
    from weftend.contracts import taxonomy

    types = taxonomy.releasable(contracts["events"])
    listed = {"producers": list(contracts["producers"]), "eventTypes": types, "events": types}
    return with_names(definition, listed)
