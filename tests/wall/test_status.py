"""`harvest status`: what is fresh, what its exit status says, and the page for a wall."""

import json
import os
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from harvester.lock import me, write
from harvester.store import DayRecord

from ..store.making import DAY, Books, briefing, unknown
from .conftest import NOON, TODAY, Harvest, arguments, made

At = Callable[[datetime], None]
HOSTILE = "\x1b[31m</style><script>alert(1)</script>"


def test_what_crawls_keep_up_is_fresh(harvest: Harvest, kept: Books) -> None:
    ended = harvest("status")
    fresh = "fresh: known until 2024-01-18 12:00 Korean time, 12 minutes ago"
    assert ended.status == 0
    assert ended.last_line == f"harvest: complete (exit 0): 3 of 3 days complete, 1 releases in {kept.path}; {fresh}"
    assert f"Complete; {fresh}" in ended.stdout
    told = harvest("status", "--json").json
    assert (told["complete"], told["fresh"], told["known_until"]) == (True, True, "2024-01-18T03:00:00Z")
    assert (told["verdict"], told["exit_status"]) == ("complete", 0)


def test_what_nobody_looked_at_since_is_not_fresh_and_not_complete(harvest: Harvest, kept: Books, at: At) -> None:
    at(NOON + timedelta(days=2))
    ended = harvest("status")
    assert ended.status == 3
    stale = "not fresh: what was published since 2024-01-18 12:00 Korean time, 2 days ago, is not in it"
    assert stale in ended.last_line
    assert stale in ended.stdout
    assert "2024-01-18 partial: last walked before it ended, 2024-01-18T03:00:00Z" in ended.last_line
    assert "2024-01-19 … 2024-01-20 never walked" in ended.last_line
    told = harvest("status", "--json").json
    assert (told["complete"], told["fresh"], told["until"]) == (False, False, "2024-01-20")
    assert (told["verdict"], told["exit_status"]) == ("partial", 3)


@pytest.mark.parametrize(
    ("given", "hours", "status"),
    [("", 25.9, 0), ("", 26.1, 3), ("1", 2, 3), ("0", 900, 0)],
)
@pytest.mark.usefixtures("kept")
def test_how_old_the_last_look_may_be(harvest: Harvest, at: At, given: str, hours: float, status: int) -> None:
    at(NOON + timedelta(hours=hours))
    ended = harvest("status", *(["--fresh-within", given] if given else []))
    assert (ended.status, "not fresh" in ended.last_line) == (status, status == 3), ended.last_line


def test_days_long_past_are_complete_whatever_their_age(harvest: Harvest, kept: Books, at: At) -> None:
    at(NOON + timedelta(days=900))
    ended = harvest("status", "--until", "2024-01-17")
    assert (ended.status, "fresh" in ended.last_line) == (0, False), ended.last_line
    # It was over twelve hours after the last look, which nobody knows.
    assert harvest("status", "--until", "2024-01-18").status == 3


def test_what_was_filled_once_is_complete_and_said_to_be_old(
    harvest: Harvest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: At
) -> None:
    at(NOON + timedelta(days=900))
    filled = made(tmp_path / "briefings.db", monkeypatch, verb="backfill")
    filled.now += timedelta(days=1)
    filled.open("crawl", arguments(since="2024-01-18"))
    filled.close_day(day=TODAY)
    filled.finish()
    ended = harvest("status")
    assert ended.status == 0
    old = "known until 2024-01-19 00:00 Korean time, 899 days ago; no crawl keeps it up to date"
    assert ended.last_line.endswith(f"; {old}")
    assert harvest("status", "--json").json["fresh"] is None
    assert harvest("status", "--fresh-within", "48").status == 3


def test_a_look_at_the_first_page_makes_fresh_too(harvest: Harvest, kept: Books, at: At) -> None:
    at(NOON + timedelta(hours=30))
    kept.now += timedelta(hours=30)
    kept.open("crawl", arguments(until="2024-01-19"))
    kept.close_day(day=date(2024, 1, 19))
    [row] = kept.rows("SELECT * FROM days WHERE day = '2024-01-18'")
    kept.store.glance_at_day(DayRecord(**row), 1, {})
    kept.finish()
    ended = harvest("status")
    assert ended.status == 0, ended.last_line
    assert "fresh: known until 2024-01-19 18:00" in ended.last_line


def test_at_midnight_nothing_is_missing_that_nobody_could_have_looked_at(harvest: Harvest, kept: Books, at: At) -> None:
    at(NOON + timedelta(hours=12, minutes=3))
    ended = harvest("status")
    assert (ended.status, "3 of 3 days complete" in ended.last_line) == (0, True), ended.last_line


