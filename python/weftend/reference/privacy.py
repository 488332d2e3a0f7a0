"""Privacy validation of whatever may leave: before it is written, and after it is read.

The one implementation for documents; writers call it too. The core has a twin for names of printable ASCII, which
definitions of streams are checked with. What is looked for and why: ``docs/privacy-model.md``. A finding
never repeats the value it is about.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv6Address
from itertools import islice
from typing import Final
from urllib.parse import unquote

from weftend.errors import Code, Issue

MAX_STRING_BYTES: Final = 512
"""Of a value or a member name, in UTF-8."""
MAX_DEPTH: Final = 8
"""Levels of arrays and objects; a snapshot has six."""
MAX_MEMBERS: Final = 65_536
"""Of one object: the most buckets that a stream may allow a chunk."""
MAX_ITEMS: Final = 4_096
"""Of one array: the most chunks that a stream may allow a store."""
MAX_DOCUMENT_BYTES: Final = 128 * 1024 * 1024
"""Of one document in canonical form."""
MOST_FINDINGS: Final = 10_000
"""Of one check over one document, after which it stops: a hostile one could hold millions."""

FORBIDDEN_NAMES: Final = frozenset(
    (
        "ip",
        "ipaddress",
        "useragent",
        "ua",
        "hostname",
        "email",
        "deviceid",
        "sessionid",
        "userid",
        "accountid",
        "playerid",
        "cookie",
        "token",
        "authtoken",
        "password",
        "secret",
    )
)
"""Names of members that identify; compared lower-cased and without ``_`` and ``-``."""
TIMESTAMP_NAMES: Final = frozenset(
    ("createdat", "updatedat", "builtat", "issuedat", "expiresat", "timestamp", "datetime", "time", "date")
)
"""Names of members that hold wall-clock time; compared in the same way."""

Finding = tuple[str, str]
"""(code, what is wrong, without the value)."""

_EMAIL: Final = re.compile(
    r"[^\s@,;:<>()\[\]\"'/\\]@[^\s@,;:<>()\[\]\"'/\\]+\.[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]"
)
_SCHEME: Final = string.ascii_letters + string.digits + "+.-"
_WWW: Final = re.compile(r"(?<![A-Za-z0-9])www\.[A-Za-z0-9-]", re.IGNORECASE | re.ASCII)
_IPV4: Final = re.compile(r"(?<![0-9.])([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})(?!\.?[0-9])")
_HEX_RUN: Final = re.compile(r"[0-9A-Fa-f:.]+")
_ABSOLUTE: Final = re.compile(r"/|\\\\|~[/\\]|[A-Za-z]:[/\\]")
_ABSOLUTE_WITHIN: Final = re.compile(
    r"[\"'`=:,;|<({\[](?:/[\w.~-]|\\\\[^\\]+\\[^\\]|~[/\\]|[A-Za-z]:[/\\])", re.ASCII
)


def check(value: object, file: str = "", *, size: int | None = None) -> list[Issue]:
    """Every privacy violation in a document, unsorted; of more than ``MOST_FINDINGS`` the first.

    ``value`` is a JSON value (``dict``, ``list``, ``str``, numbers, ``bool``, ``None``); ``file`` stands
    before the ``#`` and the JSON Pointer of each path; ``size`` is the length of the canonical form in
    bytes where the caller has it. Codes: ``PRIVACY_FIELD_FORBIDDEN``, ``PRIVACY_TIMESTAMP_FORBIDDEN``,
    ``PRIVACY_STRING_UNTRUSTED``, ``PRIVACY_RECEIPT_OVERSIZE``, ``PRIVACY_RECEIPT_UNBOUNDED``.
    """
    found = islice(_walk(value, "", 0), MOST_FINDINGS)
    issues = [Issue(code, f"{file}#{place}", message) for place, (code, message) in found]
    if size is not None and size > MAX_DOCUMENT_BYTES:
        message = f"more than {MAX_DOCUMENT_BYTES} bytes"
        issues.append(Issue(Code.PRIVACY_RECEIPT_OVERSIZE, f"{file}#", message))
    return issues


def name_findings(name: str) -> tuple[Finding, ...]:
    """What is wrong with ``name`` as a member name, such as a bucket key; empty when it may stand.

    A name is refused for what it says (``token``, ``createdAt``) and for what a value is refused for.
    """
    plain = name.lower().replace("_", "").replace("-", "")
    if plain in FORBIDDEN_NAMES:
        return ((Code.PRIVACY_FIELD_FORBIDDEN, "a member of this name may identify somebody"),)
    if plain in TIMESTAMP_NAMES:
        return ((Code.PRIVACY_TIMESTAMP_FORBIDDEN, "a member of this name holds wall-clock time"),)
    return text_findings(name)


@lru_cache(maxsize=65_536)
def text_findings(text: str) -> tuple[Finding, ...]:
    """What is wrong with ``text`` as a value; empty when it may stand.

    Percent-encoding hides nothing: the decoded text must not look like an address or a path either.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_STRING_BYTES:
        return ((Code.PRIVACY_STRING_UNTRUSTED, f"more than {MAX_STRING_BYTES} bytes"),)
    found: list[Finding] = []
    plain = text.isascii() and text.isprintable() and " " not in text
    if not plain and any(map(_is_blank, text)):
        found.append((Code.PRIVACY_STRING_UNTRUSTED, "white space or a character that does not print"))
    decoded = unquote(text)
    looks = _looks_like(text) or (_looks_like(decoded) if decoded != text else None)
    if looks:
        found.append((Code.PRIVACY_FIELD_FORBIDDEN, f"looks like {looks}"))
    return tuple(found)


