"""What is told of troubles that begin, last, change, come and go, and end."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from harvester.troubles import Cause, Compared, Kind, Open, Trouble, causes, compare

HERE = "crawl/press-release/"
SITE, PAGES = f"{HERE}/site", f"{HERE}/pages"
BEGAN = datetime.fromisoformat("2024-01-17T00:07:00Z")


def trouble(key: str = SITE, *, grave: bool = True) -> Trouble:
    return Trouble(key, "a title", "what", "tried", "to do", grave)


def hour(number: float) -> str:
    return (BEGAN + timedelta(hours=number)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Runs:
    """Hourly runs, one after the other."""

    def __init__(self) -> None:
        self.known = Compared()
        self.number = 0

    @property
    def open(self) -> Mapping[str, Open]:
        return self.known.open

    def __call__(
        self, *troubles: Trouble, judged: tuple[str, ...] = (HERE,), after: float = 1
    ) -> list[tuple[Kind, str]]:
        self.number += after
        self.known = compare(self.known.open, self.known.began, troubles, judged=judged, at=hour(self.number))
        return [(news.kind, news.now.trouble.key) for news in self.known.news]


def test_a_trouble_is_told_once_and_its_end_once() -> None:
    run = Runs()
    assert run() == []
    assert run(trouble()) == [("begun", SITE)]
    assert [run(trouble()) for _ in range(50)] == [[]] * 50
    assert run.open[SITE].runs == 51
    assert run() == [("over", SITE)]
    assert run() == []


def test_a_run_that_cannot_speak_of_it_ends_nothing() -> None:
    run = Runs()
    run(trouble())
    assert run(judged=()) == []
    assert run(judged=("crawl/speech/",)) == []
    assert run(judged=("crawl/press-release/ministry=A00015",)) == []
    assert run() == [("over", SITE)]


def test_an_outage_that_began_in_the_middle_of_a_run_is_the_same_when_it_is_total() -> None:
    run = Runs()
    assert run(trouble(grave=False)) == [("begun", SITE)]
    assert run(trouble()) == []
    assert run(trouble(grave=False)) == [], "the first run after an outage may get a part of it"
    assert run() == [("over", SITE)]


def test_an_outage_upon_a_small_trouble_that_lasts_is_told_and_so_is_its_end() -> None:
    run = Runs()
    run(trouble(grave=False))
    run(trouble(grave=False))
    assert run(trouble()) == [("worse", SITE)]
    assert run(trouble()) == []
    assert run(trouble(grave=False)) == []
    assert run(trouble(grave=False)) == [("better", SITE)]
    assert run(trouble(grave=False)) == []
    assert run() == [("over", SITE)]


def test_a_trouble_that_grows_and_shrinks_all_the_time_is_told_of_once_a_day() -> None:
    run = Runs()
    news = [told for number in range(48) for told, _ in run(trouble(grave=number % 3 == 2))]
    assert news.count("worse") <= 3
    assert len(news) <= 6
    assert run() == [("over", SITE)]


def test_another_cause_without_a_good_run_between_is_a_change() -> None:
    run = Runs()
    run(trouble())
    assert run(trouble(PAGES)) == [("changed", PAGES)]
    assert [each.trouble.key for each in run.known.news[0].before] == [SITE]
    assert run() == [("over", PAGES)]


def test_two_causes_are_two_troubles() -> None:
    run = Runs()
    run(trouble())
    assert run(trouble(), trouble(PAGES)) == [("begun", PAGES)]
    assert run(trouble(PAGES)) == [("over", SITE)]


def test_what_comes_and_goes_is_told_no_more_until_it_is_gone_for_long() -> None:
    run = Runs()
    told = [news for _ in range(12) for present in ((trouble(),), ()) for news in run(*present)]
    assert told == [("begun", SITE), ("over", SITE)] * 2 + [("begun", SITE)]
    assert run.open[SITE].comes_and_goes
    assert [run() for _ in range(11)] == [[]] * 11
    assert run() == [("over", SITE)]


def test_the_same_trouble_some_days_later_is_a_trouble_of_its_own() -> None:
    run = Runs()
    for _ in range(5):
        assert run(trouble(), after=30) == [("begun", SITE)]
        assert run() == [("over", SITE)]


def test_what_nobody_asks_for_any_more_is_forgotten() -> None:
    run = Runs()
    run(trouble())
    assert run(judged=(), after=24 * 13) == []
    assert run(judged=(), after=24) == [("forgotten", SITE)]
    assert run.open == {}


def test_a_clock_that_was_set_back_makes_no_news() -> None:
    run = Runs()
    run(trouble())
    assert run(trouble(), after=-24 * 365) == []
    assert run(judged=(), after=0) == []
    assert run() == [("over", SITE)]


REASONS: list[tuple[str | None, set[Cause]]] = [
    ("the listing could not be read: HTTP status 503", {"site"}),
    ("the listing could not be read: Connection was refused by other side: 111: Connection refused.", {"site"}),
    ("page 2 of the listing: Getting http://127.0.0.1/x took longer than 20.0 seconds.", {"site"}),
    ("the listing could not be read: robots.txt could not be read, which means to stay away", {"site"}),
    ("the site answers 429 and asks to wait 3600 seconds", {"site"}),
    ("2 releases could not be read: newsId 1, 2 (HTTP status 403)", {"site"}),
    ("the text of 3 releases could not be fetched: newsId 1 (not fetched: HTTP status 500)", {"site"}),
    ("the listing could not be read: HTTP status 302, moved to /login", {"pages"}),
    ("the listing could not be read: not a listing: it has no place for rows or no total", {"pages"}),
    ("1 releases could not be read: newsId 1 (a release's page without a title)", {"pages"}),
    ("1 releases could not be read: newsId 1 (asked for newsId 1, got 2)", {"pages"}),
    ("the listing kept moving: newsId 1 on two pages", {"data"}),
    ("the site declares 26 releases and lists 25", {"data"}),
    ("the site no longer lists 20 of the 26 releases stored for this day: not believed", {"data"}),
    ("1 releases could not be read: newsId 1 (its title holds characters that were lost on the way)", {"data"}),
    ("it is stored as a release of the board speech", {"data"}),
    ("4 listed releases not stored: newsId 1, 2, 3, 4", {"storage"}),
    ("1 releases could not be read: newsId 1 (could not be stored: the disk is full)", {"storage"}),
    ("stopped: the disk is full, 0 MB free at data: make room, then run the same again", {"storage"}),
    ("a mistake of the program: KeyError('x')", {"program"}),
    ("1 releases could not be read: newsId 1 (HTTP status 500); 3 releases not reached: newsId 2", {"site"}),
    ("page 2 of the listing: cut off: the page has no end; page 3 of the listing: HTTP status 500", {"site", "pages"}),
    ("the listing could not be read: not reached", set()),
    ("3 releases not reached: newsId 1, 2, 3", set()),
    ("the listing was not walked to its end; 3 releases not reached: newsId 1, 2, 3", set()),
    (None, set()),
]


@pytest.mark.parametrize(("reason", "wanted"), REASONS)
def test_the_cause_is_known_by_the_reason(reason: str | None, wanted: set[Cause]) -> None:
    assert causes(reason) == wanted
