"""Every field, attribute and name of every CI format replaced by an identifier: none reaches a released byte."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from canaries import flock, sightings
from planted_reports import FORMATS, OWN, REGISTERED
from planting import Planter

WEFTEND = Path(sys.executable).with_name("weftend")
EACH = 8
"""Reports: more than the floor, so that what they say is released."""
FLOOR = 5


class Planted:
    """Reports of one format in a folder, half of them in an archive; and what takes them."""

    def __init__(self, format: str, folder: Path, *, names: bool) -> None:
        self.format, self.folder = format, folder
        self.stream, self.ending, self._report = FORMATS[format]
        self.planter = Planter(flock(format))
        self.inputs = folder / self.planter.file_name()
        self._write()
        self.options = self._definition() + (self._vocabulary() if names else ())

    def _write(self) -> None:
        reports = {self.planter.file_name() + self.ending: self._report(self.planter) for _ in range(EACH)}
        self.inputs.mkdir()
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            for number, (name, text) in enumerate(reports.items()):
                if number % 2:
                    (self.inputs / name).write_text(text, encoding="utf-8")
                    continue
                member = tarfile.TarInfo(f"{self.planter.file_name()}/{name}")
                member.uname, member.linkname = self.planter.text(), self.planter.text()
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
        (self.inputs / f"{self.planter.file_name()}.tar.gz").write_bytes(packed.getvalue())

    def _definition(self) -> tuple[str, ...]:
        path = self.folder / "own.yaml"
        path.write_text(OWN)
        return ("--streams", str(path)) if self.format == "ndjson" else ()

    def _vocabulary(self) -> tuple[str, ...]:
        """A registered name for each of the stream's maps that has such names."""
        options = []
        for item in self.registered_maps():
            path = self.folder / f"{item}.txt"
            path.write_text(REGISTERED[item] + "\n")
            options += ["--vocabulary", f"{item}={path}"]
        return tuple(options)

    def registered_maps(self) -> list[str]:
        maps = {
            "telemetry.ci.tests.v0": ("failingTests", "slowTests", "flakyTests", "failureTypes"),
            "telemetry.ci.findings.v0": ("tools", "rules"),
            "telemetry.ci.jobs.v0": ("runners",),
            "telemetry.own.builds.v0": ("tools",),
        }
        return [item for item in maps[self.stream] if item != "failureTypes" or self.format == "junit"]

    def released(self) -> dict[str, bytes]:
        """All that a preview, an apply and a second apply let out, by where it came out; names of files, too."""
        out, home = self.folder / "out", self.folder / "home"
        command = ("aggregate", self.stream, self.inputs, "--home", home, "--k", FLOOR, *self.options)
        shown = {
            "preview": weftend(*command, "--preview"),
            "apply": weftend(*command, "--apply", "--json", "--out", out),
            "again": weftend(*command, "--apply", "--json", "--out", out),
        }
        files = [path for folder in (out, home) for path in folder.rglob("*") if path.is_file()]
        names = "\n".join(str(path.relative_to(self.folder)) for path in files)
        return shown | {str(path): path.read_bytes() for path in files} | {"names": names.encode()}

    def chunk(self) -> dict[str, Any]:
        """The one chunk of the snapshot."""
        (chunk,) = json.loads((self.folder / "out" / "telemetry_conduit_snapshot.json").read_bytes())[
            "chunks"
        ]
        return chunk


def weftend(*arguments: object, status: int = 0) -> bytes:
    done = subprocess.run([WEFTEND, *map(str, arguments)], capture_output=True, check=False)
    assert done.returncode == status, done.stderr.decode()
    return done.stdout


@pytest.mark.parametrize("names", [False, True], ids=["no names", "names"])
@pytest.mark.parametrize("format", FORMATS)
def test_no_released_byte_holds_a_planted_identifier(format: str, names: bool, tmp_path: Path) -> None:
    """Neither the store and the snapshot, nor stdout, nor even the ledger."""
    planted = Planted(format, tmp_path, names=names)
    released = planted.released()
    assert len(released) >= 7
    assert len(planted.planter.planted) > 10 * EACH
    different = {data: where for where, data in released.items()}
    for data, where in different.items():
        assert sightings(data, planted.planter.planted) == [], where
    # The canaries were on the way out: what they stand in was read, counted and released.
    chunk = planted.chunk()
    units = chunk["payload"]["sampleCount"]
    shown = chunk["payload"]["aggregates"]
    assert units >= EACH
    assert all(shown[item].get("__other__", 0) >= EACH for item in planted.registered_maps()), shown
    if names:
        assert all(shown[item][REGISTERED[item]] == EACH for item in planted.registered_maps()), shown


def test_runs_that_name_themselves_leave_no_name(tmp_path: Path) -> None:
    """Units by what they call themselves: their identities are digests, of more than the name, and stay at home."""
    planted = Planted("sarif", tmp_path, names=True)
    planted.options += ("--unit", "field")
    for data, where in {data: where for where, data in planted.released().items()}.items():
        assert sightings(data, planted.planter.planted) == [], where
    assert planted.chunk()["payload"]["sampleCount"] == 2 * EACH


BROKEN = {
    "junit": [
        "<testsuite name='{}'><{}",
        "<testsuite>&{};</testsuite>",
        "<!DOCTYPE {}><testsuite/>",
        "<{}/>",
    ],
    "go-test": ["{}", '{{"Action": "{}"'],
    "sarif": [
        '{{"version": "{}", "runs": []}}',
        '{{"version": "2.1.0", "{}": 1,}}',
        '{{"version": "2.1.0", "runs": [{{"results": [{{"level": "{}"}}]}}]}}',
    ],
    "github": ['{{"workflow_run": {{"name": "{}"}}}}', '{{"workflow_run": "{}" {}'],
    "ndjson": ['{{"{}": 1', '{{"build": {{"id": "{}"}}, "cache": {{"layer": "disk", "hits": "{}"}}}}', "{}"],
}


@pytest.mark.parametrize(("format", "text"), [(format, text) for format in BROKEN for text in BROKEN[format]])
def test_no_issue_quotes_a_report(format: str, text: str, tmp_path: Path) -> None:
    planter = Planter(flock(text))
    stream, ending, _ = FORMATS[format]
    (tmp_path / "own.yaml").write_text(OWN)
    broken = tmp_path / f"broken{ending}"
    broken.write_text(text.format(*(planter.name() for _ in range(text.count("{}")))))
    own = ("--streams", tmp_path / "own.yaml") if format == "ndjson" else ()
    document = weftend("count", stream, broken, "--format", format, "--json", *own, status=4)
    issues = json.loads(document)["issues"]
    assert len(issues) == 1
    assert sightings(document, planter.planted) == []
