"""Files appear whole or not at all, and only for their owner."""

from __future__ import annotations

import errno
import os
import resource
import stat
from pathlib import Path

import pytest

from weftend.errors import WeftendError
from weftend.store import files
from weftend.store.files import Reserved, make_folder, read_bounded, replace


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def code_of(caught: pytest.ExceptionInfo[WeftendError]) -> str:
    return caught.value.issues.issues[0].code


def test_replacing_leaves_one_file_of_its_owner(tmp_path):
    target = tmp_path / "a.json"
    replace(target, b"first")
    replace(target, b"second, longer")
    replace(target, b"3")
    assert target.read_bytes() == b"3"
    assert os.listdir(tmp_path) == ["a.json"]
    assert mode(target) == 0o600


def test_the_earlier_file_stands_until_the_new_one_is_published(tmp_path):
    target = tmp_path / "a.json"
    replace(target, b"first")
    with Reserved(target, 6) as room:
        assert target.read_bytes() == b"first"
        room.publish(b"second")
        assert target.read_bytes() == b"second"


def test_what_is_only_reserved_says_nothing_and_goes_away(tmp_path):
    with Reserved(tmp_path / "a.json", 5):
        [hidden] = tmp_path.iterdir()
        assert hidden.read_bytes() == bytes(5)
        assert mode(hidden) == 0o600
    assert os.listdir(tmp_path) == []


def test_room_is_taken_where_the_system_has_no_call_for_it(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "posix_fallocate", raising=False)
    with Reserved(tmp_path / "a", 5) as room:
        assert next(tmp_path.iterdir()).stat().st_size == 5
        room.publish(b"abc")
    assert (tmp_path / "a").read_bytes() == b"abc"


@pytest.mark.parametrize("number", [errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS])
def test_room_is_taken_where_the_file_system_does_not_know_the_call(tmp_path, monkeypatch, number):
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "posix_fallocate", refuse, raising=False)
    with Reserved(tmp_path / "a", 5) as room:
        assert next(tmp_path.iterdir()).stat().st_size == 5
        room.publish(b"abc")
    assert (tmp_path / "a").read_bytes() == b"abc"


def test_leftovers_of_the_same_owner_are_removed_and_of_others_kept(tmp_path):
    (tmp_path / ".a.me.tmp").write_bytes(b"left by a kill")
    (tmp_path / ".a.you.tmp").write_bytes(b"somebody else's")
    replace(tmp_path / "a", b"x", owner="me")
    assert sorted(os.listdir(tmp_path)) == [".a.you.tmp", "a"]


def test_a_link_is_replaced_not_followed(tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"kept")
    (tmp_path / "a").symlink_to("elsewhere")
    (tmp_path / ".a.tmp").symlink_to("elsewhere")
    replace(tmp_path / "a", b"x")
    assert (tmp_path / "elsewhere").read_bytes() == b"kept"
    assert not (tmp_path / "a").is_symlink()


def test_a_file_that_cannot_grow_is_refused_before_anything_changed(tmp_path):
    replace(tmp_path / "a", b"first")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(WeftendError) as caught:
            Reserved(tmp_path / "a", 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert code_of(caught) == "OUTPUT_UNWRITABLE"
    assert (tmp_path / "a").read_bytes() == b"first"
    assert os.listdir(tmp_path) == ["a"]


def test_a_folder_is_synced_after_its_file_is_named(tmp_path, monkeypatch):
    calls: list[str] = []
    real_fsync, real_replace = os.fsync, os.replace
    kinds = {True: "folder", False: "file"}
    monkeypatch.setattr(
        os, "fsync", lambda fd: (calls.append(kinds[stat.S_ISDIR(os.fstat(fd).st_mode)]), real_fsync(fd))[1]
    )
    monkeypatch.setattr(os, "replace", lambda a, b: (calls.append("rename"), real_replace(a, b))[1])
    replace(tmp_path / "a", b"x")
    assert calls == ["file", "rename", "folder"]


def test_folders_are_made_for_their_owner_and_existing_ones_kept(tmp_path):
    os.chmod(tmp_path, 0o740)
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert [mode(tmp_path), mode(tmp_path / "a"), mode(tmp_path / "a" / "b")] == [0o740, 0o700, 0o700]


def test_a_folder_where_a_file_stands_is_refused(tmp_path):
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(WeftendError) as caught:
        make_folder(tmp_path / "a" / "b")
    assert code_of(caught) == "OUTPUT_UNWRITABLE"


def test_reading_returns_the_bytes_or_none(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    assert read_bounded(tmp_path / "a", 5) == b"12345"
    assert read_bounded(tmp_path / "none", 5) is None


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: path.write_bytes(b"123456"), "INPUT_TOO_LARGE"),
        (lambda path: path.symlink_to("elsewhere"), "INPUT_SYMLINK"),
        (lambda path: path.mkdir(), "INPUT_UNREADABLE"),
        (os.mkfifo, "INPUT_UNREADABLE"),
    ],
)
def test_reading_refuses_what_is_no_bounded_regular_file(tmp_path, make, code):
    make(tmp_path / "a")
    with pytest.raises(WeftendError) as caught:
        read_bounded(tmp_path / "a", 5)
    assert code_of(caught) == code
    assert caught.value.issues.issues[0].path == f"{tmp_path / 'a'}#"


def test_a_short_write_is_continued(tmp_path, monkeypatch):
    real = os.write
    monkeypatch.setattr(files.os, "write", lambda fd, data: real(fd, bytes(data[:3])))
    replace(tmp_path / "a", b"0123456789")
    assert (tmp_path / "a").read_bytes() == b"0123456789"
