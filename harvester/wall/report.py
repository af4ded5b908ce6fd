"""What there is to say of a database: gathered once, told in a terminal, as a page, and to a machine alike."""

import json
import os
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from harvester.clock import KST, korean_today, seconds_since, utc_ago, utc_now
from harvester.korean.text import plain
from harvester.lock import DEAD, Holder, is_sign_of_life, me, read
from harvester.store import Database, completeness, drift, reports
from harvester.store.completeness import EVER, Gap, Judged
from harvester.store.drift import Finding
from harvester.store.reports import FRESH_WITHIN, Coverage
from harvester.verdict import REASON_IN_A_SENTENCE, Exit, Verdict

NO_LIMIT = timedelta()
UNDER_WAY, KILLED, UNCLEAR = "under way", "killed, as it seems", "under way, or killed"
"""What can be said of a run without a verdict: when the next one begins, it is `interrupted`."""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to know of a database."""

    boards: Sequence[str]
    filter: str = ""
    since: date | None = None
    until: date | None = None
    """The ends of the ledger, where they are None."""
    within: timedelta | None = None
    """How old the last look may be, of all boards; None: a day, of those that crawls follow."""

    @property
    def limit(self) -> timedelta:
        return FRESH_WITHIN if self.within is None else self.within

    @property
    def open_since(self) -> str:
        """A day that was walked before it ended is complete so far where that was later (UTC)."""
        return utc_ago(self.limit) if self.limit > NO_LIMIT else EVER


@dataclass(frozen=True, slots=True)
class Freshness:
    """Until when what was published is known, and whether that is recent enough."""

    as_of: str | None
    """UTC; None where nothing is known."""
    now: str
    within: timedelta
    is_kept_up: bool
    """Whether crawls follow this board."""
    is_judged: bool
    """Whether anybody expects it to be fresh: not of days long past, nor of what was filled once."""

    @property
    def is_stale(self) -> bool:
        if not self.is_judged:
            return False
        return self.as_of is None or _since(self.as_of, self.now) > self.within

    @property
    def is_fresh(self) -> bool:
        return self.is_judged and not self.is_stale


@dataclass(frozen=True, slots=True)
class Reason:
    """Gaps of one kind."""

    reason: str
    """As the ledger has it where all have the same; else with N for numbers."""
    days: int
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class BoardReport:
    covered: Coverage
    fresh: Freshness | None
    """None where only days long past were asked for."""
    run: dict[str, Any] | None
    """The last one that asked the site about it."""

    @property
    def run_failed(self) -> bool:
        """Whether the last run ended before it had done what it could."""
        return self.run is not None and self.run["verdict"] in ("failure", "interrupted")

    @property
    def reasons(self) -> list[Reason]:
        """The gaps by reason, what is behind most days first."""
        kinds: dict[str, list[Gap]] = {}
        for gap in self.covered.stretches:
            kinds.setdefault(_kind(gap_reason(gap)), []).append(gap)
        found = [
            Reason(
                gap_reason(gaps[0]) if len({gap_reason(gap) for gap in gaps}) == 1 else kind,
                sum(gap.length for gap in gaps),
                tuple(gaps),
            )
            for kind, gaps in kinds.items()
        ]
        return sorted(found, key=lambda reason: -reason.days)


@dataclass(frozen=True, slots=True)
class Report:
    database: Path
    now: str
    boards: tuple[BoardReport, ...]
    runs: list[dict[str, Any]]
    last_complete: str | None
    to_come: str | None
    """The newest time that a run noted and that is still to come."""
    unknowns: list[dict[str, Any]]
    findings: list[Finding]
    """What drifted (store/drift.py) and still does."""
    sizes: dict[str, int]
    others: list[tuple[str, str]]
    """Boards and filters that the ledger has days of, and that were not asked for."""

    @property
    def is_complete(self) -> bool:
        return all(each.covered.is_proven for each in self.boards)

    @property
    def is_stale(self) -> bool:
        return any(each.fresh is not None and each.fresh.is_stale for each in self.boards)

    @property
    def is_fresh(self) -> bool:
        """Whether all that is asked for is up to date, as far as anybody expects it."""
        return not self.is_stale and any(each.fresh is not None and each.fresh.is_fresh for each in self.boards)


def look(db: Database, path: Path, question: Question, limit: int) -> Report:
    """The report that answers the question, with this many runs and unknowns."""
    holder, lives = _holder(path)
    # In this order: what is written meanwhile is rather older than now than from the future.
    found = [_board(db, board, question, holder) for board in question.boards]
    return Report(
        database=path,
        now=utc_now(),
        boards=tuple(found),
        runs=[_with_state(run, lives) for run in reports.last_runs(db, limit, holder.unwritten if holder else ())],
        last_complete=completeness.last_complete_run(db),
        to_come=reports.time_to_come(db),
        unknowns=reports.unknowns(db, limit),
        findings=drift.open_findings(db),
        sizes=reports.sizes(path),
        others=[] if question.filter else [each for each in reports.filters(db) if each[0] not in question.boards],
    )


def verdict(report: Report, limit: int) -> Verdict:
    """The last line, and the status that goes with it."""
    told, also, gaps = [], [], []
    for each in report.boards:
        covered = each.covered
        name = f"{covered.board}: " if len(report.boards) > 1 else ""
        told.append(
            f"{name}{covered.complete_days} of {len(covered.all_days)} days complete, {covered.briefings} releases"
        )
        if each.fresh and covered.days:
            also.append(f"{name}{freshness_in_words(each.fresh)}")
        if each.run and each.run_failed:
            also.append(f"{name}the last run: {run_in_words(each.run)}")
        gaps += [f"{name}{line}" for line in gap_lines(covered)]
        if not covered.days:
            gaps.append(f"{name}no day was ever asked for")
    if gaps:
        more = len(gaps) - limit
        also.append(f"not complete: {'; '.join(gaps[:limit])}{f'; and {more} more' if more > 0 else ''}")
    sentence = plain("; ".join([f"{'; '.join(told)} in {report.database}", *also]))
    if gaps or report.is_stale:
        return Verdict("partial", Exit.PARTIAL, sentence)
    return Verdict("complete", Exit.COMPLETE, sentence)


def as_data(report: Report, said: Verdict) -> dict[str, Any]:
    """The report for a machine."""
    told = [_board_as_data(each) for each in report.boards]
    several = {
        "complete": report.is_complete,
        "fresh": None if all(each["fresh"] is None for each in told) else not report.is_stale,
        "boards": told,
    }
    return {
        "database": str(report.database),
        "verdict": said.word,
        "exit_status": int(said.exit_status),
        "reason": said.sentence,
        "now": report.now,
        **(told[0] if len(told) == 1 else several),
        "runs": report.runs,
        "last_complete_run": report.last_complete,
        "time_to_come": report.to_come,
        "unknowns": report.unknowns,
        "findings": [_finding_as_data(each) for each in report.findings],
        "sizes": report.sizes,
    }


def _board_as_data(each: BoardReport) -> dict[str, Any]:
    covered = each.covered
    states = [covered.state(day) for day in covered.all_days]
    return {
        "board": covered.board,
        "filter": covered.filter,
        "since": covered.since.isoformat() if covered.since else None,
        "until": covered.until.isoformat() if covered.until else None,
        "complete": covered.is_proven,
        "fresh": each.fresh.is_fresh if each.fresh and each.fresh.is_judged else None,
        "known_until": covered.known_until,
        "followed_by_crawls": each.fresh.is_kept_up if each.fresh else None,
        "states": {state: states.count(state) for state in ("complete", "empty", "partial", "failed", "missing")},
        "gaps": [
            {
                "day": day.isoformat(),
                "state": covered.state(day),
                "reason": covered.days[day].reason if day in covered.days else "never walked",
            }
            for day in covered.gaps
        ],
        "gaps_by_reason": [{"reason": reason.reason, "days": reason.days} for reason in each.reasons],
        "briefings": covered.briefings,
        "withdrawn": covered.withdrawn,
        "texts": dict(covered.texts),
        "days_since_last_day": (korean_today() - max(covered.days)).days if covered.days else None,
        "days": [
            {name: getattr(covered.days[day], name) for name in covered.days[day].__dataclass_fields__}
            for day in covered.all_days
            if day in covered.days
        ],
    }


def gap_lines(covered: Judged) -> list[str]:
    """The days that are not complete, neighbours with the same reason on one line."""
    return [f"{span(gap)} {gap_reason(gap)}" for gap in covered.stretches]


def gap_reason(gap: Gap) -> str:
    return "never walked" if gap.state == "missing" else gap.reason


def span(gap: Gap) -> str:
    return f"{gap.first}{f' … {gap.last}' if gap.last != gap.first else ''}"


def there_are(kept: Collection[tuple[str, str]]) -> str:
    """Of which boards and filters there are days in the ledger."""
    told = [f"{slug}{f' ({filter_})' if filter_ else ''}" for slug, filter_ in kept]
    return f"; there are days of: {', '.join(told)}" if told else ""


def freshness_in_words(fresh: Freshness) -> str:
    if fresh.as_of is None:
        return "not fresh: nothing is known" if fresh.is_judged else "nothing is known"
    at = f"{in_korea(fresh.as_of)} Korean time"
    age = ago(fresh.as_of, fresh.now)
    if fresh.is_stale:
        return f"not fresh: what was published since {at}, {age}, is not in it"
    if fresh.is_judged:
        return f"fresh: known until {at}, {age}"
    why = "" if fresh.is_kept_up else "; no crawl keeps it up to date"
    return f"known until {at}, {age}{why}"


def clock_in_words(to_come: str) -> str:
    """What is said of a time that a run noted, and that is still to come."""
    return f"a run noted {in_korea(to_come)} Korean time, which is still to come: was the clock wrong, or is it now?"


def run_verdict(run: dict[str, Any]) -> str:
    """What a run said of itself, in its own words."""
    status = f" (exit {run['exit_status']})" if run["exit_status"] is not None else ""
    return f"{run['verdict']}{status}" if run["verdict"] else str(run["state"])


def run_in_words(run: dict[str, Any]) -> str:
    """The same, with its reason."""
    reason = f": {run['reason']}" if run["reason"] else ""
    return f"{run_verdict(run)}{reason}"[:REASON_IN_A_SENTENCE]


def run_board(run: dict[str, Any]) -> str:
    """The board a run was about; empty where it was about none."""
    try:
        arguments = json.loads(run["arguments"])
    except ValueError:
        return ""
    return str(arguments.get("board") or "") if isinstance(arguments, dict) else ""


def run_took(run: dict[str, Any]) -> timedelta | None:
    if not run["finished_at"]:
        return None
    return max(timedelta(), _since(run["started_at"], run["finished_at"]))


def ago(utc: str, now: str) -> str:
    """How long before now."""
    minutes = max(0, int(_since(utc, now).total_seconds() // 60))
    for size, unit in ((60 * 24 * 2, "day"), (60 * 2, "hour"), (1, "minute")):
        if minutes >= size:
            number = minutes // {"day": 60 * 24, "hour": 60, "minute": 1}[unit]
            return f"{number} {unit}{'' if number == 1 else 's'} ago"
    return "just now"


def in_korea(utc: str) -> str:
    return f"{datetime.fromisoformat(utc).astimezone(KST):%Y-%m-%d %H:%M}"


def _holder(database: Path) -> tuple[Holder | None, bool | None]:
    """Who last noted to hold the lock, and whether it lives; None where nobody can tell."""
    record = database.with_name(f"{database.name}.run")
    holder = read(record)
    if holder is None:
        return None, None
    here = _is_here(holder)
    if holder.gone or here is False:
        return holder, False
    try:
        age = seconds_since(record.stat().st_mtime)
    except OSError:
        return holder, None
    # Where the process is seen, a sign from a time to come only says that the clock was set back meanwhile.
    return holder, age < DEAD if here else is_sign_of_life(age)


def _is_here(holder: Holder) -> bool | None:
    """Whether its process is one of this machine; None where nobody can tell."""
    here = me()
    # Elsewhere than on POSIX, to ask a process so is to end it; and containers do not see each other's.
    if os.name != "posix" or not holder.boot or (holder.host, holder.boot) != (here.host, here.boot):
        return None
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return None
    return True


def _with_state(run: dict[str, Any], lives: bool | None) -> dict[str, Any]:
    """A run with its `state`."""
    if run["verdict"]:
        return run | {"state": "ended"}
    return run | {"state": UNCLEAR if lives is None else UNDER_WAY if lives else KILLED}


def _board(db: Database, board: str, question: Question, holder: Holder | None) -> BoardReport:
    filter_, since, until, today = question.filter, question.since, question.until, korean_today()
    covered = reports.coverage(db, board, filter_, since, until, open_since=question.open_since)
    run = reports.last_run_of(db, board, filter_, holder.unwritten if holder else ())
    if until is not None and until < today:
        return BoardReport(covered, None, run)
    kept = reports.is_kept_up(db, board, filter_)
    judged = question.limit > NO_LIMIT and (kept or question.within is not None)
    fresh = Freshness(covered.known_until, utc_now(), question.limit, kept, judged)
    if fresh.is_stale and until is None and covered.until is not None and covered.until < today:
        # What nobody looked at since is missing, not outside of what is asked for.
        covered = reports.coverage(db, board, filter_, since, today, open_since=question.open_since)
    return BoardReport(covered, fresh, run)


def _kind(reason: str) -> str:
    """A reason without what differs from day to day: numbers, and which releases."""
    named = re.sub(r"\b(newsId|post) [\d, ]*\d", r"\1 N", reason)
    return re.sub(r"(?<!status )\b\d+(?:[-:.T]\d+)*Z?", "N", named)


def _finding_as_data(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in ("key", "board", "kind", "says", "todo", "since", "evidence")}


def _since(utc: str, later: str) -> timedelta:
    return datetime.fromisoformat(later) - datetime.fromisoformat(utc)
