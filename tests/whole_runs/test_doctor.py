"""`harvest doctor`: is anything the matter with this machine, the database or the site?"""

import os
import re
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from harvester.boards import BOARDS
from harvester.clock import korean_today
from harvester.demo import KST, Clock, Corpus, Fault, MiniSite
from harvester.demo.esg_board import EsgBoard
from harvester.demo.server import Answer, Reading

from .conftest import Ended, Harvester

# The doctor looks at the last year, whichever that is.
SINCE = korean_today() - timedelta(days=9)
UNTIL = SINCE + timedelta(days=2)


class Site(MiniSite):
    """A site whose clock may be wrong, as far as its answers tell."""

    date: str | None = None

    def read(self, method: str, path: str, form: Mapping[str, str]) -> Reading:
        reading = super().read(method, path, form)

        def answer(fault: Fault | None) -> Answer:
            said = reading.answer(fault)
            return replace(said, headers={**said.headers, "Date": self.date}) if self.date else said

        return Reading(reading.asked, answer)


@pytest.fixture
def corpus() -> Corpus:
    return Corpus.generated(since=SINCE, until=UNTIL, per_day=5, seed=1, boards=list(BOARDS))


@pytest.fixture
def site(corpus: Corpus) -> Iterator[Site]:
    noon = datetime.combine(korean_today(), datetime.min.time(), tzinfo=KST) + timedelta(hours=12)
    with Site(corpus, clock=Clock(noon)) as running:
        yield running


