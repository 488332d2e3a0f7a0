"""The commands over recorded usage: what they print, write, refuse and leave alone."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from shell import Shell
from weftend.store.local import diagnosis, disk


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_record_ingest_and_look(shell: Shell) -> None:
    assert shell.json("record", "benchmark_event", "unit=ms", "--value", "2") == {
        "mode": "local",
        "recorded": True,
    }
    assert shell.json("ingest")["events"] == 1
    (row,) = shell.json(
        "db", "query", "SELECT metric_type, metric_value, metadata_json FROM research_metrics"
    )
    assert row == {"metric_type": "benchmark_event", "metric_value": 2.0, "metadata_json": '{"unit":"ms"}'}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["no.such"], "EVENT_TYPE_UNKNOWN"),
        (["benchmark_event", "unit=parsec"], "EVENT_FIELD_INVALID"),
        (["benchmark_event", "iterations=many"], "EVENT_FIELD_INVALID"),
        (["benchmark_event", "iterations=1_000"], "EVENT_FIELD_INVALID"),
        (["benchmark_event", "iterations= 1"], "EVENT_FIELD_INVALID"),
        (["benchmark_event", "iterations=\u0661"], "EVENT_FIELD_INVALID"),
        (["benchmark_event", "iterations=" + 5000 * "9"], "EVENT_FIELD_INVALID"),
        (["benchmark_event", "warm=True"], "EVENT_FIELD_INVALID"),
        (["benchmark_event", "--value", "1_000"], "USAGE"),
        (["benchmark_event", "--value", " 1"], "USAGE"),
        (["benchmark_event", "--value", "inf"], "USAGE"),
        (["benchmark_event", "--value", "9" * 5000], "USAGE"),
        (["benchmark_event", "--value", "1e400"], "EVENT_VALUE_INVALID"),
        (["benchmark_event", "host=box-17"], "EVENT_FIELD_UNLISTED"),
        (["benchmark_event", "--value", "-1"], "EVENT_VALUE_INVALID"),
        (["benchmark_event", "--session", ""], "EVENT_SESSION_INVALID"),
        (["benchmark_event", "unit"], "USAGE"),
        (["benchmark_event", "unit=ms", "unit=s"], "USAGE"),
    ],
)
def test_record_says_what_its_contract_does_not_allow(shell: Shell, arguments: list[str], code: str) -> None:
    assert shell.code("record", *arguments) == code


def test_what_record_refuses_is_counted_like_any_other_caller_s(shell: Shell) -> None:
    for arguments in (["no.such"], ["benchmark_event", "iterations=many"], ["benchmark_event", "warm=yes"]):
        shell("record", *arguments)
    assert shell.json("ingest", status=4)["refused"] == {"EVENT_FIELD_INVALID": 2, "EVENT_TYPE_UNKNOWN": 1}


def test_record_reads_numbers_as_json_does(shell: Shell) -> None:
    arguments = ["benchmark_event", "iterations=3", "warm=true", "--value", "1.5e1"]
    shell.json("record", *arguments)
    shell.json("ingest")
    (row,) = shell.json("db", "query", "SELECT metric_value, metadata_json FROM research_metrics")
    assert row == {"metric_value": 15.0, "metadata_json": '{"iterations":3,"warm":true}'}


def test_off_records_nothing_and_creates_nothing(shell: Shell) -> None:
    assert shell.json("record", "benchmark_event", DO_NOT_TRACK="1") == {"mode": "off", "recorded": False}
    assert shell.json("ingest", DO_NOT_TRACK="1")["events"] == 0
    assert not shell.home.exists()


def test_off_leaves_the_spool_as_it_is(shell: Shell) -> None:
    shell("record", "benchmark_event")
    before = sorted(shell.home.rglob("*"))
    assert shell.json("ingest", WEFTEND_TELEMETRY="off")["events"] == 0
    assert sorted(shell.home.rglob("*")) == before


def test_the_mode_is_set_and_the_layer_that_decides_is_named(shell: Shell) -> None:
    assert shell.json("telemetry", "status")["layer"] == "default"
    assert shell.json("telemetry", "export") == {"layer": "user", "mode": "export", "wish": "export"}
    assert shell.json("telemetry", "status", WEFTEND_TELEMETRY="local")["layer"] == "environment"
    site = shell.folder / "site" / "weftend"
    site.mkdir(parents=True)
    (site / "policy.json").write_text('{"mode":"off"}')
    assert shell.json("telemetry", "local") == {"layer": "organisation", "mode": "off", "wish": "local"}


def test_looking_creates_nothing(shell: Shell) -> None:
    assert shell.json("db", "tables") == []
    assert shell.json("db", "prune-plan")["tables"] == []
    assert shell.code("db", "query", "SELECT 1") == "INPUT_NOT_FOUND"
    assert shell.json("doctor")["problems"] == []
    assert not shell.home.exists()


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM research_metrics",
        "ATTACH ':memory:' AS other",
        "PRAGMA journal_mode = DELETE",
        "SELECT 1; SELECT 2",
        "SELECT load_extension('x')",
        "CREATE TEMP TABLE t (a)",
        "nonsense",
        "",
    ],
)
def test_a_query_only_looks(shell: Shell, sql: str) -> None:
    shell("record", "benchmark_event")
    shell("ingest")
    if sql:
        assert shell.code("db", "query", sql) == "QUERY_INVALID"
    else:
        assert shell.json("db", "query", sql) == []
    assert shell.json("db", "query", "SELECT count(*) AS n FROM research_metrics") == [{"n": 1}]


FIELDS = ["iterations", "profile", "suite", "unit", "warm"]


def test_what_a_query_shows_cannot_steer_a_terminal(shell: Shell) -> None:
    shell("record", "benchmark_event", "--session", "a\tb\nc\x1b[31md")
    shell("ingest")
    ended = shell("db", "query", "SELECT session_id, NULL AS 'n\t', 1 FROM research_metrics")
    assert ended.stdout.decode() == "session_id\tn\\t\t1\na\\tb\\nc\\x1b[31md\t\t1\n"


@pytest.mark.parametrize("sql", ["SELECT 1 AS a, 2 AS a", "SELECT * FROM recording, research_metrics"])
def test_a_query_gives_whole_objects_or_none(shell: Shell, sql: str) -> None:
    shell("record", "benchmark_event")
    shell("ingest")
    assert shell.code("db", "query", sql) == "QUERY_INVALID"


def test_export_needs_its_mode_and_takes_only_what_may_go(shell: Shell) -> None:
    shell("record", "benchmark_event", "unit=ms", "--value", "2", "--session", "bench:secret-repo")
    finding = ["detector_id=d", "tier=A", "fingerprint=f", "message=m"]
    run = ["findings_count=1", "recorded_at=2026-11-01", "repository_id=r", "schema_version=1", "workflow=w"]
    shell("record", "completion-run", *run)
    shell("record", "completion-finding", *finding)
    shell("ingest")
    assert shell.code("db", "export", "--yes") == "MODE_FORBIDS"
    assert shell.code("db", "export", WEFTEND_TELEMETRY="export") == "USAGE"
    ended = shell("db", "export", "--yes", WEFTEND_TELEMETRY="export")
    (line,) = ended.stdout.splitlines()
    exported = json.loads(line)
    assert exported.pop("day").count("-") == 2
    assert exported == {"type": "benchmark_event", "events": 1, "value": 2.0, "fields": {"unit": "ms"}}
    assert b"benchmark_event: 1 events" in ended.stderr
    both = shell.json("db", "export", "--yes", WEFTEND_TELEMETRY="export")
    assert both["types"] == [{"type": "benchmark_event", "events": 1, "rows": 1, "fields": FIELDS}]
    assert [row["value"] for row in both["rows"]] == [2.0]
    out = shell.folder / "exported.ndjson"
    shown = shell.json("db", "export", "--yes", "--out", str(out), WEFTEND_TELEMETRY="export")
    assert (shown, out.read_bytes()) == ({"types": both["types"]}, ended.stdout)


def test_where_nothing_may_be_exported_nothing_is(shell: Shell) -> None:
    nothing = shell.json("db", "export", "--yes", status=1, WEFTEND_TELEMETRY="export")
    assert nothing == {"rows": [], "types": []}


def test_prune_apply_takes_what_the_plan_shows(shell: Shell, tmp_path: Path) -> None:
    shell("record", "benchmark_event")
    shell("ingest")
    # Policy shortens to nothing, so that what was recorded just now has run its time.
    site = shell.folder / "site" / "weftend"
    site.mkdir(parents=True)
    (site / "policy.json").write_text('{"retention":{"research_metrics":0}}')
    plan = shell.json("db", "prune-plan")
    assert [line["rows"] for line in plan["tables"] if line["table"] == "research_metrics"] == [1]
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    done = shell.json("db", "prune-apply", "--plan", str(tmp_path / "plan.json"))
    assert [item["rows"] for item in done if item["table"] == "research_metrics"] == [1]
    assert shell.json("db", "query", "SELECT table_name, rows_deleted FROM prune_log") == [
        {"table_name": "research_metrics", "rows_deleted": 1}
    ]


def test_policy_never_lengthens(shell: Shell) -> None:
    shell("record", "benchmark_event")
    shell("ingest")
    site = shell.folder / "site" / "weftend"
    site.mkdir(parents=True)
    (site / "policy.json").write_text('{"retention":{"research_metrics":9999}}')
    rules = {line["table"]: line["rule"] for line in shell.json("db", "prune-plan")["tables"]}
    assert rules["research_metrics"] == "days 365 by created_at"


@pytest.mark.parametrize("table", ["research_metric", "conversation_messages", "ci_completion_finding"])
def test_a_policy_that_shortens_nothing_is_refused(shell: Shell, table: str) -> None:
    policy = shell.folder / "policy.json"
    policy.write_text(json.dumps({"retention": {"finding_messages": 3, table: 3}}))
    for command in (("db", "prune-plan"), ("db", "prune-apply"), ("db", "tables")):
        refused = shell.json(*command, status=2, WEFTEND_POLICY=str(policy))
        assert [(issue["code"], issue["path"]) for issue in refused["issues"]] == [
            ("POLICY_INVALID", f"{policy}#/retention/{table}")
        ]
    problems = shell.json("doctor", status=1, WEFTEND_POLICY=str(policy))["problems"]
    assert [problem["code"] for problem in problems] == ["POLICY_INVALID"]


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"schema":"x"}', '{"schema":"weftend.prunePlan/0","tables":[{}]}']
)
def test_a_plan_that_is_none_is_refused(shell: Shell, tmp_path: Path, text: str) -> None:
    (tmp_path / "plan.json").write_text(text)
    assert shell.code("db", "prune-apply", "--plan", str(tmp_path / "plan.json")) == "PLAN_INVALID"


def test_doctor_says_how_a_store_of_a_later_version_is_read(shell: Shell) -> None:
    shell("record", "benchmark_event")
    shell("ingest")
    with closing(sqlite3.connect(shell.home / "telemetry.sqlite3")) as store:
        store.execute("PRAGMA user_version = 99")
    (problem,) = shell.json("doctor", status=1)["problems"]
    assert (problem["code"], problem["command"]) == ("STORE_NEWER", "pip install --upgrade weftend")


def test_doctor_names_each_problem_and_its_cure(shell: Shell) -> None:
    shell("record", "benchmark_event", "host=box-17")
    shell("ingest")
    (shell.home / "telemetry.sqlite3").chmod(0o644)
    problems = shell.json("doctor", status=1, WEFTEND_TELEMETRY="loud")["problems"]
    found = {problem["code"]: problem["command"] for problem in problems}
    assert found.keys() == {"MODE_UNREADABLE", "FILE_NOT_PRIVATE", "EVENT_FIELD_UNLISTED"}
    assert found["MODE_UNREADABLE"] == "unset WEFTEND_TELEMETRY"
    assert found["FILE_NOT_PRIVATE"].startswith("chmod go= ")


def mend(shell: Shell, command: str) -> None:
    """Run what doctor says, as an operator would."""
    command = command.replace("weftend ", f"{sys.executable} -m weftend ", 1)
    subprocess.run(["sh", "-c", command], env=shell.environment(), check=True, timeout=60)


def test_doctor_opens_a_broken_policy_file_and_does_not_move_it_away(shell: Shell, tmp_path: Path) -> None:
    shell("record", "benchmark_event")
    shell("ingest")
    policy = tmp_path / "po#licy.json"
    policy.write_text('{"mode": "of"}')
    problems = shell.json("doctor", status=1, WEFTEND_POLICY=str(policy))["problems"]
    assert [problem["code"] for problem in problems] == ["MODE_UNREADABLE", "POLICY_INVALID"]
    (command,) = {problem["command"] for problem in problems}
    editor = {"EDITOR": "sed -i s/of/off/"}
    subprocess.run(["sh", "-c", command], env=shell.environment() | editor, check=True, timeout=60)
    assert policy.read_text() == '{"mode": "off"}'
    assert shell.json("doctor", WEFTEND_POLICY=str(policy))["problems"] == []


def test_doctor_forgets_a_policy_file_that_is_not_there(shell: Shell, tmp_path: Path) -> None:
    problems = shell.json("doctor", status=1, WEFTEND_POLICY=str(tmp_path / "none.json"))["problems"]
    assert {problem["command"] for problem in problems} == {"unset WEFTEND_POLICY"}


def test_what_was_refused_is_a_problem_until_it_is_acknowledged(shell: Shell) -> None:
    refuse = ("record", "benchmark_event", "host=box-17")
    shell(*refuse)
    shell("ingest")
    (problem,) = shell.json("doctor", status=1)["problems"]
    assert (problem["code"], problem["command"]) == ("EVENT_FIELD_UNLISTED", "weftend doctor --acknowledge")
    mend(shell, problem["command"])
    healthy = shell.json("doctor")
    assert (healthy["problems"], healthy["counts"]) == ([], {"EVENT_FIELD_UNLISTED": 1})
    shell(*refuse)
    shell("ingest")
    (problem,) = shell.json("doctor", status=1)["problems"]
    assert problem["message"].startswith("1 since the last acknowledgement")
    assert b"Acknowledged: 1 EVENT_FIELD_UNLISTED" in shell("doctor", "--acknowledge").stderr
    assert shell.json("doctor")["counts"] == {"EVENT_FIELD_UNLISTED": 2}


def test_acknowledging_where_nothing_was_recorded_creates_nothing(shell: Shell) -> None:
    assert shell("doctor", "--acknowledge").returncode == 0
    assert not shell.home.exists()


def test_a_torn_line_is_mended_by_the_commands_that_doctor_names(shell: Shell) -> None:
    shell("record", "benchmark_event")
    (segment,) = (shell.home / "spool").glob("*.ndjson")
    with segment.open("a") as lines:
        lines.write('{"at":1')
    shell("ingest")
    problems = shell.json("doctor", status=1)["problems"]
    assert [problem["code"] for problem in problems] == ["SPOOL_LINE_TORN"] * 2
    for problem in problems:
        mend(shell, problem["command"])
    assert shell.json("doctor")["problems"] == []


def test_a_damaged_store_is_moved_aside_with_its_log(shell: Shell) -> None:
    shell("record", "benchmark_event")
    shell("ingest")
    for name in ("telemetry.sqlite3", "telemetry.sqlite3-wal"):
        (shell.home / name).write_bytes(b"no database" * 1000)
        (shell.home / name).chmod(0o600)
    (problem,) = shell.json("doctor", status=1)["problems"]
    mend(shell, problem["command"])
    assert shell.json("doctor")["problems"] == []
    assert {"telemetry.sqlite3", "telemetry.sqlite3-wal"} <= {
        path.name for path in (shell.home / "aside").iterdir()
    }
    shell("record", "benchmark_event")
    assert shell.json("ingest")["events"] == 1


def test_doctor_says_that_a_store_is_damaged(shell: Shell) -> None:
    shell.home.mkdir()
    (shell.home / "telemetry.sqlite3").write_bytes(b"no database" * 100)
    (shell.home / "telemetry.sqlite3").chmod(0o600)
    (problem,) = shell.json("doctor", status=1)["problems"]
    assert problem["code"] == "STORE_DAMAGED"
    assert shell.code("ingest", status=3) == "STORE_DAMAGED"


def test_completion_envelopes_go_in_whole_or_not_at_all(shell: Shell, tmp_path: Path) -> None:
    run = {
        "event": "completion-run",
        "repository_id": "r",
        "workflow": "w",
        "recorded_at": "2026-11-01T00:00:00Z",
    }
    run |= {"schema_version": 1, "findings_count": 1}
    finding = {
        "event": "completion-finding",
        "detector_id": "d",
        "tier": "A",
        "fingerprint": "f",
        "message": "m",
    }
    good, bad = tmp_path / "good.ndjson", tmp_path / "bad.json"
    good.write_text(f"{json.dumps(run)}\n\n{json.dumps(finding)}\n")
    bad.write_text(json.dumps([run, {**finding, "tier": "Z"}, {"event": "other"}]))
    ended = shell("ingest", "completion", str(good), str(bad), "--json")
    assert ended.returncode == 4
    done = json.loads(ended.stdout)
    assert (done["events"], ended.stderr) == (2, b"")
    issues = [(issue["code"], issue["path"]) for issue in done["issues"]]
    assert issues == [("EVENT_FIELD_INVALID", f"{bad}#/1"), ("EVENT_TYPE_UNKNOWN", f"{bad}#/2")]
    assert shell.json("db", "query", "SELECT count(*) AS n FROM ci_completion_run") == [{"n": 1}]


def test_envelopes_in_files_of_their_own_belong_to_the_run_before(shell: Shell) -> None:
    members = {"schema_version": 1, "findings_count": 1, "recorded_at": "2026-11-01", "workflow": "w"}
    envelopes = {
        "run": {"event": "completion-run", "repository_id": "r", **members},
        "finding": {
            "event": "completion-finding",
            "detector_id": "d",
            "tier": "A",
            "fingerprint": "f",
            "message": "m",
        },
        "snapshot": {
            "event": "completion-detector-snapshot",
            "detector_id": "d",
            "tier": "A",
            "finding_count": 1,
        },
        "broken": {"event": "completion-run"},
    }
    for name, envelope in envelopes.items():
        (shell.folder / name).write_text(json.dumps(envelope))
    files = {name: str(shell.folder / name) for name in envelopes}
    assert (
        shell.json("ingest", "completion", files["run"], files["finding"], files["snapshot"])["events"] == 3
    )
    query = "SELECT run_id FROM ci_completion_finding UNION ALL SELECT run_id FROM ci_completion_detector_snapshot"
    assert shell.json("db", "query", query) == [{"run_id": 1}, {"run_id": 1}]
    # The run that was refused is the one that the finding belongs to: it must not go to another.
    done = shell.json("ingest", "completion", files["run"], files["broken"], files["finding"], status=4)
    assert [issue["code"] for issue in done["issues"]] == ["EVENT_FIELD_MISSING", "EVENT_PARENT_MISSING"]
    assert shell.code("ingest", "completion", files["finding"]) == "EVENT_PARENT_MISSING"


SARIF = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {"driver": {"name": "lint", "rules": [{"id": "R0"}, {"id": "R1"}]}},
            "results": [
                {
                    "ruleIndex": 1,
                    "level": "error",
                    "message": {"text": "m"},
                    "locations": [
                        {
                            "physicalLocation": {
                                "artifactLocation": {"uri": "src/a.c"},
                                "region": {"startLine": 3},
                            }
                        }
                    ],
                    "partialFingerprints": {"b": "2", "a": "1"},
                },
                {"ruleId": "R0", "message": {"text": "n"}, "rule": "odd", "locations": "odd"},
            ],
        }
    ],
}


def test_sarif_results_are_findings(shell: Shell, tmp_path: Path) -> None:
    log = tmp_path / "log.sarif"
    log.write_bytes(b"\xef\xbb\xbf" + json.dumps(SARIF).encode())
    assert shell.json("ingest", "sarif", str(log))["events"] == 3
    rows = shell.json(
        "db",
        "query",
        "SELECT detector_id, tier, file_path, line_start, fingerprint FROM ci_completion_finding",
    )
    assert rows[0] == {
        "detector_id": "R1",
        "tier": "A",
        "file_path": "src/a.c",
        "line_start": 3,
        "fingerprint": "1",
    }
    assert (rows[1]["detector_id"], rows[1]["tier"], rows[1]["file_path"]) == ("R0", "B", None)
    assert rows[1]["fingerprint"].startswith("sha256:")


def test_an_older_sarif_is_refused(shell: Shell, tmp_path: Path) -> None:
    log = tmp_path / "log.sarif"
    log.write_text('{"version":"1.0.0","runs":[]}')
    ended = shell("ingest", "sarif", str(log), "--json")
    assert ended.returncode == 2
    assert json.loads(ended.stdout)["issues"][0]["path"] == f"{log}#/version"


CARGO = b"""   noise of a build script
{"reason":"compiler-artifact","package_id":"path+file:///x/y#0.1.0","fresh":true,"features":["a"],"profile":{"debug_assertions":true}}
{"reason":"compiler-artifact","package_id":"registry+x#serde@1.0.1","fresh":false,"features":[],"profile":{"debug_assertions":true}}
{"reason":"compiler-message","package_id":"path+file:///x/y#0.1.0","message":{"level":"warning","code":{"code":"dead_code"},"message":"m"}}
{"reason":"build-finished","success":true}
"""


def test_cargo_messages_are_a_build(shell: Shell) -> None:
    ended = shell("ingest", "cargo", "-", "--total-ms", "5", stdin=CARGO)
    assert ended.returncode == 0, ended
    (run,) = shell.json("db", "query", "SELECT profile, total_ms, crate_count, fresh_count FROM build_run")
    assert run == {"profile": "dev", "total_ms": 5, "crate_count": 2, "fresh_count": 1}
    crates = shell.json("db", "query", "SELECT name, version FROM build_crate_sample ORDER BY name")
    assert crates == [{"name": "serde", "version": "1.0.1"}, {"name": "y", "version": "0.1.0"}]
    assert shell.json("db", "query", "SELECT code FROM build_warning") == [{"code": "dead_code"}]


def test_a_build_that_was_cut_short_is_refused(shell: Shell) -> None:
    ended = shell("ingest", "cargo", "-", "--json", stdin=CARGO.rpartition(b'{"reason":"build')[0])
    assert (ended.returncode, json.loads(ended.stdout)["issues"][0]["code"]) == (2, "INPUT_INVALID")


def test_a_build_that_was_cut_short_is_named(shell: Shell) -> None:
    messages = shell.folder / "messages.json"
    messages.write_bytes(b"")
    ended = shell("ingest", "cargo", str(messages), "--json")
    assert json.loads(ended.stdout)["issues"][0]["path"] == f"{messages}#"


@pytest.mark.parametrize(
    "option",
    [
        ["--total-ms", "9" * 30],
        ["--total-ms", "-1"],
        ["--repository", ""],
        ["--repository", "r" * 513],
        ["--repository", os.fsdecode(b"\xff")],
        ["--run-name", os.fsdecode(b"\xff")],
    ],
)
def test_what_no_column_takes_is_refused(shell: Shell, option: list[str]) -> None:
    messages = shell.folder / "messages.json"
    messages.write_bytes(CARGO)
    assert shell.code("ingest", "cargo", str(messages), *option) == "USAGE"


def test_doctor_says_that_a_spool_that_is_no_folder_takes_nothing(shell: Shell) -> None:
    shell.home.mkdir(mode=0o700)
    spool = shell.home / "spool"
    spool.touch(0o600)
    assert shell.code("record", "benchmark_event") == "EVENT_SPOOL_UNWRITABLE"
    (problem,) = shell.json("doctor", status=1)["problems"]
    assert (problem["code"], problem["path"]) == ("FILE_UNWRITABLE", str(spool))
    assert subprocess.run(["sh", "-c", problem["command"]], timeout=60).returncode == 0
    assert shell.json("record", "benchmark_event")["recorded"] is True
    assert shell.json("doctor")["problems"] == []


def test_doctor_says_how_to_make_a_home_where_one_may_not(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what the system says of permissions, which says yes to whoever runs as root."""
    monkeypatch.setenv("WEFTEND_HOME", str(shell.folder / "another"))
    monkeypatch.setattr(os, "access", lambda _path, _how: False)
    home = shell.folder / "parent" / "it's home"
    home.parent.mkdir()
    health = diagnosis.Health()
    disk.look(health, home)
    (problem,) = health.problems
    monkeypatch.undo()
    assert (problem.code, problem.path) == ("FILE_UNWRITABLE", str(home.parent))
    command = problem.command.removeprefix("sudo ")
    assert command != problem.command
    assert subprocess.run(["sh", "-c", command], timeout=60).returncode == 0
    assert home.stat().st_mode & 0o777 == 0o700


