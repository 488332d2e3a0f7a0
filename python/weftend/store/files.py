"""Files that appear whole or not at all, readable by their owner alone.

A file is replaced in two steps, so that a full disk is met before anything else was changed: reserving
takes the room under a hidden name, publishing fills it, syncs it and gives it its name. What is reserved
holds zeros until then: a snapshot that was never released must not lie about on disk.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from weftend.errors import Code, Issue, WeftendError

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
_NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)

_NO_SUCH_CALL: Final = (None, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS)
"""How systems say that they cannot reserve room in this file system; ``None``: Python has no such function."""


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the system says about writing ``path`` into ``OUTPUT_UNWRITABLE``."""
    try:
        yield
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise WeftendError(Issue(Code.OUTPUT_UNWRITABLE, f"{path}#", message)) from error


def make_folder(path: Path) -> None:
    """Make ``path`` and the folders above it that are missing, mode 0700; one that is there keeps its mode.

    Raises:
        WeftendError: ``OUTPUT_UNWRITABLE``, also when something that is no folder has the name.
    """
    with writing(path):
        missing = []
        while not path.is_dir():
            missing.append(path)
            if path.parent == path:
                break
            path = path.parent
        for folder in reversed(missing):
            folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
            sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable, where the system can (POSIX)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_bounded(path: Path, limit: int) -> bytes | None:
    """The bytes of the regular file ``path``, or ``None`` when there is none; nothing is followed or created.

    Args:
        path: the file; a symbolic link is refused.
        limit: the most bytes it may hold.

    Raises:
        WeftendError: ``INPUT_SYMLINK``, ``INPUT_TOO_LARGE`` or ``INPUT_UNREADABLE``.
    """
    try:
        if path.is_symlink():
            raise WeftendError(Issue(Code.INPUT_SYMLINK, f"{path}#", "a symbolic link is not followed"))
        descriptor = os.open(path, os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_NONBLOCK", 0))
        try:
            return _read(descriptor, path, limit)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        return None
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise WeftendError(Issue(Code.INPUT_UNREADABLE, f"{path}#", message)) from error


def _read(descriptor: int, path: Path, limit: int) -> bytes:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise WeftendError(Issue(Code.INPUT_UNREADABLE, f"{path}#", "not a regular file"))
    parts, left = [], limit + 1
    while left > 0 and (part := os.read(descriptor, left)):
        parts.append(part)
        left -= len(part)
    if left == 0:
        raise WeftendError(Issue(Code.INPUT_TOO_LARGE, f"{path}#", f"more than {limit} bytes"))
    return b"".join(parts)


class Reserved:
    """Room for the next content of one file; leaving the ``with`` block unpublished gives the room back."""

    def __init__(self, target: Path, size: int, owner: str = "") -> None:
        """Take ``size`` bytes beside ``target`` under a hidden name.

        Args:
            target: the file to replace; a link of that name is replaced, not followed.
            size: bytes to reserve; what is published should not be longer.
            owner: tells writers apart that hold different locks but replace the same file. What an earlier
                run of the same owner left behind when it was killed is removed here.

        Raises:
            WeftendError: ``OUTPUT_UNWRITABLE``; nothing is left behind.
        """
        self._target = target
        self._hidden = _hidden(target, owner)
        self._descriptor: int | None = None
        with writing(target):
            self._hidden.unlink(missing_ok=True)
            self._descriptor = os.open(
                self._hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, FILE_MODE
            )
            try:
                _allocate(self._descriptor, size)
            except BaseException:
                self.discard()
                raise

    def publish(self, data: bytes) -> None:
        """Fill the room with ``data``, make it durable, and give it the file's name.

        Raises:
            WeftendError: ``OUTPUT_UNWRITABLE``; the earlier file is then still whole.
        """
        with writing(self._target):
            descriptor = self._descriptor
            if descriptor is None:
                raise OSError("already published or discarded")
            _write_all(descriptor, data)
            os.ftruncate(descriptor, len(data))
            os.fsync(descriptor)
            os.close(descriptor)
            self._descriptor = None
            os.replace(self._hidden, self._target)
            sync_folder(self._target.parent)

    def discard(self) -> None:
        """Give the room back; after :meth:`publish` this does nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        with contextlib.suppress(OSError):
            self._hidden.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()


def clear_leftover(target: Path, owner: str = "") -> None:
    """Remove what a killed run of the same owner reserved for ``target``, if anything.

    Raises:
        WeftendError: ``OUTPUT_UNWRITABLE``.
    """
    with writing(target):
        _hidden(target, owner).unlink(missing_ok=True)


def _hidden(target: Path, owner: str) -> Path:
    return target.with_name(f".{target.name}{owner and '.' + owner}.tmp")


def replace(target: Path, data: bytes, owner: str = "") -> None:
    """Replace ``target`` whole by ``data``; see :class:`Reserved`."""
    with Reserved(target, len(data), owner) as room:
        room.publish(data)


def _allocate(descriptor: int, size: int) -> None:
    """Take room on the disk now; where system or file system have no call for it, by writing zeros."""
    if size == 0:
        return
    try:
        os.posix_fallocate(descriptor, 0, size)
    except (AttributeError, OSError) as error:
        if getattr(error, "errno", None) not in _NO_SUCH_CALL:
            raise
        _write_all(descriptor, bytes(size))
        os.lseek(descriptor, 0, os.SEEK_SET)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
