"""The good days: a range in, a complete and proven database out; then only what is new or changed."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from harvester.demo import Corpus, MiniSite

from .conftest import SINCE, UNTIL, Harvester, assert_equals_the_site


def test_a_backfill_brings_everything_and_proves_it(harvest: Harvester) -> None:
    ended = harvest.backfill()
    assert ended.status == 0
    assert ended.last_line.startswith("harvest: complete (exit 0): 3 of 3 days complete")
    assert_equals_the_site(harvest)
    assert set(harvest.states()) == {"2024-01-15", "2024-01-16", "2024-01-17"}


def test_a_day_costs_its_listing_pages_and_one_page_a_release(harvest: Harvester, corpus: Corpus) -> None:
    harvest.backfill()
    listing_pages = sum(
        -(-sum(release.listed_on == day for release in corpus.releases) // 20)
        for day in (SINCE, SINCE + timedelta(days=1), UNTIL)
    )
    assert harvest.listings_asked_for() == listing_pages
    assert sorted(harvest.pages_asked_for()) == sorted(release.news_id for release in corpus.releases)
    kinds = Counter(seen.kind for seen in harvest.site.requests)
    assert kinds["robots"] == 1
    assert kinds["file"] <= len(corpus)
    assert kinds.keys() <= {"listing", "release", "file", "viewer", "robots"}


def test_the_same_command_again_asks_for_no_release_page(harvest: Harvester) -> None:
    harvest.backfill()
    before = harvest.rows("SELECT * FROM briefings")
    harvest.site.clear_log()
    ended = harvest.backfill()
    assert ended.status == 0
    assert harvest.pages_asked_for() == []
    assert "0 new, 0 changed" in ended.last_line
    after = harvest.rows("SELECT * FROM briefings")
    assert [row | {"last_seen_at": None} for row in after] == [row | {"last_seen_at": None} for row in before]


def test_a_crawl_fetches_only_what_appeared(harvest: Harvester, corpus: Corpus) -> None:
    harvest.backfill()
    model = corpus.releases[0]
    late = replace(model, news_id=corpus.next_id(), title="뒤늦게 올라온 소식", listed_on=SINCE)
    corpus.add(late)
    harvest.site.clear_log()
    ended = harvest.crawl()
    assert ended.status == 0
    assert harvest.pages_asked_for() == [late.news_id]
    assert_equals_the_site(harvest)
    assert harvest.rows("SELECT * FROM revisions") == []


def test_an_edit_is_a_revision_and_a_deletion_is_marked(harvest: Harvester, corpus: Corpus) -> None:
    harvest.backfill()
    edited, deleted, *_ = [release for release in corpus.releases if release.listed_on == UNTIL]
    corpus.edit(edited.news_id, title="초과근무 제도 개선")
    corpus.delete(deleted.news_id)
    harvest.site.clear_log()
    assert harvest.crawl().status == 0
    assert harvest.pages_asked_for() == [edited.news_id]
    [revision] = harvest.rows("SELECT * FROM revisions")
    assert (str(revision["news_id"]), revision["field"], revision["new"]) == (
        edited.news_id,
        "title",
        "초과근무 제도 개선",
    )
    assert revision["old"] == " ".join(edited.title.split())
    assert harvest.ids("withdrawn_at IS NOT NULL") == {deleted.news_id}
    assert harvest.ids("revision > 1") == {edited.news_id}
    assert_equals_the_site(harvest)

    corpus.add(deleted)
    assert harvest.crawl().status == 0
    assert harvest.ids("withdrawn_at IS NOT NULL") == set()
    assert_equals_the_site(harvest)


def test_a_release_moved_to_another_day_moves_here_too(harvest: Harvester, corpus: Corpus) -> None:
    harvest.backfill()
    moved = next(release for release in corpus.releases if release.listed_on == UNTIL)
    corpus.edit(moved.news_id, listed_on=SINCE)
    assert harvest.crawl().status == 0
    assert_equals_the_site(harvest)


def test_a_day_with_nothing_is_empty_not_complete(harvest: Harvester, corpus: Corpus) -> None:
    for release in corpus.releases:
        if release.listed_on == SINCE:
            corpus.delete(release.news_id)
    assert harvest.backfill().status == 0
    assert harvest.states()[SINCE.isoformat()] == "empty"
    assert_equals_the_site(harvest)


def test_ministries_are_found_by_any_name(harvest: Harvester, site: MiniSite) -> None:
    ended = harvest.backfill("--ministry", "산업부", "--ministry", "기후에너지환경부")
    assert ended.status == 0
    truth = site.truth(SINCE, UNTIL, codes=("A00015", "A00019"))
    assert truth
    assert harvest.ids() == {release.news_id for release in truth}
    assert {row["ministry"] for row in harvest.rows("SELECT ministry FROM briefings")} <= {"산업통상자원부", "환경부"}
    [filter_] = {row["filter"] for row in harvest.rows("SELECT filter FROM days")}
    assert filter_ == "ministry=A00015,A00019"


def test_the_other_rendering_of_a_list_is_no_change(harvest: Harvester) -> None:
    """Filtered lists print cut leads with entities, and dates with hyphens: the same releases all the same."""
    harvest.backfill()
    before = harvest.rows("SELECT news_id, lead, fingerprint FROM briefings")
    harvest.site.clear_log()
    assert harvest.backfill("--ministry", "산업부", "--ministry", "환경부", "--ministry", "과기부").status == 0
    assert harvest.pages_asked_for() == []
    assert harvest.rows("SELECT news_id, lead, fingerprint FROM briefings") == before
    assert harvest.rows("SELECT * FROM revisions") == []


def test_a_cut_lead_is_made_whole_by_the_full_rendering_without_a_revision(harvest: Harvester) -> None:
    harvest.backfill("--ministry", "산업부", "--ministry", "환경부", "--ministry", "과기부")
    cut = harvest.ids("lead LIKE '%...'")
    assert cut
    assert harvest.backfill().status == 0
    assert not cut & harvest.ids("lead LIKE '%...'")
    assert harvest.rows("SELECT * FROM revisions") == []
    assert_equals_the_site(harvest)


def test_words_filter_on_the_site(harvest: Harvester, corpus: Corpus) -> None:
    corpus.edit(corpus.releases[3].news_id, title="꿀벌폐사 대책 발표")
    assert harvest.backfill("--query", "꿀벌폐사").status == 0
    assert harvest.ids() == {corpus.releases[3].news_id}
    assert harvest.rows("SELECT title FROM briefings") == [{"title": "꿀벌폐사 대책 발표"}]


def test_scrapy_crawl_does_the_same(harvest: Harvester) -> None:
    _, environment = harvest.command()
    ended = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "press-release", "-a", f"since={SINCE}", "-a", f"until={UNTIL}"],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert_equals_the_site(harvest)
    [run] = harvest.rows("SELECT * FROM runs")
    assert (run["verdict"], run["exit_status"], run["new"]) == ("complete", 0, len(harvest.ids()))


def test_status_and_show_tell_what_is_there(harvest: Harvester, corpus: Corpus) -> None:
    harvest.backfill()
    status = harvest("status")
    assert status.status == 0
    assert "3 complete" in status.stdout
    told = harvest("status", "--json").json
    assert told["complete"] is True
    assert told["briefings"] == len(corpus)
    assert [day["state"] for day in told["days"]] == ["complete"] * 3
    wider = harvest("status", "--since", "2024-01-14")
    assert wider.status == 3
    assert "2024-01-14 never walked" in wider.last_line

    release = corpus.releases[0]
    shown = harvest("show", release.news_id)
    assert shown.status == 0
    assert (
        shown.stdout.splitlines()[-1] == f"https://www.korea.kr/briefing/pressReleaseView.do?newsId={release.news_id}"
    )
    assert f"({release.listed_on:%Y.%m.%d} {release.ministry})" in shown.stdout
    assert harvest("show", release.news_id, "--json").json["news_id"] == int(release.news_id)
    assert harvest("show", "1").status == 1


def test_the_report_for_a_machine(harvest: Harvester, corpus: Corpus) -> None:
    told = harvest.backfill("--json").json
    assert (told["verdict"], told["exit_status"], told["new"]) == ("complete", 0, len(corpus))
    assert [day["day"] for day in told["days"]] == ["2024-01-15", "2024-01-16", "2024-01-17"]


def test_a_release_between_two_days_of_the_range_is_on_the_right_one(harvest: Harvester) -> None:
    """Only the asked days are stored, at both ends."""
    middle = date(2024, 1, 16)
    assert harvest.backfill(since=middle, until=middle).status == 0
    assert {row["published_on"] for row in harvest.rows("SELECT published_on FROM briefings")} == {"2024-01-16"}
    assert_equals_the_site(harvest, middle, middle)


def test_a_release_that_leaves_a_filter_is_not_withdrawn(harvest: Harvester, corpus: Corpus) -> None:
    """It may have moved to another ministry: a filtered walk proves nothing about what it does not list."""
    harvest.backfill("--ministry", "환경부")
    moved = next(release for release in corpus.releases if release.ministry == "환경부")
    corpus.edit(moved.news_id, ministry="국토교통부")
    assert harvest.crawl("--ministry", "환경부").status == 0
    assert harvest.ids("withdrawn_at IS NOT NULL") == set()
    assert harvest.crawl().status == 0
    assert_equals_the_site(harvest)


def test_status_knows_a_filter_again_whatever_its_range(harvest: Harvester) -> None:
    """기획재정부 has other codes in other years; the question is the same."""
    harvest.backfill("--ministry", "기획재정부")
    assert harvest("status", "--ministry", "기재부").status == 0
    assert harvest("status", "--ministry", "기획재정부", "--since", "2024-01-15", "--until", "2024-01-17").status == 0
