import sqlite3
from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.korean.particles import possible_stems
from harvester.korean.queries import (
    MOST_CHARACTERS,
    MOST_WORDS,
    Term,
    WrongQuery,
    any_of,
    read_query,
    to_fts5,
    without_particles,
)


def asked(typed: str) -> str:
    return to_fts5(read_query(typed), {})


@pytest.mark.parametrize(
    ("typed", "fts5"),
    [
        ("환경", '("환경")'),
        ("환경 탄소", '("환경") AND ("탄소")'),
        ("환경 AND 탄소", '("환경") AND ("탄소")'),
        ("환경 OR 탄소 수출", '("환경" OR "탄소") AND ("수출")'),
        ("환경|탄소", '("환경" OR "탄소")'),
        ("환경 -수출", '(("환경")) NOT ("수출")'),
        ("환경 NOT 수출 -탄소", '(("환경")) NOT ("수출" OR "탄소")'),
        ('"공급망 점검"', '(("공급망 점검" *))'),
        ("“공급망 점검”", '(("공급망 점검" *))'),
        ('환경 -"공급망 점검"', '(("환경")) NOT (("공급망 점검" *))'),
        ("R&D", '("R D")'),
        ("K-푸드", '(("K 푸드" *))'),
        ("ＡＩ", '("AI")'),
        ("재생에너지", '(("재생에너" AND "생에너지"))'),
        ("쌀", '(("쌀" *))'),
        ('희토류"', '("희토류")'),
        ("- 환경 -", '("환경")'),
        ("OR 환경 OR", '("환경")'),
        ("환경 NEAR(탄소 수출)", '("환경") AND (("NEAR 탄소" *)) AND ("수출")'),
        ("title:환경*", '(("title 환경" *))'),
        ("환경😀", '("환경")'),
    ],
)
def test_what_is_typed_and_what_is_asked(typed: str, fts5: str) -> None:
    assert asked(typed) == fts5


@pytest.mark.parametrize("typed", ["", "   ", '"', '""', "-", "*", "()", "😀", "\x00\x01", "-환경", "OR", "NOT 환경"])
def test_nothing_to_look_for_is_said_and_not_asked(typed: str) -> None:
    with pytest.raises(WrongQuery, match="type one or more"):
        read_query(typed)


def test_too_much_is_said() -> None:
    with pytest.raises(WrongQuery, match=f"at most {MOST_CHARACTERS:,}"):
        read_query("가" * 10_000)
    with pytest.raises(WrongQuery, match=f"at most {MOST_WORDS}"):
        read_query("가나 " * (MOST_WORDS + 1))
    read_query("가나 " * MOST_WORDS)


@given(st.text(max_size=300) | st.text('가나 "-*():^+|&OR NOT\x00', max_size=60))
def test_nothing_typed_can_break_it(typed: str) -> None:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5(body, title, tokenize='unicode61')")
    try:
        query = read_query(typed)
    except WrongQuery:
        return
    db.execute("SELECT count(*) FROM t WHERE t MATCH ?", [to_fts5(query, {})]).fetchone()


# Particles


@pytest.mark.parametrize(
    ("word", "stems"),
    [
        ("희토류를", ["희토류"]),
        ("희토류을", []),
        ("주택은", ["주택"]),
        ("주택는", []),
        ("서울로", ["서울"]),
        ("부산으로", ["부산", "부산으"]),
        ("바다처럼", ["바다"]),
        ("만족도", []),
        ("순천만", []),
        ("코로나", []),
        ("부산로", []),
        ("부산에서는", ["부산", "부산에서"]),
        ("탄소중립의", ["탄소중립"]),
        ("어린이", ["어린"]),
        ("국가", []),
        ("마을", []),
        ("회의", []),
        ("강원도", []),
        ("대한민국", []),
    ],
)
def test_stems_that_the_form_allows(word: str, stems: list[str]) -> None:
    assert possible_stems(word) == stems


def nouns(typed: str, *occurring: str) -> list[str]:
    def occur(words: Collection[str]) -> bool:
        return any(word in occurring for word in words)

    return list(without_particles(read_query(typed), occur).values())


def test_a_particle_that_ends_no_noun_goes() -> None:
    assert nouns("희토류를", "희토류") == ["희토류"]
    assert nouns("희토류는", "희토류", "희토류는") == ["희토류"]


def test_a_particle_that_may_end_a_noun_goes_where_the_rest_is_used_as_one() -> None:
    assert nouns("반도체가", "반도체가", "반도체를") == ["반도체"]
    assert nouns("주택의", "주택의", "주택은") == ["주택"]
    assert nouns("판매가", "판매가", "판매를", "판매가의") == []
    assert nouns("원자로", "원자로", "원자를") == ["원자"]
    assert nouns("원자로", "원자로", "원자를", "원자로를") == []
    assert nouns("어린이", "어린이", "어린") == []
    assert nouns("국제회의", "국제회의", "국제회") == []


def test_what_is_used_as_a_noun_is_one() -> None:
    assert nouns("어린이", "어린이를", "어린은") == []
    assert nouns("고속도로", "고속도로가", "고속도를") == []


def test_what_occurs_nowhere_is_tried_without() -> None:
    assert nouns("희토류의", "희토류") == ["희토류"]
    assert nouns("없는말의") == []


def test_what_is_quoted_is_meant_to_the_letter() -> None:
    assert nouns('"희토류를"', "희토류") == []
    assert nouns("환경 -희토류를", "희토류") == []


def test_latin_and_digits_take_particles_too() -> None:
    assert nouns("AI를 R&D는") == ["AI", "D"]
    query = read_query("R&D는")
    assert to_fts5(query, {Term(("R", "D는")): "D"}) == '(("R D는" *) OR "R D")'


def test_what_is_mixed_and_what_has_signs_takes_particles_too() -> None:
    assert nouns("AI반도체를 코로나19를 4.5일제를") == ["AI반도체", "코로나19", "5일제"]
    assert nouns("K-푸드를 탄소중립·녹색성장을") == ["푸드", "녹색성장"]
    assert nouns("K-푸드 AI반도체 제1차관") == []


def test_numbers_with_their_units_are_no_numbers_with_particles() -> None:
    assert nouns("10만 2도 3과 5가") == []


def test_any_of_is_to_the_letter() -> None:
    assert any_of(["희토류를", "AI"]) == '"희토류를" OR "AI"'
