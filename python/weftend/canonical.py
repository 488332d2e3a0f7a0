"""Canonical JSON (RFC 8785) of values and of texts, by the core.

``weftend.reference`` has the same functions once more, with the same errors, in standard-library Python.
"""

from __future__ import annotations

from weftend._core import canonicalize, canonicalize_text, is_canonical
from weftend.errors import CanonicalizationError

__all__ = ["CanonicalizationError", "canonicalize", "canonicalize_text", "is_canonical"]
