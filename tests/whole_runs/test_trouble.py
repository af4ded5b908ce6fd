"""The bad days: passing trouble costs nothing but time; lasting trouble is never taken for an empty or complete day."""

import socket
import sqlite3
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from harvester.demo import Clock, Corpus, Fault, MiniSite

from .conftest import NOON_AFTER, SINCE, UNTIL, Harvester, assert_equals_the_site

MIDDLE = date(2024, 1, 16)

ANYWHERE = [
    *("429", "429-retry-after", "503", "503-retry-after", "500", "reset", "reset-midway", "login", "offsite"),
    *("truncated", "truncated-clean", "truncated-encoding", "damaged-encoding"),
    *("maintenance", "garbage", "redesign"),
]
LISTS = [
    *("emptied", "rows-missing", "wrong-page", "ignores-dates", "last-page-repeats", "duplicate-row", "emptied-tail"),
]
PAGES = ["view-redesign", "wrong-release"]


@pytest.mark.parametrize("kind", ANYWHERE)
def test_passing_trouble_leaves_nothing_out(harvest: Harvester, kind: str) -> None:
    """Every listing page fails on its first try, and a fifth of the release pages on their first and second."""
    harvest.site.faults = [
        Fault(kind, tries=(1,), where="list", seconds=0.3),  # type: ignore[arg-type]
        Fault(kind, share=0.2, tries=(1, 2), where="view", seconds=0.3),  # type: ignore[arg-type]
    ]
    ended = harvest.backfill()
    assert len({seen.path for seen in harvest.site.requests if seen.fault}) == 2, "the site did not misbehave"
    assert ended.status == 0, ended.stderr
    assert_equals_the_site(harvest)


@pytest.mark.parametrize("kind", LISTS)
def test_a_lying_list_is_asked_again(harvest: Harvester, kind: str) -> None:
    harvest.site.faults = [Fault(kind, share=1.0, tries=(1, 2), where="list", seed=3)]
    ended = harvest.backfill()
    assert any(seen.fault for seen in harvest.site.requests), "the site did not misbehave"
    assert ended.status == 0, ended.stderr
    assert_equals_the_site(harvest)


@pytest.mark.parametrize("kind", PAGES)
def test_a_lying_release_page_is_asked_again(harvest: Harvester, kind: str) -> None:
    harvest.site.faults = [Fault(kind, share=0.3, tries=(1, 2), where="view", seed=3)]
    assert harvest.backfill().status == 0
    assert any(seen.fault for seen in harvest.site.requests)
    assert_equals_the_site(harvest)


def test_a_filter_the_site_ignores_brings_nothing_foreign(harvest: Harvester, site: MiniSite) -> None:
    site.faults = [Fault("ignores-filter", share=1.0, tries=(1, 2), where="list")]
    assert harvest.backfill("--ministry", "산업부", "--ministry", "환경부").status == 0
    assert harvest.ids() == {release.news_id for release in site.truth(SINCE, UNTIL, codes=("A00015", "A00019"))}
    site.faults = [Fault("ignores-filter", tries=None, where="list")]
    ended = harvest.backfill("--ministry", "산업부")
    assert ended.status == 1
    assert not harvest.ids("ministry_code NOT IN ('A00015', 'A00019')")


def test_a_slow_site_is_waited_for(harvest: Harvester) -> None:
    harvest.site.faults = [Fault("slow", share=0.1, tries=(1,), seconds=1.0, where="view")]
    assert harvest.backfill().status == 0
    assert_equals_the_site(harvest)


def test_a_listing_that_moves_is_walked_again(harvest: Harvester, corpus: Corpus) -> None:
    before = len(corpus)
    harvest.site.faults = [Fault("shifting", tries=(1, 2), where="list")]
    assert harvest.backfill().status == 0
    assert len(corpus) > before
    assert_equals_the_site(harvest)


