"""Lists and pages of the boards beside the press releases: tables, links in onclick, who speaks, older licences."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.boards import (
    BOARDS,
    CABINET,
    FACT_CHECK,
    MINISTRY_BRIEFING,
    POLICY_NEWS,
    PRESS_RELEASE,
    SPEECH,
    BriefingBoard,
)
from harvester.demo import Corpus, Release
from harvester.demo.boards import BOARDS as DEMO_BOARDS
from harvester.demo.listing import Query, page_of
from harvester.demo.rendering import render_list, render_view
from harvester.pages import UnreadablePage
from harvester.pages.listing import ListingPage
from harvester.pages.markup import clean
from harvester.pages.release import NO_MARK

from .making import DAY, NOTHING, NOW, frame, hand_listing, hand_row, hand_view, releases

SINCE, UNTIL = date(2024, 1, 8), date(2024, 1, 26)
OTHERS = [slug for slug in BOARDS if slug != "press-release"]

every_board = pytest.mark.parametrize("slug", BOARDS)
every_other_board = pytest.mark.parametrize("slug", OTHERS)


def published(slug: str) -> list[Release]:
    """What the miniature has of a board, newest first."""
    made = Corpus.generated(SINCE, UNTIL, per_day=4, seed=3, boards=[slug]).releases
    return sorted(made, key=lambda release: release.listed_on, reverse=True)


def listed(slug: str, found: Sequence[Release], page: int = 1, word: str = "") -> bytes:
    board = DEMO_BOARDS[slug]
    more = tuple((name, "") for name in board.more_form)
    asked = Query(SINCE, UNTIL, page=page, word=word, board=board, more=more)
    return render_list(page_of(tuple(found), asked, "empty"), frame(releases(3)), NOW.date())


def viewed(release: Release) -> bytes:
    return render_view(release, None, None, frame(releases(3)))


def hand_line(
    news_id: object = 156800001,
    *,
    title: str = "<strong>제목</strong>",
    day: str = "2024.01.17",
    ministry: str = "환경부",
    presenter: str | None = "홍길동 대변인",
    view: str = "policyBriefingView.do",
    before: str = "",
) -> str:
    who = "" if presenter is None else f"<td>{presenter}</td>"
    link = f'<a href="/briefing/{view}?newsId={news_id}">{title}</a>'
    return f'<tr>{before}<td>{ministry}</td><td class="subject">{link}</td><td>{day}</td>{who}</tr>'


def hand_table(lines: str, total: object = 1, around: str = "") -> bytes:
    head = "<thead><tr><th>부처</th><th>제목</th><th>날짜</th><th>발표자</th></tr></thead>"
    table = f'<div class="table_list"><table>{head}<tbody>{lines}</tbody></table></div>'
    return hand_listing("", total).replace(b'<div class="list_type"><ul></ul></div>', f"{table}{around}".encode())


def hand_item(link: str, title: str = "제9회 국무회의 브리핑", source: str = "<span>2024.01.17</span>") -> str:
    return (
        f'<li><a {link}><span class="text"><strong>{title}</strong><span class="source">{source}</span></span></a></li>'
    )


EMPTY_TABLE = hand_table('<tr><td colspan="4" class="no_data">등록된 정보가 없습니다.</td></tr>', 0)


# Every board's list, as the miniature prints it


@every_board
@pytest.mark.parametrize("word", ["", "·"])
def test_every_row_of_every_page_is_read_as_printed(slug: str, word: str) -> None:
    board, found = BOARDS[slug], published(slug)
    size = DEMO_BOARDS[slug].rows_a_page
    for number in range(1, -(-len(found) // size) + 1):
        read = board.read_listing(listed(slug, found, number, word=word))
        assert (read.declared, read.number, read.unreadable) == (len(found), number, ())
        assert read.form.keys() == board.form(DAY, DAY, 1).keys()
        expected = found[(number - 1) * size : number * size]
        for row, release in zip(read.rows, expected, strict=True):
            assert (row.news_id, clean(row.title), row.day) == (
                release.news_id,
                " ".join(release.title.split()),
                release.listed_on,
            )
            assert row.ministry == ("" if slug == "cabinet" else release.ministry)
            assert row.presenter == (release.presenter or "" if slug == "ministry-briefing" else "")
        assert read.contradiction(board.form(SINCE, UNTIL, number, words=word)) is None


@every_board
def test_a_row_has_one_signature_in_both_renderings(slug: str) -> None:
    found = published(slug)
    plain, searched = (BOARDS[slug].read_listing(listed(slug, found, word=word)) for word in ("", "·"))
    assert [row.signature for row in plain.rows] == [row.signature for row in searched.rows]
    assert len({row.signature for row in plain.rows}) == len(plain.rows)


@every_board
def test_an_empty_list_says_so_whatever_its_sidebars_link_to(slug: str) -> None:
    page = listed(slug, [])
    assert b"pWise" in page
    read = BOARDS[slug].read_listing(page)
    assert (read.declared, read.rows, read.unreadable, read.pages) == (0, (), (), 0)


@every_board
def test_a_list_of_another_board_is_refused(slug: str) -> None:
    for other in BOARDS:
        if other != slug:
            with pytest.raises(UnreadablePage):
                BOARDS[slug].read_listing(listed(other, published(other)))


@every_other_board
def test_a_list_that_was_cut_off_lacks_rows_or_is_refused(slug: str) -> None:
    page = listed(slug, published(slug))
    truth = set(BOARDS[slug].read_listing(page).rows)
    for at in range(0, len(page), len(page) // 40):
        try:
            read = BOARDS[slug].read_listing(page[:at])
        except UnreadablePage:
            continue
        assert set(read.rows) <= truth, f"a wrong value, cut at byte {at}"
        assert len(read.rows) < min(read.declared, max(BOARDS[slug].page_sizes)), f"nothing missing, cut at byte {at}"


# Tables


def test_a_row_of_a_table() -> None:
    [row] = MINISTRY_BRIEFING.read_listing(hand_table(hand_line())).rows
    assert (row.news_id, row.title, row.day, row.ministry, row.presenter, row.lead) == (
        "156800001",
        "제목",
        DAY,
        "환경부",
        "홍길동 대변인",
        "",
    )


@pytest.mark.parametrize("presenter", [None, "", " &nbsp; "])
def test_nobody_may_be_named_as_speaker(presenter: str | None) -> None:
    [row] = MINISTRY_BRIEFING.read_listing(hand_table(hand_line(presenter=presenter))).rows
    assert clean(row.presenter) == ""


def test_columns_before_the_ministry_do_no_harm() -> None:
    [row] = MINISTRY_BRIEFING.read_listing(hand_table(hand_line(before="<td>12</td>"))).rows
    assert (row.ministry, row.day, row.presenter) == ("환경부", DAY, "홍길동 대변인")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (hand_line(day="홍길동 대변인", presenter="2024.01.17"), "156800001: .*홍길동"),
        (hand_line(day=""), "156800001 has no day"),
        (hand_line(ministry=""), "156800001 has no ministry"),
        (hand_line(title=""), "156800001 has no title"),
        (hand_line(""), "newsId"),
        (hand_line(view="pressReleaseView.do"), "link to policyBriefingView.do"),
        (hand_line().replace("<td>환경부</td>", ""), "has no ministry"),
        (hand_line().replace(' class="subject"', ' class="title"'), "not a listing"),
    ],
)
def test_a_table_that_is_not_as_told_is_refused_with_the_reason(line: str, why: str) -> None:
    with pytest.raises(UnreadablePage, match=why):
        MINISTRY_BRIEFING.read_listing(hand_table(line))


def test_one_broken_line_of_a_table_does_not_take_the_others_with_it() -> None:
    lines = hand_line(156800001) + hand_line(156800002, day="어제") + hand_line(156800003)
    read = MINISTRY_BRIEFING.read_listing(hand_table(lines, 3))
    assert [row.news_id for row in read.rows] == ["156800001", "156800003"]
    [reason] = read.unreadable
    assert "156800002" in reason
    assert "어제" in reason


def test_another_table_on_the_page_is_not_the_list() -> None:
    calendar = "<table><tr><td>일</td><td>월</td></tr></table>"
    page = hand_table(hand_line(), around=calendar).replace(b'<div class="table_list">', f"{calendar}<div>".encode())
    assert len(MINISTRY_BRIEFING.read_listing(page).rows) == 1


def test_a_speaker_who_is_another_changes_the_row() -> None:
    one, other, nobody = (
        MINISTRY_BRIEFING.read_listing(hand_table(hand_line(presenter=presenter))).rows[0]
        for presenter in ("홍길동 대변인", "성춘향 장관", "")
    )
    assert len({one.signature, other.signature, nobody.signature}) == 3


def test_an_empty_table_is_an_answer_for_boards_with_tables_only() -> None:
    for board in (MINISTRY_BRIEFING, SPEECH):
        read = board.read_listing(EMPTY_TABLE)
        assert (read.declared, read.rows) == (0, ())
    for board in (PRESS_RELEASE, CABINET, POLICY_NEWS):
        with pytest.raises(UnreadablePage, match="not a listing"):
            board.read_listing(EMPTY_TABLE)


def test_a_table_that_is_empty_without_a_word_is_refused() -> None:
    for board in (MINISTRY_BRIEFING, SPEECH):
        with pytest.raises(UnreadablePage):
            board.read_listing(hand_table("", 0))


def test_an_empty_table_that_declares_releases_misses_its_rows() -> None:
    read = MINISTRY_BRIEFING.read_listing(EMPTY_TABLE.replace(b"<strong>0</strong>", b"<strong>31</strong>"))
    assert (read.declared, len(read.rows)) == (31, 0)
    assert read.rows_expected(1) > 0


def test_sidebars_beside_a_table_are_no_rows() -> None:
    side = (
        '<aside><table><tr><td class="rank">1</td><td><a href="/briefing/policyBriefingView.do?newsId=156800009'
        '&pWise=sub&pWiseSub=C1">다른 브리핑</a></td></tr></table><ul><li><a href="/briefing/policyBriefingView.do'
        '?newsId=156800008&pWise=sub">또 다른</a></li></ul></aside>'
    )
    assert [row.news_id for row in MINISTRY_BRIEFING.read_listing(hand_table(hand_line(), around=side)).rows] == [
        "156800001"
    ]
    empty = EMPTY_TABLE.replace(b"</body>", f"{side}</body>".encode())
    assert MINISTRY_BRIEFING.read_listing(empty).rows == ()


def test_a_badge_beside_the_title_is_no_part_of_it() -> None:
    line = hand_line(title='<strong>제목</strong><i class="tooltip">새글</i>')
    assert MINISTRY_BRIEFING.read_listing(hand_table(line)).rows[0].title == "제목"


def test_speeches_may_come_as_a_table_or_as_items() -> None:
    line = hand_line(132000001, view="speechView.do", ministry="국무총리", presenter="조회 12")
    item = hand_row(132000001, ministry="국무총리").replace("pressReleaseView.do", "speechView.do")
    for page in (hand_table(line), hand_listing(item)):
        [row] = SPEECH.read_listing(page).rows
        assert (row.news_id, row.title, row.day, row.ministry, row.presenter) == (
            "132000001",
            "제목",
            DAY,
            "국무총리",
            "",
        )


# How many rows a page has


def many(number: int, total: int) -> ListingPage:
    return MINISTRY_BRIEFING.read_listing(
        hand_table("".join(map(hand_line, range(156800001, 156800001 + number))), total)
    )


@pytest.mark.parametrize(
    ("rows", "total", "size"),
    [(30, 83, 30), (20, 83, 20), (25, 25, 30), (20, 25, 20), (30, 30, 30), (7, 7, 20), (1, 1, 20)],
)
def test_the_first_page_tells_how_many_rows_a_page_has(rows: int, total: int, size: int) -> None:
    read = many(rows, total)
    assert (read.page_size, read.pages) == (size, -(-total // size))
    assert read.rows_expected(1) == rows


@pytest.mark.parametrize(("rows", "total"), [(25, 83), (29, 83), (31, 83), (19, 25), (6, 7)])
def test_a_page_with_too_few_or_too_many_rows_for_any_size_is_seen(rows: int, total: int) -> None:
    assert many(rows, total).rows_expected(1) != rows


@settings(max_examples=25)
@given(st.integers(1, 100), st.sampled_from([20, 30]))
def test_the_pages_of_either_size_add_up(total: int, size: int) -> None:
    read = many(min(size, total), total)
    assert sum(read.rows_expected(number) for number in range(1, read.pages + 1)) == total
    assert read.rows_expected(read.pages + 1) == 0


def test_boards_of_items_have_twenty_rows_a_page() -> None:
    rows = "".join(map(hand_row, range(156000001, 156000031)))
    read = PRESS_RELEASE.read_listing(hand_listing(rows, 83))
    assert (read.page_size, read.rows_expected(1)) == (20, 20)


# Links


@pytest.mark.parametrize(
    "link",
    [
        """onclick="goView('/briefing/stateCouncilView.do?newsId=148900001','')\"""",
        """onclick="goView('/briefing/stateCouncilView.do?newsId=148900001')\"""",
        """href="javascript:;" onclick="goView('/briefing/stateCouncilView.do?newsId=148900001','');return false;\"""",
        """href="#" onclick="goView( '/briefing/stateCouncilView.do?newsId=148900001' , '' )\"""",
        """href="javascript:goView('/briefing/stateCouncilView.do?newsId=148900001','')\"""",
        """onclick='goView("/briefing/stateCouncilView.do?newsId=148900001","")'""",
        """onclick="goView('/briefing/stateCouncilView.do?pageIndex=2&amp;newsId=148900001&amp;srchWord=','')\"""",
        """href="/briefing/stateCouncilView.do?newsId=148900001&amp;pageIndex=1\"""",
        """href="https://www.korea.kr/briefing/stateCouncilView.do?newsId=148900001#top\"""",
    ],
)
def test_where_a_row_leads_is_read_from_its_link_or_what_a_click_does(link: str) -> None:
    [row] = CABINET.read_listing(hand_listing(hand_item(link))).rows
    assert (row.news_id, row.title, row.day, row.ministry) == ("148900001", "제9회 국무회의 브리핑", DAY, "")


