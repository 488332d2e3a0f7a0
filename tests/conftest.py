"""One test body, two implementations: what holds of canonical JSON holds of the core and of the reference."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

import pytest


@dataclass(frozen=True)
class Implementation:
    """The five functions, from whichever side."""

    name: str
    canonicalize: Callable[[object], bytes]
    canonicalize_text: Callable[[bytes | str], bytes]
    is_canonical: Callable[[bytes], bool]
    digest: Callable[[object], str]
    digest_text: Callable[[bytes | str], str]

    @classmethod
    def of(cls, name: str, module: str) -> "Implementation":
        found = import_module(module)
        functions = ("canonicalize", "canonicalize_text", "is_canonical", "digest", "digest_text")
        return cls(name, *(getattr(found, function) for function in functions))


MODULES = {"core": "weftend", "reference": "weftend.reference"}


@pytest.fixture(params=sorted(MODULES), scope="session")
def implementation(request: pytest.FixtureRequest) -> Implementation:
    """The core's facade, then the reference."""
    return Implementation.of(request.param, MODULES[request.param])
