"""Drift, seen from outside: what changes at the site is told at once with its page, and ordinary weeks tell nothing."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from harvester.demo import KST, Clock, Corpus, Fault, MiniSite, Release

from .conftest import Ended, Harvester

FAST = ("--attachments", "none")
NEW_YEARS_EVE = datetime(2024, 12, 31, 12, tzinfo=KST)


def days(since: date, until: date) -> list[date]:
    return [since + timedelta(days=n) for n in range((until - since).days + 1)]


def leave(corpus: Corpus, day: date, number: int) -> None:
    """Let a day have no more releases than that."""
    for release in corpus.between(day, day)[number:]:
        corpus.delete(release.news_id)


def findings(harvest: Harvester, where: str = "ended_at IS NULL") -> list[dict[str, object]]:
    return harvest.rows(f"SELECT * FROM findings WHERE {where} ORDER BY key")


def notes(ended: Ended) -> list[str]:
    """What a run says before its last line."""
    lines = ended.stderr.strip().splitlines()[:-1]
    return [line.removeprefix("harvest: note: ") for line in lines if line.startswith("harvest: note: ")]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Harvester]:
    """A site that has nothing yet: a test fills it."""
    with MiniSite(Corpus(), clock=Clock(NEW_YEARS_EVE)) as site:
        yield Harvester(site, tmp_path / "data")


def fill(served: Harvester, corpus: Iterable[Release]) -> None:
    for release in corpus:
        served.site.corpus.add(release)


# Nothing is told of ordinary weeks


def test_weeks_with_a_weekend_and_a_lunar_new_year_are_no_news(served: Harvester) -> None:
    since, until, middle = date(2024, 1, 29), date(2024, 2, 16), date(2024, 2, 11)
    corpus = Corpus.generated(since, until, per_day=22, seed=1)
    for day in days(date(2024, 2, 9), date(2024, 2, 12)):
        leave(corpus, day, 1)
    leave(corpus, date(2024, 2, 13), 5)  # many are still on leave
    leave(corpus, date(2024, 2, 15), 12)  # a quiet working day
    fill(served, corpus)
    assert served.backfill(*FAST, since=since, until=middle).status == 0
    # Then a few days at a time, as a machine that is switched on at times does.
    for first in (middle + timedelta(days=1), middle + timedelta(days=4)):
        ended = served.crawl(*FAST, since=first, until=min(first + timedelta(days=2), until))
        assert ended.status == 0
    assert served.rows("SELECT sum(releases) AS read FROM measures") == [{"read": len(corpus)}]
    assert findings(served, "1") == []
    assert "note:" not in ended.stderr


# What changes is told


@pytest.fixture(scope="module")
def stored_week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run leaves of a week with 220 releases."""
    with MiniSite(the_week(), clock=Clock(NEW_YEARS_EVE)) as site:
        harvest = Harvester(site, tmp_path_factory.mktemp("week") / "data")
        assert harvest.backfill(*FAST, since=date(2024, 1, 8), until=date(2024, 1, 14)).status == 0
    return harvest.data


@pytest.fixture
def week(served: Harvester, stored_week: Path) -> Harvester:
    """A site of which a week is stored."""
    fill(served, the_week())
    shutil.copytree(stored_week, served.data)
    return served


def the_week() -> Corpus:
    return Corpus.generated(date(2024, 1, 8), date(2024, 1, 14), per_day=42, seed=5)


MONDAY = date(2024, 1, 15)


def publish(harvest: Harvester, day: date, per_day: int, **changes: object) -> list[Release]:
    releases = [
        replace(release, **changes)  # type: ignore[arg-type]
        for release in Corpus.generated(day, day, per_day=per_day, seed=day.day)
    ]
    fill(harvest, releases)
    return releases


def test_a_field_that_goes_empty_is_told_with_a_page_and_its_return_too(week: Harvester) -> None:
    publish(week, MONDAY, 18, licence=None)
    ended = week.crawl(*FAST, since=MONDAY, until=MONDAY)
    assert ended.status == 0, "what is noticed is no failure"
    [found] = findings(week)
    assert notes(ended) == [f"press-release: {found['says']} (see {found['evidence']}); {found['todo']}"]
    assert found["key"] == "drift/press-release/field/license"
    assert "none of the last" in str(found["says"])
    assert "a licence" in str(found["says"])
    saved = week.data / str(found["evidence"]).partition(",")[0]
    assert "공공누리" not in saved.read_text(encoding="utf-8").partition("<aside")[0]
    # The next day has it again: it ends, once.
    publish(week, date(2024, 1, 16), 18)
    ended = week.crawl(*FAST, since=date(2024, 1, 16), until=date(2024, 1, 16))
    assert findings(week) == []
    [over] = findings(week, "1")
    assert notes(ended) == [f"press-release: over since {over['ended_at']}: {over['says']}"]
    assert over["ended_at"]
    assert over["ended_by"] == over["run_id"] + 1  # type: ignore[operator]


