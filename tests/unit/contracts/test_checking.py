"""Each way a contracts folder can be wrong has its code and its place."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path

import pytest

import weftend.contracts
from weftend.contracts import checking, compiler
from weftend.errors import Code

DEPLOY = "telemetry/acme.deploy.schema.yaml"
ROLLBACK = "telemetry/acme.rollback.schema.yaml"
Check = Callable[..., set[tuple[str, str]]]
Edit = Callable[[str, str, str], None]


def test_what_ships_is_right() -> None:
    issues = checking.check(compiler.SHIPPED, datetime.date(2027, 10, 31))
    assert issues.issues == ()


def test_the_example_is_right(check: Check) -> None:
    assert check() == set()


BROKEN = [
    ("index.yaml", "owner: platform\n    review", "review", Code.CONTRACT_INVALID, "#/types/acme.deploy/owner"),
    ("index.yaml", "    review: 2027-11-01\n    value", "    value", Code.CONTRACT_INVALID, "#/types/acme.deploy/review"),
    ("index.yaml", "sensitivity: S2", "sensitivity: S9", Code.CONTRACT_INVALID, "#/types/acme.rollback/sensitivity"),
    ("index.yaml", "[acme-deployer]", "[nobody]", Code.CONTRACT_INVALID, "#/types/acme.deploy/producers"),
    ("index.yaml", "table: research_metrics", "table: nowhere", Code.CONTRACT_INVALID, "#/types/acme.deploy/table"),
    (
        "index.yaml",
        "retention: research_metrics",
        "retention: build_run",
        Code.CONTRACT_RETENTION_MISSING,
        "#/types/acme.deploy/retention",
    ),
    ("index.yaml", "outcome: succeeded", "outcome: odd", Code.CONTRACT_EXAMPLE_INVALID, "#/types/acme.deploy/example/fields/outcome"),
    ("index.yaml", "batch: 4", "batch: 0", Code.CONTRACT_EXAMPLE_INVALID, "#/types/acme.deploy/example/fields/batch"),
    ("index.yaml", "batch: 4", "extra: 4", Code.CONTRACT_EXAMPLE_INVALID, "#/types/acme.deploy/example/fields/extra"),
    ("index.yaml", "value: 93000", "value: -1", Code.CONTRACT_EXAMPLE_INVALID, "#/types/acme.deploy/example/value"),
    ("index.yaml", "reason: error_rate, ", "", Code.CONTRACT_EXAMPLE_INVALID, "#/types/acme.rollback/example/fields/reason"),
    ("index.yaml", "sensitivity: S2", "sensitivity: S1", Code.CONTRACT_CLASS_EXCEEDED, f"{ROLLBACK}#/properties/branch"),
    ("index.yaml", "local_only", "approved_usage_upload", Code.CONTRACT_INVALID, "#/types/acme.rollback"),
    ("index.yaml", "acme.rollback:", "session-id:", Code.CONTRACT_INVALID, "#/types/session-id"),
    ("index.yaml", "acme-deployer", "user-id", Code.CONTRACT_INVALID, "#/producers/user-id"),
    ("index.yaml", "acme.rollback:", "acme.deploy:", Code.CONTRACT_INVALID, "#line:20"),
    (DEPLOY, "    x-weftend-class: S0\n  outcome", "  outcome", Code.CONTRACT_CLASS_MISSING, "#/properties/batch"),
    (DEPLOY, "    minimum: 1\n", "", Code.CONTRACT_INVALID, "#/properties/batch"),
    (DEPLOY, "    x-weftend-registered: {names: acme/regions, grammar: dotted-id}\n", "", Code.CONTRACT_FIELD_OPEN, "#/properties/region"),
    (DEPLOY, "grammar: dotted-id", "grammar: anything", Code.CONTRACT_INVALID, "#/properties/region/x-weftend-registered"),
    (DEPLOY, "additionalProperties: false", "additionalProperties: true", Code.CONTRACT_INVALID, "#/additionalProperties"),
    (DEPLOY, "    enum: [", "    pattern: x\n    enum: [", Code.CONTRACT_INVALID, "#/properties/outcome/pattern"),
    (ROLLBACK, "    x-weftend-class: S2", "    x-weftend-class: S1", Code.CONTRACT_FIELD_OPEN, "#/properties/branch"),
    (ROLLBACK, "    x-weftend-reason: Branches are named by people, and the next rollback is compared with this one.\n", "", Code.CONTRACT_FIELD_OPEN, "#/properties/branch"),
    ("vocabularies/acme/regions.txt", "eu-west\nus-east", "us-east\neu-west", Code.STREAM_INVALID, "#line:3"),
    ("vocabularies/acme/regions.txt", "eu-west", "eu west", Code.STREAM_INVALID, "#line:2"),
    ("vocabularies/acme/regions.txt", "eu-west", "sessionId", Code.STREAM_INVALID, "#line:2"),
    ("streams/telemetry.acme.deploys.v0.yaml", "clamp: 5", "clamp: 0", Code.STREAM_INVALID, "#/maps/restarts/clamp"),
    ("streams/telemetry.acme.deploys.v0.yaml", "  outcomes:", "  time:", Code.STREAM_INVALID, "#/maps/time"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "code", "place"), BROKEN)
def test_what_is_wrong_has_a_code_and_a_place(
    check: Check, edit: Edit, file: str, old: str, new: str, code: str, place: str
) -> None:
    edit(file, old, new)
    assert (code, place if not place.startswith("#") else f"{file}{place}") in check()


def test_a_row_without_its_schema_and_a_schema_without_a_row(folder: Path, check: Check) -> None:
    (folder / DEPLOY).rename(folder / "telemetry/stray.schema.yaml")
    assert check() == {
        (Code.CONTRACT_SCHEMA_MISSING, "index.yaml#/types/acme.deploy/schema"),
        (Code.CONTRACT_ROW_MISSING, "telemetry/stray.schema.yaml#"),
    }


def test_a_review_date_that_has_passed(check: Check) -> None:
    assert check(datetime.date(2027, 11, 1)) == set()
    assert check(datetime.date(2027, 11, 2)) == {
        (Code.CONTRACT_REVIEW_OVERDUE, "index.yaml#/types/acme.deploy/review"),
        (Code.CONTRACT_REVIEW_OVERDUE, "index.yaml#/types/acme.rollback/review"),
    }


def test_a_stream_whose_vocabularies_exceed_its_caps(check: Check, folder: Path) -> None:
    names = sorted(f"region-{number}" for number in range(200))
    (folder / "vocabularies/acme/regions.txt").write_text("".join(f"{name}\n" for name in names))
    assert (Code.STREAM_INVALID, "streams/telemetry.acme.deploys.v0.yaml#/caps/maxBucketsPerChunk") in check()


TABLES = """
tables:
  visits:
    about: Visits.
    columns:
      at: {type: TEXT, required: true, class: S1}
  pages:
    about: Pages of a visit.
    parent: visits
    columns:
      run_id: {type: INTEGER, required: true, class: S0}
      body: {type: TEXT, class: S2}
