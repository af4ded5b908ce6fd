"""What `harvest schedule` prints, started as cron starts it: it crawls, keeps its log, and speaks only of trouble."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harvester.demo import Fault, MiniSite
from harvester.lock import lock

from ..scheduling.making import started
from .conftest import SINCE, UNTIL, Harvester, assert_equals_the_site
from .test_telling import Receiver

DAYS = {"HARVEST_SINCE": SINCE.isoformat(), "HARVEST_UNTIL": UNTIL.isoformat()}
"""Which cron does not say, and does not say otherwise."""


@pytest.fixture
def harvest(site: MiniSite, tmp_path: Path) -> Harvester:
    return Harvester(site, tmp_path / "it's 100% 자료")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


def table(harvest: Harvester, *options: str) -> str:
    ended = harvest("schedule", "--jitter", "0", *options)
    assert ended.status == 0, ended.stderr
    return ended.stdout


def test_the_printed_line_crawls_in_silence(harvest: Harvester) -> None:
    line = table(harvest)
    first = started(line, **DAYS)
    assert (first.returncode, first.stdout, first.stderr) == (0, "", "")
    assert_equals_the_site(harvest)
    log = harvest.data / "crawl-briefings.log"
    assert "harvest: complete (exit 0): 3 of 3 days complete" in log.read_text(encoding="utf-8")


def test_trouble_is_told_once_and_its_end_too(harvest: Harvester) -> None:
    line = table(harvest)
    harvest.site.faults = [Fault("503-retry-after", tries=None, where="list", seconds=3600)]
    told = started(line, **DAYS)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith("harvest: failure (exit 1): ")
    assert told.stderr.count("\n") == 1
    again = started(line, **DAYS)
    assert (again.returncode, again.stderr) == (1, "")
    harvest.site.faults = []
    over = started(line, **DAYS)
    assert over.returncode == 0
    assert "the trouble since" in over.stderr
    assert started(line, **DAYS).stderr == ""


def test_the_lock_is_nobodys_trouble(harvest: Harvester) -> None:
    line = table(harvest)
    held = lock(harvest.database)
    try:
        ended = started(line, **DAYS)
    finally:
        held.release()
    assert (ended.returncode, ended.stdout, ended.stderr) == (75, "", "")


def test_what_the_file_of_secrets_says_reaches_the_run_and_its_refusal_those_it_names(
    harvest: Harvester, receiver: Receiver
) -> None:
    """And no argument of any process does; nobody sits before it."""
    line = table(harvest)
    harvest.data.mkdir()
    settings = harvest.data / "schedule-briefings.env"
    settings.write_text(f"HARVEST_RATE=-1\nHARVEST_NOTIFY={receiver.hook}\n", encoding="utf-8")
    line = line.replace(" --rate=0.0", "")
    ended = started(line, **DAYS)
    assert (ended.returncode, "--rate" in ended.stderr) == (2, True)
    assert started(line, **DAYS).stderr == ""
    assert [told["title"] for told in receiver.messages] == ["harvest: trouble: the run broke off"]
    assert "wrong usage (exit 2)" in receiver.messages[0]["message"]
    assert "--rate" in receiver.messages[0]["message"]
    settings.write_text(f"HARVEST_RATE=0\nHARVEST_NOTIFY={receiver.hook}\n", encoding="utf-8")
    assert started(line, **DAYS).returncode == 0
    assert [told["title"].split(" after ")[0] for told in receiver.messages[1:]] == ["harvest: over"]


def test_a_log_that_cannot_be_written_is_told_once_and_to_everybody(harvest: Harvester, receiver: Receiver) -> None:
    line = table(harvest)
    log = harvest.data / "crawl-briefings.log"
    log.mkdir(parents=True)
    settings = harvest.data / "schedule-briefings.env"
    settings.write_text(f"HARVEST_NOTIFY={receiver.hook}\n", encoding="utf-8")
    first = started(line, **DAYS)
    assert (first.returncode, "could not be started" in first.stderr, str(log) in first.stderr) == (1, True, True)
    assert (started(line, **DAYS).stderr, len(receiver.messages)) == ("", 1)
    log.rmdir()
    settings.write_bytes(settings.read_bytes() + b"https_proxy=http://caf\xe9@127.0.0.1\n")
    assert (started(line, **DAYS).stderr, len(receiver.messages)) == ("", 1)
    (harvest.data / "schedule-briefings.json").unlink()
    second = started(line, **DAYS)
    assert (second.returncode, f"line 2 of {settings} is not UTF-8" in second.stderr) == (1, True)


def test_a_run_that_hangs_is_told_to_those_who_want_to_know(harvest: Harvester, receiver: Receiver) -> None:
    """Stopped by our own clock is not stopped by somebody."""
    harvest.site.faults = [Fault("stall", tries=None, where="list", seconds=3600)]
    ping = f"{receiver.ping}/{{status}}"
    for _ in range(2):
        ended = run_of_seconds(2, harvest, "--notify", receiver.hook, "--ping", ping)
        assert ended.returncode == 1
    assert [told["title"] for told in receiver.messages] == ["harvest: trouble: the run broke off"]
    assert "the run was stopped after" in receiver.messages[0]["message"]
    assert [asked[-1] for asked in receiver.pings] == ["1", "1"]
    harvest.site.faults = []
    assert run_of_seconds(100, harvest, "--notify", receiver.hook).returncode == 0
    assert [told["title"].split(" after ")[0] for told in receiver.messages[1:]] == ["harvest: over"]


def run_of_seconds(longest: float, harvest: Harvester, *options: str) -> "subprocess.CompletedProcess[str]":
    """`schedule --run` with another limit than six hours."""
    code = (
        "from harvester.scheduling.running import Runner\n"
        f"Runner.__init__.__kwdefaults__['longest'] = {longest}\n"
        "from harvester.cli import main\nmain()\n"
    )
    (python, _, _, *arguments), environment = harvest.command("schedule", "--run", "--jitter", "0", *options)
    return subprocess.run(
        [python, "-c", code, *arguments],
        env=environment | DAYS,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_run_that_is_not_due_asks_for_nothing(harvest: Harvester) -> None:
    line = table(harvest, "--every", "6h")
    assert started(line, **DAYS).returncode == 0
    asked = len(harvest.site.requests)
    ended = started(line, **DAYS)
    assert (ended.returncode, ended.stderr, len(harvest.site.requests)) == (0, "", asked)


@pytest.mark.parametrize("how", ["--run", "--stay"])
def test_a_signal_is_handed_on_and_the_books_are_closed(harvest: Harvester, how: str) -> None:
    harvest.environment |= {**DAYS, "HARVEST_RATE": "5"}
    process = harvest.start("schedule", how, "--jitter", "0")
    wait(lambda: bool(harvest.pages_asked_for()), process)
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 3
    assert stderr.strip().splitlines()[-1].startswith("harvest: interrupted (exit 3): ")
    (run,) = harvest.rows("SELECT verdict, exit_status FROM runs")
    assert run == {"verdict": "interrupted", "exit_status": 3}


def test_staying_it_runs_at_once_and_waits_for_the_next(harvest: Harvester) -> None:
    harvest.environment |= DAYS
    process = harvest.start("schedule", "--stay", "--jitter", "0")
    state = harvest.data / "schedule-briefings.json"
    wait(state.exists, process)
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "stopped by a signal between two runs; the last one ended with 0" in stderr
    assert_equals_the_site(harvest)


def wait(until: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    for _ in range(2400):
        if until():
            return
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.05)
    raise AssertionError("it took two minutes")
