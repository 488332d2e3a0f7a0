"""What privacy validation refuses, and what it must let through."""

import json
import re
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weftend.reference import privacy

FORBIDDEN = "PRIVACY_FIELD_FORBIDDEN"
UNTRUSTED = "PRIVACY_STRING_UNTRUSTED"
TIME = "PRIVACY_TIMESTAMP_FORBIDDEN"


def codes(value: object) -> list[tuple[str, str]]:
    return sorted((str(issue.code), issue.path) for issue in privacy.check(value))


@pytest.mark.parametrize("name", [*sorted(privacy.FORBIDDEN_NAMES), "Session_ID", "auth-token", "-IP-", "UA"])
def test_names_that_identify(name: str) -> None:
    assert codes({"a": {name: 1}}) == [(FORBIDDEN, f"#/a/{name}")]


@pytest.mark.parametrize("name", [*sorted(privacy.TIMESTAMP_NAMES), "created_at", "Date", "TIME-STAMP"])
def test_names_of_wall_clock_time(name: str) -> None:
    assert codes({name: 1}) == [(TIME, f"#/{name}")]


@pytest.mark.parametrize(
    "name",
    ["ui.cookie", "auth.token", "auth.password.submit", "net.secret.send", "tokens", "ips", "updatedAtTick"],
)
def test_names_that_only_contain_such_a_word_stand(name: str) -> None:
    assert codes({name: 1}) == []


LOOKS = {
    "an e-mail address": [
        "alice@example.com",
        "by:alice.b+c@mail.example.co.uk",
        "<a@b.org>",
        "alice%40example.com",
        "josé@example.xn--p1ai",
    ],
    "an IP address": [
        "10.0.0.1",
        "at=192.168.1.255:8080",
        "[10.1.2.3]",
        "v4-127.0.0.1/8",
        "::1",
        "fe80::1%eth0",
        "2001:db8:0:0:0:0:0:1",
        "[2001:db8::1]:443",
        "::ffff:10.0.0.1",
        "peer:fe80::1",
        "2001%3Adb8%3A%3A1",
        "2001:DB8::A.",
    ],
    "a URL": [
        "https://example.com/x",
        "see:ftp://h",
        "git+ssh://h/x",
        "HTTP://X",
        "www.example.com",
        "x=//www.e",
    ],
    "an absolute path": [
        "/home/alice",
        "/",
        "C:\\Users\\alice",
        "d:/work",
        "\\\\server\\share",
        "~/secret",
        "~\\x",
        "at:/home/alice/x.py",
        "Suite::/home/alice/x.test.ts",
        "dir=C:\\x",
        '"/etc/passwd"',
        "%2Fhome%2Falice",
    ],
}


@pytest.mark.parametrize(
    ("looks", "text"), [(looks, text) for looks, texts in LOOKS.items() for text in texts]
)
def test_values_and_names_that_look_like(looks: str, text: str) -> None:
    found = privacy.check({"a": [text], "b": {text: 1}})
    assert {(issue.code, issue.path) for issue in found} == {
        (FORBIDDEN, "#/a/0"),
        (FORBIDDEN, f"#/b/{privacy.step(text)}"),
    }
    assert all(text not in issue.message for issue in found)
    if text != "x=//www.e":
        assert {issue.message for issue in found} == {f"looks like {looks}"}


@pytest.mark.parametrize(
    "text",
    [
        "sha256:" + "0123456789abcdef" * 4,
        "weftend.telemetry.conduitSnapshot/0",
        "telemetry.ci.tests.v0",
        "a::b",
        "abc::add",
        "com.example.FooTest::test_it[1-2]",
        "src/app/x.test.ts::adds",
        "tests/test_a.py::TestA::test_add[1/2]",
        "@scope/pkg@4.17.21",
        "bibtex::@comment",
        "Foo::12:34:56",
        "1.2.3",
        "1.2.3.4.5",
        "999.1.1.1",
        "ratio=1/2",
        "op[/]",
        "a\\b",
        "C:x",
        "ms_4096",
        "__other__",
        "100%",
        "",
    ],
)
def test_what_stands(text: str) -> None:
    assert codes({"a": text, text: 1}) == []


@pytest.mark.parametrize(
    "blank", [" ", "\t", "\n", "\x85", "\u00a0", "\u2028", "\u200b", "\ufeff", "\x00", "\x7f"]
)
def test_white_space_and_what_does_not_print(blank: str) -> None:
    assert codes([f"a{blank}b"]) == [(UNTRUSTED, "#/0")]
    assert codes({f"a{blank}b": 0}) == [(UNTRUSTED, f"#/a{blank}b")]


def test_strings_are_bounded_in_bytes() -> None:
    assert codes(["x" * 512, "\u00e9" * 256]) == []
    assert codes(["x" * 513, "\u00e9" * 257]) == [(UNTRUSTED, "#/0"), (UNTRUSTED, "#/1")]
    assert codes([{"x" * 513: 1}])[0][0] == UNTRUSTED


def test_one_string_may_break_two_rules() -> None:
    assert codes(["mail alice@example.com"]) == [(FORBIDDEN, "#/0"), (UNTRUSTED, "#/0")]


def test_depth_members_and_items_are_bounded() -> None:
    deep: object = 0
    for _ in range(privacy.MAX_DEPTH):
        deep = [deep]
    assert codes(deep) == []
    assert codes([deep]) == [("PRIVACY_RECEIPT_UNBOUNDED", "#" + "/0" * privacy.MAX_DEPTH)]
    assert codes({"a": [0] * 4_096}) == []
    assert codes({"a": [0] * 4_097}) == [("PRIVACY_RECEIPT_UNBOUNDED", "#/a")]
    wide = {f"k{n}": 0 for n in range(65_536)}
    assert codes(wide) == []
    assert codes(wide | {"one.more": 0}) == [("PRIVACY_RECEIPT_UNBOUNDED", "#")]


def test_a_document_is_bounded_in_bytes() -> None:
    most = privacy.MAX_DOCUMENT_BYTES
    assert privacy.check({}, "f.json", size=most) == []
    (issue,) = privacy.check({}, "f.json", size=most + 1)
    assert (issue.code, issue.path) == ("PRIVACY_RECEIPT_OVERSIZE", "f.json#")


def test_every_violation_comes_with_its_place() -> None:
    document = {"chunks": [{"email": "a@b.io"}, {"x~/y": {"time": "10.0.0.1"}}]}
    assert codes(document) == [
        (FORBIDDEN, "#/chunks/0/email"),
        (FORBIDDEN, "#/chunks/0/email"),
        (FORBIDDEN, "#/chunks/1/x~0~1y/time"),
        (TIME, "#/chunks/1/x~0~1y/time"),
    ]


def test_every_name_of_the_shipped_vocabularies_stands() -> None:
    contracts = json.loads(resources.files("weftend.contracts").joinpath("compiled.json").read_bytes())
    names = {
        key
        for stream in contracts["streams"]
        for item in stream["maps"]
        for key in (item["name"], *item["vocabulary"]["keys"])
    }
    assert names
    assert {name: privacy.name_findings(name) for name in names if privacy.name_findings(name)} == {}


@given(
    st.lists(st.sampled_from(["://", ":", "/", "a", "Z", "9", "+", ".", "-", "_", "é", " ", "://x"])).map(
        "".join
    )
)
def test_a_scheme_is_what_the_expression_for_it_finds(text: str) -> None:
    expression = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
    assert privacy._holds_scheme(text) == (expression.search(text) is not None)
