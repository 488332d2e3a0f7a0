"""The user's configuration file: one small JSON object with the mode that the user wishes."""

from __future__ import annotations

from pathlib import Path

from weftend import recording
from weftend.canonical import canonicalize
from weftend.errors import Code, Issue, WeftendError
from weftend.store.files import make_folder, replace


def set_mode(mode: str) -> Path:
    """Write the wish for ``mode`` (``off``, ``local`` or ``export``), whole; where it was written.

    Raises:
        WeftendError: ``OUTPUT_UNWRITABLE`` where the platform names no folder or it cannot be written.
    """
    named = recording.places().config_file
    if named is None:
        raise WeftendError(Issue(Code.OUTPUT_UNWRITABLE, "#", "the platform names no configuration folder"))
    path = Path(named)
    make_folder(path.parent)
    replace(path, canonicalize({"mode": mode}) + b"\n")
    return path
