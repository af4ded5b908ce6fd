"""The posts of the ESG board: what is known of them, what a newly read one changes, and what each re-posts."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlite_utils import Database

from harvester.items import EsgPost
from harvester.joint import NEAR
from harvester.originals import LAG, Reference, find_original, plausible_day
from harvester.store.briefings import Origin, Saved
from harvester.store.originals import TEXT_READ, candidates

MEANING = ("title", "writer", "posted_on", "department", "source_line", "link", "text")
"""The columns whose change is a revision; 번호, hits and likes drift by themselves."""


REFERRING = {"title", "source_line", "link", "text"}
"""Those that say which release it is: where one changes, its original is looked for again."""


@dataclass(frozen=True, slots=True)
class KnownPost:
    """What the next walk needs to know of a stored post."""

    row_signature: str
    withdrawn: bool


def known(db: Database, post_ids: Iterable[str]) -> dict[str, KnownPost]:
    rows = db.conn.execute(
        "SELECT post_id, row_signature, withdrawn_at IS NOT NULL FROM esg_posts"
        " WHERE post_id IN (SELECT value FROM json_each(?))",
        [_as_json(post_ids)],
    )
    return {str(row[0]): KnownPost(row[1], bool(row[2])) for row in rows}


def origins(db: Database, since: str, until: str) -> dict[int, Origin]:
    """What each post of these days was read from, by post_id."""
    rows = db.conn.execute("SELECT post_id, exchange_id FROM esg_posts WHERE posted_on BETWEEN ? AND ?", [since, until])
    return {row[0]: Origin(row[1], None) for row in rows}


def save(db: Database, item: EsgPost, *, run_id: int, now: str, cause: str) -> Saved:
    """Write one post and, where it was there and differs, a revision a changed field."""
    new = _columns(item)
    cursor = db.conn.execute("SELECT * FROM esg_posts WHERE post_id = ?", [int(item.post_id)])
    row = cursor.fetchone()
    if row is None:
        seen = {"first_seen_at": item.fetched_at, "last_seen_at": item.fetched_at}
        _insert(db, "esg_posts", new | seen | {"revision": 1, "run_id": run_id})
        return Saved.NEW
    old = dict(zip((column[0] for column in cursor.description), row, strict=True))
    changes = {name: (old[name], new[name]) for name in MEANING if old[name] != new[name]}
    if cause == "site":
        if old["withdrawn_at"] is not None:
            changes["withdrawn_at"] = (old["withdrawn_at"], None)
        new |= {"last_seen_at": now, "withdrawn_at": None}
    else:
        # A replay has not seen the board: what it says of today stays.
        new |= {name: old[name] for name in ("number", "hits", "likes")}
    if changes.keys() & REFERRING:
        new["match_reason"] = None
    if changes:
        new |= {"revision": old["revision"] + 1, "changed_at": now, "run_id": run_id}
        common = {"post_id": new["post_id"], "revision": new["revision"], "changed_at": now}
        for name, (before, after) in changes.items():
            revision = {"field": name, "old": before, "new": after, "cause": cause, "run_id": run_id}
            _insert(db, "esg_revisions", common | revision)
    different = [name for name, value in new.items() if old[name] != value]
    if different:
        assignments = ", ".join(f"{name} = :{name}" for name in different)
        db.conn.execute(f"UPDATE esg_posts SET {assignments} WHERE post_id = :post_id", new)
    return Saved.CHANGED if changes else Saved.UNCHANGED


def drift(db: Database, rows: Mapping[int, tuple[int | None, int]]) -> None:
    """Note what the list says today of 번호 and hits, by post_id: no change of a post."""
    db.conn.executemany(
        "UPDATE esg_posts SET number = :number, hits = :hits"
        " WHERE post_id = :post_id AND (number IS NOT :number OR hits IS NOT :hits)",
        [{"post_id": post_id, "number": number, "hits": hits} for post_id, (number, hits) in rows.items()],
    )


def seen(db: Database, listed: Mapping[str, str], now: str) -> None:
    """Note that the board still lists these."""
    db.conn.execute(
        "UPDATE esg_posts SET last_seen_at = ? WHERE post_id IN (SELECT value FROM json_each(?))",
        [now, _as_json(listed)],
    )


def count_stored(db: Database, post_ids: Iterable[str]) -> int:
    found = db.conn.execute(
        "SELECT count(*) FROM esg_posts WHERE post_id IN (SELECT value FROM json_each(?))", [_as_json(post_ids)]
    ).fetchone()
    return int(found[0])


def counts(db: Database, since: str, until: str) -> tuple[int, int]:
    """How many posts of these days are stored, and how many of them the board withdrew."""
    stored, withdrawn = db.conn.execute(
        "SELECT count(*), count(withdrawn_at) FROM esg_posts WHERE posted_on BETWEEN ? AND ?", [since, until]
    ).fetchone()
    return stored, withdrawn


def not_listed(db: Database, _board: str, day: str, listed: Iterable[str]) -> tuple[list[int], int]:
    """The stored posts of a day that the board no longer lists, and how many of that day we hold in all."""
    rows = db.conn.execute(
        "SELECT post_id, post_id IN (SELECT value FROM json_each(?)) FROM esg_posts"
        " WHERE posted_on = ? AND withdrawn_at IS NULL",
        [_as_json(listed), day],
    ).fetchall()
    return [row[0] for row in rows if not row[1]], len(rows)


def withdraw(db: Database, post_ids: Iterable[int], now: str) -> None:
    """Mark posts as no longer listed."""
    db.conn.executemany(
        "UPDATE esg_posts SET withdrawn_at = ?, changed_at = ? WHERE post_id = ?",
        [(now, now, each) for each in post_ids],
    )


_REFERENCES = (
    "SELECT post_id, link_news_id, title, source_ministry, source_day, text, posted_on, link, sought_at IS NOT NULL"
    " AND link_news_id NOT IN (SELECT news_id FROM briefings) FROM esg_posts"
)


@dataclass(frozen=True, slots=True)
class Referring:
    """A post as something that refers to a release, with what had to be mended of what it says."""

    post_id: int
    reference: Reference
    link: str | None
    mended: str


def _referring(
    row: tuple[int, int | None, str, str | None, str | None, str, str, str | None, int | None],
) -> Referring:
    post_id, news_id, title, ministry, day, text, posted_on, link, leads_nowhere = row
    posted, mended = date.fromisoformat(posted_on), []
    if leads_nowhere:
        mended.append(f"newsId {news_id}, to which its link leads, was looked for and is not to be had")
    source_day = date.fromisoformat(day) if day else None
    meant = plausible_day(source_day, posted) if source_day else None
    if meant != source_day:
        mended.append(f"its source line says {source_day}, which is taken for {meant}")
    reference = Reference(None if leads_nowhere else news_id, title, ministry, meant, text[:TEXT_READ], posted)
    return Referring(post_id, reference, link, "; ".join(mended))


def find_originals(db: Database, posts: Collection[int], days: Collection[str]) -> None:
    """Say of these posts which release they re-post; and of those for which releases of these days may now decide it.

    What is not decided, or is in doubt, is looked at again whenever releases of its days are written; what was never
    looked at, since a run was killed, always.
    """
    around = [date.fromisoformat(day) for day in days]
    lag = timedelta(days=NEAR + 1)
    rows = db.conn.execute(
        f"{_REFERENCES} WHERE post_id IN (SELECT value FROM json_each(:posts)) OR match_reason IS NULL"
        " OR ((news_id IS NULL OR match_reason <> '') AND :first IS NOT NULL"
        " AND (source_day IS NULL OR source_day BETWEEN :first AND :last"
        " OR posted_on BETWEEN :first AND date(:last, :lag)))"
        " OR (news_id IS NULL AND :first IS NOT NULL AND link_news_id IN (SELECT news_id FROM briefings))",
        {
            "posts": json.dumps(sorted(posts)),
            "first": (min(around) - lag).isoformat() if around else None,
            "last": (max(around) + lag).isoformat() if around else None,
            "lag": f"+{LAG.days} days",
        },
    )
    referring = [_referring(row) for row in rows]
    fitting = candidates(db, [each.reference for each in referring])
    found = [(each, find_original(each.reference, fitting[each.reference])) for each in referring]
    db.conn.executemany(
        "UPDATE esg_posts SET news_id = :news_id, matched_by = :by, match_reason = :reason WHERE post_id = :post_id"
        " AND (news_id IS NOT :news_id OR matched_by IS NOT :by OR match_reason IS NOT :reason)",
        [
            {
                "post_id": each.post_id,
                "news_id": original.news_id,
                "by": original.matched_by,
                "reason": "; ".join(filter(None, (each.mended, original.reason))),
            }
            for each, original in found
        ],
    )


def without_original(db: Database, since: str, until: str, sought_before: str) -> list[Referring]:
    """The posts of these days whose original is not stored, and was not looked for on the site since then."""
    rows = db.conn.execute(
        f"{_REFERENCES} WHERE posted_on BETWEEN ? AND ? AND news_id IS NULL AND (sought_at IS NULL OR sought_at < ?)",
        [since, until, sought_before],
    )
    return [_referring(row) for row in rows]


def note_sought(db: Database, post_ids: Iterable[int], now: str) -> None:
    """Note that the originals of these posts were looked for on the site."""
    db.conn.executemany("UPDATE esg_posts SET sought_at = ? WHERE post_id = ?", [(now, each) for each in post_ids])


def _columns(item: EsgPost) -> dict[str, Any]:
    if item.posted_on is None:
        raise ValueError(f"post {item.post_id} reached the store before the pipelines read its day")
    return {
        "post_id": int(item.post_id),
        "number": item.number,
        "title": item.title,
        "writer": item.writer,
        "posted_on": item.posted_on.isoformat(),
        "day_raw": item.day_raw,
        "department": item.department,
        "source_line": item.source_line,
        "source_ministry": item.source_ministry,
        "source_day": item.source_day.isoformat() if item.source_day else None,
        "link": item.link,
        "link_news_id": item.link_news_id,
        "likes": item.likes,
        "hits": item.hits,
        "text": item.text,
        "url": item.url,
        "row_signature": item.row_signature,
        "exchange_id": item.exchange_id,
    }


def _insert(db: Database, table: str, row: Mapping[str, Any]) -> None:
    marks = ", ".join(f":{name}" for name in row)
    db.conn.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)


def _as_json(post_ids: Iterable[str]) -> str:
    return json.dumps([int(post_id) for post_id in post_ids])
