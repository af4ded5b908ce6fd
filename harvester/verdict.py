"""What a run may say of itself: the exit status, and the sentence that gives the reason."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum

from harvester.store import DayRecord

DAYS_IN_A_SENTENCE = 12


class Exit(IntEnum):
    COMPLETE = 0
    FAILURE = 1
    USAGE = 2
    PARTIAL = 3
    LOCKED = 75


@dataclass(frozen=True, slots=True)
class Verdict:
    word: str
    """As in `runs.verdict`."""
    exit_status: Exit
    sentence: str


def judge(asked: int, skipped: int, records: Collection[DayRecord], stopped: str | None, interrupted: bool) -> Verdict:
    """The verdict on a run.

    `asked` days in all, of which `skipped` needed no walk and `records` were closed; `stopped` is why the run gave up
    before the end, `interrupted` whether somebody stopped it.
    """
    confirmed = skipped + sum(record.confirmed for record in records)
    not_confirmed = sorted((record for record in records if not record.confirmed), key=lambda record: record.day)
    not_reached = asked - skipped - len(records)
    told = [f"{confirmed} of {asked} {_days(asked)} complete"]
    if not_confirmed:
        named = [f"{record.day} {record.state}" for record in not_confirmed[:DAYS_IN_A_SENTENCE]]
        more = len(not_confirmed) - len(named)
        told.append(f"not complete: {', '.join(named)}{f' and {more} more' if more else ''}")
    if not_reached:
        told.append(f"{not_reached} {_days(not_reached)} not reached")
    if stopped or interrupted:
        told.append(f"stopped: {stopped or 'by a signal'}")
    sentence = "; ".join(told)
    if confirmed == asked:
        return Verdict("complete", Exit.COMPLETE, sentence)
    if interrupted:
        return Verdict("interrupted", Exit.PARTIAL, sentence)
    if confirmed == 0 and not any(record.state == "partial" for record in records):
        reasons = [record.reason for record in not_confirmed if record.reason]
        return Verdict("failure", Exit.FAILURE, f"{sentence}; {reasons[0]}" if reasons and not stopped else sentence)
    return Verdict("partial", Exit.PARTIAL, sentence)


def _days(number: int) -> str:
    return "day" if number == 1 else "days"
