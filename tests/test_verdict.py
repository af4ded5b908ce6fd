"""What a run may say of itself."""

import pytest

from harvester.store import DayRecord
from harvester.verdict import DAYS_IN_A_SENTENCE, Exit, judge


def days(*states: str, reason: str | None = "HTTP status 503") -> list[DayRecord]:
    return [
        DayRecord(
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
    ]


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
    verdict = judge(asked, skipped, days(*states), stopped, interrupted)
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
    verdict = judge(3, 0, days("partial", "complete", "failed")[::-1], None, False)
    assert verdict.sentence == "1 of 3 days complete; not complete: 2024-01-01 partial, 2024-01-03 failed"


def test_a_failure_says_why() -> None:
    assert judge(1, 0, days("failed"), None, False).sentence.endswith("HTTP status 503")
    assert judge(1, 0, days("failed", reason=None), None, False).sentence == (
        "0 of 1 day complete; not complete: 2024-01-01 failed"
    )


def test_a_sentence_stays_a_sentence() -> None:
    verdict = judge(20, 0, days(*["partial"] * 20), None, False)
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
