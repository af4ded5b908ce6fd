"""The hard cases, each of them real: a full disk, somebody's lock, a closed terminal, a damaged file, a wrong clock.

Whatever happens: the exit status, the last line, the run's row, the ledger and what is stored say the same, and the
next run after the trouble finishes the rest.
"""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from harvester.demo import Fault, MiniSite
from harvester.lock import Holder, lock, write
from harvester.store import archive_path

from .conftest import SINCE, UNTIL, Ended, Harvester, assert_equals_the_site

RANGE = ("--since", SINCE.isoformat(), "--until", UNTIL.isoformat())
ROOM = 48 * 1024 * 1024
"""Bytes of the small disk: room for all that is stored here, and for the reserve."""


def patched(harvest: Harvester, code: str, *arguments: str) -> subprocess.Popen[str]:
    """A run in which something was changed before it began, as another machine would have it."""
    command, environment = harvest.command(*arguments)
    program = f"from harvester.cli import main\n{code}\nmain()"
    command = [command[0], "-c", program, *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def end(process: subprocess.Popen[str], timeout: float = 60) -> Ended:
    try:
        stdout, stderr = process.communicate(timeout=timeout)
    finally:
        process.kill()
    return Ended(process.returncode, stdout, stderr)


def assert_one_word(harvest: Harvester, ended: Ended, run: int = 1) -> None:
    """The last line, the exit status, the run's row and the ledger do not contradict each other."""
    [row] = harvest.rows(f"SELECT * FROM runs WHERE id = {run}")
    assert ended.last_line.startswith(f"harvest: {row['verdict']} (exit {ended.status}): "), ended.stderr
    assert row["exit_status"] == ended.status
    assert row["reason"] in ended.last_line
    assert row["new"] == len(harvest.ids(f"run_id = {run}"))
    for day in harvest.rows(f"SELECT * FROM days WHERE run_id = {run} AND state = 'complete'"):
        assert len(harvest.ids(f"published_on = '{day['day']}'")) == day["stored"] == day["declared"]


def assert_sound(harvest: Harvester) -> None:
    for path in (harvest.database, archive_path(harvest.database)):
        with contextlib.closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def wait_for(what: Callable[[], object], process: subprocess.Popen[str]) -> None:
    while not what():
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.005)


# A full disk


@pytest.fixture
def small_disk(harvest: Harvester, tmp_path: Path) -> Iterator[Path]:
    """A file system of its own for the data, which is soon full."""
    place = tmp_path / "disk"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(place)]
    try:
        made = subprocess.run(mounting, capture_output=True, check=False)
    except OSError:
        pytest.skip("nothing can be mounted here")
    if made.returncode:
        pytest.skip("nobody but root can mount a file system; the limit on the size of files is tested everywhere")
    harvest.data = place / "data"
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


def fill(place: Path, leave: int) -> Path:
    """Fill a disk but for so many bytes; the file that does it."""
    filler = place / "filler"
    with filler.open("ab") as file, contextlib.suppress(OSError):
        while (free := shutil.disk_usage(place).free - leave) > 0:
            file.write(bytes(min(free, 2**20)))
            file.flush()
    return filler


@pytest.mark.parametrize("leave", [24 * 2**20, 0], ids=["nearly full", "to the last byte"])
@pytest.mark.parametrize("attachments", ["text", "all"])
def test_a_disk_that_fills_up(
    harvest: Harvester, site: MiniSite, small_disk: Path, leave: int, attachments: str
) -> None:
    site.faults = [Fault("slow", share=1.0, tries=None, where="view", seconds=0.05)]
    running = harvest.start("backfill", *RANGE, "--attachments", attachments)
    wait_for(lambda: len(harvest.pages_asked_for()) > 20, running)
    filler = fill(small_disk, leave)
    asked = len(harvest.pages_asked_for())
    ended = end(running)
    assert ended.status in (1, 3), ended.stderr
    assert "the disk is full" in ended.last_line
    assert str(harvest.data) in ended.last_line
    assert len(harvest.pages_asked_for()) < asked + 40, "what cannot be stored is not asked for"
    assert "Traceback" not in ended.stderr.splitlines()[-2]
    stored = harvest.ids()

    site.clear_log()
    refused = harvest("backfill", *RANGE)
    assert refused.status == 1
    assert "the disk is full" in refused.last_line
    assert site.requests == []

    filler.unlink()
    site.faults = []
    healed = harvest("backfill", *RANGE, "--attachments", attachments)
    assert healed.status == 0, healed.stderr
    assert_one_word(harvest, ended)
    assert stored <= harvest.ids()
    assert not stored & set(harvest.pages_asked_for()) or attachments == "all"
    assert_sound(harvest)
    assert_equals_the_site(harvest)


