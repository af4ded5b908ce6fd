"""The ESG board's pages: read as printed, or refused with the reason. Written by hand after public templates."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.korean import UnreadableDate, read_source_line
from harvester.pages import NotARelease, UnreadablePage
from harvester.pages.esg_board import PostedDay, read_board, read_post, read_posted_day

ADDRESS = (
    "https://www.korea.kr/briefing/pressReleaseView.do?newsId=156000001&pageIndex=2&repCodeType=%EC%A0%95%EB%B6%80"
    "&repCode=A00015,A00019&startDate=2023-01-18&endDate=2024-01-18&srchWord=&period=year"
)
HEADS = "".join(f"<th>{head}</th>" for head in ("번호", "제목", "글쓴이", "날짜", "조회수"))


def row(
    post_id: object = 5001,
    number: object = 31,
    title: str = "제목",
    *,
    shown: str | None = None,
    before: str = "",
    badges: str = "",
    writer: str = "총괄관리자",
    day: str = "2024-01-19",
    hits: str = "8",
    href: str | None = None,
) -> str:
    """A row whose second cell is never closed, as the templates have it."""
    address = href if href is not None else f"https://k-esg.example/post/{post_id}?page=2"
    return (
        f'<tr>\n<td>{number}</td>\n<td>{before} <a href="{address}" style="" title="{title}">{shown or title}</a>\n'
        f"{badges}\n<td>{writer}</td>\n<td>{day}</td>\n<td>{hits}</td>\n</tr>\n"
    )


def table(rows: str, heads: str = HEADS) -> str:
    return (
        '<form action="" method="post" name="fboardlist" id="fboardlist">\n<table class="table table-hover">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></form>"
    )


def paging(current: int, *others: int, said: str = "") -> str:
    links = "".join(f'<li><a href="/board/esgnews?page={page}">{page}</a></li>' for page in others)
    return f'<nav><ul class="pagination"><li class="active"><a>{current}{said}</a></li>{links}</ul></nav>'


def whole(content: str, head: str = "") -> bytes:
    return f'<!DOCTYPE html><html lang="ko"><head>{head}</head><body>{content}</body></html>'.encode()


def board(rows: str, after: str = "") -> bytes:
    return whole(f'<div class="board"><h3>ESG 정책뉴스</h3>{table(rows)}{after}</div>')


NOTICE = '<span class="label label-primary">공지</span>'
NOTHING = '<tr><td colspan="6" class="nopost">게시물이 없습니다</td></tr>'

WITH_ICONS = (
    '<li>한국생산성본부</li><li><i class="fa fa-comments"></i> 2</li><li><i class="fa fa-eye"></i> 1,346</li>'
    '<li><i class="fa fa-thumbs-up"></i> <span class="post-like">3</span></li>'
    '<li><i class="fa fa-thumbs-down"></i> <span class="post-dislike">1</span></li>'
    '<li><a href="javascript:;" id="btn-print"><i class="fa fa-print"></i> <span class="post-print">Print</span></a>'
    '</li><li>상태: 노출</li><li class="copy_post_url"><span><i class="fa fa-link"></i> 글주소</span></li>'
    '<li class="pull-right time"><i class="fa fa-clock-o"></i> 01-19</li>'
)
TEXT = (
    "<p>산업통상자원부는 희토류 공급망을 &lt;점검&gt;하였다.</p><p>&nbsp;</p><p>둘째 문단.<br>셋째 줄.</p>"
    f'<p>?</p><p>?</p><p>(2024.01.17 산업통상자원부)</p><p><a href="{ADDRESS.replace("&", "&amp;")}" target="_blank">'
    f"{ADDRESS.replace('&', '&amp;')}</a></p>"
)


def post(
    content: str = TEXT,
    *,
    title: str = "\n\t[환경] \n\t희토류 공급망 점검\n",
    under: str = "<p>담당부서 : 산업통상부</p>",
    info: str = WITH_ICONS,
    files: str = "",
    head: str = '<link rel="canonical" href="https://k-esg.example/post/5001" />',
    rows: str | None = None,
) -> bytes:
    """A post with the board's list beneath it, whose titles, figures and days are others."""
    beneath = rows if rows is not None else row(title="아래 목록의 제목", hits="777", day="2023-03-03")
    return whole(
        f'<div class="board">\n<h3>{title}</h3>{under}\n<ul class="info">{info}</ul>{files}'
        f'<script type="text/javascript">function file_download(link) {{ alert("받기"); }}</script>'
        f'<div class="contents-view"><div id="post-content">{content}</div></div>'
        '<div class="recommand"><a id="btn-post-like"><span class="post-like">3</span></a></div></div>'
        f'<div class="board"><h3>ESG 정책뉴스</h3>{table(beneath)}{paging(1, 2)}</div>',
        head,
    )


