"""The typed items that travel from the spider through the pipelines to the store.

`*_raw` is text as printed, set by the spider and never changed; the values beside it are set by the pipelines.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from harvester.korean import AgendaItem, Contact, Statement

NOT_FETCHED = "not fetched"
"""How the status of a text begins that was not asked for, or could not be had this time; a later run may get it."""
READ = "read"
NO_TEXT = "none: the release has no text anywhere"
"""The status of a text for which there was nothing to ask."""


@dataclass(slots=True)
class Attachment:
    """A file offered with a release: position from 1, the site's number for it, its name and its address."""

    position: int
    file_id: str
    name_raw: str
    url: str
    name: str = ""
    kind: str = ""
    """The file name's suffix in small letters: `hwpx`, `pdf`, `jpg` …; empty where the name has none."""
    bytes: int | None = None
    sha256: str | None = None
    text: str | None = None
    text_status: str = NOT_FETCHED
    """`read`, `not fetched`, or why there is no text: `not fetched: …`, `not there: …`, `unreadable: …`."""


@dataclass(slots=True)
class Unknown:
    """Something that could not be read: what kind of thing, and its text as printed."""

    kind: str
    value: str


class Item(Protocol):
    """What every item says of itself."""

    listed_on: date

    @property
    def key(self) -> str:
        """By which its board's listing names it."""


@dataclass(slots=True)
class Briefing:
    """One release of one board, as listed and as its page prints it."""

    news_id: str
    board: str
    url: str
    listed_on: date
    """The Korean day the site lists it under: the ledger's day."""
    row_signature: str
    title_raw: str
    lead_raw: str
    ministry_raw: str
    day_raw: str
    published_raw: str
    licence_raw: str | None
    body_raw: str | None
    body_source: str
    """Where the text was found: `page`, `hwpx`, `viewer`, `pdf`, `hwp`, `lead` or `none`."""
    body_status: str
    """`read`, or why the text is not there, or not the best: `not fetched`, `not fetched: …`, `none: …`."""
    fetched_at: str
    """UTC; when its page came."""
    exchange_id: int | None = None
    """The page's number in the archive; None where it is not kept."""
    presenter_raw: str = ""
    issuer: str = ""
    """Whose it is where nobody is named."""
    attachments: list[Attachment] = field(default_factory=list)

    title: str = ""
    title_prefix: str | None = None
    lead: str | None = None
    body: str | None = None
    published_on: date | None = None
    published_at: datetime | None = None
    ministry: str = ""
    ministry_code: str | None = None
    source_line: str | None = None
    license: str | None = None
    fingerprint: str = ""
    presenter: str | None = None
    contacts: list[Contact] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    agenda: list[AgendaItem] = field(default_factory=list)
    unknowns: list[Unknown] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.news_id


@dataclass(slots=True)
class EsgPost:
    """One post of the ESG board, as listed and as its page prints it; what it re-posts is found when it is stored."""

    post_id: str
    number: int | None
    """번호: counted anew whenever a post is deleted."""
    url: str
    listed_on: date
    """The day the list prints: the ledger's day."""
    row_signature: str
    title_raw: str
    writer_raw: str
    day_raw: str
    department_raw: str | None
    text_raw: str
    source_line: str | None
    """As printed."""
    links_raw: tuple[str, ...]
    likes: int | None
    hits: int | None
    fetched_at: str
    """UTC; when its page came."""
    exchange_id: int | None = None

    title: str = ""
    writer: str = ""
    department: str | None = None
    text: str = ""
    posted_on: date | None = None
    source_ministry: str | None = None
    source_day: date | None = None
    link: str | None = None
    link_news_id: int | None = None
    unknowns: list[Unknown] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.post_id
