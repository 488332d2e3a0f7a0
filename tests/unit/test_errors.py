"""The registry of codes is exactly what the program can emit; issue lists are sorted, bounded and say the rest."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from weftend.errors import MAX_ISSUES, Code, Issue, IssueList

ROOT = Path(__file__).resolve().parents[2]
FAMILIES = {code.partition("_")[0] for code in Code}
WORD = re.compile(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$")
# Variables and formats that look like codes of a family.
NO_CODES = {"UNIT_RULES"}


def python_codes() -> set[str]:
    """Members of ``Code`` that are used, and literals that look like one, everywhere but in the registry."""
    found: set[str] = set()
    for path in (ROOT / "python" / "weftend").rglob("*.py"):
        if path.name == "errors.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "Code":
                found |= {node.attr} & set(Code.__members__)
            elif (
                isinstance(node, ast.Constant) and isinstance(node.value, str) and looks_like_one(node.value)
            ):
                found.add(node.value)
    return found


def rust_codes() -> set[str]:
    """Literals that look like a code in what the crates run; their tests make up codes of their own."""
    found: set[str] = set()
    for path in (ROOT / "rust").glob("*/src/**/*.rs"):
        text = path.read_text().partition("#[cfg(test)]")[0]
        found |= {word for word in re.findall(r'"([A-Z0-9_]+)"', text) if looks_like_one(word)}
    return found


def looks_like_one(word: str) -> bool:
    return bool(WORD.match(word)) and word.partition("_")[0] in FAMILIES and word not in NO_CODES


def test_every_code_that_is_used_is_registered_and_every_registered_one_is_used() -> None:
    used = python_codes() | rust_codes()
    assert used - set(Code.__members__) == set()
    assert set(Code.__members__) - used == set()


def test_a_code_is_its_own_name() -> None:
    assert [code for code in Code if code.name != code.value] == []


def test_issue_lists_are_sorted_distinct_and_bounded() -> None:
    issues = [Issue("B", "f#1", "m"), Issue("A", "f#2", "m"), Issue("A", "f#1", "m"), Issue("A", "f#1", "m")]
    assert [(issue.code, issue.path) for issue in IssueList.of(issues).issues] == [
        ("A", "f#1"),
        ("A", "f#2"),
        ("B", "f#1"),
    ]
    many = IssueList.of([Issue("A", f"f#{number}", "m") for number in range(MAX_ISSUES + 3)], more=2)
    assert (len(many.issues), many.more) == (MAX_ISSUES, 5)
