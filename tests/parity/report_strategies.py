"""CI reports of every format, right and wrong: cases that repeat, words where numbers should stand, nesting, names
of any characters, other encodings and spellings, and documents of which bytes are flipped, cut or repeated."""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

RARE = "\u00e9\u0416\u6f22\U0001f600 %&<>\"'/:.\t\n#[]~"
names = st.one_of(
    st.sampled_from(["a", "b", "pkg.Suite", "test_one", "test_one[x y]", ""]),
    st.text(st.sampled_from("ab" + RARE), max_size=6),
    st.text(st.sampled_from("x"), min_size=600, max_size=600),
)
"""Few, so that cases meet again under the same name."""
times = st.one_of(
    st.sampled_from(
        [
            "0",
            "0.001999",
            "0.002",
            "10",
            "9.9999",
            "1,234.5",
            "1,5",
            "-1",
            "",
            " 2 ",
            "+3",
            "1e-3",
            ".5",
            "5.",
        ]
    ),
    st.sampled_from(["one second", "NaN", "inf", "1e999", "00:01", "999999999.9", "1000000000", "1.2.3"]),
    st.integers(0, 10**12).map(lambda nanos: f"{nanos // 10**9}.{nanos % 10**9:09}"),
)

written_times = st.one_of(
    times,
    st.text("0123456789.,eE+- ", max_size=24),
    st.from_regex(
        r"[ \t]?[+]?[0-9]{0,4}(,[0-9]{2,4}){0,2}(\.[0-9]{0,12})?([eE][+-]?[0-9]{0,4})?", fullmatch=True
    ),
    st.integers(0, 2**64).map(lambda nanos: f"{nanos // 10**9}.{nanos % 10**9:09}"),
    st.integers(1, 40).flatmap(
        lambda exponent: st.sampled_from(
            [f"0.{2**exponent:09}", f"{2**exponent - 1}e-3", f"{2**exponent}E-3"]
        )
    ),
)
"""Times, and what looks like one; on either side of the powers of two."""


# JUnit XML

outcome_tags = ["failure", "error", "skipped", "rerunFailure", "flakyFailure", "flakyError", "rerunError"]
other_tags = ["system-out", "system-err", "properties", "testcase", "x:failure", "Failure"]
words = ["run", "passed", "FAILED", "notrun", "Disabled", "errored", "suppressed", "completed", "\u212a"]


@st.composite
def attributes(draw: st.DrawFn, values: dict[str, st.SearchStrategy[str]]) -> str:
    """Some of the attributes, in any order, in either quote, spelled with or without references."""
    chosen = draw(st.permutations(sorted(values)))[: draw(st.integers(0, len(values)))]
    return "".join(f"{draw(space)}{name}{draw(equals)}{draw(spelled(values[name]))}" for name in chosen)


space = st.sampled_from([" ", "\n ", "\t", "\r\n"])
equals = st.sampled_from(["=", "=", " = "])


