"""Reads the ```console blocks of a page and runs them as a reader would, one shell for each block.

A line that starts with ``$ `` is a command, ``> `` goes on with it, and the lines behind it are what it
shows, stdout and stderr as they come. ``...`` alone on a line stands for any lines, ``…`` in a line for
anything in it. A command without lines behind it may show anything.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(\w*)\s*$")

# `make` would build, and `make test` would run this test: here it only says whether it lists the target.
PREAMBLE = """
make() { for target in "$@"; do grep -qE "^$target:.*## " "$REPOSITORY/Makefile" || return 2; done; }
"""


@dataclass
class Step:
    """One command and the lines that the page shows behind it."""

    line: int
    command: str
    shown: list[str] = field(default_factory=list)


@dataclass
class Block:
    """One fenced block: where it starts, its language, its lines."""

    line: int
    language: str
    lines: list[str] = field(default_factory=list)

    def steps(self) -> list[Step]:
        """The commands of a console block."""
        steps: list[Step] = []
        for number, line in enumerate(self.lines, self.line + 1):
            if line.startswith("$ "):
                steps.append(Step(number, line[2:]))
            elif line.startswith("> ") and steps and not steps[-1].shown:
                steps[-1].command += "\n" + line[2:]
            else:
                steps[-1].shown.append(line)
        return steps


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page in their order."""
    block: Block | None = None
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if fence and block is None:
            block = Block(number, fence[1])
        elif fence and block is not None:
            yield block
            block = None
        elif block is not None:
            block.lines.append(line)


def run(block: Block, folder: Path) -> list[tuple[Step, int, str]]:
    """Run the steps of a block in ``folder``: each with its exit status and what it showed."""
    steps = block.steps()
    mark = "==== end of step"
    script = PREAMBLE + "".join(
        f'{step.command}\nstatus=$?; printf "\\n{mark} %s\\n" "$status"; (exit "$status")\n' for step in steps
    )
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder / "home"),
        "WEFTEND_HOME": str(folder / "home"),
        "REPOSITORY": str(REPOSITORY),
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    parts = re.split(rf"\n?{mark} (\d+)\n", done.stdout)
    return [
        (step, int(status), shown)
        for step, shown, status in zip(steps, parts[::2], parts[1::2], strict=False)
    ]


def matches(expected: list[str], shown: str) -> bool:
    """Whether a page's lines are what was shown."""
    pattern = "".join(
        r"(?:.*\n)*" if line == "..." else ".*".join(map(re.escape, line.rstrip().split("…"))) + r"[ \t]*\n"
        for line in expected
    )
    return re.fullmatch(pattern, shown.rstrip("\n") + "\n") is not None