def test_a_run_whose_clock_was_ahead_makes_nothing_fresh_and_nothing_missing(
    harvest: Harvest, kept: Books, at: At, tmp_path: Path
) -> None:
    before = harvest("status").last_line
    kept.now += timedelta(days=40)
    kept.open("crawl", arguments(until="2024-02-27"))
    kept.close_day(1, day=date(2024, 1, 17))
    for day in (25, 26, 27):
        kept.close_day(day=date(2024, 2, day))
    kept.finish()
    ended = harvest("status", "--html", str(tmp_path / "status.html"))
    assert (ended.status, ended.last_line) == (0, before), "days to come are not asked for, nor taken for looked at"
    noted = "Note: a run noted 2024-02-27 12:00 Korean time, which is still to come: was the clock wrong"
    assert noted in harvest("status").stdout
    assert "아직 오지 않은 때를 적어 두었습니다" in (tmp_path / "status.html").read_text(encoding="utf-8")
    told = harvest("status", "--json").json
    assert (told["until"], told["known_until"], len(told["days"])) == ("2024-01-18", "2024-01-18T03:00:00Z", 3)
    assert (told["time_to_come"], told["days_since_last_day"]) == ("2024-02-27T03:00:00Z", 0)
    assert told["last_complete_run"] == "2024-01-18T03:00:00Z"
    at(NOON + timedelta(days=2))
    ended = harvest("status")
    assert (ended.status, "not fresh: what was published since 2024-01-18 12:00" in ended.last_line) == (3, True)


def test_where_every_look_is_still_to_come_nothing_is_known(harvest: Harvest, kept: Books, at: At) -> None:
    at(NOON - timedelta(minutes=6))
    ended = harvest("status")
    assert (ended.status, "not fresh: nothing is known" in ended.last_line) == (3, True), ended.last_line
    at(NOON - timedelta(minutes=2))
    ended = harvest("status")
    assert (ended.status, "fresh: known until 2024-01-18 12:00 Korean time, just now" in ended.last_line) == (0, True)
    assert "still to come" not in ended.stdout


def test_a_filter_is_fresh_by_its_own_crawls(harvest: Harvest, kept: Books, at: At) -> None:
    kept.open("crawl", arguments(filter="query=희토류"))
    kept.close_day(1, day=date(2024, 1, 17), filter_="query=희토류", can_withdraw=False)
    kept.close_day(day=TODAY, filter_="query=희토류", can_withdraw=False)
    kept.finish()
    at(NOON + timedelta(days=3))
    kept.now += timedelta(days=3)
    kept.open("crawl", arguments(until="2024-01-21"))
    for day in (18, 19, 20, 21):
        kept.close_day(day=date(2024, 1, day))
    kept.finish()
    assert harvest("status").status == 0
    ended = harvest("status", "--query", "희토류")
    assert (ended.status, "not fresh" in ended.last_line) == (3, True), ended.last_line


# Runs


def test_a_run_that_failed_is_told_in_its_own_words(harvest: Harvest, kept: Books) -> None:
    why = "0 of 3 days complete; stopped: the site gives no page at all"
    kept.open("crawl", arguments())
    kept.finish(verdict="failure", exit_status=1, reason=why)
    ended = harvest("status")
    assert ended.status == 0
    assert ended.last_line.endswith(f"; the last run: failure (exit 1): {why}")
    assert "failure (exit 1): 0 new" in ended.stdout
    assert f"      {why}\n" in ended.stdout


@pytest.mark.parametrize(
    ("record", "said"),
    [(None, "under way, or killed"), ({}, "under way"), ({"gone": True}, "killed, as it seems")],
)
def test_a_run_that_has_no_end_yet(harvest: Harvest, kept: Books, record: dict[str, bool] | None, said: str) -> None:
    kept.open("crawl", arguments())
    beside = kept.path.with_name("briefings.db.run")
    if record is not None:
        write(beside, me(**record))  # type: ignore[arg-type]
        os.utime(beside, (NOON.timestamp(), (NOON + timedelta(minutes=11)).timestamp()))
    assert harvest("status", "--json").json["runs"][0]["state"] == said
    assert re.search(rf"crawl press-release +[?]  {said}\n", harvest("status").stdout)
    if record == {}:
        os.utime(beside, (NOON.timestamp(), (NOON - timedelta(minutes=11)).timestamp()))
        assert harvest("status", "--json").json["runs"][0]["state"] == "killed, as it seems"


