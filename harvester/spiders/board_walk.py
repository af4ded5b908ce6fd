"""The walk of a board that cannot be asked for days: page by page from its newest post, until all is older.

A pure state machine. Its posts are numbered without gaps from the oldest, so the numbers prove that nothing was missed:
a gap leaves the days around it in doubt, and a list that moved while it was paged is walked again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from harvester.pages.esg_board import BoardPage, PostRow

MAX_WALKS = 4
LOST_IN_A_ROW = 2
"""So many pages in a row that could not be had end the walk: what is older is not reached."""


@dataclass(frozen=True, slots=True)
class DayFound:
    """What a walk says of one day: the posts listed, and why that may not be all of them."""

    rows: tuple[PostRow, ...]
    problem: str | None
    reached: bool = True


@dataclass
class BoardWalk:
    since: date
    """The first day that is asked for."""
    walks: int = 0
    rows: dict[int, PostRow] = field(default_factory=dict)
    """By 번호."""
    notices: dict[int, PostRow] = field(default_factory=dict)
    """By post: they stand on top of every page, without a number, whatever their day."""
    undated: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    broken: dict[int, str] = field(default_factory=dict)
    listed_in: dict[int, int | None] = field(default_factory=dict)
    """For each post, which page of the archive lists it."""
    at_end: bool = False
    moved: bool = False
    page: int = 0

    def begin(self) -> int:
        """Start a walk; the page to ask for first."""
        self.walks += 1
        self.rows.clear()
        self.notices.clear()
        self.undated.clear()
        self.unreadable.clear()
        self.broken.clear()
        self.at_end = self.moved = False
        self.page = 1
        return 1

    def take(self, page: BoardPage, exchange_id: int | None) -> int | None:
        """Take the page asked for; the next one, None where the walk is over."""
        self.unreadable += page.unreadable
        self.notices |= {row.post_id: row for row in page.notices}
        self.listed_in |= dict.fromkeys(self.notices, exchange_id)
        for row in page.rows:
            if row.number is None:
                continue
            if row.day is None:
                self.undated.append(f"post {row.post_id} is listed without its day: {row.day_raw!r}")
            known = self.rows.get(row.number)
            self.moved |= known is not None and known.post_id != row.post_id
            self.rows[row.number] = row
            self.listed_in[row.post_id] = exchange_id
        # The oldest post has the number 1; a page past the end has no posts.
        self.at_end = not page.rows or 1 in self.rows
        days = [row.day for row in page.rows if row.day]
        older = bool(days) and max(days) < self.since
        return None if self.at_end or older else self._next()

    def lose(self, reason: str) -> int | None:
        """The page asked for could not be had; the next one, None where going on is pointless."""
        self.broken[self.page] = reason
        lost = range(max(self.page - LOST_IN_A_ROW + 1, 1), self.page + 1)
        hopeless = self.page == 1 or all(page in self.broken for page in lost)
        return None if hopeless else self._next()

    def _next(self) -> int:
        self.page += 1
        return self.page

    @property
    def must_walk_again(self) -> bool:
        """Whether the list does not add up, and another walk may show why."""
        return (self._moved or bool(self._gaps())) and not self.broken and self.walks < MAX_WALKS

    def found_on(self, day: date) -> DayFound:
        """What the finished walk says of a day."""
        numbered = [row for _, row in sorted(self.rows.items(), reverse=True) if row.day == day]
        known = {row.post_id for row in self.rows.values()}
        notices = [row for row in self.notices.values() if row.day == day and row.post_id not in known]
        rows = (*notices, *numbered)
        problems = [gap for gap, (newest, oldest) in self._gaps().items() if oldest <= day <= newest]
        if self._moved:
            problems.append("the list kept moving while it was walked")
        reached = bool(self.rows) and (self.at_end or self._oldest < day)
        if not reached:
            problems.append(f"the list was not walked so far: {self._why_not()}")
        return DayFound(rows, "; ".join([*problems, *self.undated, *self.unreadable]) or None, reached or bool(rows))

    @property
    def _moved(self) -> bool:
        return self.moved or len({row.post_id for row in self.rows.values()}) < len(self.rows)

    @property
    def _oldest(self) -> date:
        return min((row.day for row in self.rows.values() if row.day), default=date.max)

    def _why_not(self) -> str:
        told = [f"page {page}: {reason}" for page, reason in self.broken.items()]
        return "; ".join(told) or "the board says that it has no posts at all"

    def _gaps(self) -> Mapping[str, tuple[date, date]]:
        """Numbers that no page lists, with the days of the posts around them: the newest and the oldest."""
        gaps = {}
        numbers = sorted(self.rows)
        # Below the last page there is nothing, so what is missing down to 1 is missing too.
        for older, newer in pairwise([0, *numbers] if self.at_end else numbers):
            if newer - older > 1:
                around = [self.rows[number].day for number in (older, newer) if number in self.rows]
                days = [day for day in around if day]
                named = f"{older + 1}" if newer - older == 2 else f"{older + 1} … {newer - 1}"
                oldest = min(days, default=date.min) if older else date.min
                gaps[f"번호 {named} is listed on no page"] = (max(days, default=date.max), oldest)
        return gaps