def test_doctor_forgets_contracts_that_cannot_be_read(shell: Shell) -> None:
    (problem,) = shell.json("doctor", status=1, WEFTEND_CONTRACTS=str(shell.folder / "none.json"))["problems"]
    assert problem["command"] == "unset WEFTEND_CONTRACTS"
    assert shell.json("doctor")["problems"] == []


def test_doctor_counts_as_waiting_what_an_ingest_would_take(shell: Shell) -> None:
    shell("record", "benchmark_event")
    spool = shell.home / "spool"
    (segment,) = spool.iterdir()
    (spool / "gone.ndjson").symlink_to("nowhere")
    (spool / "folder.ndjson").mkdir()
    waiting = {"bytes": segment.stat().st_size, "segments": 1, "torn": 0}
    assert shell.json("doctor")["spool"] == waiting


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_store_that_is_no_file_is_refused_without_waiting(
    shell: Shell, make: Callable[[Path], None]
) -> None:
    shell.home.mkdir(mode=0o700)
    make(shell.home / "telemetry.sqlite3")
    (shell.home / "telemetry.sqlite3").chmod(0o700)
    for command in (["ingest"], ["db", "tables"], ["db", "query", "SELECT 1"], ["db", "prune-apply"]):
        assert shell.code(*command) == "STORE_FOREIGN"
    (problem,) = shell.json("doctor", status=1)["problems"]
    assert subprocess.run(["sh", "-c", problem["command"]], timeout=60).returncode == 0
    assert shell.json("doctor")["problems"] == []


def test_a_wish_is_kept_in_a_folder_of_any_name(shell: Shell) -> None:
    odd = os.fsdecode(os.fsencode(shell.folder) + b"/\xff")
    wish = shell.json("telemetry", "off", XDG_CONFIG_HOME=odd)
    assert wish == {"layer": "user", "mode": "off", "wish": "off"}
    assert [path.name for path in Path(odd).rglob("*.json")] == ["config.json"]
    assert shell.json("record", "benchmark_event", XDG_CONFIG_HOME=odd)["recorded"] is False
    assert shell.json("telemetry", "status", WEFTEND_HOME=odd)["home"] == odd
