"""What a run is asked for: where picked releases are looked for, and what such a plan says of itself."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.boards import PRESS_RELEASE, SPEECH
from harvester.originals import Reference
from harvester.plan import ORIGINALS, Pick, Place, Plan, filter_key, picks

DAY = date(2024, 1, 17)
CODES = {"환경부": ("A00019",), "기획재정부": ("A00007", "A00002")}


def codes_of(ministry: str, _day: date) -> tuple[str, ...]:
    return CODES.get(ministry, ())


PLACES = {1: Place(date(2024, 2, 1), "기획재정부")}


def days(*references: Reference, again: bool) -> set[date]:
    return set(picks(references, codes_of, PLACES if again else None))


def around(day: date, *apart: int) -> set[date]:
    return {day + timedelta(days=each) for each in apart}


def test_first_it_is_looked_for_on_its_day() -> None:
    assert days(Reference(day=DAY), again=False) == {DAY}
    assert days(Reference(1, day=DAY, posted=DAY + timedelta(days=3)), again=False) == {DAY}


def test_without_a_day_there_is_nothing_to_look_at_first() -> None:
    assert days(Reference(1, posted=DAY), Reference(title="제목"), again=False) == set()


def test_again_it_is_looked_for_where_its_link_leads() -> None:
    for reference in (Reference(1, day=DAY), Reference(1, ministry="환경부", posted=DAY), Reference(1)):
        found = picks([reference], codes_of, PLACES)
        assert found == {PLACES[1].day: Pick((reference,), CODES["기획재정부"][::-1])}


def test_again_what_has_no_link_or_one_that_leads_nowhere_is_looked_for_around_its_day() -> None:
    assert days(Reference(title="제목", ministry="환경부", day=DAY), again=True) == around(DAY, -1, 1)
    assert days(Reference(2, day=DAY), again=True) == around(DAY, -1, 1)
    assert days(Reference(2), Reference(title="제목", posted=DAY), again=True) == set()


def test_nothing_is_picked_of_nothing() -> None:
    assert picks([], codes_of) == {}


def test_the_references_of_a_day_are_looked_for_together_by_the_codes_of_their_ministries() -> None:
    first, second = Reference(1, ministry="환경부", day=DAY), Reference(2, ministry="기획재정부", day=DAY)
    other = Reference(3, ministry="환경부", day=DAY - timedelta(days=1))
    found = picks([first, other, second], codes_of)
    assert found == {
        DAY: Pick((first, second), ("A00002", "A00007", "A00019")),
        other.day: Pick((other,), ("A00019",)),
    }


@pytest.mark.parametrize("ministry", [None, "", "한국우주탐사부"])
def test_where_one_ministry_is_not_known_all_are_asked_for(ministry: str | None) -> None:
    known, unknown = Reference(1, ministry="환경부", day=DAY), Reference(2, ministry=ministry, day=DAY)
    assert picks([known, unknown], codes_of)[DAY].codes == ()


def test_a_ministry_is_asked_for_by_the_codes_it_had_on_the_day() -> None:
    asked: list[tuple[str, date]] = []

    def remember(ministry: str, day: date) -> tuple[str, ...]:
        asked.append((ministry, day))
        return ("A00019",)

    picks([Reference(2, ministry="환경부", day=DAY), Reference(1, ministry="환경부", day=DAY)], remember, PLACES)
    assert asked == [
        ("환경부", DAY - timedelta(days=1)),
        ("환경부", DAY + timedelta(days=1)),
        ("기획재정부", PLACES[1].day),
    ]


REFERENCES = st.lists(
    st.builds(
        Reference,
        st.none() | st.integers(1, 9),
        ministry=st.none() | st.sampled_from([*CODES, "한국우주탐사부"]),
        day=st.none() | st.dates(date(2024, 1, 1), date(2024, 1, 9)),
        posted=st.none() | st.dates(date(2024, 1, 1), date(2024, 1, 9)),
    ),
    max_size=6,
)


@given(REFERENCES)
def test_nobodys_release_is_left_out_by_a_filter(references: list[Reference]) -> None:
    for pick in picks(references, codes_of).values():
        assert pick.references
        assert set(pick.references) <= set(references)
        for each in pick.references:
            assert not pick.codes or (each.ministry and set(CODES[each.ministry]) <= set(pick.codes))


@given(REFERENCES)
def test_the_second_round_looks_where_the_first_did_not(references: list[Reference]) -> None:
    for each in references:
        assert not days(each, again=False) & days(each, again=True)


# A plan of picks


def picked(*at: int) -> Plan:
    found = {DAY + timedelta(days=each): Pick((Reference(each + 10),), ("A00019",) if each else ()) for each in at}
    return Plan(PRESS_RELEASE, min(found), max(found), picks=found)


def test_only_the_picked_days_are_walked_newest_first() -> None:
    plan = picked(0, 5, 2)
    assert list(plan.days()) == [DAY + timedelta(days=each) for each in (5, 2, 0)]
    assert len(plan) == 3


def test_each_picked_day_is_asked_for_its_own_codes() -> None:
    plan = picked(0, 5)
    assert plan.codes_of(DAY) == ()
    assert plan.codes_of(DAY + timedelta(days=5)) == ("A00019",)


def test_a_plan_of_picks_is_taken_for_no_filter_of_the_ledger() -> None:
    assert picked(0).filter == ORIGINALS
    assert ORIGINALS not in (filter_key((), ""), filter_key(("A00019",), ""), filter_key((), ORIGINALS))


# A plan of days


@given(st.dates(date(2020, 1, 1), date(2024, 12, 31)), st.integers(0, 400))
def test_every_day_is_walked_once_newest_first(since: date, more: int) -> None:
    plan = Plan(PRESS_RELEASE, since, since + timedelta(days=more), codes=("A00019",))
    walked = list(plan.days())
    assert (walked[0], walked[-1], len(walked)) == (plan.until, since, len(plan))
    assert all(later - earlier == timedelta(days=1) for later, earlier in pairwise(walked))
    assert plan.codes_of(since) == ("A00019",)


@pytest.mark.parametrize(
    ("codes", "words", "key"),
    [
        ((), "", ""),
        (("A00015", "A00019"), "", "ministry=A00015,A00019"),
        ((), "희토류", "query=희토류"),
        (("A00015",), "희토류", "ministry=A00015&query=희토류"),
    ],
)
def test_a_filter_as_the_ledger_writes_it(codes: tuple[str, ...], words: str, key: str) -> None:
    assert filter_key(codes, words) == key
    assert Plan(SPEECH, DAY, DAY, all_codes=codes, words=words).filter == key


CHANGES: dict[str, Callable[[], Plan]] = {
    "board": lambda: Plan(SPEECH, DAY, DAY),
    "days": lambda: Plan(PRESS_RELEASE, DAY - timedelta(days=1), DAY),
    "filter": lambda: Plan(PRESS_RELEASE, DAY, DAY, words="희토류"),
    "picks": lambda: picked(0),
}


@pytest.mark.parametrize("changed", CHANGES)
def test_another_question_is_not_taken_for_the_one_that_was_interrupted(changed: str) -> None:
    assert CHANGES[changed]().arguments != Plan(PRESS_RELEASE, DAY, DAY).arguments


def test_the_arguments_name_the_board_for_whoever_reads_the_runs() -> None:
    assert json.loads(Plan(SPEECH, DAY, DAY).arguments)["board"] == "speech"
