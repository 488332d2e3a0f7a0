"""The generated parts of ``docs/telemetry``: tables from the contracts, words from the program, call sites."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from weftend.cli import notice

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "docs" / "telemetry"
_MARKED: Final = re.compile(r"(<!-- (?:generated|words): ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_RUST_CALL: Final = re.compile(r"\b(?:record_usage_event|record|counter)\(\s*\"([A-Za-z][A-Za-z0-9_.:-]*)\"")
_CALLS: Final = frozenset({"record_usage_event", "record", "counter"})
_SOURCES: Final = ("python", "examples", "rust")


def files(contracts: dict[str, Any]) -> dict[str, str]:
    """Every page of ``docs/telemetry`` with its marked parts filled in, by name."""
    parts = {
        "event-types": _event_types(contracts),
        "call-sites": _call_sites(contracts),
        "retention": _retention(contracts),
        "columns": _columns(contracts),
        "first-run": f"> {notice.FIRST_RUN}\n".replace("\n", "\n> ").removesuffix("> "),
        "modes": _table(["mode", "said"], notice.MODES.items()),
    }

    def fill(match: re.Match[str]) -> str:
        return f"{match[1]}\n{parts[match[2]]}\n{match[3]}"

    return {
        page.name: _MARKED.sub(fill, page.read_text(encoding="utf-8")) for page in sorted(FOLDER.glob("*.md"))
    }


def codes() -> str:
    """``docs/codes.md``: every code with its words, from the source of the one registry."""
    source = (ROOT / "python" / "weftend" / "errors.py").read_text(encoding="utf-8")
    classes = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    registry = next(node for node in classes if node.name == "Code")
    rows = []
    for node, after in pairwise(registry.body):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            code = str(node.value.value)
            if not isinstance(after, ast.Expr):
                raise SystemExit(f"errors.py: {code} has no words")
            rows.append((f"`{code}`", ast.literal_eval(after.value).replace("\n    ", " ")))
    head = "# Codes\n\nEvery code that a command, the core or the reference can emit. A code is never renamed.\n\n"
    return head + _table(["code", "means"], sorted(rows))


def _table(head: list[str], rows: Any) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def _event_types(contracts: dict[str, Any]) -> str:
    rows = [
        (
            f"`{event['type']}`",
            event["family"],
            ", ".join(event["producers"]) or "any",
            event["sensitivity"],
            f"`{event['transmission']}`",
            f"`{event['session']}`",
            event["about"],
        )
        for event in contracts["events"]
    ]
    return _table(["type", "family", "producers", "class", "may go", "session", "about"], rows)


def _retention(contracts: dict[str, Any]) -> str:
    rules = {rule["table"]: rule for rule in contracts["retention"]}
    rows = []
    for table in contracts["tables"]:
        rule = rules.get(table["table"])
        stays = f"goes with `{table['parent']}`"
        if rule is not None:
            stays = f"`{rule['kind']}`" + (f", {rule['days']} days" if rule["days"] else "")
            stays += f", by `{rule['timeColumn']}`" if rule["timeColumn"] else ""
        rows.append((f"`{table['table']}`", table["database"], stays, table["about"]))
    return _table(["table", "database", "rows go", "about"], rows)


def _columns(contracts: dict[str, Any]) -> str:
    rows = []
    for table in contracts["tables"]:
        for level in ("S0", "S1", "S2", "S3"):
            names = [f"`{column['name']}`" for column in table["columns"] if column["class"] == level]
            if names:
                rows.append((f"`{table['table']}`", level, ", ".join(names)))
    return _table(["table", "class", "columns"], rows)


def _call_sites(contracts: dict[str, Any]) -> str:
    events = {event["type"]: event for event in contracts["events"]}
    found = sorted({site for folder in _SOURCES for site in _sites(ROOT / folder) if site[1] in events})
    rows = [(f"`{path}`", f"`{kind}`", events[kind]["sensitivity"]) for path, kind in found]
    return _table(["file", "type", "class"], rows)


def _sites(folder: Path) -> Iterator[tuple[str, str]]:
    """(file, event type) of every recording call with a literal type; tests record nothing that stays."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        if "/tests/" in name:
            continue
        if path.suffix == ".py":
            yield from ((name, kind) for kind in _python_calls(path))
        elif path.suffix == ".rs":
            yield from ((name, kind) for kind in _RUST_CALL.findall(path.read_text(encoding="utf-8")))


def _python_calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args and _called(node.func) in _CALLS:
            kind = node.args[0]
            if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
                yield kind.value


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
