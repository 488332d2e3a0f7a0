"""Core and reference agree on which names may be released: the core by taking a definition that registers them."""

from __future__ import annotations

from typing import Any

import pytest
from agreement import searched_long
from hypothesis import given
from hypothesis import strategies as st
from small_streams import load

from weftend.errors import WeftendError
from weftend.models.streams import RESERVED_KEYS
from weftend.reference import privacy

PIECES = [
    *"/\\~@.:%-_=\"'([{<,;|01aFgZ",
    *(
        "::",
        "://",
        "//",
        "\\\\",
        "www.",
        "WWW.",
        "http",
        "C:",
        "10.0.0.1",
        "255",
        "256.1",
        "fe80",
        "::1",
        "1.2.3.",
    ),
    *(
        "ada",
        "example.org",
        ".co",
        ".c-d",
        "home",
        "%2F",
        "%2f",
        "%40",
        "%3A",
        "%25",
        "%E2%82%AC",
        "%ff",
        "%1c",
    ),
    *("token", "Secret", "created", "At", "user_id", "-", "ip", "Class::name", "::add"),
]
names = st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map("".join) | st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40
)


def refusals(name: str) -> list[str]:
    """What the core says of a definition that registers the name, without where."""
    vocabulary = {"type": "registered", "grammar": "test-id", "keys": [name]}
    item: dict[str, Any] = {"name": "m", "kind": "set", "clamp": 1, "fold": "none", "vocabulary": vocabulary}
    try:
        load(maps=[item])
    except WeftendError as error:
        return [issue.message for issue in error.issues.issues]
    return []


@searched_long
@given(names)
def test_names(name: str) -> None:
    reserved = ["is not a name under the grammar"] * (name in RESERVED_KEYS)
    assert refusals(name) == reserved + [message for _, message in privacy.name_findings(name)]


@pytest.mark.parametrize("name", RESERVED_KEYS)
def test_the_buckets_that_every_map_has(name: str) -> None:
    assert refusals(name) == ["is not a name under the grammar"]


@pytest.mark.parametrize("name", sorted(privacy.FORBIDDEN_NAMES | privacy.TIMESTAMP_NAMES))
def test_each_name_of_the_lists(name: str) -> None:
    assert refusals(name) == [message for _, message in privacy.name_findings(name)] != []


@pytest.mark.parametrize("looks", ["a URL", "an e-mail address", "an IP address", "an absolute path"])
def test_the_search_reaches_each_kind_of_address(looks: str) -> None:
    from test_reach import reaches

    assert reaches(
        names, lambda name: f"looks like {looks}" in [text for _, text in privacy.name_findings(name)]
    )