# --- the list ---


def test_a_row_has_its_whole_title_and_no_badges() -> None:
    badges = (
        '<span class="fa fa-download"></span><span class="label label-danger">Hot</span>'
        '<span class="label label-warning">New</span><span class="label label-warning">+12</span>'
    )
    rows = row(
        title="&quot;희토류&quot; A&amp;B 점검", shown="&quot;희토류&quot; A…", badges=badges, hits="12,345"
    ) + row(4990, 30)
    read = read_board(board(rows))
    first, second = read.rows
    assert (first.post_id, first.number, first.title, first.writer) == (5001, 31, '"희토류" A&B 점검', "총괄관리자")
    assert (first.day_raw, first.day, first.hits) == ("2024-01-19", date(2024, 1, 19), 12345)
    assert (second.post_id, second.number, read.notices, read.unreadable) == (4990, 30, (), ())


@pytest.mark.parametrize(
    "before",
    [
        '<a href="/board/esgnews?category_id=3"><span class="label label-default">환경</span></a>',
        '<span class="label label-primary" style="margin-left:10px">Re</span>',
    ],
)
def test_a_label_before_the_title_is_no_part_of_it(before: str) -> None:
    [read] = read_board(board(row(before=before))).rows
    assert (read.post_id, read.title) == (5001, "제목")


@pytest.mark.parametrize("href", ["/post/77", "https://k-esg.example/post/77?page=13", "/post/77/", "post/77?page=1"])
def test_a_post_is_known_by_its_address(href: str) -> None:
    assert [each.post_id for each in read_board(board(row(href=href))).rows] == [77]


def test_notices_are_kept_apart() -> None:
    read = read_board(board(row(9, NOTICE, "공지입니다") + row()))
    assert [(each.post_id, each.number) for each in read.notices] == [(9, None)]
    assert [each.post_id for each in read.rows] == [5001]
    past_the_end = read_board(board(row(9, NOTICE, "공지입니다")))
    assert (past_the_end.rows, len(past_the_end.notices)) == ((), 1)


def test_the_paging_says_which_page_it_is_and_how_far_it_goes() -> None:
    read = read_board(board(row(), paging(3, 1, 2, 4, 164)))
    assert (read.number, read.pages) == (3, 164)
    last = read_board(board(row(), paging(164, 1, 163)))
    assert (last.number, last.pages) == (164, 164)
    spoken = read_board(board(row(), paging(2, 1, said='<span class="sr-only"> (current)</span>')))
    assert (spoken.number, spoken.pages) == (2, 2)
    single = read_board(board(row()))
    assert (single.number, single.pages) == (None, None)


def test_an_empty_board_says_so() -> None:
    read = read_board(board(NOTHING))
    assert (read.rows, read.notices, read.unreadable) == ((), (), ())
    with pytest.raises(UnreadablePage, match="without the board's word"):
        read_board(board(""))
    with pytest.raises(UnreadablePage, match="says it is empty and shows 1"):
        read_board(board(NOTHING + row()))


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row(6, href="/board/esgnews"), "0 links to posts"),
        (row(6, before='<a href="/post/7">x</a>'), "2 links to posts"),
        (row(6, title="", shown="보이는 제목"), "no title"),
        (row(6, number="»"), "no number"),
        (row(6, hits="많음"), "no hits"),
        (row(6, day=""), "no title, writer or day"),
        (row(6).replace("<td>8</td>", ""), "4 cells"),
        (row(6, href="https://[bad/post/6"), ""),
    ],
)
def test_a_row_that_cannot_be_read_is_told_of_and_none_is_readable_is_no_list(bad: str, reason: str) -> None:
    read = read_board(board(row() + bad))
    assert len(read.rows) == 1
    assert len(read.unreadable) == 1
    assert reason in read.unreadable[0]
    with pytest.raises(UnreadablePage, match="none of whose 1 rows can be read"):
        read_board(board(bad))


