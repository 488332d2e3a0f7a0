"""``weftend streams``: data on stdout, refusals with their place, one document under ``--json``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from weftend.cli.exits import run
from weftend.digests import digest_text

EXAMPLE = Path(__file__).resolve().parents[3] / "examples/contracts/streams/telemetry.acme.deploys.v0.yaml"
Captured = pytest.CaptureFixture[bytes]


def test_list_names_every_stream(capfdbinary: Captured) -> None:
    assert run(["streams", "list", "--streams", str(EXAMPLE), "--json"]) == 0
    out, err = capfdbinary.readouterr()
    found = {item["streamId"]: item for item in json.loads(out)["streams"]}
    assert err == b""
    assert sorted(found) == [
        "telemetry.acme.deploys.v0",
        "telemetry.ci.findings.v0",
        "telemetry.ci.jobs.v0",
        "telemetry.ci.tests.v0",
        "telemetry.release.v0",
        "telemetry.usage.v0",
    ]
    assert found["telemetry.release.v0"]["maps"][0] == {
        "name": "capDenies",
        "kind": "set",
        "clamp": 1,
        "vocabulary": "registered",
        "keys": 49,
    }


def test_show_gives_the_definition_whose_digest_is_the_path_digest(capfdbinary: Captured) -> None:
    assert run(["streams", "show", "telemetry.ci.tests.v0", "--json"]) == 0
    out, _ = capfdbinary.readouterr()
    assert run(["streams", "show", "telemetry.ci.tests.v0"]) == 0
    words, _ = capfdbinary.readouterr()
    assert digest_text(out.rstrip(b"\n")).encode() in words
    assert run(["streams", "show", "telemetry.ci.tests.v0", "--contribution", "one-map", "--json"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["contribution"] == "one-map"


def test_show_refuses_a_stream_that_is_none(capfdbinary: Captured) -> None:
    assert run(["streams", "show", "telemetry.none.v0", "--json"]) == 2
    assert json.loads(capfdbinary.readouterr().out)["issues"][0]["code"] == "STREAM_INVALID"


def test_check_says_everything_about_every_file(tmp_path: Path, capfdbinary: Captured) -> None:
    (tmp_path / "vocabularies/acme").mkdir(parents=True)
    (tmp_path / "vocabularies/acme/regions.txt").write_text("b\na\n")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(EXAMPLE.read_text().replace("kind: set", "kind: sets"))
    unordered = tmp_path / "unordered.yaml"
    unordered.write_text(EXAMPLE.read_text())
    full = tmp_path / "full.yaml"
    full.write_text(EXAMPLE.read_text().replace("registered: acme/regions", "registered: true"))
    (tmp_path / "names.txt").write_text("".join(f"region-{number:03}\n" for number in range(150)))
    assert run(["streams", "check", str(EXAMPLE), str(wrong), str(unordered), "--json"]) == 2
    document = json.loads(capfdbinary.readouterr().out)
    assert [item["streamId"] for item in document["streams"]] == ["telemetry.acme.deploys.v0"]
    assert [issue["path"] for issue in document["issues"]] == [
        "vocabularies/acme/regions.txt#line:2",
        "wrong.yaml#/maps/regions/kind",
    ]
    assert run(["streams", "check", str(full), "--vocabulary", str(tmp_path / "names.txt"), "--json"]) == 2
    document = json.loads(capfdbinary.readouterr().out)
    assert [issue["path"] for issue in document["issues"]] == ["full.yaml#/caps/maxBucketsPerChunk"]


def test_check_names_a_map_that_the_reader_does_not_fill(tmp_path: Path, capfdbinary: Captured) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "id: telemetry.own.tests.v0\nversion: 1\ntitle: Own\nabout: Own.\nunit: {name: run, plural: runs}\n"
        "reader: tests\nmaps:\n  failTests:\n    kind: set\n    about: What fails.\n"
        "    keys: {registered: true, grammar: test-id}\n"
    )
    assert run(["streams", "check", str(own), "--json"]) == 2
    (issue,) = json.loads(capfdbinary.readouterr().out)["issues"]
    assert (issue["code"], issue["path"]) == ("STREAM_INVALID", "own.yaml#/reader")
    assert "failTests" in issue["message"]
    own.write_text(own.read_text().replace("failTests", "failingTests"))
    assert run(["streams", "check", str(own)]) == 0


def test_show_says_which_keys_there_are(capfdbinary: Captured) -> None:
    assert run(["streams", "show", "telemetry.ci.tests.v0"]) == 0
    words = capfdbinary.readouterr().out.decode()
    assert "partition, keys: errored, failed, passed, empty\n" in words
    assert "41 keys: ms_549755813888, ms_274877906944, ... ms_1, unknown\n" in words
