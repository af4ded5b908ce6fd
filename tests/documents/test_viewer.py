"""What is read from pages of the document viewer."""

from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.documents import UnreadableDocument
from harvester.documents.reading import read

WORDS = st.text(st.sampled_from("가나다라힣abcXYZ019.,<>&\"'·○"), min_size=1, max_size=12)
PARAGRAPHS = st.lists(st.lists(WORDS, min_size=1, max_size=20).map(" ".join), min_size=1, max_size=8)


def page(body: str, charset: str = "utf-8") -> bytes:
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}"><title>문서 뷰어</title>'
    return f"<!DOCTYPE html>\n<html><head>{head}</head>\n<body>\n{body}\n</body></html>".encode(charset)


def lines(body: str) -> list[str]:
    return read(page(body), "1.html").text.split("\n")


def spans(text: str, size: int) -> str:
    pieces = (text[start : start + size] for start in range(0, len(text), size))
    return "".join(f'<span class="c{index}">{escape(piece)}</span>' for index, piece in enumerate(pieces))


@given(PARAGRAPHS, st.integers(1, 6), st.sampled_from(["p", "div", "li", "h3"]))
def test_each_block_is_a_line_however_its_words_are_split(paragraphs: list[str], size: int, tag: str) -> None:
    body = "\n".join(f"<div><{tag}>{spans(text, size)}</{tag}></div>" for text in paragraphs)
    document = read(page(body), "1.html")
    assert (document.text.split("\n"), document.kind) == (paragraphs, "viewer")


def test_a_space_may_have_a_span_of_its_own() -> None:
    assert lines("<p><span>산업</span><span>통상부</span><span>&nbsp;</span><span>장관</span></p>") == [
        "산업통상부 장관"
    ]
    assert lines("<p><span>산업통상부</span><span> </span><span>장관</span></p>") == ["산업통상부 장관"]


def test_entities_are_decoded_once() -> None:
    assert lines("<p>&lt;가&gt; R&amp;D &amp;middot; &#xAC00;</p>") == ["<가> R&D &middot; 가"]


def test_pieces_that_are_placed_one_by_one() -> None:
    def at(top: float, left: int, text: str) -> str:
        return f'<span style="position:absolute; top:{top}px; left:{left}px">{text}</span>\n'

    body = at(100, 10, "산업") + at(100, 40, "통상부") + at(98.5, 70, "1)") + at(120, 10, "둘째") + at(120, 30, " 줄")
    assert lines(f"<div>{body}</div>") == ["산업통상부1)", "둘째 줄"]
    assert lines(body.replace("span", "div")) == ["산업", "통상부", "1)", "둘째", "줄"]


def test_rows_and_frames() -> None:
    assert lines(
        "<table><colgroup><col></colgroup><tbody><tr><th>구분</th><td><p>하나</p><p>둘</p></td><td></td><td>셋</td></tr>"
        "</tbody></table><table><tr><td><p>틀 안의</p><p>두 문단</p></td></tr></table>"
    ) == ["구분\t하나 둘\t\t셋", "틀 안의", "두 문단"]


def test_line_breaks_end_lines() -> None:
    assert lines("앞<br>뒤<br/>끝") == ["앞", "뒤", "끝"]


def test_scaffolding_is_left_out() -> None:
    body = (
        "<script>var a = '<p>아님</p>';</script><style>p { color: red }</style><nav><a>다음 쪽</a></nav>"
        '<button>확대</button><div style="display: none">숨김</div><p hidden>숨김</p><!-- 숨김 --><p>본문</p>'
    )
    assert lines(body) == ["본문"]


@pytest.mark.parametrize("charset", ["utf-8", "euc-kr", "cp949"])
def test_charsets(charset: str) -> None:
    text = "한글 문서 뷰어"
    assert read(page(f"<p>{text}</p>", charset), "1.html").text == text
    assert read(f"<p>{text}</p>".encode(charset), "1.html").text == text


def test_euc_kr_means_what_windows_means_by_it() -> None:
    content = page("<p>똠방각하 펲시콜라</p>", "cp949").replace(b"charset=cp949", b"charset=euc-kr")
    assert read(content, "1.html").text == "똠방각하 펲시콜라"


