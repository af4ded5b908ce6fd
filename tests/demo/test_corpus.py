"""What the miniature site publishes."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from harvester.demo import KST, Clock, Corpus, Release, code_of, ministries_on
from tests.demo.conftest import SINCE, UNTIL, make_corpus


def test_the_same_arguments_give_the_same_archive() -> None:
    assert make_corpus().releases == make_corpus().releases
    assert make_corpus().releases != Corpus.generated(SINCE, UNTIL, per_day=30, seed=8).releases


def test_a_longer_range_begins_with_the_shorter_one() -> None:
    short = Corpus.generated(SINCE, SINCE + timedelta(3), per_day=20, seed=1)
    long = Corpus.generated(SINCE, SINCE + timedelta(9), per_day=20, seed=1)
    assert long.releases[: len(short)] == short.releases


def test_the_mixture_is_that_of_the_real_site() -> None:
    corpus = Corpus.generated(date(2024, 1, 1), date(2024, 6, 30), per_day=60, seed=3)
    releases = corpus.releases

    def share(count: int) -> float:
        return count / len(releases)

    assert len({release.news_id for release in releases}) == len(releases)
    assert 0.10 < share(sum(release.title[0] in "[(" for release in releases)) < 0.20
    timeless = [r for r in releases if r.published.time() == datetime.min.time()]
    assert 0.05 < share(len(timeless)) < 0.10
    single = [r for r in timeless if sum(o.title == r.title and o.lead == r.lead for o in timeless) == 1]
    assert len({release.ministry for release in single}) <= 4
    assert 0.06 < share(sum("관련 보도자료 내용입니다" in release.lead for release in releases)) < 0.12
    assert 0.015 < share(sum(release.body is not None for release in releases)) < 0.05
    assert share(sum(release.licence == 1 for release in releases)) > 0.75
    assert {release.licence for release in releases} == {0, 1, 4, None}
    assert {len(release.attachments) for release in releases} == {0, 1, 2, 3, 4}
    written = [len(release.lead) for release in releases if "관련 보도자료 내용입니다" not in release.lead]
    assert min(written) >= 95
    assert 2000 < max(written) <= 3000
    text = "".join(release.title for release in releases)
    assert all(mark in text for mark in ("R&D", "<", '"', "·", "  ", "？", "｢"))
    by_title: dict[tuple[str, str], set[str]] = {}
    for release in releases:
        by_title.setdefault((release.title, release.lead), set()).add(release.ministry)
    assert max(map(len, by_title.values())) in (3, 4)


def test_weekends_are_quiet() -> None:
    corpus = Corpus.generated(SINCE, UNTIL, per_day=50, seed=1)
    saturday, monday = date(2024, 1, 6), date(2024, 1, 8)
    assert 0 < len(corpus.between(saturday, saturday)) * 4 < len(corpus.between(monday, monday))


def test_live_releases_appear_in_their_time() -> None:
    corpus = Corpus.generated(SINCE, UNTIL, per_day=30, seed=7, live=True)
    assert [r.title for r in corpus] == [r.title for r in make_corpus()]
    morning = datetime(2024, 1, 5, 12, tzinfo=KST)
    seen = [release for release in corpus if release.is_visible(morning)]
    assert 0 < len(seen) < len(corpus)
    assert all(release.published <= morning for release in seen)


def test_adding_editing_moving_and_deleting() -> None:
    corpus = make_corpus()
    first = corpus.releases[0]
    before = len(corpus)
    edited = corpus.edit(first.news_id, title="초과근무", body="본문")
    assert (edited.title, edited.body, edited.listed_on) == ("초과근무", "본문", first.listed_on)
    assert corpus.edit(first.news_id, body=None).body is None
    moved = corpus.move(first.news_id, date(2024, 1, 9))
    assert (moved.listed_on, moved.published) == (date(2024, 1, 9), first.published)
    assert moved in corpus.between(date(2024, 1, 9), date(2024, 1, 9))
    corpus.delete(first.news_id)
    assert len(corpus) == before - 1
    assert first.news_id not in corpus
    corpus.add(first)
    assert corpus[first.news_id] == first
    with pytest.raises(ValueError, match="is taken"):
        corpus.add(first)


def test_a_release_without_a_zone_or_a_day_is_korean() -> None:
    release = Release("1", "제목", "환경부", datetime(2024, 1, 5, 0, 30), "내용")
    assert release.published.utcoffset() == timedelta(hours=9)
    assert release.listed_on == date(2024, 1, 5)


def test_loading_lines_of_json(tmp_path: Path) -> None:
    path = tmp_path / "releases.jsonl"
    record = {
        "newsId": "156000001",
        "title": "줄 안의 문자가 있는 R&D 제목",
        "ministry": "없는위원회",
        "published": "2024-03-04T00:00:00",
        "lead": "내용\u2028이어짐",
    }
    path.write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")
    (release,) = Corpus.from_jsonl(path)
    assert release.lead == "내용\u2028이어짐"
    assert release.published == datetime(2024, 3, 4, tzinfo=KST)
    assert release.code.startswith("X9")
    assert len(release.code) == 6
    assert release.code == code_of("없는위원회")


def test_ministries_have_the_names_of_the_day() -> None:
    then = {office.code: office.name for office in ministries_on(date(2024, 1, 17))}
    later = {office.code: office.name for office in ministries_on(date(2025, 12, 1))}
    assert (then["A00015"], later["A00015"]) == ("산업통상자원부", "산업통상부")
    assert code_of("산업통상자원부") == code_of("산업통상부")
    assert len(then) == len(ministries_on(date(2024, 1, 17))) >= 45


def test_the_clock_moves() -> None:
    clock = Clock(datetime(2024, 1, 12, 20))
    clock.advance(hours=5)
    assert clock.today() == date(2024, 1, 13)
    clock.set(datetime(2024, 2, 1))
    assert clock.now() == datetime(2024, 2, 1, tzinfo=KST)
