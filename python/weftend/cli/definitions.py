"""Stream definitions as a command line names them: shipped ones, ``--streams FILE``, ``--vocabulary FILE``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from weftend.errors import Code, Issue, WeftendError


def given(
    files: Sequence[Path], vocabularies: Sequence[str], shipped: dict[str, Any]
) -> list[dict[str, Any]]:
    """The compiled definitions that ``--streams`` and ``--vocabulary`` say.

    ``files``: YAML definitions, compiled definitions, or compiled contracts. ``vocabularies``: ``[MAP=]FILE``, as
    :func:`weftend.contracts.definitions.with_vocabulary` takes them; they go to the definitions given, or to the
    shipped ones that take such names when none is. :class:`WeftendError` with ``STREAM_INVALID`` for what is none.
    """
    from weftend.contracts import definitions
    from weftend.contracts.vocabularies import maps_named

    found = [definition for path in files for definition in definitions.from_file(path, shipped)]
    registered = found or shipped["streams"]
    for vocabulary in vocabularies:
        name, _, file = vocabulary.rpartition("=")
        named = {name} if name else maps_named(Path(file))
        fitting = [item for item in registered if _takes(definitions.registered(item), named)]
        if not fitting:
            message = f"no stream takes registered names in {', '.join(sorted(named)) or 'any map'}"
            raise WeftendError(Issue(Code.STREAM_INVALID, f"{Path(file).name}#", message))
        registered = [
            definitions.with_vocabulary(item, vocabulary) if item in fitting else item for item in registered
        ]
    return registered if found else [item for item in registered if item not in shipped["streams"]]


def _takes(maps: dict[str, str], named: set[str]) -> bool:
    return bool(maps) and named <= maps.keys()
