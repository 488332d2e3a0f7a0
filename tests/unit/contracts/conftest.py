"""A copy of the example contracts that a test may break."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import weftend.contracts
from weftend.contracts import checking

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "contracts"
TODAY = datetime.date(2027, 10, 31)

Found = set[tuple[str, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A contracts folder that is right."""
    return Path(shutil.copytree(EXAMPLES, tmp_path / "contracts"))


@pytest.fixture
def check(folder: Path) -> Callable[..., Found]:
    """What is wrong with the folder: (code, path)."""

    def check(today: datetime.date = TODAY) -> Found:
        issues = checking.check(folder, today, weftend.contracts.load()).issues
        assert list(issues) == sorted(issues)
        return {(issue.code, issue.path) for issue in issues}

    return check


@pytest.fixture
def edit(folder: Path) -> Callable[[str, str, str], None]:
    """Replace text that stands in a file of the folder."""

    def edit(name: str, old: str, new: str) -> None:
        path = folder / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return edit
