"""The walk of one day's listing: which pages to ask for, and whether what came back adds up.

A pure state machine. A listing can move while it is paged (a release appears and pushes rows over page borders) and is
not stably sorted, so a day's walk is believed only when every page declares the same number and as many different
newsIds were listed. Otherwise it is walked again.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from harvester.pages.listing import ListingPage, Row

MAX_WALKS = 4
CONTROL = 0
"""Counts as a page of the walk: the question whether the site lists anything at all."""
HOPELESS = 5
"""So many release pages of a day lost, each after all its tries, and none read meanwhile: the day is given up."""
EMPTY_ANSWERS = 3
"""How often in a row the site must say that a day has nothing before it is believed: a broken listing says so too."""


@dataclass
class DayWalk:
    day: date
    things: tuple[str, str] = ("releases", "newsId")
    """What a report calls what is listed, and what names one."""
    listings_before: int = 0
    """How many listing pages with rows the run had read when this walk began."""
    walks: int = 0
    declared: int | None = None
    """What the pages of this walk declare; None before its first page came."""
    page_size: int | None = None
    """How many rows a full page of this walk has, by its first page."""
    moved: str | None = None
    """Why this walk does not add up."""
    empty_answers: int = 0
    vouched: bool = False
    """For a day with nothing: whether the site was seen to list anything at all meanwhile."""
    broken: dict[int, str] = field(default_factory=dict)
    """Pages that could not be had, with the reason."""
    pages_waited_for: set[int] = field(default_factory=set)
    this_walk: set[str] = field(default_factory=set)
    """newsIds listed by this walk."""
    same_number: set[str] = field(default_factory=set)
    """newsIds listed by this walk or by one before it, as long as the declared number stayed the same."""
    rows: dict[str, Row] = field(default_factory=dict)
    """Every row ever seen on this day's listing in this run."""
    unreadable_rows: dict[str, None] = field(default_factory=dict)
    listed_in: dict[str, int | None] = field(default_factory=dict)
    """For each newsId, which page of the archive lists it."""

    waited_for: set[str] = field(default_factory=set)
    """newsIds whose pages are on their way."""
    unchanged: dict[str, str] = field(default_factory=dict)
    """newsIds whose row says what is stored, with the lead as printed."""
    lost: dict[str, str] = field(default_factory=dict)
    """newsIds whose release could not be read, with the reason."""
    gone: dict[str, str] = field(default_factory=dict)
    """newsIds that were listed and then, the site says, are no releases; with its words."""
    without_text: dict[str, str] = field(default_factory=dict)
    """newsIds whose release was read, but whose text could not be had this time; with the reason."""
    looked_again: bool = False
    glanced_page: int | None = None
    """The page that said what the ledger says, so that no other was asked for."""
    closed: bool = False
    read: int = 0
    """How many release pages were read."""
    followed: set[str] = field(default_factory=set)

    def begin(self) -> int:
        """Start a walk; the page to ask for first."""
        self.walks += 1
        self.moved = None
        self.broken.clear()
        self.this_walk.clear()
        self.unreadable_rows.clear()
        self.pages_waited_for = {1}
        return 1

    def look_again(self) -> int:
        """Start a walk to see whether the releases that were listed, and then were none, have left the listing."""
        self.looked_again = True
        for news_id in self.gone:
            self.rows.pop(news_id, None)
            self.followed.discard(news_id)
        self.same_number -= self.gone.keys()
        self.gone.clear()
        return self.begin()

    def take(self, number: int, page: ListingPage) -> list[int]:
        """Take page `number` as answered; the pages to ask for next."""
        self.pages_waited_for.discard(number)
        if self.declared != page.declared:
            if number != 1:
                self.moved = f"it declared {self.declared} {self.things[0]}, then {page.declared}"
            self.same_number.clear()
        self.declared = page.declared
        self.unreadable_rows |= dict.fromkeys(page.unreadable)
        self.rows |= {row.news_id: row for row in page.rows}
        self.this_walk |= {row.news_id for row in page.rows}
        self.same_number |= self.this_walk
        self.empty_answers = self.empty_answers + 1 if page.declared == 0 else 0
        if number != 1:
            return []
        self.page_size = page.page_size
        if 0 < self.empty_answers < EMPTY_ANSWERS:
            self.pages_waited_for = {1}
        else:
            self.pages_waited_for = set(range(2, page.pages + 1))
        return sorted(self.pages_waited_for)

    def look(self, number: int) -> int:
        """Begin with a look at this page: a walk follows only where it does not say what the ledger says."""
        self.pages_waited_for = {number}
        return number

    @property
    def is_look(self) -> bool:
        """Whether no walk has begun yet."""
        return self.walks == 0

    def leave_at_a_glance(self, number: int) -> None:
        """Ask for no more pages: the ledger stays as it is."""
        self.glanced_page = number
        self.pages_waited_for.clear()

    @property
    def empty(self) -> bool:
        """Whether the site said often enough that this day has nothing."""
        return self.declared == 0 and self.empty_answers >= EMPTY_ANSWERS and not self.broken

    def ask_whether_lists_work(self) -> int:
        """Wait for the answer to the question whether the site lists anything at all; its number as a page."""
        self.pages_waited_for = {CONTROL}
        return CONTROL

    def vouch(self) -> None:
        self.pages_waited_for.discard(CONTROL)
        self.vouched = True

    def lose_page(self, number: int, reason: str) -> None:
        self.pages_waited_for.discard(number)
        self.broken[number] = reason

    @property
    def hopeless(self) -> bool:
        """Whether so many of the day's release pages could not be read, and not one could, that it is given up."""
        return len(self.lost) + len(self.gone) >= HOPELESS and not self.read and not self.unchanged

    def give_up(self) -> None:
        """Ask for no more of the day's releases."""
        reason = f"not asked for: {len(self.lost) + len(self.gone)} before it could not be read"
        self.lost |= dict.fromkeys(self.waited_for, reason)
        self.waited_for.clear()
        self.looked_again = True

    def follow(self, news_ids: Collection[str]) -> None:
        """Wait for the pages of these releases."""
        self.followed |= set(news_ids)
        self.waited_for |= set(news_ids)

    @property
    def listing_done(self) -> bool:
        return not self.pages_waited_for

    @property
    def must_walk_again(self) -> bool:
        """Whether the listing, now that all its pages are in, does not add up and is worth another walk."""
        adds_up = self.moved is None and len(self.listed) == self.declared
        return not adds_up and not self.broken and self.walks < MAX_WALKS

    @property
    def listed(self) -> set[str]:
        """What the site lists: this walk, if it is whole; else what the walks of one declared number saw together."""
        return self.this_walk if len(self.this_walk) == self.declared else self.same_number

    @property
    def done(self) -> bool:
        return self.listing_done and not self.waited_for

    @property
    def anything_read(self) -> bool:
        """Whether at least one page of the listing was read; of one that says 0, whether that is to be believed."""
        return self.declared is not None and (self.declared > 0 or (self.vouched and not self.broken))

    def verdict(self) -> tuple[str, str | None]:
        """State and reason, as far as the walk knows; whether all is stored is the store's to say."""
        if not self.anything_read:
            unread = "not reached" if self.declared is None else "its word that there is nothing was not confirmed"
            return "failed", f"the listing could not be read: {next(iter(self.broken.values()), unread)}"
        problems = [f"page {number} of the listing: {reason}" for number, reason in sorted(self.broken.items())]
        if self.moved:
            problems.append(f"the listing kept moving: {self.moved}")
        elif len(self.listed) != self.declared and not self.broken:
            problems.append(f"the site declares {self.declared} {self.things[0]} and lists {len(self.listed)}")
        problems += self.unreadable_rows
        if self.pages_waited_for:
            problems.append("the listing was not walked to its end")
        lost = self.lost | self.gone
        if lost:
            problems.append(self._named("{} {} could not be read", lost))
        if self.without_text:
            problems.append(self._named("the text of {} {} could not be fetched", self.without_text))
        if self.waited_for:
            problems.append(f"{len(self.waited_for)} {self.things[0]} not reached: {self._some(self.waited_for)}")
        if problems:
            had = self.unchanged or self.followed - lost.keys() - self.waited_for
            return ("partial" if had else "failed"), "; ".join(problems)
        return ("empty" if self.declared == 0 else "complete"), None

    def _named(self, what: str, lost: dict[str, str]) -> str:
        """What is lost, by reason."""
        reasons: dict[str, list[str]] = {}
        for key, reason in lost.items():
            reasons.setdefault(reason, []).append(key)
        told = "; ".join(f"{self._some(keys)} ({reason})" for reason, keys in reasons.items())
        return f"{what.format(len(lost), self.things[0])}: {told}"

    def _some(self, keys: Iterable[str]) -> str:
        return f"{self.things[1]} {', '.join(sorted(keys))}"
