"""The vectors in tests/vectors, read by both implementations (and by the Rust tests)."""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from weftend.errors import CanonicalizationError, Code

VECTORS = Path(__file__).parents[2] / "vectors"
VALUE_ONLY = {Code.CANON_CYCLE, Code.CANON_KEY_TYPE, Code.CANON_TYPE}
"""Codes that no text can bring about; test_reference_values has them."""


def entries(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(name)]


def rows(name: str) -> list[tuple[str, str]]:
    pairs = [line.split("\t") for line in lines(name)]
    return [(left, right) for left, right in pairs]


def lines(name: str) -> list[str]:
    return (VECTORS / name).read_text(encoding="ascii").splitlines()


def outcome(call: Any, argument: object) -> object:
    """The result, or (code, place)."""
    try:
        return call(argument)
    except CanonicalizationError as error:
        return (error.code, error.place)


def text_of(entry: dict[str, Any]) -> bytes:
    return entry["text"].encode() if "text" in entry else bytes.fromhex(entry["hex"])


def nothing_in(wrong: Iterable[object]) -> None:
    """All that is wrong would be too much to show."""
    assert list(wrong)[:5] == []


def test_the_files_have_the_published_digests():
    published = dict(reversed(line.split("  ")) for line in lines("SHA256SUMS"))
    found = {name: hashlib.sha256((VECTORS / name).read_bytes()).hexdigest() for name in published}
    assert found == published
    assert {path.name for path in VECTORS.iterdir() if path.suffix in {".jsonl", ".tsv"}} == set(published)


def test_the_index_publishes_the_digest_of_the_digests():
    digest = hashlib.sha256((VECTORS / "SHA256SUMS").read_bytes()).hexdigest()
    assert digest in (VECTORS / "README.md").read_text(encoding="utf-8")


def test_the_generator_makes_the_same_files_again(tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("NO NODE HERE: whether the generator still makes these vectors was not checked")
    subprocess.run([node, VECTORS / "generator" / "main.mjs", tmp_path], check=True, capture_output=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {name: (VECTORS / name).read_bytes() for name in made}
    assert "SHA256SUMS" in made


def test_numbers_print_as_ecmascript_prints_them(implementation):
    vectors = rows("numbers.tsv")
    assert len(vectors) >= 10_000
    printed = ((bits, text, implementation.canonicalize(double(bits))) for bits, text in vectors)
    nothing_in(each for each in printed if each[1].encode() != each[2])


def double(bits: str) -> float:
    return struct.unpack(">d", bytes.fromhex(bits))[0]


def test_the_text_of_a_number_is_its_own_canonical_form(implementation):
    texts = [text.encode() for _, text in rows("numbers.tsv")]
    nothing_in(text for text in texts if implementation.canonicalize_text(text) != text)
    nothing_in(text for text in texts if not implementation.is_canonical(text))


def test_number_tokens_read_as_the_nearest_double(implementation):
    vectors = rows("readings.tsv")
    read = ((token, text, outcome(implementation.canonicalize_text, token)) for token, text in vectors)
    nothing_in(each for each in read if each[1].encode() != each[2])
    nothing_in(
        token for token, text in vectors if implementation.is_canonical(token.encode()) != (token == text)
    )


def test_accepted_texts_become_their_canonical_form(implementation):
    vectors = [(entry, text_of(entry), entry["canonical"].encode()) for entry in entries("accepted.jsonl")]
    nothing_in(e for e, text, form in vectors if outcome(implementation.canonicalize_text, text) != form)
    nothing_in(e for e, _, form in vectors if outcome(implementation.canonicalize_text, form) != form)
    nothing_in(e for e, text, form in vectors if implementation.is_canonical(text) != (text == form))
    nothing_in(e for e, _, form in vectors if not implementation.is_canonical(form))


def test_accepted_texts_have_their_digest(implementation):
    vectors = [(entry, text_of(entry)) for entry in entries("accepted.jsonl")]
    nothing_in(e for e, text in vectors if outcome(implementation.digest_text, text) != e["digest"])


def test_accepted_texts_may_be_str(implementation):
    vectors = entries("accepted.jsonl")
    assert len(vectors) > 500
    nothing_in(
        e for e in vectors if outcome(implementation.canonicalize_text, e["text"]) != e["canonical"].encode()
    )
    nothing_in(e for e in vectors if outcome(implementation.digest_text, e["text"]) != e["digest"])


def test_refused_texts_have_their_code_and_place(implementation):
    vectors = [(entry, text_of(entry), (entry["code"], entry["place"])) for entry in entries("refused.jsonl")]
    nothing_in(
        e for e, text, refusal in vectors if outcome(implementation.canonicalize_text, text) != refusal
    )
    nothing_in(e for e, text, refusal in vectors if outcome(implementation.digest_text, text) != refusal)
    nothing_in(e for e, text, _ in vectors if implementation.is_canonical(text))


def test_every_code_that_a_text_can_have_is_among_the_vectors():
    canonical = {code for code in Code if code.startswith("CANON_")}
    assert {entry["code"] for entry in entries("refused.jsonl")} == canonical - VALUE_ONLY