def test_while_it_lasts_it_is_one_finding(week: Harvester) -> None:
    for day in (MONDAY, date(2024, 1, 16)):
        publish(week, day, 20, licence=None)
        ended = week.crawl(*FAST, since=day, until=day)
    assert notes(ended) == []
    [found] = findings(week, "1")
    assert found["ended_at"] is None
    assert str(found["last_seen"]) >= str(found["since"])


def test_a_few_releases_without_it_are_no_news(week: Harvester) -> None:
    publish(week, MONDAY, 7, licence=None)
    week.crawl(*FAST, since=MONDAY, until=MONDAY)
    assert findings(week, "1") == []


@pytest.mark.parametrize(("where", "kind"), [("list", "listing"), ("view", "release")])
def test_a_redesign_is_told_by_the_first_run_and_ends_with_it(week: Harvester, where: str, kind: str) -> None:
    publish(week, MONDAY, 3)
    week.site.faults = [Fault("redesign", tries=None, where=where)]  # type: ignore[arg-type]
    assert week.crawl(*FAST, since=MONDAY, until=MONDAY).status == 1
    assert week.crawl(*FAST, since=MONDAY, until=MONDAY).status == 1
    [found] = findings(week, "1")
    assert found["key"] == f"drift/press-release/layout/{kind}"
    saved = week.data / str(found["evidence"]).partition(",")[0]
    assert saved.suffixes[-2:] == [".html", ".txt"], "nothing of the site is opened as a page of this disk"
    assert "_v6" in saved.read_text(encoding="utf-8")
    number = int(str(found["exchange_id"]))
    assert f"page {number} of the archive" in str(found["evidence"])
    week.site.faults = []
    assert week.crawl(*FAST, since=MONDAY, until=MONDAY).status == 0
    assert findings(week) == []


def test_a_site_that_is_away_or_damaged_has_no_new_layout(week: Harvester) -> None:
    for kind in ("503", "truncated"):
        week.site.faults = [Fault(kind, tries=None, where="list")]  # type: ignore[arg-type]
        week.crawl(*FAST, since=MONDAY, until=MONDAY)
    assert findings(week, "1") == []


def test_a_working_day_with_next_to_nothing_is_told_once(served: Harvester) -> None:
    since, until = date(2024, 3, 6), date(2024, 3, 22)
    corpus = Corpus.generated(since, until, per_day=24, seed=7)
    leave(corpus, date(2024, 3, 20), 3)
    fill(served, corpus)
    assert served.backfill(*FAST, since=since, until=until).status == 0
    [found] = findings(served, "1")
    assert found["key"] == "drift/press-release/day/2024-03-20"
    assert str(found["says"]).startswith("2024-03-20 has 3 releases; the ")
    assert found["evidence"] is not None
    # The rest of it appears: all is well, and nobody hears of that day again.
    fill(served, (r for r in Corpus.generated(since, until, per_day=24, seed=7) if r.news_id not in served.site.corpus))
    served.crawl(*FAST, since=date(2024, 3, 20), until=date(2024, 3, 20))
    assert findings(served) == []


def test_a_ministry_not_met_before_is_told_once(week: Harvester) -> None:
    publish(week, MONDAY, 6, ministry="먼바다개척부")
    week.crawl(*FAST, since=MONDAY, until=MONDAY)
    [found] = findings(week, "1")
    assert "먼바다개척부" in str(found["says"])
    assert found["key"] == "drift/ministry/먼바다개척부"
    assert str(found["evidence"]).isascii()
    publish(week, date(2024, 1, 16), 6, ministry="먼바다개척부")
    week.crawl(*FAST, since=date(2024, 1, 16), until=date(2024, 1, 16))
    assert len(findings(week, "1")) == 1


def test_the_first_run_ever_tells_of_no_ministry(served: Harvester) -> None:
    publish(served, MONDAY, 6, ministry="먼바다개척부")
    ended = served.crawl(*FAST, since=MONDAY, until=MONDAY)
    assert ended.status == 0, ended.stderr
    assert findings(served) == []
    publish(served, date(2024, 1, 16), 6, ministry="먼바다개척부")
    served.crawl(*FAST, since=date(2024, 1, 16), until=date(2024, 1, 16))
    assert findings(served) == []
