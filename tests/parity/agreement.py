"""What parity means: equal bytes, or equal (code, place); and how long the search for a difference goes on.

``WEFTEND_PARITY_EXAMPLES`` sets the number of examples for each test; the default takes well under a minute.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings

import weftend
from weftend import reference
from weftend.errors import CanonicalizationError

EXAMPLES = int(os.environ.get("WEFTEND_PARITY_EXAMPLES", "200"))

searched = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""The decorator of a parity test."""
searched_long = settings(searched, max_examples=5 * EXAMPLES)
"""For tests of small inputs, which cost little."""


def outcome(call: Callable[[Any], object], argument: object) -> object:
    """The result, or (code, place); any other exception is a defect and goes on up."""
    try:
        return call(argument)
    except CanonicalizationError as refused:
        return (str(refused.code), refused.place)


def agree_on_value(value: object) -> object:
    """The outcome of canonicalising a value, which both sides have in common."""
    found = outcome(weftend.canonicalize, value)
    assert found == outcome(reference.canonicalize, value)
    assert outcome(weftend.digest, value) == outcome(reference.digest, value)
    if isinstance(found, bytes):
        assert agree_on_text(found) == found
        assert weftend.is_canonical(found)
    return found


def agree_on_text(text: bytes | str) -> object:
    """The outcome of canonicalising a text, which both sides have in common."""
    found = outcome(weftend.canonicalize_text, text)
    assert found == outcome(reference.canonicalize_text, text)
    assert outcome(weftend.digest_text, text) == outcome(reference.digest_text, text)
    if isinstance(text, bytes):
        assert weftend.is_canonical(text) == reference.is_canonical(text) == (text == found)
    return found
