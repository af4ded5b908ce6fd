"""Tells what a run's end has to say: compares it with what was told, writes messages, and sees what was taken."""

import socket
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from harvester.clock import korean_day, korean_today, utc_now
from harvester.drift import Kind
from harvester.drift.ends import FORGET
from harvester.store import UNUSABLE, drift, open_to_read
from harvester.store import telling as books
from harvester.store.drift import Finding
from harvester.store.telling import Gap
from harvester.telling import courier, words
from harvester.telling.courier import Delivery, Taken
from harvester.telling.notebook import Message, Notebook, Notes, NotKept, Recipient
from harvester.telling.words import Covered, End, Looked, Question
from harvester.troubles import Cause, News, Trouble, causes, compare
from harvester.verdict import Exit, Verdict
from harvester.wall import report

HOLES_SINCE = timedelta(days=60)
"""A hole that is older is no accident: somebody asked for two ranges, and not for what is between."""
KEPT_FOR = timedelta(days=30)
MOST_KEPT = 100
SHOWN = 5
"""Gaps named in a heartbeat."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to tell, and when."""

    notify: tuple[str, ...] = ()
    ping: str | None = None
    heartbeat: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended."""

    exit_status: Exit
    word: str
    line: str
    """The last line on stderr."""
    broke: Literal["storage", "program"] | None = None
    """What kept it from closing its books."""
    came_to: Verdict | None = None
    """What its books say: the last line says another thing where its report could not be printed."""
    not_complete: tuple[Gap, ...] = ()
    """The days it closed that are not complete."""
    says: tuple[str, ...] = ()
    """The verdicts on its boards that are not complete."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """The end of a run, and whom to tell of it by their names in the notebook."""

    ended: Ended
    question: Question
    database: Path
    at: str
    names: tuple[str, ...]

    @property
    def end(self) -> End:
        return End(self.question, self.ended.line, self.at)


def wrong_addresses(address: Address, database: Path) -> list[int]:
    """Which of the addresses, counted from 1, are none. Raises Broken where that cannot be found out."""
    notes = Notebook(database).read()
    # Those that a run has used before need not be looked at again, which takes a third of a second.
    new = [each for each in address.notify if not notes.recipients or notes.name_of(each) not in notes.recipients]
    wrong = {new[number] for number in courier.unknown_addresses(new)}
    return [number for number, each in enumerate(address.notify, start=1) if each in wrong]


def tell(ended: Ended, question: Question, address: Address, database: Path) -> list[str]:
    """Tell whoever is to be told of the end of a run; what could not be told, in sentences for the log."""
    word = ended.came_to.word if ended.came_to else ended.word
    if ended.exit_status in (Exit.LOCKED, Exit.USAGE) or "interrupted" in (ended.word, word):
        # The other run speaks for itself; a command that is wrong, or was stopped, has somebody before it.
        return []
    ping = _to_ping(ended, address.ping)
    if not address.notify:
        _, not_pinged = courier.deliver([], ping) if ping else ([], None)
        return _ping_notes(not_pinged)
    notebook = Notebook(database)
    try:
        with notebook.held():
            return _tell(ended, question, database, notebook, replace(address, ping=ping))
    except NotKept as error:
        return [f"nobody could be told: {error}"]


def _tell(ended: Ended, question: Question, database: Path, notebook: Notebook, address: Address) -> list[str]:
    at = utc_now()
    notes = notebook.read()
    names = {notes.name_of(each): each for each in address.notify}
    occasion = Occasion(ended, question, database, at, tuple(names))
    notes, messages = _news(occasion, notes)
    if address.heartbeat:
        notes, more = _heartbeats(occasion, notes)
        messages += more
    kept = [each for each in (*notes.kept, *messages) if _age(at, each.at) < KEPT_FOR][-MOST_KEPT:]
    recipients = {name: Recipient() for name in names} | notes.recipients
    notes = replace(notes, kept=tuple(kept), recipients=recipients)
    # Before anything is sent: who is killed while he sends tells it again, and forgets nothing.
    said = _write(notebook, notes)
    deliveries = {
        name: Delivery(names[name], tuple((each.subject, each.body, each.kind) for each in kept if name in each.to))
        for name in names
        if any(name in each.to for each in kept)
    }
    if not deliveries and not address.ping:
        return said
    taken, not_pinged = courier.deliver(list(deliveries.values()), address.ping)
    outcome = dict(zip(deliveries, taken, strict=True))
    if deliveries:
        said = _write(notebook, replace(notes, kept=_still_kept(kept, outcome), serial=notes.serial + 1))
    return said + _delivery_notes(address.notify, names, deliveries, outcome) + _ping_notes(not_pinged)


def _write(notebook: Notebook, notes: Notes) -> list[str]:
    try:
        place = notebook.write(notes)
    except NotKept as error:
        return [f"what was told could not be noted, the next run may tell it again: {error}"]
    if place != notebook.path:
        return [f"what was told is noted in {place}, since {notebook.path} cannot be written"]
    return []


# News


def _news(occasion: Occasion, notes: Notes) -> tuple[Notes, list[Message]]:
    names = occasion.names
    now, judged = troubles(occasion.ended, occasion.question, occasion.database)
    compared = compare(notes.open, notes.began, now, judged=judged, at=occasion.at)
    open_ = dict(compared.open)
    to_tell: dict[tuple[str, ...], list[News]] = {}
    just_told = {each.now.trouble.key for each in compared.news}
    for each in compared.news:
        if not _is_news(each, occasion.at):
            continue
        before = {name for was in each.before for name in was.told_to}
        to = tuple(sorted(before | set(names))) if each.kind in ("begun", "changed") else each.now.told_to
        to_tell.setdefault(to, []).append(each)
        if each.now.trouble.key in open_:
            open_[each.now.trouble.key] = replace(open_[each.now.trouble.key], told_to=to)
    for key in {trouble.key for trouble in now} - just_told:
        # Somebody new, or whose run has met only now what the run of others had told them of.
        if new := tuple(sorted(set(names) - set(open_[key].told_to))):
            to_tell.setdefault(new, []).append(News("begun", open_[key]))
            open_[key] = replace(open_[key], told_to=tuple(sorted({*open_[key].told_to, *new})))
    messages = [words.of_news(news, occasion.end, to) for to, news in to_tell.items() if to]
    return replace(notes, open=open_, began=compared.began), messages


def troubles(ended: Ended, question: Question, database: Path) -> tuple[list[Trouble], list[str]]:
    """What is wrong at the end of a run, and the beginnings of the keys that the run can speak of."""
    if ended.broke == "storage":
        return [words.trouble(question, "storage", (), ended.line, grave=True)], [f"{question.key}/storage"]
    if ended.broke == "program":
        return [words.trouble(question, "program", (), ended.line, grave=True)], [f"{question.key}/program"]
    try:
        with closing(open_to_read(database)) as db:
            since = korean_today() - HOLES_SINCE
            gaps = [gap for board in question.boards for gap in books.gaps(db, board, question.filter)]
            holes = [gap for board in question.boards for gap in books.holes(db, board, question.filter, since=since)]
            found = drift.open_findings(db)
    except UNUSABLE as error:
        return [words.trouble(question, "storage", (), f"{error}", grave=True)], [f"{question.key}/storage"]
    now = _of_days(ended, question, gaps, holes, [each for each in found if each.kind == Kind.LAYOUT])
    unreadable = f"{question.key}/pages" in {trouble.key for trouble in now}
    found = [each for each in found if not (unreadable and _is_of(each, question))]
    return [*now, *map(words.notice, found)], [question.key, "drift"]


def _is_of(finding: Finding, question: Question) -> bool:
    """Whether pages that look different are why days of this question are not complete: it is one trouble, then."""
    return finding.kind == Kind.LAYOUT and finding.board in question.boards


def _of_days(
    ended: Ended, question: Question, gaps: Sequence[Gap], holes: Sequence[Gap], layouts: Sequence[Finding]
) -> list[Trouble]:
    """The troubles of a run that closed its books, a cause each."""
    status = ended.came_to.exit_status if ended.came_to else ended.exit_status
    failure = status is Exit.FAILURE
    of_run: set[Cause] = set()
    if status is not Exit.COMPLETE:
        of_run |= {cause for gap in ended.not_complete for cause in causes(gap.reason)}
        # A sentence counts days, too, and that is no cause.
        of_run |= {cause for sentence in ended.says for cause in causes(sentence) if cause != "data"}
        of_run = of_run or {"data"}
    walked = {(gap.board, gap.day) for gap in ended.not_complete}
    by_cause: dict[Cause, list[Gap]] = {cause: [] for cause in sorted(of_run)}
    for gap in gaps:
        own: set[Cause] = set(causes(gap.reason))
        if failure and own == {"site"} and "site" not in of_run and (gap.board, gap.day) not in walked:
            own = set()  # the site answers again; what this day waits for now is the same as all others
        for cause in own or of_run or {"data"}:
            by_cause.setdefault(cause, []).append(gap)
    if holes:
        by_cause["hole"] = list(holes)
    says = "; ".join(ended.says) or ended.line
    saved = [each.evidence for each in layouts if _is_of(each, question) and each.evidence]
    return [
        words.trouble(
            question,
            cause,
            days,
            says,
            grave=failure and cause in of_run,
            saved="; ".join(saved) if cause == "pages" else "",
        )
        for cause, days in by_cause.items()
    ]


def _is_news(news: News, at: str) -> bool:
    """All is, but the end of a notice that ended by its age, and not because anything is as it was."""
    _, drifted, rest = news.now.trouble.key.partition("drift/")
    if news.kind != "over" or not drifted:
        return True
    kind = Kind(rest.partition("/")[0])
    return kind not in FORGET or _age(at, news.now.since) < FORGET[kind]


# The heartbeat


def _heartbeats(occasion: Occasion, notes: Notes) -> tuple[Notes, list[Message]]:
    today = korean_day(occasion.at).isoformat()
    recipients = dict(notes.recipients)
    messages = []
    for name in occasion.names:
        was = recipients.get(name, Recipient())
        if was.heartbeat_on == today:
            continue
        message = words.heartbeat(
            _look(occasion, was.heartbeat_at),
            [each for each in notes.open.values() if name in each.told_to],
            occasion.end,
            (name,),
            complete=occasion.ended.exit_status is Exit.COMPLETE,
        )
        messages.append(message)
        recipients[name] = Recipient(today, occasion.at)
    return replace(notes, recipients=recipients), messages


def _look(occasion: Occasion, since: str | None) -> Looked:
    question = occasion.question
    if since is not None and since > occasion.at:
        since = None  # by a clock that was ahead
    asked = report.Question(question.boards, question.filter)
    try:
        with closing(open_to_read(occasion.database)) as db:
            found = report.look(db, occasion.database, asked, SHOWN)
            done = books.since(db, since or _day_before(occasion.at))
    except UNUSABLE:
        return Looked(None, None, None, since)
    covered = [each.covered for each in found.boards]
    return Looked(
        [
            Covered(each.board, each.since, each.until, len(each.all_days), len(each.gaps), each.briefings)
            for each in covered
        ],
        done,
        report.verdict(found, SHOWN) if any(each.days for each in covered) else None,
        since,
        found.to_come,
    )


# A trial


def try_out(address: Address, database: Path) -> tuple[list[Taken], str | None]:
    """What becomes of a message to each address; and why the ping address does not answer."""
    message = words.trial(str(database.absolute()), machine(), utc_now())
    ping = address.ping.replace("{status}", "0") if address.ping else None
    return courier.deliver([Delivery(each, (message,)) for each in address.notify], ping)


# What was taken


def _still_kept(kept: Iterable[Message], outcome: dict[str, Taken]) -> tuple[Message, ...]:
    left = {name: each.number for name, each in outcome.items()}
    still = []
    for message in kept:
        to = []
        for name in message.to:
            if left.get(name, 0) > 0:
                left[name] -= 1
            else:
                to.append(name)
        if to:
            still.append(replace(message, to=tuple(to)))
    return tuple(still)


def _delivery_notes(
    addresses: Sequence[str], names: dict[str, str], deliveries: dict[str, Delivery], outcome: dict[str, Taken]
) -> list[str]:
    notes = []
    for name, delivery in deliveries.items():
        left = len(delivery.messages) - outcome[name].number
        if left:
            number = addresses.index(names[name]) + 1
            what = "1 message was" if left == 1 else f"{left} messages were"
            notes.append(
                f"{what} not taken by address {number} of --notify ({scheme(names[name])}): kept for the next run;"
                " `harvest notify` says why"
            )
    return notes


def _ping_notes(not_pinged: str | None) -> list[str]:
    return [f"the address of --ping did not answer: {not_pinged}"] if not_pinged else []


def _to_ping(ended: Ended, ping: str | None) -> str | None:
    """The address to ask after a run, None for none: silence is what a dead-man's switch is alarmed by."""
    if ping is None or not (ended.exit_status is Exit.COMPLETE or "{status}" in ping):
        return None
    return ping.replace("{status}", str(int(ended.exit_status)))


def scheme(address: str) -> str:
    """What kind of address it is: all of it that is no secret."""
    return address.partition("://")[0][:20].lower() if "://" in address else "?"


def machine() -> str:
    return socket.gethostname()


def _age(at: str, then: str) -> timedelta:
    return datetime.fromisoformat(at) - datetime.fromisoformat(then)


def _day_before(at: str) -> str:
    return (datetime.fromisoformat(at) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
