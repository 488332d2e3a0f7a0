"""Reading a conduit document from a JSON value: the model, or every violation at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from weftend.errors import Code, Issue, IssueList, WeftendError
from weftend.models import documents, relations
from weftend.models.strict import Strict
from weftend.models.violations import pointer

D = TypeVar("D", bound=Strict)

CODES: Final = {
    "ttlSeconds": Code.TELEMETRY_TTL_INVALID,
    "windowStartTick": Code.TELEMETRY_TICK_INVALID,
    "windowEndTick": Code.TELEMETRY_TICK_INVALID,
    "updatedAtTick": Code.TELEMETRY_TICK_INVALID,
}
"""The code of a violation by the field it is in; any other is ``TELEMETRY_SCHEMA_INVALID``."""


def _unrelated(_value: object, _at: str) -> Iterator[Issue]:
    return iter(())


_RELATIONS: Final[dict[type[Strict], Callable[[object, str], Iterator[Issue]]]] = {
    documents.TelemetryAggregateV0: relations.of_aggregate,
    documents.TelemetryChunkV0: relations.of_chunk,
    documents.TelemetryConduitStoreV0: relations.of_chunks,
    documents.TelemetryConduitSnapshotV0: relations.of_chunks,
}


def read(model: type[D], value: object, file: str = "") -> D:
    """``value`` as the document ``model``.

    :class:`WeftendError` (exit status 2) with every violation: unknown and missing fields, wrong types,
    broken bounds, and what disagrees within a chunk. ``file`` stands before the ``#`` of each issue's path.
    """
    related = _RELATIONS.get(model, _unrelated)(value, "")
    found = [Issue(issue.code, f"{file}#{issue.path}", issue.message) for issue in related]
    try:
        document = model.model_validate(value)
    except ValidationError as error:
        raise WeftendError(IssueList.of(chain(found, _issues(error, file)))) from None
    if found:
        raise WeftendError(IssueList.of(found))
    return document


def dump(document: Strict) -> dict[str, Any]:
    """The JSON value of ``document``: exactly the fields it was given, under their camelCase names."""
    return document.model_dump(by_alias=True, exclude_unset=True)


def _issues(error: ValidationError, file: str) -> Iterator[Issue]:
    for item in error.errors(include_url=False, include_context=False, include_input=False):
        yield Issue(_code(item["type"], item["loc"]), f"{file}#{pointer(item['loc'])}", item["msg"])


def _code(kind: str, place: tuple[str | int, ...]) -> Code:
    if kind == "too_long":
        return Code.TELEMETRY_BUDGET_EXCEEDED
    if place and kind not in ("missing", "extra_forbidden"):
        return CODES.get(str(place[-1]), Code.TELEMETRY_SCHEMA_INVALID)
    return Code.TELEMETRY_SCHEMA_INVALID
