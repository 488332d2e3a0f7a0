"""Where reports come from: folders, compressions and archives, read in place; and what stops a bomb."""

from __future__ import annotations

import base64
import gzip
import io
import os
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest

from reports import TESTS, junit, write
from weftend import ci
from weftend.canonical import canonicalize
from weftend.contracts import stream as definition_of
from weftend.fold import Stream

REPORT = junit(*(f"case{n} failure" for n in range(40))).encode()
# Compressed by the reference encoder at level 9, with a checksum.
ZSTD = base64.b85decode(
    "D77#BWPlQd3IM{5Dj`6LssjUy+X`*hj=#ia+qD&Uig0xlYClDaXhCX<TF01%XaE2I|NsC0-?nYrwr$(CGcz+YGcz+YGZzbnQ796LW"
    "l@yh&O|g1Vl^6z*se|sUFBQ=Rki1I7XTe~EWD-eAvI>uJh&i9!vQ2haO^S(TDlCv<nXpSSePj2EKJbRiBaoWeeJPt^)-fvfy_aGpa"
    "7kSYK;n_bYX%dI#kuxX~L2w1x6ELsA1qiQmE|L0YD=WP3dA1AW<BG5Fi8yfkN>ABLvKTuMaDe{5mFba?3huAWt^r36|W%l8)HK5fe"
    "M2WtX(nrG3oNnBZcb#MHxF3X=}z2~7HzOJC|<E_n&>^3<iy<q(&gZ+WgQc`cW;T!*^X+KsxGp|>*j9q#N}Ut>*Q(CsUM2Jozjvt*`"
    "E*dyqff-%1yFs%g$WBe?pa--(_S_PN9cHj"
)
SKIPPED = struct.pack("<II", 0x184D2A53, 5) + b"hello"


@pytest.fixture(scope="module")
def stream() -> Stream:
    return Stream(canonicalize(definition_of(TESTS)))


def tar(files: dict[str, bytes], mode: str = "w") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def issues(reading: ci.Reading) -> list[tuple[str, str]]:
    return [(issue.code, Path(issue.path).name) for issue in reading.issues.issues]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plain.xml", REPORT),
        ("a.xml.gz", gzip.compress(REPORT)),
        ("members.gz", gzip.compress(REPORT[:999]) + gzip.compress(b"") + gzip.compress(REPORT[999:])),
        ("a.xml.zst", ZSTD),
        ("frames.zst", SKIPPED + ZSTD + SKIPPED),
        ("a.zip", zipped({"deep/er/a.xml": REPORT, "deep/readme.txt": b"x"})),
        ("stored.zip", zipped({"a.xml": REPORT}, zipfile.ZIP_STORED)),
        ("a.tar", tar({"x/a.xml": REPORT, "x/notes.txt": b"hello"})),
        ("a.tgz", tar({"a.xml": REPORT}, "w:gz")),
        ("a.tar.zst.gz", gzip.compress(tar({"a.xml.zst": ZSTD}))),
        ("zip-in-tar.tar", tar({"in.zip": zipped({"a.xml.gz": gzip.compress(REPORT)})})),
        ("no-ending", REPORT),
    ],
)
def test_packed_or_not_it_is_the_same_unit(stream, tmp_path, name, content):
    write(tmp_path, {f"one/{name}": content, "two/plain.xml": REPORT})
    plain = ci.read(stream, [tmp_path / "two"])
    for inputs in ([tmp_path / "one"], [tmp_path / "one" / name], [tmp_path]):
        reading = ci.read(stream, inputs)
        assert issues(reading) == []
        assert reading.partial.to_bytes() == plain.partial.to_bytes()


def test_archives_are_folders_where_folders_are_units(stream, tmp_path):
    files = {"1/a.xml": junit("a").encode(), "1/b.xml": junit("b").encode(), "2/a.xml": junit("c").encode()}
    write(
        tmp_path,
        {
            "runs.tar": tar(files),
            "runs.zip": zipped({"a.xml": junit("d").encode()}),
            "e.xml.gz": gzip.compress(junit("e").encode()),
        },
    )
    assert len(ci.read(stream, [tmp_path], unit="dir").partial) == 4
    write(tmp_path / "flat", {**files})
    together = ci.read(stream, [tmp_path], unit="dir")
    assert (len(together.partial), together.counts.duplicates) == (4, 2)


def test_an_archive_that_breaks_off_leaves_its_folders_out(stream, tmp_path):
    files = {f"{run}/{n}.xml": junit(f"t{run}{n}").encode() for run in "12" for n in range(3)}
    write(tmp_path, {"cut.tar": tar(files)[:4400]})
    reading = ci.read(stream, [tmp_path], unit="dir")
    assert (len(reading.partial), reading.counts.refused) == (0, 1)
    assert [code for code, _ in issues(reading)] == ["INPUT_UNREADABLE"]
    assert len(ci.read(stream, [tmp_path]).partial) > 0


