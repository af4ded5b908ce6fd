"""What the answers of the site mean."""

from pathlib import Path

import pytest

from harvester.examination import Mark
from harvester.examination.site import Looked, clock, findings, robots
from harvester.spiders.doctor import FILE, LIST, PAGE, ROBOTS, Robots, Seen

FINE = Seen("press-release", LIST, "http://127.0.0.1:9/list", "20 of 96 releases")
WRONG_LIST = Seen("speech", LIST, "http://127.0.0.1:9/speech", "not a listing", wrong=True, body=b"<html>")
NO_ANSWER = Seen("speech", PAGE, "http://127.0.0.1:9/view", "HTTP status 503", wrong=True)
AWAY = Seen("speech", ROBOTS, "http://127.0.0.1:9/robots.txt", "robots.txt could not be read", wrong=True)


def looked(*seen: Seen) -> Looked:
    return Looked(seen, {}, None, finished=True)


def test_a_page_that_is_not_as_expected_is_kept_and_said_to_be(tmp_path: Path) -> None:
    fine, wrong, lost = findings(looked(FINE, WRONG_LIST, NO_ANSWER), 1.0, tmp_path / "doctor")
    assert (fine.mark, fine.evidence, fine.todo) == (Mark.OK, None, "")
    assert (wrong.mark, wrong.evidence) == (Mark.WRONG, tmp_path / "doctor" / "speech-list.html")
    assert wrong.evidence is not None
    assert wrong.evidence.read_bytes() == b"<html>"
    assert "source-notes" in wrong.todo
    assert (lost.evidence, "network" in lost.todo) == (None, True)


def test_where_nothing_is_wrong_nothing_is_kept(tmp_path: Path) -> None:
    findings(looked(FINE), 1.0, tmp_path / "doctor")
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_cannot_be_kept_is_told_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "doctor").write_text("a file where the folder should be")
    [found] = findings(looked(WRONG_LIST), 1.0, tmp_path / "doctor")
    assert (found.mark, found.evidence) == (Mark.WRONG, None)


@pytest.mark.parametrize(
    ("seen", "stops"),
    [
        ((FINE, WRONG_LIST), False),
        ((WRONG_LIST, NO_ANSWER), True),
        ((AWAY,), True),
        ((FINE, Seen("esg-board", LIST, "http://127.0.0.1:9/b", "no", wrong=True)), False),
        ((Seen("esg-board", LIST, "http://127.0.0.1:9/b", "no", wrong=True),), False),
        ((FINE, Seen("press-release", FILE, "http://127.0.0.1:9/f", "not there", wrong=True)), False),
    ],
)
def test_runs_are_stopped_where_no_list_can_be_read(seen: tuple[Seen, ...], stops: bool, tmp_path: Path) -> None:
    assert any(each.stops for each in findings(looked(*seen), 1.0, tmp_path)) == stops


def test_what_robots_txt_says() -> None:
    assert robots("h", Robots((), None), 1.0).mark is Mark.OK
    assert robots("h", Robots((), 1.0), 1.0).mark is Mark.OK
    slow = robots("h", Robots((), 10.0), 1.0)
    assert (slow.mark, slow.todo) == (Mark.LOOK, "crawl with --rate 0.1")
    forbidden = robots("h", Robots(("https://h/a/list.do?x=1",), None), 1.0)
    assert (forbidden.mark, "/a/list.do" in forbidden.says) == (Mark.WRONG, True)


@pytest.mark.parametrize(
    ("ours", "mark"),
    [
        ("2024-01-17T03:00:30Z", Mark.OK),
        ("2024-01-17T03:20:00Z", Mark.LOOK),
        ("2024-01-17T18:00:00Z", Mark.WRONG),
        ("2023-01-17T03:00:00Z", Mark.WRONG),
    ],
)
def test_the_sites_clock_and_ours(ours: str, mark: Mark) -> None:
    [found] = clock(("Wed, 17 Jan 2024 03:00:00 GMT", ours))
    assert found.mark is mark


def test_a_site_that_does_not_say_what_time_it_is() -> None:
    assert clock(None) == []
    assert clock(("yesterday", "2024-01-17T03:00:30Z")) == []
