"""Commands that no configuration of this machine reaches."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No home, no policy, and a terminal as wide as tables are here."""
    for name in ("WEFTEND_POLICY", "WEFTEND_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "etc"))
    monkeypatch.setenv("COLUMNS", "120")
