"""Starting the command against importing click, which it is built on: ``make bench``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import weftend
from harness import Job, run

ROUNDS = 15
TEXT = b'{"b": [1, 2.50], "a": "x"}\n'


def output(*command: str) -> bytes:
    """What a fresh process prints."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def check(expected: bytes, *command: str) -> None:
    """The command prints what it should before it is timed."""
    assert output(*command) == expected


def main() -> None:
    """Print the table and write it as JSON."""
    command = str(Path(sys.executable).with_name("weftend"))
    click = partial(output, sys.executable, "-c", "import click")
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(TEXT)
        file.flush()
        version = (command, "--version")
        canon = (command, "canon", file.name)
        jobs = [
            Job(
                name,
                'python -c "import click"',
                partial(output, *arguments),
                click,
                partial(check, expected, *arguments),
                len(expected),
                1 / 1.3,
                processes=True,
            )
            for name, arguments, expected in (
                ("weftend --version", version, f"weftend {weftend.__version__}\n".encode()),
                ("weftend canon of a small file", canon, weftend.canonicalize_text(TEXT) + b"\n"),
            )
        ]
        run("startup", jobs, ("click",), rounds=ROUNDS)


if __name__ == "__main__":
    main()