@pytest.fixture
def harvest(site: Site, tmp_path: Path) -> Harvester:
    return Harvester(site, tmp_path / "data", {"HARVEST_CONTACT": "mailto:somebody@example.org"})


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a crawl of three days leaves behind: the same for every test, and so made once."""
    data = tmp_path_factory.mktemp("crawled") / "data"
    corpus = Corpus.generated(since=SINCE, until=UNTIL, per_day=5, seed=1, boards=list(BOARDS))
    with MiniSite(corpus) as site:
        assert Harvester(site, data).crawl(since=SINCE, until=UNTIL).status == 0
    return data


@pytest.fixture
def filled(harvest: Harvester, crawled: Path) -> Harvester:
    harvest.data.mkdir()
    for file in crawled.iterdir():
        if file.is_file():
            (harvest.data / file.name).write_bytes(file.read_bytes())
    return harvest


def found(ended: Ended) -> dict[str, dict[str, Any]]:
    """The findings by area and name."""
    return {f"{each['area']} {each['name']}": each for each in ended.json["findings"]}


def everything_in(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(folder.rglob("*"))}


def write(harvest: Harvester, *statements: str) -> None:
    with closing(sqlite3.connect(harvest.database)) as db:
        for statement in statements:
            db.execute(statement)
            db.commit()


# All is well


def test_where_all_is_well_it_costs_a_request_a_page_kind_and_writes_nothing(filled: Harvester) -> None:
    before = everything_in(filled.data)
    ended = filled("doctor")
    assert ended.status == 0, ended.stdout + ended.stderr
    assert re.fullmatch(r"harvest: complete \(exit 0\): \d+ things looked at, all as they should be.*", ended.last_line)
    asked = Counter(seen.kind for seen in filled.site.requests)
    assert (asked.pop("robots"), asked.pop("listing"), asked.pop("release")) == (1, len(BOARDS), len(BOARDS))
    assert asked == {"file": 1, "viewer": 1}
    assert everything_in(filled.data) == before
    for area in ("This machine", "The database", "The site"):
        assert f"\n{area}\n" in f"\n{ended.stdout}"
    for line in (
        "ok     pages: sound",
        f"ok     days press-release: {SINCE} … {UNTIL}: complete",
        "ok     clock: the site's clock and ours agree",
        "ok     press-release viewer: a page of the viewer, ",
    ):
        assert line in ended.stdout
    assert re.search(r"ok     archive: .*, with the pages of all 15 releases and posts", ended.stdout)


def test_before_the_first_crawl_a_missing_database_is_only_noted(harvest: Harvester) -> None:
    ended = harvest("doctor", "--json")
    assert ended.status == 0, ended.stderr
    assert ended.json["verdict"] == "complete"
    file = found(ended)["database file"]
    assert (file["mark"], file["stops_runs"]) == ("note", False)
    assert "harvest crawl" in file["todo"]
    assert not harvest.data.exists()


def test_only_what_is_asked_for_is_looked_at(filled: Harvester) -> None:
    told = found(filled("doctor", "--only", "machine", "--only", "database", "--thorough", "--json"))
    assert {name.split()[0] for name in told} == {"machine", "database"}
    assert told["database pages"]["says"] == "sound, and every index agrees"
    assert filled.site.requests == []
    told = found(filled("doctor", "--only", "site", "--board", "cabinet", "--json"))
    assert list(told)[-2:] == ["site cabinet list", "site cabinet page"] or "site cabinet file" in told
    assert {name.split()[0] for name in told} == {"site"}


# The site


def test_a_redesigned_board_is_named_and_its_page_kept(harvest: Harvester) -> None:
    harvest.site.faults = [Fault("redesign", tries=None, boards=frozenset({"speech"}))]
    ended = harvest("doctor")
    assert ended.status == 3
    assert "site speech list" in ended.last_line
    assert "WRONG  speech list: not a listing" in ended.stdout
    assert "ok     press-release page: newsId" in ended.stdout
    kept = harvest.data / "doctor" / "speech-list.html"
    assert str(kept) in ended.stdout
    assert b"grid_v6" in kept.read_bytes()


def test_a_site_that_is_in_trouble_is_a_failure_and_the_rest_is_told(filled: Harvester) -> None:
    filled.site.faults = [Fault("503", tries=None)]
    ended = filled("doctor")
    assert ended.status == 1
    assert "no run can work until this is put right: site robots.txt" in ended.last_line
    assert "robots.txt could not be read" in ended.last_line
    assert "ok     pages: sound" in ended.stdout
    assert {seen.kind for seen in filled.site.requests} == {"robots"}, "nothing else is asked then"
    assert "allows our pages" not in ended.stdout


def test_without_a_network_it_is_soon_done(filled: Harvester) -> None:
    filled.site.stop()
    began = time.monotonic()
    ended = filled("doctor")
    assert ended.status == 1
    assert re.search(r"WRONG  robots.txt of .*: robots.txt could not be read", ended.stdout)
    assert "ok     pages: sound" in ended.stdout
    assert time.monotonic() - began < 60


def test_a_site_that_forbids_our_pages_is_left_alone(harvest: Harvester) -> None:
    harvest.site.robots = "User-agent: *\nDisallow: /briefing/\nDisallow: /news/\n"
    ended = harvest("doctor", "--only", "site", "--json")
    assert ended.status == 1
    robots = found(ended)[f"site robots.txt of {harvest.site.url.removeprefix('http://')}"]
    assert robots["mark"] == "wrong"
    assert "/briefing/pressReleaseList.do" in robots["says"]
    assert "ask the site's people" in robots["todo"]
    assert {seen.kind for seen in harvest.site.requests} == {"robots"}


def test_a_site_that_asks_for_more_time_between_requests(harvest: Harvester) -> None:
    harvest.site.robots = "User-agent: *\nAllow: /\nCrawl-delay: 5\n"
    ended = harvest("doctor", "--only", "site", "--board", "cabinet")
    assert ended.status == 3
    assert "asks for 5 seconds between two\n         → crawl with --rate 0.2" in ended.stdout


@pytest.mark.parametrize(("hours", "mark", "way"), [(-26, "wrong", "26 hours ahead of"), (24 * 40, "wrong", "40 days")])
def test_a_clock_that_is_wrong(harvest: Harvester, hours: int, mark: str, way: str) -> None:
    moment = datetime.now(KST) + timedelta(hours=hours)
    site = harvest.site
    assert isinstance(site, Site)
    site.date = moment.astimezone(tz=None).strftime("%a, %d %b %Y %H:%M:%S ") + moment.astimezone().strftime("%z")
    ended = harvest("doctor", "--only", "site", "--board", "cabinet", "--json")
    assert ended.status == 3
    clock = found(ended)["site clock"]
    assert clock["mark"] == mark
    assert way in clock["says"]
    assert "set-ntp" in clock["todo"]


def test_a_file_that_is_spoiled_is_told_of(harvest: Harvester) -> None:
    harvest.site.faults = [Fault("error-page", tries=None, where="file")]
    ended = harvest("doctor", "--only", "site", "--json")
    assert ended.status == 3
    assert found(ended)["site press-release file"]["mark"] == "wrong"


def test_the_esg_board_is_looked_at_where_it_is_named(harvest: Harvester, corpus: Corpus) -> None:
    board = EsgBoard.reposting(corpus, since=SINCE, until=UNTIL, a_day=3, seed=2)
    harvest.site.beside = board
    ended = harvest("doctor", "--only", "site", "--board", "esg-board", "--board", "cabinet", "--json")
    assert ended.status == 0, ended.stdout
    told = found(ended)
    assert "posts a page" in told["site esg-board list"]["says"]
    assert told["site esg-board page"]["says"].startswith("post ")
    assert Counter(seen.kind for seen in harvest.site.requests)["post"] == 1
    harvest.site.faults = [Fault("redesign", tries=None, where="board")]
    ended = harvest("doctor", "--only", "site", "--board", "esg-board", "--board", "cabinet")
    assert ended.status == 3
    assert "site esg-board list" in ended.last_line
    assert (harvest.data / "doctor" / "esg-board-list.html").exists()


def test_stopped_by_a_signal_it_tells_what_it_saw(harvest: Harvester) -> None:
    harvest.site.faults = [Fault("stall", tries=None, where="list", boards=frozenset({"speech"}), seconds=60)]
    process = harvest.start("doctor")
    until = time.monotonic() + 60
    while not any(seen.board == "speech" for seen in harvest.site.requests) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 3
    assert stderr.strip().splitlines()[-1].startswith("harvest: interrupted (exit 3): stopped before all of ")
    assert "ok     press-release list" in stdout


# The database


def damage(path: Path, table: str) -> None:
    """Spoil the first page of a table, as a failing disk does."""
    with closing(sqlite3.connect(path)) as db:
        [(root,)] = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", [table])
        [(size,)] = db.execute("PRAGMA page_size")
    with path.open("rb+") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)


def test_a_damaged_database_is_said_to_be_with_the_way_back(filled: Harvester) -> None:
    damage(filled.database, "revisions")
    before = everything_in(filled.data)
    ended = filled("doctor", "--only", "database", "--json")
    assert ended.status == 1
    told = found(ended)
    assert told["database pages"]["mark"] == "wrong"
    assert "the file is damaged" in told["database pages"]["says"]
    assert "archive" in told["database pages"]["todo"]
    assert "no run can work until this is put right: database pages" in ended.last_line
    assert told["database days press-release"]["mark"] == "ok", "what can be told is told"
    assert everything_in(filled.data) == before


def test_a_file_that_is_no_database_any_more(filled: Harvester) -> None:
    filled.database.write_bytes(b"no database at all" * 1000)
    ended = filled("doctor", "--only", "database")
    assert ended.status == 1
    assert "WRONG  file: " in ended.stdout
    assert "not a database" in ended.last_line


def test_a_database_of_a_newer_version(filled: Harvester) -> None:
    write(filled, "UPDATE _sqlite_migrations SET name = 'm999_later' WHERE name LIKE 'm004%'")
    ended = filled("doctor", "--only", "database")
    assert ended.status == 1
    assert "was written by a newer version of the harvester (m999_later)\n         → update this one" in ended.stdout


def test_gaps_are_named_with_the_command_that_closes_them(filled: Harvester) -> None:
    write(
        filled,
        "INSERT INTO days (board, day, filter, state, checked_at, run_id)"
        " SELECT board, '2019-03-01', filter, state, checked_at, run_id FROM days LIMIT 1",
        f"UPDATE days SET state = 'partial', reason = 'the listing kept moving' WHERE day = '{UNTIL}'",
    )
    ended = filled("doctor", "--only", "database", "--json")
    assert ended.status == 3
    days = found(ended)["database days press-release"]
    assert days["mark"] == "look"
    assert f"2019-03-02 … {SINCE - timedelta(days=1)} never asked for" in days["says"]
    assert f"{UNTIL} partial: the listing kept moving" in days["says"]
    assert f"harvest backfill --board press-release --since 2019-03-02 --until {UNTIL}" in days["todo"]


def test_a_crawl_that_nobody_starts_any_more(filled: Harvester) -> None:
    write(
        filled,
        "UPDATE days SET checked_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-3 days')",
        "UPDATE days SET glanced_at = NULL",
    )
    ended = filled("doctor", "--only", "database")
    assert ended.status == 0, "it was filled once, and nobody expects more"
    assert "fresh press-release" not in ended.stdout
    write(filled, "UPDATE runs SET arguments = json_set(arguments, '$.until', date(started_at, '+1 day'))")
    ended = filled("doctor", "--only", "database")
    assert ended.status == 3
    known_until = filled("status", "--json").json["known_until"]
    assert f"LOOK   fresh press-release: what was published since {known_until} is not in it" in ended.stdout


def test_a_run_that_was_killed_and_one_that_is_under_way(filled: Harvester) -> None:
    write(
        filled,
        "INSERT INTO runs (verb, arguments, days_asked, started_at, version)"
        " SELECT verb, json_set(arguments, '$.until', '2025-02-01'), 3, '2025-03-01T01:02:03Z', version FROM runs",
    )
    ended = filled("doctor", "--only", "database")
    assert ended.status == 3
    assert "LOOK   runs: the crawl of 2025-03-01T01:02:03Z was killed" in ended.stdout
    with FileLock(filled.database.with_name("briefings.db.lock")), closing(sqlite3.connect(filled.database)) as run:
        run.execute("BEGIN IMMEDIATE")
        run.execute("UPDATE runs SET requests = 7")
        ended = filled("doctor", "--only", "machine", "--only", "database")
        assert ended.status == 0, ended.stdout
        assert "ok     runs: a crawl is under way since 2025-03-01T01:02:03Z" in ended.stdout
        assert "ok     lock: a run is under way" in ended.stdout


def test_failing_runs_and_a_clock_that_was_ahead(filled: Harvester) -> None:
    write(
        filled,
        "UPDATE runs SET verdict = 'failure', reason = 'the site gives no page at all'",
        "UPDATE runs SET started_at = '2999-01-01T00:00:00Z', finished_at = '2999-01-01T00:01:00Z'",
    )
    told = found(filled("doctor", "--only", "database", "--json"))
    assert "the last run of press-release failed" in told["database runs"]["says"]
    assert "the site gives no page at all" in told["database runs"]["says"]
    assert told["database clock"]["mark"] == "wrong"
    assert "2999-01-01" in told["database clock"]["says"]


def test_a_clock_that_was_ahead_once_is_the_same_to_the_doctor_and_to_status(filled: Harvester) -> None:
    write(
        filled,
        "INSERT INTO runs (verb, arguments, days_asked, started_at, finished_at, verdict, version)"
        " SELECT verb, arguments, 1, '2999-01-01T00:00:00Z', '2999-01-01T00:01:00Z', verdict, version FROM runs",
        "INSERT INTO runs (verb, arguments, days_asked, started_at, finished_at, verdict, version)"
        " SELECT verb, arguments, 1, started_at, finished_at, verdict, version FROM runs WHERE id = 1",
        "INSERT INTO days (board, day, filter, state, checked_at, run_id)"
        " SELECT board, '2999-01-01', filter, state, '2999-01-01T00:00:30Z', 2 FROM days LIMIT 1",
    )
    ended = filled("doctor", "--only", "database", "--json")
    told = found(ended)
    assert (ended.status, told["database clock"]["mark"]) == (0, "note")
    assert told["database days press-release"]["says"] == f"{SINCE} … {UNTIL}: complete"
    ended = filled("status")
    assert ended.status == 0, ended.last_line
    assert "a run noted 2999-01-01 09:01 Korean time" in ended.stdout


def test_an_archive_that_is_not_there_or_not_this_databases(filled: Harvester) -> None:
    archive = filled.data / "archive-briefings.db"
    with closing(sqlite3.connect(archive)) as db:
        [(gone,)] = db.execute("SELECT news_id FROM exchanges WHERE kind = 'release' LIMIT 1")
        db.execute("UPDATE exchanges SET news_id = NULL WHERE news_id = ?", [gone])
        db.commit()
    ended = filled("doctor", "--only", "database")
    assert ended.status == 3
    assert f"lacks the pages of 1 of 15 releases and posts: {gone}" in ended.stdout
    damage(archive, "exchanges")
    ended = filled("doctor", "--only", "database")
    assert ended.status == 1
    assert "docs/archive.md" in ended.stdout
    archive.unlink()
    ended = filled("doctor", "--only", "database")
    assert ended.status == 3
    assert "archive-briefings.db is gone: 15 releases" in ended.stdout


def test_what_another_program_has_done_to_the_file(filled: Harvester) -> None:
    write(filled, "DELETE FROM runs", "DELETE FROM search_index", "PRAGMA journal_mode = DELETE")
    ended = filled("doctor", "--only", "database", "--json")
    assert ended.status == 3
    told = found(ended)
    assert told["database references"]["mark"] == "look"
    assert told["database search index"]["todo"] == "`harvest reindex`"
    assert told["database log"]["mark"] == "note"


def test_what_runs_noticed_is_told_until_it_is_over(filled: Harvester) -> None:
    write(
        filled,
        "INSERT INTO findings (key, board, kind, about, says, todo, evidence, since, last_seen, run_id)"
        " SELECT 'drift/press-release/ministry', 'press-release', 'field', 'ministry', 'no release has a ministry',"
        " 'look at a page', 'drift/1.html', '2025-03-01T00:00:00Z', '2025-03-02T00:00:00Z', max(id) FROM runs",
    )
    ended = filled("doctor", "--only", "database", "--json")
    assert ended.status == 3
    noticed = found(ended)["database drift drift/press-release/ministry"]
    assert "no release has a ministry (since 2025-03-01T00:00:00Z; see drift/1.html)" in noticed["says"]
    assert noticed["todo"] == "look at a page"
    write(filled, "UPDATE findings SET ended_at = '2025-03-03T00:00:00Z'")
    assert filled("doctor", "--only", "database").status == 0


def test_a_database_of_an_older_version_is_read_as_it_is(filled: Harvester) -> None:
    write(
        filled,
        "DELETE FROM _sqlite_migrations WHERE name LIKE 'm005%' OR name LIKE 'm006%'",
        "ALTER TABLE days DROP COLUMN glanced_at",
        "DROP TABLE findings",
    )
    before = everything_in(filled.data)
    ended = filled("doctor", "--only", "database")
    assert ended.status == 0, ended.stdout
    assert "note   schema: of an older version: 2 changes to its tables are to come" in ended.stdout
    assert f"ok     days press-release: {SINCE} … {UNTIL}: complete" in ended.stdout
    assert everything_in(filled.data) == before


# The machine


def test_a_folder_that_cannot_be_written_to(filled: Harvester) -> None:
    if os.geteuid() == 0:
        # Nothing is forbidden to root but a disk that is read-only for all.
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", filled.data], check=False, capture_output=True
        )
        if mounted.returncode:
            pytest.skip("no right to mount")
    else:
        filled.data.chmod(0o555)
    try:
        ended = filled("doctor", "--only", "machine")
    finally:
        if os.geteuid() == 0:
            subprocess.run(["umount", filled.data], check=True)
        else:
            filled.data.chmod(0o755)
    assert ended.status == 1
    assert "WRONG  folder: " in ended.stdout
    assert "machine folder" in ended.last_line


def test_a_disk_that_is_almost_full(filled: Harvester) -> None:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", filled.data], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no right to mount")
    try:
        ended = filled("doctor", "--only", "machine")
    finally:
        subprocess.run(["umount", filled.data], check=True)
    assert ended.status == 1
    assert "WRONG  disk: " in ended.stdout
    assert "→ make room" in ended.stdout
    assert "note   file system: " in ended.stdout, "in memory, too"


def test_wrong_usage(harvest: Harvester) -> None:
    assert harvest("doctor", "--only", "disk").status == 2
    assert harvest("doctor", "--site", "https://www.korea.kr", "--rate", "0").status == 2
    assert harvest.site.requests == []
