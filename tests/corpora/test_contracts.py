"""The contracts hold the facts: names, conventions, columns, limits and rules, read here independently."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import weftend.contracts

CONTRACTS = weftend.contracts.load()
EVENTS = {event["type"]: event for event in CONTRACTS["events"]}
TABLES = {table["table"]: table for table in CONTRACTS["tables"]}
COLUMN = re.compile(r"(\w+):(TEXT|INTEGER|REAL)(!?)(\{S2\})?")


@pytest.fixture(scope="module")
def facts(corpora: Path) -> dict[str, Any]:
    return yaml.safe_load((corpora / "vox/facts.yaml").read_text())


def test_vocabularies_of_the_release_stream(corpora: Path) -> None:
    vocabulary = json.loads((corpora / "weftend/vocabulary.json").read_text())
    maps = {
        item["name"]: item["vocabulary"]["keys"]
        for item in weftend.contracts.stream("telemetry.release.v0")["maps"]
    }
    assert maps == {
        "capDenies": sorted(vocabulary["capIds"]),
        "reasonFamilies": sorted(vocabulary["reasonCodes"]),
        "tartarusKinds": sorted(vocabulary["tartarusKinds"]),
    }


def test_every_type_of_the_five_producers(facts: dict[str, Any]) -> None:
    assert CONTRACTS["producers"] == sorted(facts["producers"])
    listed = set(facts["other_metric_types"])
    for producer, rows in facts["producers"].items():
        for row in rows:
            event = EVENTS[row.get("metric_type", row.get("event"))]
            listed.add(event["type"])
            assert event["producers"] == [producer]
            assert event["family"] == row.get("family", "completion")
            assert event["sessionConvention"] == row.get("session")
            assert event["table"] == row.get("table", "research_metrics")
    assert EVENTS.keys() == listed


def test_columns_and_their_classes(facts: dict[str, Any]) -> None:
    for name, text in facts["tables"].items():
        if name not in TABLES:
            assert name.startswith("content")
            continue
        made = {column["name"]: column for column in TABLES[name]["columns"]}
        for column, kind, required, near in COLUMN.findall(text):
            assert (made[column]["type"], made[column]["required"]) == (kind, bool(required)), (name, column)
            assert made[column]["class"] == "S2" if near else made[column]["class"] <= "S2", (name, column)
        assert ("cascade" in text) is (TABLES[name]["parent"] is not None)
        unique = re.search(r"unique\((\w+), (\w+)\)", text)
        assert TABLES[name]["unique"] == ([list(unique.groups())] if unique else [])


def test_retention_and_limits(facts: dict[str, Any]) -> None:
    rules = {rule["table"]: rule for rule in CONTRACTS["retention"]}
    for name, fact in facts["retention"].items():
        if isinstance(fact, dict):
            rule = rules[name]
            assert (rule["kind"], rule["days"]) == (fact["kind"], fact.get("days"))
            assert rule["timeColumn"] == fact.get("time_column")
    limits = {
        name: int(str(text).split()[0]) for name, text in facts["limits"].items() if str(text)[0].isdigit()
    }
    assert CONTRACTS["limits"] == {
        "metadataJsonBytes": limits["metadata_json"],
        "sessionCharacters": limits["session_id"],
        "typeCharacters": limits["metric_type"],
    }


def test_every_toggle_is_reconciled(facts: dict[str, Any]) -> None:
    page = (Path(__file__).parents[2] / "docs/telemetry/control.md").read_text()
    rows = [row for producer in facts["producers"].values() for row in producer]
    named = {name for row in rows for name in re.findall(r"VOX_\w+", row.get("toggle", ""))}
    reconciled = re.findall(r"^\| `(VOX_\w+)` \| (?:kept|renamed|retired)", page, re.MULTILINE)
    assert sorted(reconciled) == sorted(named | set(facts["other_toggles"]))
