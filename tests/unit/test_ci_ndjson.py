"""NDJSON with declared fields: an organisation's own stream, without code."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from weftend import ci
from weftend.canonical import canonicalize
from weftend.contracts import active
from weftend.contracts.definitions import from_file
from weftend.fold import Stream, exact

DEFINITION = """
id: telemetry.own.builds.v0
version: 1
title: Builds by outcome, tool and cache hits
about: A unit is one build, whose lines may stand in several files.
unit: {name: build, plural: builds, field: /build/id}
reader: ndjson
maps:
  outcomes:
    kind: partition
    about: How the build ended.
    key: /outcome
    keys: {enum: [failed, passed, 'true']}
  tools:
    kind: set
    about: Tools that ran.
    key: /steps/0/tool~1name
    keys: {registered: true, grammar: label}
  hits:
    kind: sum
    clamp: 100
    about: Cache hits by layer.
    key: /cache/layer
    amount: /cache/hits
    keys: {enum: [disk, memory]}
"""


@pytest.fixture
def stream(tmp_path: Path) -> Stream:
    path = tmp_path / "own.yaml"
    path.write_text(DEFINITION)
    (definition,) = from_file(path, active())
    return Stream(canonicalize(definition))


def line(
    build: object = "b1",
    outcome: object = "passed",
    tool: object = "cc",
    layer: object = "disk",
    hits: object = 1,
) -> str:
    steps = [{"tool/name": tool, "x": [1, 2]}, {"tool/name": "second"}]
    value = {
        "build": {"id": build},
        "outcome": outcome,
        "steps": steps,
        "cache": {"layer": layer, "hits": hits},
    }
    return json.dumps(value, ensure_ascii=False)


def read(stream: Stream, folder: Path, *lines: str | bytes, **options: object) -> ci.Reading:
    path = folder / "events.ndjson"
    path.write_bytes(b"\n".join(item.encode() if isinstance(item, str) else item for item in lines))
    return ci.read(stream, [path], **options)


def place(reading: ci.Reading) -> tuple[str, str, str]:
    (issue,) = reading.issues.issues
    return issue.code, issue.path.partition("#")[2], issue.message


def test_pointers_lead_to_unit_keys_and_amounts(stream, tmp_path):
    reading = read(
        stream,
        tmp_path,
        line(hits=3),
        line(outcome="failed", tool="my tool\u00e9", hits=2e0),
        line(build=7, outcome=True, tool=None, layer="memory", hits=0),
        "",
        line(build=7.0, tool=5, layer=["disk"]),
        '  {"unrelated": 1}\r',
        line(build={"a": 1}),
    )
    assert reading.issues.issues == ()
    assert (len(reading.partial), reading.counts.records, reading.counts.without_unit) == (2, 6, 2)
    maps = exact(stream, reading.partial)
    assert maps["outcomes"] == {"failed": (1, 1), "passed": (1, 1)}
    assert maps["hits"] == {"disk": (1, 5)}
    totals = dict(zip(stream.maps, reading.partial.totals(), strict=True))
    assert totals["tools"] == {"5": (1, 1), "cc": (1, 1), "my%20tool%C3%A9": (1, 1)}
    assert totals["outcomes"] == {"failed": (1, 1), "passed": (2, 2), "true": (1, 1)}


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ('{"a":1,}', "CANON_SYNTAX"),
        ('{"a":1,"a":2}', "CANON_DUPLICATE_NAME"),
        ('{"a":{"b":"\\u0061","b":2}}', "CANON_DUPLICATE_NAME"),
        ('{"a":9007199254740993}', "CANON_NUMBER_RANGE"),
        ('{"a":1e999}', "CANON_NUMBER_NOT_FINITE"),
        ('{"a":"\\ud800"}', "CANON_SURROGATE"),
        ('{"a":"\x01"}', "CANON_SYNTAX"),
        (b'{"a":"\xff"}', "CANON_UTF8"),
        ('{"a":1} {}', "CANON_TRAILING"),
        ('{"a":', "CANON_TRUNCATED"),
        ("[" * 129 + "]" * 129, "CANON_DEPTH"),
        ("\ufeff{}", "CANON_BOM"),
        (line(hits=-1), "INPUT_INVALID"),
        (line(hits=1.5), "INPUT_INVALID"),
        (line(hits="3"), "INPUT_INVALID"),
    ],
)
def test_a_broken_line_refuses_its_file_with_its_number(stream, tmp_path, broken, code):
    reading = read(stream, tmp_path, line(), "", line(build="b2"), broken, line(build="b3"), "{")
    assert place(reading)[:2] == (code, "line:4")
    assert (len(reading.partial), reading.counts.refused) == (0, 1)


def test_line_numbers_hold_across_blocks(stream, tmp_path):
    long = line(tool="x" * 1_000)
    reading = read(stream, tmp_path, *[long] * 40_000, "nope", *[long] * 10_000)
    assert place(reading)[:2] == ("CANON_SYNTAX", "line:40001")


def test_a_file_met_twice_counts_once_and_another_adds(stream, tmp_path):
    texts = [line(hits=3) + "\n" + line(hits=4), line(hits=3) + "\n" + line(hits=4), line(hits=10)]
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.jsonl").write_text(text)
    reading = ci.read(stream, [tmp_path])
    assert (len(reading.partial), reading.counts.duplicates, reading.counts.ignored) == (1, 1, 1)
    assert exact(stream, reading.partial)["hits"] == {"disk": (1, 17)}


@pytest.mark.parametrize("rule", ["file", "dir"])
def test_a_file_or_a_folder_can_be_the_unit(stream, tmp_path, rule):
    for folder, build in (("a", 1), ("a", 2), ("b", 3)):
        path = tmp_path / folder / f"{build}.ndjson"
        path.parent.mkdir(exist_ok=True)
        path.write_text(line(build=build) + "\n" + line(build=build, outcome="failed") + "\n")
    reading = ci.read(stream, [tmp_path], unit=rule)
    assert (len(reading.partial), reading.unit_rule) == ({"file": 3, "dir": 2}[rule], rule)
    units = len(reading.partial)
    assert exact(stream, reading.partial)["hits"] == {"disk": (units, 6)}
    assert exact(stream, reading.partial)["outcomes"] == {"failed": (units, 3)}


def test_without_a_unit_field_each_record_is_a_unit(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(DEFINITION.replace(", field: /build/id", ""))
    (definition,) = from_file(path, active())
    stream = Stream(canonicalize(definition))
    same = '{"outcome": "passed", "n": 1.0}'
    reading = read(stream, tmp_path, same, '{"n":1,"outcome":"passed"}', line(), line(build="b2"))
    assert (len(reading.partial), reading.counts.duplicates) == (3, 1)
    assert exact(stream, reading.partial)["outcomes"]["passed"] == (3, 3)


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_any_number_of_threads_gives_the_exact_counts(stream, tmp_path, threads):
    generator = random.Random(5)  # noqa: S311 - the same lines every time
    units: dict[str, set[str]] = defaultdict(set)
    totals: Counter[str] = Counter()
    lines = []
    for _ in range(30_000):
        build, tool, hits = (
            f"b{generator.randrange(4000)}",
            f"t{generator.randrange(9)}",
            generator.randrange(5),
        )
        units[tool].add(build)
        totals["disk"] += hits
        lines.append(line(build, tool=tool + "x" * 200, hits=hits))
    reading = read(stream, tmp_path, *lines, threads=threads)
    found = dict(zip(stream.maps, reading.partial.totals(), strict=True))
    assert {tool.rstrip("x"): count for tool, (count, _) in found["tools"].items()} == {
        tool: len(builds) for tool, builds in units.items()
    }
    assert found["hits"]["disk"][1] == totals["disk"]
    assert reading.partial.to_bytes() == read(stream, tmp_path, *lines, threads=3).partial.to_bytes()


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_a_unit_is_one_however_it_is_spelled(stream, tmp_path, threads):
    spellings = [
        [f'"b{number}"', f'"\\u0062{number}"']
        if number % 2
        else [f"{number}", f"{number}.0", f"{number}0e-1"]
        for number in range(1, 500)
    ]
    lines = [
        f'{{"build": {{"id": {spelled}}}, "cache": {{"layer": "disk", "hits": 1}}, "pad": "{"x" * 1000}"}}'
        for turn in range(3)
        for names in spellings
        for spelled in names[turn:] + names[:turn]
    ]
    reading = read(stream, tmp_path, *lines, threads=threads)
    assert reading.issues.issues == ()
    assert len(reading.partial) == len(spellings)
    assert exact(stream, reading.partial)["hits"] == {"disk": (len(spellings), len(lines))}
