"""Write every generated file, or with --check say which are stale (exit status 1) and write nothing."""

from __future__ import annotations

import sys
from pathlib import Path

from weftend.contracts import compiler
from weftend.models import schemas

ROOT = Path(__file__).resolve().parents[1]
COMPILED = ("python/weftend/contracts/compiled.json", "rust/weftend-core/contracts/compiled.json")


def generated() -> dict[Path, bytes]:
    """Every generated file: its path and the bytes it should hold."""
    contracts = compiler.text(compiler.compiled(compiler.SHIPPED))
    files = {ROOT / path: contracts for path in COMPILED}
    files |= {ROOT / "docs/schemas" / name: text.encode() for name, text in schemas.files().items()}
    return files


def stale() -> list[Path]:
    """Files that do not hold what they should, and files in generated folders that nothing generates."""
    wanted = generated()
    found = {path for folder in ("docs/schemas",) for path in (ROOT / folder).rglob("*") if path.is_file()}
    changed = [path for path, text in wanted.items() if not path.is_file() or path.read_bytes() != text]
    return sorted({*changed, *(found - wanted.keys())})


def main(arguments: list[str]) -> int:
    """Write, or check."""
    if arguments == ["--check"]:
        for path in (paths := stale()):
            print(f"stale: {path.relative_to(ROOT)} (run `make contracts`)", file=sys.stderr)
        return 1 if paths else 0
    for path, text in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
