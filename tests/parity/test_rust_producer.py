"""A Rust program that describes chunks with types, and Python, agree to the byte."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import weftend
from weftend import chain, reference
from weftend.contracts import loader
from weftend.models.documents import TelemetryChunkV0, TelemetryConduitSnapshotV0
from weftend.models.reading import dump, read
from weftend.reference.streams import Stream
from weftend.reference.verify import Against, verify_snapshot

ROOT = Path(__file__).parents[2]
STREAM = "telemetry.ci.findings.v0"


@pytest.fixture(scope="module")
def printed() -> list[bytes]:
    """What ``examples/rust-producer`` prints, line by line."""
    if shutil.which("cargo") is None:
        pytest.skip("SKIPPED: there is no cargo to run examples/rust-producer with")
    command = ["cargo", "run", "--quiet", "--package", "rust-producer"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=900)
    return run.stdout.splitlines()


@pytest.mark.parametrize("number", [0, 1])
def test_chunk_ids_and_bytes_are_the_same(printed: list[bytes], number: int) -> None:
    chunk_id, text = printed[2 * number].decode(), printed[2 * number + 1]
    value = json.loads(text)
    assert weftend.canonicalize(value) == reference.canonicalize(value) == text
    bare = {name: member for name, member in value.items() if name != "chunkId"}
    assert weftend.digest(bare) == reference.digest(bare) == chunk_id == value["chunkId"]


def test_the_models_accept_what_rust_wrote(printed: list[bytes]) -> None:
    for text in (printed[1], printed[3]):
        chunk = read(TelemetryChunkV0, json.loads(text))
        assert weftend.canonicalize(dump(chunk)) == text
    snapshot = read(TelemetryConduitSnapshotV0, json.loads(printed[4]))
    assert [chunk.chunk_id for chunk in snapshot.chunks] == [printed[0].decode(), printed[2].decode()]


def test_python_makes_the_same_snapshot_of_the_same_chunks(printed: list[bytes]) -> None:
    assert chain.snapshot_bytes(STREAM, [printed[1], printed[3]]) == printed[4] + b"\n"


def test_the_reference_verifies_what_rust_wrote(printed: list[bytes]) -> None:
    shipped = [Stream.of(loader.stream(STREAM))]
    verdict = verify_snapshot(printed[4] + b"\n", "snapshot", Against(shipped=shipped))
    assert verdict.issues == ()
    assert (verdict.status, verdict.chunks, verdict.ticks) == ("verified", 2, (0, 300))
    assert verdict.head == printed[2].decode()
