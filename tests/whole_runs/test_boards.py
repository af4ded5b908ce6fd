"""The other boards of korea.kr: every item of every board, the same ledger, the same statuses, the same troubles."""

import json
import re
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from harvester.boards import BOARDS
from harvester.demo import Clock, Corpus, Fault, MiniSite, Release

from .conftest import NOON_AFTER, Harvester, expected

SINCE, UNTIL = date(2024, 1, 13), date(2024, 1, 17)  # a Saturday to a Wednesday, with one meeting of the cabinet
OTHERS = [slug for slug in BOARDS if slug != "press-release"]
EVERY = list(BOARDS)


@pytest.fixture
def corpus() -> Corpus:
    return Corpus.generated(since=SINCE, until=UNTIL, per_day=8, seed=11, boards=EVERY)


@pytest.fixture
def site(corpus: Corpus) -> Iterator[MiniSite]:
    with MiniSite(corpus, clock=Clock(NOON_AFTER)) as running:
        yield running


def backfill(harvest: Harvester, board: str, *more: str) -> str:
    ended = harvest.backfill("--board", board, *more, since=SINCE, until=UNTIL)
    assert ended.status == 0, ended.stderr
    return ended.last_line


def wanted_of(release: Release) -> dict[str, object]:
    return {**expected(release), "board": release.board, "presenter": release.presenter}


def assert_equals_the_board(harvest: Harvester, board: str) -> None:
    truth = {release.news_id: release for release in harvest.site.truth(SINCE, UNTIL, board=board)}
    assert truth
    stored = {
        str(row["news_id"]): row
        for row in harvest.rows(f"SELECT * FROM briefings WHERE board = '{board}' AND withdrawn_at IS NULL")
    }
    assert stored.keys() == truth.keys()
    for news_id, release in truth.items():
        row, wanted = stored[news_id], wanted_of(release)
        if board == "cabinet" and row["ministry"] == "국무회의":
            # Neither its list nor its page names anybody: it is the cabinet's.
            assert row["ministry_raw"] == ""
            wanted |= {"ministry": "국무회의", "source_line": f"({release.listed_on:%Y.%m.%d} 국무회의)"}
        assert {name: row[name] for name in wanted} == wanted
        assert row["url"].endswith(f"{BOARDS[board].view_path}?newsId={news_id}")
        for paragraph in release.paragraphs:
            assert squeezed(paragraph) in squeezed(row["body"])
        if row["body_source"] == "page":
            assert squeezed(row["body"]).endswith(squeezed(release.paragraphs[-1])), "something else is in the text"
    # What a page says of its day and time is no value of its own: where it could not be read, or disagrees, it is here.
    assert harvest.rows("SELECT * FROM unknowns WHERE kind LIKE 'published%'") == []
    days = harvest.rows(f"SELECT * FROM days WHERE filter = '' AND board = '{board}'")
    assert len(days) == (UNTIL - SINCE).days + 1
    for row in days:
        on_that_day = sum(release.listed_on.isoformat() == row["day"] for release in truth.values())
        assert (row["declared"], row["listed"], row["stored"]) == (on_that_day,) * 3
        assert row["state"] == ("complete" if on_that_day else "empty")


def squeezed(text: str | None) -> str:
    return re.sub(r"\s+", "", text or "")


@pytest.mark.parametrize("board", ["ministry-briefing", "cabinet"])
def test_a_backfill_brings_every_item_of_a_board_and_of_no_other(harvest: Harvester, board: str) -> None:
    backfill(harvest, board)
    assert_equals_the_board(harvest, board)
    assert {row["board"] for row in harvest.rows("SELECT board FROM briefings")} == {board}


def test_all_boards_in_one_command(harvest: Harvester) -> None:
    last = backfill(harvest, "all")
    assert last.startswith("harvest: complete (exit 0): press-release: 5 of 5 days complete; fact-check: 5 of 5")
    for board in EVERY:
        assert_equals_the_board(harvest, board)
    assert [run["exit_status"] for run in harvest.rows("SELECT exit_status FROM runs")] == [0] * len(EVERY)
    harvest.site.clear_log()
    assert "0 new, 0 changed" in backfill(harvest, "all")
    assert harvest.pages_asked_for() == []
    told = harvest("status", "--board", "all", "--json").json
    assert told["complete"] is True
    assert [each["board"] for each in told["boards"]] == EVERY


def test_a_board_is_known_by_its_name_on_the_site_too(harvest: Harvester) -> None:
    backfill(harvest, "국무회의 브리핑")
    assert_equals_the_board(harvest, "cabinet")
    assert harvest("crawl", "--board", "cabinett").last_line.endswith("did you mean cabinet?")


def backfill_others(harvest: Harvester) -> None:
    """All boards but the press releases, which have tests of their own."""
    named = [word for board in OTHERS for word in ("--board", board)]
    ended = harvest.backfill(*named, since=SINCE, until=UNTIL)
    assert any(seen.fault for seen in harvest.site.requests), "the site did not misbehave"
    assert ended.status == 0, ended.stderr
    for board in OTHERS:
        assert_equals_the_board(harvest, board)


