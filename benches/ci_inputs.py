"""CI inputs of any size, made by rule and not kept: events, JUnit reports, SARIF logs, streams of go test."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

MODULES, SUITES = 40, 17
TRACE = "".join(
    f"\tat org.example.pkg{line}.Service{line % 7}.call(Service{line % 7}.java:{100 + line})\n"
    for line in range(30)
)
OUTPUT = "a line of what the test said, some words and numbers 12345 " * 12


def events(path: Path, count: int, units: int, seed: int = 3) -> Path:
    """``count`` lines of about 400 bytes over ``units`` sessions; three fields say type, tool and outcome."""
    dice = random.Random(seed)
    padding = "".join(dice.choice("abcdefghijklmnopqrstuvwxyz ") for _ in range(4096))
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for number in range(count):
            out.write(_event(dice, number, units, padding))
    return path


def _event(dice: random.Random, number: int, units: int, padding: str) -> str:
    session, start = dice.randrange(units), dice.randrange(3800)
    kind, tool = int(dice.random() ** 2 * 50), int(dice.random() ** 2 * 200)
    outcome = ("passed", "passed", "passed", "failed", "skipped")[dice.randrange(5)]
    return (
        f'{{"id":"{number:016x}","ts":{1_760_000_000_000 + number},'
        f'"session":"{session:08x}-{session * 2654435761 % 2**32:08x}",'
        f'"type":"event.type.{kind}","tool":"tool-{tool}","outcome":"{outcome}",'
        f'"duration_ms":{dice.randrange(100000) / 8},'
        f'"retries":{dice.randrange(4)},"cached":{("true", "false")[dice.randrange(2)]},'
        f'"host":{{"os":"linux","arch":"x86_64","cores":{dice.randrange(1, 65)}}},'
        f'"message":"{padding[start : start + 156]}"}}\n'
    )


def reports(folder: Path, count: int, cases: int = 350, seed: int = 7) -> Path:
    """``count`` JUnit reports of about 70 KB: some failures with stack traces, some output, some skipped."""
    folder.mkdir(parents=True, exist_ok=True)
    dice = random.Random(seed)
    for number in range(count):
        (folder / f"TEST-{number:06}.xml").write_text(report(dice, number, cases), encoding="utf-8")
    return folder


def report(dice: random.Random, number: int, cases: int) -> str:
    """One JUnit report."""
    body = "".join(_case(dice, case) for case in range(cases))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
        f'  <testsuite name="suite-{number}" tests="{cases}" failures="3" errors="0" time="12.3"'
        f' hostname="host-{number % 50}" timestamp="2026-01-01T00:00:00">\n{body}  </testsuite>\n</testsuites>\n'
    )


def _case(dice: random.Random, case: int) -> str:
    tag = (
        f'    <testcase classname="org.example.module{case % MODULES}.Suite{case % SUITES}Test"'
        f' name="test_case_{case}_does_the_right_thing[param-{case % 5}]" time="{dice.random() * 3:.3f}"'
    )
    fate = dice.random()
    if fate < 0.02:
        said = f"expected &lt;{case}&gt; but was &lt;{dice.randrange(99)}&gt;"
        failure = f'<failure message="{said}" type="java.lang.AssertionError">{said}\n{TRACE}</failure>'
        return f"{tag}>\n      {failure}\n    </testcase>\n"
    if fate < 0.05:
        # Not self-closing: one of the parsers that are compared overlooks those.
        skipped = (
            '<skipped type="skip" message="not on this platform">suite.py:12: not on this platform</skipped>'
        )
        return f"{tag}>\n      {skipped}\n    </testcase>\n"
    if fate < 0.10:
        return f"{tag}>\n      <system-out><![CDATA[{OUTPUT}]]></system-out>\n    </testcase>\n"
    return f"{tag}/>\n"


def logs(folder: Path, count: int, results: int = 150, seed: int = 11) -> Path:
    """``count`` SARIF logs of about 70 KB, as tools write them: rules first; every other one indented."""
    folder.mkdir(parents=True, exist_ok=True)
    dice = random.Random(seed)
    for number in range(count):
        layout: dict[str, Any] = {"indent": 2} if number % 2 else {"separators": (",", ":")}
        text = json.dumps(_log(dice, number, results), **layout)
        (folder / f"{number:06}.sarif").write_text(text, encoding="utf-8")
    return folder


def _log(dice: random.Random, number: int, results: int) -> dict[str, object]:
    levels = ("error", "warning", "note")
    rules = [
        {
            "id": f"RULE{rule:04}",
            "shortDescription": {"text": f"What rule {rule} is about, in a sentence"},
            "defaultConfiguration": {"level": levels[rule % 3]},
        }
        for rule in range(40)
    ]
    driver = {"name": f"analyzer-{number % 3}", "version": "1.2.3", "rules": rules}
    found = [_result(dice, dice.randrange(40)) for _ in range(results)]
    return {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": found}]}


def _result(dice: random.Random, rule: int) -> dict[str, object]:
    line = dice.randrange(1, 2000)
    place = {
        "artifactLocation": {"uri": f"src/module{dice.randrange(50)}/file{dice.randrange(200)}.c"},
        "region": {"startLine": line, "startColumn": 5, "endLine": line, "endColumn": 40},
    }
    result: dict[str, object] = {
        "ruleId": f"RULE{rule:04}",
        "ruleIndex": rule,
        "message": {"text": f"Something about '{rule}' on line {line} that a person should read"},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"primaryLocationLineHash": f"{dice.getrandbits(64):016x}:1"},
    }
    return result | ({"level": "note"} if dice.random() < 0.2 else {})


def go_streams(folder: Path, count: int, tests: int = 400, seed: int = 13) -> Path:
    """``count`` streams of ``go test -json`` of about 250 KB."""
    folder.mkdir(parents=True, exist_ok=True)
    dice = random.Random(seed)
    for number in range(count):
        text = "".join(f"{line}\n" for line in _go_stream(dice, number, tests))
        (folder / f"{number:06}.json").write_text(text, encoding="utf-8")
    return folder


def _go_stream(dice: random.Random, number: int, tests: int) -> Iterator[str]:
    package = f"example.com/mod/pkg{number % 30}"
    yield _go_event("start", package)
    failed = False
    for test in range(tests):
        name = f"TestSomething{test}/case_{test % 7}"
        said = f'    file_test.go:{test}: got <1>, want "{number}"\n'
        outcome = "fail" if dice.random() < 0.02 else "pass"
        failed |= outcome == "fail"
        yield _go_event("run", package, Test=name)
        yield _go_event("output", package, Test=name, Output=f"=== RUN   {name}\n")
        yield _go_event("output", package, Test=name, Output=said)
        yield _go_event("output", package, Test=name, Output=f"--- {outcome.upper()}: {name} (0.01s)\n")
        yield _go_event(outcome, package, Test=name, Elapsed=dice.randrange(1500) / 100)
    yield _go_event("fail" if failed else "pass", package, Elapsed=12.5)
    yield "FAIL" if failed else "ok"


def _go_event(action: str, package: str, **more: object) -> str:
    event = {"Time": "2026-01-01T00:00:00.123456789Z", "Action": action, "Package": package, **more}
    # As Go writes JSON: no white space, and `<` and `>` escaped.
    text = json.dumps(event, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


def grown(folder: Path, size: int) -> list[Path]:
    """JUnit reports of ``size`` bytes together, each different: a few templates under other numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    dice = random.Random(17)
    templates = [report(dice, number, 350).encode() for number in range(8)]
    paths: list[Path] = []
    for number, template in enumerate(islice(cycle(templates), size // len(templates[0]) + 1)):
        path = folder / f"{number // 1000:05}" / f"TEST-{number}.xml"
        if number % 1000 == 0:
            path.parent.mkdir(exist_ok=True)
        path.write_bytes(template.replace(b"<testsuites>", b"<testsuites><!-- %d -->" % number, 1))
        paths.append(path)
        size -= len(template)
        if size <= 0:
            break
    return paths
