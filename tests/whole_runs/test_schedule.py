"""What `harvest schedule` prints, started as cron starts it: it crawls, keeps its log, and speaks only of trouble."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harvester.demo import Fault, MiniSite
from harvester.lock import lock

from ..scheduling.making import started
from .conftest import SINCE, UNTIL, Harvester, assert_equals_the_site

DAYS = {"HARVEST_SINCE": SINCE.isoformat(), "HARVEST_UNTIL": UNTIL.isoformat()}
"""Which cron does not say, and does not say otherwise."""


@pytest.fixture
def harvest(site: MiniSite, tmp_path: Path) -> Harvester:
    return Harvester(site, tmp_path / "it's 100% 자료")


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


def test_what_the_file_of_secrets_says_reaches_the_run(harvest: Harvester) -> None:
    """And no argument of any process does."""
    line = table(harvest)
    harvest.data.mkdir()
    (harvest.data / "schedule-briefings.env").write_text("HARVEST_RATE=-1\n", encoding="utf-8")
    line = line.replace(" --rate=0.0", "")
    ended = started(line, **DAYS)
    assert (ended.returncode, "--rate" in ended.stderr) == (2, True)
    assert started(line, **DAYS).stderr == ""


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
