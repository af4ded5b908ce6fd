"""Every board of korea.kr as it is told to be, and a made-up one by declaration alone."""

from __future__ import annotations

import contextlib
import http.client
import json
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any, get_args

import pytest
from parsel import Selector

from harvester.boards import BriefingBoard
from harvester.demo import KINDS, Clock, Corpus, Fault, MiniSite, Release
from harvester.demo import rows as listed
from harvester.demo.boards import (
    BOARDS,
    CABINET,
    FACT_CHECK,
    MINISTRY_BRIEFING,
    POLICY_NEWS,
    PRESS_RELEASE,
    SPEECH,
    Board,
    Form,
    Texts,
)
from harvester.demo.body import writes_raw
from harvester.demo.rows import FORMS, NOTHING, prints_lead
from harvester.pages import listing
from tests.demo.conftest import Client, Got, squeezed, words_of

SINCE, UNTIL = date(2024, 1, 1), date(2024, 3, 31)
DAYS = {"startDate": f"{SINCE}", "endDate": f"{UNTIL}"}
OTHERS = [board for board in BOARDS.values() if board is not PRESS_RELEASE]
_CORPUS = Corpus.generated(SINCE, UNTIL, per_day=6, seed=5, boards=tuple(BOARDS)).releases

every_board = pytest.mark.parametrize("board", BOARDS.values(), ids=lambda board: board.slug)
every_other_board = pytest.mark.parametrize("board", OTHERS, ids=lambda board: board.slug)


def of(board: Board, releases: tuple[Release, ...] = _CORPUS) -> list[Release]:
    return [release for release in releases if release.board == board.slug]


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2024, 4, 1, 9))


@pytest.fixture
def site(clock: Clock) -> Iterator[MiniSite]:
    with MiniSite(Corpus(_CORPUS), clock=clock) as running:
        yield running


# --- what is published ------------------------------------------------------------------------------------------------


def test_press_releases_are_what_they_were_before_there_were_boards() -> None:
    """Tests know releases by their seeds."""
    corpus = Corpus.generated(date(2024, 1, 2), date(2024, 1, 12), per_day=30, seed=7)
    said = "".join(f"{r.news_id}{r.title}{r.ministry}{r.published}{r.lead}{r.body}{r.attachments}" for r in corpus)
    assert sha256(said.encode()).hexdigest().startswith("34141f14c4aabed9")
    beside = Corpus.generated(date(2024, 1, 2), date(2024, 1, 12), per_day=30, seed=7, boards=tuple(BOARDS))
    assert tuple(of(PRESS_RELEASE, beside.releases)) == corpus.releases


@every_other_board
def test_a_board_has_dice_of_its_own(board: Board) -> None:
    alone = Corpus.generated(SINCE, UNTIL, seed=5, boards=[board.slug]).releases
    assert list(alone) == of(board)
    assert (
        Corpus.generated(SINCE, SINCE + timedelta(20), seed=5, boards=[board.slug]).releases
        == alone[: len([release for release in alone if release.listed_on <= SINCE + timedelta(20)])]
    )
    assert Corpus.generated(SINCE, UNTIL, seed=6, boards=[board.slug]).releases != alone


def test_news_ids_never_collide_and_grow_with_the_days() -> None:
    corpus = Corpus.generated(date(2023, 12, 1), date(2025, 1, 31), per_day=20, boards=tuple(BOARDS))
    assert len({release.news_id for release in corpus}) == len(corpus)
    for board in BOARDS.values():
        assert all(one.news_id < other.news_id for one, other in pairwise(of(board, corpus.releases)))
    for release in corpus:
        board, day = BOARDS[release.board], release.listed_on
        if board is not PRESS_RELEASE:  # those are numbered through
            assert board.number(day) < int(release.news_id) <= board.number(day + timedelta(1)), release.news_id


def test_news_ids_begin_as_on_the_real_boards() -> None:
    begins = {PRESS_RELEASE: "156", MINISTRY_BRIEFING: "156", FACT_CHECK: "148", CABINET: "148", POLICY_NEWS: "148"}
    for board, beginning in begins.items():
        assert {release.news_id[:3] for release in of(board)} == {beginning}


