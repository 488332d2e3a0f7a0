"""The contracts: stream definitions, vocabularies, event types and retention, compiled into one document."""

from weftend.contracts.loader import active, load, read, stream

__all__ = ["active", "load", "read", "stream"]
