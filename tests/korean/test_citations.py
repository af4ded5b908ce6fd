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


def test_words_between_two_citations_of_a_line_may_belong_to_either() -> None:
    first, second = find_citations(f"하나 {SOURCE} 둘 {OTHER_SOURCE} 셋")
    assert (first.beside, second.beside) == (("하나", "둘"), ("둘", "셋"))


def test_a_sentence_that_cites() -> None:
    [one] = find_citations("마을이 함께 연다고 밝혔다(환경부, 2024.1.17). 그러나 늦었다.")
    assert one.beside == ("마을이 함께 연다고 밝혔다", ". 그러나 늦었다.")


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
