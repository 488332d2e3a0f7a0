"""Models and reference find the same things wrong in a document, by code and place.

The models are pydantic's, the reference is plain Python; they share nothing but the page on the data model.
"""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshots import chain, definition, full, snapshot, store
from weftend.errors import WeftendError
from weftend.models import documents as models
from weftend.models.reading import read
from weftend.reference import conduit, documents

CHUNKS = chain(definition(), full(0, 9), full(9, 7))
DOCUMENTS = {
    "aggregate": (models.TelemetryAggregateV0, documents.AGGREGATE, CHUNKS[0]["payload"]),
    "chunk": (models.TelemetryChunkV0, documents.CHUNK, CHUNKS[0]),
    "journal": (models.TelemetryJournalV0, documents.JOURNAL, store(CHUNKS)["journal"]),
    "store": (models.TelemetryConduitStoreV0, documents.STORE, store(CHUNKS)),
    "snapshot": (
        models.TelemetryConduitSnapshotV0,
        documents.SNAPSHOT,
        snapshot(CHUNKS, "TELEMETRY_PREVIEW"),
    ),
}

Found = set[tuple[str, str]]

SCALARS = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        1,
        4,
        5,
        64,
        -1,
        2**32,
        2**53 - 1,
        2**53,
        604_801,
        1_000_001,
        0.5,
        0.125,
        1.5,
        "",
        "x",
        "a b",
        "x" * 513,
        "telemetry.test.v0",
        "sha256:" + "0" * 64,
        "sha256:" + "0" * 63 + "\n",
        "TELEMETRY_PREVIEW",
        "weftend.telemetry.chunk/0",
    ]
)
VALUES = (
    SCALARS
    | st.lists(SCALARS, max_size=3)
    | st.dictionaries(st.sampled_from(["a", "schema", "x y"]), SCALARS)
)
NAMES = st.sampled_from(["v", "schema", "extra", "a", "a~/b", "aB1", "A", "x y", "", "k" * 65, "x" * 513])


def containers(value: Any) -> list[Any]:
    """Every object and array in ``value``, itself included."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(found for item in below for found in containers(item))] if below != () else []


@st.composite
def changed(draw: st.DrawFn, document: Any) -> Any:
    """The document with one to three members set, taken out, put in, moved or repeated."""
    value = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        container = draw(st.sampled_from(containers(value)))
        if isinstance(container, dict):
            name = draw(st.sampled_from(sorted(container)) | NAMES) if container else draw(NAMES)
            if draw(st.booleans()) or name not in container:
                container[name] = draw(VALUES)
            else:
                del container[name]
        elif container and draw(st.booleans()):
            container[draw(st.integers(0, len(container) - 1))] = draw(VALUES)
        elif container and draw(st.booleans()):
            container.insert(0, container.pop() if draw(st.booleans()) else copy.deepcopy(container[-1]))
        else:
            container.insert(draw(st.integers(0, len(container))), draw(VALUES))
    return value


def by_model(model: Any, value: object) -> Found:
    try:
        read(model, value)
    except WeftendError as error:
        return {(str(issue.code), issue.path.removesuffix("/[key]")[1:]) for issue in error.issues.issues}
    return set()


def by_shape(shape: Any, value: object) -> Found:
    return {(str(code), place) for code, place, _ in shape(value, "")}


def related(name: str, value: object) -> Found:
    """What the reference says of parts that do not agree, in the documents that models look at so too."""
    if name == "snapshot":
        return {(str(code), place) for code, place, _ in conduit.check_snapshot(value)}
    if name == "store":
        return {(str(code), place) for code, place, _ in conduit.check_store(value)}
    wrapped = value if name == "chunk" else {"payload": value}
    found = conduit.check_snapshot({"chunks": [wrapped]})
    prefix = "/chunks/0" if name == "chunk" else "/chunks/0/payload"
    return {(str(code), place.removeprefix(prefix)) for code, place, _ in found if place.startswith(prefix)}


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_the_same_is_wrong(name: str, data: st.DataObject) -> None:
    model, shape, document = DOCUMENTS[name]
    value = data.draw(changed(document))
    modelled, shaped = by_model(model, value), by_shape(shape, value)
    assert shaped <= modelled
    assert modelled <= shaped | related(name, value)


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_what_is_right_is_right_in_both(name: str) -> None:
    model, shape, document = DOCUMENTS[name]
    assert by_model(model, document) == by_shape(shape, document) == set()
