"""Private-by-construction telemetry for developer tools and CI."""

from __future__ import annotations


def __getattr__(name: str) -> object:
    """Import what is asked for when it is asked for (PEP 562), so that starting costs next to nothing."""
    if name == "__version__":
        from weftend._core import __version__

        return __version__
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