def test_a_day_without_its_year_stays_raw() -> None:
    [read] = read_board(board(row(day="01-19"))).rows
    assert (read.day_raw, read.day) == ("01-19", None)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty answer"),
        (board(row())[:-20], "cut off"),
        (whole("<h1>시스템 점검 중입니다</h1>"), "no table of posts"),
        (
            b'<meta charset="utf-8"><script>alert("\xec\xa0\x91\xea\xb7\xbc\xeb\xb6\x88\xea\xb0\x80");</script>',
            "접근불가",
        ),
        (whole(table(row(), HEADS.replace("날짜", "추천"))), "other columns"),
        (whole(table(row()) + table(row())), "no table of posts"),
        (post(), "but a post"),
        (board(row(), paging(1, 2) + paging(2, 1)), "which page it is"),
        (whole("x").replace(b"x", b"\xff"), "not UTF-8"),
    ],
)
def test_what_is_no_list_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(UnreadablePage, match=reason):
        read_board(body)


# --- a post ---


def test_a_post_is_read_with_all_its_fields() -> None:
    files = (
        '<ul class="list-group"><li class="list-group-item list-group-item-info">Download</li>'
        "<li class=list-group-item><a href=\"javascript:file_download('/down/1')\">붙임 (수정).hwpx(1.2 MB)</a>"
        '<span class="time"><i class="fa fa-clock-o"></i> 2023-05-05</span><span class="badge">9</span></li></ul>'
    )
    read = read_post(post(files=files))
    assert (read.post_id, read.title, read.department) == (5001, "[환경] 희토류 공급망 점검", "산업통상부")
    assert (read.writer, read.comments, read.hits) == ("한국생산성본부", 2, 1346)
    assert (read.likes, read.dislikes, read.day_raw) == (3, 1, "01-19")
    assert read.source_line == "(2024.01.17 산업통상자원부)"
    assert read.links == (ADDRESS,)
    assert read.attachments == ("붙임 (수정).hwpx",)
    lines = [line for line in read.text.split("\n") if line]
    assert lines[:3] == ["산업통상자원부는 희토류 공급망을 <점검>하였다.", "둘째 문단.", "셋째 줄."]
    assert lines[-2:] == ["(2024.01.17 산업통상자원부)", ADDRESS]
    assert "아래 목록" not in read.text


BARE = (
    "<li>총괄관리자</li>{counts}<li>Print</li><li>상태: 노출</li><li>https://k-esg.example/post/5001</li><li>01-19</li>"
)


def bare(*counts: object) -> str:
    return BARE.format(counts="".join(f"<li>{count}</li>" for count in counts))


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        (bare(0, 346, 5, 1), (0, 346, 5, 1)),
        (bare(0, "1,346"), (0, 1346, None, None)),
        (bare(0, 346, '<span class="post-like">7</span>', '<span class="post-dislike">2</span>'), (0, 346, 7, 2)),
        (bare(0, 346, '<span class="post-dislike">2</span>'), (0, 346, None, 2)),
        (bare('<i class="fa fa-eye"></i>346', '<i class="fa fa-comments"></i>0'), (0, 346, None, None)),
        (bare(), (None, None, None, None)),
    ],
)
def test_figures_are_told_apart_by_icon_and_without_one_by_place(info: str, expected: tuple) -> None:
    read = read_post(post(info=info))
    assert (read.comments, read.hits, read.likes, read.dislikes) == expected
    assert (read.writer, read.day_raw) == ("총괄관리자", "01-19")


@pytest.mark.parametrize(
    ("info", "reason"),
    [
        (bare(0, 346, 5), "3 figures"),
        (bare(0, '<i class="fa fa-eye"></i>1.3k'), "hits is '1.3k'"),
        ('<li><i class="fa fa-comments"></i> 0</li><li>01-19</li>', "who wrote it"),
        ("", "who wrote it"),
        ("<li>총괄관리자</li><li>0</li><li>3</li>", "when it was posted"),
        (WITH_ICONS.replace("01-19", "3일전"), "when it was posted"),
    ],
)
def test_figures_and_days_that_cannot_be_told_are_refused(info: str, reason: str) -> None:
    with pytest.raises(UnreadablePage, match=reason):
        read_post(post(info=info))


@pytest.mark.parametrize("printed", ["01-19", "14:05", "2024-01-19", "01-19 14:05", "2024-01-19 14:05"])
def test_a_posts_day_is_kept_as_printed(printed: str) -> None:
    assert read_post(post(info=WITH_ICONS.replace("01-19", printed))).day_raw == printed


def test_the_address_of_a_commenter_is_no_day() -> None:
    info = WITH_ICONS + '<li class="pull-right time"><i class="fa fa-map-marker"></i> 10.0.0.1</li>'
    assert read_post(post(info=info)).day_raw == "01-19"


