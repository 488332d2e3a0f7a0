"""The tables of the local store and how long their rows stay, as people write them under ``contracts/db``."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from weftend.models.strict import Strict

MAX_DAYS: Final = 3_650

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class Column(Strict):
    """One column; a missing scalar is NULL unless ``required``."""

    type: Literal["TEXT", "INTEGER", "REAL"]
    required: bool = False
    sensitivity: Annotated[Literal["S0", "S1", "S2", "S3"] | None, Field(alias="class")] = None


class Table(Strict):
    """One table: its columns in their order, its key, what is unique, and the parent its rows go with.

    ``key`` is the primary key: ``id``, an INTEGER that need not be listed, or columns. A table with a ``parent``
    has a column ``run_id`` (or what ``parentColumn`` says) that references the parent's key and cascades.
    """

    about: Annotated[str, StringConstraints(min_length=1, max_length=600)]
    database: Literal["local", "content"] = "local"
    key: Annotated[list[Identifier], Field(default_factory=lambda: ["id"], min_length=1, max_length=8)]
    parent: Identifier | None = None
    parent_column: Identifier = "run_id"
    columns: Annotated[dict[Identifier, Column], Field(min_length=1, max_length=64)]
    unique: Annotated[list[list[Identifier]], Field(default_factory=list, max_length=8)]


class Tables(Strict):
    """``db/tables.yaml``."""

    tables: Annotated[dict[Identifier, Table], Field(max_length=128)]


class Rule(Strict):
    """When rows of one table go.

    ``days``: ``timeColumn`` (RFC 3339 text) is more than ``days`` days ago. ``ms_days``: the same for an INTEGER
    of Unix milliseconds. ``expires_lt_now``: ``timeColumn`` has passed; without it the row stays. ``manual``: only
    when a person says so. ``keep_forever``: never.
    """

    kind: Literal["days", "ms_days", "expires_lt_now", "manual", "keep_forever"]
    days: Annotated[int, Field(ge=1, le=MAX_DAYS)] | None = None
    time_column: Identifier | None = None

    @model_validator(mode="after")
    def _what_the_kind_needs(self) -> Self:
        if (self.days is not None) != (self.kind in ("days", "ms_days")):
            raise ValueError("days belongs to the kinds days and ms_days, and they need it")
        if (self.time_column is not None) != (self.kind in ("days", "ms_days", "expires_lt_now")):
            raise ValueError("timeColumn belongs to the kinds that look at a time, and they need it")
        return self


class RetentionPolicy(Strict):
    """``db/retention-policy.yaml``: one rule per table that has no parent."""

    rules: Annotated[dict[Identifier, Rule], Field(max_length=128)]
