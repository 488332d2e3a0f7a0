"""Digests over canonical JSON: ``sha256:`` and 64 lower-case hexadecimal digits (FIPS 180-4)."""

from __future__ import annotations

import hashlib

from weftend.reference.canonical import canonicalize, canonicalize_text


def digest(value: object) -> str:
    """The digest of a Python value's canonical JSON; refused like :func:`canonicalize`."""
    return digest_bytes(canonicalize(value))


def digest_text(text: bytes | str) -> str:
    """The digest of a JSON text's canonical form; refused like :func:`canonicalize_text`."""
    return digest_bytes(canonicalize_text(text))


def digest_bytes(data: bytes) -> str:
    """The digest of bytes that are canonical already; no newline belongs to them."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
