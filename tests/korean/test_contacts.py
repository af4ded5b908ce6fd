"""Everyone here is made up, and every number ends in zeros."""

import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.korean import Contact, read_contacts


def read(text: str) -> list[tuple[str | None, str | None, str | None, str | None]]:
    return [(each.department, each.role, each.name, each.phone) for each in read_contacts(text)]


def test_the_example_of_the_design() -> None:
    assert read_contacts("* 담당자 : 예방안전제도과 홍길동(044-205-0000)") == [
        Contact(department="예방안전제도과", role="담당자", name="홍길동", phone="044-205-0000")
    ]


@pytest.mark.parametrize(
    ("line", "department", "role", "name"),
    [
        ("- 담당자 : 자율보호정책과 홍길동(02-2100-0000)", "자율보호정책과", "담당자", "홍길동"),
        ("- 담당자 : 혁신기획담당관 홍길동(02-2100-0000)", "혁신기획담당관", "담당자", "홍길동"),
        ("담당: 경찰청 수사과 경정 홍길동(☎ 02-2100-0000)", "경찰청 수사과", "경정", "홍길동"),
        ("문의: 고용정책총괄과 홍길동(02-2100-0000)", "고용정책총괄과", "문의", "홍길동"),
        ("문의. 기획재정부 정책조정국 산업과 홍길동 (02-2100-0000)", "기획재정부 정책조정국 산업과", "문의", "홍길동"),
        ("…바랍니다.문의. 산업부 산업과 홍길동 (02-2100-0000)", "산업부 산업과", "문의", "홍길동"),
        ("문 의: 위원회 사무국 홍길동(02-2100-0000)", "위원회 사무국", "문의", "홍길동"),
        ("담당자 홍길동(02-2100-0000)", None, "담당자", "홍길동"),
        ("담 당 자 : 홍 길 동 사 무 관 (02-2100-0000)", None, "사무관", "홍길동"),
        ("※ 문의처 : 주택기금과 홍길동 사무관(☎02-2100-0000)", "주택기금과", "사무관", "홍길동"),
        ("[문의] 농촌진흥청 산업과장 홍길동 02-2100-0000", "농촌진흥청 산업과", "과장", "홍길동"),
        ("* 문의: 산업과 홍길동사무관(02-2100-0000)", "산업과", "사무관", "홍길동"),
        ("* 문의: 산업과 홍길동 농업연구사(02-2100-0000)", "산업과", "농업연구사", "홍길동"),
        ("* 문의: 산업과 심청 사무관(02-2100-0000)", "산업과", "사무관", "심청"),
        ("* 문의: 산업과 남궁길동 사무관(02-2100-0000)", "산업과", "사무관", "남궁길동"),
        ("* 문의: 산업과 사무관 이용국(02-2100-0000)", "산업과", "사무관", "이용국"),
        ("* 문의: 수사과 이용국(02-2100-0000)", "수사과", "문의", "이용국"),
        ("* 문의: 국제과 과장 John Smith (02-2100-0000)", "국제과", "과장", "John Smith"),
        ("담당자 : 홍길동 과장(산업정책과, 02-2100-0000)", "산업정책과", "과장", "홍길동"),
        ("담당과장: 홍길동(02-2100-0000)", None, "과장", "홍길동"),
        ("※ 문의: (전화) 02-2100-0000 (홍길동) hong@example.com", None, "문의", "홍길동"),
        ("※ 문의: 02-2100-0000 (산업진흥원 재난·안전 종합지원센터)", "산업진흥원 재난·안전 종합지원센터", "문의", None),
        ("※ (문의처) 산업진흥원 확산팀(a.b@example.com, 02-2100-0000)", "산업진흥원 확산팀", "문의처", None),
        ("(문의처: 관세청 심사과, 02-2100-0000)", "관세청 심사과", "문의처", None),
        ("* (담당)상공회의소유통진흥원 ☎02-2100-0000(E-mail:a@example.com)", "상공회의소유통진흥원", "담당", None),
        (
            "※ 문의 및 신청 : 한국건축원 관리센터 ‘21년 시범사업’ 담당자(☏ 02-2100-0000)",
            "한국건축원 관리센터",
            "담당자",
            None,
        ),
        ("※ 문의: 제2회 달콤 공모전 운영사무국 / 02-2100-0000", "제2회 달콤 공모전 운영사무국", "문의", None),
        ("※ 문의 : (사)한국가나 신나는조합, ☎ 02-2100-0000 / a@example.com", "(사)한국가나 신나는조합", "문의", None),
        ("*** 문의 전화 : 한국임업진흥원 산림발전소 02-2100-0000", "한국임업진흥원 산림발전소", "문의", None),
        ("* 문의처 : 한국농업원 누리집(www.example.com) / 02-2100-0000", "한국농업원", "문의처", None),
        ("※ 문의처 : 02-2100-0000", None, "문의처", None),
        ("* 세부문의: 에너지공단 수요관리실(02-2100-0000~3)", "에너지공단 수요관리실", "문의", None),
        ("자세한 내용은 농림부 축산과(02-2100-0000)로 문의하시기 바랍니다.", "농림부 축산과", None, None),
        ("자세한 내용은 농림부 축산과(☎02-2100-0000)를 보면 된다.", "농림부 축산과", None, None),
        ("문의처는 한국산업공단 홍길동 대리(02-2100-0000)이다.", "한국산업공단", "대리", "홍길동"),
    ],
)
def test_lines(line: str, department: str | None, role: str | None, name: str | None) -> None:
    assert read(line) == [(department, role, name, "02-2100-0000")]