@pytest.mark.parametrize(
    "link",
    [
        "",
        'href="javascript:;"',
        """onclick="goView('148900001','')\"""",
        """onclick="goDetailView('148900001')\"""",
        """onclick="goView('/briefing/stateCouncilView.do?newsId=','')\"""",
        """onclick="goView('/briefing/stateCouncilView.do?newsId=0148900001','')\"""",
        """onclick="goView('/briefing/stateCouncilView.do?newsId=148900001x','')\"""",
        """onclick="goView('/briefing/stateCouncilView.do?oldnewsId=148900001','')\"""",
        """onclick="goView('/briefing/stateCouncilView.do?newsId=' + id,'')\"""",
        """onclick="goView('/briefing/pressReleaseView.do?newsId=148900001','')\"""",
        """href="/briefing/stateCouncilList.do?newsId=148900001\"""",
    ],
)
def test_a_row_that_leads_to_no_release_of_the_board_is_refused(link: str) -> None:
    with pytest.raises(UnreadablePage, match=r"without a link to stateCouncilView\.do and a newsId"):
        CABINET.read_listing(hand_listing(hand_item(link)))


@pytest.mark.parametrize(
    "board",
    [PRESS_RELEASE, FACT_CHECK, MINISTRY_BRIEFING, CABINET, SPEECH, POLICY_NEWS],
    ids=lambda board: board.slug,
)
def test_rows_of_another_boards_view_are_refused_one_by_one(board: BriefingBoard) -> None:
    own = board.layout.view
    for other in (each.layout.view for each in BOARDS.values() if each is not board):
        if board in (MINISTRY_BRIEFING, SPEECH):
            page = hand_table(hand_line(1, view=own) + hand_line(2, view=other), 2)
        else:
            page = hand_listing((hand_row(1) + hand_row(2).replace("newsId", "x&newsId")), 2)
            page = page.replace(b"pressReleaseView.do?newsId", f"{own}?newsId".encode())
            page = page.replace(b"pressReleaseView.do?x&newsId", f"{other}?newsId".encode())
        read = board.read_listing(page)
        assert [row.news_id for row in read.rows] == ["1"]
        [reason] = read.unreadable
        assert own in reason


