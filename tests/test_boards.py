"""The boards as declared: their addresses, what their lists are asked with, and which board an address belongs to."""

from dataclasses import FrozenInstanceError
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.boards import (
    BOARDS,
    CABINET,
    ESG_BOARD,
    ESG_SITE,
    FACT_CHECK,
    MINISTRY_BRIEFING,
    POLICY_NEWS,
    PRESS_RELEASE,
    SITE,
    SPEECH,
    BriefingBoard,
    Parts,
    board_address,
    board_of,
)
from harvester.korean import find_links

DAY = date(2024, 1, 17)

# As it is told of the site: slug, name, list, view.
TOLD = [
    ("press-release", "보도자료", "/briefing/pressReleaseList.do", "/briefing/pressReleaseView.do"),
    ("fact-check", "사실은 이렇습니다", "/briefing/actuallyList.do", "/briefing/actuallyView.do"),
    ("ministry-briefing", "부처 브리핑", "/briefing/policyBriefingList.do", "/briefing/policyBriefingView.do"),
    ("cabinet", "국무회의 브리핑", "/briefing/stateCouncilList.do", "/briefing/stateCouncilView.do"),
    ("speech", "연설문", "/briefing/speechList.do", "/briefing/speechView.do"),
    ("policy-news", "정책뉴스", "/news/policyNewsList.do", "/news/policyNewsView.do"),
]
SHARED_FIELDS = {"pageIndex", "repCodeType", "repCode", "startDate", "endDate", "srchWord", "period"}

every_board = pytest.mark.parametrize("board", BOARDS.values(), ids=list(BOARDS))


def test_every_board_of_the_briefing_room_is_there_with_its_addresses() -> None:
    # There may be more; these were told of.
    there = [(board.slug, board.name, board.list_path, board.view_path) for board in BOARDS.values()]
    assert there[: len(TOLD)] == TOLD
    assert list(BOARDS) == [board.slug for board in BOARDS.values()]


def test_the_esg_board_is_none_of_korea_kr() -> None:
    assert ESG_BOARD.slug not in BOARDS
    assert not isinstance(ESG_BOARD, BriefingBoard)
    assert (ESG_BOARD.slug, ESG_BOARD.name) == ("esg-board", "ESG 정책뉴스")


def test_a_board_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        PRESS_RELEASE.slug = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        BOARDS["other"] = PRESS_RELEASE  # type: ignore[index]
    with pytest.raises(TypeError):
        FACT_CHECK.more_form["cateId"] = "1"  # type: ignore[index]


# What a list is asked with


@every_board
def test_the_whole_form_is_sent(board: BriefingBoard) -> None:
    form = board.form(date(2024, 1, 1), date(2024, 1, 31), 3, ("A00015", "A00019"), "희토류")
    assert set(form) == SHARED_FIELDS | set(board.more_form)
    assert {name: form[name] for name in SHARED_FIELDS} == {
        "pageIndex": "3",
        "repCodeType": "",
        "repCode": "A00015,A00019",
        "startDate": "2024-01-01",
        "endDate": "2024-01-31",
        "srchWord": "희토류",
        "period": board.more_form.get("period", ""),
    }


@every_board
def test_without_filters_their_fields_are_empty(board: BriefingBoard) -> None:
    form = board.form(DAY, DAY, 1)
    assert (form["repCode"], form["srchWord"], form["pageIndex"]) == ("", "", "1")
    assert form["startDate"] == form["endDate"] == "2024-01-17"


def test_fact_checks_have_fields_of_their_own() -> None:
    assert set(FACT_CHECK.form(DAY, DAY, 1)) - SHARED_FIELDS == {"cateId", "nRepCode", "cardnewsSe"}
    assert set(PRESS_RELEASE.form(DAY, DAY, 1)) == SHARED_FIELDS


# What is particular about a board


def test_texts_that_are_more_than_paragraphs() -> None:
    assert {slug: board.parts for slug, board in BOARDS.items() if board.parts} == {
        "ministry-briefing": Parts.STATEMENTS,
        "cabinet": Parts.AGENDA,
    }


def test_only_the_cabinets_list_names_no_ministries() -> None:
    assert [slug for slug, board in BOARDS.items() if not board.by_ministry] == ["cabinet"]
    assert {slug: board.issuer for slug, board in BOARDS.items() if board.issuer} == {"cabinet": "국무회의"}


def test_only_briefings_name_who_speaks() -> None:
    assert [slug for slug, board in BOARDS.items() if board.layout.names_presenters] == ["ministry-briefing"]


