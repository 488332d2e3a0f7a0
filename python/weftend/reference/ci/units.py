"""What one unit is: 32-byte digests that do not depend on the stream that reads it."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from weftend.reference.canonical import canonicalize
from weftend.reference.writer import Plain


def of_content(content: bytes) -> bytes:
    """A file, unpacked, by its content."""
    return sha256(content).digest()


def of_folder(contents: Iterable[bytes]) -> bytes:
    """A folder by the contents of its files (their digests), in whatever order."""
    return sha256(b"weftend.unit.folder/0\n" + b"".join(sorted(contents))).digest()


def of_value(value: Plain) -> bytes:
    """A record, or what names a unit, by its canonical JSON."""
    return sha256(canonicalize(value)).digest()


def of_field(pointer: str, value: Plain) -> bytes:
    """The unit that the value under a JSON Pointer names."""
    return of_value(["weftend.unit.field/0", pointer, value])


def of_run(repository: str, number: int, attempt: int) -> bytes:
    """An attempt of a workflow run."""
    return of_value(["weftend.unit.github-run/0", repository, str(number), str(attempt)])


def of_suite(repository: str, number: int) -> bytes:
    """A check suite that is no workflow run."""
    return of_value(["weftend.unit.github-suite/0", repository, str(number)])


def of_job(repository: str, number: int) -> bytes:
    """A job, or a check run, as a part of its unit."""
    return of_value(["weftend.part.github-job/0", repository, str(number)])


def of_analysis(identity: str) -> bytes:
    """The analysis run that calls itself so."""
    return of_value(["weftend.unit.analysis/0", identity])


def of_run_in_log(content: bytes, index: int) -> bytes:
    """A run of a log, by the digest of the log's content and its place from 0."""
    return sha256(b"weftend.part.run-in-log/0\n" + content + index.to_bytes(8)).digest()


def lower(name: str) -> str:
    """A to Z in lower case, and nothing else changed."""
    return "".join(letter.lower() if "A" <= letter <= "Z" else letter for letter in name)
