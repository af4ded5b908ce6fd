"""Which stored releases something may refer to, for harvester/originals.py to judge; and whether a day was crawled."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from sqlite_utils import Database

from harvester.joint import NEAR, title_key
from harvester.korean import read_prefix
from harvester.originals import LAG, Candidate, Reference, ministry_names

TEXT_READ = 3000
"""Characters of a text that are compared: several pages."""
MANY = 100
"""Releases whose titles begin alike, on any day: of more, a title without a day cannot tell one."""

_COLUMNS = (
    "news_id, board, title, title_prefix, ministry, ministry_code, published_on,"
    f" coalesce(substr(body, 1, {TEXT_READ}), lead, '')"
)
_BY_NEWS_ID = f"SELECT {_COLUMNS} FROM briefings WHERE news_id IN (SELECT value FROM json_each(?))"
_BY_DAY = f"SELECT {_COLUMNS} FROM briefings WHERE published_on BETWEEN ? AND ?"
# Each half has an index of its own; an OR over both columns would read all of those days.
_BY_MINISTRY = " UNION ".join(
    f"SELECT {_COLUMNS} FROM briefings WHERE {column} IN (SELECT value FROM json_each(:names))"
    " AND published_on BETWEEN :first AND :last"
    for column in ("ministry", "ministry_code")
)
_BY_TITLE = (
    f"SELECT {_COLUMNS} FROM title_keys CROSS JOIN briefings USING (news_id)"
    f" WHERE title_key = ? AND published_on BETWEEN ? AND ? LIMIT {MANY + 1}"
)


def candidates(db: Database, references: Iterable[Reference]) -> dict[Reference, tuple[Candidate, ...]]:
    """For each reference the releases `find_original` must see, withdrawn ones included.

    That of its newsId; those of its ministry within NEAR days of its day, of all ministries where nobody knows the one
    it names; and those whose titles begin alike, within these days or, without a day, within LAG before the re-posting,
    or ever. A beginning that more than MANY releases share finds none without a day.
    """
    wanted = list(dict.fromkeys(references))
    linked = _by_news_id(db, [each.news_id for each in wanted if each.news_id is not None])
    read: dict[tuple[str | None, date], tuple[Candidate, ...]] = {}
    found = {}
    for each in wanted:
        fitting = {linked[each.news_id]} if each.news_id in linked else set()
        if each.day is not None:
            asked = (each.ministry, each.day)
            if asked not in read:
                read[asked] = tuple(_by_day(db, *asked))
            fitting.update(read[asked])
        fitting.update(_by_title(db, each))
        found[each] = tuple(sorted(fitting, key=lambda candidate: candidate.news_id))
    return found


def _by_news_id(db: Database, news_ids: list[int]) -> dict[int, Candidate]:
    return {each.news_id: each for each in _read(db.conn.execute(_BY_NEWS_ID, [json.dumps(news_ids)]))}


def _by_day(db: Database, ministry: str | None, day: date) -> Iterator[Candidate]:
    first, last = _around(day)
    if names := ministry_names(ministry or ""):
        return _read(db.conn.execute(_BY_MINISTRY, {"names": json.dumps(sorted(names)), "first": first, "last": last}))
    return _read(db.conn.execute(_BY_DAY, [first, last]))


def _by_title(db: Database, reference: Reference) -> list[Candidate]:
    title = reference.title or ""
    key = title_key(title.strip(), read_prefix(title))
    if not key:
        return []
    if reference.day is not None:
        first, last = _around(reference.day)
    elif reference.posted is not None:
        first, last = _iso(reference.posted, -LAG), _iso(reference.posted, timedelta(days=1))
    else:
        first, last = date.min.isoformat(), date.max.isoformat()
    found = list(_read(db.conn.execute(_BY_TITLE, [key, first, last])))
    return found if len(found) <= MANY else []


def _around(day: date) -> tuple[str, str]:
    return _iso(day, -timedelta(days=NEAR)), _iso(day, timedelta(days=NEAR))


def _iso(day: date, later: timedelta) -> str:
    """The day so much later, or the last or first day there is."""
    try:
        return (day + later).isoformat()
    except OverflowError:
        return (date.min if later < timedelta(0) else date.max).isoformat()


def _read(rows: Iterable[tuple[int, str, str, str | None, str, str | None, str, str]]) -> Iterator[Candidate]:
    for news_id, board, title, prefix, ministry, code, published_on, text in rows:
        yield Candidate(news_id, board, title, prefix, ministry, code, date.fromisoformat(published_on), text)


def day_states(db: Database, board: str, days: Iterable[date]) -> dict[date, str]:
    """What the ledger says of these days, walked without a filter: their state, or `never crawled`."""
    asked = sorted({day.isoformat() for day in days})
    rows = db.conn.execute(
        "SELECT day, state FROM days WHERE board = ? AND filter = '' AND day IN (SELECT value FROM json_each(?))",
        [board, json.dumps(asked)],
    )
    states = dict(rows)
    return {date.fromisoformat(day): states.get(day, "never crawled") for day in asked}
