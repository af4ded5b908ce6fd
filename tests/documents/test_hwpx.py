"""What is read from hwpx files, made here from OWPML as Hancom's programs write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.demo.hwpx import make_hwpx, make_package
from harvester.documents import UnreadableDocument
from harvester.documents.hwpx import read_hwpx
from harvester.documents.reading import read

OWPML = "http://www.hancom.co.kr/hwpml/2011"
WORDS = st.text(st.sampled_from("가나다라힣abcXYZ019.,()<>&\"'·○□→😀"), min_size=1, max_size=12)
PARAGRAPHS = st.lists(st.lists(WORDS, min_size=1, max_size=30).map(" ".join), min_size=1, max_size=8)


def lines(body: str, owpml: str = OWPML) -> list[str]:
    """The lines of a section with this body."""
    names = f'xmlns:hp="{owpml}/paragraph" xmlns:hs="{owpml}/section"'
    section = f'<?xml version="1.0" encoding="UTF-8"?><hs:sec {names}>{body}</hs:sec>'
    return read(make_package(section.encode()), "a.hwpx").text.split("\n")


def p(content: str) -> str:
    return f"<hp:p><hp:run>{content}</hp:run><hp:linesegarray><hp:lineseg textpos='0'/></hp:linesegarray></hp:p>"


def t(text: str) -> str:
    return f"<hp:t>{text}</hp:t>"


def box(*texts: str) -> str:
    inner = "".join(p(t(text)) for text in texts)
    return f"<hp:rect><hp:sz/><hp:drawText><hp:subList>{inner}</hp:subList></hp:drawText></hp:rect>"


def cell(*contents: str) -> str:
    return f"<hp:tc><hp:subList>{''.join(map(p, contents))}</hp:subList><hp:cellAddr/></hp:tc>"


def table(*rows: str, more: str = "") -> str:
    return f"<hp:tbl><hp:sz/>{more}{''.join(f'<hp:tr>{row}</hp:tr>' for row in rows)}</hp:tbl>"


@given(PARAGRAPHS)
def test_each_paragraph_is_a_line_whatever_its_runs(paragraphs: list[str]) -> None:
    document = read(make_hwpx(paragraphs), "보도자료.hwpx")
    assert (document.text.split("\n"), document.kind, document.pages) == (paragraphs, "hwpx", None)


@given(st.lists(st.lists(WORDS, min_size=2, max_size=4), min_size=1, max_size=4))
def test_each_row_is_a_line_with_its_cells_a_tab_apart(rows: list[list[str]]) -> None:
    assert read(make_hwpx(["표"], [rows]), "").text.split("\n") == ["표", *map("\t".join, rows)]


def test_same_input_same_bytes() -> None:
    assert make_hwpx(["가"], [[["나", "다"]]]) == make_hwpx(["가"], [[["나", "다"]]])


def test_words_are_not_split_between_runs() -> None:
    assert lines(
        "<hp:p><hp:run><hp:t>산업통</hp:t></hp:run><hp:run><hp:t>상</hp:t><hp:t>부는</hp:t></hp:run></hp:p>"
    ) == ["산업통상부는"]


def test_what_stands_inside_a_text() -> None:
    text = (
        '가<hp:tab width="1"/>나<hp:lineBreak/>다<hp:nbSpace/>라<hp:fwSpace/>마<hp:hyphen/>바'
        '<hp:markpenBegin color="#FFFF00"/>사<hp:markpenEnd/>아<hp:titleMark ignore="1"/>자'
    )
    assert lines(p(t(text))) == ["가\t나", "다 라 마-바사아자"]


def test_deleted_text_is_left_out_and_inserted_text_is_in() -> None:
    first = t('남고 <hp:deleteBegin Id="1" TcId="1"/>지워')
    second = t('지고<hp:deleteEnd Id="1" TcId="1"/><hp:insertBegin Id="2"/>들어오고<hp:insertEnd Id="2"/> 남음')
    assert lines(p(first + second)) == ["남고 들어오고 남음"]
    assert lines(p(first) + p(t("이것도")) + p(second)) == ["남고", "", "들어오고 남음"]


def test_a_deletion_that_never_ends_deletes_nothing() -> None:
    assert lines(p(t('하나 <hp:deleteBegin Id="1"/>둘')) + p(t("셋"))) == ["하나 둘", "셋"]


def test_a_frame_around_the_whole_text_keeps_its_paragraphs() -> None:
    inner = table(cell(t("가"), t("나")) + cell(t("다")))
    assert lines(p(table(cell(t("첫째 문단"), inner, t("둘째 문단"))))) == ["첫째 문단", "가 나\t다", "둘째 문단"]


def test_a_table_within_a_cell_of_several_survives() -> None:
    inner = table(cell(t("가")) + cell(t("나")))
    assert lines(p(table(cell(t("왼쪽")) + cell(t("안:"), inner)))) == ["왼쪽\t안: 가 나"]


def test_an_empty_cell_keeps_its_place() -> None:
    assert lines(p(table(cell("") + cell(t("값")), cell(t("이름")) + cell("") + cell(t("끝"))))) == [
        "\t값",
        "이름\t\t끝",
    ]


def test_tables_and_captions_stand_where_they_are_anchored() -> None:
    above = '<hp:caption side="TOP"><hp:subList>' + p(t("위")) + "</hp:subList></hp:caption>"
    below = above.replace("TOP", "BOTTOM").replace("위", "아래")
    assert lines(p(t("앞 ") + table(cell(t("표")), more=above + below) + t(" 뒤"))) == ["앞", "위", "표", "아래", "뒤"]


def test_a_box_does_not_break_the_word_it_is_anchored_in() -> None:
    assert lines(p(t("산업") + box("글상자", "두 줄") + t("통상부 장관"))) == ["산업통상부 장관", "글상자", "두 줄"]
    assert lines(p(t("산업통상부 ") + box("글상자") + t("장관"))) == ["산업통상부", "글상자", "장관"]


def test_notes_follow_their_paragraph_with_their_numbers() -> None:
    number = '<hp:autoNum num="1" numType="FOOTNOTE"><hp:autoNumFormat type="DIGIT" suffixChar=")"/></hp:autoNum>'
    inner = f"<hp:p><hp:run><hp:ctrl>{number}</hp:ctrl>{t(' 풀이')}</hp:run></hp:p>"
    note = f"<hp:ctrl><hp:footNote number='1'><hp:subList>{inner}</hp:subList></hp:footNote></hp:ctrl>"
    assert lines(p(t("제도") + note + t("를 바꾼다."))) == ["제도를 바꾼다.", "1) 풀이"]


@pytest.mark.parametrize("kind", ["header", "footer"])
def test_headers_and_footers_are_read(kind: str) -> None:
    control = f"<hp:ctrl><hp:{kind}><hp:subList>{p(t('보도자료'))}</hp:subList></hp:{kind}></hp:ctrl>"
    assert lines(p(control + t("제목"))) == ["보도자료", "제목"] or kind == "footer"
    assert sorted(lines(p(control + t("제목")))) == ["보도자료", "제목"]


def test_grouped_boxes_and_their_captions_are_read() -> None:
    caption = f"<hp:caption><hp:subList>{p(t('그림 1'))}</hp:subList></hp:caption>"
    assert lines(p(f"<hp:container>{box('하나')}{box('둘')}{caption}</hp:container>")) == ["하나", "둘", "그림 1"]


def test_equations_form_fields_and_small_print() -> None:
    equation = "<hp:equation><hp:sz/><hp:script>x^2 over y</hp:script></hp:equation>"
    assert lines(p(t("식") + equation + t("은"))) == ["식 x^2 over y 은"]
    assert lines(p("<hp:edit name='e'><hp:formCharPr/><hp:text>적은 것</hp:text></hp:edit>")) == ["적은 것"]
    ruby = "<hp:dutmal><hp:mainText>본말</hp:mainText><hp:subText>덧말</hp:subText></hp:dutmal>"
    assert lines(p(t("가 ") + ruby + '<hp:compose composeText="㉮"/>')) == ["가 본말 덧말㉮"]


def test_of_several_ways_to_say_the_same_one_is_read() -> None:
    two_ways = f"<hp:switch><hp:case>{box('새 방식')}</hp:case><hp:default>{box('옛 방식')}</hp:default></hp:switch>"
    assert lines(p(two_ways)) == ["새 방식"]
    assert lines(p(f"<hp:switch><hp:case/><hp:default>{box('옛 방식')}</hp:default></hp:switch>")) == ["옛 방식"]


@pytest.mark.parametrize(
    "owpml", ["http://www.hancom.co.kr/hwpml/2016", "http://www.owpml.org/owpml/2024", "urn:something-to-come"]
)
def test_namespaces_do_not_matter(owpml: str) -> None:
    assert lines(p(t("가") + table(cell(t("나")) + cell(t("다")))), owpml) == ["가", "나\t다"]


def test_a_click_here_field_has_no_text_of_its_own() -> None:
    field = (
        '<hp:ctrl><hp:fieldBegin type="CLICK_HERE"><hp:parameters><hp:stringParam name="Direction">여기를 누르세요'
        "</hp:stringParam></hp:parameters></hp:fieldBegin></hp:ctrl>"
    )
    assert lines(p(field + t("적은 것") + "<hp:ctrl><hp:fieldEnd/></hp:ctrl>")) == ["적은 것"]


def reason(content: bytes) -> str:
    with pytest.raises(UnreadableDocument) as refused:
        read_hwpx(content)
    return refused.value.reason


def test_what_is_refused() -> None:
    assert reason(make_hwpx(["가"], encrypted=True)) == "encrypted"
    assert reason(make_hwpx([])).startswith("empty: ")
    assert reason(make_hwpx(["가"])[:-30]).startswith("damaged: ")
    assert reason(make_package(b"<sec><p><run><t>cut")).startswith("damaged: ")
    assert reason(make_package(b"")).startswith("damaged: ")