def test_an_order_that_changes_between_pages_loses_nothing(harvest: Harvester, site: MiniSite) -> None:
    """The list is not stably sorted within a day: no page moves, yet rows are on two pages and on none."""
    walking = harvest.start("backfill", "--since", SINCE.isoformat(), "--until", UNTIL.isoformat())
    while walking.poll() is None:
        site.reshuffle()
        time.sleep(0.002)
    walking.communicate()
    if walking.returncode == 0:
        assert_equals_the_site(harvest)
    else:
        assert walking.returncode == 3
        assert "partial" in harvest.states().values()


# Lasting trouble


def assert_nothing_claimed(harvest: Harvester) -> None:
    assert not {"complete", "empty"} & set(harvest.states().values())
    assert harvest.ids() == set()
    [run] = harvest.rows("SELECT * FROM runs")
    assert (run["verdict"], run["exit_status"]) == ("failure", 1)


@pytest.mark.parametrize(
    "kind",
    ["503", "503-retry-after", "429", "500", "reset", "maintenance", "redesign", "garbage", "login", "truncated-clean"],
)
def test_lasting_trouble_is_a_failure(harvest: Harvester, kind: str) -> None:
    harvest.site.faults = [Fault(kind, tries=None, seconds=1.0)]  # type: ignore[arg-type]
    began = time.monotonic()
    ended = harvest.backfill(since=date(2023, 12, 1))
    assert time.monotonic() - began < 60
    assert ended.status == 1, ended.stderr
    assert ended.last_line.startswith("harvest: failure (exit 1)")
    assert_nothing_claimed(harvest)


@pytest.mark.parametrize("kind", ["view-redesign", "maintenance", "wrong-release", "503"])
def test_release_pages_that_cannot_be_read_are_a_failure_soon(harvest: Harvester, corpus: Corpus, kind: str) -> None:
    harvest.site.faults = [Fault(kind, tries=None, where="view")]  # type: ignore[arg-type]
    ended = harvest.backfill()
    assert ended.status == 1, ended.stderr
    assert_nothing_claimed(harvest)
    assert len(harvest.pages_asked_for()) < 4 * len(corpus) * 0.75, "a broken site is not asked for every page"


def test_a_site_that_is_down_is_a_failure(harvest: Harvester) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        harvest.environment = {"HARVEST_SITE": f"http://127.0.0.1:{taken.getsockname()[1]}"}
        ended = harvest.backfill()
    assert ended.status == 1, ended.stderr
    assert_nothing_claimed(harvest)


def test_a_site_that_asks_to_stay_away_is_not_asked_again(harvest: Harvester, site: MiniSite) -> None:
    site.faults = [Fault("503-retry-after", tries=None, where="list", seconds=3600)]
    ended = harvest.backfill()
    assert ended.status == 1
    assert "asks to wait 3600 seconds" in ended.last_line
    assert harvest.listings_asked_for() <= 3


def test_retry_after_is_obeyed(harvest: Harvester, site: MiniSite) -> None:
    site.faults = [Fault("429-retry-after", tries=(1,), where="list", seconds=2)]
    assert harvest.backfill(since=UNTIL).status == 0
    first, again = [seen.at for seen in site.requests if "List" in seen.path and seen.page == 1]
    assert again - first >= 2


def test_a_site_whose_robots_txt_forbids_it_is_left_alone(harvest: Harvester, site: MiniSite) -> None:
    site.robots = "User-agent: *\nDisallow: /briefing/\n"
    ended = harvest.backfill()
    assert ended.status == 1
    assert "robots.txt" in ended.last_line
    assert {seen.path for seen in site.requests} == {"/robots.txt"}


def test_one_broken_day_is_named_and_the_others_are_complete(harvest: Harvester, site: MiniSite) -> None:
    site.faults = [Fault("500", tries=None, where="list", days=frozenset({MIDDLE}))]
    ended = harvest.backfill()
    assert ended.status == 3
    assert "2024-01-16 failed" in ended.last_line
    assert harvest.states() == {"2024-01-15": "complete", "2024-01-16": "failed", "2024-01-17": "complete"}
    site.faults = []
    assert harvest.backfill().status == 0
    assert_equals_the_site(harvest)


