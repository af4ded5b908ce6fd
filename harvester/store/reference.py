"""Reference tables that do not come from a crawl: the ministries through time. And what could not be read."""

from collections.abc import Iterable

from sqlite_utils import Database

from harvester.items import Unknown
from harvester.korean import Ministry


def load_ministries(db: Database, ministries: Iterable[Ministry]) -> None:
    """Make the table `ministries` what this version of the program knows; nothing is written where it already is."""
    rows = [
        (
            each.code,
            each.name,
            each.short_name,
            each.english_name,
            each.since.isoformat() if each.since else None,
            each.until.isoformat() if each.until else None,
            "; ".join(each.successors) or None,
            each.group,
        )
        for each in ministries
    ]
    columns = "code, name, short_name, english_name, since, until, successor, kind"
    stored = db.conn.execute(f"SELECT {columns} FROM ministries ORDER BY rowid").fetchall()
    if stored == rows:
        return
    db.conn.execute("DELETE FROM ministries")
    db.conn.executemany(f"INSERT INTO ministries ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def note_unknown(db: Database, unknown: Unknown, news_id: str | None, now: str) -> None:
    """Count something that could not be read; the first release it stood in is kept."""
    db.conn.execute(
        "INSERT INTO unknowns (kind, value, news_id, seen, first_seen_at) VALUES (?, ?, ?, 1, ?)"
        " ON CONFLICT (kind, value) DO UPDATE SET seen = seen + 1",
        [unknown.kind, unknown.value, int(news_id) if news_id else None, now],
    )
