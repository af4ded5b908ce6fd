"""A crawl without a range: it misses nothing of the last days, and asks for little where nothing is new."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from harvester.demo import KST, Clock, Corpus, Fault, MiniSite

from .conftest import Ended, Harvester
from .month.nursery import Nursery

SINCE, TODAY = date(2024, 3, 1), date(2024, 3, 20)
NOON = datetime(2024, 3, 20, 12, tzinfo=KST)
DAYS_BACK = 9
"""So far back releases are dated, at most."""
LOOKED_AT = DAYS_BACK + 2
"""Days: one more, for what appeared before midnight."""
MOST = 20
"""Requests of a run that finds nothing new."""


@dataclass
class Cron(Harvester):
    """Crawls at the site's own time."""

    nursery: Nursery | None = None

    def __call__(self, *arguments: str, timeout: float = 120) -> Ended:
        assert self.nursery
        _, environment = self.command()
        done = self.nursery.end(self.nursery.start(self.site.clock.now(), list(arguments), environment), timeout)
        return Ended(done.status, done.stdout, done.stderr)

    def hour(self, hours: float = 1, *, status: int = 0, verb: str = "crawl") -> Ended:
        """Let time pass, and run."""
        self.site.clock.advance(hours=hours)
        self.site.clear_log()
        ended = self(verb)
        assert ended.status == status, ended.stderr
        return ended

    def walked(self) -> dict[str, int]:
        """How many listing pages the last run asked for, by day."""
        asked: dict[str, int] = {}
        for seen in self.site.requests:
            if seen.kind == "listing" and seen.since == seen.until:
                asked[str(seen.since)] = asked.get(str(seen.since), 0) + 1
        return asked

    def day(self, day: date) -> dict[str, object]:
        [row] = self.rows(f"SELECT * FROM days WHERE day = '{day}' AND filter = ''")
        return row


@pytest.fixture
def corpus() -> Corpus:
    return Corpus.generated(since=SINCE, until=TODAY, per_day=45, seed=5)


@pytest.fixture
def site(corpus: Corpus) -> Iterator[MiniSite]:
    with MiniSite(corpus, clock=Clock(NOON)) as running:
        yield running


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with Nursery(tmp_path_factory.mktemp("runs")) as ready:
        yield ready


@pytest.fixture
def cron(site: MiniSite, tmp_path: Path, nursery: Nursery) -> Cron:
    harvester = Cron(site, tmp_path / "data", {"HARVEST_ATTACHMENTS": "none"}, nursery)
    assert harvester("crawl").status == 0
    return harvester


def test_the_first_run_reads_the_days_in_which_late_releases_appear(cron: Cron) -> None:
    assert set(cron.states()) == {str(TODAY - timedelta(days=n)) for n in range(LOOKED_AT)}
    assert cron.ids() == {r.news_id for r in cron.site.truth(TODAY - timedelta(days=LOOKED_AT - 1), TODAY)}


def test_an_idle_day_of_hourly_runs_asks_for_little(cron: Cron) -> None:
    asked = []
    for _ in range(14):
        ended = cron.hour()
        asked.append(len(cron.site.requests))
        assert cron.pages_asked_for() == []
        assert cron.walked().keys() >= {str(cron.site.clock.today() - timedelta(days=n)) for n in range(LOOKED_AT)}
        assert "11 of 11 days complete; 0 new" in ended.last_line
    assert max(asked) <= MOST, asked


@pytest.mark.parametrize("back", [0, 3, DAYS_BACK])
def test_a_late_release_is_there_with_the_next_run_whichever_page_lists_it(cron: Cron, back: int) -> None:
    day = TODAY - timedelta(days=back)
    cron.hour()
    model = cron.site.corpus.between(day, day)[0]
    for n, on_top in enumerate((True, False)):
        late = replace(model, news_id=cron.site.corpus.next_id(), title=f"늦게 오른 글 {n}")
        cron.site.corpus.add(late, on_top=on_top)
        cron.hour()
        assert late.news_id in cron.ids()
        assert cron.pages_asked_for() == [late.news_id]
        assert cron.day(day)["state"] == "complete"


def test_what_appears_before_midnight_nine_days_late_is_there_after_midnight(cron: Cron) -> None:
    cron.hour(11)
    day = TODAY - timedelta(days=DAYS_BACK)
    late = replace(cron.site.corpus.between(day, day)[0], news_id=cron.site.corpus.next_id(), title="늦게 오른 글")
    cron.site.corpus.add(late)
    cron.hour()
    assert cron.site.clock.today() == TODAY + timedelta(days=1)
    assert late.news_id in cron.ids()


def test_a_clock_that_was_behind_once_costs_checks_and_no_more(cron: Cron) -> None:
    right = cron.site.clock.now()
    cron.site.clock.set(right - timedelta(days=40))
    cron("crawl")
    cron.site.clock.set(right)
    ended = cron.hour()
    assert "complete; 0 new" in ended.last_line
    assert cron.pages_asked_for() == []
    between = {str(TODAY - timedelta(days=n)) for n in range(LOOKED_AT, 40)}
    assert not between & cron.walked().keys(), "nobody asked for these days"


