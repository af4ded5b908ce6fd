"""Which releases a listing request gets: its form, read as the real site reads it, and the page it asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Literal

from harvester.demo.boards import PRESS_RELEASE, Board
from harvester.demo.corpus import Corpus, Release

PastEnd = Literal["empty", "last", "first"]


@dataclass(frozen=True)
class Query:
    """A listing request, understood. The raw form values stay, because the site prints them again."""

    since: date
    until: date
    page: int = 1
    rep_code: str = ""
    rep_code_type: str = ""
    word: str = ""
    period: str = ""
    board: Board = PRESS_RELEASE
    more: tuple[tuple[str, str], ...] = ()  # the fields that only this board's form has

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(code.strip() for code in self.rep_code.split(",") if code.strip())

    @property
    def is_search(self) -> bool:
        """Whether the site answers with its search rendering: another total, other dates, leads cut short."""
        return bool(self.filters_by_ministry or self.word)

    @property
    def filters_by_ministry(self) -> bool:
        """What the real site does with a ministry on a board without any is not known: here it does nothing."""
        return bool(self.rep_code) and self.board.shows_ministry


@dataclass(frozen=True)
class Listing:
    """One page of a listing, before it becomes HTML."""

    query: Query
    total: int
    pages: int
    rows: tuple[Release, ...]


def read_query(form: Mapping[str, str], *, posted: bool, today: date, board: Board = PRESS_RELEASE) -> Query:
    """Read a form. Without dates it is the last year; a GET without dates ignores its pageIndex."""
    start, end = read_day(form.get("startDate", "")), read_day(form.get("endDate", ""))
    until = end or today
    page = read_page(form.get("pageIndex", ""))
    return Query(
        since=start or year_before(until),
        until=until,
        page=page if posted or start or end else 1,
        rep_code=form.get("repCode", ""),
        rep_code_type=form.get("repCodeType", ""),
        word=form.get("srchWord", "").strip(),
        period=form.get("period", ""),
        board=board,
        more=tuple((name, form.get(name, "")) for name in board.more_form),
    )


def read_day(text: str) -> date | None:
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()
    except ValueError:
        return None


def read_page(text: str) -> int:
    # Nine digits: beyond that it is no page number but somebody trying things out.
    return max(int(text), 1) if text.strip().isdecimal() and len(text) < 10 else 1


def year_before(day: date) -> date:
    if day.year == 1:
        return date.min
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # the 29th of February
        return day - timedelta(days=366)


def last_year(query: Query, today: date) -> Query:
    """The same question as the site would read it had no dates been sent."""
    return replace(query, since=year_before(today), until=today)


def matching(corpus: Corpus, query: Query, now: datetime, order_seed: int) -> tuple[Release, ...]:
    """Every release the query asks for, by day descending and within a day in an order of the site's own."""
    codes, word = query.codes, query.word.casefold()
    found = [
        release
        for release in corpus.between(query.since, query.until)
        if release.board == query.board.slug
        and release.is_visible(now)
        and (not query.filters_by_ministry or release.code in codes)
        and (not word or word in release.title.casefold() or word in release.lead.casefold())
    ]
    found.sort(key=lambda release: _place(release, corpus, order_seed))
    return tuple(found)


def _place(release: Release, corpus: Corpus, order_seed: int) -> tuple[int, int, bytes]:
    shuffled = blake2b(f"{order_seed}:{release.news_id}".encode(), digest_size=8).digest()
    return -release.listed_on.toordinal(), -corpus.rank(release.news_id), shuffled


def pages_of(total: int, board: Board = PRESS_RELEASE) -> int:
    return -(-total // board.rows_a_page)


def page_of(found: Sequence[Release], query: Query, past_end: PastEnd) -> Listing:
    """Cut the page asked for; beyond the last one do as the site was told to."""
    pages = pages_of(len(found), query.board)
    if query.page > max(pages, 1) and past_end != "empty":
        query = replace(query, page=max(pages, 1) if past_end == "last" else 1)
    start = (query.page - 1) * query.board.rows_a_page
    return Listing(query, len(found), pages, tuple(found[start : start + query.board.rows_a_page]))