@pytest.mark.parametrize("free", [0, 100 * 1024, 2**20])
def test_a_disk_that_is_full_from_the_start(harvest: Harvester, site: MiniSite, small_disk: Path, free: int) -> None:
    filler = fill(small_disk, free)
    ended = harvest("backfill", *RANGE)
    assert ended.status == 1
    assert "the disk is full" in ended.last_line, ended.stderr
    assert site.requests == []
    filler.unlink()
    assert harvest("backfill", *RANGE).status == 0
    assert_equals_the_site(harvest)


@pytest.mark.parametrize("size", [400_000, 900_000])
def test_a_limit_on_the_size_of_files(harvest: Harvester, site: MiniSite, size: int) -> None:
    """Where nothing can be mounted the disk still can be made to refuse."""
    limit = f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))"
    ended = end(patched(harvest, limit, "backfill", *RANGE))
    assert ended.status in (1, 3), ended.stderr
    assert "the disk does not take it" in ended.last_line
    assert len(harvest.pages_asked_for()) < len(site.corpus)
    assert harvest("backfill", *RANGE).status == 0
    if len(harvest.rows("SELECT id FROM runs")) > 1:
        assert_one_word(harvest, ended)
    assert_sound(harvest)
    assert_equals_the_site(harvest)


def test_a_replay_that_does_not_fit_ends_and_the_next_one_does_the_rest(harvest: Harvester) -> None:
    harvest.backfill()
    for path in harvest.data.glob("briefings.db*"):
        path.unlink()
    limit = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))"
    ended = end(patched(harvest, limit, "replay"))
    assert ended.status in (1, 3), ended.stderr
    assert "the disk does not take it" in ended.last_line
    assert harvest("replay").status == 0
    assert [row["verdict"] for row in harvest.rows("SELECT verdict FROM runs")][-1] == "complete"
    assert_sound(harvest)


def test_a_log_on_a_full_disk_changes_no_exit_status(harvest: Harvester) -> None:
    command, environment = harvest.command("backfill", *RANGE)
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, env=environment, stderr=full, stdout=subprocess.PIPE, timeout=60, check=False)
    assert done.returncode == 0
    assert [row["exit_status"] for row in harvest.rows("SELECT exit_status FROM runs")] == [0]


def test_a_run_that_cannot_begin_is_the_last_run(harvest: Harvester, small_disk: Path) -> None:
    """The run before it ended well, and whoever looks must not take that for how things are."""
    harvest.backfill(since=UNTIL)
    filler = fill(small_disk, 20 * 2**20)
    for _ in range(2):
        assert harvest.crawl().status == 1
    assert_said_to_have_failed(harvest, "the disk is full")
    assert "no more fits on the disk" in harvest("doctor", "--only", "database").stdout
    filler.unlink()
    assert harvest.crawl().status == 0
    rows = harvest.rows("SELECT verdict, exit_status, reason, finished_at FROM runs")
    assert [row["verdict"] for row in rows] == ["complete", "failure", "complete"]
    assert (rows[1]["exit_status"], "the disk is full" in rows[1]["reason"]) == (1, True)
    assert "failure" not in harvest("status").last_line