@pytest.mark.parametrize(
    ("name", "content", "code", "member"),
    [
        ("cut.xml.gz", gzip.compress(REPORT)[:-9], "INPUT_UNREADABLE", "cut.xml.gz"),
        ("flipped.gz", gzip.compress(REPORT)[:-8] + bytes(8), "INPUT_UNREADABLE", "flipped.gz"),
        ("cut.xml.zst", ZSTD[:-7], "INPUT_UNREADABLE", "cut.xml.zst"),
        ("sum.xml.zst", ZSTD[:-4] + bytes(4), "INPUT_UNREADABLE", "sum.xml.zst"),
        ("skip.zst", SKIPPED[:-2], "INPUT_UNREADABLE", "skip.zst"),
        ("cut.zip", zipped({"a.xml": REPORT})[:-9], "INPUT_INVALID", "cut.zip"),
        ("bad.zip", zipped({"a.xml": b"<testsuite>"}), "INPUT_INVALID", "a.xml"),
        (
            "deep.gz",
            gzip.compress(gzip.compress(gzip.compress(gzip.compress(gzip.compress(REPORT))))),
            "INPUT_TOO_LARGE",
            "deep.gz",
        ),
    ],
)
def test_what_cannot_be_unpacked_is_one_issue(stream, tmp_path, name, content, code, member):
    write(tmp_path, {name: content, "good.xml": REPORT})
    reading = ci.read(stream, [tmp_path])
    assert [(found, where.partition("#")[0]) for found, where in issues(reading)] == [(code, member)]
    assert len(reading.partial) == 1


