"""What is told, in plain words. Pure: what is known goes in, texts come out."""

import re
import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from harvester.clock import KST
from harvester.store.drift import ONCE, Finding
from harvester.store.telling import Gap, Since
from harvester.telling.notebook import Message
from harvester.telling.storage import advice
from harvester.troubles import Cause, Kind, News, Open, Trouble
from harvester.verdict import Exit, Verdict

STRETCHES = 8
"""Named in a message; the rest are counted."""
LONGEST = 300
"""Characters of a reason."""
TITLE = 100

TITLES: Mapping[Cause, tuple[str, str]] = {
    # Nothing could be had; some of it could not.
    "site": ("{site} cannot be reached", "{site} did not give everything"),
    "pages": ("the pages of {site} cannot be read", "some pages of {site} cannot be read"),
    "data": ("nothing of what {site} lists could be proven complete", "days that do not add up"),
    "storage": ("the database cannot be written", "the database did not take everything"),
    "program": ("the run broke off", "a mistake of the program"),
    "hole": ("days that no run has asked for", "days that no run has asked for"),
}
TRIED: Mapping[Cause, str] = {
    "site": "Each page was asked for four times, with growing waits. Every run tries again.",
    "pages": "Each page was asked for four times, and kept as it came. Every run tries again. Nothing was guessed.",
    "data": "The listings were walked up to four times. Every run that asks for these days tries again.",
    "storage": "What could not be written was tried again by itself. What was stored before is left as it is.",
    "program": "Nothing more: the run ended. What it had stored is kept; the next run does the rest.",
    "hole": "Nothing: the days before and after them are there, and these were never asked for; was the machine off?",
}
TODO: Mapping[Cause, str] = {
    "site": "Nothing, if the site is down for everybody: you are told when it is over. If it opens in a browser: is the"
    " network of this machine up, does HARVEST_SITE name the right site, or is this address blocked (HTTP status 403 or"
    " 429: run less often)? `harvest doctor` looks at this machine and at the site.",
    "pages": "Look at the site in a browser. Maintenance passes by itself. If it looks different for more than a day,"
    " this program needs an update: `harvest doctor` says which pages are not as expected, and keeps them.",
    "data": "Nothing at first: the site was changing, and the next run asks again. If a day stays, docs/operating.md"
    " says what its reason means.",
    "storage": "docs/hard-cases.md says of what the run says what it means, and what to do.",
    "program": "If the next run ends the same way, report the lines above the last one in the log.",
    "hole": "",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What a command asks for, and of whom."""

    boards: tuple[str, ...]
    filter: str
    """As in the ledger."""
    site: str
    """Its host."""
    database: str
    machine: str

    @property
    def key(self) -> str:
        return f"crawl/{','.join(self.boards)}/{self.filter.replace('/', '%2F')}"


@dataclass(frozen=True, slots=True)
class End:
    """The end of a run that there is something to say of."""

    question: Question
    last_line: str
    at: str


# Troubles


def trouble(
    question: Question, cause: Cause, gaps: Sequence[Gap], run_says: str, *, grave: bool, saved: str = ""
) -> Trouble:
    """A trouble of a question: for one cause, with the days that wait for its end."""
    key = f"{question.key}/{cause}"
    filter_ = f" ({question.filter})" if question.filter else ""
    told = [
        f"{board}{filter_}: {_days(len(days))} not complete: {_stretches(days)}. The last of them: "
        + (days[-1].reason or "never asked for")[:LONGEST]
        for board, days in _by_board(gaps)
    ]
    what = " ".join(f"{each.rstrip('.')}." for each in told) or f"{run_says[:LONGEST].rstrip('.')}."
    what += f" Saved: {saved}." if saved else ""
    mend = f"To ask for these days by hand: {_commands(question, gaps)}" if gaps else ""
    title = TITLES[cause][0 if grave else 1].format(site=question.site)
    tried, todo = TRIED[cause], TODO[cause]
    if cause == "storage" and (known := advice(run_says, *(gap.reason or "" for gap in reversed(gaps)))):
        title, tried, todo = known.title or title, known.tried or tried, known.todo
    return Trouble(key, title, what, tried, f"{todo} {mend}".strip(), grave)


def notice(finding: Finding) -> Trouble:
    """What a run noticed of pages and releases."""
    short = re.split(r"[:;(]", finding.says, maxsplit=1)[0].strip()[:TITLE]
    saved = f" Saved: {finding.evidence}." if finding.evidence else ""
    return Trouble(
        key=f"drift/{finding.kind}/{finding.key.removeprefix('drift/')}",
        title=f"{finding.board}: {short}",
        what=f"{finding.says.rstrip('.')}. Seen first at {korean(finding.since)}.{saved}",
        tried="What runs read is compared with the runs before (docs/drift.md). What could be read is stored.",
        todo=finding.todo,
    )


def is_notice(trouble: Trouble) -> bool:
    """Whether it is only noticed: the data are whole."""
    return trouble.key.startswith("drift/")


def _gravity(trouble: Trouble) -> tuple[bool, bool]:
    """To sort by, the worst first: nothing can be had, something lacks, something is not as before."""
    return not trouble.grave, is_notice(trouble)


def _once(trouble: Trouble) -> bool:
    """Whether it happened, and does not last: a ministry not met before, a day with few releases."""
    return trouble.key.startswith(tuple(f"drift/{kind}/" for kind in ONCE))


def _by_board(gaps: Iterable[Gap]) -> list[tuple[str, list[Gap]]]:
    in_order = sorted(gaps, key=lambda gap: (gap.board, gap.day))
    return [(board, list(days)) for board, days in groupby(in_order, key=lambda gap: gap.board)]


def _stretches(gaps: Sequence[Gap]) -> str:
    found: list[list[date]] = []
    for day in (date.fromisoformat(gap.day) for gap in gaps):
        if found and day - found[-1][-1] <= timedelta(days=1):
            found[-1].append(day)
        else:
            found.append([day])
    named = [f"{days[0]} … {days[-1]}" if len(days) > 1 else f"{days[0]}" for days in found[-STRETCHES:]]
    more = sum(len(days) for days in found[:-STRETCHES])
    return ", ".join(named) + (f" and {_days(more)} before" if more else "")


def _commands(question: Question, gaps: Iterable[Gap]) -> str:
    filters = []
    for part in filter(
        None, question.filter.split("&", 1) if question.filter.startswith("ministry=") else [question.filter]
    ):
        name, _, value = part.partition("=")
        values = value.split(",") if name == "ministry" else [value]
        filters += [word for each in values for word in (f"--{name}", each)]
    lines = []
    for board, days in _by_board(gaps):
        asked = ["--board", board, *filters, "--since", days[0].day, "--until", days[-1].day, "--db", question.database]
        lines.append(f"`{shlex.join(['harvest', 'backfill', *asked])}`")
    return ", ".join(lines)


# Messages

GOOD: Collection[Kind] = ("over", "better", "forgotten")


def of_news(news: Sequence[News], end: End, to: tuple[str, ...]) -> Message:
    """One message about everything that a run has to tell somebody, the worst of it first."""
    news = sorted(news, key=lambda each: (each.kind in GOOD, *_gravity(each.now.trouble)))
    heads = [_head(each, end.at) for each in news]
    more = f" (and {len(heads) - 1} more)" if len(heads) > 1 else ""
    parts = [_part(head, each, end.at) for head, each in zip(heads, news, strict=True)]
    return Message(
        subject=f"harvest: {heads[0]}{more}",
        body="\n\n".join([*parts, _foot(end)]),
        kind=_kind(news),
        at=end.at,
        to=to,
    )


def _kind(news: Iterable[News]) -> str:
    bad = [each for each in news if each.kind not in GOOD]
    if any(each.now.trouble.grave for each in bad):
        return "failure"
    return "warning" if bad else "success"


def _head(news: News, at: str) -> str:
    title = news.now.trouble.title
    if news.kind == "over":
        noticed = "noticed, " if is_notice(news.now.trouble) else ""
        until = news.now.gone_since or at
        after = "" if until < news.now.since else f" after {lasting(news.now.since, until)}"
        return f"{noticed}over{after}: {title}"
    words = {
        "begun": "noticed" if is_notice(news.now.trouble) else "trouble",
        "changed": "trouble changed",
        "worse": "trouble grew",
        "better": "trouble shrank",
        "forgotten": "no longer watched",
    }
    return f"{words[news.kind]}: {title}"


def _part(head: str, news: News, at: str) -> str:
    now, trouble = news.now, news.now.trouble
    runs = f"{now.runs} {'run' if now.runs == 1 else 'runs'}"
    head = head[0].upper() + head[1:]
    if news.kind == "over":
        since, until = korean(now.since), korean(now.gone_since or at)
        if (now.gone_since or at) < now.since:
            return f"{head}\nIt is over at {until}, and began at {since}, by a clock that was ahead; {runs} met it."
        return f"{head}\nIt lasted from {since} to {until}; {runs} met it."
    if news.kind == "forgotten":
        return f"{head}\nNo run has asked the same since {korean(now.seen)}. It began at {korean(now.since)}."
    lines = [head]
    lines += [
        f"Before: {was.trouble.title}, from {korean(was.since)} on; {was.runs} {'run' if was.runs == 1 else 'runs'}"
        " met it."
        for was in news.before
    ]
    lines += [f"What: {trouble.what}", f"Since: {korean(now.since)}{f'; {runs} met it' if now.runs > 1 else ''}"]
    lines += [f"Tried: {trouble.tried}"] if trouble.tried else []
    lines += [f"To do: {trouble.todo}"] if trouble.todo else []
    if now.comes_and_goes:
        lines.append("It comes and goes: you are told of it again when it has been gone for twelve hours.")
    return "\n".join(lines)


def _foot(end: End) -> str:
    place = f"Database: {end.question.database} on {end.question.machine}"
    return f"The run that ended at {korean(end.at)} says:\n{end.last_line}\n{place}"


# The heartbeat


@dataclass(frozen=True, slots=True)
class Covered:
    """What `harvest status` says of a board."""

    board: str
    since: date | None
    until: date | None
    days: int
    gaps: int
    releases: int


@dataclass(frozen=True, slots=True)
class Looked:
    """What the database says for a heartbeat; None where it cannot be read."""

    covered: Sequence[Covered] | None
    done: Since | None
    status: Verdict | None
    """What `harvest status` says of the same."""
    since: str | None
    """When the heartbeat before was; None for the first."""
    to_come: str | None = None
    """The newest time that a run noted and that is still to come."""

    @property
    def gaps(self) -> int:
        return sum(each.gaps for each in self.covered or ())


def heartbeat(looked: Looked, open_: Sequence[Open], end: End, to: tuple[str, ...], *, complete: bool) -> Message:
    """The daily sign of life; `complete` says whether the run was."""
    troubles, noticed = (
        sorted((each for each in open_ if not _once(each.trouble)), key=lambda each: _gravity(each.trouble)),
        [each for each in open_ if _once(each.trouble)],
    )
    well = complete and not troubles and looked.status is not None and looked.status.exit_status is Exit.COMPLETE
    subject = _sign_of_life(looked, troubles, well=well)
    lines = [f"The daily sign of life: {subject}.", *_coverage(looked, end.question), _work(looked)]
    lines.append("Open troubles:" if troubles else "Open troubles: none.")
    lines += [f"- {each.trouble.title}, since {korean(each.since)}" for each in troubles]
    lines += [f"Noticed: {each.trouble.title}, at {korean(each.since)}" for each in noticed]
    if looked.to_come:
        lines.append(f"A run noted {korean(looked.to_come)}, which is still to come: was this machine's clock wrong?")
    if looked.status is not None:
        lines.append(f"`harvest status` says: {looked.status.word}: {looked.status.sentence}")
    lines.append(f"\n{_foot(end)}")
    return Message(f"harvest: {subject}", "\n".join(lines), "info" if well else "warning", end.at, to)


def _sign_of_life(looked: Looked, troubles: Sequence[Open], *, well: bool) -> str:
    if well:
        return f"all well, {looked.done.new if looked.done else 0} releases new"
    if troubles:
        more = f" (and {len(troubles) - 1} more)" if len(troubles) > 1 else ""
        return f"alive, in trouble: {troubles[0].trouble.title}{more}"
    return f"alive, {_days(looked.gaps)} not complete" if looked.gaps else "alive, but not all is well"


def _coverage(looked: Looked, question: Question) -> Iterator[str]:
    filter_ = f" ({question.filter})" if question.filter else ""
    for each in looked.covered or ():
        if each.since is None:
            yield f"{each.board}{filter_}: no day was asked for yet."
        else:
            yield (
                f"{each.board}{filter_}: {each.days - each.gaps} of {_days(each.days)} complete, {each.since} …"
                f" {each.until}; {each.releases} releases."
            )


def _work(looked: Looked) -> str:
    done = looked.done
    if done is None:
        return "The database could not be read for this message."
    began = f"Since {korean(looked.since)}" if looked.since else "In the last day"
    ended = [f"{number} {verdict}" for verdict, number in done.verdicts.items()]
    ended += [f"{done.killed} killed"] if done.killed else []
    return (
        f"{began}: {done.new} releases new, {done.changed} changed; runs: {', '.join(ended) or 'none'};"
        f" {done.requests} requests."
    )


def trial(database: str, machine: str, at: str) -> tuple[str, str, str]:
    """The message of `harvest notify`: subject, body, kind."""
    return (
        "harvest: a trial, nothing is wrong",
        "This is what `harvest notify` sends, so that you know that messages arrive.\n"
        "You will be told when a trouble begins and when it is over, once each.\n"
        f"Sent at {korean(at)}.\nDatabase: {database} on {machine}",
        "info",
    )


def korean(at: str) -> str:
    """`2024-01-18 12:07 Korean time`."""
    return f"{datetime.fromisoformat(at).astimezone(KST):%Y-%m-%d %H:%M} Korean time"


def lasting(since: str, until: str) -> str:
    """`2 days 3 hours`, `40 minutes`."""
    minutes = max(int((datetime.fromisoformat(until) - datetime.fromisoformat(since)).total_seconds()) // 60, 0)
    days, hours = divmod(minutes // 60, 24)
    told = [_of(days, "day"), _of(hours, "hour")] if days else [_of(hours, "hour"), _of(minutes % 60, "minute")]
    return " ".join(filter(None, told)) or "less than a minute"


def _of(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}" if number else ""


def _days(number: int) -> str:
    return f"{number} {'day' if number == 1 else 'days'}"
