"""Addresses of releases, however they were copied."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.korean import find_links

N = 156600001
PLAIN = f"https://www.korea.kr/briefing/pressReleaseView.do?newsId={N}"
LONG = (
    f"https://www.korea.kr/briefing/pressReleaseView.do?newsId={N}&pageIndex=6&repCodeType=%EC%A0%95%EB%B6%80"
    "&repCode=A00007,A00002&startDate=2023-01-19&endDate=2024-01-19&srchWord=&period=year"
)


def ids(text: str) -> list[int]:
    return [each.news_id for each in find_links(text)]


@pytest.mark.parametrize(
    ("address", "page"),
    [
        (PLAIN, "pressReleaseView.do"),
        (PLAIN.replace("https", "http"), "pressReleaseView.do"),
        (PLAIN.removeprefix("https://"), "pressReleaseView.do"),
        (PLAIN.removeprefix("https:"), "pressReleaseView.do"),
        (PLAIN.replace("www.", "m."), "pressReleaseView.do"),
        (PLAIN.removeprefix("https://www."), "pressReleaseView.do"),
        (PLAIN.replace("www.korea.kr", "WWW.Korea.KR"), "pressReleaseView.do"),
        (LONG, "pressReleaseView.do"),
        (f"https://www.korea.kr/news/policyNewsView.do?newsId={N}", "policyNewsView.do"),
        (f"https://m.korea.kr/news/pressReleaseView.do?call_from=rsslink&newsId={N}", "pressReleaseView.do"),
        (f"https://www.korea.kr/briefing/stateCouncilView.do?pWise=sub&newsId={N}&pWiseSub=B1", "stateCouncilView.do"),
        (f"https://www.korea.kr/briefing/speechView.do?pageIndex=1&amp;newsId={N}&amp;srchWord=", "speechView.do"),
        (f"https://www.korea.kr:443/briefing/actuallyView.do?newsId={N}#list", "actuallyView.do"),
        (f"https://www.korea.kr/briefing/newBoardView.do;jsessionid=ab.1?newsId={N}", "newBoardView.do"),
        (f"https://www.korea.kr/briefing/pressReleaseView.do?repCodeType=정부부처&newsId={N}", "pressReleaseView.do"),
    ],
)
@pytest.mark.parametrize("around", ["{}", "앞 {} 뒤", "({})", '<a href="{}">', "주소:{}\n", "| {} |", "앞\t{}\t뒤"])
def test_in_all_forms(address: str, page: str, around: str) -> None:
    text = f"첫 줄\n{around.format(address)}"
    [found] = find_links(text)
    assert (found.news_id, found.board_page, found.line) == (N, page, 2)
    assert found.raw.rstrip("=#") == address.rstrip("=#") == text[found.start : found.end].rstrip("=#")


@pytest.mark.parametrize(
    "glued", [".", ",", "를", "에서는", "입니다.", ")을", "…", "”", "'>", ">", "」", "。", "</a>", "\r\n다음"]
)
def test_what_follows_in_the_sentence_is_no_part(glued: str) -> None:
    for address in (PLAIN, LONG.removesuffix("&srchWord=&period=year")):
        [found] = find_links(f"{address}{glued} 보라")
        assert (found.news_id, found.raw) == (N, address)


@pytest.mark.parametrize(
    "address",
    [
        "https://redirect.example/?url={}",
        "https://redirect.example/?url={}&source=mail",
        "https://redirect.example/go/{}",
        "http://search.example/link?a=1&u={};b=2",
    ],
)
@pytest.mark.parametrize("inside", [PLAIN, LONG, PLAIN.replace("www.", "m.")])
def test_wrapped_in_the_address_of_another_site(address: str, inside: str) -> None:
    for wrapped in (quote(inside, safe=""), quote(quote(inside, safe=""), safe="")):
        text = f"{address.format(wrapped)} 끝"
        [found] = find_links(text)
        assert (found.news_id, found.board_page) == (N, "pressReleaseView.do")
        assert text[found.start : found.end] == found.raw
        assert found.raw.startswith("https%")
    assert ids(address.format(PLAIN)) == [N]


@pytest.mark.parametrize(
    "text",
    [
        f"https://notkorea.kr/briefing/pressReleaseView.do?newsId={N}",
        f"https://not-korea.kr/briefing/pressReleaseView.do?newsId={N}",
        f"https://www.korea.kr.evil.example/briefing/pressReleaseView.do?newsId={N}",
        f"https://evil.example/www.korea.kr/briefing/pressReleaseView.do?newsId={N}",
        f"http://evil.example/?u=korea.kr/briefing/pressReleaseView.do?newsId={N}",
        f"http://evil.example/?u=korea.kr&newsId={N}",
        f"http://evil.example/?u=www.korea.kr%2Fbriefing%2FpressReleaseView.do%3FnewsId%3D{N}",
        f"https://someone@korea.kr@evil.example/pressReleaseView.do?newsId={N}",
        f"someone@korea.kr/briefing/pressReleaseView.do?newsId={N}",
        f"https://blog.korea.kr/briefing/pressReleaseView.do?newsId={N}",
        f"https://www.korea.kr/briefing/pressReleaseList.do?newsId={N}",
        "https://www.korea.kr/briefing/pressReleaseView.do",
        "https://www.korea.kr/briefing/pressReleaseView.do?newsId=",
        "https://www.korea.kr/briefing/pressReleaseView.do?newsId=abc",
        f"https://www.korea.kr/briefing/pressReleaseView.do?newsId={N}abc",
        f"https://www.korea.kr/briefing/pressReleaseView.do?oldnewsId={N}",
        f"https://www.korea.kr/briefing/pressReleaseView.do?newsId={N}&newsId=156600002",
        "https://www.korea.kr/briefing/pressReleaseView.do?newsId=" + "1" * 30,
        f"https://www.korea.kr/briefing/pressReleaseView.do newsId={N}",
        f"https://evil.example/?u=https%3A%2F%2Fkorea.kr.evil.example%2FaView.do%3FnewsId%3D{N}",
        f"https://evil.example/?u=https%3A%2F%2Fevil.example%2Fkorea.kr%2FaView.do%3FnewsId%3D{N}",
    ],
)
def test_what_only_looks_like_one(text: str) -> None:
    assert ids(text) == []


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "cut", [PLAIN.index("newsId"), PLAIN.index("newsId") + 7, len(PLAIN) - 4, LONG.index("newsId") + 7]
)
def test_broken_over_two_lines_by_a_mail_program(newline: str, cut: int) -> None:
    text = f"앞 {PLAIN[:cut]}{newline}{PLAIN[cut:]}를 보라"
    [found] = find_links(text)
    assert (found.news_id, found.line) == (N, 1)
    assert found.raw == f"{PLAIN[:cut]}{newline}{PLAIN[cut:]}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{PLAIN}\n234 다음 줄", [N]),
        (f"{PLAIN}\n&period=year", [N]),
        ("https://www.korea.kr/briefing/pressReleaseView.do?newsId=\n2024년", []),
        ("https://www.korea.kr/briefing/pressReleaseView.do?newsId=1566\n2024년 소식", [1566]),
        ("https://www.korea.kr/briefing/pressReleaseView.do?\n다음 줄 newsId=156600001", []),
        (f"https://www.korea.kr/briefing/pressReleaseView.do?\n\nnewsId={N}", []),
    ],
)
def test_a_next_line_that_may_be_something_else_is_not_taken(text: str, expected: list[int]) -> None:
    assert ids(text) == expected


def test_several_in_their_order() -> None:
    text = f"{PLAIN} {PLAIN.replace(str(N), '156600002')}\n{PLAIN.replace(str(N), '148900003')}"
    assert [(each.news_id, each.line) for each in find_links(text)] == [(N, 1), (156600002, 1), (148900003, 2)]


@given(
    st.integers(1, 10**15 - 1),
    st.sampled_from(["https://www.korea.kr", "http://m.korea.kr", "korea.kr", "www.korea.kr"]),
    st.sampled_from(["/briefing/pressReleaseView.do", "/news/policyNewsView.do", "/briefing/speechView.do"]),
    st.sampled_from(["", "pageIndex=3&", "repCode=A00007,A00002&amp;"]),
    st.sampled_from(["", "&period=year", "&srchWord=%EC%A0%95", "&call_from=rsslink"]),
    st.sampled_from([" 끝", "\n", "를", ".", "", ")", "\t3"]),
)
def test_the_number_found_is_the_number_written(  # noqa: PLR0917
    news_id: int, host: str, path: str, before: str, after: str, end: str
) -> None:
    address = f"{host}{path}?{before}newsId={news_id}{after}"
    assert [(each.news_id, each.raw) for each in find_links(f"앞말 {address}{end}")] == [(news_id, address)]


pieces = st.sampled_from(
    [*" \n\t?&=/.%(", "https://", "www.", "korea.kr", "%2E", "/briefing/", "pressReleaseView.do", "newsId=", "12", "를"]
)


@given(st.lists(pieces, max_size=40).map("".join))
def test_what_is_found_stands_there_in_order(text: str) -> None:
    ended = 0
    for each in find_links(text):
        assert ended <= each.start < each.end <= len(text)
        assert text[each.start : each.end] == each.raw
        assert each.line == text.count("\n", 0, each.start) + 1
        assert str(each.news_id) in each.raw.replace("\n", "").replace("\t", "")
        ended = each.end


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        "korea.kr",
        "korea.kr/",
        "/korea.kr/a",
        "https://www.korea.kr/aView.do?",
        "https://www.korea.kr/aView.do?newsId=1&",
        "https%3A%2F%2Fkorea.kr",
        "&newsId=1",
        "korea.kr/aView.do?\n",
    ],
)
def test_a_hostile_text_takes_its_time_only_once(piece: str) -> None:
    """A scan from every place to the end of the text would take hours."""
    assert len(find_links(piece * (400_000 // len(piece)))) <= 50_000
