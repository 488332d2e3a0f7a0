"""The real inputs: a folder that ``WEFTEND_CORPORA`` names; without it these tests skip, and say so."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of the corpora."""
    named = os.environ.get("WEFTEND_CORPORA")
    if not named:
        pytest.skip("WEFTEND_CORPORA is not set: real inputs were NOT tried")
    folder = Path(named)
    assert folder.is_dir(), f"WEFTEND_CORPORA names no folder: {folder}"
    return folder


@pytest.fixture
def release_folder(corpora: Path, tmp_path: Path) -> Path:
    """The real release with the real runs below its ``receipts/``, in a folder that may be written."""
    folder = tmp_path / "release"
    shutil.copytree(corpora / "weftend" / "release_demo", folder, copy_function=shutil.copyfile)
    shutil.copytree(
        corpora / "weftend" / "out-roots", folder / "receipts" / "runs", copy_function=shutil.copyfile
    )
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder
