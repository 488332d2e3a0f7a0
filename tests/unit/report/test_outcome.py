"""The summary for people: what was released, what was held back, and that no name can steer a terminal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from conduits import partial, request, stream, unit
from weftend import conduit
from weftend.report.outcome import MOST_ROWS, About, summary
from weftend.report.printable import printable
from weftend.store.home import Home

ABOUT = About(units="runs", least=5, least_from="WeftEnd itself", applied=True)


def words(outcome: conduit.Outcome, about: About = ABOUT) -> str:
    file = io.StringIO()
    for part in summary(outcome, about):
        Console(file=file, width=100, soft_wrap=isinstance(part, str)).print(part)
    return file.getvalue()


@pytest.fixture
def home(tmp_path) -> Home:
    return Home(tmp_path / "home", flat=True)


def with_names(numbers: range, keys: dict[str, int]) -> conduit.Request:
    """Runs of which the first ``keys[name]`` have ``name`` in the set."""
    of = stream()
    made = partial(of, numbers)
    for place, (key, count) in enumerate(keys.items()):
        for number in list(numbers)[:count]:
            made.add(unit(number), bytes([place]) * 32, 0, key)
    return conduit.Request(of, made, of.digest, 10)


def test_what_shows_and_what_is_held_back_stand_apart(home):
    shown = words(conduit.apply(with_names(range(30), {"b": 4, "odd": 30}), home))
    released, held = shown.split("Held back (for your eyes only)")
    assert "Found 30 runs. The minimum sample count in force is 10." in released
    assert "Released 30 runs in 1 chunk." in released
    assert [line.split() for line in released.splitlines() if "__other__" in line or " a " in line] == [
        ["names", "a", "30"]
    ]
    rows = [line.split() for line in held.splitlines()]
    assert ["names", "b", "4", "below", "the", "minimum"] in rows
    assert "protects the others" in held
    assert "odd" in held
    assert "Coverage 0.5" in held


def test_too_few_says_what_happens_to_them_and_how_low_the_floor_can_go(home):
    shown = words(conduit.apply(request(stream(), range(4)), home))
    assert "That is too few: nothing is released, and 4 runs stay pending." in shown
    assert "--k can be as low as 5 here (set by WeftEnd itself)." in shown


def test_a_rest_that_waits_is_named(home):
    shown = words(conduit.apply(request(stream(caps={"maxWindowTicks": 10}), range(23)), home))
    assert "Released 20 runs in 2 chunks." in shown
    assert "3 runs stay pending" in shown
    assert "Nothing was suppressed in any map." in shown


def test_runs_released_before_are_told_apart(home):
    conduit.apply(request(stream(), range(10)), home)
    shown = words(conduit.apply(request(stream(), range(15)), home))
    assert "Found 15 runs, 10 of them released before." in shown
    assert "Nothing is new" in words(conduit.apply(request(stream(), range(10)), home))


def test_a_preview_says_so(home):
    shown = words(conduit.preview(request(stream(), range(10)), home), About("runs", 5, "x", applied=False))
    assert "Would release 10 runs" in shown
    assert "nothing was written. Do not share it" in shown


def test_where_the_snapshot_is_stays_on_one_line(home, tmp_path):
    deep = tmp_path / ("a" * 90) / ("b" * 90)
    shown = words(conduit.apply(request(stream(), range(10)), home, deep))
    assert f"Snapshot: {deep / conduit.SNAPSHOT_NAME}\n" in shown


def test_long_lists_are_cut_and_counted(home):
    keys = {f"odd-{number:02}": 30 for number in range(MOST_ROWS + 5)}
    shown = words(conduit.apply(with_names(range(30), keys), home))
    assert shown.count("  in __other__") == MOST_ROWS
    assert "and 5 more" in shown
    assert f"TELEMETRY_KEY_UNREGISTERED: {MOST_ROWS + 5} names in no vocabulary" in shown


def test_recovery_and_pruning_are_told(home):
    many = stream(caps={"maxChunks": 1})
    conduit.apply(request(many, range(10)), home)
    conduit.apply(request(many, range(10, 20)), home)
    store = home.store("telemetry.test.v0")
    older = store.read_bytes()
    conduit.apply(request(many, range(20, 30)), home)
    store.write_bytes(older)
    shown = words(conduit.apply(request(many, range(20, 40)), home))
    assert "the store was completed from the ledger" in shown
    assert "Pruned 1 chunk from the store" in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é \u00a0".strip(), "plain é"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("bytes \udcff\udc80", "bytes \\xff\\x80"),
        ("half \ud800", "half \\ud800"),
        ("two\nlines\t\u2028", "two\\nlines\\t\\u2028"),
        ("\u202edesrever", "\\u202edesrever"),
    ],
)
def test_what_cannot_be_printed_is_escaped(text, shown):
    assert printable(text) == shown


def test_names_are_no_markup(home, tmp_path):
    shown = words(conduit.apply(with_names(range(30), {"[red]x[/red]": 30, "a\x1b[2Jb": 30}), home))
    assert "[red]x[/red]" in shown
    assert "a\\x1b[2Jb" in shown
    assert "\x1b" not in shown
    assert Path(home.folder).is_dir()
