"""833 real releases of eleven days, where they are at hand: every group and every near miss was judged by eye."""

import json
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from harvester.joint import Candidate, Content, Match, Member, groups, matches
from harvester.korean import read_prefix

SITE = Path(__file__).parents[2].parent / "shared" / "koreakr"

pytestmark = pytest.mark.skipif(not SITE.is_dir(), reason="the folder of captured pages is not here")

GROUPS = [
    {156769240, 156769325},  # K-Tech Pass: 법무부, 산업통상부
    {156769300, 156769303},  # 염전노동자: 해양수산부, 고용노동부
    {156769450, 156769507},  # 민·군 항공기: the lead of one only points at its attachment
    {156769502, 156769519},  # 짝퉁 필터: another head before the same text
    {156769510, 156769517},  # 후쿠시마 브리핑(329차): titles only alike, text the same
    {156769523, 156769528},  # 우주항공 전략: one with [보도참고]
    {156769534, 156769635},  # 동유럽 우주: each ministry names itself first
    {156769535, 156769594},  # 도박사이트 총책: two days apart
    {156769552, 156769604},  # 한-베 협력: on two days
    {156769612, 156769869},  # 차세대중형위성 4호 발사: two days apart
    {156769791, 156769898},  # 구제역 백신
    {156769813, 156769823},  # 광화문 현판: a comma more, and a lead that only points
    {156769839, 156769847},  # 적극행정: one with a head, so that the cut leads share a third
    {156769910, 156769941, 156769951, 156770143},  # 위성 첫 교신: four ministries, three days
    {156769932, 156769942, 156769969},  # 위성 한반도 첫 교신: another release than the one above
    {156769984, 156769994},  # 지속가능성 공시: one title goes on where the other ends
    {156770010, 156770011, 156770012, 156770020},  # 방사선 종사자: `9일` and `7월 9일` in the title
    {156770307, 156770311, 156770313, 156770334},  # 한국어 교육자: two of four leads say nothing
    {156770461, 156770462},  # 폭염중대경보
]
NOT_GROUPED = [
    {156769488, 156769882},  # 한중 공공외교 포럼: announced, and four days later reported
    {156770021, 156770056},  # 지방교육재정교부금 토론회: the release, and the material for it
]
NOTICES = [
    {156769430, 156770429},  # 외교부 공관장 인사
    {156769431, 156770438},  # 외교부 인사
]


@pytest.fixture(scope="module")
def contents() -> dict[int, Content]:
    return {int(release["newsId"]): Content(release["lead"]) for release in read()}


@pytest.fixture(scope="module")
def found() -> list[Match]:
    return matches(
        Candidate(
            int(release["newsId"]),
            "press-release",
            release["title"],
            read_prefix(release["title"]),
            release["ministry"],
            date.fromisoformat(release["published"][:10]),
        )
        for release in read()
    )


@pytest.fixture(scope="module")
def members(found: list[Match], contents: dict[int, Content]) -> list[Member]:
    return groups(found, contents)


def read() -> list[dict[str, str]]:
    [path] = SITE.glob("releases.*.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_groups_are_those_a_person_finds(members: list[Member]) -> None:
    by_group = defaultdict(set)
    for each in members:
        by_group[each.group_id].add(each.news_id)
    assert list(by_group.values()) == GROUPS
    assert {each.kind for each in members} == {"joint"}


def test_by_what_they_were_found(members: list[Member]) -> None:
    by_title = {each.news_id for each in members if each.matched_by == "title"}
    assert by_title == {156769450, 156769507, 156769813, 156769823, 156770311, 156770334}
    assert {each.matched_by for each in members} == {"text", "title"}


def test_whose_titles_match_without_being_one(found: list[Match], members: list[Member]) -> None:
    group_of = {each.news_id: each.group_id for each in members}
    pairs = [{match.first.news_id, match.second.news_id} for match in found]
    apart = [pair for pair in pairs if len({group_of.get(news_id, news_id) for news_id in pair}) > 1]
    assert apart == NOT_GROUPED
    assert not any(pair in pairs for pair in NOTICES)
