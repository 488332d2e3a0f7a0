"""Verifying a snapshot without trusting its maker: what holds, from which anchor, under which promise.

Everything here is a function of bytes; reading files and showing verdicts is the command's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from weftend.errors import Code, Issue
from weftend.reference import access, chain, claims, conduit, documents, privacy
from weftend.reference.reading import read
from weftend.reference.shapes import Finding, Shape
from weftend.reference.streams import Stream

ALWAYS: Final = (
    "canonical bytes",
    "schema",
    "privacy",
    "chunk ids",
    "chain",
    "windows",
    "floors",
    "coverage",
    "refs",
    "reason codes",
)
"""What is checked of every snapshot."""
BY_DEFINITION: Final = ("maps", "vocabulary", "clamps", "caps", "disclosure rule")
"""What is checked of chunks whose stream definition is at hand."""
PROMISES: Final = {
    "every-map": "the promise holds map by map: maps over the same units may determine each other",
    "one-map": "no two maps share a unit: the promise holds for the release as a whole",
}


class Against(NamedTuple):
    """What a snapshot is held against besides itself.

    ``given``: stream definitions that the caller supplied. ``shipped``: those that come with WeftEnd.
    ``head``: the ``chunkId`` that must be the newest. ``store``: the value of a store file that holds.
    """

    given: Sequence[Stream] = ()
    shipped: Sequence[Stream] = ()
    head: str | None = None
    store: Any = None

    def definition(self, chunk: Any) -> Stream | None:
        """The definition of a chunk's stream: found by digest, in releases by the stream's name."""
        name = access.text(chunk, "streamId")
        path = access.text(access.members(access.members(chunk, "payload"), "bind"), "pathDigest")
        for stream in (*self.given, *self.shipped):
            if stream.id == name and (stream.reader == "release" or stream.digest == path):
                return stream
        return None


class Verdict(NamedTuple):
    """What was found out about one snapshot.

    ``issues``: everything that does not hold, sorted; none means verified. ``ticks``: the range of windows in
    units, from (exclusive) and to. ``anchor``: the ``chunkId`` that the oldest chunk follows, ``None`` at the
    beginning of the stream. ``floor``: the least floor of the chunks, in units. ``promises``: the
    contributions of the chunks whose definition is known. ``checked`` and ``unchecked`` are words for people.
    """

    file: str
    issues: tuple[Issue, ...]
    preview: bool = False
    stream: str | None = None
    unit: str = "units"
    chunks: int = 0
    ticks: tuple[int, int] = (0, 0)
    anchor: str | None = None
    head: str | None = None
    floor: int | None = None
    promises: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """``refused``, ``preview`` or ``verified``."""
        return "refused" if self.issues else "preview" if self.preview else "verified"

    def as_dict(self) -> dict[str, object]:
        """The verdict as ``weftend verify --json`` prints it, without the issues."""
        return {
            "file": self.file,
            "status": self.status,
            "streamId": self.stream,
            "chunks": self.chunks,
            "fromTick": self.ticks[0],
            "toTick": self.ticks[1],
            "anchor": self.anchor,
            "headChunkId": self.head,
            "kFloor": self.floor,
            "promises": list(self.promises),
            "checked": list(self.checked),
            "notChecked": list(self.unchecked),
        }


def verify_snapshot(data: bytes, file: str, against: Against | None = None) -> Verdict:
    """Check the bytes of a snapshot file whole.

    ``file`` is the name that stands in issues. All violations are found, but of each kind of check no more than
    ``privacy.MOST_FINDINGS``, each with its code and place: a byte offset where the text itself is wrong, else a
    JSON Pointer.
    """
    against = against or Against()
    snapshot, issues = _checked(data, file, documents.SNAPSHOT, conduit.check_snapshot)
    if snapshot is None:
        return Verdict(file, tuple(sorted(set(issues))))
    issues += _issues(file, _held_against(snapshot, against))
    return _verdict(file, snapshot, against, tuple(sorted(set(issues))))


def verify_store(data: bytes, file: str) -> tuple[Any, tuple[Issue, ...]]:
    """Check the bytes of a store file whole: its value, and every violation."""
    store, issues = _checked(data, file, documents.STORE, conduit.check_store)
    return store, tuple(sorted(set(issues)))


def _checked(
    data: bytes, file: str, shape: Shape, relations: Callable[[Any], Iterator[Finding]]
) -> tuple[Any, list[Issue]]:
    """Bytes, privacy, shape and relations of one document."""
    if len(data) > privacy.MAX_DOCUMENT_BYTES:
        return None, privacy.check(None, file, size=len(data))
    value, issues = read(data, file)
    if value is None and issues:
        return None, issues
    private = privacy.check(value, file)
    if any(issue.code == Code.PRIVACY_RECEIPT_UNBOUNDED for issue in private):
        return None, [*issues, *private]  # what has no bounds is not looked at any longer
    issues += private
    issues += _issues(file, shape(value, ""))
    issues += _issues(file, relations(value))
    return value, issues


def _issues(file: str, findings: Iterator[Finding]) -> list[Issue]:
    found = islice(findings, privacy.MOST_FINDINGS)
    return [Issue(code, f"{file}#{place}", message) for code, place, message in found]


def _held_against(snapshot: Any, against: Against) -> Iterator[Finding]:
    """The chunks against their definitions, then the snapshot against a head and a store."""
    chunks = access.items(snapshot, "chunks")
    for index, chunk in enumerate(chunks):
        stream = against.definition(chunk)
        yield from claims.check_size(chunk, f"/chunks/{index}", stream)
        if stream is not None:
            yield from claims.check_against(stream, chunk, f"/chunks/{index}")
    newest = against.definition(chunks[-1]) if chunks else None
    if newest is not None and len(chunks) > newest.caps["maxChunks"]:
        yield Code.TELEMETRY_BUDGET_EXCEEDED, "/chunks", "more chunks than the stream's store keeps"
    yield from _unmatched(snapshot, chunks, against)
    if against.head is not None and access.text(snapshot, "headChunkId") != against.head:
        yield Code.TELEMETRY_CHAIN_BROKEN, "/headChunkId", "is not the head that it should have"
    if against.store is not None:
        yield from conduit.check_agreement(snapshot, against.store)


def _unmatched(snapshot: Any, chunks: list[Any], against: Against) -> Iterator[Finding]:
    """A definition that was given for this stream and is that of none of its chunks.

    Definitions may change along a chain, so that one of the chunks is enough.
    """
    given = [stream for stream in against.given if stream.id == access.text(snapshot, "streamId")]
    if chunks and given and not any(against.definition(chunk) in given for chunk in chunks):
        place = f"/chunks/{len(chunks) - 1}/payload/bind/pathDigest"
        message = "is not the digest of the definition that was given"
        yield Code.TELEMETRY_CONDUIT_INVALID, place, message


def _verdict(file: str, snapshot: Any, against: Against, issues: tuple[Issue, ...]) -> Verdict:
    chunks = access.items(snapshot, "chunks")
    known = [against.definition(chunk) for chunk in chunks]
    floors = [floor for chunk in chunks if (floor := access.integer(chunk, "kAnonymityFloor")) is not None]
    stream_id = access.text(snapshot, "streamId")
    checked, unchecked = _extent(stream_id, known, against)
    return Verdict(
        file=file,
        issues=issues,
        preview=conduit.is_preview(snapshot),
        stream=stream_id,
        unit=next((stream.unit for stream in known if stream is not None), "units"),
        chunks=len(chunks),
        ticks=_ticks(chunks),
        anchor=chain.anchor(chunks),
        head=access.text(snapshot, "headChunkId"),
        floor=min(floors, default=None),
        promises=tuple(sorted({stream.contribution for stream in known if stream is not None})),
        checked=checked,
        unchecked=unchecked,
    )


def _ticks(chunks: list[Any]) -> tuple[int, int]:
    if not chunks:
        return 0, 0
    return access.integer(chunks[0], "windowStartTick") or 0, access.integer(chunks[-1], "windowEndTick") or 0


def _extent(
    name: str | None, known: list[Stream | None], against: Against
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was checked of the stream ``name``, and what was not and why, in words."""
    checked, unchecked = list(ALWAYS), []
    if against.given and not any(stream.id == name for stream in against.given):
        unchecked.append("the definitions given: none is of this stream")
    if any(stream is not None for stream in known):
        checked += BY_DEFINITION
    if None in known:
        number = known.count(None)
        of = f" of {number} chunk{'s' if number > 1 else ''}" if any(known) else ""
        why = "the stream's definition is not at hand; --streams and --vocabulary give it"
        unchecked.append(f"promise, pathDigest, {', '.join(BY_DEFINITION)}{of}: {why}")
    if any(stream is not None and stream.reader == "release" for stream in known):
        unchecked.append("pathDigest: it is the release's own, so compare it with the release's manifest")
    elif any(known):
        checked.append("pathDigest")
    tail = [name for name, held in (("head", against.head), ("store", against.store)) if held is not None]
    checked += tail
    if not tail:
        unchecked.append("tail: chunks cut off at the end do not show without --head or --store")
    unchecked.append("dropped, and what reasonCodes says beyond the chunks: bound by no digest")
    return tuple(checked), tuple(unchecked)