@pytest.mark.parametrize(
    "printed",
    [
        "044-205-0000",
        "(044-205-0000)",
        "(☎044-205-0000)",
        "☏ 044 - 205 - 0000",
        "044.205.0000",
        "044)205-0000",
        "(044)205-0000",
        "044 205 0000",
        "+82-44-205-0000",
        "+82 44 205 0000",
        "０４４－２０５－００００",
        "044–205–0000",
        "Tel. 044-205-0000",
        "044-205-0000, 팩스 044-206-0000",
        "팩스 044-206-0000, 전화 044-205-0000",
    ],
)
def test_forms_of_numbers(printed: str) -> None:
    assert read(f"문의: 총무과 {printed}") == [("총무과", "문의", None, "044-205-0000")]


@pytest.mark.parametrize(
    ("printed", "phone"),
    [("(1644-0000)", "1644-0000"), ("(국번없이 132)", "132"), ("☎1345", "1345"), ("070-000-0000", "070-000-0000")],
)
def test_numbers_without_an_area(printed: str, phone: str) -> None:
    assert read(f"※ 문의: 종합안내센터 {printed}") == [("종합안내센터", "문의", None, phone)]


def test_further_extensions() -> None:
    assert [each.phone for each in read_contacts("문의처 : 진흥원(02-2100-0000, 1234, 0000)")] == [
        "02-2100-0000",
        "02-2100-1234",
    ]
    assert [each.phone for each in read_contacts("문의 : 진흥원 02-2100-0000, 2101-0000")] == [
        "02-2100-0000",
        "02-2101-0000",
    ]
    assert [each.phone for each in read_contacts("문의 : 진흥원 02-2100-0000, 2024년")] == ["02-2100-0000"]


def test_several_people_in_a_line() -> None:
    assert read("담당: 수사과 경정 홍길동(☎ 02-2100-0000), 국제과 경감 성춘향(☎ 02-2101-0000)") == [
        ("수사과", "경정", "홍길동", "02-2100-0000"),
        ("국제과", "경감", "성춘향", "02-2101-0000"),
    ]
    assert read("담당부서 : 산업과 / 과장 홍길동(02-2100-0000), 사무관 성춘향(02-2101-0000)") == [
        ("산업과", "과장", "홍길동", "02-2100-0000"),
        ("산업과", "사무관", "성춘향", "02-2101-0000"),
    ]
    assert read("문의: 진흥원(☎02-2100-0000), (재)가나파크(☎02-2101-0000)") == [
        ("진흥원", "문의", None, "02-2100-0000"),
        ("(재)가나파크", "문의", None, "02-2101-0000"),
    ]


def test_as_many_numbers_as_people_are_theirs_in_order() -> None:
    assert read("문의: 산업과 홍길동 과장, 성춘향 사무관(02-2100-0000, 1234)") == [
        ("산업과", "과장", "홍길동", "02-2100-0000"),
        ("산업과", "사무관", "성춘향", "02-2100-1234"),
    ]


