"""SARIF 2.1.0: results by level, tools, and rules that have results. Sections are those of the specification."""

from __future__ import annotations

import codecs
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from weftend.errors import CanonicalizationError
from weftend.reference.ci.keys import percent_encoded
from weftend.reference.ci.refusal import invalid, not_json
from weftend.reference.fold import Part
from weftend.reference.text import parse

VERSION: Final = "2.1.0"
LEVELS: Final = ("error", "warning", "note", "none")
MAX_HIERARCHY: Final = 16
"""Parts of a rule id that are looked for, at most."""


@dataclass
class Analysis:
    """One run of a log. ``identity``: what it calls itself, ``None`` where it does not."""

    identity: str | None = None
    failed: bool = False
    levels: Counter[str] = field(default_factory=Counter)
    tools: set[str] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)

    def merged(self, other: Analysis) -> Analysis:
        """Both as one analysis run."""
        return Analysis(
            None,
            self.failed or other.failed,
            self.levels + other.levels,
            self.tools | other.tools,
            self.rules | other.rules,
        )

    def contributions(self) -> Part:
        """(map, key) → amount."""
        found = any(self.levels[level] for level in LEVELS[:-1])
        part = {("runOutcomes", "failed" if self.failed else "findings" if found else "clean"): 1}
        part |= {("levels", level): count for level, count in self.levels.items()}
        part |= {("tools", percent_encoded(name)): 1 for name in self.tools}
        return part | {("rules", percent_encoded(name)): 1 for name in self.rules}


def read(content: bytes) -> list[Analysis]:
    """The runs of a log, in their order; a leading byte order mark is passed over.

    Refused: what is no I-JSON text (its ``CANON_*`` code and byte), and, as ``INPUT_INVALID``, what is no log,
    another version (place ``/version``), a level that SARIF does not have (place ``/runs``).
    """
    try:
        log = parse(content.removeprefix(codecs.BOM_UTF8))
    except CanonicalizationError as error:
        raise not_json(error) from None
    version = _text(log, "version")
    if version is None:
        raise invalid()
    if version != VERSION:
        raise invalid("/version")
    if not isinstance(log, dict) or "runs" not in log:
        raise invalid("/runs")
    return [_Run(run).analysis() for run in _list(log, "runs")]


def _text(value: Any, name: str) -> str | None:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else None


def _list(value: Any, name: str) -> list[Any]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _index(value: Any, name: str) -> int | None:
    """A whole number from 0; SARIF writes -1 for none."""
    found = _member(value, name)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return int(found) if found == int(found) >= 0 else None


def _level(value: Any) -> str | None:
    level = _text(value, "level")
    if level is not None and level not in LEVELS:
        raise invalid("/runs")
    return level


class _Component:
    """A tool's driver or one of its extensions (3.19), and the rules that it defines."""

    def __init__(self, value: Any) -> None:
        self.name, self.guid = _text(value, "name"), _text(value, "guid")
        self.rules = _list(value, "rules")
        self.ids = [_text(rule, "id") or "" for rule in self.rules]
        self.guids = [_text(rule, "guid") for rule in self.rules]
        self.levels = [_level(_member(rule, "defaultConfiguration")) for rule in self.rules]

    def find(self, reference: _Reference) -> int | None:
        """By index, else by guid, else by id or what a hierarchical id begins with (3.27.5); the first of two."""
        if reference.index is not None and reference.index < len(self.rules):
            return reference.index
        if reference.guid is not None:
            return self.guids.index(reference.guid) if reference.guid in self.guids else None
        names = [] if reference.id is None else reference.id.split("/")
        for count in range(len(names), max(len(names) - MAX_HIERARCHY, 0), -1):
            if (name := "/".join(names[:count])) in self.ids:
                return self.ids.index(name)
        return None


class _Reference:
    """Which rule of which component (3.52); of a result, what it says itself goes before its ``rule``."""

    def __init__(self, value: Any, result: Any = None) -> None:
        self.id, self.index = _text(value, "id"), _index(value, "index")
        if (own := _text(result, "ruleId")) is not None:
            self.id = own
        if (place := _index(result, "ruleIndex")) is not None:
            self.index = place
        self.guid = _text(value, "guid")
        self.component = _member(value, "toolComponent")


class _Run:
    def __init__(self, value: Any) -> None:
        tool = _member(value, "tool")
        self.value = value
        self.driver = _Component(_member(tool, "driver"))
        self.extensions = [_Component(item) for item in _list(tool, "extensions")]
        self.invocations = _list(value, "invocations")
        self.overrides = [self._overrides(item) for item in self.invocations]

    def analysis(self) -> Analysis:
        details = _member(self.value, "automationDetails")
        guid = _text(details, "guid")
        found = Analysis(_text(details, "id") if guid is None else guid)
        found.failed = any(_member(item, "executionSuccessful") is False for item in self.invocations)
        if self.driver.name is not None:
            found.tools.add(self.driver.name)
        for result in _list(self.value, "results"):
            self._count(result, found)
        return found

    def _count(self, result: Any, found: Analysis) -> None:
        reference = _Reference(_member(result, "rule"), result)
        rule = self._rule(reference)
        found.levels[self._level(result, rule)] += 1
        if reference.id is not None:
            found.rules.add(reference.id)
        elif rule is not None:
            component, index = rule
            found.rules.add(component.ids[index])

    def _rule(self, reference: _Reference) -> tuple[_Component, int] | None:
        component = self._component(reference.component)
        index = component.find(reference)
        return None if index is None else (component, index)

    def _component(self, wanted: Any) -> _Component:
        """Which component (3.54): an extension by index, guid or name; anything else means the driver."""
        if not isinstance(wanted, dict):
            return self.driver
        index, guid, name = _index(wanted, "index"), _text(wanted, "guid"), _text(wanted, "name")
        if index is not None:
            return self.extensions[index] if index < len(self.extensions) else self.driver
        for extension in self.extensions:
            if extension.guid == guid if guid is not None else name is not None and extension.name == name:
                return extension
        return self.driver

    def _level(self, result: Any, rule: tuple[_Component, int] | None) -> str:
        """3.27.10: none where the kind is no failure; the result's own; what its invocation configures for its
        rule, the only one where it does not say which; the rule's default; warning."""
        own, kind = _level(result), _text(result, "kind")
        if kind is not None and kind != "fail":
            return "none"
        invocation = _index(_member(result, "provenance"), "invocationIndex")
        if invocation is None and len(self.invocations) == 1:
            invocation = 0
        configured = default = None
        if rule is not None:
            default = rule[0].levels[rule[1]]
            if invocation is not None and invocation < len(self.overrides):
                configured = self.overrides[invocation].get(rule)
        return own or configured or default or "warning"

    def _overrides(self, invocation: Any) -> dict[tuple[_Component, int], str]:
        """Levels that an invocation configures for rules (3.20.5); of two for one rule the first."""
        levels: dict[tuple[_Component, int], str] = {}
        for item in _list(invocation, "ruleConfigurationOverrides"):
            level = _level(_member(item, "configuration"))
            rule = self._rule(_Reference(_member(item, "descriptor")))
            if level is not None and rule is not None:
                levels.setdefault(rule, level)
        return levels