def test_a_page_whose_name_only_ends_like_the_boards_is_another() -> None:
    with pytest.raises(UnreadablePage, match="without a link"):
        SPEECH.read_listing(hand_table(hand_line(132000001, view="oldspeechView.do")))


def test_policy_news_are_read_by_their_address_beside_the_click() -> None:
    link = (
        """href="/news/policyNewsView.do?newsId=148900001&amp;pageIndex=1" onclick="goDetailView('7');return false;\""""
    )
    source = "<span>2024-01-17</span><span>환경부</span>"
    [row] = POLICY_NEWS.read_listing(hand_listing(hand_item(link, "제목", source))).rows
    assert (row.news_id, row.day, row.ministry) == ("148900001", DAY, "환경부")


@pytest.mark.parametrize("source", ["<span>2024.01.17</span>", "<span>2024.01.17</span><span> </span>"])
def test_whose_it_is_may_be_left_out_where_it_is_told_so_and_nowhere_else(source: str) -> None:
    for board, path in ((POLICY_NEWS, "/news/policyNewsView.do"), (CABINET, "/briefing/stateCouncilView.do")):
        page = hand_listing(hand_item(f'href="{path}?newsId=148900001"', source=source))
        assert board.read_listing(page).rows[0].ministry == ""
    page = hand_listing(hand_item('href="/briefing/pressReleaseView.do?newsId=156000001"', source=source))
    with pytest.raises(UnreadablePage, match="has no ministry"):
        PRESS_RELEASE.read_listing(page)