@st.composite
def spelled(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    """A quoted value: characters as they are, as entities, as references, or line ends as they stand in files."""
    value = draw(values)
    form = draw(st.sampled_from(["plain", "decimal", "hex", "raw"]))
    if form == "plain":
        return quoteattr(value)
    if form == "raw":
        return "'" + escape(value, {"'": "&apos;", "\n": "\r\n"}) + "'"
    reference = "&#x{:X};" if form == "hex" else "&#{};"
    return '"' + "".join(reference.format(ord(character)) for character in value) + '"'


texts = st.sampled_from(
    ["", " ", "said <![CDATA[<error/>]]>", "&lt;failure/&gt;", "<!-- <failure/> -->", "<?pi x?>", "a&#10;b"]
)


@st.composite
def elements(draw: st.DrawFn, tag: str, values: dict[str, st.SearchStrategy[str]], inside: str) -> str:
    """An element; an empty one in either form."""
    head = f"<{tag}{draw(attributes(values))}"
    if not inside and draw(st.booleans()):
        return f"{head}{draw(st.sampled_from(['', ' ']))}/>"
    return f"{head}>{draw(texts)}{inside}{draw(texts)}</{tag}>"


@st.composite
def children(draw: st.DrawFn) -> str:
    tag = draw(st.sampled_from(outcome_tags) | st.sampled_from(other_tags))
    inside = draw(st.sampled_from(["", "", "<error type='inner'/>"]))
    return draw(elements(tag, {"type": names, "message": names}, inside))


@st.composite
def cases(draw: st.DrawFn) -> str:
    values = {
        "classname": names,
        "name": names,
        "time": times,
        "status": st.sampled_from(words),
        "result": st.sampled_from(words),
        "file": names,
    }
    return draw(elements("testcase", values, "".join(draw(st.lists(children(), max_size=3)))))


suite_values = {
    "name": names,
    "tests": st.sampled_from(["3", "-1", "many", "99999999999999999999"]),
    "failures": st.sampled_from(["0", "1"]),
    "time": times,
    "hostname": names,
}


@st.composite
def suites(draw: st.DrawFn, depth: int = 2) -> str:
    inner = [cases(), children(), elements("properties", {}, "<property name='a' value='b'/>")]
    if depth:
        inner.append(suites(depth - 1))
    tag = draw(st.sampled_from(["testsuite", "testsuite", "testsuite", "testsuites", "group"]))
    return draw(elements(tag, suite_values, "".join(draw(st.lists(st.one_of(inner), max_size=4)))))


@st.composite
def junit_texts(draw: st.DrawFn) -> str:
    """The root element and what may stand around it."""
    root = draw(st.sampled_from(["testsuites", "testsuite", "testsuite", "j:testsuite"]))
    values = suite_values | ({"xmlns:j": st.just("urn:j")} if ":" in root else {})
    inside = "".join(draw(st.lists(suites() | cases(), max_size=3)))
    around = st.sampled_from(["", "\n", "<!-- before -->", "<?pi?>"])
    return draw(around) + draw(elements(root, values, inside)) + draw(around)


ENCODINGS = {
    "utf-8": ["", "utf-8", "UTF-8", "utf8"],
    "utf-8-sig": ["", "utf-8", "iso-8859-1"],
    "utf-16": ["", "utf-16", "UTF-16"],
    "utf-16-le": ["utf-16"],
    "utf-16-be": ["UTF-16"],
    "utf-32": ["", "utf-32"],
    "iso-8859-1": ["iso-8859-1", "ISO-8859-1", "latin1"],
    "iso-8859-15": ["iso-8859-15"],
    "windows-1251": ["windows-1251"],
    "koi8-r": ["KOI8-R"],
    "shift_jis": ["Shift_JIS"],
    "gb18030": ["gb18030"],
    "euc-kr": ["euc-kr"],
    "us-ascii": ["us-ascii"],
}
"""Encoding → what its declaration may say; one without byte order mark needs one."""


@st.composite
def junit_reports(draw: st.DrawFn) -> bytes:
    """A report in any encoding; characters that it does not have are references, or leave it as UTF-8."""
    text = draw(junit_texts())
    encoding = draw(st.sampled_from(["utf-8", "utf-8", *ENCODINGS]))
    label = draw(st.sampled_from(ENCODINGS[encoding]))
    quote = draw(st.sampled_from("'\""))
    declaration = f"<?xml version={quote}1.0{quote} encoding={quote}{label}{quote}?>\n" if label else ""
    try:
        return (declaration + text).encode(encoding)
    except UnicodeEncodeError:
        return text.encode()


declarations = st.sampled_from(
    [
        "",
        "<?xml version='1.0'?>",
        '<?xml version="1.1" encoding="utf-8" standalone="yes"?>',
        "<?xml version='1.0' standalone='no' ?>\n",
    ]
)
declared_texts = st.builds(str.__add__, declarations, junit_texts()).map(str.encode)
"""Reports in UTF-8, of which bytes may be changed without their encoding becoming another."""
ENTITIES = [
    "<!DOCTYPE testsuite>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "&nbsp;",
    "&#0;",
    "&#xD800;",
    "]]>",
    "\x0b",
    "<",
    "&",
    "<testcase a='1' a='2'/>",
    "<a b=c/>",
    "<a b='1'c='2'/>",
    "</testsuite>",
    "<?xml version='1.0'?>",
    "<!-- -- -->",
    "\ufffe",
]
"""What no report holds in any place, or not in most."""


@st.composite
def broken_junit(draw: st.DrawFn) -> bytes:
    """A report with something in it that XML, or this reader, does not have."""
    text = draw(junit_texts())
    at = draw(st.integers(0, len(text)))
    return (text[:at] + draw(st.sampled_from(ENTITIES)) + text[at:]).encode()


# JSON


@st.composite
def spelled_json(draw: st.DrawFn, value: Any) -> str:
    """A value as JSON text in one of its spellings."""
    text = json.dumps(value, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, None, 1])))
    if draw(st.integers(0, 4)) == 0:
        text = (
            text.replace("e", "\\u0065")
            if '"' in text and "\\" not in text and "true" not in text and "false" not in text
            else text
        )
    return text


