import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.korean.queries import Term, read_query
from harvester.korean.snippets import hits, join, marked, snippet

FAR = "앞에 놓인 긴 글. " * 40


def shown(text: str, typed: str, **nouns: str) -> str:
    query = read_query(typed)
    return join(snippet(text, hits(query, {Term((word,)): noun for word, noun in nouns.items()})), "[", "]")


def test_the_place_is_shown_and_the_hits_are_marked() -> None:
    text = f"{FAR}\n희토류\n공급망을  점검한다. {FAR}"
    assert "[희토류] [공급망]을 점검한다." in shown(text, "희토류 공급망")
    assert shown(text, "희토류").startswith("… ")
    assert shown(text, "희토류").endswith(" …")
    assert len(shown(text, "희토류")) < 200


def test_the_place_with_most_of_the_words_is_the_one() -> None:
    assert "[희토류]와 [공급망]" in shown(f"희토류. {FAR} 희토류와 공급망", "희토류 공급망")


def test_words_without_their_particles_phrases_and_signs() -> None:
    assert shown("희토류 점검", "희토류를", 희토류를="희토류") == "[희토류] 점검"
    assert shown("공급망,\n점검을", '"공급망 점검"') == "[공급망, 점검]을"
    assert shown("r&d 예산", "R&D") == "[r&d] 예산"
    assert shown("ＡＩ 산업", "ai") == "[ＡＩ] 산업"


def test_what_is_left_out_is_not_marked() -> None:
    assert shown("환경 수출", "환경 -수출") == "[환경] 수출"


def test_a_text_without_the_words_is_shown_from_its_beginning() -> None:
    assert shown("짧은 글", "환경") == "짧은 글"
    assert shown(FAR, "환경").startswith("앞에 놓인")
    assert shown("", "환경") == ""


@given(st.text(max_size=400), st.sampled_from(["환경", "a b", '"x y" -z', "1"]))
def test_marking_loses_nothing(text: str, typed: str) -> None:
    pattern = hits(read_query(typed), {})
    assert join(marked(text, pattern), "", "") == text
    snippet(text, pattern)


@pytest.mark.parametrize("text", ["환경" * 50_000, "환경 " * 50_000, "가" * 100_000])
def test_long_texts_are_no_trouble(text: str) -> None:
    assert len(shown(text, "환경")) < 500
