"""The real release folder with the real runs: the program's counts against independent ones."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from counted import Maps, counts

from weftend.readers import RELEASE_MAPS, read_release

FLOOR = 5
WEFTEND = Path(sys.executable).with_name("weftend")
VOCABULARY = {"capDenies": "capIds", "reasonFamilies": "reasonCodes", "tartarusKinds": "tartarusKinds"}


def disclosed(maps: Maps, vocabulary: dict[str, list[str]]) -> dict[str, dict[str, int]]:
    """What a snapshot shows of maps of kind *set*: names of the vocabulary from the floor on, less one where any is
    hidden."""
    shown = {}
    for name, found in maps.items():
        registered = {code.split(":")[0] for code in vocabulary[VOCABULARY[name]]}
        folded: Counter[str] = Counter()
        for key, units in found.items():
            folded[key if key in registered else "__other__"] += units
        visible = {key: units for key, units in sorted(folded.items()) if units >= FLOOR}
        if visible and len(visible) < len(folded):
            del visible["__other__" if "__other__" in visible else min(visible)]
        shown[name] = visible
    return shown


def weftend(*arguments: object, status: int = 0) -> bytes:
    done = subprocess.run([WEFTEND, *map(str, arguments)], capture_output=True, check=False)
    assert done.returncode == status, done.stderr.decode()
    return done.stdout


def snapshot(out: Path) -> dict[str, Any]:
    return json.loads((out / "telemetry_conduit_snapshot.json").read_bytes())


def test_the_reader_counts_what_is_there(release_folder: Path) -> None:
    units, maps = counts(release_folder, families=False)
    reading = read_release(release_folder)
    assert len(reading.partial) == units
    totals = zip(RELEASE_MAPS, reading.partial.totals(), strict=True)
    assert {name: {key: found for key, (found, _) in keys.items()} for name, keys in totals} == maps
    assert (reading.seen, reading.copies) == ((1, 0, 66), (0, 0, 2))


def test_the_snapshot_shows_what_disclosure_control_leaves(
    release_folder: Path, corpora: Path, tmp_path: Path
) -> None:
    units, maps = counts(release_folder, families=True)
    vocabulary = json.loads((corpora / "weftend" / "vocabulary.json").read_bytes())
    out = tmp_path / "out"
    weftend("telemetry-conduit", release_folder, "--out", out, "--k", FLOOR, "--apply")
    (chunk,) = snapshot(out)["chunks"]
    manifest = json.loads((release_folder / "release_manifest.json").read_bytes())
    assert chunk["payload"]["sampleCount"] == units
    assert chunk["payload"]["aggregates"] == disclosed(maps, vocabulary)
    assert chunk["payload"]["bind"] == {"pathDigest": manifest["manifestBody"]["pathDigest"]}
    assert (chunk["tartarusRefs"], chunk["evidenceRefs"]) == ([], [])
    weftend("verify", out / "telemetry_conduit_snapshot.json")


def test_the_same_folder_again_changes_nothing(release_folder: Path, tmp_path: Path) -> None:
    store = release_folder / "receipts" / "telemetry_conduit.json"
    command = ("telemetry-conduit", release_folder, "--k", FLOOR, "--apply", "--out")
    weftend(*command, tmp_path / "first")
    first = store.read_bytes()
    weftend(*command, tmp_path / "second")
    assert store.read_bytes() == first
    assert snapshot(tmp_path / "second")["chunks"] == snapshot(tmp_path / "first")["chunks"]


def texts(value: Any) -> set[str]:
    """Every string and every name in a value."""
    if isinstance(value, dict):
        return set(value).union(*map(texts, value.values()))
    if isinstance(value, list):
        return set[str]().union(*map(texts, value))
    return {value} if isinstance(value, str) else set()


def texts_of(path: Path) -> set[str]:
    """Every string and every name in a JSON file, or in each line of one."""
    data = path.read_bytes()
    return texts([json.loads(part) for part in (data.splitlines() if path.suffix == ".jsonl" else [data])])


@pytest.mark.parametrize("refs", [(), ("--refs",)], ids=["plain", "refs"])
def test_no_text_of_the_folder_is_released_but_what_is_counted(
    release_folder: Path, corpora: Path, tmp_path: Path, refs: tuple[str, ...]
) -> None:
    there = {str(path.relative_to(release_folder)) for path in release_folder.rglob("*")}
    there = there.union(*map(texts_of, release_folder.rglob("*.json*")))
    vocabulary = texts(json.loads((corpora / "weftend" / "vocabulary.json").read_bytes()))
    command = ("telemetry-conduit", release_folder, "--k", FLOOR, "--apply", *refs)
    weftend(*command, "--out", tmp_path / "out")
    (chunk,) = snapshot(tmp_path / "out")["chunks"]
    bound = chunk["payload"]["bind"]["pathDigest"]
    words = {"v", "schema", "payload", "bind", "pathDigest", "reasonCodes"}
    """Names that both formats have."""
    assert bound in there
    assert texts(snapshot(tmp_path / "out")) & there <= vocabulary | words | {bound}
