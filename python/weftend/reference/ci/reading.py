"""Many documents for one stream: which unit each belongs to, and what all of them contribute."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from weftend.reference import fold
from weftend.reference.ci import github, gotest, junit, ndjson, sarif, units
from weftend.reference.ci.refusal import Refusal
from weftend.reference.ci.testrun import Case, TestRun

FORMATS: Final = ("junit", "go-test", "sarif", "github", "ndjson")


class Document(NamedTuple):
    """A document, unpacked: its name with ``/`` between folders, its bytes, and which of :data:`FORMATS` it is."""

    name: str
    content: bytes
    format: str

    @property
    def folder(self) -> str:
        """What stands before the last ``/``."""
        return self.name.rpartition("/")[0]


@dataclass
class Reading:
    """The contributions of all units, and by name the documents that were refused."""

    partial: fold.Partial = field(default_factory=dict)
    refused: dict[str, Refusal] = field(default_factory=dict)


def read(definition: dict[str, Any], documents: Iterable[Document], rule: str = "") -> Reading:
    """Read documents for a compiled stream definition.

    Args:
        definition: of a stream over tests, findings, jobs or NDJSON.
        documents: in any order; their names are different.
        rule: what one unit is: ``file``, ``dir`` (a folder, left out where a document in it is refused) or
            ``field``; empty for what suits the stream.
    """
    reading = Reading()
    default = "file" if definition["reader"] in ("tests", "findings") else "field"
    reader = _READERS[definition["reader"]]
    reader(definition, list(documents), rule or default, reading)
    maps = {item["name"] for item in definition["maps"]}
    reading.partial = {unit: _known(parts, maps) for unit, parts in reading.partial.items()}
    return reading


def _known(parts: dict[bytes, fold.Part], maps: set[str]) -> dict[bytes, fold.Part]:
    """What stands in maps that the stream has."""
    return {
        part: {bucket: amount for bucket, amount in keys.items() if bucket[0] in maps}
        for part, keys in parts.items()
    }


def _tests(definition: dict[str, Any], documents: list[Document], rule: str, into: Reading) -> None:
    slow = definition.get("settings", {}).get("slowMs", 10_000) * 1_000_000
    cases = _each(documents, _cases, into)
    for unit, names in _grouped(documents, rule, into).items():
        run = TestRun(slow, [case for name in names for case in cases[name]])
        _add(into, unit, unit, run.contributions())


def _cases(document: Document) -> list[Case]:
    return gotest.read(document.content) if document.format == "go-test" else junit.read(document.content)


def _findings(_: dict[str, Any], documents: list[Document], rule: str, into: Reading) -> None:
    logs = _each(documents, lambda document: sarif.read(document.content), into)
    if rule == "field":
        for document in documents:
            content = units.of_content(document.content)
            for index, run in enumerate(logs.get(document.name, [])):
                part = units.of_run_in_log(content, index)
                unit = part if run.identity is None else units.of_analysis(run.identity)
                _add(into, unit, part, run.contributions())
        return
    for unit, names in _grouped([one for one in documents if logs.get(one.name) != []], rule, into).items():
        whole = sarif.Analysis()
        for run in (run for name in names for run in logs[name]):
            whole = whole.merged(run)
        _add(into, unit, unit, whole.contributions())


def _jobs(_: dict[str, Any], documents: list[Document], rule: str, into: Reading) -> None:
    told = _each(documents, lambda document: github.read(document.content), into)
    records = [record for found in told.values() for record in found]
    completed = {record.ending for record in records if record.completed}
    going_on = {
        record.unit for record in records if record.completed is False and record.ending not in completed
    }
    for record in records:
        if record.unit not in going_on - completed:
            _add(into, record.unit, record.part, record.keys)


def _records(definition: dict[str, Any], documents: list[Document], rule: str, into: Reading) -> None:
    fields = definition["fields"]
    partials = _each(documents, lambda document: ndjson.read(document.content, fields, rule), into)
    if rule == "field":
        for partial in partials.values():
            into.partial = fold.merge(into.partial, partial)
        return
    for unit, names in _grouped(documents, rule, into).items():
        fold.add(into.partial, unit, unit, "", "", 0)
        for part in (part for name in names for parts in partials[name].values() for part in parts.values()):
            for (channel, key), amount in part.items():
                fold.add(into.partial, unit, unit, channel, key, amount)


_READERS: Final = {"tests": _tests, "findings": _findings, "jobs": _jobs, "ndjson": _records}


def _each(documents: list[Document], reader: Any, into: Reading) -> dict[str, Any]:
    """What a reader makes of each document, by name; what is refused is noted and left out."""
    found = {}
    for document in documents:
        try:
            found[document.name] = reader(document)
        except Refusal as refusal:
            into.refused[document.name] = refusal
    return found


def _grouped(documents: list[Document], rule: str, into: Reading) -> dict[bytes, list[str]]:
    """The names of the documents of each unit: a file or a folder, known by content; of copies one."""
    folders: defaultdict[str, list[Document]] = defaultdict(list)
    for document in documents:
        folders[document.folder if rule == "dir" else document.name].append(document)
    groups = {}
    for members in folders.values():
        if not any(document.name in into.refused for document in members):
            contents = {units.of_content(document.content): document.name for document in members}
            unit = units.of_folder(contents) if rule == "dir" else next(iter(contents))
            groups[unit] = list(contents.values())
    return groups


def _add(into: Reading, unit: bytes, part: bytes, keys: fold.Part) -> None:
    """One record: what it says of its unit, the greater amount where it was met before."""
    bounded: fold.Partial = {unit: {}}
    for (channel, key), amount in keys.items():
        fold.add(bounded, unit, part, channel, key, amount)
    into.partial = fold.merge(into.partial, bounded)