def bomb(size: int) -> bytes:
    """A gzip file of a report that is ``size`` bytes of spaces, made without holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(b"<testsuite>")]
    parts += [packer.compress(b" " * (1 << 20)) for _ in range(size >> 20)]
    return b"".join([*parts, packer.compress(b"</testsuite>"), packer.flush()])


def test_a_document_has_an_end(stream, tmp_path):
    packed = bomb(300 << 20)
    write(tmp_path, {"b.xml.gz": packed, "b.zip": zipped({"b.xml.gz": packed}), "good.xml": REPORT})
    reading = ci.read(stream, [tmp_path])
    assert {code for code, _ in issues(reading)} == {"INPUT_TOO_LARGE"}
    assert (len(reading.partial), reading.counts.refused) == (1, 2)


def zstd_bomb(size: int) -> bytes:
    """Zstandard of ``size`` spaces: blocks of 128 KiB that say one byte and how often (RFC 8878, 3.1.1.2)."""
    blocks = size >> 17
    block = struct.pack("<I", (1 << 17) << 3 | 1 << 1)[:3] + b" "
    last = struct.pack("<I", (1 << 17) << 3 | 1 << 1 | 1)[:3] + b" "
    return struct.pack("<IBB", 0xFD2FB528, 0, 7 << 3) + block * (blocks - 1) + last


def test_bombs_of_every_packing_are_refused_and_the_rest_is_read(stream, tmp_path):
    spaces = b" " * (1 << 20)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("b.xml", "w") as member:
        for _ in range(300):
            member.write(spaces)
    head = tarfile.TarInfo("b.xml")
    head.size = 300 << 20
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    pieces = [packer.compress(head.tobuf()), *(packer.compress(spaces) for _ in range(300))]
    tarred = b"".join([*pieces, packer.compress(bytes(1024)), packer.flush()])
    bombs = {"b.xml.zst": zstd_bomb(300 << 20), "b.zip": packed.getvalue(), "b.tgz": tarred}
    assert all(len(content) < 1 << 20 for content in bombs.values())
    write(tmp_path, {**bombs, "good.xml": REPORT})
    reading = ci.read(stream, [tmp_path])
    refused = {(code, where.partition("#")[0]) for code, where in issues(reading)}
    assert {code for code, _ in refused} == {"INPUT_TOO_LARGE"}
    assert len(refused) == len(bombs)
    assert len(reading.partial) == 1


def test_members_of_an_archive_share_what_it_may_unpack_to(stream, tmp_path):
    packed = bomb(40 << 20)
    write(tmp_path, {"many.zip": zipped({f"{n}.xml.gz": packed for n in range(40)}, zipfile.ZIP_STORED)})
    reading = ci.read(stream, [tmp_path / "many.zip"])
    assert reading.counts.refused > 20
    assert {code for code, _ in issues(reading)} == {"INPUT_TOO_LARGE"}


def test_an_archive_of_too_many_members_is_refused_unopened(stream, tmp_path):
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 46, 0, 0)
    record = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 1 << 40, 1 << 40, 46, 0)
    locator = struct.pack("<IIQI", 0x07064B50, 0, 4, 1)
    write(tmp_path, {"a.zip": b"PK\3\4" + record + locator + end})
    reading = ci.read(stream, [tmp_path / "a.zip"])
    assert issues(reading) == [("INPUT_TOO_LARGE", "a.zip#")]


def test_links_devices_and_names_in_archives_lead_nowhere(stream, tmp_path):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, kind in (
            ("link.xml", tarfile.SYMTYPE),
            ("hard.xml", tarfile.LNKTYPE),
            ("fifo.xml", tarfile.FIFOTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, str(tmp_path / "good.xml")
            archive.addfile(info)
        info = tarfile.TarInfo("../../escape.xml")
        info.size = len(REPORT)
        archive.addfile(info, io.BytesIO(REPORT))
    write(tmp_path, {"a.tar": packed.getvalue()})
    before = sorted(tmp_path.rglob("*"))
    reading = ci.read(stream, [tmp_path / "a.tar"])
    assert (issues(reading), len(reading.partial)) == ([], 1)
    assert sorted(tmp_path.rglob("*")) == before


def test_links_in_folders_are_not_followed_and_links_that_are_named_are(stream, tmp_path):
    write(tmp_path, {"real/a.xml": REPORT, "in/b.xml": junit("b")})
    (tmp_path / "in" / "link.xml").symlink_to(tmp_path / "real" / "a.xml")
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "real")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    os.mkfifo(tmp_path / "in" / "pipe.xml")
    reading = ci.read(stream, [tmp_path / "in"])
    assert (len(reading.partial), reading.counts.links, issues(reading)) == (1, 3, [])
    assert len(ci.read(stream, [tmp_path / "in" / "link.xml"]).partial) == 1


def test_progress_is_told_while_the_reading_waits(stream, tmp_path):
    write(tmp_path, {"a.xml": REPORT, "b.xml": junit("b")})
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    told: list[tuple[int, int, int, int]] = []

    def tell(*numbers: int) -> None:
        if not told:
            pipe.write_bytes(junit("c").encode())
        told.append(numbers)

    reading = ci.read(stream, [pipe, tmp_path / "a.xml", tmp_path / "b.xml"], progress=tell, threads=1)
    assert len(reading.partial) == 3
    size = len(REPORT) + len(junit("b"))
    assert told[0] == (2, size, 3, size)


def test_an_error_in_progress_ends_the_reading(stream, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def stop(*_: int) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        ci.read(stream, [pipe], progress=stop)
    os.close(os.open(pipe, os.O_WRONLY))


def test_a_pattern_finds_folders_as_well_as_files(stream, tmp_path):
    report = junit("a").encode()
    write(tmp_path, {"runs/1/deep/a.xml": report, "runs/2/b.xml": junit("b").encode(), "other/c.xml": report})
    (tmp_path / "runs/latest").symlink_to(tmp_path / "other", target_is_directory=True)
    for pattern, links in (("runs/*", 1), ("ru*", 1), ("runs/**", 1), ("runs/?", 0)):
        reading = ci.read(stream, [tmp_path / pattern])
        assert (len(reading.partial), reading.counts.documents, issues(reading)) == (2, 2, []), pattern
        assert reading.counts.links >= links
    missing = ci.read(stream, [tmp_path / "runs/x*"])
    assert issues(missing) == [("INPUT_NOT_FOUND", "x*#")]


@pytest.mark.parametrize("rule", ["file", "dir"])
def test_a_file_that_is_named_and_in_a_folder_is_read_once(stream, tmp_path, rule):
    write(tmp_path, {"a.xml": junit("a", "b failure").encode()})
    plain = ci.read(stream, [tmp_path], unit=rule)
    both = ci.read(stream, [tmp_path, tmp_path / "a.xml", tmp_path / "*.xml"], unit=rule)
    assert (both.counts.documents, both.counts.duplicates) == (1, 0)
    assert both.partial.to_bytes() == plain.partial.to_bytes()
    (tmp_path / "a.xml").write_bytes(b"no report")  # named, so it is refused and not passed over
    assert ci.read(stream, [tmp_path, tmp_path / "a.xml"], unit=rule).counts.refused == 1


def test_a_copy_in_the_folder_that_is_one_run_counts_once(stream, tmp_path):
    report = junit("a", "b failure").encode()
    write(tmp_path, {"one/a.xml": report, "two/a.xml": report, "two/a.xml.gz": gzip.compress(report)})
    plain, copied = (ci.read(stream, [tmp_path / name], unit="dir") for name in ("one", "two"))
    assert copied.partial.to_bytes() == plain.partial.to_bytes()
    assert (copied.counts.documents, copied.counts.duplicates) == (2, 1)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_one_name_are_not_lost_in_silence(stream, tmp_path):
    inner = zipped({f"{n}.xml": junit(f"inner{n}").encode() for n in range(5)})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:  # as a script does that adds each night's report
        for number in range(3):
            archive.writestr("report.xml", junit("a", number=number))
        archive.writestr("inner.zip", inner)
    write(
        tmp_path, {"runs.zip": packed.getvalue(), "stored.zip": zipped({"in.zip": inner}, zipfile.ZIP_STORED)}
    )
    reading = ci.read(stream, [tmp_path])
    assert issues(reading) == [("INPUT_INVALID", "runs.zip#")]
    assert len(reading.partial) == 6, "what can be read is counted"
