"""Whatever the order of runs, floors, previews and kills: each unit is released at most once, and all holds."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from conduits import STREAM_ID, chunks_of, files, ledger_content, request, stream, unit
from weftend import conduit
from weftend.conduit import Status
from weftend.reference.verify import verify_snapshot, verify_store
from weftend.store.home import Home

RUNS = st.tuples(st.integers(0, 60), st.integers(0, 30)).map(lambda it: range(it[0], it[0] + it[1]))
CAPS = st.fixed_dictionaries(
    {
        "maxWindowTicks": st.sampled_from([5, 8, 1_000_000]),
        "maxChunks": st.sampled_from([2, 64]),
        "ttlSeconds": st.sampled_from([20, 86_400]),
    }
)


class AnySequence(RuleBasedStateMachine):
    """A model of one home: which runs were released, and how many chunks were made."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.home = Home(self.folder / "home", flat=True)
        self.released: set[int] = set()
        self.older: bytes | None = None

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @property
    def store(self) -> Path:
        return self.home.store(STREAM_ID)

    @rule(runs=RUNS, k=st.integers(5, 12), caps=CAPS)
    def apply(self, runs: range, k: int, caps: dict[str, int]) -> None:
        made = stream(caps=caps)
        before = files(self.home.folder)
        older = self.store.read_bytes() if self.store.exists() else None
        preview = conduit.preview(request(made, runs, k=k), self.home)
        assert files(self.home.folder) == before
        outcome = conduit.apply(request(made, runs, k=k), self.home, self.folder / "out")
        assert chunks_of(preview.snapshot) == chunks_of(outcome.snapshot)
        self._expect(outcome, runs, k, caps["maxWindowTicks"])
        if outcome.status is Status.RELEASED:
            self.older = older if len(outcome.releases) == 1 else None
        else:
            assert self.store.exists() == (older is not None)

    def _expect(self, outcome: conduit.Outcome, runs: range, k: int, window: int) -> None:
        """Windows of ``window`` units by digest while they are not under the floor; the rest is pending."""
        new = sorted(set(runs) - self.released, key=unit)
        windows = [new[start : start + window] for start in range(0, len(new), window)]
        taken = [number for units in windows if len(units) >= k for number in units]
        assert (outcome.found, outcome.consumed_before) == (len(runs), len(runs) - len(new))
        assert (outcome.released, outcome.pending) == (len(taken), len(new) - len(taken))
        self.released |= set(taken)

    @precondition(lambda self: self.older is not None)
    @rule()
    def a_kill_between_ledger_and_store(self) -> None:
        wanted = self.store.read_bytes()
        assert self.older is not None
        self.store.write_bytes(self.older)
        outcome = conduit.apply(request(stream(), range(0)), self.home)
        assert outcome.recovered
        assert self.store.read_bytes() == wanted

    @invariant()
    def the_ledger_has_each_released_unit_once(self) -> None:
        content = ledger_content(self.home.ledger)
        units = [digest for digest, _ in content.get("unit", [])]
        assert sorted(units) == sorted(map(unit, self.released))

    @invariant()
    def store_and_snapshot_hold(self) -> None:
        if self.store.exists():
            assert verify_store(self.store.read_bytes(), "store")[1] == ()
            assert json.loads(self.store.read_bytes())["journal"]["updatedAtTick"] == len(self.released)
        snapshot = self.folder / "out" / conduit.SNAPSHOT_NAME
        if snapshot.exists():
            assert verify_snapshot(snapshot.read_bytes(), "s").status == "verified"


AnySequence.TestCase.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
TestAnySequence = AnySequence.TestCase
