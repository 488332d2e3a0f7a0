"""What the plain readers of CI reports make of times, names and instants; whole reports are in ``test_ci_shapes``."""

from __future__ import annotations

import pytest

from weftend.reference.ci.github import between, instant
from weftend.reference.ci.keys import duration_key, percent_encoded, seconds

SECOND, MILLI = 10**9, 10**6


@pytest.mark.parametrize(
    ("text", "nanos"),
    [
        ("0", 0),
        ("1", SECOND),
        (" 1.5\n", 1_500 * MILLI),
        (".25", 250 * MILLI),
        ("5.", 5 * SECOND),
        ("+2", 2 * SECOND),
        ("0.0000000019", 1),
        ("1.5E-4", 150_000),
        ("1e2", 100 * SECOND),
        ("0e99", 0),
        ("1,234.567", 1_234_567 * MILLI),
        ("1,234,567.", 1_234_567 * SECOND),
        ("999999999.999999999", 10**18 - 1),
    ],
)
def test_seconds_are_whole_nanoseconds(text: str, nanos: int) -> None:
    assert seconds(text) == nanos


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "-1",
        "-0",
        "1,5",
        "1,234",
        "12,34.5",
        "1234,567.8",
        "one",
        "1s",
        "NaN",
        "inf",
        "0x10",
        "1e",
        "1e1000",
        "1e20",
        "1000000000",
        "1.2.3",
        "1 2",
        "PT1S",
        "00:01:02",
        "\u0661",
        "1e+-2",
        "+ 5",
    ],
)
def test_what_is_no_time_is_unknown(text: str) -> None:
    assert seconds(text) is None


def test_durations_go_by_their_lower_bound() -> None:
    table = {0: 1, MILLI: 1, 2 * MILLI - 1: 1, 2 * MILLI: 2, 10 * SECOND: 8192, 10**18 - 1: 549_755_813_888}
    assert {nanos: duration_key(nanos) for nanos in table} == {n: f"ms_{bound}" for n, bound in table.items()}
    assert duration_key(None) == "unknown"


def test_names_become_printable_ascii() -> None:
    assert percent_encoded("a.B::c[1]~!%") == "a.B::c[1]~!%"
    assert percent_encoded("a b\x7f\u00e9\n") == "a%20b%7F%C3%A9%0A"


@pytest.mark.parametrize(
    ("text", "nanos"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T23:59:59Z", -SECOND),
        ("2000-02-29T12:30:15Z", 951_827_415 * SECOND),
        ("2026-11-03T00:00:00.25-02:30", 1_793_673_000 * SECOND + 250 * MILLI),
    ],
)
def test_instants_count_from_1970(text: str, nanos: int) -> None:
    assert instant(text) == nanos


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2020-13-01T00:00:00Z",
        "2020-01-01T00:00:00",
        "2020-1-1T00:00:00Z",
        "2026-02-31T00:00:00Z",
        "2020-01-01T00:00:00.Z",
        "2026-01-01T00:00:00+1:00",
        "2020-01-01T24:00:00Z",
    ],
)
def test_what_is_no_instant_is_unknown(text: str) -> None:
    assert instant(text) is None
    assert between("2020-01-01T00:00:00Z", text) is None


def test_what_goes_back_is_unknown() -> None:
    early, late = "2020-01-01T00:00:00Z", "2020-01-01T00:00:01Z"
    assert (between(early, late), between(late, early), between(None, late)) == (SECOND, None, None)
