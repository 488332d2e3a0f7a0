"""An exact fold as its operator sees it: every bucket, and the names that no vocabulary has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from weftend.egress import unregistered
from weftend.fold import Partial, Stream, exact
from weftend.report.order import place
from weftend.report.printable import printable

Row = tuple[str, str, int, int | str]


class Counted(NamedTuple):
    """Everything that a fold holds, under its stream's vocabulary. **Private.**"""

    maps: dict[str, dict[str, tuple[int, int]]]
    """Map → bucket → (units, total)."""
    unregistered: dict[str, tuple[tuple[tuple[str, int], ...], int]]
    """Map → the most frequent names in ``__other__`` with their units, and how many more there are."""

    def maps_as_json(self) -> dict[str, Any]:
        """Map → bucket → ``{"units", "total"}``."""
        return {
            name: {bucket: {"units": units, "total": total} for bucket, (units, total) in buckets.items()}
            for name, buckets in self.maps.items()
        }

    def unregistered_as_json(self) -> dict[str, Any]:
        """Map → ``{"names": {name: units}, "more": n}``, for maps that have such names."""
        return {
            name: {"names": dict(names), "more": more}
            for name, (names, more) in self.unregistered.items()
            if names
        }

    def text(self) -> str:
        """Tables for a terminal or a file."""
        tables = [_table(("map", "bucket", "units", "total"), list(self._rows()))]
        if names := list(self._names()):
            tables += [
                "",
                "Not registered, so counted in __other__:",
                _table(("map", "name", "units", ""), names),
            ]
        return "\n".join(tables) + "\n"

    def _rows(self) -> Iterator[Row]:
        for name, buckets in self.maps.items():
            ordered = sorted(buckets.items(), key=lambda item: place(item[0], *item[1]))
            yield from ((name, bucket, units, total) for bucket, (units, total) in ordered)

    def _names(self) -> Iterator[Row]:
        for name, (names, more) in self.unregistered.items():
            yield from ((name, key, units, "") for key, units in names)
            if more:
                yield (name, f"and {more:,} more", 0, "")


def counted(stream: Stream, partial: Partial) -> Counted:
    """The exact counts of ``partial``, whose channels are the stream's maps."""
    return Counted(exact(stream, partial), unregistered(stream, partial))


def _table(heads: tuple[str, str, str, str], rows: list[Row]) -> str:
    """Aligned columns; a map's name stands once, numbers to the right."""
    cells = [heads, *_cells(rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    return "\n".join(_line(row, widths) for row in cells)


def _cells(rows: list[Row]) -> Iterator[tuple[str, str, str, str]]:
    before = ""
    for name, bucket, units, total in rows:
        shown = "" if name == before else name
        before = name
        number = f"{units:,}" if units else ""
        yield shown, printable(bucket), number, f"{total:,}" if isinstance(total, int) else total


def _line(row: tuple[str, str, str, str], widths: list[int]) -> str:
    left = f"{row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}"
    return f"{left}  {row[2]:>{widths[2]}}  {row[3]:>{widths[3]}}".rstrip()