def test_an_item_says_in_its_own_words_that_there_is_nothing() -> None:
    for board in (CABINET, POLICY_NEWS, SPEECH):
        assert board.read_listing(hand_listing(NOTHING, 0)).rows == ()


# Every board's page, as the miniature prints it


@every_board
def test_every_release_of_a_board_is_read_back(slug: str) -> None:
    board = BOARDS[slug]
    for release in published(slug)[:12]:
        read = board.read_page(viewed(release))
        read.require_identity(release.news_id, release.title)
        assert clean(read.title) == " ".join(release.title.split())
        assert read.day == f"{release.listed_on:%Y.%m.%d}"
        assert read.author == release.ministry
        assert (read.licence is None) == (release.licence is None)
        assert release.licence is None or f"{release.licence}유형" in str(read.licence)
        assert [each.file_id for each in read.attachments] == [each.file_id for each in release.attachments]
        assert (read.body is None) == (release.body is None)
        squeezed = "".join((read.body or "").split())
        assert all("".join(line.split()) in squeezed for line in (release.body or "").split("\n"))
        assert "전재하여 제공함" not in (read.body or "")
        assert_named(board, release, read.ministry, read.presenter)


def assert_named(board: BriefingBoard, release: Release, ministry: str, presenter: str) -> None:
    """A page names the ministry, or for some briefings who spoke instead; that of the cabinet nobody."""
    if board is CABINET:
        assert (ministry, presenter) == ("", "")
    elif board is MINISTRY_BRIEFING:
        assert (ministry, presenter) in ((release.ministry, ""), ("", release.presenter))
    else:
        assert (ministry, presenter) == (release.ministry, "")


