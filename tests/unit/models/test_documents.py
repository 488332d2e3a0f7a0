"""The five conduit documents: what they accept, and that everything wrong is said at once."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from weftend.errors import Code, WeftendError
from weftend.models import schemas
from weftend.models.documents import (
    REASON_CODES,
    TelemetryAggregateV0,
    TelemetryChunkV0,
    TelemetryConduitSnapshotV0,
    TelemetryConduitStoreV0,
    TelemetryJournalV0,
)
from weftend.models.reading import dump, read
from weftend.models.strict import Strict

STREAM = "telemetry.release.v0"


def digest(letter: str) -> str:
    return "sha256:" + letter * 64


def chunk(letter: str = "a", start: int = 0, end: int = 10) -> dict[str, Any]:
    return {
        "schema": "weftend.telemetry.chunk/0",
        "streamId": STREAM,
        "chunkId": digest(letter),
        "prevChunkId": None,
        "windowStartTick": start,
        "windowEndTick": end,
        "payload": {
            "schema": "weftend.telemetry.aggregate/0",
            "bind": {"pathDigest": digest("0")},
            "kFloor": 5,
            "sampleCount": end - start,
            "aggregates": {"capDenies": {"net.fetch": 7}, "reasonFamilies": {}, "tartarusKinds": {}},
        },
        "evidenceRefs": [],
        "tartarusRefs": [digest("1"), digest("2")],
        "ttlSeconds": 86_400,
        "kAnonymityFloor": 5,
        "coverage": 0.66,
    }


def journal() -> dict[str, Any]:
    return {
        "schema": "weftend.telemetry.journal/0",
        "streamId": STREAM,
        "headChunkId": digest("b"),
        "updatedAtTick": 25,
    }


def store() -> dict[str, Any]:
    chunks = [chunk("a"), chunk("b", 10, 25)]
    return {"schema": "weftend.telemetry.conduitStore/0", "journal": journal(), "chunks": chunks}


def snapshot() -> dict[str, Any]:
    return {
        "schema": "weftend.telemetry.conduitSnapshot/0",
        "v": 0,
        "streamId": STREAM,
        "headChunkId": digest("b"),
        "chunks": [chunk("a"), chunk("b", 10, 25)],
        "dropped": {"ttlPruned": 0, "capPruned": 0, "kFloorSkipped": 1, "duplicateSkipped": 2**32 - 1},
        "reasonCodes": ["TELEMETRY_INSUFFICIENT_COVERAGE", "TELEMETRY_K_ANONYMITY_FAIL"],
    }


DOCUMENTS: list[tuple[type[Strict], str, dict[str, Any]]] = [
    (TelemetryAggregateV0, "telemetry-aggregate.v0", chunk()["payload"]),
    (TelemetryChunkV0, "telemetry-chunk.v0", chunk()),
    (TelemetryJournalV0, "telemetry-journal.v0", journal()),
    (TelemetryConduitStoreV0, "telemetry-conduit-store.v0", store()),
    (TelemetryConduitSnapshotV0, "telemetry-conduit-snapshot.v0", snapshot()),
]
each_document = pytest.mark.parametrize(("model", "stem", "value"), DOCUMENTS, ids=[d[1] for d in DOCUMENTS])


def refused(model: type[Strict], value: object) -> set[tuple[str, str]]:
    with pytest.raises(WeftendError) as caught:
        read(model, value, "f")
    issues = caught.value.issues.issues
    assert list(issues) == sorted(issues)
    return {(issue.code, issue.path) for issue in issues}


@each_document
def test_a_valid_document_comes_back_as_it_was(model: type[Strict], stem: str, value: dict[str, Any]) -> None:
    assert dump(read(model, copy.deepcopy(value))) == value
    Draft202012Validator(json.loads(schemas.files()[f"{stem}.schema.json"])).validate(value)


@each_document
def test_v_is_zero_wherever_a_reader_meets_it(model: type[Strict], stem: str, value: dict[str, Any]) -> None:
    read(model, value | {"v": 0})
    for wrong in (1, False, None, "0"):
        assert refused(model, value | {"v": wrong}) == {(Code.TELEMETRY_SCHEMA_INVALID, "f#/v")}


@each_document
def test_unknown_and_missing_fields_are_refused_by_model_and_schema(
    model: type[Strict], stem: str, value: dict[str, Any]
) -> None:
    validator = Draft202012Validator(json.loads(schemas.files()[f"{stem}.schema.json"]))
    optional = {"v", "reasonCodes"}
    for name in value.keys() - optional:
        without = {key: item for key, item in value.items() if key != name}
        assert (Code.TELEMETRY_SCHEMA_INVALID, f"f#/{name}") in refused(model, without)
        assert not validator.is_valid(without)
    extra = value | {"a/b~c": 1}
    assert refused(model, extra) == {(Code.TELEMETRY_SCHEMA_INVALID, "f#/a~1b~0c")}
    assert not validator.is_valid(extra)


BROKEN: list[tuple[str, object, str]] = [
    ("/streamId", "Telemetry", Code.TELEMETRY_SCHEMA_INVALID),
    ("/streamId", STREAM + "\n", Code.TELEMETRY_SCHEMA_INVALID),
    ("/chunkId", "sha256:deadbeef", Code.TELEMETRY_SCHEMA_INVALID),
    ("/chunkId", digest("A"), Code.TELEMETRY_SCHEMA_INVALID),
    ("/prevChunkId", "", Code.TELEMETRY_SCHEMA_INVALID),
    ("/windowStartTick", -1, Code.TELEMETRY_TICK_INVALID),
    ("/windowStartTick", True, Code.TELEMETRY_TICK_INVALID),
    ("/windowStartTick", "0", Code.TELEMETRY_TICK_INVALID),
    ("/windowEndTick", 2**53, Code.TELEMETRY_TICK_INVALID),
    ("/windowEndTick", 11, Code.TELEMETRY_TICK_INVALID),
    ("/ttlSeconds", 0, Code.TELEMETRY_TTL_INVALID),
    ("/ttlSeconds", 604_801, Code.TELEMETRY_TTL_INVALID),
    ("/kAnonymityFloor", 4, Code.TELEMETRY_SCHEMA_INVALID),
    ("/kAnonymityFloor", 6, Code.TELEMETRY_SCHEMA_INVALID),
    ("/coverage", 1.01, Code.TELEMETRY_SCHEMA_INVALID),
    ("/coverage", -0.01, Code.TELEMETRY_SCHEMA_INVALID),
    ("/coverage", float("nan"), Code.TELEMETRY_SCHEMA_INVALID),
    ("/coverage", 0.333, Code.TELEMETRY_SCHEMA_INVALID),
    ("/tartarusRefs", [digest("2"), digest("1")], Code.TELEMETRY_SCHEMA_INVALID),
    ("/tartarusRefs", [digest("1"), digest("1")], Code.TELEMETRY_SCHEMA_INVALID),
    ("/evidenceRefs", [f"sha256:{n:064x}" for n in range(65)], Code.TELEMETRY_BUDGET_EXCEEDED),
    ("/payload/kFloor", 5.0, Code.TELEMETRY_SCHEMA_INVALID),
    ("/payload/sampleCount", 0, Code.TELEMETRY_SCHEMA_INVALID),
    ("/payload/bind/pathDigest", "71c5", Code.TELEMETRY_SCHEMA_INVALID),
    ("/payload/aggregates", {}, Code.TELEMETRY_SCHEMA_INVALID),
    ("/payload/aggregates/capDenies", [], Code.TELEMETRY_SCHEMA_INVALID),
    ("/payload/aggregates/capDenies/net.fetch", 0, Code.TELEMETRY_SCHEMA_INVALID),
    ("/payload/aggregates/capDenies/net.fetch", 4, Code.TELEMETRY_K_ANONYMITY_FAIL),
    ("/payload/aggregates/capDenies/white space", 9, Code.TELEMETRY_SCHEMA_INVALID),
]


def put(value: dict[str, Any], place: str, item: object) -> dict[str, Any]:
    changed = copy.deepcopy(value)
    *steps, last = place[1:].split("/")
    target = changed
    for step in steps:
        target = target[step]
    target[last] = item
    return changed


@pytest.mark.parametrize(("place", "item", "code"), BROKEN)
def test_each_bound_of_a_chunk_has_its_code_and_place(place: str, item: object, code: str) -> None:
    issues = refused(TelemetryChunkV0, put(chunk(), place, item))
    assert (code, f"f#{place}") in issues
    assert len(issues) <= 2


@pytest.mark.parametrize("count", [4, 9])
def test_a_place_can_be_printed_even_where_a_name_holds_a_lone_surrogate(count: int) -> None:
    issues = refused(TelemetryChunkV0, put(chunk(), "/payload/aggregates/capDenies/\ud800", count))
    assert issues
    assert all(place.encode() for _, place in issues)


def test_the_bounds_themselves_are_accepted() -> None:
    for place, item in (
        ("/ttlSeconds", 1),
        ("/ttlSeconds", 604_800),
        ("/coverage", 0),
        ("/coverage", 1.0),
        ("/coverage", 0.29),
        ("/evidenceRefs", [f"sha256:{n:064x}" for n in range(64)]),
        ("/payload/aggregates/capDenies/" + "k" * 512, 5),
    ):
        read(TelemetryChunkV0, put(chunk(), place, item))


def test_every_violation_is_said_at_once() -> None:
    broken = snapshot()
    broken["chunks"][0]["ttlSeconds"] = 0
    broken["chunks"][1]["windowEndTick"] = 24
    broken["chunks"][1]["payload"]["aggregates"]["capDenies"]["net.fetch"] = 1
    broken["reasonCodes"] = ["NOT_A_CODE"]
    broken["hostname"] = "x"
    assert refused(TelemetryConduitSnapshotV0, broken) == {
        (Code.TELEMETRY_TTL_INVALID, "f#/chunks/0/ttlSeconds"),
        (Code.TELEMETRY_TICK_INVALID, "f#/chunks/1/windowEndTick"),
        (Code.TELEMETRY_K_ANONYMITY_FAIL, "f#/chunks/1/payload/aggregates/capDenies/net.fetch"),
        (Code.TELEMETRY_SCHEMA_INVALID, "f#/reasonCodes/0"),
        (Code.TELEMETRY_SCHEMA_INVALID, "f#/hostname"),
    }


def test_more_violations_than_a_list_shows_are_counted() -> None:
    broken = chunk() | {f"extra{n}": n for n in range(100)}
    with pytest.raises(WeftendError) as caught:
        read(TelemetryChunkV0, broken)
    assert (len(caught.value.issues.issues), caught.value.issues.more) == (64, 36)


def test_chunks_stand_in_the_order_of_their_windows() -> None:
    broken = snapshot()
    broken["chunks"].reverse()
    assert refused(TelemetryConduitSnapshotV0, broken) == {(Code.TELEMETRY_SCHEMA_INVALID, "f#/chunks")}


def test_reason_codes_are_the_registry_sorted_and_not_empty() -> None:
    assert len(REASON_CODES) == 14
    read(TelemetryConduitSnapshotV0, snapshot() | {"reasonCodes": list(REASON_CODES)})
    for wrong in ([], list(reversed(REASON_CODES)), [REASON_CODES[0]] * 2):
        assert refused(TelemetryConduitSnapshotV0, snapshot() | {"reasonCodes": wrong})


@pytest.mark.parametrize("value", [None, [], "x", 1, b"{}", {1: 2}])
def test_what_is_no_object_is_refused_and_never_raises_anything_else(value: object) -> None:
    for model, _, _ in DOCUMENTS:
        assert refused(model, value)
