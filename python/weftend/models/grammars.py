"""The named grammars of bucket keys: each a bounded class of printable ASCII, written down once.

A grammar says what a registered name may look like; the vocabulary says which names there are. What privacy
validation refuses (addresses, URLs, absolute paths) is refused beside it, when a vocabulary is loaded.
"""

from __future__ import annotations

import re
import string
from typing import Final, NamedTuple

MAX_KEY_BYTES: Final = 512
"""No bucket key is longer, in bytes; keys are ASCII."""

_ALNUM: Final = string.ascii_letters + string.digits
_PRINTABLE: Final = "".join(chr(code) for code in range(0x21, 0x7F))


class Grammar(NamedTuple):
    """One class of names: its first byte, its other bytes, and its length from 1 to ``max_bytes``."""

    name: str
    first: str
    rest: str
    max_bytes: int
    about: str

    def accepts(self, key: str) -> bool:
        """Whether ``key`` is a name of this class."""
        return self.pattern.fullmatch(key) is not None

    @property
    def pattern(self) -> re.Pattern[str]:
        """The same class as a regular expression (no anchors; use ``fullmatch``)."""
        first, rest = (f"[{re.escape(chars)}]" for chars in (self.first, self.rest))
        return re.compile(f"{first}{rest}{{0,{self.max_bytes - 1}}}", re.ASCII)


_ALL: Final = (
    Grammar(
        "dotted-id", string.ascii_letters, _ALNUM + "_-.", 128, "words joined by dots, such as net.fetch"
    ),
    Grammar(
        "reason-code", string.ascii_uppercase, string.ascii_uppercase + string.digits + "_", 128, "CODES"
    ),
    Grammar("event-type", string.ascii_letters, _ALNUM + "_.:-", 128, "metric types of usage events"),
    Grammar(
        "producer", string.ascii_lowercase, string.ascii_lowercase + string.digits + "-", 64, "producers"
    ),
    Grammar("test-id", _PRINTABLE, _PRINTABLE, 512, "classname::name, percent-encoded outside !-~"),
    Grammar("rule-id", _PRINTABLE, _PRINTABLE, 256, "rules of an analysis tool, percent-encoded outside !-~"),
    Grammar(
        "label", _PRINTABLE, _PRINTABLE, 128, "tools, runners, failure types, percent-encoded outside !-~"
    ),
)

GRAMMARS: Final = {grammar.name: grammar for grammar in _ALL}
"""Every grammar by its name; the core knows the same names, bytes and lengths."""
