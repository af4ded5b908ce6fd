"""Transcripts: who speaks, who asks, who answers; and no word of theirs lost."""

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harvester.korean import Statement, read_transcript

REMARK = "※마이크 미사용으로 확인되지 않는 내용은 별표(***)로 표기하였으니 양해 바랍니다."


def read(*lines: str) -> list[tuple[str, str | None, str]]:
    return [(each.kind, each.speaker, each.text) for each in read_transcript("\n".join(lines))]


def test_a_briefing_of_several_speakers_with_questions() -> None:
    assert read(
        "<홍길동 대변인>",
        "안녕하십니까? 1월 17일 정례브리핑을 시작하겠습니다.",
        "",
        "먼저 일정입니다.",
        "<성춘향 산림청 정책관> 이어서 말씀드립니다.",
        "[질문·답변]",
        REMARK,
        "<질문> 언제 시행됩니까?",
        "확인 부탁드립니다.",
        "<답변> 다음 달입니다.",
        "차질 없이 준비하겠습니다.",
        "<질문> 예산은요? (길동일보 이몽룡 기자)",
        "<답변> (성춘향 과장) 확정되지 않았습니다.",
        "<답변> 홍길동 대변인: 덧붙이겠습니다.",
    ) == [
        (
            "statement",
            "홍길동 대변인",
            "안녕하십니까? 1월 17일 정례브리핑을 시작하겠습니다.\n먼저 일정입니다.",
        ),
        ("statement", "성춘향 산림청 정책관", "이어서 말씀드립니다."),
        ("statement", None, REMARK),
        ("question", None, "언제 시행됩니까?\n확인 부탁드립니다."),
        ("answer", None, "다음 달입니다.\n차질 없이 준비하겠습니다."),
        ("question", "길동일보 이몽룡 기자", "예산은요?"),
        ("answer", "성춘향 과장", "확정되지 않았습니다."),
        ("answer", "홍길동 대변인", "덧붙이겠습니다."),
    ]


def test_without_a_first_marker_what_is_said_is_of_nobody() -> None:
    assert read("시작하겠습니다.", "이상입니다.", "Ⅱ. 질의 및 응답", "<질문> 왜죠?", "<답변> 그렇습니다.") == [
        ("statement", None, "시작하겠습니다.\n이상입니다."),
        ("question", None, "왜죠?"),
        ("answer", None, "그렇습니다."),
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "[질문·답변]",
        "[질의응답]",
        "II. 질의 및 응답",
        "Ⅱ. 질의응답",
        "<질의·응답>",
        "□ 질의 응답",
        "[일문일답]",
        "Q&A",
        "[질문 및 답변]",
    ],
)
def test_a_heading_ends_what_was_said_before_it(heading: str) -> None:
    assert read("<홍길동 차관> 이상입니다.", heading, "※참고 바랍니다.", "<질문> 왜죠?") == [
        ("statement", "홍길동 차관", "이상입니다."),
        ("statement", None, "※참고 바랍니다."),
        ("question", None, "왜죠?"),
    ]


def test_a_remark_behind_its_heading_or_within_a_speech_stays() -> None:
    assert read("[질문·답변] ※참고 바랍니다.", "<답변> 금요일(※ 화요일에서 변경)입니다.", "※자료 3쪽") == [
        ("statement", None, "※참고 바랍니다."),
        ("answer", None, "금요일(※ 화요일에서 변경)입니다.\n※자료 3쪽"),
    ]