def test_a_run_that_could_not_write_its_end_is_told_as_it_ended(harvest: Harvest, kept: Books) -> None:
    kept.open("crawl", arguments())
    [row] = kept.rows("SELECT * FROM runs ORDER BY id DESC LIMIT 1")
    end = {"verdict": "failure", "exit_status": 1, "reason": "the disk is full", "finished_at": "2024-01-18T03:05:00Z"}
    left = {"id": row["id"], "started_at": row["started_at"], **end}
    write(kept.path.with_name("briefings.db.run"), me([left], gone=True))
    ended = harvest("status")
    assert "failure (exit 1): 0 new" in ended.stdout
    assert "the last run: failure (exit 1): the disk is full" in ended.last_line


def test_times_are_korean_and_runs_say_how_long_they_took(harvest: Harvest, kept: Books) -> None:
    kept.open("backfill", arguments(board="speech"))
    kept.now += timedelta(hours=2, minutes=5)
    kept.finish(reason="1 of 1 days complete")
    assert "2024-01-18 12:00  backfill speech      2 h 05 min  complete (exit 0)" in harvest("status").stdout


# What is printed


def test_gaps_are_told_by_reason(harvest: Harvest, kept: Books) -> None:
    kept.open()
    for day, reason in ((2, "page 2 of the listing: reset"), (3, "page 13 of the listing: reset"), (5, "away")):
        kept.close_day(1, day=date(2024, 1, day), state="partial", reason=reason)
    kept.finish()
    ended = harvest("status")
    told = ended.stdout.partition("Not complete, by reason:\n")[2].partition("\n\n")[0]
    assert told.splitlines() == [
        "  11 days: never walked",
        "      2024-01-04, 2024-01-06 … 2024-01-15",
        "  2 days: partial: page N of the listing: reset",
        "      2024-01-02, 2024-01-03",
        "  1 day: partial: away",
        "      2024-01-05",
    ]
    reasons = {each["reason"]: each["days"] for each in harvest("status", "--json").json["gaps_by_reason"]}
    assert reasons == {"never walked": 11, "partial: page N of the listing: reset": 2, "partial: away": 1}


def test_the_calendar_shows_a_year_and_more_where_asked(harvest: Harvest, kept: Books) -> None:
    kept.open()
    kept.close_day(1, day=date(2021, 6, 1))
    kept.finish()
    year = harvest("status").stdout
    assert "2021-06-01 … 2021-12-31: 214 days, 1 releases, 213 not complete" in year
    assert "2023-01-16 … 2024-01-18: 368 days" in year
    assert year.count("\nMon  ") == 1
    whole = harvest("status", "--since", "2021-06-01").stdout
    assert [line[:10] for line in whole.splitlines() if " days, " in line] == [
        "2021-06-01", "2022-01-01", "2023-01-01", "2024-01-01",
    ]  # fmt: skip
    assert whole.count("\nMon  ") == 4


