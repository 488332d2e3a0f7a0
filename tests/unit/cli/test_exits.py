"""Every way a command can end, as the process shows it: status, stdout, stderr."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from weftend.cli import exits, main
from weftend.cli.output import emit, emit_json, fail, say
from weftend.cli.root import LazyCommands, root
from weftend.errors import CanonicalizationError, Code, ExitStatus, Issue, IssueList, WeftendError


def command_that(raises: BaseException | None = None, returns: int | None = None) -> click.Command:
    @click.command("probe")
    @click.option("--json", is_flag=True)
    @click.option("--k", type=click.IntRange(min=1))
    def probe(json: bool, k: int | None) -> int | None:
        say("words for people")
        if raises is not None:
            raise raises
        emit_json({"b": k, "a": json})
        return returns

    return probe


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch):
    """Put a command named ``probe`` under the root for one test."""

    def install(**behaviour: object) -> None:
        command = command_that(**behaviour)  # type: ignore[arg-type]
        commands = LazyCommands({})
        commands["probe"] = command
        monkeypatch.setattr(root, "commands", commands)

    return install


def issues_of(out: str) -> list[dict[str, str]]:
    document = json.loads(out)
    assert sorted(document) == ["issues", "more"]
    return document["issues"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (WeftendError(Issue("HOME_BUSY", "h#", "m"), ExitStatus.INVALID), 2, "HOME_BUSY"),
        (WeftendError(Issue("TELEMETRY_ROLLBACK", "h#", "m"), ExitStatus.INTEGRITY), 3, "TELEMETRY_ROLLBACK"),
        (CanonicalizationError("CANON_DEPTH", 7), 2, "CANON_DEPTH"),
        (FileNotFoundError(2, "No such file or directory", "a"), 2, "INPUT_NOT_FOUND"),
        (PermissionError(13, "Permission denied", b"a\xff"), 2, "INPUT_UNREADABLE"),
        (OSError(28, "No space left on device"), 2, "OUTPUT_UNWRITABLE"),
        (click.UsageError("not so"), 2, "USAGE"),
        (ValueError("a bug"), 70, "INTERNAL_DEFECT"),
        (RecursionError("a bug"), 70, "INTERNAL_DEFECT"),
    ],
)
def test_an_error_is_one_document_on_stdout_and_nothing_on_stderr(probe, capfd, error, status, code):
    probe(raises=error)
    assert main(["probe", "--json"]) == status
    out, err = capfd.readouterr()
    assert [issue["code"] for issue in issues_of(out)] == [code]
    assert err == ""


def test_an_error_is_words_on_stderr_and_nothing_on_stdout(probe, capfd):
    probe(raises=WeftendError(IssueList.of([Issue("A", "f#1", "m")], more=3), ExitStatus.PARTIAL))
    assert main(["probe"]) == ExitStatus.PARTIAL
    out, err = capfd.readouterr()
    assert out == ""
    assert err == "words for people\nweftend: A f#1: m\nweftend: and 3 more\n"


def test_the_defect_line_names_file_and_line_and_no_traceback(probe, capfd):
    probe(raises=ValueError("a bug"))
    assert main(["probe"]) == ExitStatus.DEFECT
    _, err = capfd.readouterr()
    assert "INTERNAL_DEFECT test_exits.py#line:" in err
    assert "ValueError: a bug" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        (["--json"], "argv#--json"),
        (["nothing", "--json"], "argv#nothing"),
        (["probe", "--json", "--what"], "argv#--what"),
        (["probe", "--json", "--k", "x"], "argv#--k"),
        (["probe", "--json", "--k", "0"], "argv#--k"),
        (["probe", "--json", "--k"], "argv#--k"),
        (["probe", "--json", "extra"], "argv#"),
    ],
)
def test_the_parser_refuses_with_the_code_usage(probe, capfd, arguments, path):
    probe()
    assert main(arguments) == ExitStatus.INVALID
    out, err = capfd.readouterr()
    assert [(issue["code"], issue["path"]) for issue in issues_of(out)] == [("USAGE", path)]
    assert err == ""


def test_json_after_a_double_dash_is_no_option(probe, capfd):
    probe()
    assert main(["probe", "--", "--json"]) == ExitStatus.INVALID
    assert capfd.readouterr().out == ""


def test_without_a_command_the_help_is_shown(probe, capfd):
    probe()
    assert main([]) == ExitStatus.INVALID
    out, err = capfd.readouterr()
    assert out == ""
    assert "Usage: weftend" in err


def test_help_is_asked_for_on_stdout(probe, capfd):
    probe()
    assert main(["--help"]) == ExitStatus.DONE
    assert "probe" in capfd.readouterr().out


@pytest.mark.parametrize(("returned", "status"), [(None, 0), (0, 0), (1, 1), (ExitStatus.PARTIAL, 4)])
def test_a_command_returns_its_status(probe, capfd, returned, status):
    probe(returns=returned)
    assert main(["probe", "--json", "--k", "5"]) == status
    assert capfd.readouterr().out == '{"a":true,"b":5}\n'


def test_an_interrupt_ends_with_130(probe, capfd):
    probe(raises=KeyboardInterrupt())
    assert main(["probe", "--json"]) == exits.INTERRUPTED
    assert capfd.readouterr() == ("", "")


def test_names_are_shown_with_what_cannot_be_printed_escaped(probe, capfd):
    probe(raises=WeftendError(Issue("A", "caf\u00e9 \udcff \x1b[2J\ud800 \n#", "m")))
    assert main(["probe", "--json"]) == ExitStatus.INVALID
    assert issues_of(capfd.readouterr().out)[0]["path"] == "caf\u00e9 \\xff \\x1b[2J\\ud800 \\n#"


def test_fail_sorts_and_counts():
    with pytest.raises(WeftendError) as caught:
        fail((Issue(Code.USAGE, f"{n:03}#", "m") for n in reversed(range(70))), ExitStatus.PARTIAL)
    assert caught.value.issues.more == 6
    assert caught.value.issues.issues[0].path == "000#"
    assert caught.value.status is ExitStatus.PARTIAL


def run_python(code: str, *arguments: str, **pipes: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, check=False, timeout=60, **pipes)  # type: ignore[call-overload]


EMIT_MUCH = """
import sys, click
from weftend.cli import exits
from weftend.cli.output import emit
from weftend.cli.root import root
@root.command("probe")
@click.option("--json", is_flag=True)
def probe(json):
    emit(b"x" * (1 << 22))
sys.exit(exits.run(["probe"] + sys.argv[1:]))
"""


def test_a_reader_that_goes_away_is_no_error_to_show():
    child = subprocess.Popen(
        [sys.executable, "-c", EMIT_MUCH], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdout is not None
    child.stdout.read(10)
    child.stdout.close()
    assert child.stderr is not None
    assert child.stderr.read() == b""
    assert child.wait(60) == exits.PIPE_CLOSED


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="LOUD: no /dev/full here")
def test_a_full_disk_behind_stdout_is_told():
    for arguments in ((), ("--json",)):
        with open("/dev/full", "wb") as full:
            done = run_python(EMIT_MUCH, *arguments, stdout=full, stderr=subprocess.PIPE)
        assert done.returncode == ExitStatus.INVALID
        assert b"OUTPUT_UNWRITABLE" in done.stderr
        assert b"<stdout>#" in done.stderr
        assert b"Traceback" not in done.stderr
    assert issues_of(done.stderr.decode())[0]["code"] == "OUTPUT_UNWRITABLE"


def test_a_closed_stdout_is_told(capfd, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(WeftendError) as caught:
        emit(b"x")
    assert caught.value.issues.issues[0].code == Code.OUTPUT_UNWRITABLE
