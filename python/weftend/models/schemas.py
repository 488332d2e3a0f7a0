"""JSON Schemas (2020-12) of the conduit documents and of stream definitions, generated from the models.

What a schema cannot say (sorted lists, windows that fit, floors that agree) stands in the models' docstrings.
"""

from __future__ import annotations

import json
from typing import Any, Final

from weftend.models import documents
from weftend.models.streams import StreamDefinition
from weftend.models.strict import Strict

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

SCHEMAS: Final[dict[str, type[Strict]]] = {
    "telemetry-aggregate.v0": documents.TelemetryAggregateV0,
    "telemetry-chunk.v0": documents.TelemetryChunkV0,
    "telemetry-journal.v0": documents.TelemetryJournalV0,
    "telemetry-conduit-store.v0": documents.TelemetryConduitStoreV0,
    "telemetry-conduit-snapshot.v0": documents.TelemetryConduitSnapshotV0,
    "stream-definition.v0": StreamDefinition,
}
"""The models by the stem of their schema file."""


def files() -> dict[str, str]:
    """File name → text of every schema; deterministic, so that a difference on disk is drift."""
    return {f"{stem}.schema.json": text(stem, model) for stem, model in SCHEMAS.items()}


def text(stem: str, model: type[Strict]) -> str:
    """One schema, indented, with a newline at its end."""
    schema = {"$schema": DIALECT, "$id": f"urn:weftend:schema:{stem}"} | model.model_json_schema(
        by_alias=True
    )
    return json.dumps(_closed(schema), indent=2, ensure_ascii=False) + "\n"


def _closed(node: Any) -> Any:
    """``node`` without generated titles, and with maps that refuse names outside their pattern."""
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        name: _closed(item) for name, item in node.items() if not (name == "title" and isinstance(item, str))
    }
    if "patternProperties" in kept:
        kept.setdefault("additionalProperties", False)
    if isinstance(kept.get("description"), str):
        kept["description"] = " ".join(kept["description"].replace("``", "").split())
    return kept