@pytest.mark.parametrize("columns", ["24", "80", "200"])
def test_the_calendar_fits_the_terminal(
    harvest: Harvest, kept: Books, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    lines = harvest("status", "--since", "2023-01-01").stdout.splitlines()
    rows = [line for line in lines if line.startswith(("Mon  ", "Sun  "))]
    assert rows
    assert max(map(len, rows)) <= int(columns)
    assert "□□" not in "".join(rows) or columns != "200", "a week has two columns where there is room"


def test_without_a_terminal_there_are_no_colours(harvest: Harvest, kept: Books) -> None:
    assert "\x1b" not in harvest("status").stdout


def test_what_the_site_wrote_moves_no_cursor(harvest: Harvest, kept: Books) -> None:
    kept.open()
    kept.put(briefing(9, unknowns=[unknown(f"새부처{HOSTILE}")]))
    kept.close_day(1, day=date(2024, 1, 15), state="failed", reason=f"no release: the site says '{HOSTILE}'")
    kept.finish(reason=HOSTILE)
    ended = harvest("status")
    assert "alert(1)" in ended.last_line
    assert "\x1b" not in ended.stdout + ended.stderr


def test_several_boards(harvest: Harvest, kept: Books, at: At) -> None:
    kept.open("crawl", arguments(board="speech"))
    kept.close_day(day=TODAY, board="speech")
    kept.finish()
    boards = ("status", "--board", "press-release", "--board", "speech")
    ended = harvest(*boards)
    assert (ended.status, ended.last_line.count("fresh: known until")) == (0, 2)
    told = harvest(*boards, "--json").json
    assert (told["complete"], told["fresh"]) == (True, True)
    at(NOON + timedelta(days=2))
    kept.now += timedelta(days=2)
    kept.open("crawl", arguments(until="2024-01-20"))
    for day in (18, 19, 20):
        kept.close_day(day=date(2024, 1, day))
    kept.finish()
    ended = harvest(*boards)
    assert ended.status == 3
    assert "press-release: fresh" in ended.last_line
    assert "speech: not fresh" in ended.last_line
    assert harvest(*boards, "--json").json["fresh"] is False


# The page


def test_the_page_is_there_whole_and_written_over_the_next_time(harvest: Harvest, kept: Books, tmp_path: Path) -> None:
    page = tmp_path / "status.html"
    ended = harvest("status", "--html", str(page))
    assert (ended.status, ended.stdout) == (0, "")
    first = page.read_text(encoding="utf-8")
    assert "완전하고 최신입니다" in first
    assert ended.last_line.partition(": ")[2].partition(": ")[2] in first, "the page says what the last line says"
    kept.open("crawl", arguments())
    kept.close_day(1, day=date(2024, 1, 17), state="partial", reason="reset")
    kept.finish()
    assert harvest("status", "--html", str(page)).status == 3
    assert "빈틈 1일" in page.read_text(encoding="utf-8")
    assert sorted(each.name for each in tmp_path.glob("*.html")) == ["status.html"]
    assert list(tmp_path.glob(".*")) == []


def test_the_page_on_standard_output(harvest: Harvest, kept: Books, tmp_path: Path) -> None:
    ended = harvest("status", "--html", "-")
    assert ended.stdout.startswith("<!doctype html>\n")
    assert ended.stdout.endswith("</html>\n")
    assert (harvest("status", "--html", "-", "--json").status, (tmp_path / "-").exists()) == (2, False)
    both = harvest("status", "--json", "--html", str(tmp_path / "status.html"))
    assert json.loads(both.stdout)["complete"] is True
    assert (tmp_path / "status.html").exists()


def test_no_other_file_is_written_over(harvest: Harvest, kept: Books, tmp_path: Path) -> None:
    mine = tmp_path / "mine.html"
    mine.write_text("<!doctype html>\n<html lang='ko'>mine", encoding="utf-8")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for html, said in (
        (mine, "is there already, and is no page of this verb"),
        (kept.path, "is there already, and is no page of this verb"),
        (tmp_path, "is a folder: name a file"),
        (tmp_path / "none/status.html", "there is no folder"),
        (pipe, "is no file: name one, or - for standard output"),
    ):
        ended = harvest("status", "--html", str(html))
        assert (ended.status, said in ended.last_line, "--html" in ended.last_line) == (2, True, True), ended.last_line
    assert mine.read_text(encoding="utf-8").endswith("mine")


def test_a_page_that_cannot_be_written_is_a_failure(
    harvest: Harvest, kept: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: object) -> None:
        raise OSError(28, "No space left on device")

    page = tmp_path / "status.html"
    harvest("status", "--html", str(page))
    before = page.read_text(encoding="utf-8")
    monkeypatch.setattr("harvester.exports.output.os.fsync", refused)
    ended = harvest("status", "--html", str(page))
    assert (ended.status, "status.html cannot be written: No space left on device" in ended.last_line) == (1, True)
    assert page.read_text(encoding="utf-8") == before


def test_where_there_is_nothing_to_tell_the_page_says_so(harvest: Harvest, tmp_path: Path) -> None:
    page = tmp_path / "status.html"
    ended = harvest("status", "--html", str(page))
    assert ended.status == 1
    told = page.read_text(encoding="utf-8")
    assert "상태를 알 수 없습니다" in told
    assert "there is no database at" in told
    (tmp_path / "briefings.db").write_text("not a database, certainly not" * 10)
    assert harvest("status", "--html", str(page)).status == 1
    assert "cannot be read" in page.read_text(encoding="utf-8")


def test_a_database_under_a_filter_nobody_asked_for(harvest: Harvest, kept: Books) -> None:
    ended = harvest("status", "--since", DAY.isoformat(), "--query", "없는말")
    assert (ended.status, "there are days of: press-release" in ended.last_line) == (1, True)


@pytest.mark.parametrize("content", [None, b"", b"no database" * 500])
def test_a_machine_is_told_that_there_is_nothing_to_tell_of(
    harvest: Harvest, tmp_path: Path, content: bytes | None
) -> None:
    database = tmp_path / "none.db"
    if content is not None:
        database.write_bytes(content)
    ended = harvest("status", "--json", "--db", str(database))
    assert ended.status == 1
    assert ended.json | {"reason": ""} == {
        "database": str(database),
        "verdict": "failure",
        "exit_status": 1,
        "reason": "",
    }
    assert ended.json["reason"] in ended.last_line


def test_a_machine_is_told_of_a_board_without_days(harvest: Harvest, kept: Books) -> None:
    ended = harvest("status", "--json", "--board", "speech")
    assert (ended.status, ended.json["verdict"], ended.json["exit_status"]) == (1, "failure", 1)
    assert "there are days of: press-release" in ended.json["reason"]
    assert ended.json["database"] == str(kept.path)