def test_a_broken_page_of_a_listing_leaves_the_day_partial_with_what_was_read(
    harvest: Harvester, site: MiniSite, corpus: Corpus
) -> None:
    site.faults = [Fault("emptied-tail", tries=None, where="list", days=frozenset({MIDDLE}))]
    ended = harvest.backfill()
    assert ended.status == 3
    assert harvest.states()["2024-01-16"] == "partial"
    assert harvest.ids("published_on = '2024-01-16'")
    on_that_day = {release.news_id for release in corpus.releases if release.listed_on == MIDDLE}
    assert harvest.ids("published_on = '2024-01-16'") < on_that_day


def test_releases_that_cannot_be_read_are_named(harvest: Harvester, site: MiniSite, corpus: Corpus) -> None:
    broken = frozenset(release.news_id for release in corpus.releases[::10])
    site.faults = [Fault("500", tries=None, where="view", news_ids=broken)]
    ended = harvest.backfill()
    assert ended.status == 3
    assert harvest.ids() == {release.news_id for release in corpus.releases} - broken
    told = ended.stderr
    assert all(news_id in told for news_id in broken)
    reasons = " ".join(row["reason"] or "" for row in harvest.rows("SELECT reason FROM days"))
    assert all(news_id in reasons for news_id in broken)
    assert [row["failed"] for row in harvest.rows("SELECT failed FROM runs")] == [len(broken)]
    site.faults = []
    site.clear_log()
    assert harvest.backfill().status == 0
    assert set(harvest.pages_asked_for()) == broken
    assert_equals_the_site(harvest)


def test_a_redesign_after_good_days_spoils_nothing(harvest: Harvester, site: MiniSite) -> None:
    harvest.backfill()
    before = harvest.rows("SELECT * FROM briefings")
    site.faults = [Fault("redesign", tries=None)]
    ended = harvest.crawl()
    assert ended.status == 1
    assert harvest.rows("SELECT * FROM briefings") == before
    assert set(harvest.states().values()) == {"failed"}
    site.faults = []
    assert harvest.crawl().status == 0
    assert_equals_the_site(harvest)


def test_a_day_emptied_for_good_is_not_believed(harvest: Harvester, site: MiniSite) -> None:
    """A listing that loses all of a day that was full is a fault until a person says otherwise."""
    harvest.backfill()
    site.faults = [Fault("emptied", tries=None, where="list", days=frozenset({MIDDLE}))]
    ended = harvest.crawl()
    assert ended.status == 3
    assert harvest.states()["2024-01-16"] == "partial"
    assert harvest.ids("withdrawn_at IS NOT NULL") == set()


def test_a_release_deleted_while_it_was_being_fetched(harvest: Harvester, site: MiniSite, corpus: Corpus) -> None:
    """Listed, then gone: the listing is looked at again, and the day is complete without it."""
    victim = next(release for release in corpus.releases if release.listed_on == MIDDLE)
    site.faults = [Fault("503", tries=(1, 2), where="view", news_ids=frozenset({victim.news_id}))]
    running = harvest.start("backfill", "--since", SINCE.isoformat(), "--until", UNTIL.isoformat())
    while victim.news_id not in harvest.pages_asked_for():
        time.sleep(0.005)
    corpus.delete(victim.news_id)
    _, stderr = running.communicate(timeout=60)
    assert running.returncode == 0, stderr
    assert_equals_the_site(harvest)


def test_a_day_emptied_in_truth_can_be_accepted(harvest: Harvester, corpus: Corpus) -> None:
    harvest.backfill()
    gone = [release.news_id for release in corpus.releases if release.listed_on == MIDDLE]
    for news_id in gone:
        corpus.delete(news_id)
    assert harvest.crawl().status == 3
    assert harvest.crawl("--accept-withdrawals").status == 0
    assert harvest.states()["2024-01-16"] == "empty"
    assert harvest.ids("withdrawn_at IS NOT NULL") == set(gone)


