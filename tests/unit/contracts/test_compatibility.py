"""Which changes need a new version, which no version can make good, and which are free."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

import weftend.contracts
from weftend.contracts.compatibility import incompatible

SHIPPED = weftend.contracts.load()
Form = dict[str, Any]


def event(form: Form, name: str = "build.summary") -> Form:
    return next(item for item in form["events"] if item["type"] == name)


def field(form: Form, name: str, of: str = "build.summary") -> Form:
    return next(item for item in event(form, of)["fields"] if item["name"] == name)


def stream(form: Form, name: str = "telemetry.ci.tests.v0") -> Form:
    return next(item for item in form["streams"] if item["streamId"] == name)


def a_map(form: Form, name: str) -> Form:
    return next(item for item in stream(form)["maps"] if item["name"] == name)


def table(form: Form, name: str = "research_metrics") -> Form:
    return next(item for item in form["tables"] if item["table"] == name)


def rule(form: Form) -> Form:
    return next(item for item in form["retention"] if item["table"] == "research_metrics")


def without(items: list[Form], **match: str) -> None:
    items[:] = [item for item in items if any(item[name] != value for name, value in match.items())]


NEW_FIELD = {"name": "zeal", "class": "S0", "required": False, "kind": {"type": "boolean"}}

FREE: list[Callable[[Form], object]] = [
    lambda form: event(form).update(about="Other words.", owner="others", review="2030-01-01"),
    lambda form: event(form)["fields"].append(NEW_FIELD),
    lambda form: event(form)["producers"].append("vox-other"),
    lambda form: event(form)["value"].update(max=9e15),
    lambda form: field(form, "outcome")["kind"]["values"].append("unknown"),
    lambda form: field(form, "crate_count")["kind"].update(max=2_000_000),
    lambda form: field(form, "tool_key", "agent_exec_time")["kind"]["keys"].append("zzz"),
    lambda form: form["events"].append({**event(form), "type": "zzz.new"}),
    lambda form: stream(form).update(title="Other words."),
    lambda form: stream(form)["caps"].update(maxBucketsPerChunk=8192),
    lambda form: a_map(form, "failingTests")["vocabulary"].update(keys=["a::b"]),
    lambda form: a_map(form, "outcomes")["vocabulary"]["keys"].insert(0, "crashed"),
    lambda form: table(form)["columns"].append(
        {"name": "zeal", "type": "TEXT", "required": False, "class": "S0"}
    ),
    lambda form: rule(form).update(days=30),
]

NEEDS_A_VERSION: list[tuple[Callable[[Form], object], tuple[str, ...]]] = [
    (lambda form: without(event(form)["fields"], name="profile"), ("build.summary", "fields", "profile")),
    (lambda form: event(form)["fields"].append({**NEW_FIELD, "required": True}), ("build.summary", "fields", "zeal")),
    (lambda form: field(form, "profile").update(required=True), ("build.summary", "fields", "profile")),
    (lambda form: field(form, "profile").update({"class": "S1"}), ("build.summary", "fields", "profile")),
    (lambda form: field(form, "profile")["kind"]["values"].remove("dev"), ("build.summary", "fields", "profile")),
    (lambda form: field(form, "profile").update(kind={"type": "boolean"}), ("build.summary", "fields", "profile")),
    (lambda form: field(form, "crate_count")["kind"].update(max=9), ("build.summary", "fields", "crate_count")),
    (lambda form: field(form, "tool_key", "agent_exec_time")["kind"]["keys"].pop(), ("agent_exec_time", "fields", "tool_key")),
    (lambda form: event(form)["value"].update(max=1), ("build.summary", "value")),
    (lambda form: event(form).update(value=None), ("build.summary", "value")),
    (lambda form: event(form).update(family="other"), ("build.summary", "family")),
    (lambda form: event(form).update(sensitivity="S0"), ("build.summary", "sensitivity")),
    (lambda form: event(form).update(transmission="approved_usage_upload"), ("build.summary", "transmission")),
    (lambda form: event(form).update(sessionConvention="b:<repository_id>"), ("build.summary", "sessionConvention")),
    (lambda form: event(form).update(producers=["vox-mcp"]), ("build.summary", "producers")),
    (lambda form: stream(form).update(contribution="one-map"), ("telemetry.ci.tests.v0", "contribution")),
    (lambda form: stream(form)["settings"].update(slowMs=1), ("telemetry.ci.tests.v0", "settings")),
    (lambda form: stream(form, "telemetry.usage.v0")["floor"].update(least=4), ("telemetry.usage.v0", "floor", "least")),
    (lambda form: without(stream(form)["maps"], name="outcomes"), ("telemetry.ci.tests.v0", "maps", "outcomes")),
    (lambda form: a_map(form, "outcomes").update(clamp=9), ("telemetry.ci.tests.v0", "maps", "outcomes", "clamp")),
    (lambda form: a_map(form, "outcomes")["vocabulary"]["keys"].reverse(), ("telemetry.ci.tests.v0", "maps", "outcomes", "vocabulary")),
    (lambda form: a_map(form, "slowTests")["vocabulary"].update(grammar="label"), ("telemetry.ci.tests.v0", "maps", "slowTests", "vocabulary")),
]  # fmt: skip

NEVER: list[tuple[Callable[[Form], object], tuple[str, ...]]] = [
    (lambda form: without(form["events"], type="build.summary"), ("events", "build.summary")),
    (lambda form: event(form).update(version=0), ("events", "build.summary", "version")),
    (lambda form: without(form["streams"], streamId="telemetry.usage.v0"), ("streams", "telemetry.usage.v0")),
    (lambda form: without(form["tables"], table="research_metrics"), ("tables", "research_metrics")),
    (lambda form: table(form)["columns"].pop(), ("tables", "research_metrics", "columns", "recording_id")),
    (lambda form: table(form)["columns"][0].update({"class": "S0"}), ("tables", "research_metrics", "columns", "session_id")),
    (lambda form: rule(form).update(days=366), ("retention", "research_metrics")),
    (lambda form: rule(form).update(kind="keep_forever", days=None), ("retention", "research_metrics")),
]  # fmt: skip


def places(change: Callable[[Form], object], bump: bool = False) -> list[tuple[str, ...]]:
    form = copy.deepcopy(SHIPPED)
    change(form)
    if bump:
        for item in [*form["events"], *form["streams"]]:
            item["version"] += 1
    return [place for place, _ in incompatible(SHIPPED, form)]


def test_nothing_changed() -> None:
    assert incompatible(SHIPPED, SHIPPED) == []


@pytest.mark.parametrize("change", FREE)
def test_what_only_adds_is_free(change: Callable[[Form], object]) -> None:
    assert places(change) == []


@pytest.mark.parametrize(("change", "place"), NEEDS_A_VERSION)
def test_what_takes_away_needs_a_version(change: Callable[[Form], object], place: tuple[str, ...]) -> None:
    assert [found[1:] for found in places(change)] == [place]
    assert places(change, bump=True) == []


@pytest.mark.parametrize(("change", "place"), NEVER)
def test_what_no_version_makes_good(change: Callable[[Form], object], place: tuple[str, ...]) -> None:
    assert places(change) == [place]
