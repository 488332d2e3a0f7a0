"""Private-by-construction telemetry for developer tools and CI."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weftend._core import __version__ as __version__
    from weftend.canonical import canonicalize as canonicalize
    from weftend.canonical import canonicalize_text as canonicalize_text
    from weftend.canonical import is_canonical as is_canonical
    from weftend.digests import digest as digest
    from weftend.digests import digest_text as digest_text
    from weftend.errors import CanonicalizationError as CanonicalizationError
    from weftend.recording import Producer as Producer
    from weftend.recording import counter as counter
    from weftend.recording import record_usage_event as record_usage_event

_HOME = {
    "__version__": "weftend._core",
    "CanonicalizationError": "weftend.errors",
    "Producer": "weftend.recording",
    "canonicalize": "weftend.canonical",
    "canonicalize_text": "weftend.canonical",
    "counter": "weftend.recording",
    "digest": "weftend.digests",
    "digest_text": "weftend.digests",
    "is_canonical": "weftend.canonical",
    "record_usage_event": "weftend.recording",
}
"""Where each public name lives. No module is named as a function is: importing it would hide the function."""

__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    """Import what is asked for when it is asked for (PEP 562), so that starting costs next to nothing."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Every public name, imported or not."""
    return sorted({*globals(), *_HOME})
