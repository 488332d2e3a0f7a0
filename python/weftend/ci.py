"""Readers of CI reports and records: files of any number and size, turned into one partial fold.

JUnit XML, ``go test -json``, SARIF 2.1.0, GitHub's runs and jobs, NDJSON with declared fields; in folders,
archives and compressions, read in place on all cores in bounded memory. What comes back is private; only a
release makes something of it that may leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from os import PathLike, fspath
from typing import Final, NamedTuple

from weftend import _core
from weftend.errors import Issue, IssueList
from weftend.fold import Partial, Stream

__all__ = ["FORMATS", "UNIT_RULES", "Counts", "Progress", "Reading", "read", "unit_rule"]

FORMATS: Final = ("junit", "go-test", "sarif", "github", "ndjson")
"""What a document can be said to be."""

UNIT_RULES: Final = ("file", "dir", "field")
"""What one run can be said to be."""

Progress = Callable[[int, int, int, int], object]
"""Called with files read, bytes read, all files, all bytes; bytes are packed ones, all bytes 0 until known."""


class Counts(NamedTuple):
    """What was met beside the contributions; for the operator alone."""

    documents: int
    """Documents that were read."""
    refused: int
    """Documents, and files that could not even be unpacked, that were refused."""
    ignored: int
    """Files in folders that are in none of the stream's formats."""
    duplicates: int
    """Records met again: reports with the same content, jobs told twice."""
    links: int
    """Symbolic links in folders; none is followed."""
    incomplete: int
    """Folders that are one run each, left out because a document in them was refused."""
    declared_tests: int
    """Test cases that reports declare; so for the next three."""
    declared_failures: int
    declared_errors: int
    declared_skipped: int
    found_tests: int
    """Test cases that were found in them, and counted; so for the next three."""
    found_failures: int
    found_errors: int
    found_skipped: int
    other_lines: int
    """Lines in ``go test -json`` streams that are no events."""
    records: int
    """Runs, jobs and check runs of GitHub, or lines of NDJSON."""
    unfinished: int
    """Those of GitHub's that had not completed."""
    unfinished_units: int
    """Workflow runs left out because they had not completed."""
    without_unit: int
    """Lines of NDJSON without a value where their unit should stand."""

    def declared(self) -> dict[str, int]:
        """What reports declare about themselves: tests, failures, errors, skipped."""
        return {
            "tests": self.declared_tests,
            "failures": self.declared_failures,
            "errors": self.declared_errors,
            "skipped": self.declared_skipped,
        }

    def found(self) -> dict[str, int]:
        """What was found in them, and counted: tests, failures, errors, skipped."""
        return {
            "tests": self.found_tests,
            "failures": self.found_failures,
            "errors": self.found_errors,
            "skipped": self.found_skipped,
        }


class Reading(NamedTuple):
    """What was read."""

    partial: Partial
    """The contributions of all units. Private."""
    unit_rule: str
    """What one unit is: one of :data:`UNIT_RULES`."""
    counts: Counts
    issues: IssueList
    """One issue for each file that was refused."""


def read(
    stream: Stream,
    inputs: Iterable[str | PathLike[str]],
    *,
    unit: str | None = None,
    format: str | None = None,
    strict: bool = False,
    threads: int = 0,
    progress: Progress | None = None,
) -> Reading:
    """Read everything that ``inputs`` mean for ``stream``.

    Args:
        stream: a stream over tests, findings, jobs or NDJSON; it says which maps there are.
        inputs: files; folders, of which everything is read that is in the stream's formats; patterns with
            ``*``, ``?``, ``[`` and ``**``; ``-`` for standard input. The order does not matter.
        unit: what one run is, of :data:`UNIT_RULES`; ``None`` for what suits the stream (``file`` for tests and
            findings, ``field`` for what names its units itself).
        format: what every document is, of :data:`FORMATS`; ``None`` recognises it.
        strict: whether the first refusal ends the reading.
        threads: how many; 0 for as many as there are cores.
        progress: called about ten times a second.

    Returns:
        The reading. A file that cannot be read is one issue in it, and the rest was read.

    Raises:
        WeftendError: ``USAGE`` for a unit or format that the stream does not have, ``STREAM_INVALID`` for a
            stream that is not of CI or has a map that its reader cannot fill; exit status 2.
    """
    paths = [fspath(path) for path in inputs]
    partial, rule, counts, issues, more = _core.read_inputs(
        stream, paths, unit, format, strict, threads, progress
    )
    found = IssueList.of([Issue(*issue) for issue in issues], more)
    return Reading(partial, rule, Counts(**counts), found)


def unit_rule(stream: Stream, *, unit: str | None = None, format: str | None = None) -> str:
    """What one unit will be, one of :data:`UNIT_RULES`; checks all of a reading but its inputs.

    Args and errors: those of :func:`read`.
    """
    return read(stream, (), unit=unit, format=format, threads=1).unit_rule
