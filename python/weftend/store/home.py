"""Where state lives: a home is a folder with one ledger and the conduit stores that it guards."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from weftend.errors import Code, Issue, WeftendError
from weftend.store.files import FILE_MODE, make_folder, writing

VARIABLE: Final = "WEFTEND_HOME"
"""Names the home of whoever names none on the command line."""
LEDGER_NAME: Final = "telemetry_conduit_ledger.sqlite3"
STORE_NAME: Final = "telemetry_conduit.json"
LOCK_NAME: Final = "telemetry_conduit_ledger.lock"
LOCK_SECONDS: Final = 10.0
"""How long a run waits for another one that holds the home."""


class Home(NamedTuple):
    """One home; making the value touches no disk."""

    folder: Path
    """Holds the ledger and the lock."""
    flat: bool
    """A release folder's home has its one store beside the ledger; any other has a folder per stream."""

    @property
    def ledger(self) -> Path:
        """The SQLite file with the identities of consumed units."""
        return self.folder / LEDGER_NAME

    def store(self, stream_id: str) -> Path:
        """The conduit store of one stream."""
        return self.folder / STORE_NAME if self.flat else self.folder / "conduit" / stream_id / STORE_NAME


def release_home(release: Path) -> Home:
    """The home that a release folder is for itself: its ``receipts`` folder.

    Raises:
        WeftendError: ``INPUT_SYMLINK`` when ``receipts`` is a link, which could lead anywhere.
    """
    receipts = release / "receipts"
    if receipts.is_symlink():
        raise WeftendError(Issue(Code.INPUT_SYMLINK, f"{receipts}#", "a symbolic link is not followed"))
    return Home(receipts, flat=True)


def state_home(chosen: Path | None = None) -> Home:
    """The home that was asked for, else ``WEFTEND_HOME``, else the platform's user data folder."""
    if chosen is not None:
        return Home(chosen, flat=False)
    if named := os.environ.get(VARIABLE):
        return Home(Path(named), flat=False)
    from platformdirs import user_data_path

    return Home(user_data_path("weftend", appauthor=False), flat=False)


@contextlib.contextmanager
def locked(home: Home, seconds: float | None = None) -> Iterator[str]:
    """Hold the home against other runs that apply; made (mode 0700) when it is not there yet.

    Args:
        home: the home.
        seconds: how long to wait for another run; :data:`LOCK_SECONDS` when ``None``.

    Yields:
        A short name of this home on this machine, which tells its leftovers from those of other homes.

    Raises:
        WeftendError: ``HOME_BUSY`` when another run held it for ``seconds``; ``OUTPUT_UNWRITABLE``.
    """
    from filelock import FileLock, Timeout

    seconds = LOCK_SECONDS if seconds is None else seconds
    make_folder(home.folder)
    path = home.folder / LOCK_NAME
    lock = FileLock(path, timeout=seconds, mode=FILE_MODE)
    with writing(path):
        try:
            lock.acquire()
        except Timeout as error:
            message = f"another run has held this home for {seconds:g} seconds; try again when it is done"
            raise WeftendError(Issue(Code.HOME_BUSY, f"{home.folder}#", message)) from error
    try:
        yield f"{path.stat().st_ino:x}"
    finally:
        lock.release()
