"""What the extension module holds; only the facades import it."""

from os import PathLike
from typing import final

__all__ = [
    "Counter",
    "SpoolReader",
    "SpoolSegment",
    "__version__",
    "canonicalize",
    "canonicalize_text",
    "counter",
    "digest",
    "digest_text",
    "flush_recording",
    "init_recording",
    "is_canonical",
    "record_usage_event",
    "recording_mode",
    "recording_places",
    "reset_recording_after_fork",
]
__version__: str

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
        """Count ``n`` more events, 0 or more and less than 2**64."""

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
        list[tuple[str, str, float | None, str, str, int]],
        tuple[int, int],
        dict[str, int],
        int,
    ]:
        """The whole lines of ``segment`` from ``offset``, a byte offset: 0, or the end of an earlier reading.

        Returns (header, rows, dropped, refused, end): header is (recording, producer) where the reading began
        at the start; a row is (event type, session, value, fields as canonical JSON, time as ISO 8601 in UTC
        with milliseconds, count); dropped is (segments, bytes); refused counts events by code; end is the
        offset after the last whole line.
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
