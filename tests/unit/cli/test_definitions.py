"""Stream definitions named on a command line become what the shipped ones are."""

from pathlib import Path

import pytest

import weftend.contracts
from weftend.cli.definitions import given
from weftend.errors import WeftendError

SHIPPED = weftend.contracts.load()
FOLDER = Path(weftend.contracts.__file__).parent


@pytest.mark.parametrize("stream", [item["streamId"] for item in SHIPPED["streams"]])
def test_the_yaml_of_a_shipped_stream_is_that_stream(stream: str) -> None:
    (compiled,) = given([FOLDER / "streams" / f"{stream}.yaml"], [], SHIPPED)
    assert compiled == weftend.contracts.stream(stream)


def test_compiled_contracts_are_all_their_streams() -> None:
    assert given([FOLDER / "compiled.json"], [], SHIPPED) == SHIPPED["streams"]


def test_nothing_given_is_nothing() -> None:
    assert given([], [], SHIPPED) == []


def names(definition: dict, name: str) -> list[str]:
    (keys,) = [item["vocabulary"]["keys"] for item in definition["maps"] if item["name"] == name]
    return keys


def test_a_vocabulary_goes_to_the_map_it_is_for(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_bytes(b"a::b\na::c\n")
    yaml = FOLDER / "streams" / "telemetry.ci.tests.v0.yaml"
    (one,) = given([yaml], [f"failingTests={tmp_path}/names.txt"], SHIPPED)
    assert (names(one, "failingTests"), names(one, "slowTests")) == (["a::b", "a::c"], [])
    (every,) = given([yaml], [f"{tmp_path}/names.txt"], SHIPPED)
    assert names(every, "failingTests") == names(every, "slowTests") == ["a::b", "a::c"]
    assert names(every, "outcomes") == names(one, "outcomes")
    with pytest.raises(WeftendError, match="STREAM_INVALID"):
        given([yaml], [f"outcomes={tmp_path}/names.txt"], SHIPPED)


def test_without_a_definition_a_vocabulary_is_for_the_shipped_streams(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_bytes(b"a\n")
    found = given([], [f"failingTests={tmp_path}/names.txt"], SHIPPED)
    assert [item["streamId"] for item in found] == ["telemetry.ci.tests.v0"]