"""
RULES = "rules:\n  visits: {kind: days, days: 30, timeColumn: at}\n"
BROKEN_TABLES = [
    (TABLES, "rules: {}\n", Code.CONTRACT_RETENTION_MISSING, "db/tables.yaml#/tables/visits"),
    (TABLES.replace(", class: S2", ""), RULES, Code.CONTRACT_CLASS_MISSING, "db/tables.yaml#/tables/pages/columns/body"),
    (TABLES.replace("S2", "S3"), RULES, Code.CONTRACT_CLASS_EXCEEDED, "db/tables.yaml#/tables/pages/columns/body"),
    (TABLES.replace("parent: visits", "parent: pages"), RULES, Code.CONTRACT_INVALID, "db/tables.yaml#/tables/pages/parent"),
    (TABLES, RULES.replace("timeColumn: at", "timeColumn: on"), Code.CONTRACT_INVALID, "db/retention-policy.yaml#/rules/visits/timeColumn"),
    (TABLES, RULES.replace("kind: days", "kind: ms_days"), Code.CONTRACT_INVALID, "db/retention-policy.yaml#/rules/visits/timeColumn"),
    (TABLES, RULES.replace("days: 30, ", ""), Code.CONTRACT_INVALID, "db/retention-policy.yaml#/rules/visits"),
    (TABLES, RULES + "  pages: {kind: manual}\n", Code.CONTRACT_INVALID, "db/retention-policy.yaml#/rules/pages"),
    (TABLES, RULES + "  ghosts: {kind: manual}\n", Code.CONTRACT_INVALID, "db/retention-policy.yaml#/rules/ghosts"),
]  # fmt: skip


def test_tables_of_an_organisation(folder: Path, check: Check) -> None:
    (folder / "db").mkdir()
    (folder / "db/tables.yaml").write_text(TABLES)
    (folder / "db/retention-policy.yaml").write_text(RULES)
    assert check() == set()


@pytest.mark.parametrize(("tables", "rules", "code", "path"), BROKEN_TABLES)
def test_tables_and_rules_that_do_not_hold(
    folder: Path, check: Check, tables: str, rules: str, code: str, path: str
) -> None:
    (folder / "db").mkdir()
    (folder / "db/tables.yaml").write_text(tables)
    (folder / "db/retention-policy.yaml").write_text(rules)
    assert (code, path) in check()


def test_everything_is_said_at_once(edit: Edit, check: Check) -> None:
    edit("index.yaml", "value: 93000", "value: -1")
    edit(DEPLOY, "    x-weftend-class: S1\n", "")
    edit("streams/telemetry.acme.deploys.v0.yaml", "kind: set", "kind: sets")
    assert {code for code, _ in check()} == {
        Code.CONTRACT_EXAMPLE_INVALID,
        Code.CONTRACT_CLASS_MISSING,
        Code.STREAM_INVALID,
    }


def test_a_compiled_file_that_is_stale(folder: Path, check: Check, edit: Edit) -> None:
    form = compiler.compiled(folder, weftend.contracts.load())
    (folder / "compiled.json").write_bytes(compiler.text(form))
    assert check() == set()
    edit("index.yaml", "One deployment of a service", "One deployment")
    assert check() == {(Code.CONTRACT_STALE, "compiled.json#")}


def test_a_change_since_the_last_release_needs_a_version(folder: Path, check: Check, edit: Edit) -> None:
    form = compiler.compiled(folder, weftend.contracts.load())
    (folder / "released.json").write_bytes(compiler.text(form))
    edit(DEPLOY, "succeeded, failed, cancelled", "succeeded, failed")
    place = "compiled.json#/events/acme.deploy/fields/outcome"
    assert check() == {(Code.CONTRACT_CHANGE_INCOMPATIBLE, place)}
    edit("index.yaml", "version: 1\n    about: One deployment", "version: 2\n    about: One deployment")
    assert check() == set()


def test_a_last_release_that_is_none(folder: Path, check: Check) -> None:
    for text in ("", "[]", json.dumps({"events": 1})):
        (folder / "released.json").write_text(text)
        assert check() == {(Code.CONTRACT_INVALID, "released.json#")}


@pytest.mark.parametrize(
    "text", ["", "a: [", "a: &a [*a]", "? [1]\n: 2", "\x00", "[" * 5000, "!!python/object:os.system {}"]
)
def test_yaml_that_is_none_is_an_issue(folder: Path, check: Check, text: str) -> None:
    for name in ("index.yaml", "db/tables.yaml", DEPLOY, "streams/telemetry.acme.deploys.v0.yaml"):
        (folder / name).parent.mkdir(exist_ok=True)
        before = (folder / name).read_text() if (folder / name).exists() else None
        (folder / name).write_text(text)
        assert check(), name
        (folder / name).write_text(before) if before is not None else (folder / name).unlink()
    assert check() == set()
