"""How a word of the rules may be surrounded in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.topics.words import Finder, WrongWord, read_word


def found(word: str, text: str) -> list[str]:
    return [hit.text for hit in Finder([read_word(word)]).hits(text)]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("산재", "산재 신청"),
        ("산재", "산재를 줄인다"),
        ("산재", "‘산재’와의 싸움"),
        ("산재*", "산재보험"),
        ("*산재", "중소기업산재를"),
        ("*산재*", "대산재단"),
        ("중대 재해*", "중대재해처벌법"),
        ("중대 재해*", "중대 재해"),
        ("중대 재해*", "중대·재해"),
        ("일 가정*", "일·가정 양립"),
        ("ESG*", "esg경영"),
        ("ESG", "ESG를"),
        ("ESG", "K-ESG"),
        ("RE100*", "ＲＥ１００ 산단"),
        ("탄소중립*", "2050탄소중립"),
        ("R&D", "R&D 예산"),
    ],
)
def test_it_is_found(word: str, text: str) -> None:
    assert found(word, text)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("산재", "대산재단"),
        ("산재*", "대산재단"),
        ("산재", "산재보험"),
        ("*산재", "대산재단"),
        ("축사", "축사시설"),
        ("ESG", "ESGX"),
        ("SAF*", "UNSAFE"),
        ("중대 재해*", "중대한 재해"),
        ("중대 재해*", "중대 ... 그리고 재해"),
    ],
)
def test_it_is_not_found(word: str, text: str) -> None:
    assert not found(word, text)


@pytest.mark.parametrize("word", ["", "*", "**", "산", "산*", "a", "산재**", "산*재", " ", "-산재", "가" * 61])
def test_what_is_no_word_is_refused(word: str) -> None:
    with pytest.raises(WrongWord):
        read_word(word)


def test_every_place_and_every_word_is_found() -> None:
    finder = Finder(map(read_word, ["*녹색*", "녹색*", "청정 수소*"]))
    hits = {(hit.start, hit.text, hit.word.written) for hit in finder.hits("녹색금융과 녹색, 청정수소")}
    assert hits == {
        (0, "녹색", "녹색*"),
        (0, "녹색", "*녹색*"),
        (6, "녹색", "녹색*"),
        (6, "녹색", "*녹색*"),
        (10, "청정수소", "청정 수소*"),
    }


@given(st.text(), st.text())
def test_no_word_and_no_text_breaks_it(word: str, text: str) -> None:
    try:
        written = read_word(word)
    except WrongWord:
        return
    for hit in Finder([written]).hits(f"{text}{word}{text}"):
        assert hit.start < hit.end