def test_tables_may_have_thirty_rows_a_page() -> None:
    assert MINISTRY_BRIEFING.page_sizes == SPEECH.page_sizes == (20, 30)
    assert {PRESS_RELEASE.page_sizes, FACT_CHECK.page_sizes, CABINET.page_sizes, POLICY_NEWS.page_sizes} == {(20,)}


# Addresses


@every_board
def test_the_canonical_address(board: BriefingBoard) -> None:
    assert board.url("156000001") == f"https://www.korea.kr{board.view_path}?newsId=156000001"
    assert board.url("1", "http://127.0.0.1:9") == f"http://127.0.0.1:9{board.view_path}?newsId=1"


@every_board
@given(st.integers(1, 999_999_999))
def test_an_address_leads_back_to_its_board(board: BriefingBoard, news_id: int) -> None:
    address = board.url(str(news_id))
    assert board_of(address) is board
    assert parse_qs(urlsplit(address).query) == {"newsId": [str(news_id)]}
    [found] = find_links(f"출처 {address} 입니다")
    assert (found.news_id, found.raw) == (news_id, address)


FORMS = {
    "in the other folder": "https://www.korea.kr/news/{page}?newsId=156000001",
    "for telephones": "https://m.korea.kr/briefing/{page}?newsId=156000001",
    "with more in its query": "https://www.korea.kr/briefing/{page}?pageIndex=2&newsId=156000001&call_from=rsslink",
    "of the sidebar": "https://www.korea.kr/briefing/{page}?newsId=156000001&pWise=sub&pWiseSub=C1",
    "without a scheme": "korea.kr/briefing/{page}?newsId=156000001",
    "of no host": "/briefing/{page}?newsId=156000001",
}
WITH_A_SESSION = "https://www.korea.kr/briefing/{page};jsessionid=0a1b2c?newsId=156000001"


@every_board
@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_a_release_is_known_by_the_page_that_shows_it(board: BriefingBoard, form: str) -> None:
    assert board_of(form.format(page=board.view_path.rpartition("/")[2])) is board


def test_a_session_in_the_address_hides_no_board() -> None:
    address = WITH_A_SESSION.format(page="speechView.do")
    assert [link.raw for link in find_links(address)] == [address]
    assert board_of(address) is SPEECH


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "https://www.korea.kr/",
        "https://www.korea.kr/briefing/pressReleaseList.do",
        "https://www.korea.kr/briefing/otherView.do?newsId=156000001",
        "https://www.korea.kr/briefing/xpressReleaseView.do?newsId=156000001",
        "https://www.korea.kr/briefing/otherView.do?from=pressReleaseView.do",
        "https://www.korea.kr/briefing/pressReleaseView.do/more",
    ],
)
def test_what_shows_no_release_is_of_no_board(address: str | None) -> None:
    assert board_of(address) is None


@pytest.mark.parametrize(
    "address", ["http://[x/briefing/speechView.do?newsId=1", "https://www.korea.kr:℀/speechView.do"]
)
def test_a_broken_address_is_of_no_board(address: str) -> None:
    assert board_of(address) in (None, SPEECH)


# Where the ESG board is


def test_the_esg_board_is_at_its_own_site_or_at_the_stand_in_for_korea_kr() -> None:
    assert board_address(None, SITE) == ESG_SITE
    assert board_address("", SITE) == ESG_SITE
    assert board_address(None, "http://127.0.0.1:8080") == "http://127.0.0.1:8080"


@pytest.mark.parametrize("site", [SITE, "http://127.0.0.1:8080"])
@pytest.mark.parametrize("asked", ["http://127.0.0.1:9", "https://k-esg.org/board/esg_policy?x=1"])
def test_what_was_asked_for_goes_before(site: str, asked: str) -> None:
    assert board_address(asked, site) == asked


WRONG = ["k-esg.org", "ftp://k-esg.org", "https://", "http://[x", "게시판", "//k-esg.org"]


@pytest.mark.parametrize("asked", WRONG)
def test_what_is_no_address_is_refused(asked: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        board_address(asked, SITE)


@pytest.mark.parametrize("asked", ["k-esg.org", "게시판"])
def test_the_refusal_names_what_was_typed(asked: str) -> None:
    with pytest.raises(ValueError, match=asked):
        board_address(asked, SITE)


def test_the_cabinets_releases_are_the_cabinets_own() -> None:
    """국무회의 is no ministry, so no name of one must be guessed for it."""
    assert CABINET.issuer == CABINET.name.split()[0]