def test_a_wrong_charset_does_not_garble() -> None:
    content = page("<p>한글</p>", "cp949").replace(b"charset=cp949", b"charset=utf-8")
    assert read(content, "1.html").text == "한글"
    assert read(b"\xef\xbb\xbf" + page("<p>한글</p>"), "1.html").text == "한글"


@pytest.mark.parametrize("depth", [200, 300, 400])
def test_tags_that_nobody_closes_lose_nothing(depth: int) -> None:
    assert lines("<p>앞 " + "<font>가" * depth + "<p>뒤") == [f"앞 {'가' * depth}", "뒤"]


def test_too_many_of_them_are_refused_rather_than_cut() -> None:
    assert reason(page("<span>가" * 50_000)) == "damaged: nested too deeply"


def reason(content: bytes) -> str:
    with pytest.raises(UnreadableDocument) as refused:
        read(content, "1.html")
    return refused.value.reason


def test_what_is_refused() -> None:
    assert reason(page("")).startswith("empty: ")
    assert reason(b"<script type='text/javascript'>alert('none');history.back();</script>").startswith("empty: ")
    assert reason(page('<div><img src="1.png"></div>')) == "scanned images"
    assert reason(b"<html><body>\xff\xff\xfe\xc0\x80</body></html>").startswith("damaged: ")


def text_or_reason(content: bytes) -> str:
    try:
        return read(content, "1.html").text
    except UnreadableDocument as refused:
        return refused.reason


@given(PARAGRAPHS, st.sampled_from(["utf-8", "cp949"]), st.data())
def test_a_page_that_is_cut_anywhere_is_refused_or_read_whole(paragraphs: list[str], charset: str, data: Any) -> None:
    whole = page("".join(f"<p>{escape(text)}</p>" for text in paragraphs), charset)
    cut = whole[: data.draw(st.integers(whole.index(b"<html") + 6, len(whole) - 1))]
    found = text_or_reason(cut)
    assert found == text_or_reason(whole) or found.startswith("damaged: ")


@pytest.mark.parametrize(
    "cut",
    [
        "<html><body><p>글</p>",
        "<html><head><title>1</title></head><body><p>글</p><!-- </body></html>",
        "<html><body><p>글</p><script>document.write('</body></html>')",
        "<html><body><p>하나</p></body></html><html><body><p>둘</p>",
        "<BODY class='a'><p>글</p>",
        "<p>글</p><p>두 번째</p",
        "<p>글</p><",
        "<p>글</p><!-",
        "<p>글</p><img src='1.png",
        "<p>글 &nbs",
        "<p>글 &#4403",
        "<p>글 &#",
    ],
)
def test_a_page_without_its_end_is_damaged(cut: str) -> None:
    assert reason(cut.encode()).startswith("damaged: cut off: ")


def test_a_page_that_ends_inside_a_character_is_damaged() -> None:
    assert reason("<p>가나다".encode()[:-1]).startswith("damaged: cut off: ")


@pytest.mark.parametrize(
    "whole",
    [
        "<p>글</p>",
        "<p>글</p></html>",
        "<html><p>글</p></html>",
        "<html><body><p>글</p></body>",
        "<html><body><p>글</p></html>\n<!-- 2 ms -->\n",
        "<HTML><BODY><P>글</P></BODY ></HTML\n>",
        "<html><body><p>글</p><script>var a = '<html><body>';</script></body></html>",
        "<html><body><p>글</p></body></html><!-- <html> -->",
    ],
)
def test_a_page_that_is_whole_however_it_ends(whole: str) -> None:
    assert read(whole.encode(), "1.html").text == "글"


def test_signs_that_only_look_like_a_cut() -> None:
    assert read("<p>가 &lt; 나</p> 3 < 5".encode(), "1.html").text == "가 < 나\n3 < 5"
    assert read("<p>글</p>R & D &amp;".encode(), "1.html").text == "글\nR & D &"


@pytest.mark.parametrize(
    "page",
    [
        "<html><head><script src='a.js'/></head><body>가나다</body></html>",
        "<html><body><svg><style/></svg>가나다</body></html>",
        "<html><body><!-->가나다<!---></body></html>",
        "<html><body>가나다<!-- 끝 --!></body></html>",
        "<html><body>가나다</body></html><!-- R&D",
    ],
)
def test_a_whole_page_is_read_however_its_comments_and_programs_end(page: str) -> None:
    assert read(page.encode(), "1.html").text == "가나다"
