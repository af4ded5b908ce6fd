"""What the tools answer, as data; each answer also says how much of the asked days is known."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from harvester.boards import BOARDS
from harvester.clock import korean_today
from harvester.korean.links import find_links
from harvester.korean.snippets import join
from harvester.spiders.arguments import WrongArgument, ministry_names, read_day, read_ministries
from harvester.store import Database, completeness, reports, search, selection
from harvester.store.completeness import Completeness, Gap
from harvester.store.selection import Order, Selection

COLUMNS = ("title", "lead", "body", "ministry", "board", "published_on", "source_line", "url", "withdrawn_at")
SHOWN = (
    "news_id",
    "title",
    "ministry",
    "presenter",
    "board",
    "published_on",
    "published_at",
    "source_line",
    "url",
    "license",
    "withdrawn_at",
)
MARK = "**"
EXCERPT = 160
LONGEST_VALUE = 500
"""Characters of a value in a list of changes: a changed text would be two whole texts."""
MOST_ATTACHMENTS = 50
MOST_REVISIONS = 20
MOST_GAPS = 10
MOST_GAPS_IN_A_SENTENCE = 3
LONGEST_ARGUMENT = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """Filters, as a model gives them."""

    ministries: Sequence[str] = ()
    boards: Sequence[str] = ()
    since: str = ""
    until: str = ""
    withdrawn: bool = True


@dataclass(frozen=True, slots=True)
class Chosen:
    """Filters, read: what they choose, and what of the ledger they are about."""

    selection: Selection
    all_codes: tuple[str, ...]
    """Those the ministries ever had: as the ledger writes its filters."""


# What the tools return has no slots: the SDK, which makes its schema of them, would take those for defaults.


@dataclass(frozen=True)
class Found:
    """A release in a list of them."""

    news_id: int
    title: str
    ministry: str
    board: str
    published_on: str
    source_line: str
    url: str
    withdrawn_at: str | None
    excerpt: str


@dataclass(frozen=True)
class Releases:
    """Some of the releases that were found; `next_offset` gives the rest."""

    total: int
    releases: list[Found]
    next_offset: int | None
    days_complete: bool
    known: str


@dataclass(frozen=True)
class Attachment:
    name: str
    kind: str
    url: str
    text_status: str


@dataclass(frozen=True)
class Revision:
    revision: int
    changed_at: str
    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Sibling:
    """Another newsId of the same release."""

    news_id: int
    kind: str
    ministry: str
    published_on: str


@dataclass(frozen=True)
class Release:
    """One release, and a part of its text."""

    news_id: int
    title: str
    ministry: str
    presenter: str | None
    board: str
    published_on: str
    published_at: str | None
    source_line: str
    url: str
    license: str | None
    withdrawn_at: str | None
    text: str
    text_from: int
    text_total: int
    text_left: int
    """Characters after this part."""
    text_status: str
    attachments: list[Attachment]
    revisions: list[Revision]
    joint_releases: list[Sibling]
    left_out: list[str]
    """What of these lists was too much to show."""


@dataclass(frozen=True)
class NotComplete:
    first_day: str
    last_day: str
    reason: str


@dataclass(frozen=True)
class BoardStatus:
    board: str
    first_day: str | None
    last_day: str | None
    days: int
    complete_days: int
    not_complete: list[NotComplete]
    more_not_complete: int
    """Further stretches of days that are not complete."""
    releases: int
    withdrawn: int
    texts_not_fetched: int


@dataclass(frozen=True)
class Status:
    """How complete and how fresh the database is."""

    today_in_korea: str
    days_complete: bool
    known: str
    boards: list[BoardStatus]
    last_complete_run: str | None


def choose(asked: Asked) -> Chosen:
    """The filters, checked. Raises WrongArgument."""
    since, until = _day("since", asked.since), _day("until", asked.until)
    if since and until and since > until:
        raise WrongArgument("since", f"{since} is after until {until}: give the earlier day as since")
    names = [name for name in asked.ministries if name.strip()]
    return Chosen(
        Selection(
            boards=_boards(asked.boards),
            codes=read_ministries(names, since, until),
            names=ministry_names(names, since, until),
            since=since,
            until=until,
            withdrawn=asked.withdrawn,
        ),
        read_ministries(names),
    )


def _day(argument: str, text: str) -> date | None:
    if len(text) > LONGEST_ARGUMENT:
        raise WrongArgument(argument, f"{len(text)} characters are no day: write it as 2024-01-17")
    return read_day(argument, text.strip(), korean_today()) if text.strip() else None


def _boards(names: Sequence[str]) -> tuple[str, ...]:
    """Slugs of boards given by slug or by name."""
    slugs = {board.name: board.slug for board in BOARDS.values()} | {slug: slug for slug in BOARDS}
    for name in names:
        if name.strip() not in slugs:
            raise WrongArgument("boards", f"{name[:LONGEST_ARGUMENT]!r} is no board; there are {', '.join(BOARDS)}")
    return tuple(dict.fromkeys(slugs[name.strip()] for name in names))


def search_releases(db: Database, chosen: Chosen, words: str, order: Order, *, limit: int, offset: int) -> Releases:
    """The releases with these words. Raises WrongQuery."""
    looked_for = search.read(db, words)
    selected = replace(chosen.selection, words=words)
    return _releases(db, chosen, selected, order, limit=limit, offset=offset, looked_for=looked_for)


def list_releases(db: Database, chosen: Chosen, *, limit: int, offset: int) -> Releases:
    """The releases that the filters choose, newest first."""
    return _releases(db, chosen, chosen.selection, Order.DAY, limit=limit, offset=offset)


def _releases(
    db: Database,
    chosen: Chosen,
    selected: Selection,
    order: Order,
    *,
    limit: int,
    offset: int,
    looked_for: search.Search | None = None,
) -> Releases:
    total = selection.count(db, selected)
    found = [
        _found(row, looked_for) for row in selection.rows(db, selected, COLUMNS, order, limit=limit, offset=offset)
    ]
    judged, days_complete = _judge(db, chosen)
    known = _known(judged, chosen)
    if not total:
        known = f"{_nothing(judged, days_complete, by_words=looked_for is not None)} {known}"
    end = offset + len(found)
    return Releases(
        total=total,
        releases=found,
        next_offset=end if found and end < total else None,
        days_complete=days_complete,
        known=known,
    )


def _found(row: dict[str, Any], looked_for: search.Search | None) -> Found:
    body, lead = row.pop("body"), row.pop("lead")
    if looked_for:
        excerpt = join(looked_for.snippet(body or lead or ""), MARK, MARK)
    else:
        excerpt = cut(" ".join((lead or body or "").split()), EXCERPT)
    return Found(**row, excerpt=excerpt)


def read_news_id(asked: int | str) -> int:
    """A newsId, or the one in an address. Raises WrongArgument."""
    text = str(asked).strip()
    if text.isascii() and text.isdigit() and len(text) <= 15:
        return int(text)
    numbers = {link.news_id for link in find_links(text)}
    if len(numbers) != 1:
        why = "it is a number such as 156611054, or the address of a release"
        raise WrongArgument("news_id", f"{text[:LONGEST_ARGUMENT]!r} is no newsId: {why}")
    return numbers.pop()


def show_release(db: Database, news_id: int, text_from: int, text_length: int) -> Release | None:
    """One release; None where it is not stored."""
    found = reports.release(db, news_id)
    if found is None:
        return None
    text = found["body"] or found["lead"] or ""
    part = text[text_from : text_from + text_length]
    attachments, revisions = found["attachments"], found["revisions"]
    left_out = {
        "attachments": len(attachments) - MOST_ATTACHMENTS,
        "older changes": len(revisions) - MOST_REVISIONS,
        "joint releases": len(found["joint_releases"]) - MOST_ATTACHMENTS,
    }
    return Release(
        **{name: found[name] for name in SHOWN},
        text=part,
        text_from=text_from,
        text_total=len(text),
        text_left=max(0, len(text) - text_from - len(part)),
        text_status=f"{found['body_source']}: {found['body_status']}",
        attachments=[
            Attachment(each["name"], each["kind"], each["url"], each["text_status"])
            for each in attachments[:MOST_ATTACHMENTS]
        ],
        revisions=[
            Revision(
                each["revision"],
                each["changed_at"],
                each["field"],
                _value(each["old"]),
                _value(each["new"]),
            )
            for each in revisions[-MOST_REVISIONS:]
        ],
        joint_releases=[Sibling(**each) for each in found["joint_releases"][:MOST_ATTACHMENTS]],
        left_out=[f"{more} {name}" for name, more in left_out.items() if more > 0],
    )


def status(db: Database, chosen: Chosen) -> Status:
    """What is known of the days that the filters choose."""
    judged, days_complete = _judge(db, chosen)
    return Status(
        today_in_korea=korean_today().isoformat(),
        days_complete=days_complete,
        known=_known(judged, chosen),
        boards=[_board_status(db, chosen, each) for each in judged],
        last_complete_run=completeness.last_complete_run(db),
    )


def _board_status(db: Database, chosen: Chosen, judged: Completeness) -> BoardStatus:
    here = replace(chosen.selection, boards=(judged.board,), withdrawn=True)
    stored, stretches = selection.count(db, here), judged.stretches
    return BoardStatus(
        board=judged.board,
        first_day=_iso(judged.since),
        last_day=_iso(judged.until),
        days=len(judged.all_days),
        complete_days=judged.complete_days,
        not_complete=[
            NotComplete(gap.first.isoformat(), gap.last.isoformat(), cut(gap.reason, LONGEST_VALUE))
            for gap in stretches[:MOST_GAPS]
        ],
        more_not_complete=max(0, len(stretches) - MOST_GAPS),
        releases=stored,
        withdrawn=stored - selection.count(db, replace(here, withdrawn=False)),
        texts_not_fetched=judged.not_fetched,
    )


def _judge(db: Database, chosen: Chosen) -> tuple[list[Completeness], bool]:
    """What the ledger says of each board asked for, or of those it knows; and whether all their days are complete."""
    asked = chosen.selection
    boards = asked.boards or completeness.boards(db)
    judged = [
        completeness.completeness(db, board, chosen.all_codes, asked.since, asked.until)
        for board in boards
        if board in BOARDS
    ]
    return judged, bool(judged) and all(each.is_proven for each in judged)


def _nothing(judged: Sequence[Completeness], days_complete: bool, *, by_words: bool) -> str:
    """What keeps an empty answer from being read as `nothing was published`."""
    if not days_complete:
        return "Nothing found, but that does NOT mean that nothing was published: some days are not known."
    if not by_words:
        return "Nothing found, and the days asked are complete: the site lists no such release for them."
    if any(each.not_fetched for each in judged):
        return "Nothing found, but that does NOT mean that nothing was published: some texts are not known."
    return "Nothing found, and the days asked are complete: no text that could be read, nor title, has these words."


def _known(judged: Sequence[Completeness], chosen: Chosen) -> str:
    """What is known of the asked boards and days, in sentences."""
    told = [_known_of(each) for each in judged]
    if never := [
        slug for slug in BOARDS if not chosen.selection.boards and slug not in {each.board for each in judged}
    ]:
        told.append(f"Of these boards nothing is known: {', '.join(never)}.")
    if not (chosen.selection.since and chosen.selection.until):
        told.append("Of days before and after these nothing is known.")
    return " ".join(told)


def _known_of(judged: Completeness) -> str:
    """What is known of one board, in a sentence or two."""
    total, stretches = len(judged.all_days), judged.stretches
    if not total:
        return f"{judged.board}: no day was ever asked for, so nothing is known."
    days = f"{judged.since} to {judged.until}"
    told = f"{judged.board}: {judged.complete_days} of {total} days from {days} are complete"
    if stretches:
        named = [f"{_days(gap)} ({cut(gap.reason, EXCERPT)})" for gap in stretches[:MOST_GAPS_IN_A_SENTENCE]]
        more = len(stretches) - len(named)
        told += f"; not complete: {', '.join(named)}{f' and {more} more stretches, see status' if more else ''}"
    if judged.may_grow:
        told += f"; {judged.may_grow} of the complete days were last checked so soon that late releases may be missing"
    if judged.not_fetched:
        told += f"; releases stored without their text, which words find by title only: {judged.not_fetched}"
    return f"{told}."


def _days(gap: Gap) -> str:
    return str(gap.first) if gap.first == gap.last else f"{gap.first} to {gap.last}"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _value(text: str | None) -> str | None:
    return None if text is None else cut(text, LONGEST_VALUE)


def cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]} … ({len(text) - length} more characters)"
