from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harvester.korean import KST, KoreanDate, UnreadableDate, read_date

REFERENCE = date(2024, 1, 19)
DAY = date(2024, 1, 17)

days = st.dates(date(1950, 1, 1), date(2049, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "2024.01.17",
        "2024. 1. 17.",
        "2024.\u00a01.\u00a017. ",
        "２０２４．１．１７．（수）",
        "’24.1.17.",
        "'24. 1. 17(수)",
        "`24.1.17일",
        "24년 1월 17일",
        "2024년1월17일(수)",
        "2024년 1월 17일 수요일",
        "2024年 1月 17日",
        "2024년 1.17.(수)",
        "2024.1.17.수.조간",
        "2024.1.17.(수) 배포 시",
        "'24.1.17.(수) 조간부터",
        "2024. 1. 17.(수 조간)",
        "2024/1/17 (Wed)",
        "20240117",
        "등록일 : 2024.01.17",
        "배포일시 2024. 1. 17.(수)",
        "(2024.1.17.(수) 조간)",
        "2024.01.17 산업통상자원부·환경부",
        "Jan 17, 2024",
        "January 17th 2024",
        "Wed, 17 Jan 2024",
        "17-Jan-2024",
    ],
)
def test_a_day_with_its_year(text: str) -> None:
    assert read_date(text) == KoreanDate(DAY, None, "day", text)


@pytest.mark.parametrize("text", ["1.17.(수)", "1. 17.", "01-17", "1월17일", "1/17(수)", "1.17일"])
def test_a_day_without_its_year_needs_a_reference(text: str) -> None:
    assert read_date(text, reference=REFERENCE).day == DAY
    with pytest.raises(UnreadableDate, match="no reference"):
        read_date(text)


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("2024. 1. 17.(수) 14시", "2024-01-17T14:00", "hour"),
        ("2024. 1. 17. (수) 오후 2시 30분", "2024-01-17T14:30", "minute"),
        ("2024.1.17(수, 14:00)", "2024-01-17T14:00", "minute"),
        ("2024.1.17 14:30분", "2024-01-17T14:30", "minute"),
        ("2024.1.17 오전 12시", "2024-01-17T00:00", "hour"),
        ("2024.1.17 오후 12:10", "2024-01-17T12:10", "minute"),
        ("2024.1.17 낮 12시", "2024-01-17T12:00", "hour"),
        ("2024.1.17 2:30 p.m.", "2024-01-17T14:30", "minute"),
        ("2024.1.17. 24:00", "2024-01-18T00:00", "minute"),
        ("2023.12.31. 24시", "2024-01-01T00:00", "hour"),
        ("20240117T093015", "2024-01-17T09:30:15", "second"),
        ("12/03/2024 09:00:00", "2024-12-03T09:00", "second"),
        ("2024-01-17 09:30 KST", "2024-01-17T09:30", "minute"),
        ("2024-01-17T20:30:00Z", "2024-01-18T05:30", "second"),
        ("2024-01-17T15:30:00-05:00", "2024-01-18T05:30", "second"),
        ("2024-01-17 09:30:15.0", "2024-01-17T09:30:15", "second"),
        ("Wed, 17 Jan 2024 20:00:00 GMT", "2024-01-18T05:00", "second"),
        ("17 Jan 2024 2:30 PM", "2024-01-17T14:30", "minute"),
        ("2024.9.9.월.행사시작(9시30분)이후", "2024-09-09T09:30", "minute"),
    ],
)
def test_a_time(text: str, at: str, precision: str) -> None:
    read = read_date(text)
    assert read.at == datetime.fromisoformat(at).replace(tzinfo=KST)
    assert (read.day, read.precision) == (read.at.date(), precision)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2024.2.30", "there is no day 30"),
        ("2023.2.29.", "there is no day 29"),
        ("2024.13.45", "month 13"),
        ("2024.1.17.(목)", "not the weekday"),
        ("Thu, 17 Jan 2024 09:00:00 +0900", "not the weekday"),
        ("2024.1.17 25:00", "there is no time"),
        ("2024.1.17 24:30", "there is no time"),
        ("2024.1.17 14:60", "there is no time"),
        ("2024.1.17 오후 13시", "no hour 13"),
        ("2024.1.17 오후 2:30 PM", "twice"),
        ("202401170930 10:00", "two times"),
        ("2024.1", "no day"),
        ("2024년 1월", "no day"),
        ("1.5.~1.7.", "range"),
        ("2024.1.17~1.19", "range"),
        ("2024.1.17까지", "deadline"),
        ("2024-01-17 09:30-10:30", "range of times"),
        ("2024.1.17 / 2024.1.18", "more than one"),
        ("1.17.(수) 조간 (온라인 1.16. 12:00)", "more than one"),
        ("12/03/2024", "month or the day"),
        ("12/03/24", "year or the month"),
        ("25/12/2024 09:00", "month 25"),
        ("3.5", "number"),
        ("1/2", "number"),
        ("4-7.", "number"),
        ("3.5%", "known form"),
        ("3050", "known form"),
        ("044-203-0000", "more than one date, or not"),
        ("제2024-17호", "known form"),
        ("법률 제20240117호", "known form"),
        ("상태: 노출", "known form"),
        ("상태: 1.17", "known form"),
        ("2024.1-17", "known form"),
        ("2024.1.17 일자리", "known form"),
        ("1588-12-13", "outside"),
        ("2024-01-17 09:00 EST", "known form"),
        ("2024-01-17T09:00:00+25:00", "no time zone"),
        ("2024-01-17T09:00:00+09:00 KST+10", "known form"),
        ("1987.5.10. 02:30", "skipped"),
        ("2024.1.17" + " " * 200, "longer"),
        ("2024.1.1\x007", "control"),
        ("", "known form"),
    ],
)
def test_what_is_refused_and_why(text: str, reason: str) -> None:
    with pytest.raises(UnreadableDate, match=reason) as refusal:
        read_date(text, reference=REFERENCE)
    assert repr(text)[1:30] in str(refusal.value)


