"""Which made-up releases are one release, and which only look like it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.joint import (
    KEY,
    MANY,
    WINDOW,
    Candidate,
    Content,
    Kind,
    MatchedBy,
    Member,
    groups,
    matches,
    title_key,
)
from harvester.korean import read_prefix

DAY = date(2024, 1, 17)
TITLE = "바닷가 쓰레기 줄이는 새 길, 어촌 마을 열두 곳이 함께 연다"
WORDS = (
    "정부는 어촌 마을 주민과 함께 바닷가에 밀려온 그물과 부표를 거두어 다시 쓰는 사업을 올해 봄부터 시작한다고 밝혔다 "
    "사업에 들어가는 돈은 모두 48억 원이며 마을마다 일꾼 15명이 6개월 동안 일하게 된다 거둔 그물은 가까운 공장에서 "
    "녹여 옷감과 가방을 만드는 실로 바뀌고 부표는 건물의 단열재로 쓰인다 지난해 시범 사업에서는 마을 3곳에서 220톤을 "
    "거두었다 주민 대표는 아이들이 맨발로 걸을 수 있는 모래밭을 되찾고 싶다고 말했으며 담당 국장은 마을의 의견을 "
    "꾸준히 듣겠다고 했다"
)
OTHER_WORDS = (
    "연구진은 고랭지 배추의 속이 꽉 차는 때를 위성 사진으로 미리 알아내는 방법을 찾아 농가에 알려 주기로 하였다 "
    "밭 1,200곳을 두 해 동안 살펴본 결과 실제 수확일과의 차이는 사흘을 넘지 않았고 값이 크게 오르내리는 여름철에 "
    "도움이 될 것으로 보인다 새 방법은 다음 달 열리는 설명회에서 누구나 볼 수 있으며 자료는 누리집에서 내려받을 수 있다"
)
LONG_POINTER = (
    "자세한 사항은 붙임파일([0117]정부합동보도자료-어촌 마을 열두 곳과 함께 바닷가에 밀려온 쓰레기를 줄이는 새 사업 "
    "개시 및 시범 사업 결과.pdf)을 참고하시기 바랍니다."
)
POINTER = "관련 보도자료 내용입니다. 자세한 내용은 첨부파일을 참고하시기 바랍니다."

Release = tuple[Candidate, Content]


def release(
    news_id: int,
    title: str = TITLE,
    ministry: str = "환경부",
    *,
    days: int = 0,
    text: str | None = WORDS,
    files: Iterable[str] = (),
    board: str = "press-release",
) -> Release:
    candidate = Candidate(news_id, board, title, read_prefix(title), ministry, DAY + timedelta(days=days))
    return candidate, Content(text, frozenset(files))


def members(*releases: Release) -> list[Member]:
    return groups(matches(each for each, _ in releases), {each.news_id: content for each, content in releases})


def grouped(*releases: Release) -> list[set[int]]:
    found = defaultdict(set)
    for each in members(*releases):
        found[each.group_id].add(each.news_id)
    return list(found.values())


def evidence(*releases: Release) -> list[str]:
    return [str(each.matched_by) for each in members(*releases)]


# Joint


def test_one_release_of_four_ministries() -> None:
    ministries = ("환경부", "해양수산부", "행정안전부", "산림청")
    found = members(*(release(4 - n, ministry=each, days=n) for n, each in enumerate(ministries)))
    assert found == [Member(n, 1, Kind.JOINT, MatchedBy.TEXT) for n in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    "other",
    [
        TITLE.replace(" ", "  "),
        TITLE.replace(" ", ""),
        f"[보도참고] {TITLE}",
        f"(공동) {TITLE}",
        f"[1.18.목.조간] (국영문 동시배포) {TITLE}",
        TITLE.replace(",", "，"),
        TITLE.replace("새 길", "‘새·길’"),
        f"「{TITLE}」",
        TITLE.replace("바닷가", "바닷가・"),
    ],
)
def test_titles_printed_otherwise_are_the_same(other: str) -> None:
    assert grouped(release(1), release(2, other, "해양수산부")) == [{1, 2}]
    assert grouped(release(1, text=None), release(2, other, "해양수산부", text=None)) == [{1, 2}]


def test_ministries_put_their_own_head_and_contacts_around_the_text() -> None:
    mine = f"환경부 보도자료 2024. 1. 17. 배포 {WORDS} 담당 부서 자원순환국 책임자 과장 홍길동"
    theirs = f"해양수산부 바다를 지키는 힘 {WORDS[60:]} 문의 해양보전과 사무관 성춘향"
    assert evidence(release(1, text=mine), release(2, ministry="해양수산부", text=theirs)) == ["text", "text"]


def test_a_title_alike_needs_more_common_text() -> None:
    other = TITLE.replace("열두 곳이", "12곳이")
    half = f"{OTHER_WORDS[:150]} {WORDS[:120]}"
    assert grouped(release(1), release(2, other, "해양수산부")) == [{1, 2}]
    assert grouped(release(1), release(2, TITLE, "해양수산부", text=half)) == [{1, 2}]
    assert grouped(release(1), release(2, other, "해양수산부", text=half)) == []
    assert grouped(release(1), release(2, other, "해양수산부", days=1)) == [], "on one day only"


def test_the_same_title_over_other_texts_is_another_release() -> None:
    assert grouped(release(1), release(2, ministry="해양수산부", text=OTHER_WORDS)) == []


def test_boards_are_not_mixed() -> None:
    assert grouped(release(1), release(2, board="fact-check")) == []


# Registered again


@pytest.mark.parametrize("days", [0, 1, 24, WINDOW])
def test_registered_again(days: int) -> None:
    found = members(release(2), release(1, days=days))
    assert found == [Member(n, 1, Kind.REPEATED, MatchedBy.TEXT) for n in (1, 2)]


def test_not_registered_again_after_the_window() -> None:
    assert grouped(release(1), release(2, days=WINDOW + 1)) == []


@pytest.mark.parametrize("mark", ["", "…", "...", " ···"])
def test_registered_again_with_a_title_cut_off(mark: str) -> None:
    assert grouped(release(1, days=20), release(2, TITLE[:18] + mark)) == [{1, 2}]
    assert grouped(release(1, days=20, text=None), release(2, TITLE[:18] + mark, text=None)) == []


def test_a_short_beginning_is_no_title_cut_off() -> None:
    assert grouped(release(1), release(2, TITLE[:12])) == []


def test_a_joint_release_registered_again_is_one_group() -> None:
    releases = release(1), release(2, ministry="해양수산부"), release(3, days=30), release(4, days=31)
    assert [(each.group_id, each.kind) for each in members(*releases)] == [(1, Kind.JOINT)] * 4


def test_announced_and_reported_under_one_title_are_two_releases() -> None:
    reported = WORDS.replace("시작한다고 밝혔다", "시작하였다").replace("일하게 된다", "일하였다")[:-60]
    reported = f"{reported} 이날 행사에는 주민 300여 명이 함께하여 뜻을 모았으며 기념 나무도 심었다"
    assert grouped(release(1), release(2, text=reported, days=4)) == []


def test_figures_tell_texts_apart_that_share_all_words() -> None:
    before = f"{WORDS} {OTHER_WORDS}"
    figures = str.maketrans("1234567890", "9753186420")
    assert grouped(release(1, text=before), release(2, text=before, days=30)) == [{1, 2}]
    assert grouped(release(1, text=before), release(2, text=before.translate(figures), days=30)) == []
    number = before.replace("48", "84").replace("15", "51")
    assert grouped(release(1, text=before), release(2, text=number, days=30)) == [], "two figures in long texts"


def test_another_ministry_days_later_needs_as_much() -> None:
    half = f"{WORDS[:150]} {OTHER_WORDS[:130]}"
    assert grouped(release(1), release(2, ministry="해양수산부", days=30)) == [{1, 2}]
    assert grouped(release(1), release(2, ministry="해양수산부", text=half, days=3)) == [{1, 2}]
    assert grouped(release(1), release(2, ministry="해양수산부", text=half, days=4)) == []


# Notices and series


@pytest.mark.parametrize(
    "title",
    [
        "인사",
        "인사발령",
        "외교부 인사",
        "외교부 공관장 인사",
        "[인사] 국토교통부 과장급 전보",
        "과기정통부 과장급 인사",
        "보건복지부 인사발령(1.17.자, 과장급)",
        "부고",
        "주간 일정",
        "주요 일정",
        "농림축산식품부 주간 주요 일정(1.15.~1.21.)",
        "농림축산식품부 주간보도계획",
        "해양수산부 주간 보도계획 및 주요 일정",
        "동향",
        "국토교통부 장관 동정",
        "1월 2주 수출입 현황",
    ],
)
def test_notices_are_never_grouped(title: str) -> None:
    for files in ((), ("같은 파일",)):
        assert grouped(release(1, title, files=files), release(2, title, files=files)) == []
        assert grouped(release(1, title, files=files), release(2, title, "외교부", files=files)) == []


def issue(number: int, days: int, **changes: Any) -> Release:
    figures = f"{number * 37} {number * 51}원 {number * 19} {number * 77}원 {number * 23}"
    text = (
        f"전국 평균 값은 지난주보다 {figures} 움직였으며 서울이 가장 높고 대구가 가장 낮았다 국제 값은 "
        f"{number * 5} 달러로 나라 안팎의 소식에 따라 오르내렸고 다음 주에도 비슷한 흐름이 이어질 것으로 보인다"
    )
    return release(number, changes.pop("title", "전국 주유소 기름값 동향"), days=days, **({"text": text} | changes))


@pytest.mark.parametrize("step", [1, 7, 28])
def test_issues_of_a_series_are_not_grouped(step: int) -> None:
    issues = [issue(n, n * step) for n in range(1, 9)]
    assert grouped(*issues) == []
    assert grouped(*issues[:2]) == []


def test_issues_of_a_series_are_not_grouped_whatever_little_they_say() -> None:
    same = [issue(n, n * 7, text=WORDS, title="바다 갈라짐 시각을 알려 드립니다") for n in range(1, 5)]
    assert grouped(*same) == [], "an extract without figures proves nothing where the title comes back"
    leaflet = [issue(n, n * 7, files=("안내문", f"{n}호")) for n in range(1, 5)]
    assert grouped(*leaflet) == [], "nor does a leaflet all issues bring along"


def test_an_issue_registered_again_is_known_by_its_document() -> None:
    issues = [issue(n, n * 7, files=(f"{n}호",)) for n in range(1, 5)]
    assert grouped(*issues, issue(9, 60, files=("2호",))) == [{2, 9}]


def test_a_joint_issue_of_a_series_is_grouped_by_its_text() -> None:
    issues = [issue(n, n * 7) for n in range(1, 4)]
    assert grouped(*issues, release(9, issues[0][0].title, "관세청", days=7, text=issues[0][1].text)) == [{1, 9}]


def test_a_title_used_too_often_is_a_notice() -> None:
    releases = [release(n, days=n) for n in range(MANY + 1)]
    assert matches(each for each, _ in releases) == []
    assert len(grouped(*releases[1:])) == 1


# Documents and titles as evidence


def test_the_same_documents_outweigh_the_texts() -> None:
    other = release(2, ministry="해양수산부", text=OTHER_WORDS, files=("가", "나"))
    assert evidence(release(1, files=("가",)), other) == ["document", "document"]
    assert grouped(release(1, files=("가", "다")), other) == []


@pytest.mark.parametrize("text", [None, "", POINTER, f"{TITLE} {POINTER}", LONG_POINTER, "붙임 파일 참조. 끝.", TITLE])
def test_without_content_a_telling_title_of_one_day_counts(text: str | None) -> None:
    assert evidence(release(1), release(2, ministry="해양수산부", text=text)) == ["title", "title"]
    assert evidence(release(1, text=text), release(2, text=text)) == ["title", "title"]
    assert grouped(release(1), release(2, ministry="해양수산부", text=text, days=1)) == []


def test_each_release_says_its_own_evidence() -> None:
    releases = release(1), release(2, ministry="해양수산부"), release(3, ministry="산림청", text=None)
    assert evidence(*releases) == ["text", "text", "title"]
    assert grouped(*releases) == [{1, 2, 3}]


@pytest.mark.parametrize("title", ["바닷가 마을 쓰레기 대책 발표", "2024년 1월 어촌 마을 바닷가 쓰레기 수거 실적"])
def test_without_content_short_titles_and_series_do_not_count(title: str) -> None:
    assert grouped(release(1, title, text=None), release(2, title, "해양수산부", text=None)) == []


def test_without_content_a_title_that_comes_back_does_not_count() -> None:
    pair = release(1, text=None), release(2, ministry="해양수산부", text=None)
    assert grouped(*pair) == [{1, 2}]
    assert grouped(*pair, release(3, text=None, days=500)) == []
    numbered = [f"어촌 마을과 바닷가 쓰레기 거두기 제{n}차 회의를 열다" for n in (1, 2)]
    pair = release(1, numbered[0], text=None), release(2, numbered[0], "해양수산부", text=None)
    assert grouped(*pair, release(3, numbered[1], text=None, days=30)) == []


def test_without_content_a_ministrys_further_material_is_another_text() -> None:
    assert grouped(release(1, text=None), release(2, f"(보도참고) {TITLE}", text=None)) == []


def test_nothing_joins_what_is_known_to_differ() -> None:
    one, other = release(1), release(2, ministry="산림청", text=OTHER_WORDS)
    silent = release(3, ministry="해양수산부", text=None)
    assert grouped(one, other, silent) == [], "the silent one may be either"
    half = release(3, ministry="해양수산부", text=f"{WORDS[:150]} {OTHER_WORDS[:130]}")
    assert grouped(one, half) == [{1, 3}]
    assert grouped(other, half) == [{2, 3}]
    assert grouped(one, other, half) == []
    later = release(2, days=2, text=WORDS[:150] + OTHER_WORDS[:90])
    assert grouped(one, later, release(3, ministry="해양수산부")) == [{1, 3}], "what one day says comes first"


# Properties

TITLES = (
    TITLE,
    TITLE[:20] + "…",
    f"[보도참고] {TITLE}",
    TITLE.replace("열두", "열세"),
    "외교부 인사",
    "주간 동향 보고",
)
random_releases = st.lists(
    st.tuples(
        st.sampled_from(TITLES),
        st.sampled_from(("환경부", "해양수산부", "산림청")),
        st.sampled_from((0, 0, 1, 3, 4, 20, 80, 100)),
        st.sampled_from((None, WORDS, WORDS[:170], f"{WORDS[:150]} {OTHER_WORDS[:130]}", OTHER_WORDS, POINTER)),
        st.sets(st.sampled_from("가나다"), max_size=2),
        st.sampled_from(("press-release", "press-release", "fact-check")),
    ),
    max_size=9,
).map(
    lambda rows: [
        release(n, title, ministry, days=days, text=text, files=files, board=board)
        for n, (title, ministry, days, text, files, board) in enumerate(rows, start=1)
    ]
)


@given(random_releases, st.randoms())
def test_the_order_of_the_releases_does_not_matter(releases: list[Release], random: Random) -> None:
    shuffled = random.sample(releases, len(releases))
    assert members(*shuffled) == members(*releases)


@given(random_releases)
def test_groups_are_groups(releases: list[Release]) -> None:
    candidate = {each.news_id: each for each, _ in releases}
    found = members(*releases)
    assert [each.news_id for each in found] == sorted({each.news_id for each in found})
    by_group: defaultdict[int, list[Member]] = defaultdict(list)
    for each in found:
        by_group[each.group_id].append(each)
    for group_id, group in by_group.items():
        of_group: Sequence[Candidate] = [candidate[each.news_id] for each in group]
        assert len(group) >= 2
        assert group_id == min(each.news_id for each in group)
        assert len({title_key(each.title, each.title_prefix) for each in of_group}) == 1
        assert len({each.board for each in of_group}) == 1
        joint = len({each.ministry for each in of_group}) > 1
        assert {each.kind for each in group} == {Kind.JOINT if joint else Kind.REPEATED}


@given(st.text(), st.none() | st.text())
def test_every_title_has_a_key_or_none(title: str, prefix: str | None) -> None:
    assert len(title_key(title, prefix)) in (0, KEY)


def test_a_year_of_titles_that_begin_alike_is_compared_by_neighbours_only() -> None:
    """31,000 releases, all with one key: all with all would be 480 million pairs."""
    year = [
        Candidate(
            n, "press-release", f"영암국유림관리소장 {n:05}번째 숲길 살핌 {'가나다라마'[n % 5]}", None, "산림청", DAY
        )
        for n in range(31_000)
    ]
    spread = [
        Candidate(each.news_id, each.board, each.title, None, each.ministry, DAY + timedelta(days=each.news_id % 365))
        for each in year
    ]
    assert {title_key(each.title, None) for each in spread} == {"영암국유림관리소장"}
    assert matches(spread) == []
