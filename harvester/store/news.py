"""What of the chosen releases a reader was not told yet."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlite_utils import Database

from harvester.store.selection import AT_ONCE, Selection, by_ids, condition


class State(NamedTuple):
    """What a reader knows of a release once it was told."""

    revision: int
    withdrawn: bool


UNCHANGED = State(1, False)


class Kind(StrEnum):
    NEW = "new"
    """New to these filters: stored since, or chosen by them only since."""
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    BACK = "listed again"


@dataclass(frozen=True, slots=True)
class News:
    news_id: int
    kind: Kind
    fields: tuple[str, ...] = ()
    """What the site changed since the reader was told."""


def states(db: Database, selection: Selection) -> dict[int, State]:
    """The state of every chosen release. Only rows that ever changed are read: the others are gigabytes of text."""
    chosen = condition(db, selection)
    found = db.conn.execute(f"SELECT news_id FROM briefings WHERE {chosen.sql}", chosen.parameters)
    every = dict.fromkeys((row[0] for row in found), UNCHANGED)
    changed = db.conn.execute(
        "SELECT news_id, revision, withdrawn_at IS NOT NULL FROM briefings WHERE changed_at IS NOT NULL"
    )
    every.update((news_id, State(revision, bool(gone))) for news_id, revision, gone in changed if news_id in every)
    return every


def between(db: Database, told: Mapping[int, State], now: Mapping[int, State]) -> list[News]:
    """What somebody who was told the one does not know of the other, in the order of publication.

    Compared is what was told with what is stored, never a time: a release may be written minutes after the second that
    it bears, and may come to be chosen when its text comes, without any change of its own.
    """
    different = {news_id: told[news_id] for news_id, state in now.items() if told.get(news_id, state) != state}
    fields = _changed_fields(db, different)
    news = {news_id: News(news_id, Kind.NEW) for news_id in now.keys() - told.keys()}
    for news_id, before in different.items():
        changed = tuple(fields.get(news_id, ()))
        if now[news_id].withdrawn != before.withdrawn:
            news[news_id] = News(news_id, Kind.WITHDRAWN if now[news_id].withdrawn else Kind.BACK, changed)
        elif changed:
            news[news_id] = News(news_id, Kind.CHANGED, changed)
    return [news[news_id] for news_id in _oldest_first(db, news)]


def _changed_fields(db: Database, told: Mapping[int, State]) -> dict[int, list[str]]:
    """What the site changed of releases since these states; not what was only read better."""
    found = db.conn.execute(
        "SELECT news_id, field FROM json_each(?) AS told JOIN revisions"
        " ON news_id = json_extract(told.value, '$[0]') AND revision > json_extract(told.value, '$[1]')"
        " WHERE cause = 'site' AND field <> 'withdrawn_at' GROUP BY news_id, field ORDER BY min(revision), field",
        [json.dumps([(news_id, state.revision) for news_id, state in told.items()])],
    )
    fields: dict[int, list[str]] = {}
    for news_id, field in found:
        fields.setdefault(news_id, []).append(field)
    return fields


def _oldest_first(db: Database, news_ids: Iterable[int]) -> list[int]:
    found = db.conn.execute(
        "SELECT news_id FROM briefings WHERE news_id IN (SELECT value FROM json_each(?))"
        " ORDER BY published_on, published_at, news_id",
        [json.dumps(list(news_ids))],
    )
    return [row[0] for row in found]


def rows(db: Database, news: Sequence[News], columns: Sequence[str]) -> Iterator[tuple[News, dict[str, Any]]]:
    """Each with these columns of its release, some at a time."""
    for start in range(0, len(news), AT_ONCE):
        some = news[start : start + AT_ONCE]
        found = {row["news_id"]: row for row in by_ids(db, [each.news_id for each in some], columns)}
        yield from ((each, found[each.news_id]) for each in some if each.news_id in found)