def test_a_date_before_an_hour_is_not_taken_for_a_longer_date() -> None:
    assert read_date("10.12. 9시", reference=REFERENCE).at == datetime(2024, 10, 12, 9, tzinfo=KST)


@pytest.mark.parametrize(
    ("text", "prefer", "day"),
    [
        ("01-19", "same-year", "2024-01-19"),
        ("01-19", "future", "2024-01-19"),
        ("01-19", "past", "2023-01-19"),
        ("01-16", "future", "2025-01-16"),
        ("01-17", "past", "2024-01-17"),
        ("12.31.", "past", "2023-12-31"),
        ("12.31.(일)", "future", "2023-12-31"),  # the weekday outranks
        ("2.29.", "past", "2020-02-29"),
        ("2.29.", "future", "2024-02-29"),
    ],
)
def test_the_year_is_chosen_from_the_reference(text: str, prefer: str, day: str) -> None:
    assert read_date(text, reference=DAY, prefer=prefer).day == date.fromisoformat(day)  # type: ignore[arg-type]


def test_the_year_is_refused_where_none_fits() -> None:
    with pytest.raises(UnreadableDate, match="no day 29"):
        read_date("2.29.", reference=date(2023, 3, 1))
    with pytest.raises(UnreadableDate, match="no year around"):
        read_date("1.17.(목)", reference=DAY)
    with pytest.raises(ValueError, match="prefer is one of"):
        read_date("1.17.", reference=DAY, prefer="nearest")  # type: ignore[arg-type]


def test_a_reference_time_counts_as_its_korean_day() -> None:
    new_year_in_korea = datetime(2023, 12, 31, 20, tzinfo=UTC)
    assert read_date("1.17.", reference=new_year_in_korea).day == DAY


def test_summer_time_of_1988() -> None:
    at = read_date("1988-07-01 09:00").at
    assert at is not None
    assert at.utcoffset() == timedelta(hours=10)
    assert read_date("1988-07-01T09:00+09:00").at == at + timedelta(hours=1)


FORMS = (
    "{d.year}.{d.month:02}.{d.day:02}",
    "{d.year}. {d.month}. {d.day}.({w})",
    "{d.year}-{d.month:02}-{d.day:02}",
    "{d.year}/{d.month}/{d.day}",
    "{d.year}년 {d.month}월 {d.day}일({w})",
    "{d.year}년{d.month}월{d.day}일 {w}요일",
    "{d.year}{d.month:02}{d.day:02}",
    "’{y:02}.{d.month}.{d.day}일",
    "‘{y:02}. {d.month}. {d.day}.({w}) 조간",
    "{y:02}-{d.month:02}-{d.day:02}",
    "{y:02}년 {d.month}월 {d.day}일",
    "{d:%b} {d.day}, {d.year}",
    "{d:%a}, {d.day} {d:%B} {d.year}",
)


@given(days, st.sampled_from(FORMS))
def test_every_printed_day_is_read_back(day: date, form: str) -> None:
    text = form.format(d=day, w="월화수목금토일"[day.weekday()], y=day.year % 100)
    assert read_date(text).day == day


@given(days, st.sampled_from(FORMS[:-2]), st.times())
def test_every_printed_time_is_read_back(day: date, form: str, time: object) -> None:
    at = datetime.combine(day, time).replace(second=0, microsecond=0)  # type: ignore[arg-type]
    assume(at.replace(tzinfo=KST).astimezone(UTC).astimezone(KST).replace(tzinfo=None) == at)
    text = form.format(d=day, w="월화수목금토일"[day.weekday()], y=day.year % 100).removesuffix(" 조간")
    assert read_date(f"{text} {at:%H:%M}").at == at.replace(tzinfo=KST)


@given(
    days, st.sampled_from(["{d.month}.{d.day}.({w})", "{d.month}월 {d.day}일({w})", "{d.month:02}-{d.day:02} ({w})"])
)
def test_a_weekday_finds_the_year_from_anywhere_near(day: date, form: str) -> None:
    text = form.format(d=day, w="월화수목금토일"[day.weekday()])
    for away in (-180, 0, 180):
        assert read_date(text, reference=day + timedelta(days=away)).day == day


@given(days, st.integers(1, 6))
def test_a_wrong_weekday_is_always_refused(day: date, off: int) -> None:
    with pytest.raises(UnreadableDate):
        read_date(f"{day:%Y.%m.%d}.({'월화수목금토일'[(day.weekday() + off) % 7]})")


@given(st.one_of(st.text(), st.text("0123456789./-: ’년월일시분()수조간오전후~TZ+GMTJan,%호", max_size=24)))
def test_no_text_gives_a_year_it_does_not_hold(text: str) -> None:
    try:
        read = read_date(text)
    except UnreadableDate:
        return
    days_near = (read.day, read.day - timedelta(days=1), read.day + timedelta(days=1))  # zones, 24:00
    digits = "".join(
        character for character in text.translate({0xFF10 + n: 48 + n for n in range(10)}) if character.isdigit()
    )
    assert any(f"{day.year % 100:02}" in digits for day in days_near)
