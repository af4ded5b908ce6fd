"""Markup into text: what a browser would show, and what it would hide although somebody wrote it to be read."""

from time import perf_counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from parsel import Selector

from harvester.pages.markup import block_text, inline_text, parse


def text_of(fragment: str) -> str:
    return block_text(parse(fragment.encode()))


@pytest.mark.parametrize(
    "text",
    [
        "<홍길동 대변인>",
        "<홍길동 대변인> 안녕하십니까?",
        "<홍길동 대변인 < 성춘향 과장>",
        "<KBS 홍길동 기자> 질문드립니다.",
        "<EBS\t성춘향 기자>",
        "<A씨>는 <B형 간염>이라고",
        "<K-푸드 담당 이몽룡 사무관>",
        "기온 <3도, 1<2, a < b, <=, <<, <>, <",
        "<질문> 답변은 <답변>에",
        "<①>, <“가”>, <㉠ 홍길동>",
        "<MBC 홍길동 기자",
    ],
)
def test_what_is_no_tag_is_text(text: str) -> None:
    assert text_of(f"<div class='view_cont'><p>앞</p><p>{text}</p>뒤</div>") == f"앞\n\n{' '.join(text.split())}\n뒤"
    assert inline_text(parse(f"<h1>{text}</h1>".encode())) == " ".join(text.split())


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("<p>가<o:p></o:p>나</p>", "가나"),
        ('<p>가<st1:place w:st="on">서울</st1:place></p>', "가서울"),
        ("<my-tag>가</my-tag>", "가"),
        ('<my-tag title="한글">가</my-tag>', "가"),
        ("<font face=굴림>가</font><FONT face='굴림'>나</FONT>", "가나"),
        ("<b 한글>가</b><Q 한글>나</Q><br 한글>다", "가나\n다"),
        ("<unknown>가</unknown><KBS>나</KBS>", "가나"),
        ("<!-- <홍길동> a < b <KBS 홍길동 기자> -->가", "가"),
        ("<!--[if gte mso 9]><xml><w:문서></w:문서></xml><![endif]-->가", "가"),
        ("<?xml:namespace prefix = o />가", "가"),
        ("<script>if (a < b && a<홍) '<KBS 홍길동 기자>'</script>가", "가"),
        ("<style>a<홍 < b {}</style>가", "가"),
        ("가</홍길동>나", "가나"),
    ],
)
def test_what_is_a_tag_stays_one(fragment: str, text: str) -> None:
    assert text_of(f"<div>{fragment}</div>") == text


def test_attributes_and_scripts_are_left_as_they_are() -> None:
    page = parse(
        """<div title="a < b <홍> c" data-x='<KBS 홍>' alt=1<2 onclick="if (a<b) x('<홍>')"><홍></div>
        <script>a < b</script>""".encode()
    )
    [div] = page.css("div")
    assert dict(div.attrib) == {
        "title": "a < b <홍> c",
        "data-x": "<KBS 홍>",
        "alt": "1<2",
        "onclick": "if (a<b) x('<홍>')",
    }
    assert inline_text(div) == "<홍>"
    assert page.css("script::text").get() == "a < b"


def test_references_are_not_decoded_twice() -> None:
    assert text_of("<p>&lt;홍길동&gt; &amp;lt;나&amp;gt; < &amp;</p>") == "<홍길동> &lt;나&gt; < &"


MARKUP = st.text(alphabet="<>/!?-='\" abkKp홍가&;:\n", max_size=40)


@given(MARKUP)
@example("<a '<a \"=\"<a =' <")
@example("<!-- <홍")
@example("<script><홍")
@example('<a x="가 <K 홍>')
def test_what_a_browser_shows_is_never_lost(fragment: str) -> None:
    """All that a parser of today's HTML sees as text is there still, in its order."""
    shown = "".join(Selector(text=f"<div>{fragment}</div>", type="html").xpath("//text()").getall())
    rest = iter("".join(parse(f"<div>{fragment}</div>".encode()).xpath("//text()").getall()))
    assert all(character in rest for character in shown)


@given(st.text(alphabet="<> 홍길동대변인3=:()\n", max_size=40))
def test_text_without_a_tag_comes_back_whole(text: str) -> None:
    assert inline_text(parse(f"<p>{text}</p>".encode())) == " ".join(text.split())


@pytest.mark.parametrize(
    "piece", ["<", "<a ", "<a '", '<a x="', "<a x='\" ", "<!--", "<script>", "<K 홍", "<K 홍 =", "홍"]
)
def test_hostile_markup_is_not_read_over_and_over(piece: str) -> None:
    """A text ten times as long takes about ten times the work, not a hundred times."""

    def seconds(times: int) -> float:
        body = f"<p>< {piece * times}".encode()
        began = perf_counter()
        parse(body)
        return perf_counter() - began

    assert seconds(60_000) < 40 * seconds(6_000) + 1