def test_a_site_whose_lists_are_all_empty_is_not_believed(harvest: Harvester, site: MiniSite) -> None:
    """Nothing came back, which is not the same as nothing was published: a wide question tells the two apart."""
    site.faults = [Fault("emptied", tries=None, where="list")]
    ended = harvest.backfill()
    assert ended.status == 1, ended.stderr
    assert "nothing at all was published" in ended.stderr
    assert_nothing_claimed(harvest)


def test_a_stored_day_is_kept_when_all_lists_go_empty(harvest: Harvester, site: MiniSite) -> None:
    harvest.backfill(since=UNTIL)
    stored = harvest.ids()
    site.faults = [Fault("emptied", tries=None, where="list")]
    ended = harvest.backfill()
    assert ended.status == 1
    assert set(harvest.states().values()) == {"failed"}
    assert harvest.ids("withdrawn_at IS NULL") == stored


def test_a_long_day_with_broken_pages_does_not_end_the_run(harvest: Harvester, site: MiniSite, corpus: Corpus) -> None:
    for number in range(100):
        corpus.add(replace(corpus.releases[0], news_id=corpus.next_id(), title=f"소식 {number}", listed_on=UNTIL))
    site.faults = [Fault("500", tries=None, where="list", days=frozenset({UNTIL}), share=0.7, seed=2)]
    ended = harvest.backfill()
    assert ended.status == 3
    assert harvest.states()["2024-01-15"] == harvest.states()["2024-01-16"] == "complete"


def test_a_tenth_of_many_releases_broken_stops_nothing(tmp_path: Path) -> None:
    """The broken ones are tried longer than the others, so that in the end they fail all together."""
    earlier = date(2024, 1, 4)
    corpus = Corpus.generated(since=earlier, until=UNTIL, per_day=90, seed=13)
    broken = frozenset(release.news_id for release in corpus.releases if int(release.news_id) % 10 == 3)
    with MiniSite(corpus, clock=Clock(NOON_AFTER)) as site:
        harvest = Harvester(site, tmp_path / "data")
        site.faults = [Fault("503", tries=None, where="view", news_ids=broken)]
        ended = harvest.backfill(since=earlier)
        assert ended.status == 3, ended.stderr
        assert harvest.ids() == {release.news_id for release in corpus.releases} - broken
        assert all(news_id in ended.stderr for news_id in broken)
        assert "stopped" not in ended.last_line


def test_a_whole_day_of_broken_releases_stops_nothing(harvest: Harvester, site: MiniSite, corpus: Corpus) -> None:
    broken = frozenset(release.news_id for release in corpus.releases if release.listed_on == MIDDLE)
    site.faults = [Fault("500", tries=None, where="view", news_ids=broken)]
    ended = harvest.backfill()
    assert ended.status == 3
    assert harvest.ids() == {release.news_id for release in corpus.releases} - broken
    assert harvest.states() == {"2024-01-15": "complete", "2024-01-16": "failed", "2024-01-17": "complete"}


def test_a_block_that_stays_broken_does_not_hide_the_other_days(harvest: Harvester, site: MiniSite) -> None:
    """When all else is stored, the broken ones are all that is asked for: still no reason to end the run."""
    newest = [release.news_id for release in site.truth(UNTIL, UNTIL)]
    site.faults = [Fault("500", tries=None, where="view", news_ids=frozenset(newest[3:28]))]
    assert harvest.backfill().status == 3
    site.corpus.add(replace(site.corpus[newest[0]], news_id=site.corpus.next_id(), title="늦은 소식", listed_on=SINCE))
    ended = harvest.backfill()
    assert ended.status == 3
    assert "stopped" not in ended.last_line
    assert {day: state for day, state in harvest.states().items() if state == "complete"}.keys() == {
        "2024-01-15",
        "2024-01-16",
    }
    assert harvest.rows("SELECT title FROM briefings WHERE title = '늦은 소식'")


