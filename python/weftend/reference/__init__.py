"""The same functions once more in standard-library Python: the independent verifier.

Nothing here shares code with the core, and nothing is done for speed: it is written to be read beside the
RFCs it cites. For equal input it gives equal bytes, or an error with equal code and place.
"""

from __future__ import annotations

from weftend.reference.canonical import canonicalize, canonicalize_text, is_canonical
from weftend.reference.digest import digest, digest_text

__all__ = ["canonicalize", "canonicalize_text", "digest", "digest_text", "is_canonical"]
