"""Somebody is told that a trouble began and that it is over, once each, however many runs are between."""

import json
import signal
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from harvester.demo import Corpus, Fault, MiniSite

from .conftest import NOON_AFTER, SINCE, UNTIL, Ended, Harvester

SECRET = "sesame-open-0815"
RANGE = ("--since", SINCE.isoformat(), "--until", UNTIL.isoformat(), "--attachments", "none")


@dataclass
class Receiver:
    """A webhook and a dead-man's switch on loopback: what they were told, in order."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    pings: list[str] = field(default_factory=list)
    refuses: bool = False
    hangs: bool = False

    def __enter__(self) -> "Receiver":
        receiver = self
        released = self._released = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if receiver.hangs:
                    released.wait(60)
                if not receiver.refuses:
                    receiver.messages.append(told)
                self.send_response(503 if receiver.refuses else 200)
                self.end_headers()

            def do_GET(self) -> None:
                receiver.pings.append(self.path)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def hook(self) -> str:
        return f"json://user:{SECRET}@127.0.0.1:{self._server.server_port}/{SECRET}"

    @property
    def ping(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/{SECRET}"

    @property
    def subjects(self) -> list[str]:
        return [each["title"] for each in self.messages]

    @property
    def bodies(self) -> list[str]:
        return [each["message"] for each in self.messages]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def corpus() -> Corpus:
    return Corpus.generated(since=SINCE, until=UNTIL, per_day=5, seed=11)


@pytest.fixture
def harvest(site: MiniSite, receiver: Receiver, tmp_path: Path) -> Harvester:
    return Harvester(site, tmp_path / "data", {"HARVEST_NOTIFY": receiver.hook, "HARVEST_PING": receiver.ping})


def crawl(harvest: Harvester, *more: str) -> Ended:
    return harvest("crawl", *RANGE, *more)


def at(harvest: Harvester, when: datetime, *arguments: str) -> Ended:
    """The same process at another time."""
    moved = (
        "import datetime, sys, harvester.clock as clock\n"
        f"when = datetime.datetime.fromisoformat({when.isoformat()!r})\n"
        "class Moved(datetime.datetime):\n"
        "    @classmethod\n"
        "    def now(cls, zone=None):\n"
        "        return when.astimezone(zone)\n"
        "clock.datetime = Moved\n"
        "from harvester.cli.main import leave\n"
        "leave(sys.argv[1:])\n"
    )
    return run_code(harvest, moved, *arguments)


def run_code(harvest: Harvester, code: str, *arguments: str) -> Ended:
    import subprocess  # noqa: PLC0415

    _, environment = harvest.command()
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def assert_no_secret(harvest: Harvester, *ended: Ended) -> None:
    for each in ended:
        assert SECRET not in each.stdout + each.stderr
    files = [path for path in harvest.data.rglob("*") if path.is_file()]
    assert any(path.name == "briefings.db.told.json" for path in files)
    assert [path.name for path in files if SECRET.encode() in path.read_bytes()] == []


def test_an_outage_is_told_once_and_its_end_once(harvest: Harvester, site: MiniSite, receiver: Receiver) -> None:
    site.faults = [Fault("503", tries=None)]
    down = [crawl(harvest, "--verbose") for _ in range(2)]
    assert [each.status for each in down] == [1, 1]
    assert receiver.subjects == [f"harvest: trouble: {site.url.removeprefix('http://')} cannot be reached"]
    [body] = receiver.bodies
    assert down[0].last_line in body
    for part in ("What: ", "2024-01-17", "Since: ", "Korean time", "Tried: ", "To do: ", str(harvest.database)):
        assert part in body
    assert receiver.pings == [], "a switch that is alarmed by silence is not kept quiet by runs that fail"

    site.faults = []
    up = [crawl(harvest) for _ in range(2)]
    assert [each.status for each in up] == [0, 0]
    assert len(receiver.messages) == 2
    assert receiver.subjects[1].startswith("harvest: over after ")
    assert "2 runs met it" in receiver.bodies[1]
    assert up[0].last_line in receiver.bodies[1]
    assert receiver.pings == [f"/{SECRET}"] * 2
    assert_no_secret(harvest, *down, *up)


def test_an_outage_that_begins_in_the_middle_of_a_run_is_one_trouble(
    harvest: Harvester, site: MiniSite, receiver: Receiver
) -> None:
    site.faults = [Fault("500", tries=None, where="list", days=frozenset({SINCE}))]
    assert crawl(harvest).status == 3
    site.faults = [Fault("500", tries=None)]
    assert crawl(harvest).status == 1
    site.faults = []
    assert crawl(harvest).status == 0
    assert [subject.split(":")[1].split()[0] for subject in receiver.subjects] == ["trouble", "over"]


def test_a_redesign_after_an_outage_is_told_as_a_change(harvest: Harvester, site: MiniSite, receiver: Receiver) -> None:
    for fault in (Fault("503", tries=None), Fault("redesign", tries=None), Fault("redesign", tries=None)):
        site.faults = [fault]
        assert crawl(harvest).status == 1
    site.faults = []
    assert crawl(harvest).status == 0
    host = site.url.removeprefix("http://")
    began, changed, over = receiver.subjects
    assert began == f"harvest: trouble: {host} cannot be reached"
    assert changed == f"harvest: trouble changed: the pages of {host} cannot be read"
    assert over.startswith("harvest: over after ")
    assert f"Before: {host} cannot be reached" in receiver.bodies[1]


def test_a_partial_day_is_told_once_with_its_day_and_reason(
    harvest: Harvester, site: MiniSite, receiver: Receiver, corpus: Corpus
) -> None:
    broken = corpus.releases[0]
    site.faults = [Fault("500", tries=None, where="view", news_ids=frozenset({broken.news_id}))]
    assert [crawl(harvest).status for _ in range(2)] == [3, 3]
    [body] = receiver.bodies
    assert broken.listed_on.isoformat() in body
    assert broken.news_id in body
    assert "HTTP status 500" in body
    site.faults = []
    assert crawl(harvest).status == 0
    assert len(receiver.messages) == 2
    assert receiver.subjects[1].startswith("harvest: over")


def test_another_question_ends_nothing(harvest: Harvester, site: MiniSite, receiver: Receiver) -> None:
    site.faults = [Fault("500", tries=None, where="list", days=frozenset({SINCE}))]
    assert crawl(harvest).status == 3
    assert (
        harvest("crawl", "--since", UNTIL.isoformat(), "--until", UNTIL.isoformat(), "--attachments", "none").status
        == 0
    )
    assert len(receiver.messages) == 1, "the day that failed is still not there"
    site.faults = []
    assert harvest("backfill", *RANGE).status == 0
    assert len(receiver.messages) == 2, "whoever made the day complete: it is over"


def test_several_boards_are_one_message(harvest: Harvester, site: MiniSite, receiver: Receiver) -> None:
    site.faults = [Fault("500", tries=None, where="list", days=frozenset({SINCE}))]
    ended = crawl(harvest, "--board", "press-release", "--board", "speech")
    assert ended.status == 3, ended.stderr
    [body] = receiver.bodies
    assert "press-release: 1 day not complete: 2024-01-15" in body
    assert "speech: " in body


def test_a_run_that_steps_back_or_is_stopped_says_nothing(
    harvest: Harvester, site: MiniSite, receiver: Receiver
) -> None:
    harvest.data.mkdir()
    with FileLock(harvest.data / "briefings.db.lock"):
        assert crawl(harvest).status == 75
    site.faults = [Fault("stall", tries=None, where="list", seconds=60)]
    running = harvest.start("crawl", *RANGE)
    while harvest.listings_asked_for() == 0:
        time.sleep(0.01)
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)
    assert running.returncode == 3
    assert (receiver.messages, receiver.pings) == ([], [])


def test_a_database_that_cannot_be_used_is_told(harvest: Harvester, receiver: Receiver) -> None:
    harvest.data.mkdir()
    other = sqlite3.connect(harvest.database)
    other.execute("CREATE TABLE somebody_elses (a)")
    other.close()
    ended = crawl(harvest)
    assert ended.status == 1
    assert receiver.subjects == ["harvest: trouble: the database cannot be written"]
    assert ended.last_line in receiver.bodies[0]
    harvest.database.unlink()
    assert crawl(harvest).status == 0
    assert len(receiver.messages) == 2
    assert receiver.subjects[1].startswith("harvest: over")


def test_a_mistake_of_the_program_is_told(harvest: Harvester, receiver: Receiver) -> None:
    breaking = (
        "import sys\nfrom harvester.cli import crawling\n"
        "def broken(*_, **__): raise RuntimeError('nobody thought of this')\n"
        "crawling.Crawls.crawl = broken\n"
        "from harvester.cli.main import leave\nleave(sys.argv[1:])\n"
    )
    ended = run_code(harvest, breaking, "crawl", *RANGE)
    assert ended.status == 1
    assert receiver.subjects == ["harvest: trouble: the run broke off"]
    assert ended.last_line in receiver.bodies[0]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_report_that_cannot_be_printed_is_no_trouble_of_the_data(
    harvest: Harvester, site: MiniSite, receiver: Receiver
) -> None:
    harvest.environment["HARVEST_PING"] = f"{receiver.ping}/{{status}}"
    full = crawl_into(harvest, Path("/dev/full"))
    assert full.status == 1
    assert full.last_line.startswith("harvest: failure (exit 1): standard output cannot be written")
    assert harvest.rows("SELECT verdict, exit_status FROM runs") == [{"verdict": "complete", "exit_status": 0}]
    assert receiver.messages == []
    site.faults = [Fault("500", tries=None, where="list", days=frozenset({SINCE}))]
    assert crawl_into(harvest, Path("/dev/full")).status == 1
    host = site.url.removeprefix("http://")
    assert receiver.subjects == [f"harvest: trouble: {host} did not give everything"], "what the run came to is told"
    site.faults = []
    closed = crawl_into(harvest, None)
    assert closed.status == 3
    assert closed.last_line.startswith("harvest: partial (exit 3): who read standard output had enough")
    assert [subject.split(":")[1].split()[0] for subject in receiver.subjects] == ["trouble", "over"]
    assert [ping.rpartition("/")[2] for ping in receiver.pings] == ["1", "1", "3"]


def crawl_into(harvest: Harvester, output: Path | None) -> Ended:
    """A crawl whose report goes into a file, or a pipe that nobody reads."""
    import subprocess  # noqa: PLC0415

    command, environment = harvest.command("crawl", *RANGE, "--json")
    with output.open("wb") if output else nullcontext() as stdout:
        process = subprocess.Popen(
            command, env=environment, stdout=stdout or subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        if process.stdout:
            process.stdout.close()
        stderr = process.stderr.read() if process.stderr else ""
    return Ended(process.wait(60), "", stderr)


def test_what_nobody_took_is_told_by_the_next_run(harvest: Harvester, site: MiniSite, receiver: Receiver) -> None:
    receiver.refuses = True
    site.faults = [Fault("503", tries=None)]
    ended = crawl(harvest)
    assert ended.status == 1
    assert ended.last_line.startswith("harvest: failure (exit 1)")
    [note] = [line for line in ended.stderr.splitlines() if line.startswith("harvest: note:")]
    assert "1 message was not taken by address 1 of --notify (json)" in note
    receiver.refuses = False
    site.faults = []
    assert crawl(harvest).status == 0
    assert [subject.split(":")[1].split()[0] for subject in receiver.subjects] == ["trouble", "over"]
    assert ended.last_line in receiver.bodies[0]
    assert_no_secret(harvest, ended)


def test_a_receiver_that_hangs_holds_up_a_run_for_a_while_only(
    harvest: Harvester, site: MiniSite, receiver: Receiver
) -> None:
    receiver.hangs = True
    site.robots = "User-agent: *\nDisallow: /\n"
    ended = crawl(harvest)
    assert ended.status == 1
    assert "1 message was not taken" in ended.stderr
    assert ended.last_line.startswith("harvest: failure (exit 1)")


def test_a_heartbeat_a_korean_day(harvest: Harvester, site: MiniSite, receiver: Receiver) -> None:
    harvest.environment["HARVEST_HEARTBEAT"] = "1"

    def run(day: int, hour: int) -> Ended:
        moment = datetime(2024, 1, day, hour, 30, tzinfo=NOON_AFTER.tzinfo)
        return at(harvest, moment, "crawl", *RANGE)

    assert run(18, 12).status == 0
    assert run(18, 23).status == 0
    assert receiver.subjects == ["harvest: all well, 15 releases new"]
    assert "press-release: 3 of 3 days complete, 2024-01-15 … 2024-01-17; 15 releases." in receiver.bodies[0]
    assert "Open troubles: none." in receiver.bodies[0]
    site.faults = [Fault("500", tries=None, where="list", days=frozenset({SINCE}))]
    assert run(19, 0).status == 3
    host = site.url.removeprefix("http://")
    assert receiver.subjects[1:] == [
        f"harvest: trouble: {host} did not give everything",
        f"harvest: alive, in trouble: {host} did not give everything",
    ]
    body = receiver.bodies[2]
    assert "press-release: 2 of 3 days complete" in body
    assert "Since 2024-01-18 12:30 Korean time: 0 releases new, 0 changed; runs: 1 complete, 1 partial" in body


def test_trying_the_addresses(harvest: Harvester, receiver: Receiver) -> None:
    good = harvest("notify")
    assert (good.status, receiver.subjects) == (0, ["harvest: a trial, nothing is wrong"])
    assert good.last_line == "harvest: complete (exit 0): 2 of 2 addresses took it"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        away = f"json://127.0.0.1:{taken.getsockname()[1]}/{SECRET}"
        some = harvest("notify", "--notify", away, "--notify", receiver.hook)
        harvest.environment = {}
        none = harvest("notify", "--notify", away)
    assert (some.status, none.status) == (3, 1)
    assert "address 1 (json): not taken: " in some.stdout
    assert "address 2 (json): taken" in some.stdout
    assert SECRET not in good.stdout + good.stderr + some.stdout + some.stderr + none.stdout + none.stderr
    assert harvest("notify").status == 2
    assert not harvest.data.exists(), "it touches no database"
