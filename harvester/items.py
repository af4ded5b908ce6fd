"""The typed items that travel from the spider through the pipelines to the store.

`*_raw` is text as printed, set by the spider and never changed; the values beside it are set by the pipelines.
"""

from dataclasses import dataclass, field
from datetime import date, datetime


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


@dataclass(slots=True)
class Unknown:
    """Something that could not be read: what kind of thing, and its text as printed."""

    kind: str
    value: str


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
    attachments: list[Attachment] = field(default_factory=list)

    title: str = ""
    title_prefix: str | None = None
    lead: str | None = None
    body: str | None = None
    body_source: str = "none"
    published_on: date | None = None
    published_at: datetime | None = None
    ministry: str = ""
    ministry_code: str | None = None
    source_line: str | None = None
    license: str | None = None
    fingerprint: str = ""
    unknowns: list[Unknown] = field(default_factory=list)
