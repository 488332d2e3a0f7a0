"""Digests: SHA-256 over canonical bytes, compared with hashlib."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import pytest

import weftend
from weftend import CanonicalizationError, canonicalize, digest, digest_text


def by_hashlib(canonical: bytes) -> str:
    return "sha256:" + hashlib.sha256(canonical).hexdigest()


@pytest.mark.parametrize("value", [None, {}, [1, 2.5, "é"], {"b": {"\U00010000": 1, "\ue000": 2}, "a": []}])
def test_a_digest_covers_the_canonical_bytes(value: object) -> None:
    assert digest(value) == by_hashlib(canonicalize(value))
    assert digest_text(canonicalize(value)) == digest(value)


def test_spelling_does_not_change_a_digest() -> None:
    expected = by_hashlib(b'{"a":[1,true],"b":"A"}')
    assert digest_text(b'{"a":[1,true],"b":"A"}') == expected
    assert digest_text(' { "b": "\\u0041",\n "a": [1.0, true] }\n') == expected
    assert digest_text(b'{"a":[1,true],"b":"B"}') != expected


def test_long_texts_are_hashed_whole() -> None:
    text = b"[" + b",".join(b'{"a":%d}' % number for number in range(20_000)) + b"]"
    assert digest_text(text) == by_hashlib(text)
    assert digest_text(b" " + text) == by_hashlib(text)


def test_refusals_are_those_of_canonical_json() -> None:
    with pytest.raises(CanonicalizationError) as caught:
        digest({"a": object()})
    assert (caught.value.code, caught.value.place) == ("CANON_TYPE", "/a")
    with pytest.raises(CanonicalizationError) as caught:
        digest_text(b"[1")
    assert (caught.value.code, caught.value.place) == ("CANON_TRUNCATED", 2)


@pytest.mark.parametrize("names", ["digest_text, digest", "canonicalize, digest, digest_text"])
def test_the_function_is_not_hidden_by_a_module(names: str) -> None:
    program = f"from weftend import {names}; import weftend, weftend.digests; print(weftend.digest([]))"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == weftend.digest([]) == by_hashlib(b"[]")
