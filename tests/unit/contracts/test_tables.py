"""The contracts of tables and the statements that make them say the same."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

import weftend.contracts
import weftend.store

STORE = Path(weftend.store.__file__).parent
MIGRATIONS = {"local": STORE / "local/migrations", "content": STORE / "content/migrations"}
CONTRACTS = weftend.contracts.load()


def database(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    for path in sorted(MIGRATIONS[name].glob("*.sql")):
        connection.executescript(path.read_text())
    return connection


def tables(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return {name for (name,) in rows}


def columns(connection: sqlite3.Connection, table: str) -> dict[str, tuple[str, bool, bool]]:
    rows = connection.execute('SELECT name, type, "notnull", pk FROM pragma_table_info(?)', (table,))
    return {name: (kind, bool(required or key), bool(key)) for name, kind, required, key in rows}


@pytest.mark.parametrize("name", MIGRATIONS)
def test_every_table_has_a_contract_and_every_contract_a_table(name: str) -> None:
    contracts = {table["table"] for table in CONTRACTS["tables"] if table["database"] == name}
    assert tables(database(name)) == contracts


@pytest.mark.parametrize("contract", CONTRACTS["tables"], ids=lambda contract: contract["table"])
def test_columns_are_those_of_the_contract(contract: dict[str, Any]) -> None:
    connection = database(contract["database"])
    made = columns(connection, contract["table"])
    listed = {column["name"]: (column["type"], column["required"]) for column in contract["columns"]}
    assert {
        name: (kind, required) for name, (kind, required, key) in made.items() if name in listed
    } == listed
    assert made.keys() - listed.keys() <= {"id"}
    assert [name for name, (_, _, key) in made.items() if key] == contract["key"]


@pytest.mark.parametrize("contract", CONTRACTS["tables"], ids=lambda contract: contract["table"])
def test_parents_take_their_rows_with_them(contract: dict[str, Any]) -> None:
    connection = database(contract["database"])
    keys = connection.execute(
        'SELECT "table", "from", on_delete FROM pragma_foreign_key_list(?)', (contract["table"],)
    )
    cascades = [(table, column) for table, column, action in keys if action == "CASCADE"]
    expected = [(contract["parent"], contract["parentColumn"])] if contract["parent"] else []
    assert cascades == expected


def test_every_table_has_a_rule_or_a_parent() -> None:
    rules = {rule["table"] for rule in CONTRACTS["retention"]}
    assert {table["table"] for table in CONTRACTS["tables"] if not table["parent"]} == rules
