"""Each fact of the telemetry pages is in the code too, and the other way round."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "telemetry"
VARIABLE = re.compile(r"\"((?:WEFTEND_[A-Z_]+)|DO_NOT_TRACK)\"")


def in_code() -> set[str]:
    """Every variable that the program or a library reads, by the literal that names it."""
    found: set[str] = set()
    for folder, ending in (("python/weftend", ".py"), ("rust", ".rs")):
        for path in (ROOT / folder).rglob(f"*{ending}"):
            if "/src/" in path.as_posix() or ending == ".py":
                found |= set(VARIABLE.findall(path.read_text()))
    return found


def test_every_variable_is_on_its_page_and_no_other() -> None:
    page = (PAGES / "control.md").read_text()
    table = page.partition("## Variables")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE)) == in_code()


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda path: path.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


def test_every_page_is_in_the_index() -> None:
    index = (PAGES / "README.md").read_text()
    assert [
        page.name for page in PAGES.glob("*.md") if page.name != "README.md" and page.name not in index
    ] == []
