"""The five steps of CONTRIBUTING.md that add an event type, followed to the letter."""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from console import REPOSITORY, Block, blocks

from weftend.contracts import checking, compiler

SECTION = re.compile(r"^## Add an event type in five steps\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
NAME = "vox.format.run"
BEFORE_REVIEW = datetime.date(2027, 10, 31)


def steps() -> Iterator[Block]:
    section = SECTION.search((REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert section is not None
    assert [line for line in section[1].splitlines() if re.match(r"\d\. ", line)][4].startswith("5. ")
    return blocks(section[1])


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    """A copy of the shipped contracts in which steps 1, 2 and 4 have been done."""
    row, schema, _ = steps()
    folder = Path(shutil.copytree(compiler.SHIPPED, tmp_path / "contracts"))
    with (folder / "index.yaml").open("a", encoding="utf-8") as index:
        index.write("\n".join(row.lines) + "\n")
    (folder / f"telemetry/{NAME}.schema.yaml").write_text("\n".join(schema.lines) + "\n", encoding="utf-8")
    (folder / "compiled.json").write_bytes(compiler.text(compiler.compiled(folder)))
    return folder


def test_the_check_is_content(contracts: Path) -> None:
    assert checking.check(contracts, BEFORE_REVIEW).issues == ()


def test_the_check_notices_a_step_that_is_left_out(contracts: Path) -> None:
    (contracts / f"telemetry/{NAME}.schema.yaml").unlink()
    assert "CONTRACT_SCHEMA_MISSING" in {
        issue.code for issue in checking.check(contracts, BEFORE_REVIEW).issues
    }
    shutil.copy(compiler.SHIPPED / "index.yaml", contracts / "index.yaml")
    assert {issue.code for issue in checking.check(contracts, BEFORE_REVIEW).issues} == {"CONTRACT_STALE"}


def test_the_call_records(contracts: Path, tmp_path: Path) -> None:
    *_, call = steps()
    form = json.loads((contracts / "compiled.json").read_bytes())
    own = {name: [] for name in ("events", "producers", "retention", "streams", "tables")}
    own["events"] = [event for event in form["events"] if event["type"] == NAME]
    (tmp_path / "own.json").write_text(json.dumps({**form, **own}))
    environment = {
        **os.environ,
        "WEFTEND_HOME": str(tmp_path / "home"),
        "WEFTEND_CONTRACTS": str(tmp_path / "own.json"),
        "WEFTEND_TELEMETRY": "local",
        "WEFTEND_STRICT": "1",
    }
    environment.pop("DO_NOT_TRACK", None)
    subprocess.run([sys.executable, "-c", "\n".join(call.lines)], env=environment, check=True)
    (segment,) = (tmp_path / "home/spool").glob("*.ndjson")
    line = json.loads(segment.read_text().splitlines()[1])
    assert (line["type"], line["session"], line["value"]) == (NAME, "format:local", 140)
    assert line["fields"] == {"files": 3, "outcome": "changed"}