def test_else_the_numbers_are_the_last_ones() -> None:
    assert read("[ 자료 문의 ] 시험본부장 홍길동, 운영부장 성춘향, 담당 이몽룡 ☏ 02-2100-0000, 1234") == [
        ("시험본부", "본부장", "홍길동", None),
        ("운영부", "부장", "성춘향", None),
        (None, "담당", "이몽룡", "02-2100-0000"),
        (None, "담당", "이몽룡", "02-2100-1234"),
    ]
    assert read("※ 문의: 입지총괄과 홍길동 과장/성춘향 사무관(02-2100-0000)") == [
        ("입지총괄과", "과장", "홍길동", None),
        ("입지총괄과", "사무관", "성춘향", "02-2100-0000"),
    ]


def test_whose_number_it_is_may_be_unreadable() -> None:
    assert read("[문의] 배연구소 홍길동 소장, 뭐라고 하는 사람 (02-2100-0000)") == [
        ("배연구소", "소장", "홍길동", None),
        (None, "문의", None, "02-2100-0000"),
    ]


def test_names_without_a_number() -> None:
    assert read("문의. 재정경제부 경제정책국 산업과 홍길동") == [
        ("재정경제부 경제정책국 산업과", "문의", "홍길동", None)
    ]
    assert read("담당자: 산업과 홍길동 사무관") == [("산업과", "사무관", "홍길동", None)]
    # A lead that was cut in the name.
    assert read("문의. 재정경제부 산업과 홍길") == []


NO_NAMES = """
    민원실 고객만족 정책과 사무국 센터 관계자 행사 안내 고객센터 담당자 조사국 연구원 이벤트 강원도
    ○○○ OOO 홍○○ 정보화과장
"""


@pytest.mark.parametrize(
    "line", ["담당자 : {}(044-205-0000)", "문의 : {} (☎044-205-0000)", "문의 : 산업과 {} 044-205-0000"]
)
@pytest.mark.parametrize("word", NO_NAMES.split())
def test_these_are_no_names(line: str, word: str) -> None:
    assert [(each.name, each.phone) for each in read_contacts(line.format(word))] == [(None, "044-205-0000")]


TABLE = [
    ("산업정책관", "과장", "홍길동", "044-203-0000"),
    ("산업정책과", "사무관", "성춘향", "044-204-0000"),
    ("산업정책과", "주무관", "이몽룡", "044-205-0000"),
]


@pytest.mark.parametrize(
    "text",
    [
        "담당 부서\t산업정책관\t책임자\t과 장\t홍 길 동\t(044-203-0000)\n"
        "\t산업정책과\t담당자\t사무관\t성춘향\t(044-204-0000)\n"
        "\t\t\t주무관\t이 몽룡\t044-205-0000",
        "담당부서\t산업정책관\t책임자\t과장\t홍길동\t(☎ 044-203-0000)\n\n"
        "<총괄>\t산업정책과\t담당자\t사무관\t성춘향\t(044-204-0000)\n"
        "담당자\t주무관\t이몽룡\t(044-205-0000)",
        "담당 부서 <총괄>\t산업정책관\t책임자\t과장 홍길동\t(044-203-0000)\n"
        "담당 부서 <공동>\t산업정책과\t담당자\t성춘향 사무관(044-204-0000)\n"
        "\t\t담당자\t주무관 이몽룡(044-205-0000)",
        "담당 부서 산업정책관 책임자 과 장 홍 길 동 (044-203-0000)\n"
        "산업정책과 담당자 사무관 성춘향 (044-204-0000)\n"
        "산업정책과 담당자 주무관 이몽룡 (044-205-0000)",
        "담당 부서  산업정책관  책임자  과  장  홍 길 동  (044-203-0000)\n"
        "          산업정책과  담당자  사무관  성 춘 향  (044-204-0000)\n"
        "          산업정책과  담당자  주무관  이 몽 룡  (044-205-0000)",
        "담당 부서\n산업정책관\n책임자\n과 장\n홍길동\n(044-203-0000)\n"
        "산업정책과\n담당자\n사무관\n성춘향\n(044-204-0000)\n"
        "담당자\n주무관\n이몽룡\n(044-205-0000)\n\n붙임 1. 개요",
        "부서\t직위\t성명\t연락처\n산업정책관\t과장\t홍길동\t044-203-0000\n산업정책과\t사무관\t성춘향\t044-204-0000\n"
        "산업정책과\t주무관\t이몽룡\t044-205-0000",
        "담당부서\t산업정책관\t책임자\t과장\t홍길동\t(044-203-0000)\t산업정책과\t담당자\t사무관\t성춘향\t(044-204-0000)\t"
        "담당자\t주무관\t이몽룡\t(044-205-0000)",
    ],
)
def test_tables(text: str) -> None:
    assert read(f"제목\n본문이다.\n{text}") == TABLE


