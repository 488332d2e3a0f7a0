"""The floor in force: the greatest of what the code, the stream, the organisation and the caller ask for."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from weftend.errors import Code, Issue, WeftendError
from weftend.policy.organisation import GREATEST_FLOOR, Organisation, policies

CODE_LEAST: Final = 5
"""No floor is below this many units, whatever anybody says."""


class Floor(NamedTuple):
    """A floor, in units, and how far down it could go."""

    k: int
    """What holds for this run."""
    least: int
    """The least that may be asked for here."""
    least_from: str
    """Who sets that least, in words for people."""


def floor_of(definition: dict[str, Any], asked: int | None) -> Floor:
    """The floor in force for one stream.

    Args:
        definition: the stream's compiled definition; its ``floor`` has ``default`` and ``least``.
        asked: what the caller asks for, in units; ``None`` takes the stream's default.

    Raises:
        WeftendError: ``FLOOR_TOO_LOW`` when less is asked for than anybody's least, ``USAGE`` above
            1,000,000, ``POLICY_INVALID`` for an organisation's policy that cannot be read.
    """
    return effective(definition["floor"]["default"], definition["floor"]["least"], policies(), asked)


def effective(default: int, stream_least: int, organisations: list[Organisation], asked: int | None) -> Floor:
    """As :func:`floor_of`, from the numbers themselves."""
    asks = [(CODE_LEAST, "WeftEnd itself"), (stream_least, "the stream")]
    asks += [(item.minimum_floor or 0, f"the policy file {item.source}") for item in organisations]
    least, who = max(asks, key=lambda ask: ask[0])
    if asked is None:
        return Floor(max(default, least), least, who)
    if asked < least:
        message = f"{asked} is below {least}, the least floor here, which {who} sets"
        raise WeftendError(Issue(Code.FLOOR_TOO_LOW, "argv#--k", message))
    if asked > GREATEST_FLOOR:
        raise WeftendError(Issue(Code.USAGE, "argv#--k", f"{asked} is above {GREATEST_FLOOR}"))
    return Floor(asked, least, who)
