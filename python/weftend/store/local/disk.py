"""The files of recorded usage on this machine: permissions, room, and what waits on the spool."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from weftend.errors import Code
from weftend.store.content import CONTENT
from weftend.store.files import FOLDER_MODE
from weftend.store.home import LEDGER_NAME, VARIABLE
from weftend.store.local.database import LOCAL
from weftend.store.local.diagnosis import Health, Problem, quoted
from weftend.store.local.ingest import SEGMENT_SUFFIX, TORN_FOLDER
from weftend.store.local.opening import SPOOL

SPOOL_BYTES: Final = 64 * 1024 * 1024
"""The bound of the spool, in bytes; a backlog over half of it is said to be a problem."""
ROOM_BYTES: Final = 1024 * 1024
"""Free bytes under which recording is not to be relied on."""
FILES: Final = (LOCAL.file_name, CONTENT.file_name, LEDGER_NAME)


def look(health: Health, home: Path) -> None:
    """Add to ``health`` what is to be said of the files of ``home``."""
    _files(health, home)
    _room(health, home)
    _spool(health, home / SPOOL)


def _files(health: Health, home: Path) -> None:
    for path in (home, *(home / name for name in FILES), home / SPOOL):
        try:
            status = path.lstat()
        except OSError:
            continue
        mode = stat.S_IMODE(status.st_mode)
        health.files.append({"path": str(path), "bytes": status.st_size, "permissions": f"{mode:04o}"})
        if mode & 0o077 and os.name == "posix" and path != home:
            message = f"permissions {mode:04o} let others in"
            health.problems.append(
                Problem(Code.FILE_NOT_PRIVATE, str(path), message, f"chmod go= {quoted(path)}")
            )
        if not os.access(path, os.W_OK):
            message = "cannot be written, so nothing is recorded"
            command = _elsewhere() if _is_read_only(path) else f"chmod u+w {quoted(path)}"
            health.problems.append(Problem(Code.FILE_UNWRITABLE, str(path), message, command))


def _room(health: Health, home: Path) -> None:
    """Whether anything could be recorded: a folder that is there, or can be made, with room in it."""
    ours = (home / SPOOL, home)
    place = next(path for path in (*ours, *home.absolute().parents) if os.path.lexists(path))
    if not place.is_dir():
        message = "is no folder, so nothing is recorded"
        health.problems.append(
            Problem(Code.FILE_UNWRITABLE, str(place), message, f"mv {quoted(place)} {quoted(place)}.old")
        )
    elif place not in ours and not os.access(place, os.W_OK):
        message = f"{home} cannot be made in it, so nothing is recorded"
        in_place = f'sudo install -d -m {FOLDER_MODE:o} -o "$(id -u)" -g "$(id -g)" {quoted(home)}'
        command = _elsewhere() if _is_named(home) or _is_read_only(place) else in_place
        health.problems.append(Problem(Code.FILE_UNWRITABLE, str(place), message, command))
    elif hasattr(os, "statvfs"):
        status = os.statvfs(place)
        free = status.f_bavail * status.f_frsize
        if free < ROOM_BYTES:
            message = f"{free} bytes are left, so what is recorded may be lost"
            command = f"df {quoted(place)}, to see the disk that needs room; then: weftend db prune-apply"
            health.problems.append(Problem(Code.DISK_FULL, str(place), message, command))


def _is_named(home: Path) -> bool:
    """Whether the home is the one that the environment names, and not one that the command line does."""
    named = os.environ.get(VARIABLE)
    return named is not None and Path(named) == home


def _is_read_only(path: Path) -> bool:
    """Whether the file system is, so that no permission of a file helps."""
    return hasattr(os, "statvfs") and bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def _elsewhere() -> str:
    """Takes another home: the usual one where one was named, else one that is there for a while."""
    if os.environ.get(VARIABLE):
        return f"unset {VARIABLE}"
    return f"export {VARIABLE}={quoted(Path(tempfile.gettempdir()) / 'weftend')}"


def _spool(health: Health, spool: Path) -> None:
    segments = list(_segment_sizes(spool))
    size = sum(segments)
    torn = sum(1 for _path in _listed(spool / TORN_FOLDER))
    health.spool = {"segments": len(segments), "bytes": size, "torn": torn}
    if size > SPOOL_BYTES // 2:
        message = f"{size} bytes wait; over {SPOOL_BYTES} the oldest are dropped"
        health.problems.append(Problem(Code.SPOOL_BACKLOG, str(spool), message, "weftend ingest"))
    if torn:
        message = f"{torn} segments ended in the middle of a line and were set aside"
        health.problems.append(
            Problem(
                Code.SPOOL_LINE_TORN,
                str(spool / TORN_FOLDER),
                message,
                f"rm -r {quoted(spool / TORN_FOLDER)}",
            )
        )


def _segment_sizes(spool: Path) -> Iterator[int]:
    """The bytes of each segment that an ingest would take; one may go while this looks."""
    for path in _listed(spool):
        with contextlib.suppress(OSError):
            status = path.lstat()
            if path.suffix == SEGMENT_SUFFIX and stat.S_ISREG(status.st_mode):
                yield status.st_size


def _listed(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(folder.iterdir())
    except OSError:
        return
