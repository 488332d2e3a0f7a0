"""Errors are data: a stable code and a place first, words when shown.

Every code that WeftEnd can emit is a member of :class:`Code`; a test holds this list to the codes that the
commands, the core and the reference really use.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple

MAX_ISSUES: Final = 64
"""How many issues a list shows; the rest is only counted."""


class ExitStatus(IntEnum):
    """What kind of end a command came to."""

    DONE = 0
    NOTHING_RELEASED = 1
    """Done, and nothing could be released, or a check found something."""
    INVALID = 2
    """Usage or invalid input; nothing was written."""
    INTEGRITY = 3
    """What was written before does not hold together."""
    PARTIAL = 4
    """Part of the input was refused; the rest was done."""
    DEFECT = 70
    """WeftEnd itself is at fault (``EX_SOFTWARE``)."""


class Code(StrEnum):
    """Every stable code. The value is what machines see; never renamed, never reused."""

    # Canonical JSON (RFC 8785 over I-JSON); raised by the core and the reference alike.
    CANON_BOM = "CANON_BOM"
    """The text begins with a byte order mark."""
    CANON_CYCLE = "CANON_CYCLE"
    """A container holds itself."""
    CANON_DEPTH = "CANON_DEPTH"
    """More than 128 levels of arrays and objects."""
    CANON_DUPLICATE_NAME = "CANON_DUPLICATE_NAME"
    """An object has the same member name twice."""
    CANON_KEY_TYPE = "CANON_KEY_TYPE"
    """A member name that is no string."""
    CANON_NUMBER_NOT_FINITE = "CANON_NUMBER_NOT_FINITE"
    """A number that is not finite, or too large for a double."""
    CANON_NUMBER_RANGE = "CANON_NUMBER_RANGE"
    """An integer outside ±(2^53 - 1), which may not be the double it reads as."""
    CANON_SURROGATE = "CANON_SURROGATE"
    """A surrogate without its other half."""
    CANON_SYNTAX = "CANON_SYNTAX"
    """No JSON text can go on like this."""
    CANON_TRAILING = "CANON_TRAILING"
    """Something follows the value."""
    CANON_TRUNCATED = "CANON_TRUNCATED"
    """The text ends before its value does."""
    CANON_TYPE = "CANON_TYPE"
    """A value of a type that JSON does not have."""
    CANON_UTF8 = "CANON_UTF8"
    """Bytes that are not UTF-8."""

    # Telemetry: documents, chain, windows, release.
    TELEMETRY_BUDGET_EXCEEDED = "TELEMETRY_BUDGET_EXCEEDED"
    """A chunk would be over its bytes or buckets."""
    TELEMETRY_CHAIN_BROKEN = "TELEMETRY_CHAIN_BROKEN"
    """A chunk does not follow the one before it."""
    TELEMETRY_CHUNK_ID_MISMATCH = "TELEMETRY_CHUNK_ID_MISMATCH"
    """A chunk is not the one that its chunkId names."""
    TELEMETRY_CONDUIT_INVALID = "TELEMETRY_CONDUIT_INVALID"
    """A store or snapshot that contradicts itself."""
    TELEMETRY_INSUFFICIENT_COVERAGE = "TELEMETRY_INSUFFICIENT_COVERAGE"
    """Something was suppressed; coverage is below 1."""
    TELEMETRY_KEY_UNREGISTERED = "TELEMETRY_KEY_UNREGISTERED"
    """Keys that no vocabulary has were counted in `__other__`."""
    TELEMETRY_K_ANONYMITY_FAIL = "TELEMETRY_K_ANONYMITY_FAIL"
    """Too few units in a window; nothing is said about them."""
    TELEMETRY_PREVIEW = "TELEMETRY_PREVIEW"
    """A snapshot that was not released, and is not to be shared."""
    TELEMETRY_REFS_TRUNCATED = "TELEMETRY_REFS_TRUNCATED"
    """More than 64 references; the rest was left out."""
    TELEMETRY_REFS_WITHHELD = "TELEMETRY_REFS_WITHHELD"
    """References were asked for and not given, since something was suppressed."""
    TELEMETRY_ROLLBACK = "TELEMETRY_ROLLBACK"
    """The store is not what its ledger says: an older copy, or without its ledger."""
    TELEMETRY_SCHEMA_INVALID = "TELEMETRY_SCHEMA_INVALID"
    """A document with a wrong, missing or unknown member."""
    TELEMETRY_TICK_INVALID = "TELEMETRY_TICK_INVALID"
    """Windows that overlap, leave a gap or go back."""
    TELEMETRY_TTL_INVALID = "TELEMETRY_TTL_INVALID"
    """A time to live outside its bounds."""

    # Privacy validation of whatever may leave.
    PRIVACY_FIELD_FORBIDDEN = "PRIVACY_FIELD_FORBIDDEN"
    """A member or value that names somebody: address, account, token, URL, absolute path."""
    PRIVACY_RECEIPT_OVERSIZE = "PRIVACY_RECEIPT_OVERSIZE"
    """A document over its bytes."""
    PRIVACY_RECEIPT_UNBOUNDED = "PRIVACY_RECEIPT_UNBOUNDED"
    """A list, map or number that breaks its bound."""
    PRIVACY_STRING_UNTRUSTED = "PRIVACY_STRING_UNTRUSTED"
    """Text with white space, or of more than 512 bytes."""
    PRIVACY_TIMESTAMP_FORBIDDEN = "PRIVACY_TIMESTAMP_FORBIDDEN"
    """A member that tells the time."""

    # Usage events that were not recorded, or not whole.
    EVENT_CONTRACTS_INVALID = "EVENT_CONTRACTS_INVALID"
    """The contracts could not be read, so nothing was recorded."""
    EVENT_FIELD_INVALID = "EVENT_FIELD_INVALID"
    """A field is not of its kind, or out of its bounds."""
    EVENT_FIELD_MISSING = "EVENT_FIELD_MISSING"
    """A required field is missing."""
    EVENT_FIELD_UNLISTED = "EVENT_FIELD_UNLISTED"
    """A field that the contract does not list; it was left out, the event was recorded."""
    EVENT_LINE_INVALID = "EVENT_LINE_INVALID"
    """A line of the spool that is no event."""
    EVENT_PARENT_MISSING = "EVENT_PARENT_MISSING"
    """A finding or snapshot without a completion run before it."""
    EVENT_SESSION_INVALID = "EVENT_SESSION_INVALID"
    """A session that is empty or over 512 characters."""
    EVENT_SPOOL_UNWRITABLE = "EVENT_SPOOL_UNWRITABLE"
    """The spool could not be written."""
    EVENT_TOO_LARGE = "EVENT_TOO_LARGE"
    """Fields of more bytes than a row may hold."""
    EVENT_TYPE_UNKNOWN = "EVENT_TYPE_UNKNOWN"
    """No contract has this type, or not in this version."""
    EVENT_VALUE_INVALID = "EVENT_VALUE_INVALID"
    """A value out of its bounds, or of a type that carries none."""
    SPOOL_LINE_TORN = "SPOOL_LINE_TORN"
    """A segment's last line was cut; the segment is set aside."""
    SPOOL_SEGMENT_DROPPED = "SPOOL_SEGMENT_DROPPED"
    """A full spool removed a closed segment that nobody had taken in."""

    # Files, inputs and homes.
    INPUT_INVALID = "INPUT_INVALID"
    """A known file that does not hold what its format says."""
    INPUT_NOT_FOUND = "INPUT_NOT_FOUND"
    """There is no such file."""
    INPUT_SYMLINK = "INPUT_SYMLINK"
    """A symbolic link where a file should be; it is not followed."""
    INPUT_TOO_LARGE = "INPUT_TOO_LARGE"
    """More bytes, entries or levels than are read."""
    INPUT_UNREADABLE = "INPUT_UNREADABLE"
    """A file that cannot be read, or is not a regular file."""
    HOME_BUSY = "HOME_BUSY"
    """Another run holds this home, or writes to its store."""
    HOME_INVALID = "HOME_INVALID"
    """The ledger is not one this version can read."""
    OUTPUT_UNWRITABLE = "OUTPUT_UNWRITABLE"
    """A file could not be written: full disk, read-only folder, permissions."""
    PARTIAL_INVALID = "PARTIAL_INVALID"
    """Bytes that are not a partial fold, or one that cannot be built."""
    PARTIAL_MISMATCH = "PARTIAL_MISMATCH"
    """Two partial folds of different streams."""
    STREAM_INVALID = "STREAM_INVALID"
    """A stream definition or a vocabulary that is not one."""
    CONTRACT_INVALID = "CONTRACT_INVALID"
    """An event type, table or retention rule that is not one."""
    CONTRACT_CHANGE_INCOMPATIBLE = "CONTRACT_CHANGE_INCOMPATIBLE"
    """What the last release accepted would be refused, or its meaning changed, without a new version."""
    CONTRACT_CLASS_EXCEEDED = "CONTRACT_CLASS_EXCEEDED"
    """A field or column above what its event type or database may carry."""
    CONTRACT_CLASS_MISSING = "CONTRACT_CLASS_MISSING"
    """A field or column without a class."""
    CONTRACT_EXAMPLE_INVALID = "CONTRACT_EXAMPLE_INVALID"
    """An example that does not validate under its own contract."""
    CONTRACT_FIELD_OPEN = "CONTRACT_FIELD_OPEN"
    """A free string without a bound, a reason, or class S2."""
    CONTRACT_RETENTION_MISSING = "CONTRACT_RETENTION_MISSING"
    """A table without a retention rule."""
    CONTRACT_REVIEW_OVERDUE = "CONTRACT_REVIEW_OVERDUE"
    """A review date that has passed."""
    CONTRACT_ROW_MISSING = "CONTRACT_ROW_MISSING"
    """A schema that no taxonomy row names."""
    CONTRACT_SCHEMA_MISSING = "CONTRACT_SCHEMA_MISSING"
    """A taxonomy row whose schema is not there."""
    CONTRACT_STALE = "CONTRACT_STALE"
    """The compiled contracts are not what their sources say."""
    FLOOR_TOO_LOW = "FLOOR_TOO_LOW"
    """A floor below the least that the code or the stream allows was asked for."""
    POLICY_INVALID = "POLICY_INVALID"
    """An organisation's policy file that cannot be read or is not valid."""
    UNIT_RULE_FIXED = "UNIT_RULE_FIXED"
    """A home's first release of a stream said what one unit is; another rule would count runs twice."""
    INTERNAL_DEFECT = "INTERNAL_DEFECT"
    """A fault of WeftEnd itself, shown in one line instead of a traceback."""
    STORE_DAMAGED = "STORE_DAMAGED"
    """The local store is no sound database."""
    STORE_FOREIGN = "STORE_FOREIGN"
    """Another program's database stands where the local store should."""
    STORE_NEWER = "STORE_NEWER"
    """The local store was written by a later version."""
    STORE_OLDER = "STORE_OLDER"
    """The local store waits for a migration."""
    FILE_NOT_PRIVATE = "FILE_NOT_PRIVATE"
    """Permissions let others read what is recorded."""
    FILE_UNWRITABLE = "FILE_UNWRITABLE"
    """A file or folder of the home cannot be written, so nothing is recorded."""
    MODE_UNREADABLE = "MODE_UNREADABLE"
    """A layer's wish about the mode cannot be understood, so it counts as off."""
    SPOOL_BACKLOG = "SPOOL_BACKLOG"
    """More than half of the spool's bound waits to be taken in."""
    MODE_FORBIDS = "MODE_FORBIDS"
    """The mode in force does not allow what was asked for."""
    DISK_FULL = "DISK_FULL"
    """Doctor: there is no room for what would be recorded, so nothing is."""
    PLAN_INVALID = "PLAN_INVALID"
    """A file that is no prune plan."""
    QUERY_INVALID = "QUERY_INVALID"
    """SQL that is wrong, writes, or reaches elsewhere."""
    USAGE = "USAGE"
    """The command line itself: unknown option, missing argument."""


