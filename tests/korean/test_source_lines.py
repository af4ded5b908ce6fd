from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.korean import (
    SourceLine,
    UnreadableSourceLine,
    all_ministries,
    find_source_lines,
    read_source_line,
    squash,
    write_source_line,
)
from harvester.korean.source_lines import FoundUnreadable, scan_source_lines

names = st.sampled_from([ministry.name for ministry in all_ministries()])


@pytest.mark.parametrize(
    ("text", "ministry"),
    [
        ("(2025.07.10, 산업통상자원부)", "산업통상자원부"),
        ("(2025.07.10 산업통상자원부)", "산업통상자원부"),
        ("  （2025. 7. 10. 산업통상자원부） ", "산업통상자원부"),
        ("[2025-07-10 / 산업부]", "산업부"),
        ("(2025.7.10.(목) 산업부)", "산업부"),
        ("(’25.7.10·산업부)", "산업부"),
        ("(2025년 7월 10일 산업부)", "산업부"),
        ("(산업부, 2025.07.10)", "산업부"),
        ("(산업부 2025. 7. 10.)", "산업부"),
        ("(2025.07.10 산업통상자원부·환경부)", "산업통상자원부·환경부"),
        ("(2025.07.10, 산업부, 환경부)", "산업부, 환경부"),
        ("(2025.07.10 2050 탄소중립녹색성장위원회)", "2050 탄소중립녹색성장위원회"),
        ("(2025.07.10 일자리위원회)", "일자리위원회"),
        ("2025.07.10 산업통상자원부", "산업통상자원부"),
    ],
)
def test_what_people_type(text: str, ministry: str) -> None:
    assert read_source_line(text) == SourceLine(ministry, date(2025, 7, 10), text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "()",
        "(2025.07.10)",
        "(산업통상자원부)",
        "(2025.02.30 산업통상자원부)",
        "(2025.07.10.(금) 산업통상자원부)",
        "(2025.07 산업통상자원부)",
        "(07.10 산업통상자원부)",
        "(2025.07.10 14:00)",
        "(2025.07.10 2025.07.11 산업부)",
        "(2025.07.10~07.11 산업부)",
        "(2025.07.10 산업부(에너지))",
        "(2025.07.10 산업부",
        "[2025.07.10 산업부)",
        "2025.07.10 회의를 열었다",
        "(2025.07.10 산업부) (2025.07.11 환경부)",
        "(" + "2025.07.10 산업부" * 50 + ")",
    ],
)
def test_the_rest_is_refused(text: str) -> None:
    with pytest.raises(UnreadableSourceLine):
        read_source_line(text)


@given(names, st.dates(date(1950, 1, 1), date(2049, 12, 31)))
def test_what_is_written_is_read_back(ministry: str, day: date) -> None:
    line = write_source_line(ministry, day)
    assert line == f"({day:%Y.%m.%d} {ministry})"
    assert read_source_line(line) == SourceLine(ministry, day, line)


@given(st.text(), st.dates())
def test_whatever_is_written_is_read_back(ministry: str, day: date) -> None:
    try:
        line = write_source_line(ministry, day)
    except ValueError:
        return
    assert read_source_line(line).day == day
    assert write_source_line(read_source_line(line).ministry, day) == line


