"""A working day with next to nothing is told; holidays, days around them, outages and small boards are not."""

from datetime import date, timedelta
from random import Random

import pytest

from harvester.drift import Notice
from harvester.drift.days import MOST_AT_ONCE, DayKind, holidays, judge, kind_of, too_small


def a_year(year: int, *, weekday: int = 96, seed: int = 0) -> dict[date, int]:
    """Releases by day as the site has them: 96 on a working day by the median, 146 on one in twenty, 11 on others."""
    dice, found, day = Random(seed), {}, date(year, 1, 1)
    while day.year == year:
        kind = kind_of(day)
        if kind in (DayKind.WEEKEND, DayKind.HOLIDAY):
            found[day] = round(weekday * dice.uniform(0.02, 0.2))
        elif kind is DayKind.BESIDE_HOLIDAY:
            found[day] = round(weekday * dice.uniform(0.2, 1))
        else:
            found[day] = round(weekday * dice.lognormvariate(0, 0.26))
        day += timedelta(days=1)
    return found


def told(ledger: dict[date, int]) -> list[Notice]:
    return list(judge("press-release", ledger, ledger))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("year", [2019, 2023, 2024, 2025])
def test_ordinary_years_tell_nothing(year: int, seed: int) -> None:
    assert told(a_year(year, seed=seed)) == []


def test_a_working_day_far_too_small_is_told_and_says_what_is_usual() -> None:
    ledger = a_year(2024) | {date(2024, 6, 19): 9}
    [notice] = told(ledger)
    assert notice.key == "drift/press-release/day/2024-06-19"
    assert notice.says.startswith("2024-06-19 has 9 releases; the 30 working days around it have ")
    assert "harvest backfill --since 2024-06-19 --until 2024-06-19 --again --board press-release" in notice.todo


def test_an_empty_working_day_is_told() -> None:
    [notice] = told(a_year(2024) | {date(2024, 6, 19): 0})
    assert "has 0 releases" in notice.says


def test_a_hole_of_several_days_does_not_hide_behind_itself() -> None:
    hole = {date(2024, 6, 17) + timedelta(days=n): 2 for n in range(5)}
    assert len(told(a_year(2024) | hole)) == 5


def test_of_a_long_hole_one_sentence_tells_the_rest() -> None:
    """Of a site whose archive lost one working day in eight."""
    lost = dict.fromkeys([day for day in a_year(2024) if kind_of(day) is DayKind.WORKDAY][::8], 1)
    notices = told(a_year(2024) | lost)
    assert len(lost) > MOST_AT_ONCE
    assert len(notices) == MOST_AT_ONCE + 1
    assert f"{len(lost) - MOST_AT_ONCE} more days" in notices[-1].says


@pytest.mark.parametrize(
    "day",
    [
        date(2024, 2, 9),  # 설날
        date(2024, 2, 12),  # in its place
        date(2023, 9, 28),  # 추석
        date(2023, 10, 2),  # proclaimed for once
        date(2023, 10, 3),
        date(2024, 4, 10),  # an election
        date(2025, 6, 3),
        date(2024, 10, 1),  # proclaimed for once
        date(2028, 1, 26),  # 설날, years from now
    ],
)
def test_nothing_is_expected_of_holidays(day: date) -> None:
    assert kind_of(day) is DayKind.HOLIDAY
    assert too_small("press-release", day, a_year(day.year) | {day: 0}) is None


@pytest.mark.parametrize("day", [date(2024, 2, 8), date(2024, 2, 13), date(2023, 10, 4), date(2024, 1, 2)])
def test_of_days_beside_holidays_less_is_expected(day: date) -> None:
    assert kind_of(day) is DayKind.BESIDE_HOLIDAY
    assert too_small("press-release", day, a_year(day.year) | {day: 15}) is None
    assert too_small("press-release", day, a_year(day.year) | {day: 1}) is not None


@pytest.mark.parametrize("day", [date(2024, 1, 19), date(2024, 1, 22), date(2024, 6, 19)])
def test_a_weekend_makes_no_day_special(day: date) -> None:
    assert kind_of(day) is DayKind.WORKDAY


def test_the_outage_of_2025_is_known() -> None:
    outage = {date(2025, 9, 26) + timedelta(days=n): 0 for n in range(20)}
    assert told(a_year(2025) | outage) == []
    assert len(told(a_year(2025) | {date(2025, 10, 20): 0})) == 1


def test_a_board_with_a_few_a_day_has_days_with_nothing() -> None:
    assert told(a_year(2024, weekday=8) | {date(2024, 6, 19): 0}) == []


def test_years_that_were_smaller_are_measured_by_themselves() -> None:
    assert told(a_year(2014, weekday=24) | a_year(2024)) == []


def test_a_ledger_that_begins_tells_nothing() -> None:
    first = {day: number for day, number in a_year(2024).items() if date(2024, 6, 10) <= day <= date(2024, 6, 19)}
    assert told(first | {date(2024, 6, 19): 0}) == []


def test_the_table_of_holidays_is_in_order() -> None:
    days = list(holidays())
    assert days == sorted(days)
    assert all(day.weekday() < 5 for day in days)
    assert (days[0].year, days[-1].year) == (1995, 2050)
    assert all(holidays().values())