@pytest.mark.parametrize(
    ("marker", "kind", "speaker"),
    [
        ("<홍길동 대변인>", "statement", "홍길동 대변인"),
        ("〈홍길동 대변인〉", "statement", "홍길동 대변인"),
        ("＜홍길동 대변인＞", "statement", "홍길동 대변인"),
        ("[홍길동 대변인]", "statement", "홍길동 대변인"),
        ("【 홍길동 대변인 】", "statement", "홍길동 대변인"),
        ("<홍길동 행정안전부 인공지능정부실장>", "statement", "홍길동 행정안전부 인공지능정부실장"),
        ("<홍길동 부총리 겸 재정경제부 장관>", "statement", "홍길동 부총리 겸 재정경제부 장관"),
        ("<홍길동(국방부 대변인)>", "statement", "홍길동(국방부 대변인)"),
        ("<홍길동 국장(외교부)>", "statement", "홍길동 국장(외교부)"),
        ("<문화체육관광부 홍길동 장관>", "statement", "문화체육관광부 홍길동 장관"),
        ("<문 장관>", "statement", "문 장관"),
        ("<답십리동 홍길동 과장>", "statement", "답십리동 홍길동 과장"),
        ("<홍길동 국무1차장>", "statement", "홍길동 국무1차장"),
        ("<질병관리청장>", "statement", "질병관리청장"),
        ("<성춘향 교수>", "statement", "성춘향 교수"),
        ("<허균 교수>", "statement", "허균 교수"),
        ("<남궁길동 서울특별시장>", "statement", "남궁길동 서울특별시장"),
        ("<사회자>", "statement", "사회자"),
        ("<이몽룡 기자>", "question", "이몽룡 기자"),
        ("<KBS 이몽룡 기자>", "question", "KBS 이몽룡 기자"),
        ("<기자>", "question", "기자"),
        ("<질문>", "question", None),
        ("[질문 1]", "question", None),
        ("<Q>", "question", None),
        ("<추가 질문>", "question", None),
        ("<질문 - 길동일보 이몽룡 기자>", "question", "길동일보 이몽룡 기자"),
        ("<이몽룡 기자 질문>", "question", "이몽룡 기자"),
        ("<답변>", "answer", None),
        ("【답변】", "answer", None),
        ("<답변: 성춘향 과장>", "answer", "성춘향 과장"),
        ("<답변(성춘향 과장)>", "answer", "성춘향 과장"),
    ],
)
@pytest.mark.parametrize("behind", [" 말씀드립니다.", "\n말씀드립니다.", "네, 말씀드립니다.", ": 말씀드립니다."])
def test_what_begins_a_passage(marker: str, kind: str, speaker: str | None, behind: str) -> None:
    assert read(marker + behind) == [(kind, speaker, behind.lstrip(": \n"))]


@pytest.mark.parametrize(
    "line",
    [
        "<표 1> 연도별 예산",
        "<참고>",
        "<개정안> 다음과 같습니다.",
        "<국민의 삶>은 책입니다.",
        "<질문>에 대한 답변은 다음과 같습니다.",
        "<홍길동 대변인>이라는 책을 소개합니다.",
        "<대변인>은 다음 주에 나옵니다.",
        "책 <홍길동 장관> 출간",
        "그것은 <답변> 이었습니다.",
        "[붙임] 자료",
        "[사회] 분야",
        "<주식 시장>",
        "<한국연구원>",
        "<허위 진단서 근절 대책>",
        "<제1차 국민안전 관계장관회의에서 논의된 모든 안건과 그 처리 결과를 보고한 홍길동 장관>",
        "<정말 그렇습니까? 장관>",
        "<홍길동 대변인",
        "<>",
        "<",
        "Q. 한 번만 나오는 물음",
        "A. 첫째 항목",
        "문의 : 홍길동 과장",
        "담당 과장 : 홍길동",
    ],
)
def test_what_begins_none(line: str) -> None:
    assert read(line) == [("statement", None, line)]
    assert read("<성춘향 차관>", "첫째입니다.", line, "끝입니다.") == [
        ("statement", "성춘향 차관", f"첫째입니다.\n{line}\n끝입니다.")
    ]


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("Q.", "A."),
        ("Q1.", "A1."),
        ("Q:", "A:"),
        ("문)", "답)"),
        ("문 1.", "답 1."),
        ("질문:", "답변:"),
        ("질문 1)", "답변 1)"),
    ],
)
def test_letters_where_both_are_used(ask: str, answer: str) -> None:
    assert read(
        "시작합니다.", f"{ask} 왜죠?", f"{answer} 그렇습니다.", "이상입니다.", f"{ask} 언제죠? (이몽룡 기자)"
    ) == [
        ("statement", None, "시작합니다."),
        ("question", None, "왜죠?"),
        ("answer", None, "그렇습니다.\n이상입니다."),
        ("question", "이몽룡 기자", "언제죠?"),
    ]


