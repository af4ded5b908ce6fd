"""Which areas a release belongs to, and why."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.topics import Tag, judge, load

from .making import pets

PETS = pets()
ESG = load("esg")


def areas(title: str, text: str | None = None, ministry: str = "") -> str:
    return "".join(tag.area for tag in judge(PETS, title, text, ministry))


def test_a_word_in_the_title_is_enough() -> None:
    assert judge(PETS, "길고양이 급식소와 강아지 놀이터", None, "환경부") == [
        Tag("C", ("길고양이",)),
        Tag("D", ("강아지",)),
    ]


def test_a_weak_word_needs_help() -> None:
    assert areas("사료 값 안정") == ""
    assert areas("사료 값 안정", ministry="농림축산식품부") == "C"
    assert areas("사료 값 안정", "고양이를 기르는 집") == "C"
    assert areas("사료와 간식") == "", "two words for one thing are one reason"


def test_a_text_needs_several_words_and_weak_ones_do_not_count() -> None:
    assert areas("소식", "고양이를 기른다") == ""
    assert areas("소식", "고양이를 캣맘이 기른다") == "C"
    assert areas("소식", "사료와 간식과 사료") == ""


def test_only_the_beginning_of_a_text_counts() -> None:
    assert areas("소식", f"{'그런데 ' * 10}고양이를 캣맘이 기른다") == ""


def test_a_ministry_alone_is_no_reason() -> None:
    assert areas("소식", None, "농림축산식품부") == ""


def test_a_word_may_need_a_partner() -> None:
    assert areas("봄날의 산책길") == ""
    assert areas("목줄 없는 산책") == "D"
    assert areas("봄날의 산책길", "반려견과 함께") == "D"


def test_what_only_looks_like_a_word_hides_it() -> None:
    assert areas("강아지풀 군락") == ""
    assert areas("강아지풀 군락의 강아지") == "D"


def test_some_titles_never_belong() -> None:
    assert areas("강아지 경연대회 개최") == ""


def test_words_are_told_as_the_release_writes_them() -> None:
    assert judge(PETS, "cctv로 본 개물림 사고", None, "") == [Tag("D", ("cctv", "개물림"))]


@given(st.text(), st.none() | st.text(), st.text())
def test_any_text_is_judged_and_always_the_same(title: str, text: str | None, ministry: str) -> None:
    for topic in (PETS, ESG):
        tags = judge(topic, title, text, ministry)
        assert tags == judge(topic, title, text, ministry)
        assert all(tag.words and all(", " not in word for word in tag.words) for tag in tags)


PIECES = st.sampled_from(
    [*"가나산재 ,·-*R&D\n\t", "산재", "탄소중립", "환경", "기업", "농촌", "폭염", "노동자", "고용노동부", "을"]
)


@given(st.lists(PIECES).map("".join), st.lists(PIECES).map("".join))
def test_a_title_that_belongs_belongs_with_a_text_too(title: str, text: str) -> None:
    alone = {tag.area for tag in judge(ESG, title, None, "환경부")}
    assert alone <= {tag.area for tag in judge(ESG, title, text, "환경부")}


def test_the_order_of_sets_decides_nothing() -> None:
    """In processes of other seeds: of words that stand at the same place each counts."""
    program = (
        "from harvester.topics import judge, load;"
        "print(judge(load('esg'), '이웃과 함께하는 기업, 녹색 폐기물 재활용', '온실가스와 재활용', ''))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1


@pytest.mark.parametrize(
    ("title", "ministry", "expected"),
    [
        ("상장회사 이사회의 기후 공시, 자산 2조 원부터", "금융위원회", "PG"),
        ("공장 지붕 태양광으로 온실가스 줄인다", "산업통상부", "E"),
        ("임금체불 사업장 120곳 감독", "고용노동부", "S"),
        ("사외이사 선임 절차 손본다", "법무부", "G"),
        ("대산재단 문학상 시상식", "문화체육관광부", ""),
        ("고용노동부 인사발령", "고용노동부", ""),
        ("2024년 표준지 공시지가 공개", "국토교통부", ""),
        ("황강댐 방류 징후", "환경부", ""),
        ("물놀이 사고 예방 수칙", "행정안전부", ""),
        ("그린란드 총리 면담", "외교부", ""),
        ("폭염 속 택배 노동자 쉼터 늘린다", "국토교통부", "S"),
        ("폭염 대책 회의", "행정안전부", ""),
    ],
)
def test_esg(title: str, ministry: str, expected: str) -> None:
    assert "".join(tag.area for tag in judge(ESG, title, None, ministry)) == expected


def test_esg_by_kinds() -> None:
    """Made-up titles of kinds that a desk would take, and of kinds that share nothing but words with them."""
    lines = Path(__file__).with_name("esg_titles.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    tagged = {
        wanted: [bool(judge(ESG, title, None, by)) for each, title, by in rows if each == wanted] for wanted in "10"
    }
    assert sum(tagged["1"]) >= 0.9 * len(tagged["1"])
    assert sum(tagged["0"]) <= 0.25 * len(tagged["0"])