@pytest.mark.parametrize("ministry", ["", " ", "산업부\n환경부", "(산업부)", "2024", "-"])
def test_no_line_without_a_ministry(ministry: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        write_source_line(ministry, date(2024, 1, 17))


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(UnreadableSourceLine):
        assert read_source_line(text).raw == text


# In any text

DAY = date(2024, 1, 17)
WHERE = "산업통상자원부"


def found(text: str) -> list[tuple[str, date]]:
    return [(each.source.ministry, each.source.day) for each in find_source_lines(text)]


@pytest.mark.parametrize(
    "text",
    [
        "(2024.01.17 산업통상자원부)",
        "(2024.01.17, 산업통상자원부)",
        "[2024. 1. 17.(수) 산업통상자원부]",
        "（２０２４．０１．１７　산업통상자원부）",
        "【’24.1.17 산업통상자원부】",
        "('24.1.17. 산업통상자원부 보도자료)",
        "(2024년 1월 17일 산업통상자원부)",
        "(산업통상자원부, 2024.1.17.)",
        "(산업통상자원부 보도자료, 2024.1.17.(수요일))",
        "(산업통상자원부, 「희토류 공급망 대책」 보도자료, 2024.1.17.)",
        "(출처: 산업통상자원부, 2024-01-17)",
        "(사진=산업통상자원부, 2024년 1월 17일자)",
        "(산업통상자원부, ’24.1.17일)",
        "1) 산업통상자원부, 「업무계획」, 2024.1.17.",
        "(자료 : 산업통상자원부 2024.1.17 보도참고자료)",
        "출처: 산업통상자원부 보도자료(2024.1.17)",
        "[출처] 산업통상자원부(2024.01.17.)",
        "<자료> 산업통상자원부, 2024.01.17.",
        "자료=산업통상자원부, 2024-01-17",
        "※ 출처 : 2024.1.17. 산업통상자원부 보도자료",
        "출처：２０２４．１．１７．산업통상자원부",
        "Source: 산업통상자원부, 2024/01/17",
        "산업통상자원부 보도자료(2024.1.17)",
        "2024.01.17 산업통상자원부",
        "- 산업통상자원부(2024.1.17.)",
        "산업통상자원부, 2024.1.17.",
        "공급망을 안정시키겠다고 밝혔다(산업통상자원부, 2024.1.17).",
        "지난 달 산업통상자원부 보도참고자료(2024.1.17.)에 따르면 수출이 늘었다.",
        "수출이 늘었다(2024.1.17. 산업통상자원부 보도자료). 그러나 수입도 늘었다.",
        "산업통상자원부, 「희토류 공급망 대책」, 보도자료, 2024. 1. 17.",
        "「희토류 공급망 대책」, 산업통상자원부, 2024.1.17",
        "‘희토류 공급망 대책’, 산업통상자원부(2024.1.17.)",
        "2024.1.17. 산업통상자원부, “희토류 공급망 대책”",
        "(<희토류 공급망 대책>, 산업통상자원부, 2024.1.17)",
        "(2024.1.17, 산업통상자원부 <[참고] 희토류 공급망 대책>)",
        "(산업통상자원부, 희토류 공급망을 안정시킬 대책, 2024.1.17)",
        "산업통상자원부(2024. 1. 17.). 희토류 공급망 대책",
        "1. 산업통상자원부. (2024. 1. 17.). 희토류 공급망 대책.",
        "산업통상자원부(2024.1.17), 「희토류 공급망 대책」.",
        "20240117\t산업통상자원부\t희토류 공급망 대책",
        "희토류 공급망 대책\t2024-01-17\t비고\t산업통상자원부",
        '1,"희토류, 공급망",산업통상자원부,2024. 1. 17.',
        "산업통상자원부, 희토류 공급망 대책, 2024.1.17.",
        "2024-01-17 00:00:00,산업통상자원부,희토류 공급망 대책",
        "| 2024-01-17 | 희토류 공급망 대책 | 산업통상자원부 |",
        "제목\t(2024.01.17 산업통상자원부)\thttps://www.korea.kr/",
        "<p>(2024.01.17 산업통상자원부)</p>",
        "(2024.01.17 산업통상자원부) https://www.korea.kr/",
    ],
)
def test_in_all_the_forms_in_which_people_cite(text: str) -> None:
    assert found(text) == [(WHERE, DAY)]
    assert found(f"머리말\n\n{text}\n\n꼬리말") == [(WHERE, DAY)]


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("밝혔다(산업통상자원부, 2024.1.17).", "(산업통상자원부, 2024.1.17)"),
        ("  （2024. 1. 17. 산업부） ", "（2024. 1. 17. 산업부）"),
        ("※ 출처 : 2024.1.17. 산업부 보도자료 끝", "출처 : 2024.1.17. 산업부 보도자료"),
        ("[출처] 환경부(2024.01.17.)", "[출처] 환경부(2024.01.17.)"),
        ("지난 환경부 보도자료(2024.1.17)는", "환경부 보도자료(2024.1.17)"),
    ],
)
def test_where_it_stands(text: str, raw: str) -> None:
    [one] = find_source_lines(f"첫 줄\n둘째 줄\n{text}\n")
    assert (one.line, one.source.raw) == (3, raw)
    assert f"첫 줄\n둘째 줄\n{text}\n"[one.start : one.end] == raw