class Issue(NamedTuple):
    """One thing that is wrong; ordered by (code, path, message).

    ``path`` is ``file#place``: place is a byte offset in text, a JSON Pointer in a value, ``line:N`` in
    line-delimited files, or empty for the whole file.
    """

    code: str
    path: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """The issue as every command prints it under ``--json``."""
        return {"code": str(self.code), "path": self.path, "message": self.message}


class IssueList(NamedTuple):
    """Issues in their order, at most :data:`MAX_ISSUES`, and how many more there were."""

    issues: tuple[Issue, ...]
    more: int = 0

    @classmethod
    def of(cls, issues: Iterable[Issue], more: int = 0) -> IssueList:
        """Sorted, cut at :data:`MAX_ISSUES`; ``more`` adds to the count of the rest."""
        ordered = sorted(set(issues))
        return cls(tuple(ordered[:MAX_ISSUES]), more + max(0, len(ordered) - MAX_ISSUES))

    def as_dict(self) -> dict[str, object]:
        """``{"issues": [{"code", "path", "message"}], "more": n}``."""
        return {"issues": [issue.as_dict() for issue in self.issues], "more": self.more}


class WeftendError(Exception):
    """A refusal: which issues, and the exit status that says what kind of failure it is."""

    def __init__(self, issues: IssueList | Issue, status: ExitStatus = ExitStatus.INVALID) -> None:
        self.issues: Final = IssueList.of([issues]) if isinstance(issues, Issue) else issues
        self.status: Final = status
        super().__init__("; ".join(f"{i.code} {i.path}: {i.message}" for i in self.issues.issues))


class CanonicalizationError(ValueError):
    """A value or text that is not I-JSON.

    ``code`` is a ``CANON_*`` code; ``place`` is a byte offset (``int``) in text, a JSON Pointer (``str``) in
    a value. Core and reference raise it with equal code and place for equal input.
    """

    def __init__(self, code: str, place: int | str) -> None:
        super().__init__(code, place)
        self.code: Final = code
        self.place: Final = place

    def __str__(self) -> str:
        where = f"byte {self.place}" if isinstance(self.place, int) else repr(self.place)
        return f"{self.code} at {where}"


class RecordingError(ValueError):
    """An event that its contract does not allow; raised only under ``WEFTEND_STRICT=1``.

    ``code`` is an ``EVENT_*`` code, ``field`` the field it is about, empty where it is about the event.
    """

    def __init__(self, code: str, field: str) -> None:
        super().__init__(code, field)
        self.code: Final = code
        self.field: Final = field

    def __str__(self) -> str:
        return f"{self.code} {self.field}".rstrip()
