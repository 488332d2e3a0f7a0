"""``weftend contracts``: checked, listed, shown, compiled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import weftend.contracts
from weftend.canonical import is_canonical
from weftend.cli.exits import run

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "contracts"
SHIPPED = Path(weftend.contracts.__file__).parent
Captured = pytest.CaptureFixture[bytes]


def test_check_of_what_ships(capfdbinary: Captured) -> None:
    for folder in ([], [str(SHIPPED)]):
        assert run(["contracts", "check", *folder, "--today", "2027-10-31", "--json"]) == 0
        assert json.loads(capfdbinary.readouterr().out) == {"issues": [], "more": 0}


def test_check_finds_what_is_due(capfdbinary: Captured) -> None:
    assert run(["contracts", "check", str(EXAMPLES), "--today", "2027-11-02", "--json"]) == 1
    issues = json.loads(capfdbinary.readouterr().out)["issues"]
    assert {issue["code"] for issue in issues} == {"CONTRACT_REVIEW_OVERDUE"}


def test_check_of_no_folder(tmp_path: Path, capfdbinary: Captured) -> None:
    assert run(["contracts", "check", str(tmp_path / "none"), "--json"]) == 1
    assert json.loads(capfdbinary.readouterr().out)["issues"][0]["code"] == "INPUT_NOT_FOUND"


def test_compile_writes_canonical_bytes_that_every_command_takes(
    tmp_path: Path, capfdbinary: Captured
) -> None:
    out = tmp_path / "acme.json"
    assert run(["contracts", "compile", str(EXAMPLES), "--out", str(out)]) == 0
    assert is_canonical(out.read_bytes().removesuffix(b"\n"))
    capfdbinary.readouterr()
    assert run(["contracts", "compile", str(EXAMPLES), "--out", "-"]) == 0
    assert capfdbinary.readouterr().out == out.read_bytes()
    assert run(["contracts", "list", "--contracts", str(out), "--json"]) == 0
    listed = {event["type"] for event in json.loads(capfdbinary.readouterr().out)["events"]}
    assert {"acme.deploy", "acme.rollback", "benchmark_event"} <= listed
    assert run(["contracts", "show", "acme.deploy", "--contracts", str(out), "--json"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["session"] == "deploy:local"
    assert [path.name for path in tmp_path.iterdir()] == ["acme.json"]


def test_compile_refuses_and_writes_nothing(tmp_path: Path, capfdbinary: Captured) -> None:
    (tmp_path / "index.yaml").write_text("producers: {}\ntypes: {x: {}}\n")
    assert run(["contracts", "compile", str(tmp_path), "--out", str(tmp_path / "out.json"), "--json"]) == 2
    assert json.loads(capfdbinary.readouterr().out)["issues"][0]["code"] == "CONTRACT_INVALID"
    assert run(["contracts", "compile", str(EXAMPLES), "--out", str(tmp_path / "no/out.json"), "--json"]) == 2
    assert json.loads(capfdbinary.readouterr().out)["issues"][0]["code"] == "OUTPUT_UNWRITABLE"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.yaml"]


def test_a_shipped_type_cannot_be_brought_again(tmp_path: Path, capfdbinary: Captured) -> None:
    assert run(["contracts", "compile", str(SHIPPED), "--out", str(tmp_path / "out.json"), "--json"]) == 2
    assert "is there already" in json.loads(capfdbinary.readouterr().out)["issues"][0]["message"]


def test_show_says_every_field(capfdbinary: Captured) -> None:
    for event in weftend.contracts.load()["events"]:
        assert run(["contracts", "show", event["type"]]) == 0
        words = capfdbinary.readouterr().out.decode()
        assert all(f"  {field['name']} " in words for field in event["fields"])
    assert run(["contracts", "show", "none.such", "--json"]) == 2
    assert json.loads(capfdbinary.readouterr().out)["issues"][0]["path"] == "none.such#"
