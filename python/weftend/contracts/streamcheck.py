"""Whether the core takes a compiled definition: its bounds, and that its vocabularies fit its caps."""

from __future__ import annotations

from typing import Any

from weftend.canonical import canonicalize
from weftend.contracts.source import Source
from weftend.errors import WeftendError
from weftend.fold import Stream


def check(source: Source, definitions: list[dict[str, Any]]) -> None:
    """Every definition of the folder; issues go to ``source``, under the name of the stream's file."""
    for definition in definitions:
        try:
            Stream(canonicalize(definition))
        except WeftendError as error:
            source.take(error.issues, f"streams/{definition['streamId']}.yaml")
