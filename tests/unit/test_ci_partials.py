"""However reports are read, the partial is the same bytes: threads, order, and readings merged that overlap."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import FINDINGS, JOBS, TESTS, go_test, junit, sarif, workflow_job, workflow_run
from weftend import ci
from weftend.canonical import canonicalize
from weftend.contracts import active
from weftend.contracts import stream as definition_of
from weftend.contracts.definitions import from_file
from weftend.fold import Partial, Stream

DEPLOYS = Path(__file__).parents[2] / "examples/contracts/streams/telemetry.acme.deploys.v0.yaml"


@cache
def stream_of(name: str) -> Stream:
    definition = from_file(DEPLOYS, active())[0] if name == "deploys" else definition_of(name)
    return Stream(canonicalize(definition))


# A small world, so that the same file, the same unit and the same record are met again and again.
NUMBERS = st.integers(0, 3)


@st.composite
def a_report(draw: st.DrawFn) -> str:
    outcomes = st.sampled_from(["passed", "failure", "error", "skipped", "flakyFailure"])
    times = st.sampled_from(["0.001", "0.7", "3", "12", "long"])
    cases = [f"t{draw(NUMBERS)} {draw(outcomes)} {draw(times)}" for _ in range(draw(NUMBERS))]
    return junit(*cases, number=draw(NUMBERS))


@st.composite
def a_test_stream(draw: st.DrawFn) -> str:
    actions = st.sampled_from(["pass", "fail", "skip"])
    events = [("run", "TestA"), (draw(actions), "TestA"), (draw(actions), f"Test{draw(NUMBERS)}")]
    return go_test(*events, (draw(actions), None))


@st.composite
def a_log(draw: st.DrawFn) -> str:
    results = [{"ruleId": f"R{draw(NUMBERS)}"} for _ in range(draw(NUMBERS))]
    log = json.loads(sarif(*results, tool=f"tool{draw(NUMBERS)}", number=draw(NUMBERS)))
    if draw(st.booleans()):
        log["runs"][0]["automationDetails"] = {"id": f"nightly/{draw(NUMBERS)}"}
    return json.dumps({**log, "runs": log["runs"] * draw(st.integers(1, 2))})


@st.composite
def a_payload(draw: st.DrawFn) -> str:
    conclusions = st.sampled_from(["success", "failure", "cancelled"])
    run = draw(NUMBERS)
    jobs = [
        workflow_job(10 * run + number, run, conclusion=draw(conclusions)) for number in range(draw(NUMBERS))
    ]
    runs = [workflow_run(run, conclusion=["success", "failure"][run % 2])] if draw(st.booleans()) else []
    return "\n".join([*runs, *jobs] or [workflow_run(run)])


@st.composite
def an_event_file(draw: st.DrawFn) -> str:
    lines = [
        {
            "id": draw(NUMBERS),
            "outcome": draw(st.sampled_from(["failed", "succeeded", "odd"])),
            "target": {"region": draw(st.sampled_from(["eu-west", "mars"]))},
            "restarts": draw(NUMBERS),
        }
        for _ in range(draw(st.integers(1, 5)))
    ]
    return "".join(json.dumps(line) + "\n" for line in lines)


@dataclass(frozen=True)
class Shape:
    """What is read for which stream, and what one unit is there."""

    stream: str
    unit: str
    ending: str
    content: st.SearchStrategy[str]

    @property
    def name(self) -> str:
        return f"{self.stream}-{self.unit}-{self.ending}"


SHAPES = [
    Shape(TESTS, "file", "xml", a_report()),
    Shape(TESTS, "dir", "xml", a_report()),
    Shape(TESTS, "file", "json", a_test_stream()),
    Shape(FINDINGS, "file", "sarif", a_log()),
    Shape(FINDINGS, "dir", "sarif", a_log()),
    Shape(FINDINGS, "field", "sarif", a_log()),
    Shape(JOBS, "field", "json", a_payload()),
    Shape("deploys", "field", "ndjson", an_event_file()),
    Shape("deploys", "file", "ndjson", an_event_file()),
    Shape("deploys", "dir", "ndjson", an_event_file()),
]


def folders(root: Path, contents: list[tuple[int, str]], ending: str) -> list[Path]:
    """Write each content into its folder; all folders, in order."""
    for number, (folder, content) in enumerate(contents):
        path = root / str(folder) / f"{number}.{ending}"
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return sorted(root.iterdir())


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.name for shape in SHAPES])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_threads_order_and_overlapping_readings_do_not_show(shape: Shape, data: st.DataObject) -> None:
    contents = data.draw(st.lists(st.tuples(NUMBERS, shape.content), min_size=1, max_size=8))
    stream = stream_of(shape.stream)

    def read(inputs: list[Path], threads: int) -> Partial:
        reading = ci.read(stream, inputs, unit=shape.unit, threads=threads)
        assert reading.issues.issues == ()
        return reading.partial

    with tempfile.TemporaryDirectory() as scratch:
        inputs = folders(Path(scratch), contents, shape.ending)
        if shape.unit != "dir":  # what is one unit is one reading's, so of a folder no single file is
            inputs = sorted(path for folder in inputs for path in folder.iterdir())
        whole = read(inputs, 1).to_bytes()
        assert read(inputs, 4).to_bytes() == whole
        assert read(data.draw(st.permutations(inputs)), 4).to_bytes() == whole
        assert read([*inputs, *inputs], 2).to_bytes() == whole
        merged = Partial(stream.channels())
        for share in _shares(data, inputs):
            merged.merge(Partial.from_bytes(read(share, 1).to_bytes()))
        assert merged.to_bytes() == whole


def _shares(data: st.DataObject, inputs: list[Path]) -> list[list[Path]]:
    """Three readings that together see every input, some of them more than once, and an empty one."""
    readers = st.sets(st.sampled_from([0, 1, 2]), min_size=1)
    seen = {path: data.draw(readers) for path in inputs}
    shares = [[path for path in inputs if number in seen[path]] for number in range(3)]
    return [*data.draw(st.permutations(shares)), []]


def test_a_large_reading_is_the_same_on_any_number_of_threads_and_in_any_order(tmp_path: Path) -> None:
    for number in range(400):
        cases = [
            f"t{case} {'failure' if (case * number) % 7 == 1 else 'passed'}" for case in range(number % 9)
        ]
        path = tmp_path / str(number % 5) / f"{number}.xml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(junit(*cases, number=number % 300))
    paths = sorted(tmp_path.rglob("*.xml"))
    stream = stream_of(TESTS)
    whole = ci.read(stream, [tmp_path], threads=1).partial.to_bytes()
    for threads in (2, 3, 4, 8):
        assert ci.read(stream, [tmp_path], threads=threads).partial.to_bytes() == whole
        turned = paths[threads * 50 :] + paths[: threads * 50]
        assert ci.read(stream, turned, threads=threads).partial.to_bytes() == whole
