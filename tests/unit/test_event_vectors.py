"""The vectors of events, which the Rust tests read too: both languages make the same lines and refusals."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from shell import Shell

DOCUMENT = json.loads((Path(__file__).parents[1] / "vectors" / "events.json").read_text())
RECORD = """
import json, sys, weftend
from weftend.errors import RecordingError
for vector in json.load(sys.stdin)["vectors"]:
    given = {name: vector[name] for name in ("value", "session") if name in vector}
    refused = None, None
    try:
        weftend.record_usage_event(vector["type"], vector["fields"], **given)
    except RecordingError as error:
        refused = str(error.code), error.field
    print(json.dumps(refused))
"""


def test_events_become_the_lines_or_refusals_of_the_vectors(tmp_path: Path) -> None:
    shell, vectors = Shell(tmp_path), DOCUMENT["vectors"]
    ended = subprocess.run(
        [sys.executable, "-c", RECORD],
        env=shell.environment(WEFTEND_STRICT="1"),
        input=json.dumps(DOCUMENT).encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    refusals = [json.loads(line) for line in ended.stdout.splitlines()]
    wanted = [[vector.get("refused"), vector.get("field")] for vector in vectors]
    assert dict(zip(names(), refusals, strict=True)) == dict(zip(names(), wanted, strict=True))
    assert spooled(shell.home) == [vector["line"] for vector in vectors if "line" in vector]


def names() -> list[str]:
    return [vector["name"] for vector in DOCUMENT["vectors"]]


def spooled(home: Path) -> list[str]:
    """The lines of events on the spool, with the vectors' time in place of their own."""
    (segment,) = (home / "spool").glob("*.ndjson")
    _header, *lines = segment.read_text(encoding="utf-8").split("\n")
    events = [line for line in lines if line.startswith('{"at":')]
    return [re.sub(r'^{"at":\d+', f'{{"at":{DOCUMENT["at"]}', line) for line in events]
