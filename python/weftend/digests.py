"""SHA-256 digests of canonical JSON, written ``sha256:`` and 64 lower-case hexadecimal digits; by the core.

Not named ``digest``: importing a module of that name would hide the function ``weftend.digest``.
"""

from __future__ import annotations

from weftend._core import digest, digest_text

__all__ = ["digest", "digest_text"]
