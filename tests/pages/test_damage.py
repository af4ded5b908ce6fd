"""What spoiled pages were once read falsely, each mended and pinned (found by tests/test_mutations.py)."""

from datetime import date

import pytest

from harvester.boards import MINISTRY_BRIEFING
from harvester.pages import UnreadablePage
from harvester.pages.listing import read_listing
from harvester.pages.release import NO_MARK, read_release

from .making import asked, hand_listing, hand_row, hand_view

FILE = (
    '<div class="filedown"><dl><dd><p><a{}>a.hwpx</a><a class="view" href="/v.do?fileId=1">바로보기</a>'
    '<a class="down" href="/common/download.do?fileId={}">내려받기</a></p></dd></dl></div>'
)


@pytest.mark.parametrize(
    "damage",
    [
        ("</strong>", ""),
        ("</span><span>환경부", "<span>환경부"),
        ("</strong>", "</strong"),
        ("<strong>", "<strong"),
        ("제목", "제</strong>목이 길어 조각이 남는다"),
        ("요약", "요약 </요약의 나머지>"),
        ("요약", "요<title>약"),
        ('<strong>제목</strong><span class="lead">', '<span class="lead"><strong>제목</strong>'),
    ],
)
def test_a_row_that_does_not_nest_is_refused_and_the_others_are_read(damage: tuple[str, str]) -> None:
    damaged = hand_row("156000002").replace(*damage, 1)
    try:
        page = read_listing(hand_listing(hand_row() + damaged + hand_row("156000003"), 3))
    except UnreadablePage:
        return
    assert {row.title for row in page.rows} == {"제목"}
    assert {row.lead for row in page.rows} == {"요약"}
    assert "156000002" not in {row.news_id for row in page.rows}
    assert len(page.unreadable) == 1


def test_a_lead_that_is_not_called_one_is_missed() -> None:
    nameless = (
        hand_row("156000002")
        .replace('class="lead"', 'class="lebd"')
        .replace("요약", "요약은 이렇다고 알려졌으며 자세히는 아래와 같다")
    )
    page = read_listing(hand_listing(hand_row() + nameless, 2))
    assert [row.news_id for row in page.rows] == ["156000001"]


def test_a_row_without_a_lead_or_with_a_badge_is_read() -> None:
    without = hand_row("156000002").replace('<span class="lead">요약</span>', "")
    badge = hand_row("156000003").replace("<strong>", '<em class="new">새 글</em><strong>')
    page = read_listing(hand_listing(hand_row() + without + badge, 3))
    assert [(row.news_id, row.lead) for row in page.rows] == [
        ("156000001", "요약"),
        ("156000002", ""),
        ("156000003", "요약"),
    ]


def test_a_list_that_links_to_more_pages_than_it_declares_is_refused() -> None:
    paging = '<div class="paging"><a class="on">1</a><a onclick="pageLink(2); return false;">2</a></div>'
    rows = "".join(hand_row(156000001 + n) for n in range(20))
    assert "links to page 2" in str(read_listing(hand_listing(rows, 20, paging)).contradiction(asked()))
    assert read_listing(hand_listing(rows, 21, paging)).contradiction(asked()) is None


def test_one_number_with_two_titles_is_no_row() -> None:
    page = read_listing(hand_listing(hand_row() + hand_row(title="다른 제목") + hand_row("156000002"), 3))
    assert [row.news_id for row in page.rows] == ["156000002"]
    assert "listed twice" in page.unreadable[0]


def test_a_day_is_nobody_who_spoke() -> None:
    line = (
        '<tr><td>환경부</td><td class="subject"><a href="/briefing/policyBriefingView.do?newsId=1">제목</a></td>'
        "<td>2024.01.17</td><td>2024.01.17</td></tr>"
    )
    table = f"<table><tbody>{line}</tbody></table>"
    with pytest.raises(UnreadablePage, match="a day where it names who spoke"):
        MINISTRY_BRIEFING.read_listing(
            hand_listing("").replace(b'<div class="list_type"><ul></ul></div>', table.encode())
        )


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (hand_view("글</div> 나머지"), "view_cont does not end"),
        (hand_view('글<div class="kogl_wrap"></div>'), "inside"),
        (hand_view("글<textarea>나머지"), "view_cont does not end"),
        (hand_view("글</나머지>"), "view_cont does not end"),
        (hand_view(ministry='<a class="gotosite">환경부<p>다른 글</p></a>'), "more than a name"),
        (hand_view(ministry='<a class="gotosite">환경부'), "does not end"),
        (hand_view(files=FILE.format("", 1)), "has no name"),
        (hand_view(files=FILE.format(' href="/common/download.do?fileId=2"', 1)), "2 files"),
        (hand_view(files='<a href="/common/download.do?fileId=1">a.hwpx</a>'), "in no place for files"),
        (hand_view(files=FILE.format(' href="/common/download.do?fileId=1&#27;x"', 1)), "number"),
    ],
)
def test_a_page_that_a_parser_would_mend_by_guessing_is_refused(page: bytes, why: str) -> None:
    with pytest.raises(UnreadablePage, match=why):
        read_release(page)


def test_a_box_for_the_licence_that_says_nothing_is_no_none() -> None:
    assert read_release(hand_view(licence='<div class="kogl_wrap"></div>')).licence == NO_MARK
    assert read_release(hand_view()).licence is None


def test_another_title_and_another_day_are_another_release() -> None:
    page = read_release(hand_view())
    page.require_identity("156000001", "제목", date(2024, 1, 9))
    page.require_identity("156000001", "다른 제목", date(2024, 1, 17))
    with pytest.raises(UnreadablePage, match="another title and another day"):
        page.require_identity("156000001", "다른 제목", date(2024, 1, 9))
