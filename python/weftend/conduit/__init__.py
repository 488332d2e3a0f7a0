"""The release conduit: from a partial fold to chunks in a store and a snapshot that may leave.

The one mechanism for every stream and every home. :func:`preview` writes nothing; :func:`apply` commits to the
ledger first, then replaces the store, then the snapshot.
"""

from weftend.conduit.request import Dropped, Outcome, Release, Request, Status
from weftend.conduit.running import SNAPSHOT_NAME, admit, apply, has_news, preview

__all__ = [
    "SNAPSHOT_NAME",
    "Dropped",
    "Outcome",
    "Release",
    "Request",
    "Status",
    "admit",
    "apply",
    "has_news",
    "preview",
]
