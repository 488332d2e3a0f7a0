"""The contracts: stream definitions, vocabularies, event types and retention, compiled into one document."""

from weftend.contracts.loader import load, stream

__all__ = ["load", "stream"]
