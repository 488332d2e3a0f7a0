"""Write every generated file, or with --check say which are stale (exit status 1) and write nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pages
import telemetry_pages
from weftend.contracts import compiler, yamlfile
from weftend.errors import WeftendError
from weftend.models import schemas

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("docs/schemas", "docs/streams")
"""Folders in which everything is generated."""
COMPILED = ("python/weftend/contracts/compiled.json", "rust/weftend-core/contracts/compiled.json")


def generated() -> dict[Path, bytes]:
    """Every generated file: its path and the bytes it should hold."""
    contracts = compiler.compiled(compiler.SHIPPED)
    files = {ROOT / path: compiler.text(contracts) for path in COMPILED}
    folders = {"docs/schemas": schemas.files(), "docs/schemas/events": _event_schemas(contracts)}
    folders["docs/streams"] = pages.stream_pages(contracts)
    folders["docs/telemetry"] = telemetry_pages.files(contracts)
    folders["docs"] = {"codes.md": telemetry_pages.codes()}
    for folder, texts in folders.items():
        files |= {ROOT / folder / name: text.encode() for name, text in texts.items()}
    return files


def _event_schemas(contracts: dict[str, Any]) -> dict[str, str]:
    """Each event type's JSON Schema as JSON, for validators and editors that read no YAML."""
    texts = {}
    for event in contracts["events"]:
        schema = yamlfile.read(compiler.SHIPPED / f"telemetry/{event['type']}.schema.yaml")
        texts[f"{event['type']}.schema.json"] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return texts


def stale() -> list[Path]:
    """Files that do not hold what they should, and files in generated folders that nothing generates."""
    wanted = generated()
    found = {path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()}
    changed = [path for path, text in wanted.items() if not path.is_file() or path.read_bytes() != text]
    return sorted({*changed, *(found - wanted.keys())})


def main(arguments: list[str]) -> int:
    """Write, or check."""
    try:
        return _check() if arguments == ["--check"] else _write()
    except WeftendError as error:
        for issue in error.issues.issues:
            print(f"{issue.code} {issue.path}: {issue.message}", file=sys.stderr)
        return 1


def _check() -> int:
    for path in (paths := stale()):
        print(f"stale: {path.relative_to(ROOT)} (run `make contracts`)", file=sys.stderr)
    return 1 if paths else 0


def _write() -> int:
    wanted = generated()
    for path in stale():
        if path not in wanted:
            path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
