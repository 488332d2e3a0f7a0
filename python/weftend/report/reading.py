"""What a reading met, in words for its operator; only what there was something of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from weftend.ci import Counts, Reading


def lines(reading: Reading, unit: Mapping[str, str]) -> Iterator[str]:
    """One line for each thing that the operator should know; ``unit``: its ``name`` and ``plural``."""
    counts, units = reading.counts, len(reading.partial)
    word = unit["name"] if units == 1 else unit["plural"]
    yield f"Read {_counted(counts.documents, 'document')}: {units:,} {word}."
    yield from (f"{_counted(number, what)} {rest}" for number, what, rest in _notes(counts) if number)
    if counts.declared_tests and counts.declared_tests != counts.found_tests:
        declared, found = _counted(counts.declared_tests, "test case"), f"{counts.found_tests:,}"
        yield f"Reports declare {declared}; {found} were found in them, and those are counted."
    if counts.refused:
        were = "was" if counts.refused == 1 else "were"
        yield f"{_counted(counts.refused, 'file')} could not be read and {were} not counted:"


def _notes(counts: Counts) -> tuple[tuple[int, str, str], ...]:
    return (
        (counts.duplicates, "record", "met again: counted once."),
        (counts.ignored, "other file", "in the folders: in none of the stream's formats."),
        (counts.links, "symbolic link", "not followed."),
        (counts.other_lines, "line", "in test streams that no event of go test -json stands in."),
        (counts.without_unit, "line", "without a value where their unit should stand: not counted."),
        (counts.unfinished_units, "workflow run", "not completed yet: left out."),
        (counts.incomplete, "folder", "left out whole, because a file in it could not be read."),
    )


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
