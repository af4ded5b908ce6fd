"""The table of tags agrees with the texts and the rules, whatever was written when and by whom."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from harvester.store import open_to_read, tagging
from harvester.store.database import open_to_write
from harvester.store.selection import Selection, news_ids
from harvester.topics import Topic, judge

from ..store.making import DAY, Books, briefing
from .making import pets

PETS = pets()
COLUMNS = ("title", "url")


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Books:
    made = Books(tmp_path / "briefings.db", monkeypatch)
    made.put(
        briefing(1, title="고양이 급식소"),
        briefing(2, title="다른 소식"),
        briefing(3, title="소식", body="강아지, CCTV와 개물림"),
        briefing(4, title="강아지 소식", published_on=date(2024, 1, 16), source_line="(2024.01.16 환경부)"),
    )
    made.finish()
    return made


@pytest.fixture
def db(books: Books) -> Iterator[Database]:
    opened = open_to_write(books.path)
    yield opened
    opened.close()


def stored(db: Database) -> list[tuple[Any, ...]]:
    return db.conn.execute(
        "SELECT news_id, area, words, version FROM tags WHERE topic = 'pets' ORDER BY 1, 2"
    ).fetchall()


def as_judged(db: Database, topic: Topic) -> list[tuple[Any, ...]]:
    rows = db.conn.execute("SELECT news_id, title, coalesce(body, lead), ministry FROM briefings ORDER BY 1").fetchall()
    return [
        (row[0], tag.area, ", ".join(tag.words), topic.version)
        for row in rows
        for tag in sorted(judge(topic, *row[1:]), key=lambda tag: tag.area)
    ]


def test_tags_are_what_the_rules_say(db: Database) -> None:
    assert tagging.apply(db, PETS) == 4
    assert stored(db) == [
        (1, "C", "고양이", 3),
        (3, "D", "강아지, CCTV, 개물림", 3),
        (4, "D", "강아지", 3),
    ]
    assert stored(db) == as_judged(db, PETS)
    assert list(news_ids(db, Selection(topic="pets", areas=("D",)))) == [3, 4]


def test_what_is_judged_is_not_judged_again(db: Database) -> None:
    tagging.apply(db, PETS)
    assert tagging.is_current(db, PETS)
    assert tagging.apply(db, PETS) == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE briefings SET title = '고양이' WHERE news_id = 2",
        "UPDATE briefings SET body = '고양이를 캣맘이' WHERE news_id = 2",
        "UPDATE briefings SET lead = '고양이를 캣맘이' WHERE news_id = 2",
        "UPDATE briefings SET title = '소식' WHERE news_id = 1",
        "UPDATE briefings SET title = '사료', ministry = '농림축산식품부' WHERE news_id = 2",
    ],
)
def test_whatever_changes_a_release_has_it_judged_again(db: Database, change: str) -> None:
    tagging.apply(db, PETS)
    with db.conn:
        db.conn.execute(change)
    assert not tagging.is_current(db, PETS)
    assert tagging.apply(db, PETS) == 1
    assert stored(db) == as_judged(db, PETS)


def test_what_does_not_matter_judges_nothing_again(db: Database) -> None:
    tagging.apply(db, PETS)
    with db.conn:
        db.conn.execute("UPDATE briefings SET title = title, last_seen_at = '2024-02-01T00:00:00Z', revision = 9")
    assert tagging.is_current(db, PETS)


def test_a_run_that_stores_more_leaves_no_more_due_than_that(books: Books) -> None:
    db = open_to_write(books.path)
    tagging.apply(db, PETS)
    db.close()
    books.open()
    books.put(briefing(2, title="이제는 고양이"), briefing(5, title="새 강아지"))
    books.finish()
    db = open_to_write(books.path)
    assert tagging.apply(db, PETS) == 2
    assert stored(db) == as_judged(db, PETS)
    db.close()


@pytest.mark.parametrize(
    ("changed", "into"), [("version = 3", "version = 4"), ('"*강아지*"', '"*멍멍이*"'), ("text = 2", "text = 1")]
)
def test_other_rules_judge_everything_again(db: Database, changed: str, into: str) -> None:
    tagging.apply(db, PETS)
    other = pets(changed, into)
    assert not tagging.is_current(db, other)
    assert tagging.apply(db, other) == 4
    assert stored(db) == as_judged(db, other)
    assert db.conn.execute("SELECT version, rules FROM topics WHERE topic = 'pets'").fetchone() == (
        other.version,
        other.digest,
    )


def test_tags_of_other_rules_stay_only_under_another_version(db: Database) -> None:
    """Else nobody could tell which of them are of which rules."""
    tagging.apply(db, PETS)
    tagging.apply(db, pets("version = 3", "version = 4"), DAY, DAY)
    assert [row[::3] for row in stored(db)] == [(1, 4), (3, 4), (4, 3)]
    tagging.apply(db, pets('version = 3\ntitle = "반려', 'version = 4\ntitle = "우리'), DAY, DAY)
    assert [row[::3] for row in stored(db)] == [(1, 4), (3, 4), (4, 3)]
    tagging.apply(db, PETS, DAY, DAY)
    assert [row[::3] for row in stored(db)] == [(1, 3), (3, 3)]


def test_topics_do_not_touch_each_other(db: Database) -> None:
    tagging.apply(db, PETS)
    tagging.apply(db, pets('"pets"', '"others"'))
    assert tagging.is_current(db, PETS)
    assert db.conn.execute("SELECT count(*) FROM tags").fetchone()[0] == 2 * len(stored(db))


def test_days_can_be_judged_alone(db: Database) -> None:
    assert tagging.apply(db, PETS, DAY, DAY) == 3
    assert tagging.is_current(db, PETS, DAY, DAY)
    assert not tagging.is_current(db, PETS)
    assert tagging.apply(db, PETS) == 1


def test_large_amounts_go_in_batches_and_a_kill_costs_only_what_was_not_done(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tagging, "BATCH", 1)
    calls = []

    def interrupted(topic: Topic, title: str, *rest: Any) -> Any:
        calls.append(title)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return judge(topic, title, *rest)

    monkeypatch.setattr(tagging, "judge", interrupted)
    with pytest.raises(KeyboardInterrupt):
        tagging.apply(db, PETS)
    assert len(stored(db)) == 1
    assert tagging.apply(db, PETS) == 2
    assert stored(db) == as_judged(db, PETS)


@pytest.mark.parametrize("areas", [(), ("D",), ("C", "D")])
def test_with_and_without_the_table_the_same_is_found(books: Books, areas: tuple[str, ...]) -> None:
    selection = Selection(areas=areas)
    reader = open_to_read(books.path)
    without = list(tagging.matching(reader, PETS, selection, COLUMNS))
    reader.close()
    tagging.tag(books.path, PETS)
    reader = open_to_read(books.path)
    assert tagging.is_current(reader, PETS)
    assert list(tagging.matching(reader, PETS, selection, COLUMNS)) == without != []
    reader.close()


def test_the_end_of_a_run_survives_a_database_that_takes_no_tags(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    tagging.keep_up(db)
    with db.conn:
        db.conn.execute("UPDATE briefings SET title = '온실가스' WHERE news_id = 2")
    other = sqlite3.connect(db.conn.execute("PRAGMA database_list").fetchone()[2])
    other.execute("BEGIN IMMEDIATE")
    db.conn.execute("PRAGMA busy_timeout = 10")
    tagging.keep_up(db)
    assert "the next run does it" in caplog.text
    other.close()
    tagging.keep_up(db)
    assert db.conn.execute("SELECT words FROM tags WHERE news_id = 2").fetchall() == [("온실가스",)]
