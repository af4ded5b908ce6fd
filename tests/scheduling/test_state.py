"""What of many runs is worth a mail: each trouble once, and again after a day; its end; never the lock."""

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from harvester.scheduling.state import Result, State, after, read_result, read_state, write_state
from harvester.verdict import Exit

BEGIN = datetime(2024, 1, 17, 3, 17, tzinfo=UTC)
GOOD = Result(Exit.COMPLETE, "complete", "10 of 10 days complete")
AWAY = Result(Exit.FAILURE, "failure", "the site gives no page at all")
SOME = Result(Exit.PARTIAL, "partial", "9 of 10 days complete")
STOPPED = Result(Exit.PARTIAL, "interrupted", "4 of 10 days complete; stopped: by a signal")
WRONG = Result(Exit.USAGE, "wrong usage", "no such ministry")
LOCKED = Result(Exit.LOCKED, "locked", "another run holds it")


def told(*results: Result, state: State | None = None) -> list[tuple[int, str]]:
    """What is told of hourly runs that end so, with the hour."""
    state = state or State()
    found = []
    for hour, result in enumerate(results):
        began = BEGIN + timedelta(hours=hour)
        state, news = after(state, result, began, began + timedelta(minutes=2))
        if news:
            found.append((hour, news))
    return found


def test_nothing_is_told_of_good_runs_and_of_the_lock() -> None:
    assert told(GOOD, LOCKED, GOOD, LOCKED, LOCKED) == []


def test_a_trouble_is_told_once_and_so_is_its_end() -> None:
    assert told(GOOD, AWAY, AWAY, LOCKED, AWAY, GOOD, GOOD) == [
        (1, "the site gives no page at all"),
        (5, "10 of 10 days complete; the trouble since 2024-01-17T04:17:00Z is over"),
    ]


def test_another_trouble_is_news() -> None:
    hours = [hour for hour, _ in told(AWAY, AWAY, SOME, SOME, AWAY)]
    assert hours == [0, 2, 4]


def test_what_comes_and_goes_is_not_told_each_time() -> None:
    hours = [hour for hour, _ in told(*[SOME, GOOD] * 36, *[GOOD] * 24)]
    assert hours[:5] == [0, 1, 2, 3, 4]
    assert len([hour for hour in hours if hour < 24]) == 5
    assert len([hour for hour in hours if 24 <= hour < 72]) <= 4
    over = [(hour, news) for hour, news in told(*[SOME, GOOD] * 12, *[GOOD] * 24) if hour > 4]
    assert [(hour, "is over" in news) for hour, news in over] == [(23 + 12, True)]


def test_what_comes_and_goes_says_so() -> None:
    news = dict(told(*[SOME, GOOD] * 12))
    assert "it comes and goes" in news[4]
    assert "it comes and goes" not in news[2]


def test_two_troubles_in_turn_are_not_told_each_time() -> None:
    hours = [hour for hour, _ in told(*[AWAY, SOME] * 36)]
    assert hours[:3] == [0, 1, 2]
    assert len(hours) <= 3 + 2 * 3
    assert max(later - earlier for earlier, later in pairwise(hours)) <= 24


def test_a_failure_after_much_coming_and_going_is_told_within_a_day() -> None:
    found = [hour for hour, news in told(*[SOME, GOOD] * 6, *[AWAY] * 40) if news.startswith(AWAY.sentence)]
    assert found
    assert found[0] == 12  # another trouble than the one that was told of last


def test_what_lasts_is_told_daily() -> None:
    found = told(*[AWAY] * 60)
    assert [hour for hour, _ in found] == [0, 24, 48]
    assert found[1][1].endswith("trouble since 2024-01-17T03:17:00Z")


def test_nothing_but_the_lock_for_a_day_is_a_trouble_after_all() -> None:
    found = told(GOOD, *[LOCKED] * 60, GOOD)
    assert [hour for hour, _ in found] == [24, 48, 61]
    assert "no run of the schedule has ended since 2024-01-17T03:19:00Z" in found[0][1]
    assert "is over" in found[-1][1]
    assert [hour for hour, _ in told(*[LOCKED] * 30)] == [24]


