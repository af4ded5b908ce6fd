import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.korean.substrings import WORD, indexed, normal

HANGUL = st.text("가각간나다라마바사아자차카타파하을를의 .·-&A1", max_size=60)


def words(text: str) -> set[str]:
    return set(WORD.findall(indexed(text)))


def test_words_inside_words_are_words_of_the_index() -> None:
    assert {"주택공급을", "주택", "공급", "주택공급", "택공", "급을"} <= words("주택공급을 늘린다")


def test_the_text_itself_goes_first_so_that_phrases_are_found() -> None:
    assert indexed("희토류 공급망 점검").startswith("희토류 공급망 점검 ")


def test_nothing_is_said_twice() -> None:
    assert indexed("환경 환경").split() == ["환경", "환경"]
    more = indexed("주택공급 주택공급 주택")[len("주택공급 주택공급 주택") :].split()
    assert len(more) == len(set(more))
    assert "주택" not in more


def test_parts_of_mixed_words() -> None:
    assert {"AI", "반도체", "5G", "통신"} <= words("AI반도체와 5G통신")


def test_numbers_inside_words_begin_words() -> None:
    assert {"1차관은", "2027년에"} <= words("제1차관은 오는2027년에")


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("K-푸드를 알린다", "K 푸드"),
        ("R&D를 늘린다", "R D"),
        ("국가R&D사업", "R D"),
        ("M&A를", "M A"),
        ("COVID-19로", "COVID 19"),
        ("IoT·AI를", "IoT AI"),
        ("2.5GW급", "2 5GW"),
        ("O2O·R&D분야", "R D"),
    ],
)
def test_words_with_signs_are_found_with_whatever_follows(text: str, typed: str) -> None:
    assert f" {typed} " in f" {indexed(text)} "


def test_words_with_signs_that_stand_alone_are_said_once() -> None:
    assert indexed("R&D").split() == ["R", "D"]


@pytest.mark.parametrize("bullet", ["\uf09f", "\U000f02b1", "🤖", "₿", "•", "국가\u0304"])
def test_what_sqlite_takes_for_letters_hides_no_word(bullet: str) -> None:
    assert {"주택공급", "주택"} <= words(f"{bullet}주택공급을 늘린다")
    assert bullet[-1] not in indexed(f"{bullet}주택공급")


def test_full_width_signs_and_the_araea_are_the_usual_ones() -> None:
    assert normal("ＡＩ　２０２４ 산업ㆍ통상") == "AI 2024 산업·통상"
    assert {"산업", "통상", "산업ㆍ통상"} <= words("산업ㆍ통상") | set(indexed("산업ㆍ통상").split())


def test_no_text() -> None:
    assert indexed(None) == indexed("") == ""


def test_endless_words_cost_no_more_than_their_length() -> None:
    """Were it more, these would not come to an end."""
    for text in ("가" * 300_000, "가나다라마바사" * 40_000, "a." * 150_000, "가.나" * 100_000, "A가" * 100_000):
        assert len(indexed(text)) < 5 * len(text)


@given(HANGUL)
def test_every_run_of_two_to_four_syllables_is_a_word(text: str) -> None:
    found = words(text)
    for run in re.findall("[가-힣]+", text):
        for size in (2, 3, 4):
            assert {run[at : at + size] for at in range(len(run) - size + 1)} <= found


@given(st.text())
def test_any_text_can_be_indexed_and_always_the_same_way(text: str) -> None:
    assert indexed(text) == indexed(text)
