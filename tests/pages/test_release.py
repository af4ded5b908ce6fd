"""Release pages: what the page says, or the reason why it is none."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.demo import Attachment
from harvester.demo.faults import cut_point, redesigned
from harvester.demo.rendering import render_alert, stored, viewer_folder
from harvester.pages import NotARelease, UnreadablePage
from harvester.pages.markup import clean
from harvester.pages.release import LARGEST_ALERT, read_release

from .making import DAY, hand_view, listing, releases, view

FILES = (
    Attachment("198000003", "붙임 · 1. 계획(안).hwpx"),
    Attachment("198000001", "240117 보도자료  최종.PDF"),
    Attachment("198000002", "사진 & 도표.zip"),
)
RELEASE = replace(
    releases(1)[0],
    title="｢가·나｣  & <다> 추진",
    ministry="환경부",
    published=datetime(2024, 1, 17, 9, 30, 5),
    attachments=FILES,
    body=None,
    licence=1,
)


def test_a_whole_page_says_what_a_person_sees() -> None:
    read = read_release(view(RELEASE, side=releases(5)))
    assert (read.news_id, read.day, read.ministry) == (RELEASE.news_id, "2024.01.17", "환경부")
    assert clean(read.title) == "｢가·나｣ & <다> 추진"
    assert read.published == "2024-01-17T09:30:05+09:00"
    assert read.licence == "공공누리 공공저작물 자유이용허락 1유형 출처표시"
    assert read.body is None


def test_the_address_of_the_viewer_is_read() -> None:
    viewer = read_release(view(RELEASE)).viewer
    assert viewer is not None
    assert viewer_folder(RELEASE) in viewer


def test_files_come_in_the_order_of_the_page_with_name_and_address() -> None:
    read = read_release(view(RELEASE)).attachments
    assert [(each.file_id, clean(each.name)) for each in read] == [
        (each.file_id, " ".join(each.name.split())) for each in FILES
    ]
    assert {each.path for each in read} == {f"/common/download.do?fileId={each.file_id}&tblKey=GMN" for each in FILES}


def test_a_page_without_files_or_licence_has_none() -> None:
    read = read_release(view(replace(RELEASE, attachments=(), licence=None)))
    assert (read.attachments, read.licence) == ((), None)


@pytest.mark.parametrize("kind", [0, 1, 2, 3, 4])
def test_the_licence_is_told_as_printed(kind: int) -> None:
    assert f"{kind}유형" in str(read_release(view(replace(RELEASE, licence=kind))).licence)


def test_every_generated_release_is_read_back() -> None:
    for release in releases(30):
        read = read_release(view(release))
        read.require_identity(release.news_id, release.title)
        assert clean(read.title) == " ".join(release.title.split())
        assert read.ministry == release.ministry
        assert read.published == f"{release.published:%Y-%m-%dT%H:%M:%S}+09:00"
        assert [each.file_id for each in read.attachments] == [each.file_id for each in release.attachments]
        assert (read.body is None) == (release.body is None)


def test_another_release_than_the_one_asked_for_is_refused() -> None:
    read = read_release(view(RELEASE))
    read.require_identity(RELEASE.news_id, "another title: the number decides")
    with pytest.raises(UnreadablePage, match=f"asked for newsId 1, got {RELEASE.news_id}"):
        read.require_identity("1", RELEASE.title)


def test_a_page_that_names_no_news_id_is_known_by_its_title() -> None:
    read = read_release(hand_view(canonical="https://www.korea.kr/", script='{"@type": "NewsArticle"}'))
    assert read.news_id is None
    read.require_identity("156000001", f" {read.title} ")
    with pytest.raises(UnreadablePage, match="names none"):
        read.require_identity("156000001", "다른 제목")


def test_an_empty_page_is_no_release() -> None:
    """What a deleted newsId answers is open: the listing of now decides whether the release is gone."""
    with pytest.raises(NotARelease, match="empty page"):
        read_release(b" ")


@pytest.mark.parametrize("written", [b"class='view_title'", b'class="v5 view_title"', b"class=view_title"])
def test_the_title_may_be_written_otherwise(written: bytes) -> None:
    page = view(RELEASE)
    assert b'class="view_title"' in page
    assert read_release(page.replace(b'class="view_title"', written)) == read_release(page)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_title_encoded_several_times(times: int) -> None:
    printed = stored(RELEASE.title)
    for _ in range(times - 1):
        printed = printed.replace("&", "&amp;")
    assert clean(read_release(hand_view(title=f"<h1>{printed}</h1>")).title) == "｢가·나｣ & <다> 추진"


# --- the text, for the few pages that have it ---


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("첫 줄<br/>\r\n둘째 줄", "첫 줄\n둘째 줄"),
        ("<p>첫 문단</p><p>둘째 문단</p>", "첫 문단\n\n둘째 문단"),
        ("<div><p>첫</p>\n\n\n\n<p>둘째</p></div>", "첫\n\n둘째"),
        ("원문의\n줄바꿈은   빈칸", "원문의 줄바꿈은 빈칸"),
        ("<p>주<b>택</b>공<span>급</span></p>", "주택공급"),
        ("<ul><li>하나</li><li>둘</li></ul>", "하나\n\n둘"),
        (
            "<table><tr><th>구분</th><th>금액</th></tr><tr><td>가</td><td>1,000</td></tr></table>",
            "구분\t금액\n\n가\t1,000",
        ),
        ("앞<script>var x = 1;</script><style>p{}</style>뒤", "앞뒤"),
        ("앞<!-- 주석 -->뒤", "앞뒤"),
        ("&lt;홍길동 대변인&gt; 브리핑", "<홍길동 대변인> 브리핑"),
        ("가 &lt;나 &amp; 다", "가 <나 & 다"),
        ("", None),
        (" \n\t ", None),
        ('<p class="remark">“이 자료는 환경부의 보도자료를 전재하여 제공함을 알려드립니다.”</p>', None),
        ('본문<p class="remark">전재</p>', "본문"),
        ('<div class="docConversion"><iframe id="content_press" src="/docViewer/x"></iframe></div>본문', "본문"),
    ],
)
def test_the_text_on_the_page(content: str, text: str | None) -> None:
    body = read_release(hand_view(content)).body
    assert body == text


def test_paragraphs_of_a_generated_text_are_lines() -> None:
    body = "첫 문단 <홍길동 대변인>\n\n○ 둘째 · 문단\n* 담당자: 예방과 (044-000-0000)"
    assert read_release(view(replace(RELEASE, body=body))).body == body


def test_cells_of_a_row_stay_apart_and_rows_stay_lines() -> None:
    rows = "".join(f"<tr><td>{n}</td><td>값 {n}</td></tr>" for n in range(3))
    body = read_release(hand_view(f"<table><tbody>{rows}</tbody></table>")).body
    assert body is not None
    assert [line.split("\t")[:2] for line in body.split("\n") if line] == [["0", "값 0"], ["1", "값 1"], ["2", "값 2"]]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(alphabet="가나 <>&\"'·ab1", min_size=1, max_size=20).filter(str.strip), min_size=1, max_size=5))
def test_words_are_neither_lost_nor_added(lines: list[str]) -> None:
    escaped = [line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for line in lines]
    body = read_release(hand_view("<br/>".join(escaped))).body
    assert body is not None
    assert [line for line in body.split("\n") if line] == [" ".join(line.split()) for line in lines]


def test_the_tooltip_is_not_part_of_the_ministry() -> None:
    page = hand_view(ministry='<a class="gotosite">\n 환경부 <i class="tooltip">부처별 뉴스 이동</i>\n</a>')
    assert read_release(page).ministry == "환경부"
    by_article = read_release(hand_view(ministry=""))
    assert (by_article.ministry, by_article.author) == ("", "환경부")
    highlighted = '<a class="gotosite"><b>환경</b>부<i>부처별 뉴스 이동</i></a>'
    assert read_release(hand_view(ministry=highlighted)).ministry == "환경부"


def test_a_file_offered_twice_is_one_file() -> None:
    link = '<p><a href="/common/download.do?fileId={0}&amp;tblKey=GMN">{1}</a></p>'
    files = "".join(link.format(*each) for each in ((2, "b.pdf"), (1, "a.hwp"), (2, "b.pdf")))
    read = read_release(hand_view(files=f'<div class="filedown"><dl><dd>{files}</dd></dl></div>'))
    assert [(each.file_id, each.name) for each in read.attachments] == [("2", "b.pdf"), ("1", "a.hwp")]


# --- what is refused ---


@pytest.mark.parametrize("message", ["해당 게시물이 존재하지 않습니다.", "삭제된 글입니다", ""])
def test_the_sites_word_that_there_is_none_is_told(message: str) -> None:
    with pytest.raises(NotARelease, match="no release") as refused:
        read_release(render_alert(message))
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("<html><body>시스템 점검 중입니다</body></html>".encode(), "not a release"),
        (hand_view().replace(b"NewsArticle", b"Organization"), "no NewsArticle"),
        (hand_view().replace(b"view_title", b"tit_v6"), "not a release"),
        (hand_view(title="<h1> </h1>"), "without a title"),
        (hand_view(title=""), "without a title"),
        (hand_view().replace(b'class="view_cont"', b'class="x"'), "view_cont"),
        (hand_view(script='{"@type": "NewsArticle", '), "not JSON"),
        (hand_view(canonical="https://www.korea.kr/briefing/pressReleaseView.do?newsId=156000002"), "2 newsIds"),
        (hand_view("가나다").replace("가나다".encode(), "가나다".encode("cp949")), "UTF-8"),
    ],
)
def test_what_is_no_release_is_refused_with_the_reason(page: bytes, why: str) -> None:
    with pytest.raises(UnreadablePage, match=why) as refused:
        read_release(page)
    assert not isinstance(refused.value, NotARelease)


def test_a_redesign_or_a_listing_is_unreadable_not_deleted() -> None:
    for page in (redesigned(view(RELEASE)), listing(releases(3)), listing([])):
        with pytest.raises(UnreadablePage) as refused:
            read_release(page)
        assert not isinstance(refused.value, NotARelease)


def test_a_redesign_with_scripts_of_its_own_is_not_a_deletion() -> None:
    page = redesigned(view(RELEASE))
    script = "<script>function srchMain() { alert('검색어를 입력해주세요'); }</script></head>".encode()
    with pytest.raises(UnreadablePage) as refused:
        read_release(page.replace(b"</head>", script))
    assert not isinstance(refused.value, NotARelease)


def test_only_a_page_that_is_little_more_than_an_alert_says_that_there_is_no_release() -> None:
    alert = render_alert("삭제된 글입니다").replace(b"</html>", b"")
    small = alert + b" " * (LARGEST_ALERT - len(alert) - len(b"</html>")) + b"</html>"
    assert len(small) == LARGEST_ALERT
    with pytest.raises(NotARelease, match="삭제된 글입니다"):
        read_release(small)
    with pytest.raises(UnreadablePage) as refused:
        read_release(small.replace(b"</html>", b" </html>"))
    assert not isinstance(refused.value, NotARelease)


@pytest.mark.parametrize("body", [None, "첫 문단\n둘째 문단"])
def test_a_page_cut_off_anywhere_is_refused(body: str | None) -> None:
    page = view(replace(RELEASE, body=body))
    for at in [*range(0, len(page) - 10, 97), cut_point(page)]:
        with pytest.raises(UnreadablePage):
            read_release(page[:at])


_PAGE = bytearray(hand_view("본문 &lt;가&gt;<br/>둘째<table><tr><td>1</td></tr></table>", files="<div><p></p></div>"))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_flipped_bytes_never_raise_anything_else(data: st.DataObject) -> None:
    page = bytearray(_PAGE)
    for _ in range(data.draw(st.integers(1, 12))):
        page[data.draw(st.integers(0, len(page) - 1))] = data.draw(
            st.sampled_from([*range(32, 127), 0, 10, 0xFF, 0xEA])
        )
    with suppress(UnreadablePage):
        read_release(bytes(page))


@pytest.mark.parametrize(
    "script",
    ["", "[]", "null", '"NewsArticle"', '["NewsArticle"]', '{"@type": ["NewsArticle"]}', '{"x": "NewsArticle"}'],
)
def test_odd_json_is_no_release(script: str) -> None:
    with pytest.raises(UnreadablePage):
        read_release(hand_view(script=script))


@pytest.mark.parametrize("value", ["null", "1", "[]", '{"name": null}', '"x"'])
def test_odd_values_in_the_json_do_no_harm(value: str) -> None:
    script = f'{{"@type": "NewsArticle", "author": {value}, "datePublished": {value}, "mainEntityOfPage": {value}}}'
    read = read_release(hand_view(script=script))
    assert (read.news_id, read.ministry) == ("156000001", "환경부")
    assert DAY.isoformat().replace("-", ".") == read.day


def test_a_page_nested_without_end_is_read_or_refused() -> None:
    with suppress(UnreadablePage):
        assert read_release(hand_view("<div>" * 3000 + "깊은 글")).body == "깊은 글"


def test_json_nested_without_end_is_refused() -> None:
    with pytest.raises(UnreadablePage):
        read_release(hand_view(script=f'{{"@type": "NewsArticle", "x": {"[" * 100_000}'))


@pytest.mark.parametrize(
    "page",
    [
        hand_view(canonical="https://[x/?newsId=156000001"),
        hand_view(files='<div class="filedown"><dl><dd><p><a href="//[x?fileId=1">a</a></p></dd></dl></div>'),
    ],
)
def test_a_broken_address_is_refused_or_left_out(page: bytes) -> None:
    with suppress(UnreadablePage):
        assert read_release(page).attachments == ()


def test_one_damaged_byte_never_raises_anything_else() -> None:
    files = '<div class="filedown"><dl><dd><p><a \x01="" href="?fileId=1">a</a></p></dd></dl></div>'
    with suppress(UnreadablePage):
        read_release(hand_view(files=files))