def test_a_disk_without_room_for_files(harvest: Harvester, site: MiniSite, small_disk: Path) -> None:
    harvest.backfill(since=UNTIL)
    site.clear_log()
    # What is there already, and one more.
    there = sum(1 for _ in small_disk.rglob("*")) + 1
    subprocess.run(["mount", "-o", f"remount,nr_inodes={there + 1}", str(small_disk)], check=True)
    ended = harvest("backfill", *RANGE)
    assert ended.status == 1
    assert "the disk is full: no more files can be made" in ended.last_line
    assert site.requests == []
    looked = harvest("doctor", "--only", "machine")
    assert looked.status == 1
    assert "more files in" in looked.last_line
    subprocess.run(["mount", "-o", "remount,nr_inodes=1000", str(small_disk)], check=True)
    assert harvest("backfill", *RANGE).status == 0
    assert_equals_the_site(harvest)


def assert_said_to_have_failed(harvest: Harvester, why: str) -> None:
    """By all that tell of the last run."""
    said = harvest("status")
    assert said.status == 0, "what is stored is as complete as it was"
    assert "the last run: failure (exit 1)" in said.last_line
    page = harvest.data / "status.html"
    assert json.loads(harvest("status", "--json", "--html", str(page)).stdout)["runs"][0]["verdict"] == "failure"
    assert why in page.read_text(encoding="utf-8")
    looked = harvest("doctor", "--only", "database")
    assert "the last run of press-release failed" in looked.stdout


# Somebody else's lock

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def held_by_another(database: Path) -> Iterator[subprocess.Popen[str]]:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(database)], text=True, **pipes)  # type: ignore[call-overload]
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_database_locked_for_a_while_is_waited_for(harvest: Harvester, site: MiniSite) -> None:
    harvest.backfill(since=UNTIL)
    running = harvest.start("backfill", *RANGE)
    wait_for(lambda: len(harvest.rows("SELECT id FROM runs")) > 1, running)
    with held_by_another(harvest.database) as holder:
        assert running.stderr is not None
        for line in running.stderr:
            if "waiting" in line:
                assert f"process {holder.pid}" in line or not Path("/proc/locks").exists()
                break
        else:
            raise AssertionError("it did not say that it waits")
    assert end(running).status == 0
    assert_equals_the_site(harvest)


def test_a_database_locked_for_good_ends_the_run_and_says_by_whom(harvest: Harvester, site: MiniSite) -> None:
    harvest.backfill(since=UNTIL)
    running = patched(harvest, "import harvester.store.faults as f\nf.PATIENCE = 0.5", "backfill", *RANGE)
    wait_for(lambda: len(harvest.rows("SELECT id FROM runs")) > 1, running)
    with held_by_another(harvest.database) as holder:
        ended = end(running)
        assert ended.status in (1, 3), ended.stderr
        assert "locked by another program" in ended.last_line
        assert f"process {holder.pid}" in ended.last_line or not Path("/proc/locks").exists()
    site.clear_log()
    assert harvest("backfill", *RANGE).status == 0
    assert_one_word(harvest, ended, run=2)
    assert_equals_the_site(harvest)


def test_a_signal_is_heard_while_another_program_holds_the_database(harvest: Harvester) -> None:
    harvest.backfill(since=UNTIL)
    running = harvest.start("backfill", *RANGE)
    wait_for(lambda: len(harvest.rows("SELECT id FROM runs")) > 1, running)
    with held_by_another(harvest.database):
        assert running.stderr is not None
        assert any("waiting" in line for line in running.stderr)
        running.send_signal(signal.SIGTERM)
        ended = end(running, timeout=20)
    assert ended.status in (1, 3)
    assert harvest("backfill", *RANGE).status == 0
    assert_one_word(harvest, ended, run=2)
    assert_equals_the_site(harvest)


