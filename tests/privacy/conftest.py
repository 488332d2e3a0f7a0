"""One body, two implementations: what must hold of the disclosure rule holds of core and reference."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from adversary import Rule, View

from weftend import disclosure as core
from weftend.reference import disclosure as reference

IMPLEMENTATIONS = {"core": core.disclose, "reference": reference.disclose}


@pytest.fixture(params=sorted(IMPLEMENTATIONS))
def rule(request: pytest.FixtureRequest) -> Rule:
    """The disclosure rule as :mod:`adversary` calls it."""
    return as_rule(IMPLEMENTATIONS[request.param])


def as_rule(disclose: Callable[..., Any]) -> Rule:
    def view(kind: str, counts: Mapping[str, int], units: int, k: int, clamp: int) -> View:
        shown = disclose(kind, dict(counts), units=units, k=k, clamp=clamp)
        return tuple(shown.visible.items()), shown.complete

    return view
