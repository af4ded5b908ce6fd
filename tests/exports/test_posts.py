"""A digest as Markdown and HTML: whatever a release says stays text."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.exports.posts import Post, as_html, as_markdown, title_to_post

POST = Post(
    "희토류 <공급망>", "첫 줄\n둘째 줄", "(2024.01.17 환경부)", "https://www.korea.kr/x?newsId=1&a=2", ("메모",)
)


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data + "\n"


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page.partition("<body>")[2])
    return reader


@pytest.mark.parametrize(
    ("title", "prefix", "posted"),
    [
        ("(참고) 수출 동향", "(참고)", "수출 동향"),
        ("[보도자료][참고] 동향", "[보도자료][참고]", "동향"),
        ("수출 동향", None, "수출 동향"),
    ],
)
def test_the_board_drops_prefixes(title: str, prefix: str | None, posted: str) -> None:
    assert title_to_post(title, prefix) == posted


def test_a_post_ends_with_source_line_and_link() -> None:
    lines = [line for line in as_markdown("주제", [POST], "없음").splitlines() if line]
    assert lines == [
        "# 주제",
        "---",
        "## 희토류 <공급망>",
        "> 메모",
        "첫 줄",
        "둘째 줄",
        "(2024.01.17 환경부)",
        "<https://www.korea.kr/x?newsId=1&a=2>",
    ]
    page = read(as_html("주제", [POST], "없음"))
    assert [line for line in page.text.splitlines() if line] == [
        "주제", "희토류 <공급망>", "메모", "첫 줄", "둘째 줄", "(2024.01.17 환경부)", "https://www.korea.kr/x?newsId=1&a=2",
    ]  # fmt: skip
    assert ("href", "https://www.korea.kr/x?newsId=1&a=2") in page.attributes


def test_rows_are_tables() -> None:
    post = Post("표", "앞\n구분\t값\n탄소 | 수소\t1\t2\n뒤", "(2024.01.17 환경부)", "https://www.korea.kr/")
    assert "앞\n\n| 구분 | 값 |  |\n| --- | --- | --- |\n| 탄소 \\| 수소 | 1 | 2 |\n\n뒤" in as_markdown(
        "주제", [post], ""
    )
    assert (
        "<table><tr><td>구분</td><td>값</td><td></td></tr><tr><td>탄소 | 수소</td><td>1</td><td>2</td></tr></table>"
        in as_html("주제", [post], "")
    )


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("# 제목", "\\# 제목"),
        ("- 항목", "\\- 항목"),
        ("1. 항목", "1\\. 항목"),
        ("2024.1.17. 발표", "2024.1.17. 발표"),
        ("---", "\\---"),
        ("> 인용", "\\> 인용"),
        ("*강조*", "\\*강조\\*"),
        ("[링크](https://a.kr)", "[링크\\](https://a.kr)"),
        ("<script>", "&lt;script>"),
        ("&lt;", "&amp;lt;"),
        ("R&D와 snake_case", "R&D와 snake_case"),
        ("    네 칸", "네 칸"),
        ("`코드`", "\\`코드\\`"),
    ],
)
def test_marks_of_markdown_stay_text(line: str, written: str) -> None:
    assert f"\n\n{written}\n\n" in as_markdown("주제", [Post("제목", line, "(2024.01.17 환경부)", "https://a.kr/")], "")


def test_an_empty_digest_says_so() -> None:
    assert "없습니다" in as_markdown("주제", [], "없습니다")
    assert "없습니다" in as_html("주제", [], "없습니다")


def test_what_is_no_address_of_the_web_is_no_link() -> None:
    post = Post("제목", "글", "(2024.01.17 환경부)", "javascript:alert(1)")
    assert "href" not in as_html("주제", [post], "")
    assert "<javascript" not in as_markdown("주제", [post], "")


@given(st.text(), st.text(), st.text(), st.text())
def test_nothing_a_release_says_becomes_markup(title: str, text: str, source_line: str, url: str) -> None:
    page = read(as_html("주제", [Post(title, text, source_line, url, (title,))], ""))
    assert set(page.tags) <= {"h1", "h2", "p", "table", "tr", "td", "article", "a"}
    assert all(name in ("class", "href") for name, _ in page.attributes)
    as_markdown("주제", [Post(title, text, source_line, url, (title,))], "")
