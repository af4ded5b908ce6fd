"""What `harvest status` says of real runs: never another thing than their last lines, their rows and their ledger."""

import os
import pty
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harvester.demo import Corpus, Fault, MiniSite

from .conftest import NOON_AFTER, UNTIL, Ended, Harvester

TODAY = NOON_AFTER.date()


@dataclass
class Dated(Harvester):
    """Runs `harvest` at the time that the site has."""

    def command(self, *arguments: str) -> tuple[list[str], dict[str, str]]:
        _, environment = super().command(*arguments)
        now = self.site.clock.now().isoformat()
        command = [sys.executable, "-m", "tests.whole_runs.month.at", now, *arguments]
        return command, environment | {"PYTHONPATH": str(Path(__file__).parents[2])}

    def last_run(self) -> dict[str, Any]:
        [run] = self.rows("SELECT * FROM runs ORDER BY id DESC LIMIT 1")
        return run


@pytest.fixture
def corpus() -> Corpus:
    return Corpus.generated(since=TODAY - timedelta(days=9), until=TODAY, per_day=3, seed=21)


@pytest.fixture
def dated(site: MiniSite, tmp_path: Path) -> Dated:
    return Dated(site, tmp_path / "data")


def agree(dated: Dated, ended: Ended) -> dict[str, Any]:
    """What `status --json` says, which must say of the run what the run said."""
    shown = dated("status", "--json")
    told: dict[str, Any] = shown.json
    run = told["runs"][0]
    assert (run["exit_status"], run["verdict"]) == (ended.status, ended.last_line.split()[1])
    assert run["reason"] in ended.last_line
    said = f"harvest: {told['verdict']} (exit {told['exit_status']}): {told['reason']}"
    assert (shown.status, shown.last_line) == (told["exit_status"], said)
    return told


def test_fresh_then_old_then_fresh_again(dated: Dated, site: MiniSite, tmp_path: Path) -> None:
    page = tmp_path / "status.html"
    told = agree(dated, dated("crawl"))
    assert (told["complete"], told["fresh"], told["exit_status"]) == (True, True, 0)
    assert "2024-01-18T03:00:00Z" <= told["known_until"] <= dated.last_run()["finished_at"]
    dated("status", "--html", str(page))
    assert "완전하고 최신입니다" in page.read_text(encoding="utf-8")

    site.clock.advance(days=2)
    old = dated("status", "--html", str(page))
    assert old.status == 3
    assert "not fresh: what was published since 2024-01-18 12:0" in old.last_line
    assert "2024-01-19 … 2024-01-20 never walked" in old.last_line
    assert "최신이 아니고, 빈틈 3일" in page.read_text(encoding="utf-8")
    assert dated("status", "--until", UNTIL.isoformat()).status == 0

    told = agree(dated, dated("crawl"))
    assert (told["complete"], told["fresh"], told["exit_status"]) == (True, True, 0)
    site.clock.advance(hours=3)
    agree(dated, dated("crawl"))
    assert dated.rows("SELECT * FROM days WHERE glanced_at IS NOT NULL"), "no day was looked at only"
    assert "fresh: known until 2024-01-20 15:0" in dated("status").last_line


def test_after_a_run_whose_clock_was_ahead_all_is_well_with_the_next(dated: Dated, site: MiniSite) -> None:
    dated("crawl")
    site.clock.advance(days=40)
    assert dated("crawl").status == 0
    site.clock.advance(days=-40, hours=1)
    told = agree(dated, dated("crawl"))
    assert (told["complete"], told["fresh"], told["exit_status"]) == (True, True, 0)
    assert (told["until"], told["known_until"][:13]) == (TODAY.isoformat(), "2024-01-18T04")
    assert "a run noted 2024-02-27 12:0" in dated("status").stdout


def test_while_the_site_is_away(dated: Dated, site: MiniSite) -> None:
    dated("crawl")
    site.clock.advance(hours=1)
    site.faults = [Fault("503-retry-after", tries=None, seconds=100)]
    ended = dated("crawl")
    assert ended.status == 1
    run = agree(dated, ended)["runs"][0]
    shown = dated("status")
    assert f"the last run: failure (exit 1): {run['reason'][:60]}" in shown.last_line
    assert f"  failure (exit 1): {run['new']} new" in shown.stdout
    assert run["reason"] in shown.stdout


def test_a_partial_day_is_the_same_to_the_run_and_to_status(dated: Dated, site: MiniSite) -> None:
    site.faults = [Fault("404", tries=None, where="view", share=0.3)]
    ended = dated("crawl")
    assert ended.status == 3
    told = agree(dated, ended)
    assert told["exit_status"] == 3
    gaps = {gap["day"]: gap["reason"] for gap in told["gaps"]}
    assert gaps
    for day, reason in gaps.items():
        assert f"{day} partial: {reason}" in ended.stderr or f"{day} failed: {reason}" in ended.stderr
    assert sum(each["days"] for each in told["gaps_by_reason"]) == len(gaps)


def test_a_run_is_under_way_until_it_is_killed(dated: Dated, site: MiniSite) -> None:
    site.faults = [Fault("stall", tries=None, where="list", seconds=60)]
    running = dated.start("crawl", "--days", "1")
    deadline = time.monotonic() + 60
    while not any("List" in seen.path for seen in site.requests):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    first = dated("status")
    assert (first.status, first.last_line.endswith("; the last run: under way")) == (1, True), first.last_line
    running.send_signal(signal.SIGKILL)
    running.communicate()
    assert dated("status").last_line.endswith("; the last run: killed, as it seems")
    site.faults = []
    ended = dated("crawl", "--days", "1")
    assert ended.status == 0, ended.stderr
    states = [(run["verdict"], run["state"]) for run in agree(dated, ended)["runs"]]
    assert states == [("complete", "ended"), ("interrupted", "ended")]


def test_in_a_terminal_there_are_colours_unless_they_are_not_wanted(dated: Dated) -> None:
    dated("crawl", "--days", "1")
    began = datetime.fromisoformat(dated.last_run()["started_at"]).astimezone(NOON_AFTER.tzinfo)
    told = on_a_terminal(dated)
    assert "\x1b[1;32mComplete; fresh: " in told
    assert f"  {began:%Y-%m-%d %H:%M}  crawl press-release" in told
    assert "\x1b" not in on_a_terminal(dated, NO_COLOR="1")
    assert "\x1b" not in on_a_terminal(dated, TERM="dumb")


def on_a_terminal(dated: Dated, **variables: str) -> str:
    command, environment = dated.command("status")
    outer, inner = pty.openpty()
    clean = {name: value for name, value in environment.items() if name != "NO_COLOR"}
    with subprocess.Popen(command, stdout=inner, stderr=subprocess.DEVNULL, env=clean | {"TERM": "xterm"} | variables):
        pass
    told = b""
    os.close(inner)
    try:
        while part := os.read(outer, 65536):
            told += part
    except OSError:  # the other end is closed
        pass
    os.close(outer)
    return told.decode()
