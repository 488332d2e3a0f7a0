"""Streams and partial folds from Python."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_streams import definition, load

from weftend.errors import Code, ExitStatus, WeftendError
from weftend.fold import Partial, Stream
from weftend.reference import digest

CHANNELS = ["first", "second"]


def unit(number: int) -> bytes:
    return sha256(number.to_bytes(8)).digest()


ADDS = st.lists(
    st.tuples(
        st.integers(0, 5).map(unit),
        st.integers(0, 5).map(unit),
        st.integers(0, 1),
        st.text(max_size=4),
        st.integers(0, 2**64 - 1) | st.integers(0, 3),
    ),
    max_size=20,
)


def folded(adds: list[tuple[bytes, bytes, int, str, int]]) -> Partial:
    partial = Partial(CHANNELS)
    for add in adds:
        partial.add(*add)
    return partial


def union(*partials: Partial) -> bytes:
    result = Partial(CHANNELS)
    for partial in partials:
        result.merge(partial)
    return result.to_bytes()


@given(ADDS, ADDS, ADDS)
def test_merging_is_a_commutative_idempotent_monoid(one: list, two: list, three: list) -> None:
    a, b, c = folded(one), folded(two), folded(three)
    ab, bc = a.copy(), b.copy()
    ab.merge(b)
    bc.merge(c)
    assert union(ab, c) == union(a, bc) == union(c, b, a) == union(a, b, c, b, a)
    assert union(a) == a.to_bytes()


@given(ADDS)
def test_bytes_and_pickles_come_back(adds: list) -> None:
    partial = folded(adds)
    back = Partial.from_bytes(partial.to_bytes())
    assert back.totals() == partial.totals()
    assert pickle.loads(pickle.dumps(partial)).to_bytes() == partial.to_bytes() == back.to_bytes()  # noqa: S301


@given(st.binary(max_size=300), st.integers(0, 299))
def test_foreign_bytes_are_refused(noise: bytes, cut: int) -> None:
    good = folded([(unit(1), unit(2), 0, "key", 3)]).to_bytes()
    for data in (noise, good[:cut], good[:cut] + noise):
        if data == good:
            continue
        with pytest.raises(WeftendError) as refused:
            Partial.from_bytes(data)
        assert refused.value.issues.issues[0].code == Code.PARTIAL_INVALID
        assert refused.value.status is ExitStatus.INVALID


def test_totals_are_exact_and_raw() -> None:
    partial = Partial(CHANNELS)
    for number in range(3):
        partial.add(unit(number), unit(number), 0, "a b\n", number + 1)
    partial.add(unit(0), unit(9), 0, "a b\n")
    partial.touch(unit(7))
    assert partial.totals() == [{"a b\n": (3, 7)}, {}]
    assert (len(partial), partial.records) == (4, 4)
    assert unit(7) in partial
    assert unit(8) not in partial


def test_a_record_met_again_counts_once() -> None:
    partial = Partial(CHANNELS)
    for _ in range(2):
        partial.add(unit(1), unit(1), 0, "a", 2)
        partial.add(unit(1), unit(1), 0, "a", 3)
        partial.end_record()
    assert partial.totals()[0] == {"a": (1, 5)}


def test_shards_of_one_reading_add_up() -> None:
    one, two = (folded([(unit(1), unit(1), 0, "a", 2)]) for _ in range(2))
    one.absorb(two)
    assert one.totals()[0] == {"a": (1, 4)}


def test_units_are_taken_out_by_their_digests() -> None:
    partial = folded([(unit(number), unit(number), 0, "a", 1) for number in range(10)])
    assert partial.digests() == b"".join(sorted(unit(number) for number in range(10)))
    assert partial.without(b"".join(map(unit, [3, 20, 1]))) == 2
    assert partial.totals()[0] == {"a": (8, 8)}
    with pytest.raises(ValueError, match="32 bytes"):
        partial.without(b"short")
    with pytest.raises(ValueError, match="32 bytes"):
        partial.touch(b"short")


def test_partials_of_other_channels_do_not_merge() -> None:
    with pytest.raises(WeftendError, match="PARTIAL_MISMATCH"):
        Partial(CHANNELS).merge(Partial(["first"]))
    with pytest.raises(WeftendError, match="PARTIAL_INVALID"):
        Partial(["twice", "twice"])
    with pytest.raises(WeftendError, match="PARTIAL_INVALID"):
        Partial(CHANNELS).add(unit(1), unit(1), 2, "a")


def test_a_partial_merges_with_itself_and_across_threads() -> None:
    partials = [folded([(unit(n), unit(n), 0, str(m), 1) for n in range(200)]) for m in range(8)]
    before = partials[0].to_bytes()
    partials[0].merge(partials[0])
    assert partials[0].to_bytes() == before
    pairs = [(a, b) for a in partials[:2] for b in partials[:2]] * 20
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda pair: pair[0].merge(pair[1]), pairs))
    assert partials[0].to_bytes() == partials[1].to_bytes() == union(*partials[:2])


def test_a_partial_shows_no_content() -> None:
    partial = folded([(unit(1), unit(1), 0, "secret", 1)])
    assert repr(partial) == "<Partial: 1 units, private>"
    assert partial.to_bytes().startswith(b"weftend.partial/0 PRIVATE")


def test_a_stream_says_what_its_definition_says() -> None:
    stream = load()
    assert stream.id == "telemetry.test.v0"
    assert stream.digest == digest(definition())
    assert stream.contribution == "every-map"
    assert stream.maps == ["conclusions", "families", "outcomes"]
    assert stream.channels() == stream.maps
    assert stream.channels(refs=True) == [*stream.maps, *stream.refs]
    assert (stream.default_floor, stream.least_floor) == (100, 5)
    assert stream.caps == definition()["caps"]
    assert stream.bucket("families", "A:detail") == "A"
    assert stream.bucket("outcomes", "A") == "__other__"
    buckets, size = stream.worst_case()
    assert buckets == 5 + 4 + 3
    assert size < 262_144
    with pytest.raises(KeyError):
        stream.bucket("nothing", "A")


def test_a_definition_that_is_none_is_refused_with_all_that_is_wrong() -> None:
    with pytest.raises(WeftendError) as refused:
        load(version=0, title="")
    assert [(issue.code, issue.path) for issue in refused.value.issues.issues] == [
        (Code.STREAM_INVALID, "#/title"),
        (Code.STREAM_INVALID, "#/version"),
    ]
    with pytest.raises(WeftendError, match="STREAM_INVALID"):
        Stream(b"\xff")
