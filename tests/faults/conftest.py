"""Where fault tests put their files: in memory where there is such a disk, since they sync a thousand times."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")  # noqa: S108  (a fresh folder is made in it)


@pytest.fixture(scope="module")
def new_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Path]]:
    """Makes empty folders that go when the module's tests are done."""
    parent = MEMORY if os.access(MEMORY, os.W_OK) else tmp_path_factory.mktemp("faults")
    with tempfile.TemporaryDirectory(dir=parent, prefix="weftend-") as folder:
        yield lambda: Path(tempfile.mkdtemp(dir=folder))
