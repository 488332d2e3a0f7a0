"""Why one document is not counted."""

from __future__ import annotations

from weftend.errors import CanonicalizationError, Code


class Refusal(Exception):
    """A code, and where in the document: a byte offset, ``line:N``, a JSON Pointer, or empty for all of it."""

    def __init__(self, code: str, place: str = "") -> None:
        super().__init__(code, place)
        self.code = str(code)
        self.place = place


def invalid(place: str = "") -> Refusal:
    """It does not hold what its format says."""
    return Refusal(Code.INPUT_INVALID, place)


def not_json(error: CanonicalizationError) -> Refusal:
    """It is no I-JSON text from some byte on."""
    return Refusal(error.code, str(error.place))
