"""The command itself: what goes to stdout, what to stderr, what is written, and the exit status."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

import releases
from conduits import chunks_of, files
from weftend.cli import main
from weftend.reference.verify import verify_snapshot

STORE = "receipts/telemetry_conduit.json"
LEDGER = "receipts/telemetry_conduit_ledger.sqlite3"
SNAPSHOT = "telemetry_conduit_snapshot.json"


@pytest.fixture
def release(tmp_path, monkeypatch) -> Path:
    monkeypatch.delenv("WEFTEND_POLICY", raising=False)
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "etc"))
    monkeypatch.setenv("COLUMNS", "120")
    return releases.write(tmp_path / "release")


def run(capfdbinary, *arguments: object) -> tuple[int, bytes, str]:
    status = main(["telemetry-conduit", *map(str, arguments)])
    out, err = capfdbinary.readouterr()
    return status, out, err.decode()


def codes(document: bytes) -> list[str]:
    return [issue["code"] for issue in json.loads(document)["issues"]]


@pytest.mark.parametrize("flags", [(), ("--preview",), ("--json",), ("--preview", "--json")])
def test_without_apply_it_is_a_preview(release, tmp_path, capfdbinary, flags):
    before = files(tmp_path)
    status, out, err = run(capfdbinary, release, "--k", 5, "--out", tmp_path / "out", *flags)
    assert status == 0
    assert files(tmp_path) == before
    assert not (tmp_path / "out").exists()
    assert verify_snapshot(out, "s").status == "preview"
    assert ("Do not share it" in err) == ("--json" not in flags)
    assert err == "" or "--json" not in flags


@pytest.mark.parametrize("flags", [(), ("--json",), ("--preview",)])
def test_apply_writes_and_prints_what_it_wrote_when_asked(release, tmp_path, capfdbinary, flags):
    status, out, err = run(capfdbinary, release, "--k", 5, "--out", tmp_path / "out", "--apply", *flags)
    written = (tmp_path / "out" / SNAPSHOT).read_bytes()
    assert status == 0
    assert out == (written if flags else b"")
    assert ("Released" in err) == ("--json" not in flags)
    assert verify_snapshot(written, "s").status == "verified"
    assert {STORE, LEDGER} <= set(files(release))


def test_a_preview_shows_the_chunks_that_an_apply_then_writes(release, tmp_path, capfdbinary):
    _, preview, _ = run(capfdbinary, release, "--k", 5)
    _, applied, _ = run(capfdbinary, release, "--k", 5, "--apply", "--json")
    assert chunks_of(preview) == chunks_of(applied)


def test_again_over_an_unchanged_folder_changes_no_byte(release, tmp_path, capfdbinary):
    out = tmp_path / "out"
    run(capfdbinary, release, "--k", 5, "--out", out, "--apply")
    before = files(release)
    status, _, err = run(capfdbinary, release, "--k", 5, "--out", out, "--apply")
    assert status == 0
    assert files(release) == before
    assert "Nothing is new" in err
    assert json.loads((out / SNAPSHOT).read_bytes())["dropped"]["duplicateSkipped"] == 1


def test_later_runs_take_only_what_is_new(release, tmp_path, capfdbinary):
    _, first, _ = run(capfdbinary, release, "--k", 5, "--apply", "--json")
    releases.write(release, runs=50)
    _, later, _ = run(capfdbinary, release, "--k", 5, "--apply", "--json")
    assert chunks_of(later)[0] == chunks_of(first)[0]
    assert chunks_of(later)[1]["payload"]["sampleCount"] == 20
    assert verify_snapshot(later, "s").status == "verified"


def test_under_the_floor_the_snapshot_is_written_and_nothing_else(release, tmp_path, capfdbinary):
    before = files(release)
    status, _, err = run(capfdbinary, release, "--k", 500, "--out", tmp_path / "out", "--apply")
    assert status == 1
    assert files(release) == before
    snapshot = json.loads((tmp_path / "out" / SNAPSHOT).read_bytes())
    assert (snapshot["chunks"], snapshot["dropped"]["kFloorSkipped"]) == ([], 1)
    units = int(re.search(r"Found (\d+) observations", err)[1])
    for words in ("in force is 500", f"{units} observations stay pending", "as low as 5"):
        assert words in err
    _, out, _ = run(capfdbinary, release, "--k", 5)
    assert chunks_of(out)[0]["payload"]["sampleCount"] == units


def test_the_units_found_are_said_exactly(release, capfdbinary):
    _, out, err = run(capfdbinary, release, "--k", 5)
    units = sum(chunk["payload"]["sampleCount"] for chunk in chunks_of(out))
    assert f"Found {units} observations." in err
    assert "2 of them are copies" in err


def test_no_units_at_all(release, tmp_path, capfdbinary):
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "release_manifest.json").write_bytes((release / "release_manifest.json").read_bytes())
    status, _, err = run(capfdbinary, empty, "--out", tmp_path / "out", "--apply")
    assert status == 1
    snapshot = json.loads((tmp_path / "out" / SNAPSHOT).read_bytes())
    assert set(snapshot["dropped"].values()) == {0}
    assert "no observations" in err


@pytest.mark.parametrize("flags", [("--apply",), ()])
def test_a_broken_known_file_stops_everything(release, tmp_path, capfdbinary, flags):
    (release / "receipts" / "pulses.json").write_text('[{"schema": "weftend.pulse/0"')
    before = files(tmp_path)
    status, out, err = run(capfdbinary, release, "--k", 5, "--out", tmp_path / "out", "--json", *flags)
    assert (status, codes(out), err) == (2, ["CANON_TRUNCATED"], "")
    assert json.loads(out)["issues"][0]["path"].startswith("receipts/pulses.json#")
    assert files(tmp_path) == before
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--k", "4"], "FLOOR_TOO_LOW"),
        (["--k", "1000001"], "USAGE"),
        (["--k", "0"], "USAGE"),
        (["--k", "many"], "USAGE"),
        (["--no-such"], "USAGE"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_nothing_written(
    release, tmp_path, capfdbinary, arguments, code
):
    before = files(tmp_path)
    status, out, err = run(capfdbinary, release, "--apply", "--json", *arguments)
    assert (status, codes(out), err) == (2, [code], "")
    assert files(tmp_path) == before


def test_an_organisation_s_floor_holds(release, tmp_path, capfdbinary, monkeypatch):
    (tmp_path / "policy.json").write_text('{"minimumFloor": 40}')
    monkeypatch.setenv("WEFTEND_POLICY", str(tmp_path / "policy.json"))
    assert codes(run(capfdbinary, release, "--k", 39, "--json")[1]) == ["FLOOR_TOO_LOW"]
    status, out, _ = run(capfdbinary, release, "--k", 40)
    assert (status, chunks_of(out)[0]["kAnonymityFloor"]) == (0, 40)


def test_the_default_floor_is_the_stream_s(release, capfdbinary):
    status, out, err = run(capfdbinary, release)
    assert (status, chunks_of(out)) == (1, [])
    assert "sample count in force is 100" in err


def test_another_home_leaves_the_release_folder_alone(release, tmp_path, capfdbinary):
    before = files(release)
    status, _, _ = run(capfdbinary, release, "--k", 5, "--apply", "--home", tmp_path / "home")
    assert status == 0
    assert files(release) == before
    assert (tmp_path / "home" / "conduit" / "telemetry.release.v0" / "telemetry_conduit.json").is_file()


def test_refs_are_there_only_when_asked_for_and_say_what_they_give_away(release, capfdbinary):
    (release / "receipts" / "pulses.json").write_text("[]\n")
    lines = [{"schema": "weftend.tartarus/0", "recordId": f"sha256:{n:064x}"} for n in range(10)]
    kind = {"kind": "stamp.missing", "reasonCodes": ["STAMP_MISSING"]}
    text = "".join(json.dumps(line | kind) + "\n" for line in lines)
    (release / "tartarus.jsonl").write_text(text)
    for folder in (release / "receipts").iterdir():
        if folder.is_dir():
            folder.rename(release / f"moved-{folder.name}")
    _, without, err = run(capfdbinary, release, "--k", 5)
    assert chunks_of(without)[0]["tartarusRefs"] == []
    assert "--refs" not in err
    _, with_refs, err = run(capfdbinary, release, "--k", 5, "--refs")
    assert chunks_of(with_refs)[0]["tartarusRefs"] == [line["recordId"] for line in lines]
    assert "can guess a record" in err


def test_refs_are_withheld_where_something_was_suppressed(release, capfdbinary):
    _, out, err = run(capfdbinary, release, "--k", 10, "--refs")
    assert chunks_of(out)[0]["tartarusRefs"] == []
    assert "TELEMETRY_REFS_WITHHELD" in err


def test_unregistered_names_reach_the_operator_and_nobody_else(release, capfdbinary):
    _, out, err = run(capfdbinary, release, "--k", 5)
    path = next((release / "receipts").rglob("safe_run_receipt.json"))
    receipt = json.loads(path.read_bytes())
    receipt["topReasonCode"] = receipt["reasonCodes"] = ["HOUSE_RULE_QUINCE\x1b[2J"]
    path.write_text(json.dumps(receipt))
    _, out, err = run(capfdbinary, release, "--k", 5)
    assert b"QUINCE" not in out
    assert "HOUSE_RULE_QUINCE\\x1b[2J" in err
    assert "\x1b" not in err


@pytest.mark.skipif(sys.platform != "linux", reason="LOUD: file names of any bytes are Linux's")
def test_a_path_that_is_not_utf_8_is_no_obstacle(release, tmp_path, capfdbinary):
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/rel\xff\xfe"))
    release.rename(odd)
    status, _, err = run(capfdbinary, odd, "--k", 5, "--apply", "--out", odd / "out\udcfd")
    assert status == 0
    assert "rel\\xff\\xfe/out\\xfd" in err
    assert (odd / "out\udcfd" / SNAPSHOT).is_file()
    assert (odd / STORE).is_file()


def test_stdout_that_is_full_does_not_undo_the_release(release, tmp_path):
    import subprocess

    command = [sys.executable, "-m", "weftend", "telemetry-conduit", str(release), "--k", "5", "--apply"]
    if not Path("/dev/full").exists():
        pytest.skip("LOUD: no /dev/full here")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*command, "--preview"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert b"OUTPUT_UNWRITABLE" in done.stderr
    assert b"the run itself is done" in done.stderr
    assert (release / STORE).is_file()
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
