"""The columns an export may have, and what kind of value is in each."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto
from typing import Any

Row = Mapping[str, Any]
"""A chosen release: its columns of `briefings`, and lists of records where attachments or contacts are asked for."""


class Kind(Enum):
    TEXT = auto()
    INTEGER = auto()
    DAY = auto()
    """A Korean calendar day, `2024-01-17`."""
    KOREAN_TIME = auto()
    """With its offset, `2024-01-17T10:00:00+09:00`."""
    UTC_TIME = auto()
    """`2024-01-18T03:00:00Z`."""
    RECORDS = auto()
    """What is in a table of its own: a list of records."""


KINDS = {
    "news_id": Kind.INTEGER,
    "board": Kind.TEXT,
    "title": Kind.TEXT,
    "title_prefix": Kind.TEXT,
    "subtitle": Kind.TEXT,
    "lead": Kind.TEXT,
    "body": Kind.TEXT,
    "body_source": Kind.TEXT,
    "body_status": Kind.TEXT,
    "ministry": Kind.TEXT,
    "ministry_raw": Kind.TEXT,
    "ministry_code": Kind.TEXT,
    "presenter": Kind.TEXT,
    "published_on": Kind.DAY,
    "published_at": Kind.KOREAN_TIME,
    "source_line": Kind.TEXT,
    "license": Kind.TEXT,
    "url": Kind.TEXT,
    "first_seen_at": Kind.UTC_TIME,
    "last_seen_at": Kind.UTC_TIME,
    "changed_at": Kind.UTC_TIME,
    "withdrawn_at": Kind.UTC_TIME,
    "revision": Kind.INTEGER,
    "fingerprint": Kind.TEXT,
    "row_signature": Kind.TEXT,
    "exchange_id": Kind.INTEGER,
    "run_id": Kind.INTEGER,
    "attachments": Kind.RECORDS,
    "contacts": Kind.RECORDS,
}

RECORDS: Mapping[str, Mapping[str, Kind]] = {
    "attachments": {
        "position": Kind.INTEGER,
        "file_id": Kind.TEXT,
        "name": Kind.TEXT,
        "kind": Kind.TEXT,
        "url": Kind.TEXT,
        "bytes": Kind.INTEGER,
        "sha256": Kind.TEXT,
        "text_status": Kind.TEXT,
    },
    "contacts": {"department": Kind.TEXT, "role": Kind.TEXT, "name": Kind.TEXT, "phone": Kind.TEXT},
}
"""The fields of a record. The texts of attachments stay out: what is worth reading of them is in `body`."""

SOURCE = ("source_line", "url", "license")
"""What the licence asks for wherever a text goes, and so in every export."""

BOOKKEEPING = frozenset(
    {"subtitle", "ministry_raw", "last_seen_at", "fingerprint", "row_signature", "exchange_id", "run_id"}
)
"""Only where asked for: always null, or changing with every run, or of no use outside the database."""

DEFAULT = tuple(name for name, kind in KINDS.items() if kind is not Kind.RECORDS and name not in BOOKKEEPING)


class WrongColumns(ValueError):
    """Columns that cannot be had; the message says which and what there is."""


def read_columns(typed: str) -> tuple[str, ...]:
    """`news_id,title` → the columns, those of the source added where they are not named. Raises WrongColumns."""
    names = [name for part in typed.split(",") if (name := part.strip())]
    if not names:
        raise WrongColumns(f"no column is named; there are: {', '.join(KINDS)}")
    for name in names:
        if name not in KINDS:
            near = difflib.get_close_matches(name.lower(), KINDS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(KINDS)}"
            raise WrongColumns(f"{name!r} is no column; {hint}")
    return tuple(dict.fromkeys((*names, *SOURCE)))


def missing_source(asked: Iterable[str]) -> list[str]:
    """The columns of the source that were not named."""
    named = {name.strip() for name in asked}
    return [name for name in SOURCE if name not in named]


def records(columns: Sequence[str]) -> list[str]:
    """Those of the columns that are lists of records."""
    return [name for name in columns if KINDS[name] is Kind.RECORDS]
