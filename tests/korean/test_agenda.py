"""Agendas of the cabinet: which items, of which ministries, and what is said of them."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harvester.korean import AgendaItem, read_agenda

PRICES = "물가안정에 관한 법률 시행령 일부개정령안"
FIRE = "소방기본법 시행령 일부개정령안"


def read(*lines: str) -> list[tuple[str, tuple[str, ...], str]]:
    return [(each.title, each.ministries, each.text) for each in read_agenda("\n".join(lines))]


def test_a_title_in_angle_brackets_words_and_the_mark() -> None:
    assert read_agenda(f"<{PRICES}>, 단속 권한을 정비합니다.\n【소관 : 재정경제부 물가정책과 044-000-0000】") == [
        AgendaItem(PRICES, ("재정경제부",), "재정경제부 물가정책과", "단속 권한을 정비합니다.")
    ]


def test_items_of_a_whole_briefing() -> None:
    assert read(
        "대통령은 1월 16일(화) 국무회의를 주재하였습니다.",
        "△법률안 3건, △대통령령안 2건을 심의·의결하였습니다.",
        "△재난 대책 <관계부처 합동>",
        "관련 부처보고를 진행하였습니다.",
        "",
        "<법률안>",
        f"<{PRICES}>, 단속 권한을 정비합니다. 【소관 : 재정경제부 물가정책과 044-000-0000】",
        "",
        f"<{FIRE}>",
        "보험 가입 기준을 정합니다.",
        "시행일은 7월 1일입니다.",
        "【소관 : 소방청 보건안전담당관 044-000-0000】",
        "끝으로 덧붙입니다.",
    ) == [
        (PRICES, ("재정경제부",), "단속 권한을 정비합니다."),
        (FIRE, ("소방청",), "보험 가입 기준을 정합니다.\n시행일은 7월 1일입니다."),
    ]


def test_items_in_one_paragraph() -> None:
    assert read(
        f"의결하였습니다. <{PRICES}>, 정비합니다. 【소관 : 재정경제부】 <{FIRE}>, 정합니다. 【소관 : 소방청】"
    ) == [(PRICES, ("재정경제부",), "정비합니다."), (FIRE, ("소방청",), "정합니다.")]


@pytest.mark.parametrize(
    ("first", "second"), [("1. ", "2. "), ("□ ", "□ "), ("① ", "② "), ("가. ", "나. "), ("○ ", "○ "), ("", "")]
)
@pytest.mark.parametrize("gap", [" ", "\n"])
def test_a_mark_in_the_heading(first: str, second: str, gap: str) -> None:
    assert read(
        "국무회의 안건",
        f"{first}「행정절차법」 일부개정법률안{gap}【소관 : 행정안전부】",
        "절차를 정비합니다.",
        "- 공포 후 시행",
        f"{second}「법원조직법」 일부개정법률안{gap}【소관 : 법무부】",
        f"{second}「소방법」 일부개정법률안{gap}【소관 : 소방청】",
        "기준을 정합니다.",
    ) == [
        ("「행정절차법」 일부개정법률안", ("행정안전부",), "절차를 정비합니다.\n- 공포 후 시행"),
        ("「법원조직법」 일부개정법률안", ("법무부",), ""),
        ("「소방법」 일부개정법률안", ("소방청",), "기준을 정합니다."),
    ]


@pytest.mark.parametrize(("first", "second"), [("1. ", "2. "), ("□ ", "□ "), ("① ", "② "), ("○ ", "○ "), ("", "")])
@pytest.mark.parametrize("gap", [" ", "\n"])
def test_a_mark_behind_the_explanation(first: str, second: str, gap: str) -> None:
    assert read(
        "다음 안건을 의결하였습니다.",
        f"{first}「행정절차법」 일부개정법률안",
        " - 절차를 정비함",
        f" - 공포 후 시행함{gap}【소관 : 행정안전부】",
        f"{second}「법원조직법」 일부개정법률안",
        f" - 법원을 둠{gap}【소관 : 법무부】",
    ) == [
        ("「행정절차법」 일부개정법률안", ("행정안전부",), "- 절차를 정비함\n - 공포 후 시행함"),
        ("「법원조직법」 일부개정법률안", ("법무부",), "- 법원을 둠"),
    ]


@pytest.mark.parametrize("group", ["<대통령령안>", "□ 대통령령안 (2건)", "[일반안건]", "2. 법률공포안 3건"])
def test_the_heading_of_a_group_is_of_no_item(group: str) -> None:
    assert read(
        "1. 「가나법」 일부개정법률안 【소관 : 법무부】",
        "정비합니다.",
        group,
        "2. 국가채무 보고 【소관 : 재정경제부】",
        "관리합니다.",
    ) == [("「가나법」 일부개정법률안", ("법무부",), "정비합니다."), ("국가채무 보고", ("재정경제부",), "관리합니다.")]
    assert read(
        group,
        f"<{PRICES}>, 정비합니다.",
        "【소관 : 재정경제부】",
        group,
        "국가채무 관리계획",
        "① 관리함",
        "【소관 : 재정경제부】",
    ) == [(PRICES, ("재정경제부",), "정비합니다."), ("국가채무 관리계획", ("재정경제부",), "① 관리함")]


def test_an_explanation_in_points_is_not_taken_for_the_item() -> None:
    assert read(
        "국무회의 결과입니다.",
        "1. 국가채무 관리계획",
        "① 채무를 줄임",
        "② 매년 보고함",
        "【소관 : 재정경제부】",
        "2. 인사 제도 개선방안",
        "① 제도를 고침 【소관 : 인사혁신처】",
        "다음은 보고입니다.",
        "3. 사면 보고",
        "① 보고함 【소관 : 법무부】",
    ) == [
        ("국가채무 관리계획", ("재정경제부",), "① 채무를 줄임\n② 매년 보고함"),
        ("인사 제도 개선방안", ("인사혁신처",), "① 제도를 고침"),
        ("사면 보고", ("법무부",), "① 보고함"),
    ]


def test_an_explanation_that_ends_like_a_title_is_none() -> None:
    assert read(
        f"<{FIRE}>", "- 보험 가입 조건", "【소관 : 소방청】", f"<{PRICES}>", "1. 단속 권한 【소관 : 재정경제부】"
    ) == [
        (FIRE, ("소방청",), "- 보험 가입 조건"),
        (PRICES, ("재정경제부",), "1. 단속 권한"),
    ]


def test_a_heading_within_an_explanation_is_no_item() -> None:
    assert read(
        "1. 「가나법」 일부개정법률안 【소관 : 법무부】",
        "<주요 내용>",
        "- 정비",
        "2. 국가채무 보고 【소관 : 재정경제부】",
        "- 관리",
    ) == [
        ("「가나법」 일부개정법률안", ("법무부",), "<주요 내용>\n- 정비"),
        ("국가채무 보고", ("재정경제부",), "- 관리"),
    ]


def test_without_any_sign_the_first_line_after_a_blank_one_is_the_title() -> None:
    assert read("국무회의 결과입니다.", "", "국가채무의 관리", "채무를 줄입니다.", "【소관 : 재정경제부】") == [
        ("국가채무의 관리", ("재정경제부",), "채무를 줄입니다.")
    ]


def test_both_orders_in_one_text() -> None:
    assert read(
        "1. 「행정절차법」 일부개정법률안 【소관 : 행정안전부】",
        "절차를 정비합니다.",
        f"<{FIRE}>, 기준을 정합니다. 【소관 : 소방청】",
        "2. 국가채무 관리계획 보고 【소관 : 재정경제부】",
        "채무를 관리합니다.",
    ) == [
        ("「행정절차법」 일부개정법률안", ("행정안전부",), "절차를 정비합니다."),
        (FIRE, ("소방청",), "기준을 정합니다."),
        ("국가채무 관리계획 보고", ("재정경제부",), "채무를 관리합니다."),
    ]


def test_marks_before_their_items() -> None:
    assert read(
        "【소관 : 외교부】 조약 비준동의안", "조약입니다.", "【소관 : 법무부】", "사면 보고", "보고입니다."
    ) == [
        ("조약 비준동의안", ("외교부",), "조약입니다."),
        ("사면 보고", ("법무부",), "보고입니다."),
    ]


@pytest.mark.parametrize(
    ("line", "title", "text"),
    [
        ("<가나법 시행령 전부개정령안>, 정비합니다.", "가나법 시행령 전부개정령안", "정비합니다."),
        ("〈가나법 시행령〉 정비합니다.", "가나법 시행령", "정비합니다."),
        ("＜가나법 시행령＞ : 정비합니다.", "가나법 시행령", "정비합니다."),
        ("1) <가나법 시행령> - 정비합니다.", "가나법 시행령", "정비합니다."),
        ("<가나법> 일부개정법률안, 정비합니다.", "<가나법> 일부개정법률안", "정비합니다."),
        ("「가나법 시행령」, 정비합니다.", "가나법 시행령", "정비합니다."),
        ("「가나법」 일부개정법률안, 정비합니다.", "「가나법」 일부개정법률안", "정비합니다."),
        ("가나 협정 비준동의안(공개) - 맺습니다.", "가나 협정 비준동의안(공개)", "맺습니다."),
        ("가나를 정비합니다.", "가나를 정비합니다.", ""),
    ],
)
def test_titles(line: str, title: str, text: str) -> None:
    assert read(f"{line} 【소관 : 법무부】") == [(title, ("법무부",), text)]


@pytest.mark.parametrize(
    ("mark", "in_charge", "ministries"),
    [
        ("【소관 : 행정안전부·법무부】", "행정안전부·법무부", ("행정안전부", "법무부")),
        ("【소관: 산업통상부, 기후에너지환경부】", "산업통상부, 기후에너지환경부", ("산업통상부", "기후에너지환경부")),
        ("[소관부처 : 외교부]", "외교부", ("외교부",)),
        ("【소관：재정경제부 및 법무부】", "재정경제부 및 법무부", ("재정경제부", "법무부")),
        ("【소관 재정경제부】", "재정경제부", ("재정경제부",)),
        ("(소관 : 외교부(조약과))", "외교부(조약과)", ("외교부",)),
        ("【소관 : 재정경제부 물가·민생정책과 044-000-0000】", "재정경제부 물가·민생정책과", ("재정경제부",)),
        ("【소관 : 재정경제부(물가정책과, ☎044-000-0000~1234)】", "재정경제부(물가정책과)", ("재정경제부",)),
        ("【소관 : 재정경제부 물가정책과(044-000-0000)】", "재정경제부 물가정책과", ("재정경제부",)),
        ("【소관 : 재정경제부 물가정책과 044)000-0000】", "재정경제부 물가정책과", ("재정경제부",)),
        (
            "【소관 : 국토교통부 주택정책과 044-000-0000, 금융위원회 금융정책과 02-000-1234】",
            "국토교통부 주택정책과, 금융위원회 금융정책과",
            ("국토교통부", "금융위원회"),
        ),
        (
            "【소관 : 행정안전부 재난안전관리본부·재난정책과】",
            "행정안전부 재난안전관리본부·재난정책과",
            ("행정안전부",),
        ),
        ("【소관 : 법무부】, 【소관 : 국방부】", "법무부, 국방부", ("법무부", "국방부")),
        ("【소관 : 인구전략기획부】", "인구전략기획부", ("인구전략기획부",)),
        ("【소관 : 관계부처 합동】", "관계부처 합동", ()),
        ("【소관 : 물가정책과】", "물가정책과", ()),
    ],
)
def test_who_is_in_charge(mark: str, in_charge: str, ministries: tuple[str, ...]) -> None:
    assert read_agenda(f"<{PRICES}>, 정비합니다. {mark}") == [AgendaItem(PRICES, ministries, in_charge, "정비합니다.")]


def test_what_is_no_mark_makes_no_item() -> None:
    assert read_agenda("") == []
    assert (
        read("<법률안>, 정비합니다.", "[소관위원회] 법안", "(소관 상임위)", "【소관】", "소관 부처는 법무부입니다.")
        == []
    )


PIECES = [
    "【소관 : 재정경제부 물가정책과 044-000-0000】", "【소관: 법무부·국방부】", "[소관부처 : 외교부]", f"<{FIRE}>",
    ", ", "기준을 정합니다.", "「가나법」 일부개정법률안", "1. ", "□ ", "- ", "<법률안>", "정비함", "【", "】", "<",
    ">", "(소관 : ", ")", " ", "\n", "\n", "\n\n",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example("【소관 : 외교부】")
@example("1. 【소관 : 외교부】\n2. 【소관 : 외교부】")
def test_titles_and_texts_are_pieces_of_the_agenda_in_its_order(text: str) -> None:
    position = 0
    for item in read_agenda(text):
        assert item.title
        for piece in (item.title, item.text):
            found = text.find(piece, position)
            assert found >= 0
            position = found + len(piece)
        assert not re.search(r"\d{4}", item.in_charge)
        assert all(ministry in item.in_charge for ministry in item.ministries)
        assert not re.search(r"【소관 ?: ?[가-힣]", item.title + item.text)
