"""No changed byte of what a snapshot's digests bind goes unnoticed, wherever it is, whatever it becomes."""

from collections.abc import Iterator

import pytest

from snapshots import chain, definition, file, full, snapshot
from weftend.reference.streams import Stream
from weftend.reference.verify import Against, verify_snapshot

DEFINITION = definition()
SNAPSHOT = snapshot(chain(DEFINITION, full(0, 20), full(20, 11)))
WHOLE = file(SNAPSHOT)
NOT_BOUND = b'"dropped":' + file(SNAPSHOT["dropped"])[:-1]
"""What no digest binds in this version: the counters, and reason codes beyond what the chunks show."""


def bound() -> Iterator[int]:
    """Every place in the file except the counters of what was dropped."""
    start = WHOLE.index(NOT_BOUND)
    return (place for place in range(len(WHOLE)) if not start <= place < start + len(NOT_BOUND))


def others(byte: int) -> set[int]:
    """Bytes to put in a byte's place: near it, its other case, another digit, and what is no text at all."""
    return {byte ^ 1, byte ^ 0x20, 0x30 + (byte + 1) % 10, 0xFF} - {byte}


@pytest.mark.parametrize(
    "against", [Against(), Against(given=[Stream.of(DEFINITION)])], ids=["bare", "given"]
)
def test_every_changed_byte_is_refused_with_code_and_place(against: Against) -> None:
    assert verify_snapshot(WHOLE, "s", against).status == "verified"
    for place in bound():
        for byte in others(WHOLE[place]):
            verdict = verify_snapshot(WHOLE[:place] + bytes([byte]) + WHOLE[place + 1 :], "s", against)
            assert verdict.status == "refused", (place, byte)
            assert all(issue.code and issue.path.startswith("s#") for issue in verdict.issues)


def test_every_byte_taken_out_or_put_in_is_refused() -> None:
    for place in bound():
        without = WHOLE[:place] + WHOLE[place + 1 :]
        twice = WHOLE[:place] + WHOLE[place : place + 1] + WHOLE[place:]
        assert verify_snapshot(without, "s").status == "refused", place
        assert verify_snapshot(twice, "s").status == "refused", place


def test_every_cut_is_refused() -> None:
    for place in range(len(WHOLE)):
        assert verify_snapshot(WHOLE[:place], "s").status == "refused", place