@pytest.mark.parametrize("kind", ["503", "reset", "truncated-clean", "maintenance", "garbage", "redesign", "login"])
def test_passing_trouble_leaves_nothing_out(harvest: Harvester, kind: str) -> None:
    harvest.site.faults = [
        Fault(kind, tries=(1,), where="list"),  # type: ignore[arg-type]
        Fault(kind, share=0.3, tries=(1, 2), where="view"),  # type: ignore[arg-type]
    ]
    backfill_others(harvest)


@pytest.mark.parametrize("kind", ["emptied", "rows-missing", "ignores-dates", "duplicate-row"])
def test_a_lying_list_is_asked_again(harvest: Harvester, kind: str) -> None:
    harvest.site.faults = [Fault(kind, tries=(1, 2), where="list", seed=3)]  # type: ignore[arg-type]
    backfill_others(harvest)


@pytest.mark.parametrize("kind", ["maintenance", "redesign"])
def test_lasting_trouble_is_a_failure_of_every_board(harvest: Harvester, kind: str) -> None:
    harvest.site.faults = [Fault(kind, tries=None)]  # type: ignore[arg-type]
    ended = harvest.backfill("--board", "all", since=SINCE, until=UNTIL)
    assert ended.status == 1, ended.stderr
    rows = harvest.rows("SELECT DISTINCT board, state FROM days ORDER BY board")
    assert rows == [{"board": board, "state": "failed"} for board in sorted(EVERY)]
    assert harvest.ids() == set()


def test_one_board_in_trouble_leaves_the_others_alone(harvest: Harvester) -> None:
    harvest.site.faults = [Fault("redesign", tries=None, boards=frozenset({"speech"}))]
    ended = harvest.backfill("--board", "all", since=SINCE, until=UNTIL)
    assert ended.status == 3
    assert "speech: 0 of 5 days complete" in ended.last_line
    assert "speech 2024-01-17 failed: " in ended.stderr
    for board in EVERY:
        if board != "speech":
            assert_equals_the_board(harvest, board)


def test_a_site_that_is_away_is_not_asked_for_every_board(harvest: Harvester) -> None:
    harvest.site.faults = [Fault("503", tries=None)]
    ended = harvest.backfill("--board", "all", since=SINCE, until=UNTIL)
    assert ended.status == 1
    assert "policy-news: not asked, since the run ended before" in ended.last_line
    assert {seen.board for seen in harvest.site.requests if seen.board} <= {"press-release"}


def test_what_cannot_be_read_is_kept_with_its_reason(harvest: Harvester, tmp_path: Path) -> None:
    """Refused with a reason, and the page stands in the archive."""
    harvest.site.faults = [Fault("redesign", tries=None, where="list")]
    assert harvest.backfill("--board", "cabinet", since=UNTIL, until=UNTIL).status == 1
    [day] = harvest.rows("SELECT * FROM days")
    assert "not a listing" in day["reason"]
    exported = tmp_path / "pages.warc.gz"
    assert harvest("archive", "--export", str(exported)).status == 0
    assert exported.stat().st_size > 1000


def test_a_transcript_keeps_its_speakers(harvest: Harvester) -> None:
    backfill(harvest, "ministry-briefing")
    truth = harvest.site.truth(SINCE, UNTIL, board="ministry-briefing")
    spoken = [line for release in truth for line in release.paragraphs if re.match(r"<\w+ \w+>", line)]
    assert spoken
    bodies = "\n".join(row["body"] for row in harvest.rows("SELECT body FROM briefings"))
    for line in spoken:
        assert squeezed(line) in squeezed(bodies)
    kinds = harvest.rows(
        "SELECT kind, count(*) AS n, count(speaker) AS named FROM statements GROUP BY kind ORDER BY kind"
    )
    assert [row["kind"] for row in kinds] == ["answer", "question", "statement"]
    assert all(row["named"] for row in kinds if row["kind"] != "question")
    [first] = harvest.rows("SELECT speaker FROM statements WHERE position = 1 LIMIT 1")
    assert first["speaker"]
    presenters = {row["presenter"] for row in harvest.rows("SELECT presenter FROM briefings")}
    assert presenters == {release.presenter for release in truth}


def test_an_agenda_names_who_is_in_charge_of_each_item(harvest: Harvester) -> None:
    backfill(harvest, "cabinet")
    [release] = harvest.site.truth(SINCE, UNTIL, board="cabinet")
    items = harvest.rows("SELECT * FROM agenda_items ORDER BY position")
    assert len(items) == sum(line.count("【소관") for line in release.paragraphs)
    for item in items:
        assert squeezed(item["title"]) in squeezed(" ".join(release.paragraphs))
        assert item["ministries"]


def test_an_edited_briefing_is_a_revision(harvest: Harvester, corpus: Corpus) -> None:
    backfill(harvest, "ministry-briefing")
    edited = harvest.site.truth(SINCE, UNTIL, board="ministry-briefing")[0]
    corpus.edit(edited.news_id, presenter="홍길동 대변인")
    backfill(harvest, "ministry-briefing")
    [revision] = harvest.rows("SELECT news_id, field, new FROM revisions")
    assert revision == {"news_id": int(edited.news_id), "field": "presenter", "new": "홍길동 대변인"}


