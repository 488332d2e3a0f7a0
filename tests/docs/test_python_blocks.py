"""Every Python block that a page shows is run; a block says what it gives by asserting it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from console import REPOSITORY, Block, blocks

PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])
FOUND = [
    (page, block)
    for page in PAGES
    for block in blocks(page.read_text(encoding="utf-8"))
    if block.language == "python"
]


@pytest.mark.parametrize(
    ("page", "block"), FOUND, ids=[f"{page.relative_to(REPOSITORY)}:{block.line}" for page, block in FOUND]
)
def test_the_block_runs(page: Path, block: Block, tmp_path: Path) -> None:
    code = "\n" * block.line + "\n".join(block.lines) + "\n"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        cwd=tmp_path,
        # What a block records stays out of the home of whoever runs the tests.
        env=os.environ | {"WEFTEND_HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{page}:{block.line}:\n{done.stderr}"