junk = st.sampled_from([None, True, 0, -1, 1.5, "x", [], {}, [{"id": 1}], {"level": "error"}])


def some(values: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Any of the members, now and then one of another type."""
    return st.fixed_dictionaries({}, optional={name: mostly(value) for name, value in values.items()})


def mostly(value: st.SearchStrategy[Any], other: st.SearchStrategy[Any] = junk) -> st.SearchStrategy[Any]:
    """``other`` once in twelve times: ``one_of`` takes the same strategy said twice for one."""
    return st.sampled_from(range(12)).flatmap(lambda number: value if number else other)


# go test -json

actions = st.sampled_from(
    ["run", "run", "pass", "pass", "fail", "skip", "bench", "output", "pause", "cont", "start", "attr"]
)
elapsed = st.one_of(
    st.integers(0, 20),
    st.sampled_from([0.25, 0.001, 10.5, 1e-5, -1]),
    st.integers(0, 10**7).map(lambda ms: ms / 1000),
)
events = some(
    {
        "Action": actions,
        "Package": st.sampled_from(["p", "q/r", ""]),
        "Test": st.sampled_from(["A", "A/sub one", "B", "B"]),
        "Elapsed": elapsed,
        "Output": names,
    }
)
OTHER_LINES = [
    "",
    " ",
    "|||",
    "# p [build failed]",
    "{",
    "[]",
    "1",
    '{"Action":1}',
    '{"Action":"pass","Action":"fail"}',
    "\ufeff{}",
]


@st.composite
def go_tests(draw: st.DrawFn) -> bytes:
    """A stream, among whose events other lines stand."""
    lines = draw(
        st.lists(
            st.one_of(events.flatmap(spelled_json), events.map(json.dumps), st.sampled_from(OTHER_LINES)),
            max_size=12,
        )
    )
    one_line = [line.replace("\n", " ") for line in lines]
    return draw(st.sampled_from(["\n", "\r\n"])).join(one_line).encode() + draw(
        st.sampled_from([b"", b"\n", b"\n\xff\n"])
    )


# SARIF

levels = st.sampled_from(["error", "warning", "note", "none"])
ids = st.sampled_from(["R1", "R2", "R1/sub", "R1/sub/sub", "a b", ""])
guids = st.sampled_from(["g1", "g2", "g3"])
indices = st.sampled_from([-1, 0, 0, 1, 2, 1.0, 9])
configuration = some({"level": levels, "enabled": st.booleans()})
component_references = some({"name": st.sampled_from(["e1", "e2", "t"]), "guid": guids, "index": indices})
rule_references = some({"id": ids, "guid": guids, "index": indices, "toolComponent": component_references})
rules = st.lists(some({"id": ids, "guid": guids, "defaultConfiguration": configuration}), max_size=3)
components = some({"name": st.sampled_from(["e1", "e2", "my tool"]), "guid": guids, "rules": rules})
overrides = st.lists(some({"descriptor": rule_references, "configuration": configuration}), max_size=3)
invocations = st.lists(
    some({"executionSuccessful": st.booleans(), "ruleConfigurationOverrides": overrides}), max_size=2
)
results = st.lists(
    some(
        {
            "ruleId": ids,
            "ruleIndex": indices,
            "rule": rule_references,
            "level": levels,
            "kind": st.sampled_from(["fail", "fail", "pass", "open"]),
            "provenance": some({"invocationIndex": indices}),
            "message": some({"text": names}),
        }
    ),
    max_size=5,
)
details = some({"id": st.sampled_from(["nightly/1", "nightly/2"]), "guid": guids})
tools = some({"driver": components, "extensions": st.lists(components, max_size=2)})
any_runs = some({"tool": tools, "invocations": invocations, "results": results, "automationDetails": details})
known = st.sampled_from(["R1", "R2", "R1/sub"])
plausible_overrides = st.lists(
    st.fixed_dictionaries(
        {
            "descriptor": st.builds(dict, id=known) | st.builds(dict, index=st.integers(0, 1)),
            "configuration": st.builds(dict, level=levels),
        }
    ),
    max_size=3,
)
plausible_results = st.lists(
    st.builds(dict, ruleId=known)
    | st.builds(dict, ruleIndex=st.integers(0, 2))
    | st.builds(dict, ruleId=known, provenance=st.builds(dict, invocationIndex=st.integers(-1, 2)))
    | st.builds(dict, ruleId=known, rule=st.builds(dict, toolComponent=st.builds(dict, index=st.just(0)))),
    min_size=1,
    max_size=4,
)
plausible_rules = st.lists(
    st.builds(dict, id=known, defaultConfiguration=configuration) | st.builds(dict, id=known),
    min_size=1,
    max_size=3,
)
plausible_tools = st.fixed_dictionaries(
    {
        "driver": st.builds(dict, name=st.just("t"), rules=plausible_rules),
        "extensions": st.lists(st.builds(dict, name=st.just("e1"), rules=plausible_rules), max_size=1),
    }
)
plausible_runs = st.fixed_dictionaries(
    {
        "tool": plausible_tools,
        "invocations": st.lists(
            st.builds(
                dict, executionSuccessful=st.booleans(), ruleConfigurationOverrides=plausible_overrides
            ),
            max_size=2,
        ),
        "results": plausible_results,
    }
)
"""Runs whose levels are decided by rules and invocations, which :data:`any_runs` seldom comes to."""
runs = any_runs | plausible_runs
logs = st.fixed_dictionaries(
    {
        "version": st.sampled_from(["2.1.0"] * 12 + ["1.0.0", "2.0.0"]),
        "runs": st.lists(runs, max_size=3),
    }
)


@st.composite
def sarif_logs(draw: st.DrawFn) -> bytes:
    """A log, or nearly one."""
    log = draw(mostly(logs, some({"version": st.just("2.1.0"), "runs": st.just([])}) | junk))
    return draw(st.sampled_from(["", "", "\ufeff"])).encode() + draw(spelled_json(log)).encode()


# GitHub

numbers = st.sampled_from([1, 2, 2, 3.0, 2**53 - 1])
repositories = some({"full_name": st.sampled_from(["org/repo", "Org/Repo", "fork/repo"]), "id": numbers})
statuses = st.sampled_from(["completed", "completed", "completed", "in_progress", "queued"])
conclusions = st.sampled_from(["success", "failure", "cancelled", "my own", "", None])
instants = st.sampled_from(
    [
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:10.5Z",
        "2026-01-01T01:00:10+01:00",
        "2026-03-01 00:00:00.123456789-02:30",
        "2026-02-31T00:00:00Z",
        "2026-01-01T00:00:60Z",
        "2026-1-01T00:00:00Z",
        "2026-01-011T0:00:00Z",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00+1:00",
        "yesterday",
    ]
)
urls = st.sampled_from(
    [
        "https://api.github.com/repos/Org/Repo/actions/runs/2",
        "https://h/repos/x",
        "https://h/o/r",
        "/repos/a/b/c/repos/d/e/f",
    ]
)
details_urls = st.sampled_from(
    [
        "https://github.com/org/repo/actions/runs/2/job/3",
        "https://h/actions/runs/x/actions/runs/2/",
        "https://lint.example/1",
        "https://h/actions/runs/99999999999999999999",
        "https://h/actions/runs/2",
    ]
)
record = {
    "id": numbers,
    "repository": repositories,
    "url": urls,
    "status": statuses,
    "conclusion": conclusions,
    "head_branch": names,
}
run_records = some(
    record
    | {
        "run_attempt": numbers,
        "run_number": numbers,
        "workflow_id": numbers,
        "event": st.sampled_from(["push", "schedule", "a b"]),
        "created_at": instants,
        "run_started_at": instants,
        "updated_at": instants,
    }
)
job_records = some(
    record
    | {
        "run_id": numbers,
        "run_attempt": numbers,
        "labels": st.lists(st.sampled_from(["ubuntu-latest", "x y", "", 1]), max_size=3),
        "runner_name": names,
        "steps": st.just([{"name": "s", "status": "completed", "id": 9}]),
    }
)
check_records = some(
    record
    | {
        "details_url": details_urls,
        "check_suite": some(
            {"id": numbers, "status": statuses, "conclusion": conclusions, "head_sha": names}
        ),
    }
)
run_ids = st.sampled_from([1, 2])
whole = {"status": statuses, "conclusion": conclusions}
plausible_payloads = st.one_of(
    st.builds(
        dict,
        workflow_run=st.fixed_dictionaries(
            whole | {"id": run_ids, "event": st.just("push"), "created_at": instants, "updated_at": instants}
        ),
        repository=st.just({"full_name": "org/repo"}),
    ),
    st.builds(
        dict,
        workflow_job=st.fixed_dictionaries(
            whole
            | {
                "id": st.integers(7, 9),
                "run_id": run_ids,
                "labels": st.lists(st.sampled_from("ab"), max_size=3),
            }
        ),
        repository=st.just({"full_name": "Org/Repo"}),
    ),
)
"""Records that say whose they are and meet in a few runs, which the others seldom do."""
payloads = st.one_of(
    plausible_payloads,
    some({"workflow_run": run_records, "repository": repositories, "action": statuses}),
    some({"workflow_job": job_records, "repository": repositories}),
    some({"check_run": check_records, "repository": repositories}),
    some({"workflow_runs": st.lists(run_records, max_size=3), "total_count": numbers}),
    some({"jobs": st.lists(job_records, max_size=3), "check_runs": st.lists(check_records, max_size=2)}),
    run_records,
    job_records,
    check_records,
)


@st.composite
def github_documents(draw: st.DrawFn) -> bytes:
    """Payloads, pages and bare records, one after the other and in arrays."""
    values = draw(st.lists(mostly(payloads | st.lists(payloads, max_size=2)), max_size=3))
    between = draw(st.sampled_from(["", "\n", " \r\n"]))
    text = between.join(draw(spelled_json(value)) for value in values)
    return draw(st.sampled_from(["", "", "\ufeff"])).encode() + text.encode()


# NDJSON

scalars = st.one_of(
    names,
    st.integers(-3, 3),
    st.sampled_from([1.0, 1.5, -0.0, 1e21, 1e-7, 2**53 - 1, True, False, None]),
    junk,
)
records = some(
    {
        "build": some({"id": scalars}),
        "outcome": st.sampled_from(["passed", "failed", "odd one"]),
        "steps": st.lists(some({"tool/name": names, "~": scalars}), max_size=2),
        "cache": some(
            {
                "layer": st.sampled_from(["disk", "memory"]),
                "hits": st.sampled_from([0, 1, 2.0, 70, 2**53 - 1]),
            }
        ),
    }
)
wrong_amounts = st.sampled_from([-1, 1.5, "3", True, 2**60]).map(
    lambda hits: {"cache": {"layer": "disk", "hits": hits}}
)


@st.composite
def ndjson_files(draw: st.DrawFn) -> bytes:
    """Lines of records, empty ones among them; now and then one that is wrong."""
    line = st.one_of(records.flatmap(spelled_json), records.map(json.dumps), st.sampled_from(["", " \t"]))
    wrong = st.sampled_from(["{", "[]x", '{"a":1,"a":2}', "\ufeff{}", "nul"]) | wrong_amounts.map(json.dumps)
    lines = draw(st.lists(line, max_size=8))
    if draw(st.integers(0, 4)) == 0:
        lines.insert(draw(st.integers(0, len(lines))), draw(wrong))
    one_line = [text.replace("\n", " ") for text in lines]
    return draw(st.sampled_from(["\n", "\r\n"])).join(one_line).encode() + draw(st.sampled_from([b"", b"\n"]))


@st.composite
def mutated(draw: st.DrawFn, documents: st.SearchStrategy[bytes]) -> bytes:
    """A document of which bytes are flipped, cut out, inserted or repeated."""
    content = bytearray(draw(documents))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = min(start + draw(st.integers(0, 8)), len(content))
        piece = draw(
            st.sampled_from(
                [b"", b"<", b">", b"&", b'"', b"'", b"/", b"{", b"}", b",", b"\0", b"\xff", b"]]>", b"e"]
            )
        )
        content[start:end] = draw(
            st.sampled_from([piece, bytes(content[start:end]) * 2, piece + bytes(content[start:end])])
        )
    return bytes(content)
