"""The pages on the data model and the privacy model say what the code does: names, codes, bounds, examples."""

import re

import pytest
from console import REPOSITORY, blocks

from weftend.errors import Code
from weftend.reference import documents, privacy, streams

PRIVACY = (REPOSITORY / "docs" / "privacy-model.md").read_text()
DATA = (REPOSITORY / "docs" / "data-model.md").read_text()


def row(page: str, first: str) -> str:
    """The one row of a table that begins with ``first``."""
    (found,) = re.findall(rf"^\| {re.escape(first)} \|.*$", page, re.MULTILINE)
    return found


def test_the_examples_run() -> None:
    examples = [block for block in blocks(PRIVACY) if block.language == "python"]
    assert examples
    for block in examples:
        exec("\n".join(block.lines), {})  # noqa: S102


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (Code.PRIVACY_FIELD_FORBIDDEN, privacy.FORBIDDEN_NAMES),
        (Code.PRIVACY_TIMESTAMP_FORBIDDEN, privacy.TIMESTAMP_NAMES),
    ],
)
def test_the_forbidden_names_are_listed(code: str, names: frozenset[str]) -> None:
    listed = re.findall(r"`([a-z]+)`", row(PRIVACY, f"`{code}`"))
    assert sorted(listed) == sorted(names)


def test_the_bounds_of_privacy_validation_are_said() -> None:
    assert f"more than {privacy.MAX_STRING_BYTES} bytes" in row(PRIVACY, "`PRIVACY_STRING_UNTRUSTED`")
    assert f"{privacy.MAX_DOCUMENT_BYTES // 2**20} MiB" in row(PRIVACY, "`PRIVACY_RECEIPT_OVERSIZE`")
    bounds = row(PRIVACY, "`PRIVACY_RECEIPT_UNBOUNDED`")
    for bound in (privacy.MAX_DEPTH, privacy.MAX_MEMBERS, privacy.MAX_ITEMS):
        assert f"{bound:,} " in bounds


@pytest.mark.parametrize("prefix", ["TELEMETRY_", "PRIVACY_"])
def test_every_code_is_on_its_page_and_no_other(prefix: str) -> None:
    page = DATA if prefix == "TELEMETRY_" else PRIVACY
    rows = "\n".join(line for line in page.splitlines() if line.startswith(f"| `{prefix}"))
    assert set(re.findall(rf"`({prefix}[A-Z_]+)`", rows)) == {
        code for code in Code if code.startswith(prefix)
    }


def test_the_bounds_of_documents_are_said() -> None:
    assert f"{documents.MAX_UNITS:,}" in row(DATA, "units in a window")
    assert f"{documents.MAX_MAPS} |" in row(DATA, "maps in a payload")
    assert f"{documents.MAX_BUCKETS:,}" in row(DATA, "buckets in a chunk")
    assert f"{documents.MAX_CHUNK_BYTES // 2**20} MiB" in row(DATA, "bytes of a chunk")
    assert f"{documents.MAX_CHUNKS:,}" in row(DATA, "chunks in a store")
    assert f"{documents.MAX_REFS} |" in row(DATA, "refs in a list")
    assert f"{documents.MAX_TTL:,}" in row(DATA, "ticks until a chunk goes")
    assert f"at least {streams.LEAST_FLOOR} " in row(DATA, "`kFloor`")


@pytest.mark.parametrize("page", [PRIVACY, DATA], ids=["privacy", "data"])
def test_links_within_a_page_lead_to_a_heading(page: str) -> None:
    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    targets = set(re.findall(r"\]\(#([^)]*)\)", page))
    assert targets
    assert targets <= anchors