@pytest.mark.parametrize("bullet", ["▲", "", "○ "])
def test_names_with_colons_where_the_text_is_made_of_them(bullet: str) -> None:
    assert read(
        f"{bullet}홍길동 부대변인 : 안녕하세요.",
        "반갑습니다.",
        f"{bullet}이몽룡 기자: 언제죠?",
        f"{bullet}홍길동 부대변인 : 내일입니다.",
        "문의 : 성춘향 사무관 : 044-000-0000",
    ) == [
        ("statement", "홍길동 부대변인", "안녕하세요.\n반갑습니다."),
        ("question", "이몽룡 기자", "언제죠?"),
        ("answer", "홍길동 부대변인", "내일입니다.\n문의 : 성춘향 사무관 : 044-000-0000"),
    ]


def test_a_list_with_colons_is_no_conversation() -> None:
    lines = [
        "참석자는 다음과 같습니다.",
        "홍길동 장관 : 재정경제부",
        "성춘향 차관 : 외교부",
        "이몽룡 과장 : 044-000-0000",
    ]
    assert read(*lines) == [("statement", None, "\n".join(lines))]
    once = ["시작합니다.", "홍길동 대변인 : 한 번 인용된 말입니다.", "끝입니다."]
    assert read(*once) == [("statement", None, "\n".join(once))]


def test_who_stands_in_brackets_at_the_end_is_the_asker_only_if_a_person() -> None:
    assert read("<질문> 맞습니까? (웃음)", "<답변> 네. (성춘향 과장)") == [
        ("question", None, "맞습니까? (웃음)"),
        ("answer", None, "네. (성춘향 과장)"),
    ]


def test_a_name_with_nothing_behind_it_is_kept() -> None:
    assert read("<홍길동 대변인>", "<질문> 왜죠?", "<답변>") == [
        ("statement", "홍길동 대변인", ""),
        ("question", None, "왜죠?"),
        ("answer", None, ""),
    ]


def test_an_empty_text_has_no_statement_and_a_lone_heading_is_text() -> None:
    assert read_transcript("") == read_transcript(" \n\n") == []
    assert read("[질문·답변]") == [("statement", None, "[질문·답변]")]


PIECES = [
    "<홍길동 대변인>", "<질문>", "<답변>", "<답변> (성춘향 과장)", "[질문·답변]", "Q.", "A.", "문)", "답)",
    "<이몽룡 기자>", "▲홍길동 대변인 :", "홍길동 대변인 :", "성춘향 과장: ", "<사회자>", "<참고>", "(이몽룡 기자)",
    REMARK, "네.", "왜죠?", "그렇습니다.", "<", ">", "[", "]", ":", "(", ")", "\t", " ", "\n", "\n", "\n",
]  # fmt: skip
_MARKS = re.compile(
    r"(?:[\s<>〈〉＜＞\[\]【】()（）:：.)▲△○●□■*Q&A·-]|질문|답변|질의|응답|일문일답|모두|발언|말씀|추가|문|답|및|\d|[IVX])*"
)


def visible(text: str) -> str:
    return "".join(text.split())


@given(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
    | st.text(alphabet="<>[]() \n:Q.A홍길동장관문답질변가", max_size=60)
)
@example("<답변> (성춘향 과장)\n<질문>(이몽룡 기자)")
def test_no_word_is_lost_or_made_up(text: str) -> None:
    """The texts stand in the input, in their order; between them stand only markers, with the speakers they name."""
    statements = read_transcript(text)
    rest = text
    gaps = []
    for statement in statements:
        for line in statement.text.splitlines():
            before, found, rest = rest.partition(line)
            assert found == line
            gaps.append(before)
    gaps.append(rest)
    left = "".join(gaps)
    for speaker in [each.speaker for each in statements if each.speaker]:
        assert speaker in left
        left = left.replace(speaker, "", 1)
    assert _MARKS.fullmatch(left)
    assert bool(statements) == bool(visible(text))


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_reading_again_what_nobody_said_changes_nothing(text: str) -> None:
    for before, after in pairwise(read_transcript(text)):
        assert (before.kind, before.speaker, before.text) != ("statement", None, "")
        assert after != Statement("statement", None, "")
