"""What every model here shares: strict types, camelCase names, unknown fields refused."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

MAX_SAFE_INTEGER: Final = 2**53 - 1
"""The greatest integer a document holds; a double holds every integer up to it exactly."""

Digest = Annotated[
    str,
    StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$"),
    Field(description="SHA-256 over canonical bytes."),
]
StreamId = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)*\.v[0-9]{1,4}$", max_length=128)
]
MapName = Annotated[str, StringConstraints(pattern=r"^[a-z][A-Za-z0-9]{0,63}$")]


class Strict(BaseModel):
    """Strict types, unknown fields refused, values that do not change; field names are camelCase."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        validate_by_name=False,
        validate_by_alias=True,
    )
