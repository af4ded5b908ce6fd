"""What is asked for is checked before the first request, and the message helps."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.boards import BOARDS, CABINET, ESG_BOARD, PRESS_RELEASE, Board
from harvester.clock import korean_today
from harvester.korean import GROUPS, find_ministry, ministries_of_group
from harvester.plan import Plan
from harvester.spiders.arguments import (
    DAYS,
    FIRST_DAY,
    WrongArgument,
    check_filter,
    plan_from_arguments,
    read_day,
    read_ministries,
    read_range,
)

TODAY = date(2024, 3, 1)
JANUARY = date(2024, 1, 1), date(2024, 1, 31)


def plan(**arguments: str) -> Plan:
    return plan_from_arguments(PRESS_RELEASE, arguments)


@pytest.mark.parametrize(
    "text", ["2024-01-17", "2024.01.17", "2024. 1. 17.", "2024년 1월 17일", "20240117", "’24.1.17"]
)
def test_days_as_people_type_them(text: str) -> None:
    assert read_day("since", text, TODAY) == date(2024, 1, 17)


@given(st.dates(FIRST_DAY, TODAY))
def test_every_day_of_the_site_is_read(day: date) -> None:
    assert read_day("since", day.isoformat(), TODAY) == day


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2024-02-30", "did you mean 2024-02-29?"),
        ("2023.02.29", "did you mean 2023-02-28?"),
        ("2024-04-31", "did you mean 2024-04-30?"),
        ("2024-13-45", "did you mean 2024-12-31?"),
        ("2024-00-00", "did you mean 2024-01-01?"),
        ("어제", "such as 2024-01-17"),
        ("", "such as 2024-01-17"),
        ("01-17", "such as 2024-01-17"),
        ("2024-01-01..2024-01-05", "such as 2024-01-17"),
        ("2024-03-02", "in the future: today in Korea is 2024-03-01"),
        ("1994-12-31", "nothing is older than 1995-01-01"),
    ],
)
def test_a_wrong_day_is_refused_with_a_suggestion(text: str, hint: str) -> None:
    with pytest.raises(WrongArgument) as refused:
        read_day("until", text, TODAY)
    assert refused.value.argument == "until"
    assert hint in str(refused.value)


@given(st.text(max_size=30))
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        day = read_day("since", text, TODAY)
    except WrongArgument:
        return
    assert FIRST_DAY <= day <= TODAY


@given(st.from_regex(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"))
def test_a_suggested_day_exists(text: str) -> None:
    try:
        read_day("since", text, TODAY)
    except WrongArgument as error:
        _, found, suggested = str(error).partition("did you mean ")
        if found:
            assert date.fromisoformat(suggested.rstrip("?"))


def test_ranges() -> None:
    today = korean_today()
    first, last = JANUARY
    assert read_range(first, last, None) == JANUARY
    assert read_range(first, first, None) == (first, first)
    assert read_range(first, None, None) == (first, today)
    assert read_range(None, last, None) == (last - timedelta(days=DAYS - 1), last)
    assert read_range(None, None, None) == (today - timedelta(days=DAYS - 1), today)
    assert read_range(None, None, 1) == (today, today)
    assert read_range(None, None, 10) == (today - timedelta(days=9), today)


@pytest.mark.parametrize(
    ("since", "until", "days", "argument", "hint"),
    [
        (JANUARY[1], JANUARY[0], None, "since", "did you mean since 2024-01-01 until 2024-01-31?"),
        (JANUARY[0], None, 3, "days", "either days, or since and until"),
        (None, JANUARY[0], 3, "days", "either days, or since and until"),
        (None, None, 0, "days", "1 or more"),
        (None, None, -5, "days", "1 or more"),
    ],
)
def test_wrong_ranges(since: date | None, until: date | None, days: int | None, argument: str, hint: str) -> None:
    with pytest.raises(WrongArgument) as refused:
        read_range(since, until, days)
    assert refused.value.argument == argument
    assert hint in str(refused.value)


@pytest.mark.parametrize("days", [20_000, 1_000_000, 10**12])
def test_more_days_than_the_site_has(days: int) -> None:
    with pytest.raises(WrongArgument) as refused:
        read_range(None, None, days)
    assert refused.value.argument == "days"


def test_ministries_by_any_name() -> None:
    assert read_ministries(["산업부"], *JANUARY) == read_ministries(["산업통상자원부"], *JANUARY) == ("A00015",)
    assert read_ministries(["A00019", "산업부", "환경부"], *JANUARY) == ("A00015", "A00019")
    assert read_ministries([], *JANUARY) == ()


def test_an_unknown_ministry_is_refused_with_the_nearest() -> None:
    with pytest.raises(WrongArgument) as refused:
        read_ministries(["환경부", "산업통산자원부"], *JANUARY)
    assert refused.value.argument == "ministry"
    assert "산업통산자원부" in str(refused.value)
    assert "산업통상자원부" in str(refused.value)


# Groups of ministries


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_is_all_its_ministries(group: str) -> None:
    codes = read_ministries([group], *JANUARY)
    members = ministries_of_group(group, *JANUARY)
    assert set(codes) >= {member.code for member in members if member.code}
    assert codes == tuple(sorted(set(codes)))
    assert codes == read_ministries([f" {group} "], *JANUARY)
    for member in members:
        assert set(read_ministries([member.name], *JANUARY)) <= set(codes), member.name


def test_groups_have_nothing_in_common_and_may_be_asked_for_together() -> None:
    each = [set(read_ministries([group], *JANUARY)) for group in GROUPS]
    assert sum(map(len, each)) == len(set().union(*each))
    assert set(read_ministries(GROUPS, *JANUARY)) == set().union(*each)
    assert read_ministries(["청", "환경부"], *JANUARY) == tuple(sorted({*read_ministries(["청"], *JANUARY), "A00019"}))


def test_a_ministry_that_changed_its_group_is_of_the_group_it_had() -> None:
    """통계청 became 국가데이터처: the site files its old releases under the code of its heir."""
    heir = find_ministry("국가데이터처").code
    assert heir in read_ministries(["청"], *JANUARY)
    assert heir not in read_ministries(["처"], *JANUARY)
    later = date(2026, 1, 1), date(2026, 1, 31)
    assert heir in read_ministries(["처"], *later)
    assert heir not in read_ministries(["청"], *later)


def test_over_all_times_a_group_holds_what_it_holds_in_any() -> None:
    for group in GROUPS:
        assert set(read_ministries([group], *JANUARY)) <= set(read_ministries([group]))


@pytest.mark.parametrize("name", ["국무조정실", "감사원"])
def test_what_is_of_no_group_is_asked_for_by_its_name(name: str) -> None:
    codes = set(read_ministries([name], *JANUARY))
    assert codes
    assert not codes & set(read_ministries(GROUPS, *JANUARY))


@pytest.mark.parametrize("name", ["원", "부처", "위원", "부,처"])
def test_another_word_is_no_group(name: str) -> None:
    with pytest.raises(WrongArgument) as refused:
        read_ministries([name], *JANUARY)
    assert refused.value.argument == "ministry"


def test_a_group_in_the_arguments_of_scrapy_crawl() -> None:
    asked = plan(since="2024-01-01", until="2024-01-31", ministry="처, 환경부")
    assert asked.codes == read_ministries(["처", "환경부"], *JANUARY)
    assert set(asked.all_codes) >= {*asked.codes, *read_ministries(["처"])}
    other_days = plan(since="2026-01-01", until="2026-01-31", ministry="환경부, 처")
    assert asked.filter.startswith("ministry=")
    assert other_days.filter == asked.filter, "the ledger knows the question again"


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("환경부", 2009),
        ("통계청", 2009),
        ("국가데이터처", 2009),
        ("기획재정부", 2009),
        ("처", 2009),
        ("청", 2015),
        ("해양수산부", 2009),
    ],
)
def test_the_ledger_knows_a_question_again_whatever_its_days(name: str, year: int) -> None:
    then, now = (
        plan(since=f"{each}-03-01", until=f"{each}-03-31", ministry=name, query="희토류") for each in (year, 2024)
    )
    assert then.filter == now.filter


# Filters that a board has not


@pytest.mark.parametrize("board", BOARDS.values(), ids=list(BOARDS))
def test_only_a_list_that_names_ministries_is_filtered_by_them(board: Board) -> None:
    check_filter(board, (), "")
    check_filter(board, (), "희토류")
    if board is not CABINET:
        check_filter(board, ("A00019",), "희토류")
        return
    with pytest.raises(WrongArgument, match="cabinet names no ministries") as refused:
        check_filter(board, ("A00019",), "")
    assert refused.value.argument == "ministry"


def test_the_esg_board_has_no_filters() -> None:
    check_filter(ESG_BOARD, (), "")
    for codes, words, argument in ((("A00019",), "", "ministry"), ((), "희토류", "query")):
        with pytest.raises(WrongArgument, match="esg-board") as refused:
            check_filter(ESG_BOARD, codes, words)
        assert refused.value.argument == argument


@pytest.mark.parametrize("arguments", [{"ministry": "환경부"}, {"query": "희토류"}])
def test_scrapy_crawl_refuses_a_filter_that_the_board_has_not(arguments: dict[str, str]) -> None:
    with pytest.raises(WrongArgument) as refused:
        plan_from_arguments(ESG_BOARD, arguments)
    assert [refused.value.argument] == list(arguments)
    assert plan_from_arguments(ESG_BOARD, {"since": "2024-01-01", "until": "2024-01-31"}).board is ESG_BOARD


# All of them


def test_the_arguments_of_scrapy_crawl() -> None:
    asked = plan(since="2024-01-01", until="2024.1.31", ministry="산업부, 환경부", query=" 희토류 ")
    assert (asked.since, asked.until, asked.codes, asked.words) == (*JANUARY, ("A00015", "A00019"), "희토류")
    assert (asked.filter, asked.verb) == ("ministry=A00015,A00019&query=희토류", "crawl")
    assert len(plan()) == DAYS
    assert len(plan(days="7")) == 7
    assert plan(ministry=" , ").codes == ()


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"since": "2024-02-30"}, "since"),
        ({"until": "morgen"}, "until"),
        ({"days": "drei"}, "days"),
        ({"days": ""}, "days"),
        ({"days": "-1"}, "days"),
        ({"days": "0"}, "days"),
        ({"days": "3", "since": "2024-01-01"}, "days"),
        ({"since": "2024-01-31", "until": "2024-01-01"}, "since"),
        ({"ministry": "없는부"}, "ministry"),
        ({"form": "2024-01-01"}, "form"),
    ],
)
def test_wrong_arguments_of_scrapy_crawl(arguments: dict[str, str], argument: str) -> None:
    with pytest.raises(WrongArgument) as refused:
        plan(**arguments)
    assert refused.value.argument == argument


@pytest.mark.parametrize("name", ["since", "until"])
def test_the_message_itself_names_the_argument(name: str) -> None:
    with pytest.raises(WrongArgument) as refused:
        plan(**{name: "2024-02-30"})
    assert str(refused.value) == f"{name}: {refused.value.message}"
    assert name not in refused.value.message
    assert "2024-02-29" in refused.value.message


def test_a_plan_walks_its_days_newest_first() -> None:
    asked = Plan(PRESS_RELEASE, date(2024, 2, 27), date(2024, 3, 2))
    assert [day.isoformat()[5:] for day in asked.days()] == ["03-02", "03-01", "02-29", "02-28", "02-27"]
    assert len(asked) == 5
    with pytest.raises(ValueError, match="since"):
        Plan(PRESS_RELEASE, *reversed(JANUARY))


def test_the_same_question_has_the_same_arguments() -> None:
    one = Plan(PRESS_RELEASE, *JANUARY, all_codes=("A00015",), verb="backfill")
    assert one.arguments == Plan(PRESS_RELEASE, *JANUARY, all_codes=("A00015",), verb="backfill").arguments
    others = [
        Plan(PRESS_RELEASE, *JANUARY),
        Plan(PRESS_RELEASE, *JANUARY, words="A00015"),
        Plan(PRESS_RELEASE, *JANUARY, all_codes=("A00015",), again=True),
        Plan(PRESS_RELEASE, JANUARY[0], JANUARY[0], all_codes=("A00015",)),
    ]
    assert len({one.arguments, *(each.arguments for each in others)}) == 5


def test_the_form_asks_for_days() -> None:
    form = PRESS_RELEASE.form(*JANUARY, 3, ("A00015", "A00019"), "희토류")
    assert (form["startDate"], form["endDate"], form["pageIndex"]) == ("2024-01-01", "2024-01-31", "3")
    assert (form["repCode"], form["srchWord"]) == ("A00015,A00019", "희토류")
