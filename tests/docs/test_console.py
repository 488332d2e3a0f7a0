"""The runner of the pages would notice a page that does not tell the truth."""

from __future__ import annotations

from pathlib import Path

from console import Block, blocks, matches, run

PAGE = """Words.

```console
$ echo one
one
$ printf 'a\\nb\\n' |
>     cat
a
b
$ false
$ echo $?
1
```

```json
{}
```
"""


def test_finds_blocks_and_steps() -> None:
    first, second = blocks(PAGE)
    assert (first.language, first.line, second.language, second.lines) == ("console", 3, "json", ["{}"])
    assert [(step.line, step.shown) for step in first.steps()] == [
        (4, ["one"]),
        (6, ["a", "b"]),
        (10, []),
        (11, ["1"]),
    ]


def test_runs_steps_in_one_shell(tmp_path: Path) -> None:
    block = next(blocks(PAGE))
    done = [(status, shown) for _, status, shown in run(block, tmp_path)]
    assert done == [(0, "one\n"), (0, "a\nb\n"), (1, ""), (0, "1\n")]


def test_a_step_that_ends_the_shell_is_missed(tmp_path: Path) -> None:
    assert run(Block(1, "console", ["$ exit 3", "$ echo here"]), tmp_path) == []


def test_tells_right_from_wrong_output() -> None:
    assert matches(["a", "..."], "a\nb\nc\n")
    assert matches(["took … s"], "took 12 s  \n")
    assert not matches(["a"], "a\nb\n")
    assert not matches(["a…"], "ba\n")
    assert not matches(["a.c"], "abc\n")
