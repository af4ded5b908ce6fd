"""What in a text is one citation, and which words belong to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.korean import find_citations, find_links, find_source_lines
from harvester.korean.citations import LINES_BEFORE, LONGEST_LINE

SOURCE = "(2024.01.17 산업통상자원부)"
OTHER_SOURCE = "(2024.01.18 환경부)"


def link(news_id: int) -> str:
    return f"https://www.korea.kr/briefing/pressReleaseView.do?newsId={news_id}"


def found(text: str) -> list[tuple[str | None, int | None]]:
    return [
        (each.source.source.raw if each.source else None, each.link.news_id if each.link else None)
        for each in find_citations(text)
    ]


POST = f"""어촌 마을 열두 곳이 함께 연다

담당부서 : 산업통상자원부

마을마다 일꾼 15명이 일하게 된다.

?

?

{SOURCE}

{link(1)}&pageIndex=6&period=year

다음 글
"""


def test_a_post_as_boards_end_it() -> None:
    [one] = find_citations(POST)
    assert one.source is not None
    assert one.link is not None
    assert (one.source.source.ministry, one.link.news_id, one.line) == ("산업통상자원부", 1, 11)
    assert one.before == (
        "어촌 마을 열두 곳이 함께 연다",
        "담당부서 : 산업통상자원부",
        "마을마다 일꾼 15명이 일하게 된다.",
    )
    assert one.beside == ()
    assert one.raw == f"{SOURCE} {link(1)}&pageIndex=6&period=year"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{SOURCE}\n{link(1)}", [(SOURCE, 1)]),
        (f"{SOURCE} {link(1)}", [(SOURCE, 1)]),
        (f"{SOURCE}: {link(1)}", [(SOURCE, 1)]),
        (f"{SOURCE} [원문 보기]({link(1)})", [(SOURCE, 1)]),
        (f"{SOURCE}\n▶ 바로 가기: {link(1)}", [(SOURCE, 1)]),
        (f"{link(1)} {SOURCE}", [(SOURCE, 1)]),
        (f"{link(1)}\n{SOURCE}", [(SOURCE, 1)]),
        (f"{link(1)}\n\n{SOURCE}", [(None, 1), (SOURCE, None)]),
        (f"{SOURCE}\n다른 말\n{link(1)}", [(SOURCE, None), (None, 1)]),
        (f"{SOURCE} 다른 말 {link(1)}", [(SOURCE, None), (None, 1)]),
        (f"{SOURCE}\n\n{link(1)}\n\n{OTHER_SOURCE}\n\n{link(2)}", [(SOURCE, 1), (OTHER_SOURCE, 2)]),
        (f"{SOURCE}\n{link(1)}\n{OTHER_SOURCE}\n{link(2)}", [(SOURCE, 1), (OTHER_SOURCE, 2)]),
        (f"{link(1)}\n{SOURCE}\n\n{link(2)}\n{OTHER_SOURCE}", [(SOURCE, 1), (OTHER_SOURCE, 2)]),
        (f"{SOURCE}\n{OTHER_SOURCE}\n{link(2)}", [(SOURCE, None), (OTHER_SOURCE, 2)]),
        (f"{link(1)}\n{link(2)}", [(None, 1), (None, 2)]),
        (f'<a href="{link(1)}">{link(1)}</a>', [(None, 1)]),
        (f"제목\t{SOURCE}\t3\t{link(1)}\n제목\t{OTHER_SOURCE}\t4\t{link(2)}", [(SOURCE, 1), (OTHER_SOURCE, 2)]),
        (f"{link(1)}\t제목\t{SOURCE}\n{link(2)}\t제목\t{OTHER_SOURCE}", [(SOURCE, 1), (OTHER_SOURCE, 2)]),
        ("아무것도 없는 글", []),
    ],
)
def test_what_belongs_together(text: str, expected: list[tuple[str | None, int | None]]) -> None:
    assert found(text) == expected


def test_the_words_before_end_at_the_citation_before() -> None:
    text = f"머리말\n하나\n{SOURCE}\n{link(1)}\n\n둘\n줄거리\n{OTHER_SOURCE} 덧붙임\n"
    first, second = find_citations(text)
    assert (first.line, first.before) == (3, ("머리말", "하나"))
    assert (second.line, second.before, second.beside) == (8, ("둘", "줄거리"), ("덧붙임",))


def test_the_other_cells_of_its_line() -> None:
    [one] = find_citations(f"1\t어촌 마을의 새 길\t{SOURCE}\t{link(1)}\t비고")
    assert one.beside == ("1", "어촌 마을의 새 길", "비고")
    [one] = find_citations(f'"어촌 마을","{SOURCE}","{link(1)}"')
    assert one.beside == ("어촌 마을",)
    [one] = find_citations(f"| 어촌 마을 | {SOURCE} |")
    assert one.beside == ("어촌 마을",)


ROW = ["2024-01-17", "산업통상자원부", "어촌 마을의 새 길"]


@pytest.mark.parametrize("separator", ["\t", ",", "|"])
@pytest.mark.parametrize("cells", [[*ROW, SOURCE], [SOURCE, *ROW], [ROW[0], SOURCE, *ROW[1:]], [*ROW, SOURCE, link(1)]])
def test_a_row_is_one_citation_where_all_of_it_says_the_same(separator: str, cells: list[str]) -> None:
    [one] = find_citations(f"머리글\n{separator.join(cells)}\n")
    assert one.source is not None
    assert one.source.source.raw == SOURCE
    assert "어촌 마을의 새 길" in one.source.words
    assert (one.link.news_id if one.link else None) == (1 if link(1) in cells else None)


def test_a_row_that_contradicts_itself_is_two() -> None:
    two = find_citations("\t".join([*ROW, OTHER_SOURCE]))
    assert [each.source.source.ministry for each in two if each.source] == ["산업통상자원부", "환경부"]
    assert all("어촌 마을의 새 길" in each.beside for each in two)


def test_two_titles_with_the_same_source_are_two_citations() -> None:
    assert found(f"하나 {SOURCE}\t둘 {SOURCE}") == [(SOURCE, None), (SOURCE, None)]


@pytest.mark.parametrize("separator", ["\t", ","])
def test_the_address_of_a_row_is_its_own(separator: str) -> None:
    rows = [[*ROW, link(1)], [link(2), *ROW], [ROW[0], link(3), *ROW[1:]]]
    citations = find_citations("\n".join(separator.join(row) for row in rows))
    assert [each.link.news_id for each in citations if each.link and each.source] == [1, 2, 3]
    assert [each.before for each in citations] == [(), (), ()]


def test_what_is_quoted_beside_it() -> None:
    [one] = find_citations(f"그는 “바닷가 쓰레기를 줄이는 새 길”을 들었다 {SOURCE}")
    assert one.beside == ("그는 “바닷가 쓰레기를 줄이는 새 길”을 들었다", "바닷가 쓰레기를 줄이는 새 길")


def test_what_cannot_be_read_is_a_citation_too() -> None:
    one, other = find_citations(f"밝혔다(2024.02.30 환경부).\n(2024.02.30 환경부)\n{link(1)}")
    assert (one.source, one.link, one.raw) == (None, None, "(2024.02.30 환경부)")
    assert one.unreadable is not None
    assert (other.raw, other.unreadable is None) == (f"(2024.02.30 환경부) {link(1)}", False)


def test_words_between_two_citations_of_a_line_may_belong_to_either() -> None:
    first, second = find_citations(f"하나 {SOURCE} 둘 {OTHER_SOURCE} 셋")
    assert (first.beside, second.beside) == (("하나", "둘"), ("둘", "셋"))


def test_a_sentence_that_cites() -> None:
    [one] = find_citations("마을이 함께 연다고 밝혔다(환경부, 2024.1.17). 그러나 늦었다.")
    assert one.beside == ("마을이 함께 연다고 밝혔다", "그러나 늦었다.")


def test_not_a_whole_book_stands_before_a_citation() -> None:
    text = "\n".join(f"{n}째 줄 " + "말" * 5000 for n in range(200)) + f"\n{SOURCE}"
    [one] = find_citations(text)
    assert len(one.before) == LINES_BEFORE
    assert max(map(len, one.before)) <= LONGEST_LINE
    assert one.before[-1].startswith("199째 줄")


pieces = st.sampled_from([SOURCE, OTHER_SOURCE, link(1), link(2), "말", "\n", "\n\n", "\t", " ", "?", "|"])


@given(st.lists(pieces, max_size=30).map("".join))
def test_nothing_found_is_lost_and_nothing_is_in_two(text: str) -> None:
    citations = find_citations(text)
    assert [each.source for each in citations if each.source] == find_source_lines(text)
    numbers = [each.link.start for each in citations if each.link]
    assert numbers == sorted(set(numbers))
    assert {each.link.news_id for each in citations if each.link} == {each.news_id for each in find_links(text)}
    assert [each.line for each in citations] == sorted(each.line for each in citations)


@pytest.mark.parametrize("piece", [SOURCE, SOURCE + "\n", link(1) + "\n", f"{SOURCE}\t", "\n" * 500 + SOURCE])
def test_a_hostile_text_takes_its_time_only_once(piece: str) -> None:
    assert find_citations(piece * (300_000 // len(piece)))