@every_other_board
def test_a_board_has_its_volume(board: Board) -> None:
    days = [SINCE + timedelta(offset) for offset in range((UNTIL - SINCE).days + 1)]
    assert len(of(board)) == pytest.approx(sum(board.week[day.weekday()] for day in days), rel=0.2)
    assert {release.listed_on.weekday() for release in of(board)} == {
        day for day, most in enumerate(board.week) if most
    }


def test_the_cabinet_meets_once_a_week() -> None:
    assert {release.listed_on.weekday() for release in of(CABINET)} == {1}
    assert all(one.listed_on + timedelta(7) == other.listed_on for one, other in pairwise(of(CABINET)))


def test_what_the_boards_say() -> None:
    for board in OTHERS:
        speaks = board.shows_presenter and board.texts == "transcript"
        assert {release.presenter is not None for release in of(board)} == {speaks}
        assert {bool(release.body) for release in of(board)} == {board.is_inline}
        assert all(release.paragraphs for release in of(board) if board.is_inline)
    assert all(release.presenter for release in of(MINISTRY_BRIEFING))
    assert {release.body for release in of(FACT_CHECK)} == {None}
    assert {release.ministry for release in of(CABINET)} == {"", "국무조정실"}
    assert {"대통령", "국무총리"} < {release.ministry for release in of(SPEECH)}
    assert {release.licence for release in of(POLICY_NEWS)} == {1, 4}


def test_what_transcripts_are_made_of() -> None:
    for release in of(MINISTRY_BRIEFING):
        assert (release.body or "").startswith(f"<{release.presenter}>\n")
    lines = [line for release in of(MINISTRY_BRIEFING) for line in (release.body or "").split("\n")]
    assert "[질문·답변]" in lines
    for form in (
        r"<[가-힣]{3} [가-힣]+>",
        r"<[가-힣]{3} [가-힣]+> .+",
        r"<질문> .+",
        r"<질문> .+ \([가-힣]+ [가-힣]{3} 기자\)",
        r"<[A-Z]+ [가-힣]{3} 기자> .+",
        r"<답변> [^(].+",
        r"<답변> \([가-힣]{3} [가-힣]+\) .+",
        r"※마이크 미사용.+",
    ):
        assert sum(bool(re.fullmatch(form, line)) for line in lines) >= 10, form


def test_what_agendas_are_made_of() -> None:
    lines = [line for release in of(CABINET) for line in (release.body or "").split("\n")]
    for form in (
        r"<[^<>]+안>, .+다\. 【소관 : [가-힣]+ [가-힣]+ [\d-]+】",
        r"【소관 : [가-힣]+ [가-힣]+ [\d-]+】",
        r"\d\. 「[^」]+」 [가-힣]+안 【소관 : [가-힣·]+】",
    ):
        assert any(re.fullmatch(form, line) for line in lines), form