def _walk(value: object, place: str, depth: int) -> Iterator[tuple[str, Finding]]:
    if isinstance(value, (dict, list)):
        yield from _container(value, place, depth + 1)
    elif isinstance(value, str):
        yield from ((place, finding) for finding in text_findings(value))


def _container(
    value: dict[str, object] | list[object], place: str, depth: int
) -> Iterator[tuple[str, Finding]]:
    """The bounds of one container, then what it holds; below a broken bound nothing is looked at."""
    most = MAX_MEMBERS if isinstance(value, dict) else MAX_ITEMS
    if depth > MAX_DEPTH:
        yield place, (Code.PRIVACY_RECEIPT_UNBOUNDED, f"more than {MAX_DEPTH} levels")
    elif len(value) > most:
        yield place, (Code.PRIVACY_RECEIPT_UNBOUNDED, f"more than {most} entries")
    elif isinstance(value, dict):
        for name, member in value.items():
            at = f"{place}/{step(name)}"
            yield from ((at, finding) for finding in name_findings(name))
            yield from _walk(member, at, depth)
    else:
        for index, item in enumerate(value):
            yield from _walk(item, f"{place}/{index}", depth)


def step(name: str) -> str:
    """``name`` as one step of a JSON Pointer (RFC 6901, section 3)."""
    return name.replace("~", "~0").replace("/", "~1")


def _is_blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cf", "Cs")


def _looks_like(text: str) -> str | None:
    if _holds_scheme(text) or _WWW.search(text):
        return "a URL"
    if "@" in text and _EMAIL.search(text):
        return "an e-mail address"
    if _holds_ipv4(text) or _holds_ipv6(text):
        return "an IP address"
    if _ABSOLUTE.match(text) or _ABSOLUTE_WITHIN.search(text):
        return "an absolute path"
    return None


def _holds_scheme(text: str) -> bool:
    """Whether letters, and what else a scheme may be of, stand before some ``://``.

    Looked for backwards from each ``://``: an expression that begins with the scheme tries every letter as its
    first, and a hostile document of long names would take minutes.
    """
    schemes = (before[len(before.rstrip(_SCHEME)) :] for before in text.split("://")[:-1])
    return any(any(map(str.isalpha, scheme)) for scheme in schemes)


def _holds_ipv4(text: str) -> bool:
    return any(all(int(octet) < 256 for octet in found.groups()) for found in _IPV4.finditer(text))


def _holds_ipv6(text: str) -> bool:
    """Whether an IPv6 address stands in ``text`` as a word.

    ``Class::name`` is how tests are called, so a run that a letter touches is no address, and one without any
    digit (``abc::add``) is not taken for one either.
    """
    return any(_is_ipv6_word(text, *found.span()) for found in _HEX_RUN.finditer(text))


def _is_ipv6_word(text: str, start: int, end: int) -> bool:
    run = text[start:end]
    if run.count(":") < 2 or not any(map(str.isdecimal, run)) or _is_word(text[end : end + 1]):
        return False
    if run[0] == ":" and run[1] != ":":
        run = run[1:]
    elif _is_word(text[:start][-1:]):
        return False
    try:
        IPv6Address(run.rstrip("."))
    except ValueError:
        return False
    return True


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
