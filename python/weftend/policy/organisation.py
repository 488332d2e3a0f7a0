"""What an organisation asks of every run on its machines: one small JSON file, read before anything else.

The file is ``policy.json`` in the platform's site-wide configuration folder, and the one that
``WEFTEND_POLICY`` names; where both are there both hold, so that neither can loosen the other. It is JSON
because the core reads it too, in programs that record without Python.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn

from weftend.canonical import canonicalize_text
from weftend.errors import CanonicalizationError, Code, Issue, WeftendError

VARIABLE: Final = "WEFTEND_POLICY"
MAX_BYTES: Final = 65_536
GREATEST_FLOOR: Final = 1_000_000
MAX_DAYS: Final = 36_500
SETTINGS: Final = ("minimumFloor", "mode", "retention")
MODES: Final = ("off", "local", "export")
"""What may be recorded and released, the most private first."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """One policy file; a member is ``None`` where the file does not set it."""

    source: Path
    minimum_floor: int | None = None
    """``minimumFloor``: least units of a released bucket, 1 to 1,000,000."""
    mode: str | None = None
    """``mode``: ``off``, ``local`` or ``export``."""
    retention: dict[str, int] = field(default_factory=dict)
    """``retention``: table → days, 0 to 36,500, that its rows stay at most; it shortens, never lengthens."""


def policies() -> list[Organisation]:
    """Every policy file that holds on this machine.

    Raises:
        WeftendError: ``POLICY_INVALID`` for a file that cannot be read, is not valid, or is named by
            ``WEFTEND_POLICY`` and missing: what an organisation asked for is never passed over.
    """
    from platformdirs import site_config_path

    found = []
    named = os.environ.get(VARIABLE)
    if named:
        found.append(_read(Path(named)))
    site = site_config_path("weftend", appauthor=False) / "policy.json"
    if _stands(site):
        found.append(_read(site))
    return found


def _stands(path: Path) -> bool:
    """Whether something has the name; where that cannot be found out, or a link leads nowhere, it counts."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        _refuse(path, "", f"cannot be read: {error.strerror or error}")
    return True


def _read(path: Path) -> Organisation:
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
    except OSError as error:
        _refuse(path, "", f"cannot be read: {error.strerror or error}")
    if len(text) > MAX_BYTES:
        _refuse(path, "", f"more than {MAX_BYTES} bytes")
    return _checked(path, _parsed(path, text))


def _parsed(path: Path, text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(canonicalize_text(text))
    except CanonicalizationError as error:
        _refuse(path, str(error.place), f"is not JSON: {error.code}")
    if not isinstance(value, dict):
        _refuse(path, "", "is not an object of settings")
    return value


def _checked(path: Path, value: dict[str, Any]) -> Organisation:
    """The settings, each of its type; a name that is not known may be a misspelt demand, so it is refused."""
    for name in value:
        if name not in SETTINGS:
            _refuse(path, f"/{name}", f"is not a setting; there are {', '.join(SETTINGS)}")
    floor, mode = value.get("minimumFloor"), value.get("mode")
    if floor is not None and (type(floor) is not int or not 1 <= floor <= GREATEST_FLOOR):
        _refuse(path, "/minimumFloor", f"is not an integer from 1 to {GREATEST_FLOOR}")
    if mode is not None and mode not in MODES:
        _refuse(path, "/mode", f"is none of {', '.join(MODES)}")
    return Organisation(path, floor, mode, _retention(path, value.get("retention")))


def _retention(path: Path, days: object) -> dict[str, int]:
    if days is None:
        return {}
    if not isinstance(days, dict):
        _refuse(path, "/retention", "is not an object of tables and days")
    for table, number in days.items():
        if type(number) is not int or not 0 <= number <= MAX_DAYS:
            _refuse(path, f"/retention/{table}", f"is not a number of days from 0 to {MAX_DAYS}")
    return days


def _refuse(path: Path, place: str, message: str) -> NoReturn:
    raise WeftendError(Issue(Code.POLICY_INVALID, f"{path}#{place}", message))
