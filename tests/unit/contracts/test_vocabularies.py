"""Vocabulary files: what a name may be, in what order, and for which map."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weftend.contracts import vocabularies
from weftend.errors import Code, WeftendError
from weftend.models.grammars import GRAMMARS, MAX_KEY_BYTES

TEST_ID = GRAMMARS["test-id"]
LABEL = GRAMMARS["label"]


def refused(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(WeftendError) as caught:
        vocabularies.read(path, TEST_ID)
    return [(issue.code, issue.path) for issue in caught.value.issues.issues]


def test_names_come_back_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes(b"B\na::b\na::c[%C3%A9]\n")
    assert vocabularies.read(path, TEST_ID) == ["B", "a::b", "a::c[%C3%A9]"]
    path.write_bytes(b"")
    assert vocabularies.read(path, TEST_ID) == []


@pytest.mark.parametrize(
    "name",
    [
        "a b", "", "caf\u00e9", "a\tb", "a\r", "__other__", "__none__", "token", "session_id", "timestamp",
        "/usr/lib/x", "https://example.org", "someone@example.org", "10.1.2.3", "C:\\x", "x" * 513,
    ],
)  # fmt: skip
def test_names_that_cannot_be_registered(tmp_path: Path, name: str) -> None:
    path = tmp_path / "names.txt"
    path.write_text(f"{name}\n", newline="")
    assert refused(path) == [(Code.STREAM_INVALID, "names.txt#line:1")]


def test_every_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes(b"b\na\na\nx y\n")
    assert [place for _, place in refused(path)] == [f"names.txt#line:{line}" for line in (2, 3, 4)]


@pytest.mark.parametrize(("data", "place"), [(b"a\nb", ""), (b"a\xff\n", "1")])
def test_files_that_are_none(tmp_path: Path, data: bytes, place: str) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes(data)
    assert refused(path) == [(Code.STREAM_INVALID, f"names.txt#{place}")]
    assert refused(tmp_path / "missing.txt") == [(Code.STREAM_INVALID, "missing.txt#")]


def test_lines_name_their_map(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    grammars = {"failingTests": TEST_ID, "failureTypes": LABEL, "slowTests": TEST_ID}
    names = {"failureTypes": ["AssertionError"], "failingTests": ["a::b", "a::c"]}
    path.write_text(vocabularies.text(names))
    assert vocabularies.read_by_map(path, grammars) == names
    assert vocabularies.maps_named(path) == names.keys()
    path.write_text("failingTests a\nother b\nslowTests \n")
    with pytest.raises(WeftendError) as caught:
        vocabularies.read_by_map(path, grammars)
    assert [issue.path for issue in caught.value.issues.issues] == ["names.txt#line:2", "names.txt#line:3"]


def test_names_alone_are_for_every_map(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("a::b\n")
    grammars = {"failingTests": TEST_ID, "slowTests": TEST_ID}
    assert vocabularies.read_by_map(path, grammars) == {"failingTests": ["a::b"], "slowTests": ["a::b"]}


@given(
    st.lists(
        st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=20), unique=True
    )
)
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    kept = sorted((name for name in names if not vocabularies.findings(name, TEST_ID)), key=str.encode)
    path = tmp_path_factory.mktemp("names") / "names.txt"
    path.write_text(vocabularies.text({"a": kept}))
    assert vocabularies.read_by_map(path, {"a": TEST_ID}) == ({"a": kept} if kept else {"a": []})


@pytest.mark.parametrize("grammar", GRAMMARS.values(), ids=lambda grammar: grammar.name)
def test_grammars_are_bounded_classes_of_printable_ascii(grammar: vocabularies.Grammar) -> None:
    assert grammar.max_bytes <= MAX_KEY_BYTES
    assert all("!" <= byte <= "~" for byte in grammar.first + grammar.rest)
    assert set(grammar.first) <= set(grammar.rest)
    first = grammar.first[0]
    assert grammar.accepts(first * grammar.max_bytes)
    assert not grammar.accepts(first * (grammar.max_bytes + 1))
    assert not any(
        map(grammar.accepts, ("", first + "\n", first + " ", "\u00e9", "_" + first))
        if "_" not in grammar.first
        else ()
    )
