"""Plain readers of CI reports: the same contributions as the core's, from code that shares nothing with it.

One module for each format, over the standard library's parsers where they know the rules. Written to be read
beside ``docs/ci-formats.md``; slow, and whole files at a time. Private: what comes back is a partial fold.
"""

from __future__ import annotations

from weftend.reference.ci.reading import FORMATS, Document, Reading, read
from weftend.reference.ci.refusal import Refusal

__all__ = ["FORMATS", "Document", "Reading", "Refusal", "read"]
