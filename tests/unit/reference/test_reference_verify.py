"""Verification finds what is wrong, says where, and accepts what is right."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from snapshots import RELEASE_PATH, a_map, chain, definition, file, full, partial, resealed, snapshot, store
from weftend.reference import documents, privacy
from weftend.reference.chain import chunk_id
from weftend.reference.streams import Stream, forms
from weftend.reference.verify import Against, Verdict, verify_snapshot, verify_store

DEFINITION = definition()
STREAM = Stream.of(DEFINITION)
WITH = Against(given=[STREAM])
CHUNKS = chain(DEFINITION, full(0, 20), full(20, 30))

Found = list[tuple[str, str]]


def found(verdict: Verdict) -> Found:
    return [(str(issue.code), issue.path.removeprefix("s#")) for issue in verdict.issues]


def verify(document: object, against: Against = WITH) -> Found:
    return found(verify_snapshot(file(document), "s", against))


def test_what_a_verdict_says() -> None:
    verdict = verify_snapshot(file(snapshot(CHUNKS)), "s", WITH)
    assert verdict.issues == ()
    assert verdict.status == "verified"
    assert verdict.as_dict() == {
        "file": "s",
        "status": "verified",
        "streamId": "telemetry.test.v0",
        "chunks": 2,
        "fromTick": 0,
        "toTick": 50,
        "anchor": None,
        "headChunkId": CHUNKS[1]["chunkId"],
        "kFloor": 5,
        "promises": ["every-map"],
        "checked": [*verdict.checked],
        "notChecked": [*verdict.unchecked],
    }
    assert {"chain", "vocabulary", "clamps", "pathDigest"} <= set(verdict.checked)
    assert any(words.startswith("tail") for words in verdict.unchecked)
    assert any(words.startswith("dropped") for words in verdict.unchecked)


def test_without_the_definition_the_promise_is_not_checked() -> None:
    verdict = verify_snapshot(file(snapshot(CHUNKS)), "s")
    assert verdict.status == "verified"
    assert verdict.promises == ()
    assert "vocabulary" not in verdict.checked
    assert any(words.startswith("promise, pathDigest, maps, vocabulary") for words in verdict.unchecked)


def test_definitions_that_were_given_for_nothing_are_named() -> None:
    elsewhere = Stream.of(definition(streamId="telemetry.other.v0"))
    for against in (Against(given=[elsewhere]), Against(given=[elsewhere], shipped=[STREAM])):
        verdict = verify_snapshot(file(snapshot(CHUNKS)), "s", against)
        assert verdict.status == "verified"
        assert any(words.startswith("the definitions given:") for words in verdict.unchecked)
    for against in (Against(given=[STREAM, elsewhere]), Against(shipped=[STREAM])):
        verdict = verify_snapshot(file(snapshot(CHUNKS)), "s", against)
        assert not any(words.startswith("the definitions given:") for words in verdict.unchecked)


def test_a_pruned_chain_is_verified_from_its_anchor() -> None:
    verdict = verify_snapshot(file(snapshot(CHUNKS[1:])), "s", WITH)
    assert verdict.status == "verified"
    assert verdict.anchor == CHUNKS[0]["chunkId"]
    assert verdict.ticks == (20, 50)


def test_an_empty_snapshot_holds() -> None:
    assert verify(snapshot([])) == []
    assert verify(snapshot([], "TELEMETRY_K_ANONYMITY_FAIL", kFloorSkipped=1)) == []


def test_a_preview_is_one() -> None:
    verdict = verify_snapshot(file(snapshot(CHUNKS, "TELEMETRY_PREVIEW")), "s", WITH)
    assert (verdict.status, verdict.preview) == ("preview", True)


def test_refs_hold_where_nothing_is_suppressed() -> None:
    window = full(0, 20) | partial(20, 1, {"evidenceRefs": lambda n: [f"sha256:{n:064x}"]})
    window = {unit: full(0, 30)[unit] | parts for unit, parts in window.items() if unit in full(0, 30)}
    assert verify(snapshot(chain(DEFINITION, window, refs=True))) == []


Edit = Callable[[dict[str, Any]], object]


def edited(*edits: Edit, chunks: list[dict[str, Any]] = CHUNKS, reseal: bool = False) -> dict[str, Any]:
    document = copy.deepcopy(snapshot(chunks))
    for edit in edits:
        edit(document)
    if reseal:
        document["headChunkId"] = resealed(document["chunks"])[-1]["chunkId"]
    return document


def put(place: str, value: object) -> Edit:
    """Set the member at a JSON Pointer."""

    def edit(document: Any) -> None:
        *steps, last = place.strip("/").split("/")
        for name in steps:
            document = document[int(name) if isinstance(document, list) else name]
        document[last] = value

    return edit


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (put("/streamId", "telemetry.other.v0"), ("TELEMETRY_CHAIN_BROKEN", "/chunks/0/streamId")),
        (put("/headChunkId", "sha256:" + "0" * 64), ("TELEMETRY_CHAIN_BROKEN", "/headChunkId")),
        (put("/headChunkId", None), ("TELEMETRY_CHAIN_BROKEN", "/headChunkId")),
        (put("/chunks/0/coverage", 0.5), ("TELEMETRY_CHUNK_ID_MISMATCH", "/chunks/0/chunkId")),
        (
            put("/chunks/1/chunkId", "sha256:" + "0" * 64),
            ("TELEMETRY_CHUNK_ID_MISMATCH", "/chunks/1/chunkId"),
        ),
        (put("/extra", 1), ("TELEMETRY_SCHEMA_INVALID", "/extra")),
        (put("/v", 1), ("TELEMETRY_SCHEMA_INVALID", "/v")),
        (put("/v", False), ("TELEMETRY_SCHEMA_INVALID", "/v")),
        (put("/schema", "x"), ("TELEMETRY_SCHEMA_INVALID", "/schema")),
        (put("/dropped/ttlPruned", 2**32), ("TELEMETRY_SCHEMA_INVALID", "/dropped/ttlPruned")),
        (put("/dropped/kFloorSkipped", 1), ("TELEMETRY_CONDUIT_INVALID", "/reasonCodes")),
        (put("/reasonCodes", []), ("TELEMETRY_SCHEMA_INVALID", "/reasonCodes")),
        (put("/reasonCodes", ["TELEMETRY_PREVIEW"] * 2), ("TELEMETRY_SCHEMA_INVALID", "/reasonCodes")),
        (put("/reasonCodes", ["CANON_BOM"]), ("TELEMETRY_SCHEMA_INVALID", "/reasonCodes/0")),
        (put("/reasonCodes", ["TELEMETRY_ROLLBACK"]), ("TELEMETRY_CONDUIT_INVALID", "/reasonCodes")),
        (put("/reasonCodes", ["TELEMETRY_KEY_UNREGISTERED"]), ("TELEMETRY_CONDUIT_INVALID", "/reasonCodes")),
        (put("/chunks", {}), ("TELEMETRY_SCHEMA_INVALID", "/chunks")),
        (put("/chunks/0/payload", []), ("TELEMETRY_SCHEMA_INVALID", "/chunks/0/payload")),
    ],
)
def test_what_is_changed_is_found(edit: Edit, expected: tuple[str, str]) -> None:
    assert expected in verify(edited(edit))


SCHEMA = "TELEMETRY_SCHEMA_INVALID"
FLOOR = "TELEMETRY_K_ANONYMITY_FAIL"
UNREGISTERED = "TELEMETRY_KEY_UNREGISTERED"
CHUNK = "/chunks/0"
MAPS = f"{CHUNK}/payload/aggregates"

FORGED = [
    (f"{CHUNK}/windowEndTick", 21, "TELEMETRY_TICK_INVALID", f"{CHUNK}/windowEndTick"),
    ("/chunks/1/windowStartTick", 21, "TELEMETRY_TICK_INVALID", "/chunks/1/windowStartTick"),
    ("/chunks/1/windowStartTick", -1, "TELEMETRY_TICK_INVALID", "/chunks/1/windowStartTick"),
    (f"{CHUNK}/windowStartTick", 1, "TELEMETRY_TICK_INVALID", f"{CHUNK}/windowStartTick"),
    (f"{CHUNK}/kAnonymityFloor", 6, SCHEMA, f"{CHUNK}/kAnonymityFloor"),
    (f"{CHUNK}/kAnonymityFloor", 4, SCHEMA, f"{CHUNK}/kAnonymityFloor"),
    (f"{CHUNK}/payload/sampleCount", 4, FLOOR, f"{CHUNK}/payload/sampleCount"),
    (f"{CHUNK}/ttlSeconds", 0, "TELEMETRY_TTL_INVALID", f"{CHUNK}/ttlSeconds"),
    (f"{CHUNK}/ttlSeconds", 604_801, "TELEMETRY_TTL_INVALID", f"{CHUNK}/ttlSeconds"),
    (f"{CHUNK}/ttlSeconds", 30, "TELEMETRY_TTL_INVALID", f"{CHUNK}/ttlSeconds"),
    (f"{CHUNK}/coverage", 0.5, SCHEMA, f"{CHUNK}/coverage"),
    (f"{CHUNK}/coverage", 0.66, "TELEMETRY_CONDUIT_INVALID", "/reasonCodes"),
    (f"{CHUNK}/coverage", 1.5, SCHEMA, f"{CHUNK}/coverage"),
    (f"{CHUNK}/coverage", True, SCHEMA, f"{CHUNK}/coverage"),
    (f"{CHUNK}/evidenceRefs", ["sha256:ab"], SCHEMA, f"{CHUNK}/evidenceRefs/0"),
    (
        f"{CHUNK}/payload/bind/pathDigest",
        "x",
        SCHEMA,
        f"{CHUNK}/payload/bind/pathDigest",
    ),
    (
        f"{MAPS}/names/a",
        4,
        FLOOR,
        f"{MAPS}/names/a",
    ),
    (
        f"{MAPS}/names/a",
        0,
        SCHEMA,
        f"{MAPS}/names/a",
    ),
    (
        f"{MAPS}/names/a",
        9.5,
        SCHEMA,
        f"{MAPS}/names/a",
    ),
    (
        f"{MAPS}/names/token",
        9,
        "PRIVACY_FIELD_FORBIDDEN",
        f"{MAPS}/names/token",
    ),
    (
        f"{MAPS}/names/10.0.0.1",
        9,
        "PRIVACY_FIELD_FORBIDDEN",
        f"{MAPS}/names/10.0.0.1",
    ),
    (
        f"{MAPS}/names/a b",
        9,
        "PRIVACY_STRING_UNTRUSTED",
        f"{MAPS}/names/a b",
    ),
    (
        f"{MAPS}/createdAt",
        {},
        "PRIVACY_TIMESTAMP_FORBIDDEN",
        f"{MAPS}/createdAt",
    ),
]


@pytest.mark.parametrize(("place", "value", "code", "path"), FORGED)
def test_a_forger_who_makes_the_digests_right_again_is_found(
    place: str, value: object, code: str, path: str
) -> None:
    document = edited(put(place, value), reseal=True)
    assert (code, path) in verify(document, Against())
    assert not any(code == "TELEMETRY_CHUNK_ID_MISMATCH" for code, _ in verify(document))


AGAINST_THE_DEFINITION = [
    (put(f"{MAPS}/names/d", 9), UNREGISTERED, f"{MAPS}/names/d"),
    (put(f"{MAPS}/names/__none__", 9), UNREGISTERED, f"{MAPS}/names/__none__"),
    (put(f"{MAPS}/names/a", 21), SCHEMA, f"{MAPS}/names/a"),
    (put(f"{MAPS}/sizes/p", 14), FLOOR, f"{MAPS}/sizes/p"),
    (put(f"{MAPS}/sizes/p", 61), SCHEMA, f"{MAPS}/sizes/p"),
    (put(f"{MAPS}/kinds/x", 11), SCHEMA, f"{MAPS}/kinds"),
    (put(f"{MAPS}/kinds/x", 7), FLOOR, f"{MAPS}/kinds"),
    (put(f"{MAPS}/kinds", {"__other__": 10}), FLOOR, f"{MAPS}/kinds/__other__"),
    (put(f"{MAPS}/kinds", {"x": 10}), SCHEMA, f"{CHUNK}/coverage"),
    (put(f"{CHUNK}/coverage", 0), SCHEMA, f"{CHUNK}/coverage"),
    (put(f"{MAPS}/more", {}), SCHEMA, f"{MAPS}/more"),
    (put(MAPS, {"names": {}}), SCHEMA, f"{MAPS}/kinds"),
    (put(f"{CHUNK}/ttlSeconds", 86_401), "TELEMETRY_TTL_INVALID", f"{CHUNK}/ttlSeconds"),
    (put(f"{CHUNK}/tartarusRefs", ["sha256:" + "0" * 64]), SCHEMA, f"{CHUNK}/tartarusRefs"),
]


@pytest.mark.parametrize(("edit", "code", "path"), AGAINST_THE_DEFINITION)
def test_what_the_definition_rules_out_is_found_with_it(edit: Edit, code: str, path: str) -> None:
    document = edited(edit, reseal=True)
    assert (code, path) in verify(document)
    assert (code, path) not in verify(document, Against())


@pytest.mark.parametrize("hidden", range(1, 13))
def test_a_partition_hides_nothing_or_twice_the_floor(hidden: int) -> None:
    document = edited(
        put("/chunks/0/coverage", 0.66),
        put(f"{MAPS}/kinds", {"x": 20 - hidden}),
        put("/reasonCodes", ["TELEMETRY_INSUFFICIENT_COVERAGE"]),
        reseal=True,
    )
    assert verify(document) == ([(FLOOR, f"{MAPS}/kinds")] if hidden < 10 else [])


def test_a_link_to_another_chunk_is_found_however_it_is_sealed() -> None:
    document = edited(put("/chunks/1/prevChunkId", RELEASE_PATH))
    document["chunks"][1]["chunkId"] = document["headChunkId"] = chunk_id(document["chunks"][1])
    assert verify(document) == [("TELEMETRY_CHAIN_BROKEN", "/chunks/1/prevChunkId")]


def test_chunks_taken_out_of_the_middle_or_out_of_order_are_found() -> None:
    chunks = chain(DEFINITION, full(0, 20), full(20, 30), full(50, 10))
    assert verify(snapshot(chunks)) == []
    assert verify(snapshot([chunks[0], chunks[2]])) == [
        ("TELEMETRY_CHAIN_BROKEN", "/chunks/1/prevChunkId"),
        ("TELEMETRY_TICK_INVALID", "/chunks/1/windowStartTick"),
    ]
    assert (SCHEMA, "/chunks") in verify(snapshot([chunks[1], chunks[0], chunks[2]]))
    assert (SCHEMA, "/chunks") in verify(snapshot([chunks[0], chunks[0]]))


def test_coverage_has_two_decimals() -> None:
    for value, fine in [(0, True), (0.07, True), (0.29, True), (1, True), (0.125, False), (True, False)]:
        findings = list(documents.CHUNK(CHUNKS[0] | {"coverage": value}, ""))
        assert (findings == []) == fine, value


def test_the_streams_own_bounds_are_checked() -> None:
    tight = definition(floor={"default": 100, "least": 10}, caps=DEFINITION["caps"])
    caps = {"maxBucketsPerChunk": 2, "maxChunkBytes": 4_096, "maxChunks": 1, "maxWindowTicks": 20}
    tight["caps"] = {**DEFINITION["caps"], **caps}
    path = Stream.of(tight).digest
    edits = [put(f"/chunks/{n}/payload/bind/pathDigest", path) for n in (0, 1)]
    document = edited(*edits, reseal=True)
    assert verify(document, Against(given=[Stream.of(tight)])) == [
        ("TELEMETRY_BUDGET_EXCEEDED", "/chunks"),
        ("TELEMETRY_BUDGET_EXCEEDED", "/chunks/0"),
        ("TELEMETRY_BUDGET_EXCEEDED", "/chunks/1"),
        ("TELEMETRY_BUDGET_EXCEEDED", "/chunks/1/payload/sampleCount"),
        ("TELEMETRY_K_ANONYMITY_FAIL", "/chunks/0/kAnonymityFloor"),
        ("TELEMETRY_K_ANONYMITY_FAIL", "/chunks/1/kAnonymityFloor"),
    ]


def test_a_definition_that_is_none_of_the_chunks_is_refused() -> None:
    other = Stream.of(definition(version=2))
    expected = [("TELEMETRY_CONDUIT_INVALID", "/chunks/1/payload/bind/pathDigest")]
    assert verify(snapshot(CHUNKS), Against(given=[other])) == expected
    assert verify(snapshot(CHUNKS), Against(given=[other], shipped=[STREAM])) == expected
    assert verify(snapshot(CHUNKS), Against(shipped=[other])) == []
    elsewhere = Stream.of(definition(streamId="telemetry.other.v0"))
    assert verify(snapshot(CHUNKS), Against(given=[elsewhere], shipped=[STREAM])) == []


@pytest.mark.parametrize("chunk", [{}, "a b", CHUNKS[0]])
def test_what_has_no_bounds_is_not_looked_at_any_longer(chunk: object) -> None:
    document = snapshot(CHUNKS) | {"chunks": [chunk] * 4_097}
    assert verify(document) == [("PRIVACY_RECEIPT_UNBOUNDED", "/chunks")]


def test_a_check_stops_after_so_many_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = []
    shape = documents.SNAPSHOT

    def counted(value: object, at: str) -> Iterator[tuple[str, str, str]]:
        for finding in shape(value, at):
            looked_at.append(finding)
            yield finding

    monkeypatch.setattr(documents, "SNAPSHOT", counted)
    refs = CHUNKS[0] | {"evidenceRefs": ["sha256:short"] * 4_096}
    verdict = verify_snapshot(file(snapshot(CHUNKS) | {"chunks": [refs] * 9}), "s")
    assert len(looked_at) == privacy.MOST_FINDINGS
    assert len(verdict.issues) <= 3 * privacy.MOST_FINDINGS
    untrusted = [["a b"] * 4_096] * 9
    assert len(privacy.check(untrusted)) == privacy.MOST_FINDINGS


def test_definitions_may_change_along_a_chain() -> None:
    later = Stream.of(definition(version=2))
    document = edited(put("/chunks/1/payload/bind/pathDigest", later.digest), reseal=True)
    assert verify(document, Against(given=[later])) == []
    verdict = verify_snapshot(file(document), "s", Against(given=[later]))
    assert any("of 1 chunk:" in words for words in verdict.unchecked)


def test_a_release_names_its_own_path_digest() -> None:
    release = definition(reader="release", streamId="telemetry.release.v0")
    chunks = chain(release, full(0, 20))
    verdict = verify_snapshot(file(snapshot(chunks)), "s", Against(shipped=[Stream.of(release)]))
    assert verdict.status == "verified"
    assert verdict.promises == ("every-map",)
    assert "pathDigest" not in verdict.checked


def test_a_head_or_a_store_catches_a_tail_that_was_cut() -> None:
    cut = snapshot(CHUNKS[:1])
    assert verify(cut) == []
    assert verify(cut, Against(head=CHUNKS[1]["chunkId"])) == [("TELEMETRY_CHAIN_BROKEN", "/headChunkId")]
    assert verify(cut, Against(store=store(CHUNKS))) == [("TELEMETRY_CHAIN_BROKEN", "/headChunkId")]
    whole = Against(head=CHUNKS[1]["chunkId"], store=store(CHUNKS))
    assert verify(snapshot(CHUNKS), whole) == []
    checked = verify_snapshot(file(snapshot(CHUNKS)), "s", whole)
    assert checked.checked[-2:] == ("head", "store")
    assert verify(snapshot(CHUNKS[1:]), whole) == [("TELEMETRY_CHAIN_BROKEN", "/chunks")]


def test_a_preview_goes_on_from_the_store() -> None:
    ahead = snapshot(CHUNKS, "TELEMETRY_PREVIEW")
    assert verify(ahead, Against(store=store(CHUNKS[:1]))) == []
    assert verify(ahead, Against(store=store(CHUNKS))) == []
    assert verify(ahead, Against(store=store([]))) == []
    foreign = chain(DEFINITION, full(50, 9))
    assert verify(ahead, Against(store=store(foreign))) == [("TELEMETRY_CHAIN_BROKEN", "/chunks")]


def test_another_streams_store_is_found() -> None:
    other = store(chain(definition(streamId="telemetry.other.v0"), full(0, 20)))
    assert verify(snapshot(CHUNKS), Against(store=other)) == [("TELEMETRY_CONDUIT_INVALID", "/streamId")]


@pytest.mark.parametrize(
    ("edit", "code", "path"),
    [
        (put("/journal/headChunkId", "sha256:" + "0" * 64), "TELEMETRY_CHAIN_BROKEN", "/journal/headChunkId"),
        (put("/journal/updatedAtTick", 51), "TELEMETRY_TICK_INVALID", "/journal/updatedAtTick"),
        (put("/journal/streamId", "telemetry.other.v0"), "TELEMETRY_CHAIN_BROKEN", "/chunks/0/streamId"),
        (put("/journal/extra", 1), "TELEMETRY_SCHEMA_INVALID", "/journal/extra"),
        (put("/chunks/0/coverage", 0), "TELEMETRY_CHUNK_ID_MISMATCH", "/chunks/0/chunkId"),
    ],
)
def test_a_store_is_checked_like_a_snapshot(edit: Edit, code: str, path: str) -> None:
    document = copy.deepcopy(store(CHUNKS))
    assert verify_store(file(document), "s") == (document, ())
    edit(document)
    _, issues = verify_store(file(document), "s")
    assert (code, f"s#{path}") in [(issue.code, issue.path) for issue in issues]


def test_all_violations_come_at_once_in_order() -> None:
    document = edited(put("/extra", 1), put("/chunks/0/coverage", 2), put("/chunks/1/payload/kFloor", 3))
    issues = verify_snapshot(file(document), "s", WITH).issues
    assert list(issues) == sorted(issues)
    assert len(issues) >= 6


WHOLE = file(snapshot(CHUNKS))


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (b"", "CANON_TRUNCATED", "0"),
        (b"\n", "CANON_TRUNCATED", "0"),
        (b"null\n", "TELEMETRY_SCHEMA_INVALID", ""),
        (b"[]\n", "TELEMETRY_SCHEMA_INVALID", ""),
        (b"\xef\xbb\xbf" + WHOLE, "CANON_BOM", "0"),
        (WHOLE[:-1], "TELEMETRY_CONDUIT_INVALID", str(len(WHOLE) - 1)),
        (WHOLE + b"\n", "TELEMETRY_CONDUIT_INVALID", str(len(WHOLE) - 1)),
        (WHOLE[:100] + b"\n", "CANON_TRUNCATED", "100"),
        (b" " + WHOLE, "TELEMETRY_CONDUIT_INVALID", "0"),
        (WHOLE[:50] + b"\xff" + WHOLE[50:], "CANON_UTF8", "50"),
        (b"[" * 200 + b"\n", "CANON_DEPTH", "128"),
        (b'{"a":1,"a":1}\n', "CANON_DUPLICATE_NAME", "7"),
        (b"NaN\n", "CANON_SYNTAX", "0"),
        (b"1" * 5_000 + b"\n", "CANON_NUMBER_RANGE", "0"),
    ],
)
def test_bytes_that_are_not_canonical_are_found_with_their_offset(data: bytes, code: str, place: str) -> None:
    assert (code, place) in found(verify_snapshot(data, "s"))


def test_a_stream_is_found_in_the_contribution_that_was_asked_for() -> None:
    own, other = forms(DEFINITION)
    assert (own, own.contribution, other.contribution) == (STREAM, "every-map", "one-map")
    assert [form.contribution for form in forms(definition(contribution="one-map"))] == [
        "one-map",
        "every-map",
    ]
    assert [form.contribution for form in forms(definition(reader="release"))] == ["every-map"]
    window = partial(0, 20, {"kinds": lambda n: ["x"]})
    chunk = chain(definition(DEFINITION["maps"][0], contribution="every-map"), window)[0]
    chunk["payload"]["bind"]["pathDigest"] = other.digest
    verdict = verify_snapshot(file(snapshot(resealed([chunk]))), "s", Against(shipped=[own, other]))
    assert (verdict.issues, verdict.promises) == ((), ("one-map",))


def test_one_map_chunks_hold_one_map() -> None:
    maps = [a_map("m", "set", "a"), a_map("n", "set", "a")]
    compiled = definition(*maps, contribution="one-map")
    stream = Stream.of(compiled)
    chunk = chain(definition(maps[0]), partial(0, 20, {"m": lambda n: ["a"]}))[0]
    chunk["payload"]["bind"]["pathDigest"] = stream.digest
    document = snapshot(resealed([chunk]))
    verdict = verify_snapshot(file(document), "s", Against(given=[stream]))
    assert (verdict.issues, verdict.promises) == ((), ("one-map",))
    chunk["payload"]["aggregates"]["n"] = {}
    document = snapshot(resealed([chunk]))
    assert verify(document, Against(given=[stream])) == [(SCHEMA, MAPS)]
