"""The text of every release, wherever the site has it; and the evidence for it."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from harvester.demo import KST, Attachment, Corpus, Fault, MiniSite, Release
from harvester.demo.hwp import make_hwp
from harvester.demo.hwpx import make_hwpx
from harvester.demo.pdf import make_pdf
from tests.whole_runs.conftest import SINCE, UNTIL, Harvester, assert_equals_the_site

DAY = datetime(2024, 1, 16, 9, 30, tzinfo=KST)
TEXT = "\n".join(
    [
        "희토류 공급망을 넓힌다",
        "정부는 희토류 공급망 대책을 발표하였다.",
        "구분\t계획",
        "2024\t비축을 두 배로",
        "문의는 담당 부서로 하면 된다.",
    ]
)
REMARK = "전재하여 제공함을 알려드립니다"
MAKERS = {"hwpx": make_hwpx, "hwp": make_hwp, "pdf": make_pdf}


def document(kind: str, text: str = TEXT) -> bytes:
    return MAKERS[kind](text.split("\n"))


def release(news_id: int, *files: str | Attachment, **more: Any) -> Release:
    """A release whose files hold the text; each is given by its kind, or whole."""
    attachments = tuple(
        file if isinstance(file, Attachment) else Attachment(f"{news_id}{number}", f"보도자료.{file}", document(file))
        for number, file in enumerate(files, start=1)
    )
    values: dict[str, Any] = {
        "title": f"희토류 공급망을 넓힌다 {news_id}",
        "ministry": "산업통상자원부",
        "published": DAY,
        "lead": "희토류 관련 보도자료 내용입니다. 자세한 내용은 첨부파일을 참고하시기 바랍니다.",
        "document": TEXT,
        "attachments": attachments,
    }
    return Release(news_id=str(news_id), **values | more)


def squeezed(text: str | None) -> str:
    return "".join((text or "").split())


def row(harvest: Harvester, news_id: int) -> dict[str, Any]:
    return harvest.rows(f"SELECT * FROM briefings WHERE news_id = {news_id}")[0]


def statuses(harvest: Harvester, news_id: int) -> list[str]:
    rows = harvest.rows(f"SELECT text_status FROM attachments WHERE news_id = {news_id} ORDER BY position")
    return [each["text_status"] for each in rows]


def asked_for(site: MiniSite, news_id: int) -> list[str]:
    """Which files and viewer pages of a release the site was asked for."""
    return [seen.kind for seen in site.requests if seen.kind in ("file", "viewer") and seen.news_id == str(news_id)]


def parts_missing(harvest: Harvester) -> dict[str, list[str]]:
    """The paragraphs of releases that their bodies lack, by newsId."""
    bodies = {
        str(each["news_id"]): squeezed(each["body"]) for each in harvest.rows("SELECT news_id, body FROM briefings")
    }
    lacking = {
        each.news_id: [part for part in each.paragraphs if squeezed(part) not in bodies.get(each.news_id, "")]
        for each in harvest.site.corpus
    }
    return {news_id: parts for news_id, parts in lacking.items() if parts}


@pytest.fixture
def corpus() -> Corpus:
    """Each test adds its own releases; one is always there."""
    return Corpus([release(100, body=TEXT, viewer=False)])


def test_every_paragraph_of_every_release_stands_in_its_body(tmp_path: Path) -> None:
    corpus = Corpus.generated(since=SINCE, until=UNTIL, per_day=40, seed=5)
    with MiniSite(corpus) as site:
        harvest = Harvester(site, tmp_path / "data")
        ended = harvest.backfill()
        assert ended.status == 0, ended.stderr
        assert_equals_the_site(harvest)
        bodies = {str(each["news_id"]): each for each in harvest.rows("SELECT * FROM briefings")}
        assert parts_missing(harvest) == {}
        for each in corpus:
            body = squeezed(bodies[each.news_id]["body"])
            assert bodies[each.news_id]["body_source"] in (each.sources or ("none",))
            assert REMARK not in (bodies[each.news_id]["body"] or "")
            assert "문서뷰어" not in body
        assert {each["body_source"] for each in bodies.values()} >= {"page", "hwpx", "viewer"}


@pytest.mark.parametrize(
    ("files", "viewer", "source"),
    [
        (["pdf", "hwp", "hwpx"], True, "hwpx"),
        (["pdf", "hwp"], True, "viewer"),
        (["hwp", "pdf"], False, "pdf"),
        (["hwp", "jpg"], False, "hwp"),
        ([], True, "viewer"),
    ],
)
def test_the_best_source_is_taken_and_nothing_else_is_fetched(
    harvest: Harvester, corpus: Corpus, files: list[str], viewer: bool, source: str
) -> None:
    MAKERS.setdefault("jpg", lambda _: b"\xff\xd8\xff\xe0 picture")
    corpus.add(release(200, *files, viewer=viewer))
    assert harvest.backfill().status == 0
    found = row(harvest, 200)
    assert (found["body_source"], found["body_status"]) == (source, "read")
    assert found["body"].split("\n")[:2] == TEXT.split("\n")[:2]
    assert set(asked_for(harvest.site, 200)) == {"viewer" if source == "viewer" else "file"}
    if source != "viewer":
        assert asked_for(harvest.site, 200) == ["file"]


def test_an_unreadable_document_gives_way_to_the_next_with_a_reason(harvest: Harvester, corpus: Corpus) -> None:
    broken = [
        Attachment("1", "보도자료.hwpx", make_hwpx(TEXT.split("\n"), encrypted=True)),
        Attachment("2", "보도자료.pdf", b"%PDF-1.7 " + b"nonsense" * 50),
        Attachment("3", "보도자료.hwp", document("hwp")),
    ]
    corpus.add(release(200, *broken, viewer=False))
    assert harvest.backfill().status == 0
    assert row(harvest, 200)["body_source"] == "hwp"
    encrypted, damaged, read = statuses(harvest, 200)
    assert encrypted.startswith("unreadable: encrypted")
    assert damaged.startswith("unreadable: damaged")
    assert read == "read"


def test_a_file_is_known_by_its_bytes_not_by_its_name(harvest: Harvester, corpus: Corpus) -> None:
    corpus.add(release(200, Attachment("1", "보도자료.hwp", document("pdf")), viewer=False))
    assert harvest.backfill().status == 0
    assert row(harvest, 200)["body_source"] == "pdf"


def test_a_whole_lead_is_the_text_where_there_is_nothing_else(harvest: Harvester, corpus: Corpus) -> None:
    corpus.add(release(200, viewer=False, lead="국무총리는 16일 희토류 비축기지를 찾아 현황을 보고받았다."))
    corpus.add(release(201, viewer=False))
    assert harvest.backfill().status == 0
    assert row(harvest, 200)["body"] == "국무총리는 16일 희토류 비축기지를 찾아 현황을 보고받았다."
    assert row(harvest, 200)["body_source"] == "lead"
    empty = row(harvest, 201)
    assert (empty["body"], empty["body_source"], empty["body_status"][:5]) == (None, "none", "none:")


def test_files_that_cannot_be_had_leave_the_day_partial_and_come_with_the_next_run(
    harvest: Harvester, corpus: Corpus
) -> None:
    corpus.add(release(200, "hwpx", viewer=False))
    harvest.site.faults = [Fault("500", where="file", tries=None)]
    ended = harvest.backfill()
    assert ended.status == 3
    assert "the text of 1 releases could not be fetched: newsId 200" in ended.stderr
    assert row(harvest, 200)["body_status"].startswith("not fetched: ")
    harvest.site.faults = []
    harvest.site.clear_log()
    ended = harvest.backfill()
    assert ended.status == 0, ended.stderr
    assert row(harvest, 200)["body_source"] == "hwpx"
    assert harvest.pages_asked_for() == ["200"]


def test_an_edited_release_keeps_its_text_while_its_files_cannot_be_had(harvest: Harvester, corpus: Corpus) -> None:
    corpus.add(release(200, "hwpx", viewer=False))
    assert harvest.backfill().status == 0
    corpus.edit("200", title="고친 제목")
    harvest.site.faults = [Fault("500", where="file", tries=None)]
    assert harvest.backfill().status == 3
    found = row(harvest, 200)
    assert (found["title"], found["body_source"]) == ("고친 제목", "hwpx")
    assert harvest.rows("SELECT field FROM revisions") == [{"field": "title"}]
    assert statuses(harvest, 200) == ["read"]


@pytest.mark.parametrize("kind", ["500", "404", "reset", "error-page", "empty", "damaged"])
def test_passing_trouble_with_files_costs_nothing(harvest: Harvester, corpus: Corpus, kind: Any) -> None:
    corpus.add(release(200, "hwpx", viewer=False))
    harvest.site.faults = [Fault(kind, where="file", tries=(1,))]
    ended = harvest.backfill()
    assert ended.status == 0, ended.stderr
    assert row(harvest, 200)["body_source"] == "hwpx"


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        *(("viewer", kind) for kind in ("maintenance", "truncated-clean", "truncated-encoding", "503", "reset")),
        *(("file", kind) for kind in ("truncated-clean", "damaged-encoding", "login")),
    ],
)
def test_a_text_comes_whole_where_the_site_fails_twice(tmp_path: Path, kind: Any, where: Any) -> None:
    corpus = Corpus.generated(since=SINCE, until=UNTIL, per_day=12, seed=5)
    with MiniSite(corpus, faults=[Fault(kind, where=where, tries=(1, 2))]) as site:
        harvest = Harvester(site, tmp_path / "data")
        ended = harvest.backfill()
        assert ended.status == 0, ended.stderr
        assert parts_missing(harvest) == {}
        assert any(seen.fault == kind for seen in site.requests)


@pytest.mark.parametrize("kind", ["maintenance", "damaged-encoding", "login", "503", "reset-midway"])
def test_a_file_that_is_all_there_is_comes_where_the_site_fails_twice(
    harvest: Harvester, corpus: Corpus, kind: Any
) -> None:
    corpus.add(release(200, "hwpx", viewer=False))
    harvest.site.faults = [Fault(kind, where="file", tries=(1, 2))]
    ended = harvest.backfill()
    assert ended.status == 0, ended.stderr
    assert parts_missing(harvest) == {}
    assert asked_for(harvest.site, 200) == ["file"] * 3


def test_a_viewer_that_is_always_cut_off_gives_way_to_another_document(harvest: Harvester, corpus: Corpus) -> None:
    corpus.add(release(200, "pdf"))
    harvest.site.faults = [Fault("truncated-clean", where="viewer", tries=None)]
    assert harvest.backfill().status == 0
    assert row(harvest, 200)["body_source"] == "pdf"
    assert asked_for(harvest.site, 200) == ["viewer"] * 4 + ["file"]


def test_a_viewer_that_is_always_cut_off_is_never_taken_for_the_text(harvest: Harvester, corpus: Corpus) -> None:
    corpus.add(release(200))
    harvest.site.faults = [Fault("truncated-clean", where="viewer", tries=None)]
    harvest.backfill()
    found = row(harvest, 200)
    assert (found["body"], found["body_source"]) == (None, "none")
    assert "damaged: cut off" in found["body_status"]


@pytest.mark.parametrize(
    ("kind", "tries"),
    [("maintenance", 4), ("login", 4), ("500", 4), ("damaged-encoding", 4), ("damaged", 2), ("404", 2)],
)
def test_how_often_a_file_is_asked_for(harvest: Harvester, corpus: Corpus, kind: Any, tries: int) -> None:
    corpus.add(release(200, "hwpx", viewer=False))
    harvest.site.faults = [Fault(kind, where="file", tries=None)]
    ended = harvest.backfill()
    assert asked_for(harvest.site, 200) == ["file"] * tries
    passes = tries == 4
    assert ended.status == (3 if passes else 0)
    assert row(harvest, 200)["body_status"].startswith("not fetched" if passes else "none: ")


@pytest.mark.parametrize("kind", ["damaged", "encrypted", "empty", "wrong-suffix", "zip-bomb", "404"])
def test_lasting_trouble_with_one_file_is_a_reason_and_not_the_end(
    harvest: Harvester, corpus: Corpus, kind: Any
) -> None:
    corpus.add(release(200, replace(release(200, "hwpx").attachments[0], content=None), viewer=False))
    corpus.add(release(201, "hwpx", viewer=False))
    harvest.site.faults = [Fault(kind, where="file", tries=None, news_ids=frozenset({"200"}))]
    ended = harvest.backfill()
    assert ended.status == 0, ended.stderr
    assert row(harvest, 201)["body_source"] == "hwpx"
    assert statuses(harvest, 200)[0] != "not fetched"


def test_a_viewer_that_breaks_off_is_not_taken_for_the_whole(harvest: Harvester, corpus: Corpus) -> None:
    long = "\n".join(f"{number}번째 문단은 희토류 대책을 설명한다." for number in range(60))
    corpus.add(release(200, Attachment("1", "보도자료.pdf", document("pdf", long)), document=long))
    harvest.site.faults = [Fault("500", where="viewer", tries=None, pages=frozenset({2}))]
    assert harvest.backfill().status == 0
    found = row(harvest, 200)
    assert found["body_source"] == "pdf"
    assert "59번째 문단은" in found["body"]


def test_attachments_none_fetches_none_and_text_fetches_what_is_missing(harvest: Harvester, corpus: Corpus) -> None:
    corpus.add(release(200, "hwpx"))
    assert harvest.backfill("--attachments", "none").status == 0
    assert asked_for(harvest.site, 200) == []
    assert row(harvest, 200)["body_status"] == "not fetched"
    assert harvest.backfill().status == 0
    assert row(harvest, 200)["body_source"] == "hwpx"
    assert harvest.rows("SELECT * FROM revisions") == []  # the site changed nothing


def test_attachments_all_keeps_every_file_by_its_content(harvest: Harvester, corpus: Corpus) -> None:
    picture = Attachment("9", "../../사진.jpg", b"\xff\xd8\xff\xe0" + b"picture" * 100)
    corpus.add(release(200, "hwpx", "pdf", picture))
    assert harvest.backfill("--attachments", "all").status == 0
    rows = harvest.rows("SELECT * FROM attachments WHERE news_id = 200 ORDER BY position")
    for each, attachment in zip(rows, corpus["200"].attachments, strict=True):
        kept = harvest.data / "files" / each["sha256"][:2] / each["sha256"]
        assert kept.read_bytes() == attachment.content
        assert each["bytes"] == len(attachment.content or b"")
    assert [each["text_status"][:10] for each in rows] == ["read", "read", "unreadable"]


def test_all_after_text_fetches_the_files_of_what_is_there(harvest: Harvester, corpus: Corpus) -> None:
    corpus.add(release(200, "hwpx", "pdf"))
    assert harvest.backfill().status == 0
    assert statuses(harvest, 200) == ["read", "not fetched"]
    assert harvest.backfill("--attachments", "all").status == 0
    assert statuses(harvest, 200) == ["read", "read"]
    assert harvest.rows("SELECT * FROM revisions") == []
    for each in harvest.rows("SELECT sha256 FROM attachments"):
        assert (harvest.data / "files" / each["sha256"][:2] / each["sha256"]).exists()


def test_contacts_come_from_the_documents(harvest: Harvester, corpus: Corpus) -> None:
    table = "담당 부서\t산업정책과\t책임자\t과장\t홍길동\t(044-000-0000)\n\t\t담당자\t사무관\t성춘향\t(02-000-0000)"
    rows = [line.split("\t") for line in table.split("\n")]
    corpus.add(release(200, Attachment("1", "보도자료.hwpx", make_hwpx(TEXT.split("\n"), [rows])), viewer=False))
    assert harvest.backfill().status == 0
    found = harvest.rows("SELECT department, name, phone FROM contacts WHERE news_id = 200 ORDER BY position")
    assert [(each["name"], each["phone"]) for each in found] == [("홍길동", "044-000-0000"), ("성춘향", "02-000-0000")]
    assert {each["department"] for each in found} == {"산업정책과"}


def test_the_same_release_of_two_ministries_is_grouped(harvest: Harvester, corpus: Corpus) -> None:
    corpus.add(release(200, "hwpx", title="희토류 공급망 안정화를 위한 민관 합동 대책 발표"))
    corpus.add(release(201, "hwpx", title="희토류 공급망 안정화를 위한 민관 합동 대책 발표", ministry="환경부"))
    assert harvest.backfill().status == 0
    groups = harvest.rows("SELECT news_id, group_id, kind FROM joint_releases ORDER BY news_id")
    assert groups == [
        {"news_id": 200, "group_id": 200, "kind": "joint"},
        {"news_id": 201, "group_id": 200, "kind": "joint"},
    ]


# The archive, and reading from it


def test_everything_that_came_is_in_the_archive(harvest: Harvester, corpus: Corpus) -> None:
    corpus.add(release(200, "hwpx"))
    assert harvest.backfill().status == 0
    ended = harvest("archive", "--json")
    assert ended.status == 0, ended.stderr
    archive = sqlite3.connect(harvest.data / "archive-briefings.db")
    counted = dict(archive.execute("SELECT kind, count(*) FROM exchanges GROUP BY 1").fetchall())
    archive.close()
    asked = [seen.kind for seen in harvest.site.requests]
    assert counted["listing"] == asked.count("listing")
    assert counted["release"] == asked.count("release") == 2
    assert counted["file"] == asked.count("file") == 1


def test_no_archive_keeps_none(harvest: Harvester) -> None:
    assert harvest.backfill("--no-archive").status == 0
    assert not (harvest.data / "archive-briefings.db").exists()
    ended = harvest("replay")
    assert ended.status == 1
    assert ended.last_line.startswith("harvest: failure (exit 1): there is no archive at ")


def test_a_replay_of_nothing_makes_no_database(harvest: Harvester) -> None:
    assert harvest("replay").status == 1
    assert not harvest.database.exists()


@pytest.fixture
def filled(tmp_path: Path) -> Any:
    with MiniSite(Corpus.generated(since=SINCE, until=UNTIL, per_day=20, seed=9)) as site:
        harvest = Harvester(site, tmp_path / "data")
        ended = harvest.backfill()
        assert ended.status == 0, ended.stderr
        site.clear_log()
        yield harvest


def dump(harvest: Harvester) -> list[list[dict[str, Any]]]:
    tables = ("briefings", "attachments", "contacts", "revisions", "joint_releases", "days")
    return [harvest.rows(f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in tables]


def test_a_replay_of_an_unchanged_archive_changes_nothing(filled: Harvester) -> None:
    before = dump(filled)
    ended = filled("replay")
    assert ended.status == 0, ended.stderr
    assert "0 new, 0 changed" in ended.last_line
    assert dump(filled) == before
    assert filled.site.requests == []


def test_a_replay_repairs_what_a_parser_got_wrong_and_nothing_else(filled: Harvester) -> None:
    before = dump(filled)
    wrong = before[0][3]["news_id"]
    database = sqlite3.connect(filled.database)
    database.execute("UPDATE briefings SET title = 'misread', fingerprint = '' WHERE news_id = ?", [wrong])
    database.execute("DELETE FROM contacts WHERE news_id = ?", [wrong])
    database.commit()
    database.close()
    ended = filled("replay", "--json")
    assert ended.status == 0, ended.stderr
    assert ended.json["changed"] == 1
    revisions = filled.rows("SELECT news_id, field, old, new, cause FROM revisions")
    title = before[0][3]["title"]
    assert revisions == [{"news_id": wrong, "field": "title", "old": "misread", "new": title, "cause": "replay"}]
    assert dump(filled)[1:3] == before[1:3]


def test_a_killed_replay_leaves_nothing_half_done_and_nobody_behind(filled: Harvester) -> None:
    before = dump(filled)
    database = sqlite3.connect(filled.database)
    database.execute("UPDATE briefings SET title = 'misread'")
    database.commit()
    database.close()
    running = filled.start("replay", "--jobs", "2")
    wait_for(lambda: filled.rows("SELECT * FROM runs WHERE verb = 'replay'"))
    family = descendants(running.pid)
    running.kill()
    running.communicate()
    wait_for(lambda: not any(Path(f"/proc/{each}").exists() for each in family))
    ended = filled("replay")
    assert ended.status == 0, ended.stderr
    assert [each["title"] for each in dump(filled)[0]] == [each["title"] for each in before[0]]


def wait_for(condition: Callable[[], object]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("waited for half a minute")


def descendants(pid: int) -> list[int]:
    """The processes below one, where the system tells."""
    children = [
        int(child) for tasks in Path(f"/proc/{pid}/task").glob("*/children") for child in tasks.read_text().split()
    ]
    return children + [each for child in children for each in descendants(child)]


def test_a_replay_that_wants_more_than_was_fetched_has_the_next_run_fetch_it(
    harvest: Harvester, corpus: Corpus
) -> None:
    """A parser that saw no files was mended: their texts are not in the archive."""
    corpus.add(release(200, "hwpx", viewer=False))
    assert harvest.backfill("--attachments", "none").status == 0
    database = sqlite3.connect(harvest.database)
    database.execute("DELETE FROM attachments")
    database.execute("UPDATE briefings SET title = 'misread', body_status = 'none: the release has no text anywhere'")
    database.commit()
    database.close()
    assert harvest("replay").status == 0
    found = row(harvest, 200)
    assert (found["title"], found["body_status"]) == (corpus["200"].title, "not fetched")
    assert statuses(harvest, 200) == ["not fetched"]
    assert harvest.backfill().status == 0
    assert row(harvest, 200)["body_source"] == "hwpx"


def test_a_replay_mends_the_rest_of_a_release_whose_text_the_archive_lacks(harvest: Harvester, corpus: Corpus) -> None:
    corpus.add(release(200, "hwpx", viewer=False))
    assert harvest.backfill().status == 0
    before = dump(harvest)
    archive = sqlite3.connect(harvest.data / "archive-briefings.db")
    archive.execute("DELETE FROM exchanges WHERE kind = 'file'")
    archive.commit()
    archive.close()
    database = sqlite3.connect(harvest.database)
    database.execute("UPDATE briefings SET title = 'misread' WHERE news_id = 200")
    database.commit()
    database.close()
    assert harvest("replay").status == 0
    assert harvest.rows("SELECT field, new FROM revisions") == [{"field": "title", "new": corpus["200"].title}]
    assert [row_of["fingerprint"] for row_of in dump(harvest)[0]] == [row_of["fingerprint"] for row_of in before[0]]
    assert dump(harvest)[1:3] == before[1:3]


def test_a_replay_can_be_limited_to_days(filled: Harvester) -> None:
    ended = filled("replay", "--since", UNTIL.isoformat(), "--json")
    of_that_day = filled.rows(f"SELECT count(*) AS n FROM briefings WHERE published_on = '{UNTIL}'")[0]["n"]
    assert ended.json["releases"] == of_that_day > 0


def test_a_lost_database_comes_back_from_the_archive(filled: Harvester) -> None:
    before = dump(filled)
    for file in filled.data.glob("briefings.db*"):
        file.unlink()
    ended = filled("replay")
    assert ended.status == 0, ended.stderr
    after = dump(filled)
    left_out = {"run_id", "last_seen_at", "row_signature"}
    for table in (0, 1, 2):
        assert [{k: v for k, v in each.items() if k not in left_out} for each in after[table]] == [
            {k: v for k, v in each.items() if k not in left_out} for each in before[table]
        ]


def test_what_was_read_without_an_archive_is_never_overwritten_by_an_older_page(filled: Harvester) -> None:
    edited = filled.rows("SELECT news_id FROM briefings WHERE published_on = '2024-01-16' LIMIT 1")[0]["news_id"]
    filled.site.corpus.edit(str(edited), title="고친 제목입니다")
    assert filled.backfill("--no-archive").status == 0
    ended = filled("replay")
    assert ended.status == 3
    assert "1 more are stored whose page the archive does not have" in ended.last_line
    assert filled.rows(f"SELECT title FROM briefings WHERE news_id = {edited}") == [{"title": "고친 제목입니다"}]