@pytest.mark.parametrize(
    ("under", "department"),
    [
        ("<div><strong>담당부서</strong> : 산업통상부</div>", "산업통상부"),
        ("\n담당부서 : 기후에너지환경부\n", "기후에너지환경부"),
        ("<strong>담당부서 :</strong> 산업통상부", "산업통상부"),
        ("<p>담당부서 : </p>", None),
        ("", None),
    ],
)
def test_the_department_stands_under_the_title(under: str, department: str | None) -> None:
    text = "<p>담당부서 : 산업정책과 홍길동(044-000-0000)</p>"
    assert read_post(post(text + TEXT, under=under)).department == department


def test_a_department_inside_the_title_is_refused() -> None:
    with pytest.raises(UnreadablePage, match="without a title"):
        read_post(post(title="제목<br><small>담당부서 : 산업통상부</small>"))


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("<p>(2025.07.10, 산업통상자원부)</p>", "(2025.07.10, 산업통상자원부)"),
        (f"<p>(2025.07.10 산업통상자원부) {ADDRESS}</p>", "(2025.07.10 산업통상자원부)"),
        (f"<p>2025.07.10 산업통상자원부</p><p>{ADDRESS}</p><p>?</p>", "2025.07.10 산업통상자원부"),
        ("<p>? (2025.07.10 환경부)</p><p>붙임 파일을 참고하세요.</p>", "(2025.07.10 환경부)"),
        ("<p>2025.07.10 산업통상자원부</p><p>이어지는 문단이다.</p>", None),
        ("<p>(2025.07.10 환경부)</p>" + "<p>이어지는 문단이다.</p>" * 5, None),
        ("<p>(2025.02.30 환경부)</p>", None),
        ("", None),
    ],
)
def test_the_source_line_is_found_at_the_end(end: str, expected: str | None) -> None:
    read = read_post(post(f"<p>본문이다.</p>{end}"))
    assert read.source_line == expected
    assert expected is None or read_source_line(expected).day.year == 2025


@pytest.mark.parametrize(
    ("content", "links"),
    [
        (f"<p>{ADDRESS.replace('&', '&amp;')}</p>", (ADDRESS,)),
        (f'<p><a href="{ADDRESS}">원문 보기</a></p>', (ADDRESS,)),
        (f'<p><a href="{ADDRESS}">{ADDRESS[:50]}…</a></p>', (ADDRESS,)),
        ("<p>https://www.korea.kr/briefing/pressReleaseView.do?newsId=1560…</p>", ()),
        ("<p>(https://m.korea.kr/news/pressReleaseView.do?newsId=156000002).</p>",
         ("https://m.korea.kr/news/pressReleaseView.do?newsId=156000002",)),
        ("<p>https://www.korea.kr/a?newsId=15600<b>0003</b></p>", ("https://www.korea.kr/a?newsId=156000003",)),
        ("<p>www.korea.kr/a?newsId=1 www.notkorea.kr/a?newsId=2 a@korea.kr/x</p>", ("www.korea.kr/a?newsId=1",)),
        ('<p><a href="https://www.korea.kr/a?newsId=1">https://www.korea.kr/a?newsId=2</a></p>',
         ("https://www.korea.kr/a?newsId=1", "https://www.korea.kr/a?newsId=2")),
        ('<p><a href="https://www.korea.kr/a?srchWord=희토류 점검&amp;newsId=1">원문</a></p>',
         ("https://www.korea.kr/a?srchWord=희토류 점검&newsId=1",)),
        ("<p>주소가 없다.</p>", ()),
    ],
)  # fmt: skip
def test_addresses_of_korea_kr_are_taken_whole(content: str, links: tuple[str, ...]) -> None:
    assert read_post(post(content)).links == links


@pytest.mark.parametrize("message", ["존재하지 않는 게시물입니다", "이 글을 볼 권한이 없습니다"])
def test_an_alert_is_no_post(message: str) -> None:
    body = f'<meta charset="utf-8"><script type="text/javascript">alert("{message}");history.go(-1);</script>'.encode()
    with pytest.raises(NotARelease, match=message):
        read_post(body)


def test_a_post_in_the_waste_bin_is_no_post() -> None:
    content = (
        '<div class="alert alert-danger">이 게시물은 총괄관리자님에 의해 2024-02-01 10:00:00 에 삭제 되었습니다</div>'
    )
    with pytest.raises(NotARelease, match="삭제"):
        read_post(post(content, title="게시물이 삭제되었습니다"))
    assert read_post(post(content + TEXT)).source_line


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (post()[:-9], "cut off"),
        (board(row()), "0 places for a text"),
        (whole("<h1>시스템 점검 중입니다</h1><script>alert('점검')</script><div class='board'></div>"), "0 places"),
        (post(title=" "), "without a title"),
        (post(TEXT + '<div id="post-content">둘째</div>'), "2 places for a text"),
        (post().replace(b"</div></div><div class=\"recommand\"", b"<div class=\"recommand\""), "no end"),
        (post(head='<link rel="canonical" href="/post/1"><meta property="og:url" content="/post/2">'), "2 posts"),
    ],
)  # fmt: skip
def test_what_is_no_post_is_refused_and_never_taken_for_a_deleted_one(body: bytes, reason: str) -> None:
    with pytest.raises(UnreadablePage, match=reason) as refused:
        read_post(body)
    assert not isinstance(refused.value, NotARelease)


