"""What a run may say of itself: the exit status, and the sentence that gives the reason."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harvester.store import DayRecord

DAYS_IN_A_SENTENCE = 12
REASON_IN_A_SENTENCE = 200
"""Characters; the whole of it is in the ledger, and on a line of its own."""


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


def judge(
    asked: Collection[date],
    skipped: int,
    records: "Mapping[date, DayRecord]",
    stopped: str | None,
    interrupted: bool,
    *,
    done: str = "complete",
) -> Verdict:
    """The verdict on a run.

    `asked` are the days that needed a walk, besides `skipped` that did not; `records` those that were closed. `stopped`
    is why the run gave up before the end, `interrupted` whether somebody stopped it, `done` what a good day is called.
    """
    total = skipped + len(asked)
    confirmed = skipped + sum(record.confirmed for record in records.values())
    not_confirmed = [records[day] for day in sorted(records) if not records[day].confirmed]
    not_reached = sorted(set(asked) - records.keys())
    told = [f"{confirmed} of {total} {_days(total)} {done}"]
    if not_confirmed:
        named = [f"{record.day} {record.state}" for record in not_confirmed[:DAYS_IN_A_SENTENCE]]
        more = len(not_confirmed) - len(named)
        told.append(f"not complete: {', '.join(named)}{f' and {more} more' if more else ''}")
    if not_reached:
        ends = f"{not_reached[0]} … {not_reached[-1]}" if len(not_reached) > 1 else str(not_reached[0])
        told.append(f"{len(not_reached)} {_days(len(not_reached))} not reached: {ends}")
    if stopped or interrupted:
        told.append(f"stopped: {stopped or 'by a signal'}")
    sentence = "; ".join(told)
    if confirmed == total:
        return Verdict("complete", Exit.COMPLETE, sentence)
    if interrupted:
        return Verdict("interrupted", Exit.PARTIAL, sentence)
    if confirmed == 0 and not any(record.state == "partial" for record in records.values()):
        reasons = [f"; {record.reason}"[:REASON_IN_A_SENTENCE] for record in not_confirmed if record.reason]
        return Verdict("failure", Exit.FAILURE, sentence + "".join(reasons[:1]))
    return Verdict("partial", Exit.PARTIAL, sentence)


def unfinished(verdict: Verdict, why: str) -> Verdict:
    """The verdict on a run whose end could not be written: at best, part of it is there."""
    told = verdict.sentence if why in verdict.sentence else f"{verdict.sentence}; its books could not be closed: {why}"
    if verdict.exit_status is Exit.COMPLETE:
        return Verdict("partial", Exit.PARTIAL, told)
    return replace(verdict, sentence=told)


NOT_BEGUN = Verdict("failure", Exit.FAILURE, "not asked, since the run ended before")


def together(verdicts: Sequence[tuple[str, Verdict | None]]) -> Verdict:
    """One verdict on several runs, each with what it was about, None for one not begun: a failure if all failed."""
    told = [(name, verdict or NOT_BEGUN) for name, verdict in verdicts]
    if len(told) == 1:
        return told[0][1]
    sentence = "; ".join(f"{name}: {verdict.sentence}" for name, verdict in told)
    words = {verdict.word for _, verdict in told}
    if len(words) == 1:
        return Verdict(words.pop(), told[0][1].exit_status, sentence)
    return Verdict("interrupted" if "interrupted" in words else "partial", Exit.PARTIAL, sentence)


def _days(number: int) -> str:
    return "day" if number == 1 else "days"