def test_a_withdrawn_release_is_known_to_be_after_the_next_run(cron: Cron) -> None:
    gone = cron.site.corpus.between(TODAY - timedelta(days=2), TODAY - timedelta(days=2))[-1].news_id
    cron.site.corpus.delete(gone)
    cron.hour()
    assert cron.ids("withdrawn_at IS NOT NULL") == {gone}


def test_an_edit_on_a_later_page_is_found_when_its_day_is_due(cron: Cron) -> None:
    day = TODAY - timedelta(days=2)
    of_day = [r.news_id for r in cron.site.truth(day, day)]
    for news_id in of_day:
        title = cron.site.corpus[news_id].title
        cron.site.corpus.edit(news_id, title=f"{title} (고침)")
    for _ in range(3):
        cron.hour(3)
    assert cron.ids(f"published_on = '{day}' AND title LIKE '%(고침)'") == set(of_day)


def test_one_gone_and_one_come_between_two_runs_are_found_within_as_many_runs_as_the_day_has_pages(cron: Cron) -> None:
    for _ in range(3):
        cron.hour()
    days = [TODAY - timedelta(days=back) for back in range(1, DAYS_BACK)]
    changed = {day: cron.site.truth(day, day) for day in days if len(cron.site.truth(day, day)) > 20}
    for releases in changed.values():
        cron.site.corpus.delete(releases[-1].news_id)
        cron.site.corpus.add(replace(releases[0], news_id=cron.site.corpus.next_id(), title="그사이 오른 글"))
    for _ in range(3):
        cron.hour()
    assert len(cron.ids("title = '그사이 오른 글'")) == len(changed) >= 5
    assert len(cron.ids("withdrawn_at IS NOT NULL")) == len(changed)


def test_days_are_settled_in_the_end_and_then_left_alone(cron: Cron) -> None:
    for _ in range(13):
        cron.hour(24)
    settled = [row["day"] for row in cron.rows("SELECT day FROM days WHERE settled_at IS NOT NULL ORDER BY day")]
    assert settled[0] == str(TODAY - timedelta(days=LOOKED_AT - 1))
    assert len(settled) >= 10, settled
    cron.hour()
    assert not cron.walked().keys() & set(settled)


def test_what_a_sleeping_machine_missed_is_made_good(site: MiniSite, tmp_path: Path, nursery: Nursery) -> None:
    site.clock.set(datetime(2024, 3, 2, 12, tzinfo=KST))
    cron = Cron(site, tmp_path / "data", {"HARVEST_ATTACHMENTS": "none"}, nursery)
    cron.hour(0)
    before = set(cron.states())
    cron.hour(24 * 17)
    assert set(cron.states()) == before | {str(date(2024, 3, 3) + timedelta(days=n)) for n in range(17)}
    assert set(cron.states().values()) <= {"complete", "empty"}


def test_a_day_that_failed_is_walked_again_at_once_and_one_long_past_now_and_then(cron: Cron) -> None:
    bad = cron.site.truth(TODAY - timedelta(days=1), TODAY - timedelta(days=1))[0]
    cron.site.corpus.edit(bad.news_id, title=f"{bad.title} 새 제목")
    cron.site.faults = [Fault("view-redesign", news_ids=frozenset({bad.news_id}), tries=None)]
    cron.hour(4, status=3)
    for _ in range(2):
        cron.hour(status=3)
        assert str(bad.listed_on) in cron.walked()
    cron.hour(24 * 20, status=3)
    walked = []
    for _ in range(8):
        ended = cron.hour(12, status=3)
        assert f"{bad.listed_on} partial" in ended.last_line
        walked.append(str(bad.listed_on) in cron.walked())
    assert 1 <= sum(walked) <= 2, walked
    cron.site.faults = []
    cron.hour(24 * 4)
    assert cron.day(bad.listed_on)["state"] == "complete"


def test_days_given_are_each_walked_in_full(cron: Cron) -> None:
    cron.site.clear_log()
    assert cron("crawl", "--days", "2").status == 0
    assert cron.walked() == {
        str(day): -(-len(cron.site.truth(day, day)) // 20) or 3 for day in (TODAY, TODAY - timedelta(days=1))
    }
    cron.site.clear_log()
    assert cron("crawl", "--since", str(TODAY), "--until", str(TODAY)).status == 0
    assert cron.walked().keys() == {str(TODAY)}


def test_a_mistake_of_ours_before_the_first_request_is_called_one(site: MiniSite, tmp_path: Path) -> None:
    harvester = Harvester(site, tmp_path / "data")
    broken = "import harvester.extensions.run as run, harvester.cli as cli; run.choose = lambda *_: 1 / 0; cli.main()"
    _, environment = harvester.command()
    command = [sys.executable, "-c", broken, "crawl"]
    got = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert got.returncode == 1
    assert got.stderr.splitlines()[-1].startswith("harvest: failure (exit 1): a mistake of the program: ")
    assert not site.requests


def test_a_listing_that_says_nothing_is_not_believed_at_a_glance(cron: Cron) -> None:
    cron.site.faults = [Fault("emptied", where="list", tries=None)]
    ended = cron.hour(status=1)
    assert "0 of 11 days complete" in ended.last_line
    assert cron.ids("withdrawn_at IS NOT NULL") == set()
    cron.site.faults = []
    cron.hour()
    assert set(cron.states().values()) == {"complete"}
