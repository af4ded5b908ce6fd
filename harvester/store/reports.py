"""What readers ask: is it complete and fresh, and what does one release say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlite_utils import Database

from harvester.boards import ESG_BOARD
from harvester.store import esg_posts, ledger, runs
from harvester.store.esg_posts import Referring
from harvester.store.ledger import DayRecord


@dataclass(frozen=True, slots=True)
class Coverage:
    """The ledger of one board and filter over a range of days, and what is stored."""

    board: str
    filter: str
    since: date | None
    """The first day the report is about; None where nothing was ever asked for."""
    until: date | None
    days: Mapping[date, DayRecord]
    briefings: int
    """Stored releases of the range, withdrawn ones included; under a filter, those its last walks listed."""
    withdrawn: int | None
    """Of them, those the site withdrew; None under a filter."""
    texts: Mapping[str, int] = field(default_factory=dict)
    """Of them, how many texts are `read`, `none` and `not fetched`; empty under a filter."""

    def state(self, day: date) -> str:
        """`complete`, `empty`, `partial`, `failed`, or `missing` for a day never walked."""
        return self.days[day].state if day in self.days else "missing"

    @property
    def all_days(self) -> list[date]:
        if self.since is None or self.until is None:
            return []
        return [self.since + timedelta(days=n) for n in range((self.until - self.since).days + 1)]

    @property
    def gaps(self) -> list[date]:
        """The days that are not proven complete."""
        return [day for day in self.all_days if self.state(day) not in ("complete", "empty")]


def coverage(db: Database, board: str, filter_: str, since: date | None, until: date | None) -> Coverage:
    """The report for a range; without its ends, for all days from the first to the last in the ledger."""
    first, last = first_and_last_day(db, board, filter_)
    since = since or first or until
    until = until or last or since
    if since is None or until is None:
        return Coverage(board, filter_, None, None, {}, 0, 0)
    found = ledger.read(db, board, filter_, since.isoformat(), until.isoformat())
    days = {date.fromisoformat(day): record for day, record in found.items()}
    if filter_:
        # What a filter matched is known to the ledger alone: a release does not say which words find it.
        return Coverage(board, filter_, since, until, days, sum(record.stored or 0 for record in days.values()), None)
    if board == ESG_BOARD.slug:
        stored, withdrawn = esg_posts.counts(db, since.isoformat(), until.isoformat())
        return Coverage(board, filter_, since, until, days, stored, withdrawn)
    stored, withdrawn = db.conn.execute(
        "SELECT count(*), count(withdrawn_at) FROM briefings WHERE board = ? AND published_on BETWEEN ? AND ?",
        [board, since.isoformat(), until.isoformat()],
    ).fetchone()
    texts = db.conn.execute(
        "SELECT CASE WHEN body_status LIKE 'not fetched%' THEN 'not fetched' WHEN body_source = 'none' THEN 'none'"
        " ELSE 'read' END AS state, count(*) FROM briefings"
        " WHERE board = ? AND published_on BETWEEN ? AND ? GROUP BY state",
        [board, since.isoformat(), until.isoformat()],
    ).fetchall()
    return Coverage(board, filter_, since, until, days, stored, withdrawn, dict(texts))


def first_and_last_day(db: Database, board: str, filter_: str | None = None) -> tuple[date | None, date | None]:
    """The ends of the ledger, of one filter or of all."""
    ends = db.conn.execute(
        "SELECT min(day), max(day) FROM days WHERE board = ? AND (? IS NULL OR filter = ?)", [board, filter_, filter_]
    ).fetchone()
    first, last = (date.fromisoformat(day) if day else None for day in ends)
    return first, last


def filters(db: Database) -> list[tuple[str, str]]:
    """The boards and filters the ledger has days of."""
    return list(db.conn.execute("SELECT DISTINCT board, filter FROM days ORDER BY board, filter"))


def unknowns(db: Database, limit: int) -> list[dict[str, Any]]:
    """What could not be read, most often first."""
    return list(db.query("SELECT * FROM unknowns ORDER BY seen DESC, kind, value LIMIT ?", [limit]))


def last_runs(db: Database, limit: int) -> list[dict[str, Any]]:
    return runs.last(db, limit)


def release(db: Database, news_id: int, *, with_contacts: bool = False) -> dict[str, Any] | None:
    """One release with its attachments, revisions and siblings; None where it is not stored."""
    rows = list(db.query("SELECT * FROM briefings WHERE news_id = ?", [news_id]))
    if not rows:
        return None
    attachments = list(db.query("SELECT * FROM attachments WHERE news_id = ? ORDER BY position", [news_id]))
    revisions = list(db.query("SELECT * FROM revisions WHERE news_id = ? ORDER BY revision, field", [news_id]))
    siblings = list(
        db.query(
            "SELECT news_id, kind, ministry, published_on FROM joint_releases JOIN briefings USING (news_id)"
            " WHERE group_id = (SELECT group_id FROM joint_releases WHERE news_id = :id) AND news_id <> :id"
            " ORDER BY news_id",
            {"id": news_id},
        )
    )
    found = rows[0] | {"attachments": attachments, "revisions": revisions, "joint_releases": siblings}
    for table, columns in (
        ("statements", "kind, speaker, text"),
        ("agenda_items", "title, ministries, in_charge, text"),
    ):
        parts = db.query(f"SELECT {columns} FROM {table} WHERE news_id = ? ORDER BY position", [news_id])
        found[table] = list(parts)
    posts = db.query("SELECT post_id, posted_on, url FROM esg_posts WHERE news_id = ? ORDER BY post_id", [news_id])
    found["esg_posts"] = list(posts)
    if with_contacts:
        columns = "department, role, name, phone"
        found["contacts"] = list(
            db.query(f"SELECT {columns} FROM contacts WHERE news_id = ? ORDER BY position", [news_id])
        )
    return found


def newest(db: Database, limit: int) -> list[dict[str, Any]]:
    """The latest releases that the site has not withdrawn."""
    return list(
        db.query(
            "SELECT * FROM briefings WHERE withdrawn_at IS NULL"
            " ORDER BY published_on DESC, published_at DESC, news_id DESC LIMIT ?",
            [limit],
        )
    )


def posts_without_original(db: Database, since: date, until: date, sought_before: str) -> list[Referring]:
    """The posts of the ESG board of these days whose original is not stored, nor was looked for since then (UTC)."""
    return esg_posts.without_original(db, since.isoformat(), until.isoformat(), sought_before)
