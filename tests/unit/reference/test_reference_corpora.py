"""Texts and vectors that nobody on this project wrote: JSONTestSuite and the RFC 8785 samples.

They are taken from the folder that WEFTEND_CORPORA names, and skipped loudly without it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from weftend.errors import CanonicalizationError, Code

I_JSON_RULES = {
    Code.CANON_BOM,
    Code.CANON_DEPTH,
    Code.CANON_DUPLICATE_NAME,
    Code.CANON_NUMBER_NOT_FINITE,
    Code.CANON_NUMBER_RANGE,
    Code.CANON_SURROGATE,
    Code.CANON_UTF8,
}
"""Why a text that is JSON may still be refused."""
REFUSED_THOUGH_JSON = {
    "y_object_duplicated_key.json": Code.CANON_DUPLICATE_NAME,
    "y_object_duplicated_key_and_value.json": Code.CANON_DUPLICATE_NAME,
}


@pytest.fixture
def json_corpora() -> Path:
    folder = os.environ.get("WEFTEND_CORPORA")
    if not folder:
        pytest.skip("WEFTEND_CORPORA IS NOT SET: no text of other hands was tried")
    return Path(folder) / "json"


def outcomes(implementation, folder: Path, prefix: str) -> dict[str, str | None]:
    """File name → the code of its refusal, or None where it was accepted."""
    return {path.name: refusal(implementation, path) for path in sorted(folder.glob(f"{prefix}*.json"))}


def refusal(implementation, path: Path) -> str | None:
    text = path.read_bytes()
    try:
        form = implementation.canonicalize_text(text)
    except CanonicalizationError as refused:
        return code_of(refused, text)
    assert implementation.is_canonical(form)
    return None


def code_of(refused: CanonicalizationError, text: bytes) -> str:
    """The code, once the place is seen to be one."""
    assert isinstance(refused.place, int)
    assert 0 <= refused.place <= len(text)
    return refused.code


def test_what_must_parse_is_accepted_but_for_i_json_rules(implementation, json_corpora):
    found = outcomes(implementation, json_corpora / "parsing", "y_")
    assert len(found) > 90
    assert {name: code for name, code in found.items() if code is not None} == REFUSED_THOUGH_JSON


def test_what_must_not_parse_is_refused(implementation, json_corpora):
    found = outcomes(implementation, json_corpora / "parsing", "n_")
    assert len(found) > 180
    assert [name for name, code in found.items() if code is None] == []


def test_what_may_parse_is_refused_by_an_i_json_rule_only(implementation, json_corpora):
    found = outcomes(implementation, json_corpora / "parsing", "i_")
    assert len(found) > 30
    assert set(found.values()) - I_JSON_RULES - {None} == set()


def test_the_samples_of_rfc_8785_agree(implementation, json_corpora):
    inputs = sorted((json_corpora / "jcs" / "input").iterdir())
    assert len(inputs) >= 6
    for source in inputs:
        form = implementation.canonicalize_text(source.read_bytes())
        assert (
            form.hex(" ").split() == (json_corpora / "jcs/outhex" / f"{source.stem}.txt").read_text().split()
        )
        assert form == (json_corpora / "jcs/output" / source.name).read_bytes().rstrip(b"\n")
