"""What a run may say of itself."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.store import DayRecord
from harvester.verdict import DAYS_IN_A_SENTENCE, REASON_IN_A_SENTENCE, Exit, Verdict, judge, together


def january(first: int, last: int) -> list[date]:
    """Days of one month, newest first, as a plan has them."""
    return [date(2024, 1, number) for number in range(last, first - 1, -1)]


def days(*states: str, reason: str | None = "HTTP status 503") -> dict[date, DayRecord]:
    """The first days of January, closed with these states."""
    return {
        date(2024, 1, number): DayRecord(
            "press-release",
            f"2024-01-{number:02}",
            "",
            1,
            1,
            1,
            state,
            None if state in ("complete", "empty") else reason,
            "2024-02-01T00:00:00Z",
            None,
            1,
        )
        for number, state in enumerate(states, start=1)
    }


def judged(asked: int, records: dict[date, DayRecord], skipped: int = 0, stopped: str | None = None) -> Verdict:
    """The verdict on so many days in all, of which `skipped` needed no walk."""
    return judge(january(1, asked - skipped), skipped, records, stopped, False)


TABLE = [
    # asked, skipped, states, stopped, interrupted -> word, exit status
    (3, 0, ["complete", "complete", "empty"], None, False, "complete", Exit.COMPLETE),
    (1, 0, ["empty"], None, False, "complete", Exit.COMPLETE),
    (3, 3, [], None, False, "complete", Exit.COMPLETE),
    (3, 2, ["complete"], None, False, "complete", Exit.COMPLETE),
    (2, 0, ["complete", "partial"], None, False, "partial", Exit.PARTIAL),
    (2, 0, ["complete", "failed"], None, False, "partial", Exit.PARTIAL),
    (2, 0, ["partial", "failed"], None, False, "partial", Exit.PARTIAL),
    (1, 0, ["partial"], None, False, "partial", Exit.PARTIAL),
    (2, 1, ["failed"], None, False, "partial", Exit.PARTIAL),
    (2, 0, ["failed", "failed"], None, False, "failure", Exit.FAILURE),
    (9, 0, ["failed", "failed", "failed"], "3 listing pages in a row", False, "failure", Exit.FAILURE),
    (9, 0, [], "the site asks to wait", False, "failure", Exit.FAILURE),
    (9, 0, ["complete", "failed"], "3 listing pages in a row", False, "partial", Exit.PARTIAL),
    (9, 4, [], "the site asks to wait", False, "partial", Exit.PARTIAL),
    (3, 0, ["complete", "complete", "complete"], "too late to matter", False, "complete", Exit.COMPLETE),
    (9, 0, ["complete"], None, True, "interrupted", Exit.PARTIAL),
    (9, 0, [], None, True, "interrupted", Exit.PARTIAL),
    (1, 0, ["complete"], None, True, "complete", Exit.COMPLETE),
    (3, 0, [], None, False, "failure", Exit.FAILURE),
]


@pytest.mark.parametrize(("asked", "skipped", "states", "stopped", "interrupted", "word", "status"), TABLE)
def test_the_verdict(  # noqa: PLR0917
    asked: int, skipped: int, states: list[str], stopped: str | None, interrupted: bool, word: str, status: Exit
) -> None:
    verdict = judge(january(1, asked - skipped), skipped, days(*states), stopped, interrupted)
    assert (verdict.word, verdict.exit_status) == (word, status)
    confirmed = skipped + sum(state in ("complete", "empty") for state in states)
    assert verdict.sentence.startswith(f"{confirmed} of {asked} day")
    if asked > skipped + len(states):
        assert f"{asked - skipped - len(states)} day" in verdict.sentence
        assert "not reached" in verdict.sentence
    if stopped:
        assert f"stopped: {stopped}" in verdict.sentence
    elif interrupted:
        assert "stopped: by a signal" in verdict.sentence


def test_incomplete_days_are_named_in_order() -> None:
    records = days("partial", "complete", "failed")
    verdict = judged(3, dict(reversed(records.items())))
    assert verdict.sentence == "1 of 3 days complete; not complete: 2024-01-01 partial, 2024-01-03 failed"


def test_a_failure_says_why() -> None:
    assert judged(1, days("failed")).sentence.endswith("HTTP status 503")
    assert judged(1, days("failed", reason=None)).sentence == ("0 of 1 day complete; not complete: 2024-01-01 failed")


def test_the_days_not_reached_are_named_by_their_ends() -> None:
    done = days("complete", "complete")
    assert judged(3, done).sentence == "2 of 3 days complete; 1 day not reached: 2024-01-03"
    assert judged(9, done, skipped=2, stopped="the site asks to wait").sentence == (
        "4 of 9 days complete; 5 days not reached: 2024-01-03 … 2024-01-07; stopped: the site asks to wait"
    )
    # A run goes backwards: what it did not reach are the oldest days.
    newest = {day: record for day, record in days(*["empty"] * 5).items() if day.day > 3}
    assert judged(5, newest).sentence == "2 of 5 days complete; 3 days not reached: 2024-01-01 … 2024-01-03"
    assert "not reached" not in judged(2, done).sentence


def test_a_failure_that_was_stopped_says_both_reasons() -> None:
    sentence = judged(3, days("failed"), stopped="3 listing pages in a row").sentence
    assert sentence.endswith(
        "2 days not reached: 2024-01-02 … 2024-01-03; stopped: 3 listing pages in a row; HTTP status 503"
    )


def test_a_long_reason_is_cut() -> None:
    short = judged(1, days("failed", reason=None)).sentence
    long = judged(1, days("failed", reason="가" * 10 * REASON_IN_A_SENTENCE)).sentence
    assert long.startswith(f"{short}; 가가")
    assert len(long) == len(short) + REASON_IN_A_SENTENCE


def test_a_sentence_stays_a_sentence() -> None:
    verdict = judged(20, days(*["partial"] * 20))
    assert verdict.sentence.count("partial") == DAYS_IN_A_SENTENCE
    assert verdict.sentence.endswith("and 8 more")


def test_the_exit_statuses_are_those_of_the_design() -> None:
    assert {word.name: int(word) for word in Exit} == {
        "COMPLETE": 0,
        "FAILURE": 1,
        "USAGE": 2,
        "PARTIAL": 3,
        "LOCKED": 75,
    }


# Several runs


VERDICTS = {
    "complete": Verdict("complete", Exit.COMPLETE, "3 of 3 days complete"),
    "partial": Verdict("partial", Exit.PARTIAL, "2 of 3 days complete; not complete: 2024-01-03 partial"),
    "failure": Verdict("failure", Exit.FAILURE, "0 of 3 days complete; not complete: 2024-01-03 failed"),
    "interrupted": Verdict("interrupted", Exit.PARTIAL, "1 of 3 days complete; stopped: by a signal"),
    "not begun": None,
}


@pytest.mark.parametrize(
    ("words", "word", "status"),
    [
        (["complete", "complete"], "complete", Exit.COMPLETE),
        (["complete", "partial"], "partial", Exit.PARTIAL),
        (["partial", "partial"], "partial", Exit.PARTIAL),
        (["complete", "failure"], "partial", Exit.PARTIAL),
        (["failure", "complete"], "partial", Exit.PARTIAL),
        (["partial", "failure"], "partial", Exit.PARTIAL),
        (["failure", "failure"], "failure", Exit.FAILURE),
        (["failure", "not begun"], "failure", Exit.FAILURE),
        (["not begun", "not begun"], "failure", Exit.FAILURE),
        (["complete", "not begun"], "partial", Exit.PARTIAL),
        (["complete", "interrupted", "not begun"], "interrupted", Exit.PARTIAL),
        (["interrupted", "not begun"], "interrupted", Exit.PARTIAL),
        (["interrupted", "interrupted"], "interrupted", Exit.PARTIAL),
    ],
)
def test_one_verdict_on_several_runs(words: list[str], word: str, status: Exit) -> None:
    verdict = together([(f"board-{place}", VERDICTS[each]) for place, each in enumerate(words)])
    assert (verdict.word, verdict.exit_status) == (word, status)


def test_the_sentence_names_each_run_in_order() -> None:
    runs = [("press-release", VERDICTS["complete"]), ("speech", VERDICTS["failure"]), ("cabinet", None)]
    assert together(runs).sentence == (
        "press-release: 3 of 3 days complete; speech: 0 of 3 days complete; not complete: 2024-01-03 failed;"
        " cabinet: not asked, since the run ended before"
    )


@pytest.mark.parametrize("word", VERDICTS)
def test_a_single_run_speaks_for_itself(word: str) -> None:
    alone = together([("press-release", VERDICTS[word])])
    assert alone == VERDICTS[word] or (word == "not begun" and alone.exit_status is Exit.FAILURE)
    assert "press-release" not in alone.sentence


@given(st.lists(st.sampled_from(list(VERDICTS)), min_size=1, max_size=6))
def test_only_if_all_is_well_the_exit_status_says_so(words: list[str]) -> None:
    verdict = together([(f"board-{place}", VERDICTS[each]) for place, each in enumerate(words)])
    assert (verdict.exit_status is Exit.COMPLETE) == (set(words) == {"complete"})
    assert (verdict.exit_status is Exit.FAILURE) == (set(words) <= {"failure", "not begun"})
    assert verdict.exit_status in (Exit.COMPLETE, Exit.FAILURE, Exit.PARTIAL)
