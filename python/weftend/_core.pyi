"""What the extension module holds; only the facades import it."""

from collections.abc import Callable, Sequence
from os import PathLike
from typing import TypeAlias, final

__all__ = [
    "Counter",
    "Partial",
    "SpoolReader",
    "SpoolSegment",
    "Stream",
    "__version__",
    "canonicalize",
    "canonicalize_text",
    "check_store",
    "counter",
    "digest",
    "digest_text",
    "disclose",
    "exact_fold",
    "flush_recording",
    "init_recording",
    "is_canonical",
    "next_window",
    "prune",
    "read_inputs",
    "read_release",
    "record_usage_event",
    "recording_mode",
    "recording_places",
    "reset_recording_after_fork",
    "snapshot_bytes",
    "store_bytes",
    "unregistered",
]
__version__: str

_Names: TypeAlias = list[tuple[str, int]]
_MapNotes: TypeAlias = tuple[str, _Names, _Names, _Names, int]
_Notes: TypeAlias = tuple[list[_MapNotes], str | None, int]
_Counts: TypeAlias = tuple[int, int, int]
_Released: TypeAlias = tuple[bytes, str, int, bytes, _Notes]

def canonicalize(value: object, /) -> bytes:
    """Canonical bytes of a value; ``CanonicalizationError`` has a JSON Pointer as its place."""

def canonicalize_text(text: bytes | str, /) -> bytes:
    """Canonical bytes of a JSON text; ``CanonicalizationError`` has a byte offset as its place."""

def is_canonical(text: bytes, /) -> bool:
    """Whether a text is its own canonical form."""

def digest(value: object, /) -> str:
    """``sha256:`` and 64 hexadecimal digits, over the canonical bytes of a value."""

def digest_text(text: bytes | str, /) -> str:
    """``sha256:`` and 64 hexadecimal digits, over the canonical bytes of a JSON text."""

def record_usage_event(
    event_type: object, fields: object, *, value: object = None, session: object = None
) -> None:
    """Record one usage event with the process's recorder.

    ``event_type`` names a contract; ``fields`` is a dict of names to bool, int, float or str, within the
    contract's kinds and bounds, what it does not list being left out; ``value`` is a number within the
    contract's bounds; ``session`` has 1 to 512 characters and is the type's convention where there is none.
    Nothing is written in mode ``off``. A refusal is counted; ``RecordingError`` only under ``WEFTEND_STRICT=1``.
    """

def counter(event_type: str, fields: dict[str, bool | int | float | str]) -> Counter:
    """A counter of events of one type with fixed fields, whose contract is checked now.

    Where the contract does not allow them the refusal is counted and the handle counts in vain;
    ``RecordingError`` only under ``WEFTEND_STRICT=1``.
    """

def init_recording(producer: str, /) -> bool:
    """Name the program that records; whether this was the first use of the process's recorder."""

def flush_recording() -> None:
    """Spool what every counter holds and what was refused so far."""

def reset_recording_after_fork() -> None:
    """In a forked child: forget what the parent holds, so that it is spooled once, by the parent."""

def recording_mode() -> tuple[str, str, list[tuple[str, str, str | None, str | None]]]:
    """The mode in force: (mode, layer, [(layer, source, mode or None, problem or None)])."""

def recording_places() -> tuple[str | None, str | None, list[str]]:
    """Where state, wishes and policies stand: (home, configuration file, policy files)."""

@final
class Counter:
    """A counter on a hot path: ``inc`` adds in memory; a flush spools what is held as one counted event."""

    def inc(self, n: int = 1, /) -> None:
        """Count ``n`` more events, 0 or more and less than 2**64; anything else is counted as refused."""

    def flush(self) -> None:
        """Spool what is held, as one counted event; nothing where nothing is held."""

@final
class SpoolReader:
    """Reads spool segments back, each line held to its contract again."""

    def __new__(cls, documents: list[bytes]) -> SpoolReader:
        """``documents``: compiled contracts (``weftend.contracts/0``); ``ValueError`` says what is wrong."""

    def read(
        self, segment: bytes, offset: int, /
    ) -> tuple[
        tuple[str, str | None] | None,
        list[tuple[str | float | None, ...]],
        list[tuple[str, str, float | None, str, str, int]],
        dict[str, int],
        tuple[int, int],
        dict[str, int],
        int,
    ]:
        """The whole lines of ``segment`` from ``offset``, a byte offset: 0, or the end of an earlier reading.

        Returns (header, metrics, others, held, dropped, refused, end), of which
        :class:`weftend.store.local.ahead.Reading` says what each is.
        """

@final
class SpoolSegment:
    """One segment of the spool, taken up for reading; where it is closed nobody else removes it meanwhile."""

    def __new__(cls, path: str | PathLike[str]) -> SpoolSegment:
        """``OSError`` as for ``open``; ``FileNotFoundError`` where somebody else removed it."""

    @property
    def closed(self) -> bool:
        """Whether its writer is gone: nothing will be added."""

    def read(self) -> bytes:
        """Everything that is in it now; empty once it was removed or released."""

    def remove(self) -> None:
        """Remove it where it is closed, and let go of it."""

    def set_aside(self, folder: str | PathLike[str]) -> None:
        """Move it into ``folder``, made (mode 0700) when it is missing, and let go of it."""

    def release(self) -> None:
        """Let go of it."""

