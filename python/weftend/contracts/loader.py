"""Reading the compiled contracts: canonical JSON that ships in the wheel; no YAML at run time."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from weftend.errors import Code, Issue, WeftendError

COMPILED: Final = Path(__file__).with_name("compiled.json")
"""The shipped contracts; the same bytes stand in the core crate."""
VARIABLE: Final = "WEFTEND_CONTRACTS"
"""Names a file of compiled contracts to be joined to the shipped ones, in Rust and Python alike."""
_LISTS: Final = ("events", "producers", "retention", "streams", "tables")


@lru_cache(maxsize=1)
def load() -> dict[str, Any]:
    """The shipped contracts: ``schema``, ``streams`` and the rest; shared, so never changed by callers."""
    contracts: dict[str, Any] = json.loads(COMPILED.read_bytes())
    return contracts


def active(extra: Path | None = None) -> dict[str, Any]:
    """The contracts in force: the shipped ones, joined with ``extra`` or else with what the variable names.

    :class:`WeftendError` (``CONTRACT_INVALID``) where that file is no compiled contracts, or brings what is there
    already.
    """
    named = os.environ.get(VARIABLE)
    path = extra or (Path(named) if named else None)
    if path is None:
        return load()
    from weftend.contracts.definitions import joined

    return joined(load(), read(path), path.name)


def read(path: Path) -> dict[str, Any]:
    """Compiled contracts from ``path``; :class:`WeftendError` (``CONTRACT_INVALID``) when it holds none."""
    try:
        if path.exists() and not path.is_file():
            # A pipe would be waited for.
            raise WeftendError(Issue(Code.CONTRACT_INVALID, f"{path.name}#", "is no regular file"))
        value = json.loads(path.read_bytes())
    except OSError as error:
        message = error.strerror or type(error).__name__
        raise WeftendError(Issue(Code.CONTRACT_INVALID, f"{path.name}#", message)) from error
    except (ValueError, RecursionError) as error:
        raise WeftendError(Issue(Code.CONTRACT_INVALID, f"{path.name}#", "is not JSON")) from error
    if not isinstance(value, dict) or value.get("schema") != load()["schema"]:
        raise WeftendError(Issue(Code.CONTRACT_INVALID, f"{path.name}#/schema", "is no compiled contracts"))
    for name in _LISTS:
        if not isinstance(value.get(name), list):
            raise WeftendError(Issue(Code.CONTRACT_INVALID, f"{path.name}#/{name}", "is no list"))
    return value


def stream(stream_id: str) -> dict[str, Any]:
    """The compiled definition of the shipped stream ``stream_id``; ``KeyError`` when there is none."""
    for definition in load()["streams"]:
        if definition["streamId"] == stream_id:
            found: dict[str, Any] = definition
            return found
    raise KeyError(stream_id)
