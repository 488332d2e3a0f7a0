"""Readers: folders and files that other tools wrote, turned into partial folds.

A reading is whole or refused: everything that is wrong is one :class:`~weftend.errors.WeftendError` with its
places, and then nothing is returned. What comes back is private; only a release makes something of it that may
leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike, fspath
from typing import Final, NamedTuple

from weftend import _core
from weftend.fold import Partial

__all__ = ["RELEASE_MAPS", "RELEASE_REFS", "ReleaseCounts", "ReleaseReading", "read_release"]

RELEASE_MAPS: Final = ("capDenies", "reasonFamilies", "tartarusKinds")
"""The maps that a release folder contributes to."""

RELEASE_REFS: Final = ("evidenceRefs", "tartarusRefs")
"""The ref lists that a release folder contributes to."""


class ReleaseCounts(NamedTuple):
    """How many observations of each kind."""

    tartarus: int
    """Records: lines of ``tartarus.jsonl``."""
    pulses: int
    """Pulses of kind ``CAP_DENY``."""
    runs: int
    """Run folders."""


class ReleaseReading(NamedTuple):
    """A release folder, read whole."""

    release_id: str
    """``releaseId`` of the manifest: checked, the digest of its body."""
    path_digest: str
    """``manifestBody.pathDigest``: ``sha256:`` and 64 hexadecimal digits."""
    partial: Partial
    """The observations, each once, under their digests. Private."""
    seen: ReleaseCounts
    """Observations that were read, copies included."""
    copies: ReleaseCounts
    """Those of them that were copies of another and so were not counted again."""
    links: int
    """Symbolic links below ``receipts/`` that were passed by."""


def read_release(folder: str | PathLike[str], channels: Sequence[str] = RELEASE_MAPS) -> ReleaseReading:
    """Read a WeftEnd release folder into a partial fold.

    Args:
        folder: the release folder. Links on the way to it are followed, links in it never are.
        channels: the channels of the fold, in their order: any of :data:`RELEASE_MAPS` and
            :data:`RELEASE_REFS`; what belongs to none of them is left out.

    Returns:
        The reading; the same folder gives the same bytes of the same partial.

    Raises:
        WeftendError: all that is wrong with the folder, each issue with ``file#place`` relative to it; exit
            status 2. No issue holds what a field says. Codes: ``INPUT_NOT_FOUND``, ``INPUT_INVALID``,
            ``INPUT_SYMLINK``, ``INPUT_TOO_LARGE``, ``INPUT_UNREADABLE`` and the ``CANON_*`` of text.
    """
    release_id, path_digest, partial, seen, copies, links = _core.read_release(fspath(folder), list(channels))
    return ReleaseReading(
        release_id, path_digest, partial, ReleaseCounts(*seen), ReleaseCounts(*copies), links
    )
