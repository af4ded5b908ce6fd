import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.korean import read_prefix


@pytest.mark.parametrize(
    ("title", "prefix"),
    [
        ("[보도참고] 1월 수출입 동향", "[보도참고]"),
        ("(참고)수출입 동향", "(참고)"),
        ("[7.30.수.조간] 통계", "[7.30.수.조간]"),
        ("[9.9.행사시작(9시)이후] 개최", "[9.9.행사시작(9시)이후]"),
        ("【정부 출범 1년】 성과", "【정부 출범 1년】"),
        ("<오늘도 주인공> 이야기", "<오늘도 주인공>"),
        ("  [보도참고] (국영문 동시배포) 회담", "[보도참고] (국영문 동시배포)"),
        ("[보도자료][참고]회담", "[보도자료][참고]"),
        ("[보도자료] (주)한국 방문", "[보도자료]"),
        ("[보도자료] (참고)", "[보도자료]"),
        ("(주)한국 방문", None),
        ("(재) 한국", None),
        ("(가칭)한국박물관", None),
        ("[보도자료]", None),
        ("[닫히지 않은 제목", None),
        ("[" + "가" * 40 + "] 제목", None),
        ("[뒤섞인(괄호]제목)", None),
        ("() 제목", None),
        ("제목 [참고]", None),
        ("", None),
    ],
)
def test_read_prefix(title: str, prefix: str | None) -> None:
    assert read_prefix(title) == prefix


@given(st.text("[]()<>【】 가주1", max_size=60))
def test_a_prefix_begins_the_title_and_leaves_some_of_it(title: str) -> None:
    prefix = read_prefix(title)
    assert prefix is None or (title.strip().startswith(prefix) and len(prefix) < len(title.strip()))
