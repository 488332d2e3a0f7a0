"""GitHub's workflow runs, jobs and check runs: webhook payloads and pages of its API, any number in a file."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from weftend.errors import CanonicalizationError
from weftend.reference.ci import units
from weftend.reference.ci.keys import duration_key, percent_encoded
from weftend.reference.ci.refusal import invalid, not_json
from weftend.reference.fold import Part
from weftend.reference.text import parse_each

_ONE: Final = {"workflow_run": "run", "workflow_job": "job", "check_run": "check"}
_PAGE: Final = {"workflow_runs": "run", "jobs": "job", "check_runs": "check"}
_TIME: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII
)


class Told(NamedTuple):
    """What one record says of one unit.

    ``part``: the digest of the record, the unit's own where it is about all of it. ``ending``: the digest of
    what ``completed`` is about: the job, or the unit.
    """

    unit: bytes
    part: bytes
    ending: bytes
    completed: bool | None
    keys: Part


def read(content: bytes) -> list[Told]:
    """What every record tells, in their order; a leading byte order mark is passed over.

    Refused: what is no I-JSON (its ``CANON_*`` code and byte), and, as ``INPUT_INVALID``, a document without any
    record, and a record without its repository or ids (place: the first byte of the value it stands in).
    """
    told: list[Told | None] = []
    try:
        for start, value in parse_each(content.removeprefix(codecs.BOM_UTF8)):
            told += [_Record(*found).told(start) for found in _records(value)]
    except CanonicalizationError as error:
        raise not_json(error) from None
    if not told:
        raise invalid()
    return [one for one in told if one is not None]


def _records(value: Any) -> Iterator[tuple[str, dict[str, Any], str | None]]:
    """Class, members and repository of each record in a payload, a page, an array of either, or a bare record.

    The payload's repository is the one that the event is about; a run's own may be a fork's.
    """
    if isinstance(value, list):
        for item in value:
            yield from _records(item)
    if not isinstance(value, dict):
        return
    repository = _text(value.get("repository"), "full_name")
    found = False
    for name, item in value.items():
        items = [item] if name in _ONE else item if name in _PAGE and isinstance(item, list) else []
        for record in (record for record in items if isinstance(record, dict)):
            found = True
            own = _text(record.get("repository"), "full_name")
            yield _ONE.get(name) or _PAGE[name], record, own if repository is None else repository
    if not found and (bare := _bare(value)) is not None:
        yield bare, value, repository


def _bare(value: dict[str, Any]) -> str | None:
    """What an object is on its own, told by members that only such a record has."""
    if _number(value, "id") is None:
        return None
    if _number(value, "run_id") is not None and ("steps" in value or "runner_name" in value):
        return "job"
    if ("workflow_id" in value or "run_number" in value) and _text(value, "event") is not None:
        return "run"
    suite = _number(value.get("check_suite"), "id")
    return "check" if suite is not None and _text(value, "status") is not None else None


def _text(value: Any, name: str) -> str | None:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else None


def _number(value: Any, name: str) -> int | None:
    """A whole number from 0 to 2^64 - 1, however it is spelled."""
    found = value.get(name) if isinstance(value, dict) else None
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return int(found) if found == int(found) and 0 <= found < 2**64 else None


class _Record:
    def __init__(self, kind: str, value: dict[str, Any], repository: str | None) -> None:
        self.kind, self.value, self.repository = kind, value, repository
        self.completed = _text(value, "status") == "completed"

    def told(self, start: int) -> Told | None:
        """What the record says, ``None`` where that is nothing; ``start``: where its value begins."""
        repository = self._repository()
        number = _number(self.value, "id")
        if repository is None or number is None:
            raise invalid(str(start))
        run = self._run(number)
        if run is None and self.kind == "check":
            return self._of_suite(repository, number, start)
        if run is None:
            raise invalid(str(start))
        attempt = _number(self.value, "run_attempt")
        unit = units.of_run(repository, run, 1 if attempt is None else attempt)
        part = unit if self.kind == "run" else units.of_job(repository, number)
        keys = {} if not self.completed else self._run_keys() if self.kind == "run" else self._job_keys()
        return Told(unit, part, part, self.completed, keys)

    def _repository(self) -> str | None:
        """``owner/name``; GitHub does not tell upper from lower case."""
        name = self.repository
        if name is None:
            parts = (_text(self.value, "url") or "").partition("/repos/")[2].split("/", 2)
            name = "/".join(parts[:2]) if len(parts) == 3 else None
        return None if name is None else units.lower(name)

    def _run(self, number: int) -> int | None:
        """The workflow run that a record belongs to."""
        if self.kind == "run":
            return number
        if self.kind == "job":
            return _number(self.value, "run_id")
        run = (_text(self.value, "details_url") or "").partition("/actions/runs/")[2].partition("/")[0]
        return int(run) if run.isascii() and run.isdigit() and int(run) < 2**64 else None

    def _of_suite(self, repository: str, number: int, start: int) -> Told | None:
        """A check run that no workflow made: its suite is the unit, and says itself whether it has completed."""
        suite = self.value.get("check_suite")
        if (of_suite := _number(suite, "id")) is None:
            raise invalid(str(start))
        unit = units.of_suite(repository, of_suite)
        status = _text(suite, "status")
        keys = _key("conclusions", _text(suite, "conclusion"))
        if self.completed:
            keys |= _key("jobConclusions", _text(self.value, "conclusion"))
        if status is None and not self.completed:
            return None
        completed = None if status is None else status == "completed"
        return Told(unit, units.of_job(repository, number), unit, completed, keys)

    def _run_keys(self) -> Part:
        started = _text(self.value, "run_started_at")
        start = _text(self.value, "created_at") if started is None else started
        keys: Part = {("runDurations", duration_key(between(start, _text(self.value, "updated_at")))): 1}
        keys |= _key("conclusions", _text(self.value, "conclusion"))
        return keys | _key("events", _text(self.value, "event"))

    def _job_keys(self) -> Part:
        keys = _key("jobConclusions", _text(self.value, "conclusion"))
        labels = self.value.get("labels")
        for label in labels if isinstance(labels, list) else []:
            keys |= _key("runners", label if isinstance(label, str) else None)
        return keys


def _key(name: str, value: str | None) -> Part:
    return {(name, percent_encoded(value)): 1} if value else {}


def between(start: str | None, end: str | None) -> int | None:
    """Nanoseconds from one RFC 3339 time to another; ``None`` where there is no such time or it goes back."""
    first, last = instant(start), instant(end)
    return None if first is None or last is None or last < first else last - first


def instant(text: str | None) -> int | None:
    """Nanoseconds since 1970; a second may be the 60th."""
    found = _TIME.fullmatch(text or "")
    if found is None:
        return None
    date, clock, fraction, sign, *zone = found.groups()
    hour, minute, second = map(int, clock.split(":"))
    if hour > 23 or minute > 59 or second > 60:
        return None
    try:
        day = datetime.fromisoformat(date).replace(tzinfo=UTC)
    except ValueError:
        return None
    passed = timedelta(hours=hour, minutes=minute, seconds=second) + (day - datetime(1970, 1, 1, tzinfo=UTC))
    if sign:
        east = timedelta(hours=int(zone[0]), minutes=int(zone[1]))
        passed += east if sign == "-" else -east
    return passed // timedelta(seconds=1) * 10**9 + int(f"{fraction or 0:0<9}"[:9])