@every_other_board
def test_a_page_that_was_cut_off_is_refused(slug: str) -> None:
    page = viewed(published(slug)[0])
    for at in range(0, len(page) - 10, len(page) // 40):
        with pytest.raises(UnreadablePage):
            BOARDS[slug].read_page(page[:at])


def test_speakers_in_brackets_are_text_whether_they_are_encoded_or_not() -> None:
    for printed in ("<홍길동 대변인>", "&lt;홍길동 대변인&gt;"):
        body = MINISTRY_BRIEFING.read_page(hand_view(f"{printed}<br/>안녕하십니까?<br/><질문> 왜 그렇습니까?")).body
        assert body == "<홍길동 대변인>\n안녕하십니까?\n<질문> 왜 그렇습니까?"


def test_files_linked_without_their_table_are_files() -> None:
    link = '<p><a href="/common/download.do?fileId=199000001">240117 브리핑.pdf</a></p>'
    page = hand_view("글", files=f'<div class="filedown"><dl><dd>{link}</dd></dl></div>')
    [file] = MINISTRY_BRIEFING.read_page(page).attachments
    assert (file.file_id, file.name, file.path) == (
        "199000001",
        "240117 브리핑.pdf",
        "/common/download.do?fileId=199000001",
    )


# Who is named on a page

LINK = '<a class="gotosite">환경부<i class="tooltip">부처별 뉴스 이동</i></a>'


@pytest.mark.parametrize(
    ("beside", "ministry", "presenter"),
    [
        (LINK, "환경부", ""),
        ("홍길동 대변인", "", "홍길동 대변인"),
        (f"{LINK}</span><span>홍길동 대변인", "환경부", "홍길동 대변인"),
        (f"홍길동 대변인</span><span>{LINK}", "환경부", "홍길동 대변인"),
        ("", "", ""),
        (" \n ", "", ""),
    ],
)
def test_ministry_and_speaker_beside_the_day(beside: str, ministry: str, presenter: str) -> None:
    read = MINISTRY_BRIEFING.read_page(hand_view("글", ministry=beside))
    assert (read.day, read.ministry, read.presenter) == ("2024.01.17", ministry, presenter)


def test_a_page_with_nothing_but_its_day_names_nobody() -> None:
    page = hand_view("글").replace(f"<span>{LINK}</span>".encode(), b"")
    read = CABINET.read_page(page)
    assert (read.day, read.ministry, read.presenter) == ("2024.01.17", "", "")


def article(author: str, publisher: str) -> bytes:
    return hand_view(
        "글",
        ministry="",
        script='{"@type": "NewsArticle", "datePublished": "2024-01-17T09:30:05+09:00", '
        f'"author": {author}, "publisher": {publisher}}}',
    )


@pytest.mark.parametrize(
    ("author", "publisher", "named"),
    [
        ('{"name": "환경부"}', '{"name": "대한민국 정책브리핑"}', "환경부"),
        ('{"name": "대한민국 정책브리핑"}', '{"name": "대한민국 정책브리핑"}', ""),
        ('{"name": " 대한민국  정책브리핑"}', '{"name": "대한민국 정책브리핑 "}', ""),
        ('{"name": "환경부"}', "null", "환경부"),
        ("null", '{"name": "대한민국 정책브리핑"}', ""),
        ("null", "null", ""),
        ('{"name": ""}', "{}", ""),
    ],
)
def test_the_site_itself_is_nobodys_author(author: str, publisher: str, named: str) -> None:
    assert CABINET.read_page(article(author, publisher)).author == named


# Licences

OLDER = (
    '<div class="law_copy_wrap"><div class="type">'
    '<img src="/images/type4.png" alt="공공누리 {}유형 출처표시"/></div></div>'
)


@pytest.mark.parametrize("kind", [0, 1, 4])
def test_a_licence_in_the_older_box(kind: int) -> None:
    assert POLICY_NEWS.read_page(hand_view("글", licence=OLDER.format(kind))).licence == f"공공누리 {kind}유형 출처표시"


def test_another_picture_in_the_older_box_is_no_licence_and_is_noted() -> None:
    box = OLDER.format(4).replace('<div class="type">', '<div class="photo">')
    assert POLICY_NEWS.read_page(hand_view("글", licence=box)).licence == NO_MARK


# A text around a picture


def test_paragraphs_around_a_picture() -> None:
    picture = "<figure><img src='/x.jpg' alt='사진'/><figcaption>사진 설명</figcaption></figure>"
    content = f"<p>첫 문단</p>{picture}<p>둘째 문단</p>"
    lines = (POLICY_NEWS.read_page(hand_view(content)).body or "").split()
    assert " ".join(lines) == "첫 문단 사진 설명 둘째 문단"


def test_a_release_of_another_board_has_its_own_number() -> None:
    """The numbers of all boards are one space: a page is known by its newsId alone."""
    release = replace(published("speech")[0], news_id="132000009")
    read = SPEECH.read_page(viewed(release))
    assert read.news_id == "132000009"
    with pytest.raises(UnreadablePage, match="asked for newsId 132000001, got 132000009"):
        read.require_identity("132000001", release.title)


# Whatever comes


@settings(max_examples=60)
@given(st.text(alphabet="<>/=\"' abdhrt1가&;#x", max_size=80))
def test_markup_noise_inside_a_table_never_raises_anything_else(noise: str) -> None:
    with suppress(UnreadablePage):
        read = MINISTRY_BRIEFING.read_listing(hand_table(hand_line() + hand_line(2, title=noise, presenter=noise), 2))
        assert {row.news_id for row in read.rows} <= {"156800001", "2"}


@settings(max_examples=100)
@given(st.data())
def test_flipped_bytes_never_raise_anything_else(data: st.DataObject) -> None:
    board, whole = data.draw(st.sampled_from(_PAGES))
    page = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 8))):
        page[data.draw(st.integers(0, len(page) - 1))] = data.draw(
            st.sampled_from([*range(32, 127), 0, 10, 0xFF, 0xEA])
        )
    for read in (board.read_listing, board.read_page):
        with suppress(UnreadablePage):
            read(bytes(page))


_PAGES = [
    (MINISTRY_BRIEFING, hand_table(hand_line() + hand_line(2), 2)),
    (SPEECH, EMPTY_TABLE),
    (CABINET, hand_listing(hand_item("""onclick="goView('/briefing/stateCouncilView.do?newsId=148900001','')\""""))),
    (MINISTRY_BRIEFING, hand_view("&lt;홍길동 대변인&gt;<br/>글", ministry="홍길동 대변인")),
    (POLICY_NEWS, hand_view("<p>글</p>", licence=OLDER.format(4))),
]
