"""The retention rules in force: the contracts', shortened where an organisation says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from weftend.errors import Code, Issue, IssueList, WeftendError
from weftend.policy.organisation import Organisation
from weftend.store.local.retention import Rule


def in_force(contracts: dict[str, Any], database: str, organisations: Iterable[Organisation]) -> list[Rule]:
    """The rules of one database, in byte order of tables.

    Args:
        contracts: compiled contracts.
        database: ``local`` or ``content``.
        organisations: the policies that hold; their ``retention`` shortens ``days`` and ``ms_days`` rules.

    Returns:
        One rule per table of that database that has no parent.

    Raises:
        WeftendError: ``POLICY_INVALID`` where an organisation names a table without a number of days to shorten:
            it may be misspelt, and rows that should go would stay.
    """
    organisations = list(organisations)
    counted = sorted(item["table"] for item in contracts["retention"] if item["days"] is not None)
    if issues := [issue for each in organisations for issue in _misnamed(each, counted)]:
        raise WeftendError(IssueList.of(issues))
    tables = {table["table"] for table in contracts["tables"] if table["database"] == database}
    rules = [_rule(item) for item in contracts["retention"] if item["table"] in tables]
    for organisation in organisations:
        rules = [_shortened(rule, organisation.retention.get(rule.table)) for rule in rules]
    return rules


def _misnamed(organisation: Organisation, counted: list[str]) -> Iterator[Issue]:
    for table in sorted(set(organisation.retention).difference(counted)):
        message = f"no rule counts the days of this table; there are {', '.join(counted)}"
        yield Issue(Code.POLICY_INVALID, f"{organisation.source}#/retention/{table}", message)


def _rule(item: dict[str, Any]) -> Rule:
    return Rule(item["table"], item["kind"], item["days"], item["timeColumn"])


def _shortened(rule: Rule, days: int | None) -> Rule:
    if days is None or rule.days is None:
        return rule
    return rule._replace(days=min(rule.days, days))
