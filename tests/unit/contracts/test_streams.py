"""Stream definitions: what they may say, and that core and models agree on it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import weftend.contracts
from weftend.canonical import canonicalize
from weftend.contracts import compiler, definitions, streams, vocabularies
from weftend.digests import digest
from weftend.errors import Code, WeftendError
from weftend.fold import Stream
from weftend.models.grammars import GRAMMARS

SHIPPED = weftend.contracts.load()
DEFINITION: dict[str, Any] = {
    "id": "telemetry.acme.v0",
    "version": 1,
    "title": "A stream",
    "about": "What it is.",
    "unit": {"name": "run", "plural": "runs"},
    "reader": "tests",
    "maps": {
        "outcomes": {"kind": "sum", "about": "Outcomes.", "clamp": 3, "keys": {"enum": ["failed", "passed"]}},
        "failingTests": {
            "kind": "set",
            "about": "Tests.",
            "keys": {"registered": True, "grammar": "test-id"},
        },
    },
}


def write(tmp_path: Path, definition: object) -> Path:
    path = tmp_path / "stream.yaml"
    path.write_text(yaml.safe_dump(definition))
    return path


def refused(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(WeftendError) as caught:
        streams.read(path)
    return [(issue.code, issue.path) for issue in caught.value.issues.issues]


def test_a_definition_is_compiled_in_byte_order_with_every_default(tmp_path: Path) -> None:
    (form,) = definitions.from_file(write(tmp_path, DEFINITION), SHIPPED)
    assert [item["name"] for item in form["maps"]] == ["failingTests", "outcomes"]
    assert form["floor"] == {"default": 100, "least": 5}
    assert form["caps"] == {
        "maxBucketsPerChunk": 200,
        "maxChunkBytes": 262_144,
        "maxChunks": 64,
        "maxWindowTicks": 1_000_000,
        "ttlSeconds": 86_400,
    }
    assert form["contribution"] == "every-map"
    assert Stream(canonicalize(form)).digest == digest(form)


BROKEN: list[tuple[str, object, str]] = [
    ("id", "Telemetry", "/id"),
    ("id", "telemetry.acme", "/id"),
    ("version", 0, "/version"),
    ("version", True, "/version"),
    ("reader", "csv", "/reader"),
    ("contribution", "some", "/contribution"),
    ("floor", {"default": 4, "least": 4}, "/floor/default"),
    ("floor", {"default": 5, "least": 6}, "/floor"),
    ("caps", {"ttlSeconds": 604_801}, "/caps/ttlSeconds"),
    ("caps", {"maxWindowTicks": 1_000_001}, "/caps/maxWindowTicks"),
    ("refs", ["otherRefs"], "/refs/0"),
    ("maps", {}, "/maps"),
    ("unknown", 1, "/unknown"),
    ("settings", {"slowMs": -1}, "/settings/slowMs"),
    ("unit", {"name": "Run", "plural": "runs"}, "/unit/name"),
]
BROKEN_MAPS: list[tuple[object, str]] = [
    ({"kind": "sum", "keys": {"enum": ["a"]}}, "/about"),
    ({"kind": "set", "about": "x", "clamp": 2, "keys": {"enum": ["a"]}}, ""),
    ({"kind": "set", "about": "x", "amount": "/n", "keys": {"enum": ["a"]}}, ""),
    ({"kind": "set", "about": "x", "keys": {}}, "/keys"),
    ({"kind": "set", "about": "x", "keys": {"enum": ["a", "a"]}}, "/keys"),
    ({"kind": "set", "about": "x", "keys": {"enum": ["__other__"]}}, "/keys/enum/0"),
    ({"kind": "set", "about": "x", "keys": {"enum": ["a"], "grammar": "test-id"}}, "/keys"),
    ({"kind": "set", "about": "x", "keys": {"registered": True}}, "/keys"),
    (
        {"kind": "set", "about": "x", "keys": {"registered": "../x", "grammar": "test-id"}},
        "/keys/registered",
    ),
    ({"kind": "set", "about": "x", "keys": {"registered": True, "grammar": "free"}}, "/keys"),
    ({"kind": "set", "about": "x", "keys": {"enum": ["password"]}}, "/keys/enum/0"),
    ({"kind": "set", "about": "x", "key": "/k", "keys": {"enum": ["a"]}}, None),
]


@pytest.mark.parametrize(("name", "value", "place"), BROKEN)
def test_each_member_has_its_bounds(tmp_path: Path, name: str, value: object, place: str) -> None:
    assert (Code.STREAM_INVALID, f"stream.yaml#{place}") in refused(
        write(tmp_path, DEFINITION | {name: value})
    )


@pytest.mark.parametrize(("item", "place"), BROKEN_MAPS)
def test_each_map_has_its_bounds(tmp_path: Path, item: object, place: str | None) -> None:
    path = write(tmp_path, DEFINITION | {"maps": {"things": item}})
    assert (
        Code.STREAM_INVALID,
        "stream.yaml#" + ("" if place is None else f"/maps/things{place}"),
    ) in refused(path)


def test_a_vocabulary_file_that_is_missing_is_named(tmp_path: Path) -> None:
    definition = copy.deepcopy(DEFINITION)
    definition["maps"]["failingTests"]["keys"]["registered"] = "acme/tests"
    with pytest.raises(WeftendError, match=r"vocabularies/acme/tests\.txt#"):
        definitions.from_file(write(tmp_path, definition), SHIPPED)


def test_a_definition_is_chosen_and_changed(tmp_path: Path) -> None:
    own = write(tmp_path, DEFINITION)
    assert definitions.chosen("telemetry.acme.v0", SHIPPED, [own])["title"] == "A stream"
    tests = definitions.chosen("telemetry.ci.tests.v0", SHIPPED)
    assert tests == weftend.contracts.stream("telemetry.ci.tests.v0")
    (tmp_path / "names.txt").write_text("failingTests a::b\n")
    other = definitions.chosen(
        "telemetry.ci.tests.v0", SHIPPED, [], [f"{tmp_path}/names.txt"], "one-map", {"slowMs": 5}
    )
    assert other["contribution"] == "one-map"
    assert other["settings"] == {"slowMs": 5}
    assert [item["vocabulary"]["keys"] for item in other["maps"] if item["name"] == "failingTests"] == [
        ["a::b"]
    ]
    assert tests == weftend.contracts.stream("telemetry.ci.tests.v0")


@pytest.mark.parametrize(
    ("stream", "vocabulary", "settings"),
    [("telemetry.none.v0", [], {}), ("telemetry.ci.jobs.v0", [], {"slowMs": 1}), ("telemetry.ci.jobs.v0", ["conclusions=x"], {})],
)  # fmt: skip
def test_what_cannot_be_chosen(stream: str, vocabulary: list[str], settings: dict[str, int]) -> None:
    with pytest.raises(WeftendError, match="STREAM_INVALID"):
        definitions.chosen(stream, SHIPPED, [], vocabulary, None, settings)


@given(st.sampled_from(sorted(GRAMMARS)), st.text(st.characters(max_codepoint=0x7F), max_size=600))
def test_core_and_contracts_register_the_same_names(grammar: str, name: str) -> None:
    form = copy.deepcopy(weftend.contracts.stream("telemetry.ci.jobs.v0"))
    form["caps"]["maxChunkBytes"] = 1_048_576
    (runners,) = (item for item in form["maps"] if item["name"] == "runners")
    runners["vocabulary"] = {"type": "registered", "grammar": grammar, "keys": [name]}
    try:
        Stream(canonicalize(form))
        accepted = True
    except WeftendError:
        accepted = False
    assert accepted == (not vocabularies.findings(name, GRAMMARS[grammar]))


@pytest.mark.parametrize("form", SHIPPED["streams"], ids=lambda form: form["streamId"])
def test_the_core_takes_every_shipped_stream(form: dict[str, Any]) -> None:
    stream = Stream(canonicalize(form))
    assert stream.id == form["streamId"]
    assert stream.digest == digest(form)


def test_what_ships_is_what_its_sources_say() -> None:
    assert (
        compiler.text(compiler.compiled(compiler.SHIPPED))
        == (compiler.SHIPPED / "compiled.json").read_bytes()
    )


def test_the_streams_that_ship() -> None:
    kinds = {
        form["streamId"]: {item["name"]: item["kind"] for item in form["maps"]} for form in SHIPPED["streams"]
    }
    assert kinds["telemetry.release.v0"] == dict.fromkeys(
        ("capDenies", "reasonFamilies", "tartarusKinds"), "set"
    )
    assert kinds["telemetry.usage.v0"] == {"producers": "partition", "eventTypes": "set", "events": "sum"}
    assert kinds["telemetry.ci.jobs.v0"] == {
        "conclusions": "partition",
        "events": "partition",
        "runDurations": "partition",
        "jobConclusions": "sum",
        "runners": "set",
    }
    release = weftend.contracts.stream("telemetry.release.v0")
    assert [len(item["vocabulary"]["keys"]) for item in release["maps"]] == [49, 572, 25]
    assert release["caps"]["maxBucketsPerChunk"] == 1024


def test_a_compiled_definition_is_held_to_the_same_rules(tmp_path: Path) -> None:
    form = weftend.contracts.stream("telemetry.ci.jobs.v0")
    path = tmp_path / "jobs.json"
    path.write_bytes(canonicalize(form))
    assert definitions.from_file(path, SHIPPED) == [form]
    wrong = copy.deepcopy(form)
    (runners,) = (item for item in wrong["maps"] if item["name"] == "runners")
    runners["vocabulary"]["keys"] = ["10.0.0.1", "token"]
    path.write_bytes(canonicalize(wrong))
    place = wrong["maps"].index(runners)
    with pytest.raises(WeftendError) as caught:
        definitions.from_file(path, SHIPPED)
    assert [issue.path for issue in caught.value.issues.issues] == [
        f"jobs.json#/maps/{place}/vocabulary/keys/{index}" for index in (0, 1)
    ]
    path.write_bytes(canonicalize({**form, "maps": 1}))
    with pytest.raises(WeftendError, match=r"STREAM_INVALID jobs\.json#"):
        definitions.from_file(path, SHIPPED)