def test_a_replay_reads_every_board_again(harvest: Harvester) -> None:
    backfill(harvest, "all")
    tables = ("briefings", "statements", "agenda_items", "contacts", "attachments")
    before = {name: harvest.rows(f"SELECT * FROM {name} ORDER BY 1, 2") for name in tables}
    ended = harvest("replay", "--board", "all", "--json")
    assert ended.status == 0, ended.stderr
    assert [each["changed"] for each in ended.json["boards"]] == [0] * len(EVERY)
    assert {name: harvest.rows(f"SELECT * FROM {name} ORDER BY 1, 2") for name in tables} == before


def test_a_replay_of_all_boards_is_of_those_that_there_is_anything_of(harvest: Harvester) -> None:
    assert harvest.backfill("--board", "speech", since=SINCE, until=UNTIL).status == 0
    ended = harvest("replay", "--board", "all", "--json")
    assert ended.status == 0, ended.stderr
    assert (ended.json["verdict"], ended.json["exit_status"]) == ("complete", 0)
    assert [each["board"] for each in ended.json["boards"]] == ["speech"]
    assert "press-release is left out: " in ended.stderr
    named = harvest("replay", "--board", "speech", "--board", "press-release")
    assert named.status == 3, "a board that is named is one that something is expected of"
    assert "press-release: no page to read again" in named.last_line
    nothing = harvest("replay", "--board", "all", "--since", "2023-01-01", "--until", "2023-01-02")
    assert nothing.status == 1
    (harvest.data / "archive-briefings.db").unlink()
    backfilled = harvest.backfill("--board", "cabinet", since=SINCE, until=UNTIL)
    assert backfilled.status == 0
    lost = harvest("replay", "--board", "all")
    assert lost.status == 3, "of a board that is stored there should be pages"
    assert "speech: no page to read again" in lost.last_line


# Ministries as people filter them


def test_a_group_of_ministries(harvest: Harvester) -> None:
    backfill(harvest, "press-release", "--ministry", "청")
    truth = [release for release in harvest.site.truth(SINCE, UNTIL) if release.ministry.endswith("청")]
    assert truth
    assert harvest.ids() == {release.news_id for release in truth}
    assert harvest("status", "--ministry", "청").status == 0


def test_a_board_without_ministries_cannot_be_filtered_by_them(harvest: Harvester) -> None:
    ended = harvest("crawl", "--board", "cabinet", "--ministry", "환경부")
    assert ended.status == 2
    assert "names no ministries" in ended.last_line
    assert harvest.site.requests == []
    ended = harvest.backfill("--board", "all", "--ministry", "환경부", since=SINCE, until=UNTIL)
    assert ended.status == 0, ended.stderr
    assert "cabinet is left out" in ended.stderr
    assert {row["ministry"] for row in harvest.rows("SELECT ministry FROM briefings")} == {"환경부"}


def test_the_report_of_several_boards_for_a_machine(harvest: Harvester) -> None:
    ended = harvest.backfill("--board", "speech", "--board", "cabinet", "--json", since=SINCE, until=UNTIL)
    told = json.loads(ended.stdout)
    assert (told["verdict"], told["exit_status"]) == ("complete", 0)
    assert [each["board"] for each in told["boards"]] == ["speech", "cabinet"]
    assert told["new"] == len(harvest.ids())


def test_an_interrupted_command_goes_on_with_the_board_it_was_at(harvest: Harvester) -> None:
    asked = ("--board", "fact-check", "--board", "policy-news", "--board", "speech")
    running = harvest.start("backfill", *asked, "--since", SINCE.isoformat(), "--until", UNTIL.isoformat())
    while running.poll() is None and not [seen for seen in harvest.site.requests if seen.board == "policy-news"]:
        time.sleep(0.01)
    running.kill()
    running.communicate()
    harvest.site.clear_log()
    ended = harvest.backfill(*asked, since=SINCE, until=UNTIL)
    assert ended.status == 0, ended.stderr
    assert "fact-check: 5 of 5 days complete" in ended.last_line
    assert not [seen for seen in harvest.site.requests if seen.board == "fact-check"], "it was done before"
    for board in ("fact-check", "policy-news", "speech"):
        assert_equals_the_board(harvest, board)
    # Done to its end, the same command looks at all of them again.
    harvest.site.clear_log()
    assert harvest.backfill(*asked, since=SINCE, until=UNTIL).status == 0
    assert {seen.board for seen in harvest.site.requests if seen.board} == {"fact-check", "policy-news", "speech"}


def test_the_first_run_of_all_boards_has_no_news_of_who_speaks(harvest: Harvester) -> None:
    ended = harvest.backfill("--board", "all", "--attachments", "none", since=SINCE, until=UNTIL)
    assert ended.status == 0
    assert harvest.rows("SELECT value FROM unknowns WHERE kind = 'ministry'"), "somebody speaks who is no ministry"
    assert "harvest: note:" not in ended.stderr
