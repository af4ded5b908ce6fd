"""The table of joint releases: kept up to date by what a run touched, as if everything were grouped anew."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from harvester.korean import read_prefix
from harvester.store import joint
from harvester.store.joint import regroup
from harvester.store.migrations import migrations

DAY = date(2024, 1, 17)
TITLE = "바닷가 쓰레기 줄이는 새 길, 어촌 마을 열두 곳이 함께 연다"
OTHER_TITLE = "고랭지 배추의 때를 위성으로 내다보는 방법을 찾아냈다"
TEXT = (
    "정부는 어촌 마을 주민과 함께 바닷가에 밀려온 그물과 부표를 거두어 다시 쓰는 사업을 올해 봄부터 시작한다고 밝혔다 "
    "사업에 들어가는 돈은 모두 48억 원이며 마을마다 일꾼 15명이 6개월 동안 일하게 된다"
)
OTHER_TEXT = (
    "연구진은 고랭지 배추의 속이 꽉 차는 때를 위성 사진으로 미리 알아내는 방법을 찾아 농가에 알려 주기로 하였다 "
    "밭 1,200곳을 두 해 동안 살펴본 결과 실제 수확일과의 차이는 사흘을 넘지 않았다"
)
Rows = list[tuple[int, int, str, str]]


@contextmanager
def database() -> Iterator[Database]:
    with closing(sqlite3.connect(":memory:")) as connection:
        db = Database(connection)
        migrations.apply(db)
        db.execute("PRAGMA foreign_keys = ON")
        db.execute(
            "INSERT INTO runs (id, verb, arguments, started_at, days_asked, version)"
            " VALUES (1, 'crawl', '{}', '', 1, '0')"
        )
        yield db


@pytest.fixture
def db() -> Iterator[Database]:
    with database() as made:
        yield made


def day(days: int) -> str:
    return (DAY + timedelta(days=days)).isoformat()


def put(
    db: Database, news_id: int, title: str = TITLE, ministry: str = "환경부", days: int = 0, **changes: Any
) -> None:
    """Store a release, or store it again as it is now; `files` are digests of its documents."""
    files = changes.pop("files", ())
    row = {
        "news_id": news_id,
        "board": "press-release",
        "title": title,
        "title_prefix": read_prefix(title),
        "lead": TEXT,
        "body_source": "none",
        "ministry": ministry,
        "ministry_raw": ministry,
        "published_on": day(days),
        "source_line": "",
        "url": "",
        "first_seen_at": "",
        "last_seen_at": "",
        "revision": 1,
        "fingerprint": "",
        "row_signature": "",
        "run_id": 1,
    } | changes
    columns, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    updates = ", ".join(f"{name} = :{name}" for name in row)
    db.execute(f"INSERT INTO briefings ({columns}) VALUES ({marks}) ON CONFLICT (news_id) DO UPDATE SET {updates}", row)
    db.execute("DELETE FROM attachments WHERE news_id = ?", [news_id])
    for position, digest in enumerate(files, start=1):
        attach(db, news_id, position, digest)


def attach(db: Database, news_id: int, position: int, digest: str | None, kind: str = "hwpx") -> None:
    db.execute(
        "INSERT INTO attachments (news_id, position, file_id, name, kind, url, sha256, text_status)"
        " VALUES (?, ?, '', '', ?, '', ?, 'not fetched')",
        [news_id, position, kind, digest],
    )


def rows(db: Database) -> Rows:
    return db.execute("SELECT news_id, group_id, kind, matched_by FROM joint_releases ORDER BY news_id").fetchall()


def grouped_anew(db: Database) -> Rows:
    """What grouping everything in an empty table gives; the database is left as it was."""
    db.execute("SAVEPOINT before")
    db.execute("DELETE FROM joint_releases")
    db.execute("DELETE FROM title_keys")
    regroup(db)
    found = rows(db)
    db.execute("ROLLBACK TO before")
    db.execute("RELEASE before")
    return found


def test_a_joint_release_and_one_registered_again(db: Database) -> None:
    put(db, 11)
    put(db, 12, f"[보도참고] {TITLE}", "해양수산부")
    put(db, 21, OTHER_TITLE, lead=OTHER_TEXT)
    put(db, 22, OTHER_TITLE[:22] + "…", days=25, lead=None, body=OTHER_TEXT)
    put(db, 31, "외교부 인사")
    put(db, 32, "외교부 인사")
    assert regroup(db) == 4
    assert rows(db) == [
        (11, 11, "joint", "text"),
        (12, 11, "joint", "text"),
        (21, 21, "repeated", "text"),
        (22, 21, "repeated", "text"),
    ]


def test_nothing_is_written_where_nothing_differs(db: Database) -> None:
    put(db, 1)
    put(db, 2, ministry="해양수산부")
    assert regroup(db) == 2
    before = db.conn.total_changes
    assert regroup(db) == regroup(db, [day(0)]) == regroup(db, []) == 0
    assert db.conn.total_changes == before


def test_a_release_of_today_joins_one_of_weeks_ago(db: Database) -> None:
    put(db, 2)
    assert regroup(db, [day(0)]) == 0
    put(db, 1, days=60)
    assert regroup(db, [day(60)]) == 2
    assert rows(db) == [(1, 1, "repeated", "text"), (2, 1, "repeated", "text")]
    put(db, 3, ministry="해양수산부", days=60)
    assert regroup(db, [day(60)]) == 3
    assert {row[2] for row in rows(db)} == {"joint"}


def test_a_database_never_grouped_is_grouped_as_a_whole(db: Database) -> None:
    """The first run after the migration touches a few days of years."""
    put(db, 1)
    put(db, 2, ministry="해양수산부")
    put(db, 3, OTHER_TITLE, days=300)
    assert regroup(db, [day(300)]) == 2


@pytest.mark.parametrize("title", [OTHER_TITLE, "환경부 인사", TITLE[5:]])
def test_a_release_with_a_new_title_leaves_its_group(db: Database, title: str) -> None:
    put(db, 1)
    put(db, 2, ministry="해양수산부")
    put(db, 3, ministry="산림청", days=1)
    regroup(db)
    put(db, 3, title, "산림청", days=1)
    regroup(db, [day(1)])
    assert [row[0] for row in rows(db)] == [1, 2]


def test_a_release_left_alone_is_in_no_group_though_no_run_touched_it(db: Database) -> None:
    put(db, 1)
    put(db, 2, ministry="해양수산부", days=1)
    regroup(db)
    put(db, 2, OTHER_TITLE, "해양수산부", days=1)
    assert regroup(db, [day(1)]) == 2
    assert rows(db) == []


def test_withdrawn_releases_stay(db: Database) -> None:
    put(db, 1)
    put(db, 2, ministry="해양수산부", withdrawn_at="2024-01-18T03:00:00Z")
    assert regroup(db) == 2


def test_documents_count_only_when_all_were_fetched_and_pictures_never(db: Database) -> None:
    put(db, 1, files=("가",))
    put(db, 2, ministry="해양수산부", lead=OTHER_TEXT, files=("가", "나"))
    attach(db, 1, 9, "사진", kind="jpg")
    regroup(db)
    assert rows(db) == [(1, 1, "joint", "document"), (2, 1, "joint", "document")]
    attach(db, 1, 2, None, kind="pdf")
    regroup(db, [day(0)])
    assert rows(db) == []
    put(db, 1)
    put(db, 2, ministry="해양수산부", lead=OTHER_TEXT)
    attach(db, 1, 1, "사진", kind="jpg")
    attach(db, 2, 1, "사진", kind="jpg")
    regroup(db)
    assert rows(db) == []


def test_texts_are_read_only_where_titles_match(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    put(db, 1)
    put(db, 2, ministry="해양수산부")
    put(db, 3, OTHER_TITLE)
    put(db, 4, TITLE[:12] + " 다른 이야기를 전한다")
    read = []
    contents = joint._contents

    def noting(db: Database, news_ids: Any) -> Any:
        read.extend(news_ids)
        return contents(db, news_ids)

    monkeypatch.setattr(joint, "_contents", noting)
    regroup(db)
    assert sorted(read) == [1, 2]


def test_no_table_is_walked_through_for_a_few_days(db: Database) -> None:
    """An hourly run is to cost the same over ten days and over ten years."""
    put(db, 1)
    put(db, 2, ministry="해양수산부")
    regroup(db)
    said: list[str] = []
    db.conn.set_trace_callback(said.append)
    regroup(db, [day(0)])
    db.conn.set_trace_callback(None)
    asked = [statement for statement in said if statement.startswith("SELECT")]
    assert len(asked) >= 5
    for statement in asked:
        plan = " | ".join(row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}"))
        scanned = [step for step in plan.split(" | ") if step.startswith("SCAN") and "json_each" not in step]
        # EXISTS ends at the first row.
        assert scanned in ([], ["SCAN CONSTANT ROW"]) or "EXISTS" in statement, plan


@pytest.mark.parametrize("chunk", [1, 2])
def test_keys_are_taken_in_portions(db: Database, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(joint, "KEYS_AT_ONCE", chunk)
    for each in range(3):
        put(db, 10 * each + 1, f"{'가나다'[each]}{TITLE}")
        put(db, 10 * each + 2, f"{'가나다'[each]}{TITLE}", "해양수산부")
    assert regroup(db) == 6


# Whatever a run touches, and in whatever order: the table is what grouping everything gives.

TITLES = (
    TITLE,
    TITLE,
    TITLE[:20] + "…",
    f"[보도참고] {TITLE}",
    TITLE.replace("열두", "열세"),
    OTHER_TITLE,
    "외교부 인사",
)
releases = st.fixed_dictionaries(
    {
        "news_id": st.integers(1, 9),
        "title": st.sampled_from(TITLES),
        "ministry": st.sampled_from(("환경부", "해양수산부", "산림청")),
        "days": st.sampled_from((0, 0, 1, 4, 20, 80, 100)),
        "lead": st.sampled_from((None, TEXT, TEXT[:100] + OTHER_TEXT[:70], OTHER_TEXT)),
        "files": st.sets(st.sampled_from("가나"), max_size=1),
    }
)


def touched(db: Database, news_ids: Iterable[int]) -> set[str]:
    """The days under which these releases are stored."""
    marks = ", ".join(str(each) for each in news_ids)
    return {row[0] for row in db.execute(f"SELECT published_on FROM briefings WHERE news_id IN ({marks})")}


@given(st.lists(st.lists(releases, min_size=1, max_size=4), max_size=5))
def test_what_runs_touch_one_by_one_is_everything_at_once(runs: list[list[dict[str, Any]]]) -> None:
    """New releases in any order, and stored ones with another title, text, ministry or day."""
    with database() as db:
        for run in runs:
            for release in run:
                put(db, **release)
            regroup(db, touched(db, [release["news_id"] for release in run]))
            assert rows(db) == grouped_anew(db)
        assert regroup(db) == 0


@given(st.lists(releases, max_size=9, unique_by=lambda each: each["news_id"]), st.data())
def test_days_one_by_one_in_any_order(stored: list[dict[str, Any]], data: st.DataObject) -> None:
    with database() as db:
        # A row of before, so that the first of the days is not taken for the first of all.
        put(db, 99, "오래전에 나온 아무 상관 없는 이야기", days=-400)
        regroup(db)
        for release in stored:
            put(db, **release)
        for each in data.draw(st.permutations(sorted({day(release["days"]) for release in stored}))):
            regroup(db, [each])
        assert rows(db) == grouped_anew(db)