def test_days_cut_short_while_lists_are_empty_are_not_claimed(harvest: Harvester, site: MiniSite) -> None:
    site.faults = [Fault("emptied", tries=None, where="list")]
    for _ in range(3):
        ended = harvest.backfill(since=date(2024, 1, 1))
        assert ended.status == 1, ended.stderr
        assert not {"complete", "empty", "partial"} & set(harvest.states().values())
    site.faults = []
    assert harvest.backfill(since=date(2024, 1, 1)).status == 0
    assert_equals_the_site(harvest, since=date(2024, 1, 1))


def test_a_database_nobody_may_write_is_said_before_anything_is_asked(harvest: Harvester, site: MiniSite) -> None:
    harvest.backfill(since=UNTIL)
    site.clear_log()
    blocker = sqlite3.connect(harvest.database, isolation_level=None)
    blocker.execute("PRAGMA query_only = 0")
    trigger = "CREATE TRIGGER no_more BEFORE INSERT ON runs BEGIN SELECT RAISE(ABORT, 'nobody may write'); END"
    blocker.execute(trigger)
    ended = harvest.backfill()
    assert ended.status == 1, ended.stderr
    assert "nobody may write" in ended.last_line
    assert harvest.listings_asked_for() == 0


def test_a_damaged_database_ends_the_run(harvest: Harvester) -> None:
    harvest.backfill()
    damaged = sqlite3.connect(harvest.database, isolation_level=None)
    damaged.execute("PRAGMA writable_schema = 1")
    damaged.execute("UPDATE sqlite_master SET rootpage = 999999 WHERE name = 'briefings'")
    damaged.close()
    for verb in (["crawl", "--since", "2024-01-15", "--until", "2024-01-17"], ["status"], ["show", "156717893"]):
        ended = harvest(*verb, timeout=60)
        assert ended.status == 1, ended.stderr
        assert ended.last_line.startswith("harvest: failure (exit 1)")


@pytest.mark.parametrize("kind", ["503", "reset", "503-retry-after", "truncated-encoding", "damaged-encoding"])
def test_a_robots_txt_that_cannot_be_had_means_to_stay_away(harvest: Harvester, site: MiniSite, kind: str) -> None:
    site.faults = [Fault(kind, tries=None, where="robots", seconds=0.2)]  # type: ignore[arg-type]
    ended = harvest.backfill()
    assert ended.status == 1, ended.stderr
    assert "robots.txt could not be read" in ended.stderr
    assert {seen.path for seen in site.requests} == {"/robots.txt"}
    site.faults = [Fault(kind, tries=(1, 2), where="robots", seconds=0.2)]  # type: ignore[arg-type]
    assert harvest.backfill().status == 0


@pytest.mark.parametrize("kind", ["503", "wrong-release", "view-redesign", "maintenance"])
def test_a_day_of_broken_releases_is_given_up_soon(
    harvest: Harvester, site: MiniSite, corpus: Corpus, kind: str
) -> None:
    for number in range(60):
        corpus.add(replace(corpus.releases[0], news_id=corpus.next_id(), title=f"소식 {number}", listed_on=UNTIL))
    broken = frozenset(release.news_id for release in corpus.releases if release.listed_on == UNTIL)
    site.faults = [Fault(kind, tries=None, where="view", news_ids=broken)]  # type: ignore[arg-type]
    ended = harvest.backfill()
    assert ended.status == 3
    assert harvest.states() == {"2024-01-15": "complete", "2024-01-16": "complete", "2024-01-17": "failed"}
    assert all(news_id in ended.stderr for news_id in broken)
    assert len([news_id for news_id in harvest.pages_asked_for() if news_id in broken]) < 4 * len(broken) * 0.7
