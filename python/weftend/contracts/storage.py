"""Tables and their retention: read from ``db/``, held together, and compiled."""

from __future__ import annotations

from typing import Any, Final

from weftend.contracts.source import Source
from weftend.errors import Code
from weftend.models.tables import Column, RetentionPolicy, Rule, Table, Tables

TABLES: Final = "db/tables.yaml"
RETENTION: Final = "db/retention-policy.yaml"
_TIME_TYPES: Final = {"days": "TEXT", "ms_days": "INTEGER", "expires_lt_now": "TEXT"}


def compiled(source: Source) -> dict[str, list[dict[str, Any]]]:
    """``tables`` and ``retention``, each in byte order of table names; issues go to ``source``."""
    tables = (source.model(Tables, TABLES) or Tables(tables={})).tables
    rules = (source.model(RetentionPolicy, RETENTION) or RetentionPolicy(rules={})).rules
    for name, table in tables.items():
        _check_table(source, name, table, tables)
        _check_coverage(source, name, table, rules)
    for name, rule in rules.items():
        _check_rule(source, name, rule, tables)
    return {
        "tables": [_table(name, table) for name, table in sorted(tables.items())],
        "retention": [_rule(name, rule) for name, rule in sorted(rules.items())],
    }


def _check_table(source: Source, name: str, table: Table, tables: dict[str, Table]) -> None:
    at = f"/tables/{name}"
    if table.parent is not None and _parent_is_wrong(table, tables):
        source.refuse(Code.CONTRACT_INVALID, TABLES, f"{at}/parent", "is no table without a parent beside it")
    if table.key != ["id"] and set(table.key) - table.columns.keys():
        source.refuse(Code.CONTRACT_INVALID, TABLES, f"{at}/key", "names what is no column")
    for columns in table.unique:
        if set(columns) - table.columns.keys():
            source.refuse(Code.CONTRACT_INVALID, TABLES, f"{at}/unique", "names what is no column")
    for column_name, column in table.columns.items():
        _check_class(source, f"{at}/columns/{column_name}", table, column)


def _parent_is_wrong(table: Table, tables: dict[str, Table]) -> bool:
    parent = tables.get(table.parent or "")
    if parent is None or parent.parent is not None or parent.database != table.database:
        return True
    return table.parent_column not in table.columns


def _check_class(source: Source, at: str, table: Table, column: Column) -> None:
    if column.sensitivity is None:
        source.refuse(Code.CONTRACT_CLASS_MISSING, TABLES, at, "the column has no class")
    elif column.sensitivity == "S3" and table.database != "content":
        source.refuse(
            Code.CONTRACT_CLASS_EXCEEDED, TABLES, at, "content (S3) belongs to the content database"
        )


def _check_coverage(source: Source, name: str, table: Table, rules: dict[str, Rule]) -> None:
    if table.parent is None and name not in rules:
        message = f"no retention rule in {RETENTION}"
        source.refuse(Code.CONTRACT_RETENTION_MISSING, TABLES, f"/tables/{name}", message)


def _check_rule(source: Source, name: str, rule: Rule, tables: dict[str, Table]) -> None:
    at, table = f"/rules/{name}", tables.get(name)
    if table is None:
        source.refuse(Code.CONTRACT_INVALID, RETENTION, at, f"is no table of {TABLES}")
    elif table.parent is not None:
        source.refuse(Code.CONTRACT_INVALID, RETENTION, at, "its rows go with their parent's")
    elif rule.time_column is not None:
        column = table.columns.get(rule.time_column)
        if column is None or column.type != _TIME_TYPES[rule.kind]:
            message = f"is no {_TIME_TYPES[rule.kind]} column of the table"
            source.refuse(Code.CONTRACT_INVALID, RETENTION, f"{at}/timeColumn", message)


def _table(name: str, table: Table) -> dict[str, Any]:
    return {
        "table": name,
        "about": table.about,
        "database": table.database,
        "key": list(table.key),
        "parent": table.parent,
        "parentColumn": table.parent_column if table.parent else None,
        "columns": [
            {"name": column, "type": item.type, "required": item.required, "class": item.sensitivity}
            for column, item in table.columns.items()
        ],
        "unique": [list(columns) for columns in table.unique],
    }


def _rule(name: str, rule: Rule) -> dict[str, Any]:
    return {"table": name, "kind": rule.kind, "days": rule.days, "timeColumn": rule.time_column}