def test_several_in_one_text() -> None:
    text = "(2024.01.17 산업부) 그리고 (환경부, 2024.1.18)\n\n출처: 국토교통부 보도자료(2024.1.19)\n(2024.1.20 법무부)"
    assert found(text) == [
        ("산업부", DAY),
        ("환경부", DAY.replace(day=18)),
        ("국토교통부", DAY.replace(day=19)),
        ("법무부", DAY.replace(day=20)),
    ]
    assert [each.line for each in find_source_lines(text)] == [1, 1, 3, 4]


def test_several_behind_one_label() -> None:
    text = "자료: 환경부(2024.01.17.), 국토교통부 보도자료(2024.01.18.)"
    assert found(text) == [("환경부", DAY), ("국토교통부", DAY.replace(day=18))]
    assert [each.source.raw for each in find_source_lines(text)] == [
        "자료: 환경부(2024.01.17.)",
        "국토교통부 보도자료(2024.01.18.)",
    ]


@pytest.mark.parametrize("joined", ["기획재정부·산업통상자원부", "기재부, 산업부", "기획재정부ㆍ산업통상자원부"])
def test_several_ministries_stay_joined_as_printed(joined: str) -> None:
    assert found(f"밝혔다({joined}, 2024.1.17).") == found(f"(2024.01.17 {joined})") == [(joined, DAY)]


@pytest.mark.parametrize(
    "text",
    [
        "(2024.1.17 개최)",
        "(2024.1.17.~1.19.)",
        "(2024.1.17.~1.19. 산업통상자원부)",
        "(2024.1.15~2024.1.17 산업통상자원부)",
        "(법률 제1234호, 2024.1.17.)",
        "「산업안전보건법」(법률 제1234호, 2024.1.17. 개정)",
        "회의(2024.1.17, 서울)를 열었다",
        "문의: 산업통상자원부 044-000-0000",
        "(산업통상자원부 044-000-0000)",
        "(2024.2.30 산업통상자원부)",
        "(2024.1.17.(목) 산업통상자원부)",
        "(1.17 산업통상자원부)",
        "(2024.1.17 산업통상자원부",
        "(2024.1.17\n산업통상자원부)",
        "2024.\n1.17 산업통상자원부",
        "산업통상자원부는 2024.1.17 회의를 열었다",
        "산업통상자원부(2024.1.17 출범)는",
        "산업통상자원부(2024.1.17)는 이름을 바꾸었다",
        "2024.1.17 산업통상자원부 장관은 회의를 열었다",
        "판 10.2.2024.1.17 산업통상자원부",
        "2024년 1월 17일, 산업통상자원부, 환경부가 회의를 열었다.",
        "2024-01-17\t2024-01-18\t산업통상자원부",
        "2024-01-17\t산업통상자원부\t환경부",
        "20241717\t산업통상자원부",
        "1월 17일\t산업통상자원부\t제목",
        "「희토류 공급망 대책」, 산업통상자원부, 2024.1.17 시행",
    ],
)
def test_what_only_looks_like_one(text: str) -> None:
    assert found(text) == []


def test_alone_in_brackets_any_name_is_believed_and_in_a_sentence_none() -> None:
    assert found("(2024.01.17 국제우주협력단)") == [("국제우주협력단", DAY)]
    assert found("제목\t(2024.01.17 국제우주협력단)\t3") == [("국제우주협력단", DAY)]
    assert found("밝혔다(2024.01.17 국제우주협력단).") == []
    assert found("2024.01.17 국제우주협력단") == []


TITLE = "바닷가 쓰레기 줄이는 새 길, 어촌 마을 열두 곳이 함께 연다"