@final
class Stream:
    """A stream definition that was found valid; see :mod:`weftend.fold`."""

    def __new__(cls, definition: bytes, /) -> Stream:
        """The compiled form as JSON text; ``WeftendError`` (``STREAM_INVALID``) with every violation."""

    @property
    def id(self) -> str:
        """The stream's identifier."""

    @property
    def digest(self) -> str:
        """Digest of the compiled definition with its vocabularies: the ``pathDigest`` outside releases."""

    @property
    def contribution(self) -> str:
        """``every-map`` or ``one-map``."""

    @property
    def maps(self) -> list[str]:
        """Names of the maps, in byte order."""

    @property
    def refs(self) -> list[str]:
        """Names of the ref lists, in byte order."""

    @property
    def default_floor(self) -> int:
        """The floor used where nobody asks, in units."""

    @property
    def least_floor(self) -> int:
        """The least floor that may be asked for, in units."""

    @property
    def caps(self) -> dict[str, int]:
        """``maxBucketsPerChunk``, ``maxChunkBytes``, ``maxChunks``, ``maxWindowTicks``, ``ttlSeconds``."""

    def worst_case(self) -> tuple[int, int]:
        """The largest chunk there can be: (buckets, canonical bytes)."""

    def channels(self, *, refs: bool = False) -> list[str]:
        """Names of a partial's channels: the maps, then the ref lists where ``refs``."""

    def bucket(self, map: str, key: str, /) -> str:
        """The bucket of ``map`` that a raw key falls into; ``KeyError`` where there is no such map."""

@final
class Partial:
    """Per unit what it contributes. **Private.** See :mod:`weftend.fold`."""

    def __new__(cls, channels: Sequence[str], /) -> Partial:
        """An empty partial; ``WeftendError`` (``PARTIAL_INVALID``) for names that cannot be channels."""

    @property
    def channels(self) -> list[str]:
        """The channels' names."""

    @property
    def records(self) -> int:
        """(unit, part) pairs with a contribution: records read, less those met again."""

    def __len__(self) -> int:
        """How many units there are."""

    def __contains__(self, unit: bytes, /) -> bool:
        """Whether the unit with this 32-byte digest is there."""

    def add(self, unit: bytes, part: bytes, channel: int, key: str, amount: int = 1, /) -> None:
        """Adds to one bucket of one unit, as said by one part."""

    def touch(self, unit: bytes, /) -> None:
        """Makes a unit known that may have no key."""

    def end_record(self) -> None:
        """Says that a record has been read whole."""

    def merge(self, other: Partial, /) -> None:
        """Makes this the union of both; ``WeftendError`` (``PARTIAL_MISMATCH``) for other channels."""

    def absorb(self, shard: Partial, /) -> None:
        """Makes this the sum of both: only for shards of one reading."""

    def copy(self) -> Partial:
        """A copy of its own."""

    def to_bytes(self) -> bytes:
        """The partial as bytes; equal partials are equal bytes. **Private.**"""

    @staticmethod
    def from_bytes(data: bytes, /) -> Partial:
        """A partial from bytes that :meth:`to_bytes` made; ``WeftendError`` (``PARTIAL_INVALID``) otherwise."""

    def digests(self) -> bytes:
        """All units' digests, 32 bytes each, in byte order, one behind the other."""

    def without(self, digests: bytes, /) -> int:
        """Takes out the units with these digests, in any order; how many of them were there."""

    def totals(self) -> list[dict[str, tuple[int, int]]]:
        """Per channel: raw key → (units, total), exact, before any clamp."""

    def __reduce__(self) -> tuple[Callable[[bytes], Partial], tuple[bytes]]:
        """Pickles as its bytes."""

def disclose(
    kind: str, clamp: int, counts: dict[str, int], units: int, k: int, /
) -> tuple[list[tuple[str, int]], bool]:
    """Visible buckets, and whether those are all; see :mod:`weftend.disclosure`."""

def next_window(
    stream: Stream,
    partial: Partial,
    path_digest: str,
    k: int,
    window_start_tick: int,
    prev_chunk_id: str | None,
    refs: bool,
    map: str | None,
    /,
) -> tuple[int, _Released | None]:
    """Units found, and what was released; see :mod:`weftend.egress`."""

def unregistered(stream: Stream, partial: Partial, /) -> list[tuple[_Names, int]]:
    """Per map the raw keys that fall into ``__other__``, and how many are not listed; see :mod:`weftend.egress`."""

def check_store(stream_id: str, store: bytes, /) -> tuple[str | None, str | None, int]:
    """(anchor, head, tick); see :mod:`weftend.chain`."""

def prune(chunks: Sequence[bytes], now: int, max_chunks: int, /) -> tuple[int, int, list[bool]]:
    """(too old, too many, whether each stays); see :mod:`weftend.chain`."""

def store_bytes(stream_id: str, chunks: Sequence[bytes], tick: int, /) -> bytes:
    """The store file; see :mod:`weftend.chain`."""

def snapshot_bytes(
    stream_id: str, chunks: Sequence[bytes], dropped: tuple[int, int, int, int], preview: bool, /
) -> bytes:
    """The snapshot file; see :mod:`weftend.chain`."""

def read_release(
    folder: str | PathLike[str], channels: Sequence[str], /
) -> tuple[str, str, Partial, _Counts, _Counts, int]:
    """A release folder: its releaseId and pathDigest, the fold, observations read, copies, links passed by.

    Counts are of records, denied pulses and runs. ``WeftendError`` with all that is wrong.
    """

def read_inputs(
    stream: Stream,
    inputs: Sequence[str | PathLike[str]],
    unit: str | None,
    format: str | None,
    strict: bool,
    threads: int,
    progress: Callable[[int, int, int, int], object] | None,
    /,
) -> tuple[Partial, str, dict[str, int], list[tuple[str, str, str]], int]:
    """The fold, what one unit is, counts by name, issues, how many more there were; see :mod:`weftend.ci`."""

def exact_fold(stream: Stream, partial: Partial, /) -> list[dict[str, tuple[int, int]]]:
    """Per map: bucket → (units, total); see :func:`weftend.fold.exact`."""
