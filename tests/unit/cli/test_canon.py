"""`weftend canon` and `weftend digest`, as a process shows them: status, stdout, stderr."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from weftend import canonicalize_text, digest_text
from weftend.cli import canon, inputs, main
from weftend.errors import Code

TEXT = b'{"b": 1.0,\n "a": ["\\u20ac"]}'
FORM = canonicalize_text(TEXT)
DIGEST = digest_text(TEXT)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.json").write_bytes(TEXT)
    (tmp_path / "bad.json").write_bytes(b"[01]")
    return tmp_path


def weftend(*arguments: str | bytes, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "weftend", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, timeout=60, check=False)


def issues(out: bytes) -> list[tuple[str, str]]:
    document = json.loads(out)
    assert sorted(document) == ["issues", "more"]
    assert all(issue["message"] for issue in document["issues"])
    return [(issue["code"], issue["path"]) for issue in document["issues"]]


@pytest.mark.parametrize("arguments", [["canon", "good.json"], ["canon", "--json", "good.json"]])
def test_canon_prints_the_canonical_text_and_one_newline(folder, arguments):
    done = weftend(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (0, FORM + b"\n", b"")


@pytest.mark.parametrize("arguments", [["canon"], ["canon", "-"]])
def test_canon_reads_standard_input(folder, arguments):
    assert weftend(*arguments, stdin=TEXT).stdout == FORM + b"\n"


def test_the_output_of_canon_is_its_own_canonical_form(folder):
    assert weftend("canon", stdin=FORM + b"\n").stdout == FORM + b"\n"


def test_digest_prints_a_line_for_each_file(folder):
    done = weftend("digest", "good.json", "-", "./good.json", stdin=FORM + b"\n")
    assert done.stdout.decode() == f"{DIGEST}  good.json\n{DIGEST}  -\n{DIGEST}  ./good.json\n"
    assert (done.returncode, done.stderr) == (0, b"")


def test_digest_reads_standard_input_when_nothing_is_named(folder):
    assert weftend("digest", stdin=TEXT).stdout.decode() == f"{DIGEST}  -\n"


def test_digest_can_print_one_document(folder):
    done = weftend("digest", "--json", "good.json", "-", stdin=b" 1")
    assert json.loads(done.stdout) == {
        "digests": [{"digest": DIGEST, "path": "good.json"}, {"digest": digest_text(b"1"), "path": "-"}]
    }
    assert done.stderr == b""


@pytest.mark.parametrize("command", ["canon", "digest"])
def test_a_refusal_names_code_file_and_byte(folder, command):
    done = weftend(command, "--json", "bad.json")
    assert (done.returncode, done.stderr) == (2, b"")
    assert issues(done.stdout) == [("CANON_SYNTAX", "bad.json#2")]
    assert issues(weftend(command, "--json", stdin=b"\xff").stdout) == [("CANON_UTF8", "-#0")]


@pytest.mark.parametrize("command", ["canon", "digest"])
def test_a_refusal_is_words_on_stderr(folder, command):
    done = weftend(command, "bad.json")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"weftend: CANON_SYNTAX bad.json#2: no JSON text goes on like this\n"


def test_digest_says_all_that_is_wrong_and_prints_no_digest(folder):
    done = weftend("digest", "--json", "good.json", "missing", "bad.json", ".")
    assert done.returncode == 2
    assert issues(done.stdout) == [
        ("CANON_SYNTAX", "bad.json#2"),
        ("INPUT_NOT_FOUND", "missing#"),
        ("INPUT_UNREADABLE", ".#"),
    ]


def test_issues_beyond_the_list_are_counted(folder):
    document = json.loads(weftend("digest", "--json", *(f"missing{n}" for n in range(70))).stdout)
    assert (len(document["issues"]), document["more"]) == (64, 6)


@pytest.mark.parametrize("command", ["canon", "digest"])
def test_files_that_cannot_be_read(folder, command):
    assert issues(weftend(command, "--json", "missing").stdout) == [("INPUT_NOT_FOUND", "missing#")]
    assert issues(weftend(command, "--json", ".").stdout) == [("INPUT_UNREADABLE", ".#")]


def test_standard_input_is_read_once(folder):
    done = weftend("digest", "--json", "-", "good.json", "-", stdin=TEXT)
    assert (done.returncode, issues(done.stdout)) == (2, [("USAGE", "argv#")])


@pytest.mark.parametrize("command", ["canon", "digest"])
def test_input_without_an_end_is_refused_at_the_bound(folder, command, monkeypatch, capfdbinary):
    monkeypatch.setattr(inputs, "MAX_INPUT_BYTES", 3 * 1024 * 1024)
    assert main([command, "--json", "/dev/zero"]) == 2
    assert issues(capfdbinary.readouterr().out) == [("INPUT_TOO_LARGE", "/dev/zero#")]


@pytest.mark.parametrize(("length", "status"), [(16, 0), (17, 2)])
def test_the_bound_is_exact(folder, monkeypatch, capfdbinary, length, status):
    monkeypatch.setattr(inputs, "MAX_INPUT_BYTES", 16)
    (folder / "long.json").write_bytes(b"1".rjust(length))
    assert main(["canon", "long.json"]) == status


def test_standard_input_may_be_closed(folder):
    script = f"exec {sys.executable} -m weftend canon --json <&-"
    done = subprocess.run(["sh", "-c", script], capture_output=True, timeout=60, check=False)
    assert (done.returncode, issues(done.stdout)) == (2, [("INPUT_UNREADABLE", "-#")])


def test_nobody_reading_is_no_traceback(folder):
    (folder / "long.json").write_bytes(b"[" + b"1," * 200_000 + b"1]")
    script = f"{{ {sys.executable} -m weftend canon long.json; echo $? >status; }} | head -c 1"
    done = subprocess.run(["sh", "-c", script], capture_output=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == (b"[", b"")
    assert (folder / "status").read_text() == "141\n"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_names_that_cannot_be_printed_are_escaped(folder):
    hostile = b"a\xff\x1b[31m\nb.json"
    with open(os.path.join(os.fsencode(folder), hostile), "wb") as file:
        file.write(TEXT)
    shown = r"a\xff\x1b[31m\nb.json"
    assert weftend("digest", hostile).stdout.decode() == f"{DIGEST}  {shown}\n"
    assert json.loads(weftend("digest", "--json", hostile).stdout)["digests"][0]["path"] == shown
    assert weftend("canon", hostile).stdout == FORM + b"\n"
    missing = weftend("canon", hostile + b"!")
    assert (missing.returncode, missing.stdout) == (2, b"")
    assert missing.stderr.decode() == f"weftend: INPUT_NOT_FOUND {shown}!#: No such file or directory\n"


def test_hostile_text_is_refused_and_not_shown(folder):
    done = weftend("canon", stdin=b'["' + b"\x1b]0;evil\x07" * 1000)
    assert done.returncode == 2
    assert done.stderr == b"weftend: CANON_SYNTAX -#2: no JSON text goes on like this\n"
    assert weftend("canon", stdin=b"[" * 1_000_000).stderr.startswith(b"weftend: CANON_DEPTH -#128:")


def test_every_refusal_of_a_text_has_its_words():
    values_only = {Code.CANON_CYCLE, Code.CANON_KEY_TYPE, Code.CANON_TYPE}
    assert set(canon.REASONS) == {code for code in Code if code.startswith("CANON_")} - values_only


def test_a_file_that_may_not_be_read_is_told_as_that(folder, monkeypatch, capfdbinary):
    def refuse(name: str, _mode: str) -> None:
        raise PermissionError(13, "Permission denied", name)

    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(inputs, "open", refuse, raising=False)
    for command in ("canon", "digest"):
        assert main([command, "--json", "good.json"]) == 2
        out, err = capfdbinary.readouterr()
        assert (issues(out), err) == ([("INPUT_UNREADABLE", "good.json#")], b"")