@pytest.mark.parametrize("quotes", ["「」", "『』", "“”", "‘’", "<>", "〈〉", "《》", "''"])
@pytest.mark.parametrize(
    "form",
    [
        "산림청, {}, 보도자료, 2023. 12. 22.",
        "{}, 산림청, 2023.12.22",
        "(산림청, {}, 2023.12.22)",
        "밝혔다({}, 산림청, ’23.12.22).",
        "(2023.12.22, {}, 산림청)",
        "출처: 산림청 {} (2023.12.22)",
        "{} 산림청(2023.12.22.)",
        "산림청(2023.12.22), {}",
    ],
)
@pytest.mark.parametrize("title", [TITLE, f"[보도참고] {TITLE}", "숲 ‘나무’ 2023 이야기를 모은 책"])
def test_a_title_that_is_quoted_within_it(quotes: str, form: str, title: str) -> None:
    if quotes in ("‘’", "''") and "‘" in title:
        return
    [one] = find_source_lines(form.format(f"{quotes[0]}{title}{quotes[1]}"))
    assert (one.source.ministry, one.source.day, one.title) == ("산림청", date(2023, 12, 22), title)


def test_a_title_that_is_quoted_directly_before_it() -> None:
    assert [each.title for each in find_source_lines(f"앞 <{TITLE}> (산림청 23.12.22)")] == [TITLE]
    assert [each.title for each in find_source_lines(f"“{TITLE}” (산림청 23.12.22)")] == [None]
    assert [each.title for each in find_source_lines("「산림보호와 이용에 관한 법률」 (산림청 23.12.22)")] == [None]


@pytest.mark.parametrize(
    "text",
    [
        f"20231222\t산림청\t{TITLE}",
        f"{TITLE}\t2023-12-22\t산림청",
        f'3,20231222,"{TITLE}",산림청',
        f"산림청,{TITLE},2023-12-22",
        f"(산림청, {TITLE}, 2023.12.22)",
        f"출처: 산림청, {TITLE}, 2023.12.22",
    ],
)
def test_other_words_of_it_may_be_the_title(text: str) -> None:
    [one] = find_source_lines(text)
    assert TITLE in one.words


def unreadable(text: str) -> list[tuple[str, str]]:
    return [(each.raw, each.reason) for each in scan_source_lines(text) if isinstance(each, FoundUnreadable)]


@pytest.mark.parametrize(
    ("text", "raw", "reason"),
    [
        ("밝혔다(2024.02.30 환경부).", "(2024.02.30 환경부)", "there is no day 30 of month 2 in 2024"),
        ("(2024.02.30 국제우주협력단)", "(2024.02.30 국제우주협력단)", "there is no day 30 of month 2 in 2024"),
        ("2024.13.1 환경부", "2024.13.1 환경부", "13"),
        ("20240230\t환경부\t제목", "20240230\t환경부", "there is no day 30 of month 2 in 2024"),
        ("밝혔다(2024.1.17.(목) 환경부).", "(2024.1.17.(목) 환경부)", "2024-01-17"),
        ("밝혔다(2024.01.17 없는부).", "(2024.01.17 없는부)", "'없는부' is no ministry known"),
        ("밝혔다(없는위원회, 2024.01.17).", "(없는위원회, 2024.01.17)", "'없는위원회' is no ministry known"),
        ("밝혔다(2024.01.17 환경부·없는처).", "(2024.01.17 환경부·없는처)", "'없는처' is no ministry known"),
        ("출처: 없는청, 2024.1.17", "출처: 없는청, 2024.1.17", "'없는청' is no ministry known"),
        ("출처: 없는청 보도자료(2024.1.17)", "출처: 없는청 보도자료(2024.1.17)", "'없는청' is no ministry known"),
    ],
)
def test_what_has_the_form_but_cannot_be_one_is_named(text: str, raw: str, reason: str) -> None:
    assert found(text) == []
    [(printed, why)] = unreadable(f"첫 줄\n{text}\n")
    assert printed == raw
    assert reason in why


