"""``telemetry-conduit`` over 10,000 run folders against ``cat`` of the same files: ``make bench``."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path

from harness import Job, run

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY / "examples"))

from release_folder import SCENARIOS, Dice, write_release_folder  # noqa: E402

RUNS = 10_000
ROUNDS = 9
COMMAND = Path(sys.executable).with_name("weftend")
STATE = ("telemetry_conduit.json", "telemetry_conduit_ledger.sqlite3")


def release(folder: Path, out: Path) -> bytes:
    """Release the folder as if for the first time; the snapshot's bytes."""
    for name in STATE:
        (folder / "receipts" / name).unlink(missing_ok=True)
    command = [COMMAND, "telemetry-conduit", folder, "--out", out, "--apply"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (out / "telemetry_conduit_snapshot.json").read_bytes()


def cat(names: Path) -> None:
    """Read the files whose names, each with a NUL behind it, are in ``names``."""
    with names.open("rb") as listed:
        subprocess.run(["xargs", "-0", "cat"], stdin=listed, stdout=subprocess.DEVNULL, check=True)


def expected() -> dict[str, Counter[str]]:
    """The maps as the generator made them; what no vocabulary names is ``__other__``."""
    dice, weights = Dice(1), [scenario.weight for scenario in SCENARIOS]
    maps: dict[str, Counter[str]] = {
        "capDenies": Counter(),
        "reasonFamilies": Counter(),
        "tartarusKinds": Counter(),
    }
    for number in range(RUNS):
        scenario = SCENARIOS[dice.pick("run", number, weights)]
        maps["capDenies"].update(map(registered, {*scenario.denied, *scenario.probe}))
        reasons = {*scenario.reasons, "SAFE_RUN_EXECUTION_NOT_REQUESTED"}
        maps["reasonFamilies"].update(map(registered, reasons))
    return maps


def registered(name: str) -> str:
    """The bucket of a name that the generator uses."""
    return "__other__" if "orchard" in name.lower() else name


def check(folder: Path, out: Path) -> None:
    """The snapshot says what the generator made, and all of it."""
    (chunk,) = json.loads(release(folder, out))["chunks"]
    payload = chunk["payload"]
    assert payload["sampleCount"] == RUNS
    assert payload["aggregates"] == expected()


def main() -> None:
    """Print the table and write it as JSON."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, out, names = (Path(scratch) / name for name in ("release", "out", "names"))
        write_release_folder(folder, runs=RUNS, records=0, pulses=0, copies=0)
        files = sorted((folder / "receipts").rglob("*.json"))
        names.write_bytes(b"".join(bytes(file) + b"\0" for file in files))
        job = Job(
            f"telemetry-conduit, {RUNS:,} run folders",
            "cat of the same files",
            partial(release, folder, out),
            partial(cat, names),
            partial(check, folder, out),
            sum(file.stat().st_size for file in files),
            0.5,
            processes=True,
        )
        run("release", [job], ("weftend",), rounds=ROUNDS)


if __name__ == "__main__":
    main()
