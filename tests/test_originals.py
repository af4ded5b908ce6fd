"""To which made-up release a re-posting refers, and when nobody can tell."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.korean import read_prefix
from harvester.originals import (
    Candidate,
    MatchedBy,
    Original,
    Reference,
    find_cited,
    find_original,
    ministry_names,
    which_may_be_meant,
)

DAY = date(2024, 1, 17)
TITLE = "바닷가 쓰레기 줄이는 새 길, 어촌 마을 열두 곳이 함께 연다"
TEXT = (
    "정부는 어촌 마을 주민과 함께 바닷가에 밀려온 그물과 부표를 거두어 다시 쓰는 사업을 올해 봄부터 시작한다고 밝혔다. "
    "사업에 들어가는 돈은 모두 48억 원이며 마을마다 일꾼 15명이 6개월 동안 일하게 된다."
)
OTHER_TITLE = "고랭지 배추의 속이 차는 때를 위성 사진으로 미리 알아낸다"
OTHER_TEXT = (
    "연구진은 고랭지 배추의 속이 꽉 차는 때를 위성 사진으로 미리 알아내는 방법을 찾아 농가에 알려 주기로 하였다. "
    "밭 1,200곳을 두 해 동안 살펴본 결과 실제 수확일과의 차이는 사흘을 넘지 않았다."
)
POINTER = "관련 보도자료 내용입니다. 자세한 내용은 첨부파일을 참고하시기 바랍니다."


def release(
    news_id: int = 156000001,
    title: str = TITLE,
    ministry: str = "산업통상자원부",
    code: str | None = "A00015",
    *,
    days: int = 0,
    text: str = "",
) -> Candidate:
    day = DAY + timedelta(days=days)
    return Candidate(news_id, "press-release", title, read_prefix(title), ministry, code, day, text)


RIGHT = release()
POST = Reference(title=TITLE, ministry="산업통상자원부", day=DAY)


def linked(news_id: int = RIGHT.news_id) -> Reference:
    return replace(POST, news_id=news_id)


def found(reference: Reference, *candidates: Candidate) -> int | None:
    """The answer, which the order of the candidates must not change."""
    there, back = find_original(reference, candidates), find_original(reference, candidates[::-1])
    assert there == back or there.news_id is back.news_id is None
    return there.news_id


def why(reference: Reference, *candidates: Candidate) -> str:
    return find_original(reference, candidates).reason


# Plain posts


def test_a_link_with_all_else_right_is_a_plain_match() -> None:
    assert find_original(linked(), [RIGHT, release(2, OTHER_TITLE)]) == Original(RIGHT.news_id, MatchedBy.NEWS_ID)


def test_without_a_link_title_ministry_and_day_decide() -> None:
    others = [release(2, OTHER_TITLE), release(3, days=-30), release(4, ministry="환경부", code="A00019")]
    assert find_original(POST, [RIGHT, *others]) == Original(RIGHT.news_id, MatchedBy.TITLE)


def test_without_a_source_line_the_link_decides() -> None:
    assert find_original(Reference(RIGHT.news_id, TITLE), [RIGHT]) == Original(RIGHT.news_id, MatchedBy.NEWS_ID)


def test_without_both_a_telling_title_decides() -> None:
    assert find_original(Reference(title=TITLE), [RIGHT]) == Original(RIGHT.news_id, MatchedBy.TITLE)
    for title in ("인사발령", "1월 둘째 주 주유소 기름값 전국 평균 동향"):
        assert found(Reference(title=title), release(title=title)) is None
    assert found(Reference(title=TITLE), RIGHT, release(2, days=-400)) is None


def test_the_day_of_the_post_tells_two_issues_apart() -> None:
    post = Reference(title=TITLE, posted=DAY + timedelta(days=3))
    assert found(post, RIGHT, release(2, days=-400), release(3, days=30)) == RIGHT.news_id


@pytest.mark.parametrize(
    "printed",
    [
        "[보도참고] " + TITLE,
        "(참고)(국영문 동시배포) " + TITLE,
        TITLE.replace(" ", ""),
        TITLE.replace(",", "，").replace("새 길", "「새 길」"),
        f"  {TITLE} ",
    ],
)
def test_prefix_space_and_marks_are_no_difference(printed: str) -> None:
    assert find_original(replace(POST, title=printed), [RIGHT]) == Original(RIGHT.news_id, MatchedBy.TITLE)
    assert find_original(POST, [release(title=printed)]) == Original(RIGHT.news_id, MatchedBy.TITLE)


# Titles that were changed


@pytest.mark.parametrize("mark", ["", "…", " ...", "‥"])
def test_a_cut_title(mark: str) -> None:
    cut = replace(POST, title=TITLE[:24] + mark)
    assert find_original(cut, [RIGHT, release(2, OTHER_TITLE)]) == Original(RIGHT.news_id, MatchedBy.TITLE)
    assert found(replace(cut, news_id=RIGHT.news_id), RIGHT) == RIGHT.news_id
    assert found(replace(cut, title=TITLE[:5] + mark), RIGHT) is None


def test_two_releases_of_one_ministry_and_day_whose_titles_begin_alike() -> None:
    first, second = release(1, TITLE[:24] + ", 동해편", text=TEXT), release(2, TITLE[:24] + ", 남해편", text=OTHER_TEXT)
    cut = replace(POST, title=TITLE[:24])
    assert found(cut, first, second) is None
    assert "newsId 1 (산업통상자원부, 2024-01-17), 2 (산업통상자원부, 2024-01-17)" in why(cut, first, second)
    assert found(replace(cut, news_id=2), first, second) == 2
    assert found(replace(cut, text=OTHER_TEXT), first, second) == 2
    assert found(replace(POST, title=second.title), first, second) == 2
    assert found(replace(cut, news_id=1, text=OTHER_TEXT), first, second) == 2


def test_a_title_cut_where_another_title_ends() -> None:
    whole, longer = release(1, TITLE[:24], text=OTHER_TEXT), release(2, text=TEXT)
    cut = replace(POST, title=TITLE[:24])
    assert found(replace(cut, text=TEXT), whole, longer) == 2
    assert found(cut, whole, longer) == 1
    assert found(replace(cut, title=TITLE[:24] + "…"), longer) == 2
    assert found(replace(cut, news_id=2), whole, longer) is None


def test_a_cut_title_whose_text_is_another_is_not_that_release() -> None:
    twin = release(1, TITLE[:24] + ", 동해편", text=OTHER_TEXT)
    assert found(replace(POST, title=TITLE[:24], text=TEXT), twin) is None
    by_link = find_original(replace(POST, news_id=1, title=TITLE[:24], text=TEXT), [twin])
    assert by_link == Original(1, MatchedBy.NEWS_ID, "newsId 1 has another text")
    assert found(Reference(1, TITLE[:24], text=TEXT), twin) is None


def test_a_title_edited_by_a_word_needs_the_link_or_the_text() -> None:
    edited = replace(POST, title=TITLE.replace("열두 곳이", "여러 곳이"))
    right = replace(RIGHT, text=TEXT)
    assert found(edited, right) is None
    assert "none has that title" in why(edited, right)
    assert find_original(replace(edited, text=TEXT), [right, release(2, OTHER_TITLE, text=OTHER_TEXT)]) == Original(
        RIGHT.news_id, MatchedBy.TEXT, f"newsId {RIGHT.news_id} has the title {TITLE!r}"
    )
    assert found(replace(edited, text=OTHER_TEXT), right) is None
    by_link = find_original(replace(edited, news_id=RIGHT.news_id), [right])
    assert (by_link.news_id, by_link.matched_by) == (RIGHT.news_id, MatchedBy.NEWS_ID)


def test_a_short_title_edited_by_a_word_is_believed_with_its_link_alone() -> None:
    short = release(title="어촌 쓰레기 대책 마련")
    edited = replace(POST, title="어촌 쓰레기 대책 발표")
    assert found(replace(edited, news_id=short.news_id), short) == short.news_id
    assert found(edited, short) is None


# Links


def test_a_link_of_another_release_is_not_followed() -> None:
    wrong = release(2, OTHER_TITLE, "농림축산식품부", "A00008", days=-3)
    by_title = find_original(linked(2), [RIGHT, wrong])
    assert (by_title.news_id, by_title.matched_by) == (RIGHT.news_id, MatchedBy.TITLE)
    assert by_title.reason.startswith("its link leads elsewhere: newsId 2 has the title ")
    assert "by 농림축산식품부, not 산업통상자원부 and is of 2024-01-14, not 2024-01-17" in by_title.reason
    nothing = find_original(linked(2), [wrong])
    assert (nothing.news_id, nothing.matched_by) == (None, None)
    assert "its link leads elsewhere" in nothing.reason


def test_a_link_of_another_release_of_the_same_ministry_and_day() -> None:
    wrong = release(2, OTHER_TITLE)
    assert found(linked(2), RIGHT, wrong) == RIGHT.news_id
    assert found(linked(2), wrong) is None
    assert found(replace(linked(2), title=TITLE[:24]), RIGHT, wrong) == RIGHT.news_id
    assert found(Reference(2, TITLE), RIGHT, wrong) == RIGHT.news_id


def test_a_link_to_another_issue_of_a_series() -> None:
    title = "1월 셋째 주 주유소 기름값 동향"
    right, last_month = release(1, title), release(2, title, days=-28)
    assert found(Reference(2, title, "산업통상자원부", DAY), right, last_month) is None
    assert "its link leads to newsId 2, its title, day and ministry to newsId 1" in why(
        Reference(2, title, "산업통상자원부", DAY), right, last_month
    )
    right, last_month = replace(right, text=TEXT), replace(last_month, text=OTHER_TEXT)
    assert found(Reference(2, title, "산업통상자원부", DAY, TEXT), right, last_month) == 1
    assert found(Reference(2, title, "산업통상자원부", DAY, OTHER_TEXT), right, last_month) == 2


def test_a_link_whose_release_we_do_not_have() -> None:
    not_there = linked(156999999)
    assert found(not_there) is None
    assert why(not_there) == "newsId 156999999, to which its link leads, is not in the database"
    assert found(not_there, release(2, OTHER_TITLE)) is None
    surely = find_original(not_there, [RIGHT])
    assert (surely.news_id, surely.matched_by) == (RIGHT.news_id, MatchedBy.TITLE)
    assert "newsId 156999999" in surely.reason
    assert found(replace(not_there, title=TITLE[:24]), RIGHT) is None


def test_what_the_source_line_says_otherwise_is_told() -> None:
    by_link = find_original(replace(linked(), day=DAY - timedelta(days=1), ministry="환경부"), [RIGHT])
    assert by_link.news_id == RIGHT.news_id
    assert by_link.reason == (
        f"newsId {RIGHT.news_id} is by 산업통상자원부, not 환경부 and is of 2024-01-17, not 2024-01-16"
    )


def test_a_notice_with_the_link_of_another_notice() -> None:
    wrong = release(2, "인사발령", "환경부", "A00019", days=-100)
    assert found(Reference(2, "인사발령", "산업통상자원부", DAY), wrong) is None
    assert found(Reference(2, "인사발령", "산업통상자원부", DAY), wrong, release(1, "인사발령")) is None


# Days


def test_a_day_that_is_off_needs_the_whole_title_and_the_ministry() -> None:
    off = replace(POST, day=DAY - timedelta(days=1))
    by_title = find_original(off, [RIGHT])
    assert (by_title.news_id, by_title.matched_by) == (RIGHT.news_id, MatchedBy.TITLE)
    assert by_title.reason == f"newsId {RIGHT.news_id} is of 2024-01-17, not 2024-01-16"
    assert found(replace(POST, day=DAY - timedelta(days=4)), RIGHT) is None
    assert found(replace(off, title=TITLE[:24]), RIGHT) is None
    assert found(replace(off, ministry="없는 기관"), RIGHT) is None
    assert found(replace(off, news_id=RIGHT.news_id, title=TITLE[:24]), RIGHT) == RIGHT.news_id


def test_the_exact_day_goes_before_those_beside_it() -> None:
    assert found(POST, release(1, days=-1), RIGHT, release(3, days=1)) == RIGHT.news_id
    assert found(POST, release(1, days=-1), release(3, days=2)) == 1
    assert found(POST, release(1, days=-1), release(3, days=1)) is None


def test_a_series_is_not_found_on_the_day_beside() -> None:
    title = "오늘의 전국 주유소 기름값 가격 동향"
    assert found(replace(POST, title=title), release(1, title, days=-1)) is None
    assert found(replace(POST, title=title), release(1, title, days=-1), release(2, title)) == 2


# Ministries


def test_of_a_joint_release_the_ministry_decides() -> None:
    both = [RIGHT, release(2, ministry="환경부", code="A00019")]
    assert found(POST, *both) == RIGHT.news_id
    assert found(replace(POST, ministry="환경부"), *both) == 2
    assert found(replace(POST, ministry="국방부"), *both) is None
    assert "the release of that title is another: newsId" in why(replace(POST, ministry="국방부"), *both)
    for nobody in (None, "통상교섭본부", "환경부·산업통상자원부"):
        told = find_original(replace(POST, ministry=nobody), both)
        assert told.news_id is None
        assert "(산업통상자원부, 2024-01-17)" in told.reason
        assert "2 (환경부, 2024-01-17)" in told.reason


@pytest.mark.parametrize(
    ("printed", "ministry", "code", "day"),
    [
        ("산업부", "산업통상자원부", "A00015", DAY),
        ("산업통상부", "산업통상자원부", "A00015", DAY),
        ("산업통상자원부", "산업통상부", "A00015", date(2025, 11, 3)),
        ("재정경제부", "기획재정부", "A00007", DAY),
        ("기재부", "기획재정부", "A00007", DAY),
        ("국가데이터처", "통계청", None, DAY),
        ("국가유산청", "문화재청", None, DAY),
        ("2050 탄소중립녹색성장위원회", "탄소중립녹색성장위원회", None, DAY),
        ("환경부 국립환경과학원", "환경부", "A00019", DAY),
        ("기획재정부·환경부", "환경부", "A00019", DAY),
        ("MOTIE", "산업통상자원부", "A00015", DAY),
    ],
)
def test_names_of_any_time_are_the_same_ministry(printed: str, ministry: str, code: str | None, day: date) -> None:
    held = replace(release(ministry=ministry, code=code), published_on=day)
    assert find_original(Reference(None, TITLE, printed, day), [held]) == Original(held.news_id, MatchedBy.TITLE)
    assert find_original(Reference(None, TITLE[:24], printed, day), [held]).news_id == held.news_id


def test_an_office_nobody_knows_is_no_contradiction_and_no_proof() -> None:
    post = replace(POST, ministry="통상교섭본부")
    assert found(post, RIGHT) == RIGHT.news_id
    assert found(replace(post, title=TITLE[:24]), RIGHT) is None
    assert found(replace(post, title="짧은 제목"), release(title="짧은 제목")) is None
    assert found(replace(POST, ministry="환경부"), RIGHT) is None
    assert ministry_names("통상교섭본부") == frozenset()


def test_a_ministry_the_table_does_not_know() -> None:
    new = release(ministry="한국우주탐사부", code=None)
    assert found(replace(POST, ministry="한국우주탐사부"), new) == new.news_id
    assert found(POST, new) == new.news_id


# Nothing to go by


def test_without_a_title_only_link_or_text_tell() -> None:
    post = Reference(ministry="산업통상자원부", day=DAY)
    assert found(post, RIGHT) is None
    assert why(post, RIGHT) == (
        f"of that day and ministry there is newsId {RIGHT.news_id}: nothing tells which is meant"
    )
    assert why(post) == "no release of that day and ministry is in the database"
    assert find_original(replace(post, text=f"머리말\n{TEXT}"), [replace(RIGHT, text=TEXT)]) == Original(
        RIGHT.news_id, MatchedBy.TEXT
    )
    assert found(replace(post, news_id=RIGHT.news_id), RIGHT) == RIGHT.news_id


def test_a_text_that_only_points_to_its_files_proves_nothing() -> None:
    held = [release(1, OTHER_TITLE, text=POINTER), release(2, "다른 소식", text=POINTER)]
    assert found(replace(POST, text=POINTER), *held) is None


def test_the_same_text_of_other_figures_is_another_issue() -> None:
    held = release(title="다른 제목", text=TEXT)
    other = TEXT.replace("48", "52").replace("15", "23").replace("6개월", "9개월")
    assert found(replace(POST, text=other), held) is None


def test_one_release_under_two_numbers_is_not_decided() -> None:
    assert found(POST, RIGHT, release(2)) is None
    assert found(linked(2), RIGHT, release(2)) == 2


def test_a_prefix_tells_a_release_from_the_material_for_it() -> None:
    material = release(2, f"[보도참고] {TITLE}")
    assert found(POST, RIGHT, material) is None
    assert found(replace(POST, title=f"[보도참고] {TITLE}"), RIGHT, material) == 2


def test_no_candidates() -> None:
    assert find_original(Reference(), []) == Original(None, None, "no release fits")


# Of a listing, which has no texts: what is worth fetching

TWINS = release(1, TITLE[:24] + ", 동해편"), release(2, TITLE[:24] + ", 남해편")


def worth(reference: Reference, *candidates: Candidate) -> set[int]:
    there = which_may_be_meant(reference, candidates)
    assert which_may_be_meant(reference, candidates[::-1]) == there
    return there


def test_what_title_day_and_ministry_tell_is_worth_having_and_nothing_beside_it() -> None:
    assert worth(POST, RIGHT, release(2, OTHER_TITLE), release(3, ministry="환경부", code="A00019")) == {RIGHT.news_id}
    assert worth(POST, release(2, OTHER_TITLE)) == set()
    assert worth(POST) == set()


def test_what_the_link_leads_to_is_worth_having_even_where_all_speaks_against_it() -> None:
    wrong = release(2, OTHER_TITLE, "환경부", "A00019", days=-3)
    assert worth(linked(2), wrong) == {2}
    assert worth(linked(2), wrong, RIGHT) == {2, RIGHT.news_id}
    assert worth(Reference(2), wrong, RIGHT) == {2}


def test_what_title_day_and_ministry_tell_is_worth_having_beside_the_link_to_another_issue() -> None:
    title = "1월 셋째 주 주유소 기름값 동향"
    right, last_month = release(1, title), release(2, title, days=-28)
    assert worth(Reference(2, title, "산업통상자원부", DAY), right, last_month) == {1, 2}


def test_a_link_that_is_not_listed_does_not_hide_what_the_title_tells() -> None:
    assert worth(linked(156999999), RIGHT, release(2, OTHER_TITLE)) == {RIGHT.news_id}


def test_an_edited_or_shared_title_is_worth_all_that_may_have_it() -> None:
    """Their texts will tell."""
    edited = replace(POST, title=TITLE.replace("열두 곳이", "여러 곳이"))
    assert worth(edited, RIGHT, release(2, OTHER_TITLE)) == {RIGHT.news_id}
    assert worth(replace(POST, title=TITLE[:24]), *TWINS, release(3, OTHER_TITLE)) == {1, 2}
    assert worth(POST, RIGHT, release(2)) == {RIGHT.news_id, 2}


def test_without_title_and_link_nothing_of_a_day_is_worth_having() -> None:
    assert worth(Reference(ministry="산업통상자원부", day=DAY, text=TEXT), RIGHT) == set()


def test_of_two_titles_that_begin_alike_the_link_does_not_hide_the_other() -> None:
    """With both stored, the text decides against the link; with one of them, a wrong original would stand."""
    cut = replace(POST, title=TITLE[:24], news_id=1, text=OTHER_TEXT)
    first, second = replace(TWINS[0], text=TEXT), replace(TWINS[1], text=OTHER_TEXT)
    assert found(cut, first, second) == 2
    assert worth(cut, *TWINS) == {1, 2}


# In a running text


def cited(reference: Reference, lines: Sequence[str], *candidates: Candidate) -> Original:
    return find_cited(reference, lines, candidates)


def test_the_title_is_one_of_the_lines() -> None:
    line = Reference(ministry="산업통상자원부", day=DAY)
    others = [RIGHT, release(2, OTHER_TITLE)]
    assert cited(line, ["소식지", f"3. {TITLE}", "줄거리"], *others) == Original(RIGHT.news_id, MatchedBy.TITLE)
    assert cited(line, ["소식지", "줄거리"], *others).news_id is None
    assert cited(line, [TITLE, OTHER_TITLE], *others).reason.startswith("the titles of newsIds ")


def test_a_plain_link_needs_no_title_and_a_contradicted_one_asks_for_it() -> None:
    line = Reference(news_id=2, ministry="산업통상자원부", day=DAY)
    wrong = release(2, OTHER_TITLE, "환경부", "A00019")
    assert cited(replace(line, news_id=1), ["제목이 아닌 말"], release(1)) == Original(1, MatchedBy.NEWS_ID)
    by_title = cited(line, [TITLE], RIGHT, wrong)
    assert (by_title.news_id, by_title.matched_by) == (RIGHT.news_id, MatchedBy.TITLE)
    assert "its link leads elsewhere" in by_title.reason
    assert cited(line, ["제목이 아닌 말"], RIGHT, wrong) == Original(
        2, MatchedBy.NEWS_ID, "newsId 2 is by 환경부, not 산업통상자원부"
    )


# Whatever is said

titles = st.sampled_from([TITLE, TITLE[:24], TITLE[:24] + "…", OTHER_TITLE, "인사", TITLE.replace("열두", "여섯")])
ministries = st.sampled_from([("산업통상자원부", "A00015"), ("환경부", "A00019"), ("모르는기관", None)])
texts = st.sampled_from(["", TEXT, OTHER_TEXT])
held = st.builds(
    lambda news_id, title, ministry, days, text: release(news_id, title, *ministry, days=days, text=text),
    st.integers(1, 9),
    titles.filter(lambda title: "…" not in title),
    ministries,
    st.integers(-5, 5),
    texts,
)
references = st.builds(
    Reference,
    st.none() | st.integers(1, 9),
    st.none() | titles,
    st.none() | st.sampled_from(["산업통상자원부", "환경부", "통상교섭본부"]),
    st.none() | st.just(DAY),
    texts,
)


@given(references, st.lists(held, max_size=6, unique_by=lambda each: each.news_id))
def test_the_answer_is_one_of_the_candidates_and_not_of_their_order(
    reference: Reference, candidates: list[Candidate]
) -> None:
    answer = find_original(reference, candidates)
    assert (answer.news_id is None) == (answer.matched_by is None)
    assert answer.news_id is None or answer.news_id in {each.news_id for each in candidates}
    assert answer.news_id is not None or answer.reason
    assert find_original(reference, candidates[::-1]).news_id == answer.news_id


@given(st.none() | st.integers(1, 9), texts, st.lists(held, max_size=6, unique_by=lambda each: each.news_id))
def test_what_contradicts_title_and_ministry_is_never_the_answer(
    news_id: int | None, text: str, candidates: list[Candidate]
) -> None:
    answer = find_original(Reference(news_id, OTHER_TITLE, "환경부", DAY, text), candidates).news_id
    for each in candidates:
        if each.title != OTHER_TITLE and each.ministry == "산업통상자원부":
            assert each.news_id != answer


@given(st.lists(held, max_size=6, unique_by=lambda each: each.news_id), texts)
def test_a_plain_link_is_believed_whatever_else_there_is(others: list[Candidate], text: str) -> None:
    right = release(10)
    assert find_original(replace(linked(10), text=text), [*others, right]) == Original(10, MatchedBy.NEWS_ID)


@given(references, st.lists(held, max_size=6, unique_by=lambda each: each.news_id))
def test_what_is_worth_having_is_listed_and_includes_what_is_told_already(
    reference: Reference, candidates: list[Candidate]
) -> None:
    listed = [replace(each, text="") for each in candidates]
    meant = worth(reference, *listed)
    assert meant <= {each.news_id for each in listed}
    assert meant >= {each.news_id for each in listed if each.news_id == reference.news_id}
    assert meant >= {find_original(reference, listed).news_id} - {None}
