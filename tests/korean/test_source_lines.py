from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.korean import SourceLine, UnreadableSourceLine, all_ministries, read_source_line, write_source_line

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
