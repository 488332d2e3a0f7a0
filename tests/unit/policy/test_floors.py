"""Floors only rise, and what an organisation asked for is never passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from weftend.errors import WeftendError
from weftend.policy import organisation
from weftend.policy.floors import effective, floor_of
from weftend.policy.organisation import Organisation

STREAM = {"floor": {"default": 100, "least": 7}}


@pytest.fixture(autouse=True)
def site(tmp_path, monkeypatch) -> Path:
    """An empty site-wide configuration folder and no variable, whatever machine this is."""
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "etc"))
    monkeypatch.delenv("WEFTEND_POLICY", raising=False)
    folder = tmp_path / "etc" / "weftend"
    folder.mkdir(parents=True)
    return folder


def refusal(call, *arguments) -> tuple[str, str]:
    with pytest.raises(WeftendError) as caught:
        call(*arguments)
    assert caught.value.status == 2
    issue = caught.value.issues.issues[0]
    return issue.code, issue.path


@pytest.mark.parametrize(
    ("least", "policies", "asked", "k"),
    [
        (5, [], None, 100),
        (5, [], 5, 5),
        (20, [], 20, 20),
        (5, [50], 50, 50),
        (5, [50, 60], 60, 60),
        (5, [250], None, 250),
        (5, [None], 6, 6),
        (1, [], 5, 5),
        (5, [], 1_000_000, 1_000_000),
    ],
)
def test_the_floor_in_force_is_the_greatest(least, policies, asked, k):
    files = [Organisation(Path("p"), floor) for floor in policies]
    assert effective(100, least, files, asked).k == k


@pytest.mark.parametrize(
    ("least", "policies", "asked"),
    [(5, [], 4), (1, [], 4), (5, [], 0), (5, [], -1), (20, [], 19), (5, [50], 49), (5, [20, 50], 49)],
)
def test_asking_for_less_than_any_of_them_is_refused(least, policies, asked):
    files = [Organisation(Path("p"), floor) for floor in policies]
    assert refusal(effective, 100, least, files, asked) == ("FLOOR_TOO_LOW", "argv#--k")


def test_asking_for_more_than_a_window_can_hold_is_refused():
    assert refusal(effective, 100, 5, [], 1_000_001) == ("USAGE", "argv#--k")


def test_the_refusal_says_who_sets_the_least(site):
    (site / "policy.json").write_text('{"minimumFloor":40}')
    with pytest.raises(WeftendError, match=f"40, the least floor here, which the policy file {site}"):
        floor_of(STREAM, 39)


def test_without_any_policy_the_stream_speaks():
    assert (floor_of(STREAM, None).k, floor_of(STREAM, 7).k) == (100, 7)
    assert refusal(floor_of, STREAM, 6) == ("FLOOR_TOO_LOW", "argv#--k")


def test_the_named_file_and_the_site_s_both_hold(site, tmp_path, monkeypatch):
    (site / "policy.json").write_text('{"minimumFloor":40,"mode":"local"}')
    named = tmp_path / "mine.json"
    named.write_text('{"minimumFloor":10,"mode":"off"}')
    monkeypatch.setenv("WEFTEND_POLICY", str(named))
    assert floor_of(STREAM, None).least == 40
    assert [policy.mode for policy in organisation.policies()] == ["off", "local"]


def test_an_empty_object_asks_for_nothing(site):
    (site / "policy.json").write_text("{}\n")
    assert floor_of(STREAM, None).k == 100


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"minimumfloor":40}', "/minimumfloor"),
        ('{"minimumFloor":40.5}', "/minimumFloor"),
        ('{"minimumFloor":true}', "/minimumFloor"),
        ('{"minimumFloor":0}', "/minimumFloor"),
        ('{"minimumFloor":1000001}', "/minimumFloor"),
        ('{"mode":"none"}', "/mode"),
        ('{"mode":false}', "/mode"),
        ('["a"]', ""),
        ('{"mode":"off","mode":"local"}', "14"),
        ('{"a":', "5"),
        ("", "0"),
        ("x" * 65_537, ""),
    ],
)
def test_a_file_that_is_not_valid_stops_everything(site, text, place):
    (site / "policy.json").write_text(text)
    assert refusal(floor_of, STREAM, None) == ("POLICY_INVALID", f"{site / 'policy.json'}#{place}")


def test_a_named_file_that_is_missing_stops_everything(tmp_path, monkeypatch):
    monkeypatch.setenv("WEFTEND_POLICY", str(tmp_path / "none.json"))
    assert refusal(floor_of, STREAM, None)[0] == "POLICY_INVALID"


def test_a_link_to_nothing_stops_everything(site):
    (site / "policy.json").symlink_to("gone.json")
    assert refusal(floor_of, STREAM, None) == ("POLICY_INVALID", f"{site / 'policy.json'}#")


def test_a_folder_that_may_not_be_searched_stops_everything(site, monkeypatch):
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "lstat", refuse)
    assert refusal(floor_of, STREAM, None) == ("POLICY_INVALID", f"{site / 'policy.json'}#")
