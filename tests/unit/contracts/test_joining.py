"""An organisation's contracts beside the shipped ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import weftend.contracts
from weftend.contracts import compiler, loader
from weftend.errors import WeftendError

SHIPPED = weftend.contracts.load()


@pytest.fixture
def compiled(folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "acme.json"
    path.write_bytes(compiler.text(compiler.compiled(folder, SHIPPED)))
    return path


def usage(contracts: dict[str, Any]) -> dict[str, list[str]]:
    (form,) = (item for item in contracts["streams"] if item["reader"] == "usage")
    return {item["name"]: item["vocabulary"]["keys"] for item in form["maps"]}


def test_types_and_producers_join_the_usage_stream(compiled: Path) -> None:
    both = weftend.contracts.active(compiled)
    assert len(both["events"]) == len(SHIPPED["events"]) + 2
    assert set(usage(both)["producers"]) - set(usage(SHIPPED)["producers"]) == {"acme-deployer"}
    assert set(usage(both)["eventTypes"]) - set(usage(SHIPPED)["eventTypes"]) == {"acme.deploy"}
    assert usage(both)["events"] == usage(both)["eventTypes"] == sorted(usage(both)["eventTypes"])


def test_the_variable_names_the_file(compiled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(loader.VARIABLE, raising=False)
    assert weftend.contracts.active() is SHIPPED
    monkeypatch.setenv(loader.VARIABLE, str(compiled))
    assert weftend.contracts.active() == weftend.contracts.active(compiled)


def test_what_is_there_already_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeftendError, match=r"#/events: agent_exec_time is there already"):
        weftend.contracts.active(loader.COMPILED)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema":"weftend.contracts/0"}'])
def test_a_file_that_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(WeftendError, match="CONTRACT_INVALID"):
        weftend.contracts.active(tmp_path / "x.json")
    with pytest.raises(WeftendError, match="CONTRACT_INVALID"):
        weftend.contracts.active(tmp_path / "missing.json")


def test_only_what_may_be_exported_is_counted() -> None:
    counted = set(usage(SHIPPED)["eventTypes"])
    for event in SHIPPED["events"]:
        near = event["sensitivity"] > "S1" or event["transmission"] == "local_only"
        assert (event["type"] in counted) is not near
    assert len(counted) == 42
