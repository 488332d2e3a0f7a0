"""What fault tests need of the system, and how they say loudly that it is not there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

WEFTEND = [sys.executable, "-m", "weftend"]


def _works(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    return done.returncode == 0


def needs_strace() -> None:
    """Skip where system calls cannot be traced."""
    if not _works("strace", "-o", os.devnull, "true"):
        pytest.skip("LOUD: no strace that may trace here; the twin with an audit hook still runs")


def needs_own_mounts() -> None:
    """Skip where a process cannot have mounts of its own."""
    if not _works("unshare", "--mount", "--map-root-user", "true"):
        pytest.skip("LOUD: no unshare that may mount here; the twin without it still runs")


def with_mount(mount: str, command: list[str], **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run ``command`` in a mount namespace of its own, after the shell words ``mount``."""
    script = f'{mount} && exec "$@"'
    unshare = ["unshare", "--mount", "--map-root-user", "sh", "-c", script, "sh"]
    return subprocess.run(
        [*unshare, *command], capture_output=True, check=False, timeout=120, env=os.environ | environment
    )


def conduit_command(release: Path, *arguments: object) -> list[str]:
    """The command line over ``release`` with the least floor and JSON."""
    return [*WEFTEND, "telemetry-conduit", str(release), "--k", "5", "--json", *map(str, arguments)]
