"""Release folders for tests, from the generator that the documentation uses."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

_SOURCE = Path(__file__).parents[1] / "examples" / "release_folder.py"
_spec = importlib.util.spec_from_file_location("release_folder_example", _SOURCE)
assert _spec is not None
assert _spec.loader is not None
_example = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = _example  # dataclasses look their module up
_spec.loader.exec_module(_example)


def write(folder: Path, *, runs: int = 30, records: int = 20, pulses: int = 20, seed: int = 1) -> Path:
    """A small release folder; with more ``runs`` the same one, grown."""
    _example.write_release_folder(folder, runs=runs, records=records, pulses=pulses, copies=2, seed=seed)
    return folder
