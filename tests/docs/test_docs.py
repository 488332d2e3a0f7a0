"""Every command that a page shows is run, and where the page shows what it prints, that is what it prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from console import REPOSITORY, blocks, matches, run

from weftend.cli.root import COMMANDS

PAGES = sorted(
    [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md"), *(REPOSITORY / "examples").rglob("*.md")]
)

SHELL = ("$ ", "weftend ", "make ", "python ", "pip ", "cargo ", "git ")
"""How a line starts that a reader would type."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a page's commands run: an empty folder with the project's examples in it."""
    (tmp_path / "examples").symlink_to(REPOSITORY / "examples")
    (tmp_path / "home").mkdir()
    return tmp_path


def name(page: Path) -> str:
    return str(page.relative_to(REPOSITORY))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_page_tells_the_truth(page: Path, folder: Path) -> None:
    wrong = []
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.language != "console":
            continue
        done = run(block, folder)
        if len(done) != len(block.steps()):
            wrong.append(f"{name(page)}:{block.line}: the shell ended after {len(done)} steps")
        for index, (step, status, shown) in enumerate(done):
            tells = index + 1 < len(done) and done[index + 1][0].command == "echo $?"
            if status != 0 and not tells:
                wrong.append(f"{name(page)}:{step.line}: {step.command}\n  ended with {status}:\n{shown}")
            if step.shown and not matches(step.shown, shown):
                wrong.append(f"{name(page)}:{step.line}: {step.command}\n  shows:\n{shown}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_command_hides_from_the_test(page: Path) -> None:
    hidden = [
        f"{name(page)}:{number}: {line}"
        for block in blocks(page.read_text(encoding="utf-8"))
        if block.language != "console"
        for number, line in enumerate(block.lines, block.line + 1)
        if line.startswith(SHELL)
    ]
    assert not hidden, "a command belongs into a console block:\n" + "\n".join(hidden)


def test_the_readme_lists_every_command() -> None:
    listed = re.findall(
        r"^\| `weftend ([a-z-]+)` \|", (REPOSITORY / "README.md").read_text(encoding="utf-8"), re.M
    )
    assert sorted(listed) == sorted(COMMANDS), "the table of commands in README.md has a row for each"


def test_there_are_pages_with_commands() -> None:
    commands = [
        step
        for page in PAGES
        for block in blocks(page.read_text(encoding="utf-8"))
        if block.language == "console"
        for step in block.steps()
    ]
    assert len(commands) >= 10


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:|mailto:)([^)#\s]+)(?:#[^)]*)?\)", text)
    broken = [target for target in targets if not (page.parent / target).exists()]
    assert not broken, f"{name(page)}: {broken}"


def test_the_index_leads_to_every_page() -> None:
    index = (REPOSITORY / "docs" / "README.md").read_text(encoding="utf-8")
    pages = {path.name for path in (REPOSITORY / "docs").glob("*.md")} - {"README.md"}
    folders = {path.parent.name for path in (REPOSITORY / "docs").glob("*/README.md")}
    missing = [name for name in sorted(pages | folders) if f"]({name}" not in index]
    assert not missing, f"docs/README.md does not mention {missing}"