@pytest.mark.parametrize(
    "text",
    [
        "회의(2024.1.17 개최)를 열었다",
        "회의(2024.2.30 개최)를 열었다",
        "회의(2024.1.17, 서울시청)를 열었다",
        "지원(2024.1.17 신청)을 받는다",
        "협상(2024.1.17 정부)이 끝났다",
        "소식(2024.1.17 올림픽공원)이다",
        "밝혔다(2024.01.17 한국은행).",
        "법(법률 제1234호, 2024.2.30. 개정)",
        "(1.17 환경부)",
    ],
)
def test_what_has_not_its_form_is_passed_over(text: str) -> None:
    assert scan_source_lines(text) == []


@given(st.lists(st.tuples(names, st.dates(date(1950, 1, 1), date(2049, 12, 31))), max_size=5))
def test_what_is_written_is_found(written: list[tuple[str, date]]) -> None:
    lines = [write_source_line(*each) for each in written]
    assert found("머리말\n" + "\n\n".join(lines)) == written
    sentence = " ".join(f"이렇게 밝혔다{line}." for line in lines)
    assert found(sentence) == written


@given(st.text(), st.dates(date(1950, 1, 1), date(2049, 12, 31)))
def test_what_is_found_alone_is_what_is_read(ministry: str, day: date) -> None:
    try:
        line = write_source_line(ministry, day)
    except ValueError:
        return
    for each in find_source_lines(line):
        assert each.source.day == day
        assert each.source.ministry in squash(ministry)


pieces = st.sampled_from(
    [
        *"()[]（）「」<>“”\"';:,.·=|\n\t 0197",
        "2024.1.17",
        "20240117",
        "2024.2.30",
        "없는부",
        "24-01-17",
        "2024년 1월 17일",
        "(수)",
        "산업통상자원부",
        "환경부",
        "출처: ",
        "보도자료",
        "https://",
    ]
)


@given(st.lists(pieces, max_size=40).map("".join))
def test_what_is_found_stands_there_in_order(text: str) -> None:
    ended = 0
    for each in scan_source_lines(text):
        raw = each.raw if isinstance(each, FoundUnreadable) else each.source.raw
        assert ended <= each.start < each.end <= len(text)
        assert text[each.start : each.end] == raw
        assert each.line == text.count("\n", 0, each.start) + 1
        assert "\n" not in raw
        ended = each.end


@pytest.mark.parametrize(
    "piece",
    [
        "\t",
        ",",
        "20240117\t환경부\t",
        "20240117,환경부\n",
        "「2024.1.17",
        "<2024.1.17 ",
        "'",
        '"a',
        "‘",
        "산림청, ",
        "(",
        "(2024.1.17 ",
        "출처: ",
        "「",
        "·",
        "1.",
        "2024.1.17",
        " ",
        "환경부,",
        "(2024.1.17 환경부)",
        "\n",
    ],
)
def test_a_hostile_text_takes_its_time_only_once(piece: str) -> None:
    """A scan from every place to the end of the text would take hours."""
    size = 2_000_000 if len(piece) == 1 else 400_000
    assert len(find_source_lines(piece * (size // len(piece)))) <= size // 8


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(출처: 산업통산자원부, 2024.1.17)", "'산업통산자원부' is no ministry known"),
        ("본문입니다 (출처: 산업통산자원부, 2024.1.17)", "'산업통산자원부' is no ministry known"),
        ("국방부\t2024-01-08\t2026-01-01\t어느 보도자료의 제목", "several days stand in its row"),
    ],
)
def test_what_cannot_be_read_is_named_wherever_it_stands(text: str, reason: str) -> None:
    assert [why for _, why in unreadable(text)] == [reason]


@pytest.mark.parametrize(
    "text",
    [
        "자료제공: 산업통상자원부(2024.1.17)",
        "사진제공=산업통상자원부, 2024.1.17",
        "산업통상자원부,2024-01-17T07:01:36+09:00,어느 보도자료의 제목",
        "산업통상자원부\t2024-01-17\t2024-01-17\t어느 보도자료의 제목",
    ],
)
def test_labels_written_together_and_columns_of_a_table(text: str) -> None:
    (found,) = find_source_lines(text)
    assert (found.source.day, found.source.ministry) == (date(2024, 1, 17), "산업통상자원부")