def test_a_department_of_any_name_in_its_cell() -> None:
    assert read("대변인\t책임자\t팀장\t홍길동\t(044-203-0000)") == [("대변인", "팀장", "홍길동", "044-203-0000")]


def test_a_label_a_line() -> None:
    assert read("담당부서: 산업과\n담당자: 홍길동 사무관\n연락처: 044-203-0000") == [
        ("산업과", "사무관", "홍길동", "044-203-0000")
    ]


def test_a_department_ends_with_its_table() -> None:
    text = "담당 부서\t산업과\t책임자\t과장\t홍길동\t(044-203-0000)\n본문이 이어진다.\n담당자 : 성춘향(044-204-0000)"
    assert read(text)[1] == (None, "담당자", "성춘향", "044-204-0000")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "외국인종합안내센터(1345)와 국번없이 110, 02-2100-0000에서 상담한다.",
        "전화 044-203-0000 (월~금 09:00~18:00) 팩스 044-203-1234",
        "사업자번호 123-45-67890, 2024-01-17, 예산 044-205, 1588-0000",
        "담당: 2024.01.17. 예산 1,234억 원, 계좌 123-456-0000",
        "담당자 교육 및 책임자 워크숍 개최",
        "문의가 많아 다음과 같이 알려드립니다.",
        "담당자\t교육\t조선업\n산업부\t공급망\t1,200",
        "전문의약품은 02-2100-0000 안전하게",
        "문의: 팩스 044-203-0000",
        "담당 : ○○○",
        "담당 부서",
    ],
)
def test_nothing_is_made_up(text: str) -> None:
    assert read(text) == []


def test_each_once_in_order() -> None:
    line = "담당자 : 산업과 홍길동(044-205-0000)"
    assert [each.name for each in read_contacts(f"{line}\n담당자 : 산업과 성춘향(044-205-0000)\n{line}")] == [
        "홍길동",
        "성춘향",
    ]


PIECES = """
    담당자 책임자 담당
    문의 문의처 연락처 : . , / ( ) [ ] ※ ☎ 담당부서 <총괄> 산업과 산업정책관 진흥원 과장 산업과장 사무관
    홍길동 성춘향 심청 이용국 홍 길 동 ○○○ John Smith 044-205-0000 02-2100-0000 ,1234 1588-0000 +82-44-205-0000
    국번없이 132 팩스 하는 행사는 바랍니다. a@example.com www.example.com
"""
pieces = st.sampled_from([*PIECES.split(), " ", "  ", "\t", "\n"])


@given(st.lists(pieces | st.text(max_size=4), max_size=40).map("".join))
def test_all_that_is_returned_is_printed(text: str) -> None:
    bare = re.sub(r"\s", "", text)
    digits = re.sub(r"\D", "", text)
    for contact in read_contacts(text):
        assert contact.name or contact.phone
        if contact.name:
            assert re.sub(r"\s", "", contact.name) in bare
        if contact.phone:
            area, *rest = re.sub(r"^0", "", contact.phone).split("-")
            assert area in digits
            assert all(part in digits for part in rest)
        if contact.role:
            assert contact.role in bare


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    assert read_contacts(text) == list(dict.fromkeys(read_contacts(text)))


@pytest.mark.parametrize(
    "piece",
    [
        "가 ",
        "a-",
        "(",
        "\t",
        "0",
        "02-000-0000(",
        "02-000-0000, 1234",
        "문의: 산업과,",
        "과장 홍",
        "홍길동 과장 ",
        "담당자\n",
        "담당자\t",
        "담당\n산업과\n",
    ],
)
def test_time_grows_with_the_length(piece: str) -> None:
    def seconds(size: int) -> float:
        text = "문의: " + piece * (size // len(piece))
        start = process_time()
        read_contacts(text)
        return process_time() - start

    # Four times the length; were it quadratic, it would be sixteen times the time.
    assert seconds(1_000_000) < 10 * max(seconds(250_000), 0.1)