def test_who_reads_waits_for_seconds_only_and_can_be_stopped(harvest: Harvester) -> None:
    harvest.backfill(since=UNTIL)
    with contextlib.closing(sqlite3.connect(harvest.database, isolation_level=None)) as alone:
        alone.execute("PRAGMA locking_mode = EXCLUSIVE")
        alone.execute("BEGIN EXCLUSIVE")
        alone.execute("COMMIT")
        stopped = patched(harvest, "import harvester.store.faults as f\nf.READERS_PATIENCE = 60", "status")
        time.sleep(3)
        stopped.send_signal(signal.SIGINT)
        ended = harvest("status", timeout=30)
        assert ended.status == 1
        assert "locked by another program" in ended.last_line
        assert end(stopped, timeout=5).status == 3
    assert harvest("status").status == 0


def test_a_reader_for_minutes_disturbs_nobody(harvest: Harvester) -> None:
    harvest.backfill(since=UNTIL)
    with contextlib.closing(sqlite3.connect(harvest.database, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        before = reader.execute("SELECT count(*) FROM briefings").fetchone()
        assert harvest("backfill", *RANGE).status == 0
        assert reader.execute("SELECT count(*) FROM briefings").fetchone() == before
    assert_equals_the_site(harvest)


# A file that may only be read


def test_a_disk_that_is_read_only(harvest: Harvester, site: MiniSite, small_disk: Path) -> None:
    harvest.backfill(since=UNTIL)
    site.clear_log()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    ended = harvest("backfill", *RANGE)
    assert ended.status == 1
    assert "ead-only" in ended.last_line
    assert site.requests == []
    assert harvest("status").status == 0
    assert harvest("search", "정책").status in (0, 1)


def test_a_file_that_is_read_only(harvest: Harvester, site: MiniSite) -> None:
    harvest.backfill(since=UNTIL)
    site.clear_log()
    harvest.database.chmod(0o444)
    locking = ["chattr", "+i", str(harvest.database)]
    # Root may write it all the same, but for this.
    if os.access(harvest.database, os.W_OK) and subprocess.run(locking, capture_output=True, check=False).returncode:
        pytest.skip("root may write every file here")
    try:
        ended = harvest("backfill", *RANGE)
        assert ended.status == 1
        assert "read-only" in ended.last_line
        assert site.requests == []
    finally:
        subprocess.run(["chattr", "-i", str(harvest.database)], capture_output=True, check=False)
        harvest.database.chmod(0o644)
    assert harvest("backfill", *RANGE).status == 0
    assert_equals_the_site(harvest)


# A clock that was wrong

AHEAD = """
import harvester.clock as clock
from datetime import datetime as real, timedelta
class Ahead(real):
    @classmethod
    def now(cls, zone=None):
        return real.now(zone) + timedelta(days=500)
clock.datetime = Ahead
"""


def test_what_a_clock_said_that_was_ahead_is_not_believed(harvest: Harvester, site: MiniSite) -> None:
    """Its days look checked late and settled; set back, all of them are walked again, and the note is given once."""
    assert end(patched(harvest, AHEAD, "backfill", *RANGE)).status == 0
    with contextlib.closing(sqlite3.connect(harvest.database)) as connection:
        connection.execute("UPDATE days SET settled_at = checked_at, quiet = 2")
        connection.commit()
    site.clear_log()
    ended = harvest("backfill", *RANGE)
    assert ended.status == 0
    assert "one of them is wrong" in ended.stderr
    assert harvest.listings_asked_for() >= 3, "nothing follows from a time that is still to come"
    assert harvest.rows("SELECT 1 FROM days WHERE settled_at IS NOT NULL") == []
    assert harvest.pages_asked_for() == []
    assert_equals_the_site(harvest)


def test_an_interruption_in_a_time_to_come_skips_nothing(harvest: Harvester, site: MiniSite) -> None:
    site.faults = [Fault("stall", tries=None, where="list", days=frozenset({SINCE}), seconds=60)]
    running = patched(harvest, AHEAD, "backfill", *RANGE)
    wait_for(lambda: harvest.database.exists() and len(closed_days(harvest)) == 2, running)
    running.kill()
    running.communicate()
    site.faults = []
    site.clear_log()
    assert harvest("backfill", *RANGE).status == 0
    assert {day for seen in site.requests if "List" in seen.path for day in seen.days} == {
        SINCE,
        date(2024, 1, 16),
        UNTIL,
    }
    assert_equals_the_site(harvest)


def closed_days(harvest: Harvester) -> dict[str, str]:
    try:
        return harvest.states()
    except sqlite3.OperationalError:
        return {}


# Signals


@pytest.mark.parametrize("numbers", [[signal.SIGHUP], [signal.SIGTERM], [signal.SIGINT, signal.SIGINT]], ids=str)
def test_stopped_while_the_site_hangs(harvest: Harvester, site: MiniSite, numbers: list[signal.Signals]) -> None:
    site.faults = [Fault("stall", share=0.5, tries=None, where="view", seconds=60)]
    running = harvest.start("backfill", *RANGE)
    wait_for(lambda: len(harvest.pages_asked_for()) >= 8, running)
    for number in numbers:
        running.send_signal(number)
        time.sleep(0.2)
    ended = end(running, timeout=40)
    assert ended.status == 3, ended.stderr
    assert_one_word(harvest, ended)
    assert_sound(harvest)
    stored = harvest.ids()
    site.faults = []
    site.clear_log()
    assert harvest("backfill", *RANGE).status == 0
    assert not stored & set(harvest.pages_asked_for())
    assert_equals_the_site(harvest)


def test_a_reading_verb_that_is_stopped_says_so(harvest: Harvester) -> None:
    harvest.backfill(since=UNTIL)
    hang = "lambda path: print('here', flush=True) or time.sleep(60)"
    waiting = f"import time, harvester.cli.search as verb\nverb.open_to_read = {hang}"
    running = patched(harvest, waiting, "search", "정책")
    assert running.stdout is not None
    assert running.stdout.readline() == "here\n"
    running.send_signal(signal.SIGTERM)
    ended = end(running)
    assert ended.status == 3
    assert ended.last_line.startswith("harvest: interrupted (exit 3)")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=str)
def test_the_exit_status_is_that_of_the_last_line_wherever_the_signal_comes(
    harvest: Harvester, tmp_path: Path, number: signal.Signals
) -> None:
    """In code that Python made of a string, and when the last line is said already."""
    harvest.backfill(since=UNTIL)
    kill = f"import os\nos.kill(os.getpid(), {number:d})"
    inside = f"import harvester.cli.search as verb\nverb.open_to_read = lambda path: exec({kill!r})"
    # As a module: of a command given in the command line Python forgets it.
    (tmp_path / "inside.py").write_text(f"from harvester.cli import main\n{inside}\nmain()", encoding="utf-8")
    command, environment = harvest.command("search", "정책")
    environment["PYTHONPATH"] = os.pathsep.join([str(tmp_path), *sys.path])
    command[2] = "inside"
    running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    ended = end(running)
    assert (ended.status, ended.last_line) == (
        3,
        "harvest: interrupted (exit 3): stopped by a signal before anything was done",
    )
    late = f"import atexit, os\natexit.register(os.kill, os.getpid(), {number:d})"
    ended = end(patched(harvest, late, "status"))
    assert (ended.status, ended.last_line.startswith("harvest: complete (exit 0)")) == (0, True), ended.stderr


# A damaged file


def flip(path: Path, at: int, bytes_: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        found = file.read(bytes_)
        file.seek(at)
        file.write(bytes(each ^ 0x5A for each in found))


def root_of(database: Path, table: str) -> int:
    with contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        [(page,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table]).fetchall()
        [(size,)] = connection.execute("PRAGMA page_size").fetchall()
    return (int(page) - 1) * int(size)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "header": lambda database: flip(database, 0, 100),
    "a table": lambda database: flip(database, root_of(database, "briefings"), 64),
    "the ledger": lambda database: flip(database, root_of(database, "days"), 64),
    "an index": lambda database: flip(database, root_of(database, "briefings_board_published_on"), 64),
    "cut off": lambda database: os.truncate(database, database.stat().st_size - 5000),
    "emptied": lambda database: os.truncate(database, 0),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_database_is_said_left_alone_and_made_again(harvest: Harvester, site: MiniSite, damage: str) -> None:
    """The commands of docs/hard-cases.md bring back every release without one request for its page."""
    harvest.backfill()
    before = {row["news_id"]: row["fingerprint"] for row in harvest.rows("SELECT news_id, fingerprint FROM briefings")}
    DAMAGES[damage](harvest.database)
    site.clear_log()
    for _ in range(2):
        ended = harvest.crawl()
        assert ended.status == 1, ended.stderr
        assert "damaged" in ended.last_line or "has lost all it held" in ended.last_line
        assert "docs/hard-cases.md" in ended.last_line
    assert harvest.pages_asked_for() == [], "nothing is asked for that cannot be kept"
    assert harvest("status").status == 1

    for path in harvest.data.glob("briefings.db*"):
        if path.suffix in (".db", ".db-wal", ".db-shm"):
            path.rename(harvest.data / f"damaged-{path.name}")
    assert harvest("replay").status == 0
    assert harvest("backfill", *RANGE).status == 0
    assert harvest.pages_asked_for() == []
    again = {row["news_id"]: row["fingerprint"] for row in harvest.rows("SELECT news_id, fingerprint FROM briefings")}
    assert again == before
    assert_equals_the_site(harvest)


def test_a_damaged_log_of_a_killed_run_costs_no_more_than_its_end(harvest: Harvester, site: MiniSite) -> None:
    site.faults = [Fault("slow", share=1.0, tries=None, where="view", seconds=0.05)]
    running = harvest.start("backfill", *RANGE)
    wait_for(lambda: len(harvest.pages_asked_for()) >= 30, running)
    running.kill()
    running.communicate()
    log = harvest.database.with_name("briefings.db-wal")
    flip(log, log.stat().st_size // 2, 4096)
    site.faults = []
    assert harvest("backfill", *RANGE).status == 0
    assert_sound(harvest)
    assert_equals_the_site(harvest)


@pytest.mark.parametrize("how", ["damaged", "emptied"])
def test_a_damaged_archive_is_never_written_over(harvest: Harvester, site: MiniSite, how: str) -> None:
    harvest.backfill(since=UNTIL)
    archive = archive_path(harvest.database)
    if how == "damaged":
        flip(archive, 0, 100)
    else:
        os.truncate(archive, 0)
    before = archive.read_bytes()
    site.clear_log()
    ended = harvest.crawl()
    assert ended.status == 1
    assert "archive" in ended.last_line
    assert archive.read_bytes() == before
    assert site.requests == []
    assert_said_to_have_failed(harvest, "archive")
    archive.rename(archive.with_name("aside.db"))
    assert harvest.crawl().status == 0
    assert [row["verdict"] for row in harvest.rows("SELECT verdict FROM runs")] == ["complete", "failure", "complete"]
    assert "failure" not in harvest("status").last_line


def test_damaged_readings_are_made_anew(harvest: Harvester) -> None:
    harvest.backfill(since=UNTIL)
    readings = harvest.data / "readings-briefings.db"
    flip(readings, 0, 100)
    assert "readings are not remembered" in harvest.crawl().stderr
    assert "readings are not remembered" not in harvest.crawl().stderr
    with contextlib.closing(sqlite3.connect(readings)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


# A newer program, and other machines

VERBS = [
    *(["crawl"], ["backfill", *RANGE], ["status"], ["search", "정책"], ["show", "156717893"], ["replay"], ["reindex"]),
    *(["export", "--format", "csv"], ["watch"], ["digest"], ["serve", "--port", "0"]),
]


def test_what_a_newer_program_wrote_is_refused_by_every_verb(harvest: Harvester, site: MiniSite) -> None:
    harvest.backfill(since=UNTIL)
    site.clear_log()
    later = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, 'm999_later', '')"
    with contextlib.closing(sqlite3.connect(harvest.database)) as connection:
        connection.execute(later, ["harvester"])
        connection.commit()
    before = harvest.database.read_bytes()
    for verb in VERBS:
        ended = harvest(*verb)
        assert ended.status == 1, (verb, ended.stderr)
        assert "newer version" in ended.last_line, verb
    assert harvest.database.read_bytes() == before
    assert site.requests == []


def test_an_archive_of_a_newer_program_is_refused(harvest: Harvester, site: MiniSite) -> None:
    harvest.backfill(since=UNTIL)
    site.clear_log()
    later = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('harvester-archive', 'm999', '')"
    with contextlib.closing(sqlite3.connect(archive_path(harvest.database))) as connection:
        connection.execute(later)
        connection.commit()
    for verb in (["crawl"], ["archive"], ["replay"]):
        ended = harvest(*verb)
        assert ended.status == 1, (verb, ended.stderr)
        assert "newer version" in ended.last_line, verb
    assert site.requests == []


def test_a_run_of_another_machine_is_stepped_back_from_while_it_lives(harvest: Harvester, site: MiniSite) -> None:
    """Where its lock does not reach us its record does; without a sign of life it is passed over."""
    harvest.data.mkdir()
    record = harvest.data / "briefings.db.run"
    write(record, Holder("elsewhere", "another-boot", 7, "2024-01-17T00:00:00Z"))
    ended = harvest("backfill", *RANGE)
    assert ended.status == 75
    assert "elsewhere" in ended.last_line
    assert site.requests == []
    assert json.loads(record.read_text())["host"] == "elsewhere"
    long_ago = time.time() - 3600
    os.utime(record, (long_ago, long_ago))
    assert harvest("backfill", *RANGE).status == 0
    assert not record.exists()
    assert_equals_the_site(harvest)


def test_a_link_to_the_database_is_the_database(harvest: Harvester, tmp_path: Path) -> None:
    """Its lock, its archive and its files are not another's."""
    harvest.backfill(since=UNTIL)
    link = tmp_path / "elsewhere.db"
    link.symlink_to(harvest.database)
    held = lock(harvest.database)
    assert harvest("backfill", *RANGE, "--db", str(link)).status == 75
    held.release()
    assert harvest("backfill", *RANGE, "--db", str(link)).status == 0
    assert [file.name for file in tmp_path.glob("*elsewhere*")] == ["elsewhere.db"]
    assert_equals_the_site(harvest)


def test_a_second_run_says_who_is_at_it(harvest: Harvester, site: MiniSite) -> None:
    site.faults = [Fault("stall", tries=None, where="list", seconds=60)]
    first = harvest.start("crawl", *RANGE)
    wait_for(lambda: harvest.listings_asked_for() > 0, first)
    second = harvest.crawl()
    first.kill()
    first.communicate()
    assert second.status == 75
    assert f"process {first.pid} on " in second.last_line


def test_a_network_file_system_is_not_written_to(harvest: Harvester, site: MiniSite, tmp_path: Path) -> None:
    table = tmp_path / "mounts"
    table.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/share {tmp_path} nfs4 rw,vers=4.2 0 0\n", encoding="utf-8")
    elsewhere = f"import harvester.filesystems as f, pathlib\nf.MOUNTS = pathlib.Path({str(table)!r})"
    ended = end(patched(harvest, elsewhere, "backfill", *RANGE))
    assert ended.status == 1
    assert "network file system (nfs4)" in ended.last_line
    assert "--db" in ended.last_line
    assert site.requests == []
    assert not harvest.database.exists()


# A mistake of ours


def test_a_mistake_of_the_program_has_a_last_line_too(harvest: Harvester) -> None:
    mistake = (
        "import harvester.cli.options as o\ndef oops(*a): raise RuntimeError('the sky fell')\no.database_path = oops"
    )
    ended = end(patched(harvest, mistake, "status"))
    assert ended.status == 1
    assert ended.last_line.startswith(
        "harvest: failure (exit 1): a mistake of the program: RuntimeError('the sky fell')"
    )
    assert "Traceback" in ended.stderr