def test_another_post_than_asked_for_is_not_believed() -> None:
    read = read_post(post())
    read.require_identity(5001, "희토류 공급망 점검")
    with pytest.raises(UnreadablePage, match="asked for post 5002, got 5001"):
        read.require_identity(5002, "희토류 공급망 점검")
    nameless = read_post(post(head=""))
    assert nameless.post_id is None
    nameless.require_identity(5001, "희토류 공급망 점검")
    with pytest.raises(UnreadablePage, match="another title"):
        nameless.require_identity(5001, "다른 제목")


@given(st.integers(0, len(post()) - 1))
def test_a_post_that_was_cut_off_is_never_a_shorter_post(length: int) -> None:
    if post()[length:].strip():
        with pytest.raises(UnreadablePage):
            read_post(post()[:length])


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_with_a_reason(body: bytes) -> None:
    for read in (read_board, read_post):
        with pytest.raises(UnreadablePage):
            read(body)
        with pytest.raises(UnreadablePage):
            read(whole("").replace(b"<body>", b"<body>" + body))


# --- the day of a post ---

TODAY = date(2025, 3, 3)


def posted(day_raw: str, listed: date | None = None, source: date | None = None) -> PostedDay:
    return read_posted_day(day_raw, listed=listed, source_day=source, today=TODAY)


@pytest.mark.parametrize(
    ("day_raw", "source", "expected"),
    [
        ("01-19", date(2024, 1, 17), date(2024, 1, 19)),
        ("01-17", date(2024, 1, 17), date(2024, 1, 17)),
        ("01-02", date(2023, 12, 28), date(2024, 1, 2)),
        ("02-29", date(2024, 2, 27), date(2024, 2, 29)),
        ("2024-01-19", None, date(2024, 1, 19)),
        ("2024-01-19 14:05", None, date(2024, 1, 19)),
        ("14:05", None, TODAY),
        ("14:05", date(2025, 3, 1), TODAY),
    ],
)
def test_the_year_follows_from_the_source_line(day_raw: str, source: date | None, expected: date) -> None:
    assert posted(day_raw, source=source) == PostedDay(expected)
    assert posted(day_raw, expected, source) == PostedDay(expected)


@given(st.dates(date(2010, 1, 1), date(2025, 2, 1)), st.integers(0, 30))
def test_every_lag_of_a_month_has_the_right_year(released: date, lag: int) -> None:
    day = released + timedelta(lag)
    assert posted(f"{day:%m-%d}", source=released) == PostedDay(day)
    assert posted(f"{day:%m-%d}", day, released) == PostedDay(day)
    assert posted(f"{day:%m-%d}", day) == PostedDay(day)


@pytest.mark.parametrize(
    ("day_raw", "listed", "source"),
    [
        ("01-19", date(2024, 1, 19), date(2024, 1, 20)),
        ("01-19", date(2024, 1, 19), date(2023, 1, 17)),
        ("01-19", date(2024, 1, 20), date(2024, 1, 17)),
        ("01-19", date(2024, 1, 20), None),
        ("14:05", date(2024, 1, 20), None),
        ("어제", date(2024, 1, 20), None),
    ],
)
def test_the_lists_full_day_wins_and_what_contradicts_it_is_said(day_raw: str, listed: date, source: date) -> None:
    read = posted(day_raw, listed, source)
    assert read.day == listed
    assert read.doubt


def test_a_post_long_after_its_release_is_doubted() -> None:
    read = posted("01-15", source=date(2024, 1, 17))
    assert (read.day, read.doubt) == (date(2025, 1, 15), "posted 2025-01-15, 364 days after its source line's day")


@pytest.mark.parametrize(
    ("day_raw", "source"), [("01-19", None), ("03-04", date(2025, 3, 3)), ("13-45", date(2024, 1, 17)), ("어제", None)]
)
def test_a_day_that_nothing_tells_is_refused(day_raw: str, source: date | None) -> None:
    with pytest.raises(UnreadableDate):
        posted(day_raw, source=source)