def test_an_unknown_board_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no such board: 'photos' \(known: press-release, "):
        Corpus.generated(SINCE, UNTIL, boards=("press-release", "photos"))
    with pytest.raises(ValueError, match="no such board"):
        Release("1", "제목", "환경부", datetime(2024, 1, 5), "내용", board="photos")


# --- the lists --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Printed:
    """What a row prints, whatever its form."""

    news_id: str
    says: list[str]


def printed(board: Board, page: Got) -> list[Printed]:
    form = FORMS[board.form]
    rows = Selector(page.text).css(f"div.{form.place}").css(form.row)
    return [
        Printed(
            _news_id(board, row.css("a")[0]),
            [said for text in row.css("::text").getall() if (said := text.strip())],
        )
        for row in rows
    ]


def expected(board: Board, release: Release) -> list[str]:
    parts = (
        release.title,
        release.lead if prints_lead(board) else "",
        release.listed_on.strftime("%Y-%m-%d" if board.hyphens else "%Y.%m.%d"),
        release.ministry if board.shows_ministry else "",
        release.presenter or "",
    )
    return [part.strip() for part in parts if part]


@dataclass(frozen=True)
class Row:
    """A row as it is read off a list by the selectors the readers of the real site use."""

    title: str
    day: str
    ministry: str | None
    lead: str | None
    presenter: str | None


def _news_id(board: Board, link: Selector) -> str:
    name = "onclick" if board.link == "onclick" else "href"
    found = re.search(rf"{re.escape(board.view_path)}\?newsId=(\d+)", link.attrib[name])
    assert found
    return found[1]


def _table_row(row: Selector) -> Row:
    cells = ["".join(cell.css("::text").getall()) for cell in row.css("td")]
    (link,) = row.css("td.subject > a[href]")
    assert link.css("strong")
    ministry, title, day, *presenter = cells
    return Row(title, day, ministry, None, *presenter or [None])


def _item(row: Selector) -> Row:
    (title,) = row.css("a strong")
    day, *ministry = ["".join(span.css("::text").getall()) for span in row.css("span.source > span")]
    lead = row.css("span.lead")
    return Row(
        "".join(title.css("::text").getall()),
        day,
        *ministry or [None],
        "".join(lead.css("::text").getall()).strip() if lead else None,
        None,
    )


@every_board
def test_all_pages_of_a_board_together_are_the_truth(site: MiniSite, client: Client, board: Board) -> None:
    ids = client.walk(board.list_path, board.rows_a_page, **DAYS)
    truth = [release.news_id for release in site.truth(SINCE, UNTIL, board=board.slug)]
    assert len(ids) == len(set(ids)) == len(truth) == client.page(1, board.list_path, **DAYS).total
    assert set(ids) == set(truth) == {release.news_id for release in of(board)}
    assert len(client.page(1, board.list_path, **DAYS).ids) == min(board.rows_a_page, len(truth))


@every_board
def test_rows_print_what_the_board_prints(site: MiniSite, client: Client, board: Board) -> None:
    page = client.page(1, board.list_path, **DAYS)
    rows = printed(board, page)
    assert rows
    assert [row.news_id for row in rows] == page.ids
    for row in rows:
        assert Counter(row.says) == Counter(expected(board, site.corpus[row.news_id]))


@pytest.mark.parametrize(
    ("board", "rows", "read"),
    [
        (PRESS_RELEASE, "div.list_type > ul > li", _item),
        (FACT_CHECK, "div.list_type > ul > li", _item),
        (CABINET, "div.list_type > ul > li", _item),
        (POLICY_NEWS, "div.list_type > ul > li", _item),
        (MINISTRY_BRIEFING, "div.table_list > table > tbody > tr", _table_row),
        (SPEECH, "div.table_list > table > tbody > tr", _table_row),
    ],
    ids=lambda value: value.slug if isinstance(value, Board) else "",
)
def test_each_part_of_a_row_has_its_place(
    site: MiniSite, client: Client, board: Board, rows: str, read: Callable[[Selector], Row]
) -> None:
    page = client.page(1, board.list_path, **DAYS)
    found = [read(row) for row in Selector(page.text).css(rows)]
    releases = [site.corpus[news_id] for news_id in page.ids]
    assert found
    assert found == [
        Row(
            title=release.title,
            day=release.listed_on.strftime("%Y-%m-%d" if board.hyphens else "%Y.%m.%d"),
            ministry=release.ministry if board.shows_ministry else None,
            lead=release.lead if prints_lead(board) else None,
            presenter=release.presenter,
        )
        for release in releases
    ]


def test_how_each_board_is_written(client: Client) -> None:
    def first_page(board: Board) -> Got:
        return client.page(1, board.list_path, **DAYS)

    assert "list_type" not in first_page(MINISTRY_BRIEFING).text
    assert len(first_page(MINISTRY_BRIEFING).ids) == len(first_page(SPEECH).ids) == 30
    assert re.fullmatch("[가-힣]{3} [가-힣]+", printed(MINISTRY_BRIEFING, first_page(MINISTRY_BRIEFING))[0].says[-1])
    cabinet = Selector(first_page(CABINET).text).css("div.list_type li a")
    assert {link.attrib.get("href") for link in cabinet} == {None, "javascript:;"}
    for link in cabinet:
        assert re.fullmatch(r"goView\('/briefing/stateCouncilView\.do\?newsId=\d+',''\)", link.attrib["onclick"])
    assert 'span class="lead"' not in first_page(CABINET).text
    news = Selector(first_page(POLICY_NEWS).text).css('div.list_type li > a[href][onclick^="goDetailView("]')
    assert len(news) == 20


@every_board
def test_every_page_has_sidebars_that_are_no_part_of_the_list(client: Client, board: Board) -> None:
    nothing = client.page(1, board.list_path, startDate="2020-01-01", endDate="2020-01-02")
    assert (nothing.total, nothing.ids) == (0, [])
    assert "paging" not in nothing.listing
    assert f"{board.view_path}?newsId=" in nothing.text
    assert printed(board, nothing) == []
    (said,) = Selector(nothing.text).css(f"div.{FORMS[board.form].place} .no_data")
    assert "".join(said.css("::text").getall()).strip() == "등록된 정보가 없습니다."


def test_how_a_list_says_that_it_is_empty(client: Client) -> None:
    def nothing(board: Board) -> str:
        return client.page(1, board.list_path, startDate="2020-01-01", endDate="2020-01-02").text

    assert '<li class="no_data"><span>등록된 정보가 없습니다.</span></li>' in nothing(PRESS_RELEASE)
    assert '<td colspan="4" class="no_data">등록된 정보가 없습니다.</td>' in nothing(MINISTRY_BRIEFING)
    assert '<td colspan="3" class="no_data">등록된 정보가 없습니다.</td>' in nothing(SPEECH)


@every_board
def test_a_board_can_be_searched(site: MiniSite, client: Client, board: Board) -> None:
    word = of(board)[0].title.split()[-1]
    page = client.page(1, board.list_path, srchWord=word, **DAYS)
    assert '<div class="result">검색결과 총 <strong>' in page.text
    assert '<span class="highlight">' in page.listing
    found = set(client.walk(board.list_path, board.rows_a_page, srchWord=word, **DAYS))
    assert found == {r.news_id for r in of(board) if word in r.title or word in r.lead}
    rows = printed(board, page)
    assert rows
    assert all(f"{site.corpus[row.news_id].listed_on:%Y-%m-%d}" in row.says for row in rows)


@every_board
def test_a_board_can_be_filtered_by_ministry_where_it_names_one(site: MiniSite, client: Client, board: Board) -> None:
    codes = sorted({release.code for release in of(board)[:2]} - {""})
    found = client.walk(board.list_path, board.rows_a_page, repCode=",".join(codes), **DAYS)
    assert set(found) == {release.news_id for release in site.truth(SINCE, UNTIL, codes, board.slug)}
    if board.shows_ministry:
        assert 0 < len(found) < len(of(board))
        assert {site.corpus[key].code for key in found} <= set(codes)
    else:
        assert len(found) == len(of(board))


@every_board
def test_the_form_is_echoed(client: Client, board: Board) -> None:
    more = {name: name[:1] for name in board.more_form}
    form = {"pageIndex": "1", "repCodeType": "", "repCode": "", "srchWord": "", "period": ""} | DAYS | more
    page = client.page(1, board.list_path, **form)
    assert page.form == form
    assert f'<form id="mainForm" name="mainForm" method="post" action="{board.list_path}"' in page.text


@every_board
def test_days_pages_and_the_end_are_as_for_press_releases(site: MiniSite, client: Client, board: Board) -> None:
    assert client.page(1, board.list_path).total == len(of(board)), "no dates: the last year"
    first = client.page(1, board.list_path, **DAYS)
    assert client.get(board.list_path, pageIndex="2").ids == first.ids
    beyond = client.page(99, board.list_path, **DAYS)
    assert (beyond.total, beyond.ids) == (first.total, [])
    site.past_end = "first"
    assert client.page(99, board.list_path, **DAYS).ids == first.ids


# --- the pages --------------------------------------------------------------------------------------------------------


@every_board
def test_every_page_has_the_frame_of_all_pages(client: Client, board: Board) -> None:
    for release in of(board)[:12]:
        page = client.view(release.news_id, board.view_path).text
        address = f"https://www.korea.kr{board.view_path}?newsId={release.news_id}"
        article, _ = [json.loads(text) for text in re.findall(r'ld\+json">(.*?)</script>', page, re.S)]
        assert (article["@type"], article["mainEntityOfPage"]["@id"]) == ("NewsArticle", address)
        assert article["author"]["name"] == release.ministry
        assert article["datePublished"] == f"{release.published:%Y-%m-%dT%H:%M:%S}+09:00"
        selector = Selector(page)
        assert selector.css('link[rel="canonical"]::attr(href)').get() == address
        assert "".join(selector.css("div.view_title h1::text").getall()) == release.title
        assert selector.css(".article_head .info > span::text").get() == f"{release.listed_on:%Y.%m.%d}"
        assert re.fullmatch(
            f"“이 자료는 .+ {board.remark}를 전재하여 제공함을 알려드립니다.”", selector.css("p.remark::text").get("")
        )
        assert len(selector.css(".filedown dd p")) == len(release.attachments)
        assert bool(selector.css("iframe#content_press")) == release.has_viewer


@every_board
def test_a_page_prints_the_day_under_which_its_release_is_listed(client: Client, board: Board) -> None:
    """Twice, so that after a crawl a day that nobody could read, or that disagrees, is the harvester's mistake."""
    for release in of(board):
        selector = Selector(client.view(release.news_id, board.view_path).text)
        article = json.loads(selector.css('script[type="application/ld+json"]::text').get(""))
        printed_day = selector.css(".article_head .info > span::text").get()
        assert (printed_day, article["datePublished"][:10]) == (
            f"{release.listed_on:%Y.%m.%d}",
            f"{release.listed_on:%Y-%m-%d}",
        )


@every_board
def test_a_text_in_the_page_is_all_there(client: Client, board: Board) -> None:
    for release in of(board):
        if release.body is not None and not writes_raw(release):
            words = words_of(client.view(release.news_id, board.view_path).text)
            assert all(squeezed(paragraph) in words for paragraph in release.paragraphs)


class _Browser(HTMLParser):
    """What a browser shows: a `<` that no letter of the Latin alphabet follows begins no tag."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shown = ""

    def handle_data(self, data: str) -> None:
        self.shown += data


def test_a_third_of_the_transcripts_have_raw_brackets_that_browsers_show(client: Client) -> None:
    raw = [release for release in of(MINISTRY_BRIEFING) if writes_raw(release)]
    assert 0.25 < len(raw) / len(of(MINISTRY_BRIEFING)) < 0.42
    latin = 0
    for release in raw:
        page = client.view(release.news_id, MINISTRY_BRIEFING.view_path).text
        content = page.split('<div class="view_cont">')[1]
        assert f"<{release.presenter}>" in content
        browser = _Browser()
        browser.feed(content)
        shown = squeezed(browser.shown)
        assert all(squeezed(paragraph) in shown for paragraph in release.paragraphs)
        latin += content.count("&lt;GDN ") + content.count("&lt;CHTV ")
        assert not re.search("<(GDN|CHTV) ", content), "no browser would show that"
    assert latin
    other = next(release for release in of(MINISTRY_BRIEFING) if not writes_raw(release))
    assert f"&lt;{other.presenter}&gt;" in client.view(other.news_id, MINISTRY_BRIEFING.view_path).text


def test_who_is_named_above_the_text(client: Client) -> None:
    def info(release: Release) -> Selector:
        page = client.view(release.news_id, BOARDS[release.board].view_path).text
        return Selector(page).css(".article_head .info")

    named = [info(release) for release in of(MINISTRY_BRIEFING)]
    by_ministry = [bool(each.css("a.gotosite")) for each in named]
    assert 0.4 < sum(by_ministry) / len(named) < 0.6
    for release, each, has_ministry in zip(of(MINISTRY_BRIEFING), named, by_ministry, strict=True):
        second = each.css("span")[1]
        assert (release.ministry if has_ministry else release.presenter) in "".join(second.css("::text").getall())
    for release in of(CABINET):
        assert len(info(release).css("span")) == 1
    assert info(of(SPEECH)[0]).css("a.gotosite")


def test_files_of_a_briefing_are_linked_without_their_table(site: MiniSite, client: Client) -> None:
    release = next(release for release in of(MINISTRY_BRIEFING) if release.attachments)
    page = client.view(release.news_id, MINISTRY_BRIEFING.view_path).text
    address = f"/common/download.do?fileId={release.attachments[0].file_id}"
    assert f'href="{address}"' in page
    assert "tblKey" not in page
    site.clear_log()
    assert client.get(address).headers["Content-Type"] == "application/x-download"
    assert (site.requests[0].kind, site.requests[0].board) == ("file", "ministry-briefing")


def test_policy_news_have_paragraphs_a_picture_and_the_older_licence(client: Client) -> None:
    pages = [Selector(client.view(r.news_id, POLICY_NEWS.view_path).text) for r in of(POLICY_NEWS)[:20]]
    assert {len(page.css(".view_cont figure figcaption")) for page in pages} == {0, 1}
    for page, release in zip(pages, of(POLICY_NEWS), strict=False):
        assert len(page.css(".view_cont > p")) == len((release.body or "").split("\n")) + 1
        (alt,) = page.css("div.law_copy_wrap > div.type > img::attr(alt)").getall()
        assert f"{release.licence}유형" in alt
        assert not page.css(".kogl_wrap")


def test_a_release_is_found_on_its_own_board_only(client: Client) -> None:
    for release in (of(SPEECH)[0], of(PRESS_RELEASE)[0]):
        for board in BOARDS.values():
            page = client.view(release.news_id, board.view_path)
            assert ("NewsArticle" in page.text) == (release.board == board.slug)
            assert page.status == 200
    assert "NewsArticle" in client.get("/news/speechView.do", newsId=of(SPEECH)[0].news_id, pWise="sub").text


# --- troubles ---------------------------------------------------------------------------------------------------------


def test_the_log_names_the_board(site: MiniSite, client: Client) -> None:
    for board in BOARDS.values():
        client.page(1, board.list_path, **DAYS)
        client.view("1", board.view_path)
    client.get("/robots.txt")
    assert [seen.board for seen in site.requests] == [slug for slug in BOARDS for _ in range(2)] + [None]
    assert site.requests[2].days == (SINCE, UNTIL)


def test_faults_choose_by_board(site: MiniSite, client: Client) -> None:
    site.faults = [Fault("503", tries=None, boards=frozenset({"cabinet", "speech"}))]
    for board in BOARDS.values():
        status = 503 if board in (CABINET, SPEECH) else 200
        assert client.page(1, board.list_path, **DAYS).status == status
        assert client.view(of(board)[0].news_id, board.view_path).status == status
    assert client.get("/robots.txt").status == 200


@every_board
def test_lists_that_are_not_what_they_seem(site: MiniSite, client: Client, board: Board) -> None:
    site.corpus = several_pages_of(board)
    size = board.rows_a_page

    def page(number: int, fault: Fault | None = None) -> Got:
        site.faults = [fault] if fault else []
        return client.page(number, board.list_path, **DAYS)

    first, second, last = page(1), page(2), page(3)
    assert [len(each.ids) for each in (first, second, last)] == [size, size, 7]
    emptied = page(1, Fault("emptied"))
    assert (emptied.total, emptied.ids) == (0, [])
    assert "no_data" in emptied.listing
    missing = page(1, Fault("rows-missing"))
    assert (missing.total, len(missing.ids)) == (first.total, size - -(-size // 4))
    doubled = page(1, Fault("duplicate-row")).ids
    assert (len(doubled), doubled[-1]) == (size, doubled[0])
    assert page(2, Fault("wrong-page")).ids == first.ids
    assert set(page(3, Fault("last-page-repeats")).ids) <= set(second.ids)
    assert (page(3, Fault("emptied-tail")).ids, page(3).ids) == ([], last.ids)
    site.faults = [Fault("ignores-dates")]
    assert client.page(1, board.list_path, startDate="2020-01-01", endDate="2020-01-02").total == first.total
    site.faults = [Fault("ignores-filter")]
    assert client.page(1, board.list_path, srchWord="없는 말", **DAYS).total == first.total


def several_pages_of(board: Board) -> Corpus:
    model = of(board)[0]
    count = 2 * board.rows_a_page + 7
    return Corpus(
        [replace(model, news_id=str(int(model.news_id) + number), title=f"제목 {number}") for number in range(count)]
    )


@every_board
def test_what_appears_while_a_list_is_read_appears_on_its_board(site: MiniSite, client: Client, board: Board) -> None:
    site.corpus = several_pages_of(board)
    site.faults = [Fault("shifting")]
    first, second = client.page(1, board.list_path, **DAYS), client.page(2, board.list_path, **DAYS)
    assert first.ids[-1] == second.ids[0], "the rows moved over the border"
    assert second.total == first.total + 1
    added = site.truth(SINCE, UNTIL, board=board.slug)[0]
    assert added.board == board.slug
    assert (added.presenter is not None) == board.shows_presenter
    page = client.view(added.news_id, board.view_path).text
    assert "content_press" in page if added.body is None else added.body in page


@every_board
def test_redesigned_and_cut_pages(site: MiniSite, client: Client, board: Board) -> None:
    key = max(of(board), key=lambda release: len(release.body or "")).news_id
    whole = client.page(1, board.list_path, **DAYS), client.view(key, board.view_path)
    site.faults = [Fault("redesign")]
    known = (
        "list_type", "table_list", "no_data", "View.do?newsId", "mainForm", "view_title", "view_cont", "ld+json",
        "gotosite", "kogl_wrap", "law_copy_wrap", 'class="subject"', 'class="result"', "<h1>", 'rel="canonical"',
        *(f'class="{name}"' for form in FORMS.values() for name in form.redesigned),
    )  # fmt: skip
    for page in (client.page(1, board.list_path, **DAYS).text, client.view(key, board.view_path).text):
        assert not [name for name in known if name in page]
        assert "대한민국 정책브리핑" in page
    site.faults = [Fault("truncated-clean")]
    listed, viewed = client.page(1, board.list_path, **DAYS), client.view(key, board.view_path)
    for cut, full in zip((listed, viewed), whole, strict=True):
        assert full.body.startswith(cut.body)
        assert b"<!--// list -->" not in cut.body
        assert b"article_footer" not in cut.body
    shown = listed.body.split(FORMS[board.form].opening.encode())[1].count(b"View.do?newsId=")
    assert 0 < shown < len(whole[0].ids)
    assert b'class="view_cont"' in viewed.body


@every_board
def test_the_wrong_release_is_another_of_the_same_board(site: MiniSite, client: Client, board: Board) -> None:
    asked = of(board)[2]
    site.faults = [Fault("wrong-release")]
    head = client.view(asked.news_id, board.view_path).text.split("area_page")[0]
    assert "NewsArticle" in head
    assert f"{board.view_path}?newsId=" in head
    assert f"newsId={asked.news_id}" not in head


@every_other_board
def test_no_fault_upsets_the_server(
    site: MiniSite, client: Client, caplog: pytest.LogCaptureFixture, board: Board
) -> None:
    caplog.set_level(logging.WARNING)
    for kind in KINDS:
        site.faults = [Fault(kind, seconds=0.01)]
        for ask in (
            lambda: client.page(2, board.list_path, **DAYS),
            lambda: client.view(of(board)[0].news_id, board.view_path),
        ):
            with contextlib.suppress(OSError, http.client.HTTPException):
                ask()
    site.faults = []
    assert client.page(1, board.list_path, **DAYS).status == 200
    assert not caplog.records


# --- a board that nobody has ------------------------------------------------------------------------------------------


def made_up(**more: Any) -> Board:
    return Board(
        slug="made-up",
        title="지어낸 게시판",
        list_path="/briefing/madeUpList.do",
        view_path="/briefing/madeUpView.do",
        first_id=120_000_000,
        **more,
    )


@pytest.mark.parametrize("texts", get_args(Texts))
@pytest.mark.parametrize("form", get_args(Form))
def test_a_made_up_board_is_a_declaration(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, texts: Texts, form: Form
) -> None:
    board = made_up(form=form, texts=texts)
    monkeypatch.setitem(BOARDS, board.slug, board)
    corpus = Corpus.generated(SINCE, UNTIL, per_day=2, boards=("press-release", "made-up"))
    with MiniSite(corpus, clock=clock) as site:
        client = Client(site)
        ids = client.walk(board.list_path, **DAYS)
        assert set(ids) == {release.news_id for release in site.truth(SINCE, UNTIL, board="made-up")}
        assert len(ids) > 100
        rows = printed(board, client.page(1, board.list_path, **DAYS))
        assert len(rows) == 20
        for row in rows:
            release = corpus[row.news_id]
            assert Counter(row.says) == Counter(expected(board, replace(release, presenter=None)))
            page = client.view(row.news_id, board.view_path).text
            assert f'rel="canonical" href="https://www.korea.kr/briefing/madeUpView.do?newsId={row.news_id}"' in page
            if not writes_raw(release) and "page" in release.sources:
                words = words_of(page)
                assert all(squeezed(paragraph) in words for paragraph in release.paragraphs)
            assert release.sources != ("lead",) or prints_lead(board)


def write_cards(board: Board, rows: Sequence[listed.Row], nothing: bool) -> str:
    cards = "".join(
        f'''
	<div class="card">
		<a href="{row.address}"><h3>{row.title}</h3></a>
		<p class="meta"><em>{row.ministry}</em> <b>{row.day}</b></p>
	</div>'''
        for row in rows
    )
    says_so = f'<p class="no_data">{NOTHING}</p>' if nothing and not rows else ""
    return f'<div class="card_list">{cards}{says_so}</div>'


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> Board:
    """A made-up board whose list has a form that no other has."""
    form = listed.RowForm(
        write=write_cards,
        place="card_list",
        row="div.card",
        has_lead=False,
        redesigned={"card_list": "deck_v6", "meta": "about_v6"},
    )
    monkeypatch.setitem(FORMS, "cards", form)  # type: ignore[arg-type, misc]
    board = made_up(form="cards", rows_a_page=15, week=(15, 15, 15, 15, 15, 0, 0))
    monkeypatch.setitem(BOARDS, board.slug, board)
    return board


def test_a_form_of_rows_is_a_function_and_an_entry(cards: Board, clock: Clock) -> None:
    with MiniSite(Corpus.generated(SINCE, UNTIL, boards=(cards.slug,)), clock=clock) as site:
        client = Client(site)
        first = client.page(1, cards.list_path, **DAYS)
        rows = printed(cards, first)
        assert len(rows) == 15
        for row in rows:
            assert Counter(row.says) == Counter(expected(cards, site.corpus[row.news_id]))
        truth = site.truth(SINCE, UNTIL, board=cards.slug)
        assert set(client.walk(cards.list_path, 15, **DAYS)) == {release.news_id for release in truth}
        nothing = client.page(1, cards.list_path, startDate="2020-01-01", endDate="2020-01-02")
        assert (nothing.total, printed(cards, nothing)) == (0, [])
        assert NOTHING in nothing.listing
        site.faults = [Fault("redesign")]
        redesigned = client.page(1, cards.list_path, **DAYS).text
        assert not [name for name in ("card_list", 'class="meta"', "View.do?newsId") if name in redesigned]
        site.faults = [Fault("truncated-clean")]
        cut = client.page(1, cards.list_path, **DAYS)
        assert 0 < cut.text.count('<div class="card">') < 15


def test_the_harvester_reads_a_form_of_its_own(cards: Board, clock: Clock) -> None:
    """As docs/adding-a-board.md declares it."""
    in_cards = listing.RowForm(
        place=f"//div[{listing.having('card_list')}]",
        rows=f"./div[{listing.having('card')}]",
        title=".//h3",
        day=f".//p[{listing.having('meta')}]/b",
        ministry=f".//p[{listing.having('meta')}]/em",
    )
    board = BriefingBoard(
        slug=cards.slug,
        name=cards.title,
        list_path=cards.list_path,
        view_path=cards.view_path,
        forms=(in_cards,),
        page_sizes=(cards.rows_a_page,),
    )
    with MiniSite(Corpus.generated(SINCE, UNTIL, boards=(cards.slug,)), clock=clock) as site:
        client = Client(site)
        volumes = Counter(release.listed_on for release in site.corpus)
        [(day, most)] = volumes.most_common(1)
        assert most > cards.rows_a_page, "no second page would be asked for"
        one_day = {"startDate": f"{day}", "endDate": f"{day}"}
        pages = [board.read_listing(client.page(number, cards.list_path, **one_day).body) for number in (1, 2)]
        assert [len(page.rows) for page in pages] == [15, most - 15]
        for row in (row for page in pages for row in page.rows):
            release = site.corpus[row.news_id]
            assert (row.title, row.day, row.ministry) == (release.title, release.listed_on, release.ministry)
        nothing = board.read_listing(client.page(1, cards.list_path, startDate="2020-01-01", endDate="2020-01-01").body)
        assert (nothing.declared, nothing.rows, nothing.unreadable) == (0, (), ())