def test_a_clock_that_was_set_back_silences_nothing() -> None:
    future = "2034-01-01T00:00:00Z"
    state = State(ended_at=future, status=1, trouble_since=future, told_at=future)
    assert [hour for hour, _ in told(AWAY, AWAY, state=state)] == [0]


def test_a_failed_run_and_one_that_met_the_lock_need_making_up_for() -> None:
    state, _ = after(State(), GOOD, BEGIN, BEGIN)
    for result in (AWAY, LOCKED):
        later, _ = after(state, result, BEGIN + timedelta(hours=6), BEGIN + timedelta(hours=6))
        assert later.counted_at == "2024-01-17T03:17:00Z"
    later, _ = after(state, SOME, BEGIN + timedelta(hours=6), BEGIN + timedelta(hours=6))
    assert later.counted_at == "2024-01-17T09:17:00Z"


def test_a_run_that_was_stopped_or_refused_needs_making_up_for() -> None:
    """A machine that goes down for a new kernel at 07:01 has not crawled at 07:00."""
    state, _ = after(State(), GOOD, BEGIN, BEGIN)
    for result in (STOPPED, WRONG):
        later, _ = after(state, result, BEGIN + timedelta(hours=6), BEGIN + timedelta(hours=6))
        assert later.counted_at == "2024-01-17T03:17:00Z"


def test_the_last_line_is_what_a_run_says_of_itself() -> None:
    log = "2024-01-17 INFO DAY\nharvest: locked (exit 75): another\nharvest: partial (exit 3): why: so\n"
    assert read_result(log, 3) == Result(Exit.PARTIAL, "partial", "why: so")
    assert read_result(log, 75) == Result(Exit.LOCKED, "locked", "another")


@pytest.mark.parametrize(("status", "says"), [(-9, "was killed by signal 9"), (120, "ended with 120")])
def test_a_run_that_died_is_a_failure_whatever_stands_in_the_log(status: int, says: str) -> None:
    result = read_result("harvest: partial (exit 3): of another run\nMemoryError\n", status)
    assert result.status is Exit.FAILURE
    assert says in result.sentence


@pytest.mark.parametrize("status", list(Exit))
def test_a_run_whose_last_line_had_no_room_is_what_its_status_says(status: Exit) -> None:
    result = read_result("harvest: sheer nonsense (exit 9): x\n", int(status))
    assert result.status is status
    assert "no last line" in result.sentence


def test_the_state_is_kept_where_there_is_no_room_for_a_second_file(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    state, _ = after(State(), AWAY, BEGIN, BEGIN)
    write_state(path, state)
    (tmp_path / "state.json.part").mkdir()
    write_state(path, State(counted_at="2024-01-17T03:17:00Z"))
    assert read_state(path) == State(counted_at="2024-01-17T03:17:00Z")


def test_the_state_survives(tmp_path: Path) -> None:
    state, _ = after(State(), AWAY, BEGIN, BEGIN)
    write_state(tmp_path / "state.json", state)
    assert read_state(tmp_path / "state.json") == state
    for nonsense in ("", "[]", "{", "null", '{"unknown": 1}'):
        (tmp_path / "state.json").write_text(nonsense, encoding="utf-8")
        assert read_state(tmp_path / "state.json") == State()
    assert read_state(tmp_path / "missing.json") == State()


def test_a_state_of_wrong_values_silences_nothing(tmp_path: Path) -> None:
    for value in ("5", '"soon"', '"2024-01-17"', '"2024-01-17T00:00:00"', "{}", "[5]", '["soon"]', "null"):
        (tmp_path / "state.json").write_text(
            json.dumps({each.name: 0 for each in fields(State)}).replace("0", value), encoding="utf-8"
        )
        state = read_state(tmp_path / "state.json")
        assert [hour for hour, _ in told(AWAY, state=state)] == [0]
