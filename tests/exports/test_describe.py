"""What filters choose, in plain words, and the licence's terms."""

from datetime import date

import pytest

from harvester.exports.describe import describe
from harvester.exports.licence import attribution, terms
from harvester.store.selection import Selection


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        (Selection(), "정책브리핑"),
        (Selection(boards=("fact-check", "speech")), "정책브리핑 · 사실은 이렇습니다, 연설문"),
        (Selection(names=("산업통상부", "산업통상자원부")), "정책브리핑 · 산업통상부, 산업통상자원부"),
        (Selection(names=("가", "나", "다", "라", "마")), "정책브리핑 · 가, 나, 다 외 2"),
        (Selection(codes=("A00015",)), "정책브리핑 · A00015"),
        (Selection(words='희토류 -"수출"'), '정책브리핑 · “희토류 -"수출"”'),
        (Selection(since=date(2024, 1, 1), until=date(2024, 1, 31)), "정책브리핑 · 2024-01-01 ~ 2024-01-31"),
        (Selection(since=date(2024, 1, 1), withdrawn=False), "정책브리핑 · 2024-01-01 ~ · 내려간 글 제외"),
        (Selection(topic="esg", areas=("E", "S")), "정책브리핑 · esg (E, S)"),
    ],
)
def test_filters_in_words(selection: Selection, said: str) -> None:
    assert describe(selection) == said


def test_terms_are_those_of_the_type() -> None:
    assert terms("KOGL-4") == "공공누리 제4유형: 출처표시, 상업적 이용금지, 변경금지"
    assert "원문에서 확인" in terms(None)
    assert terms("KOGL-9") == "KOGL-9"
    assert attribution("(2024.01.17 환경부)", "https://x", "KOGL-1").startswith(
        "출처표시: (2024.01.17 환경부) https://x"
    )
