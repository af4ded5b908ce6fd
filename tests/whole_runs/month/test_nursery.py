"""A forked run is the command itself: it says, writes and answers signals as one that was started afresh."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest

from harvester.demo import KST, Clock, Corpus, Fault, MiniSite
from tests.whole_runs.conftest import Harvester
from tests.whole_runs.month.nursery import Done, Nursery

NOW = datetime(2024, 7, 3, 12, 17, tzinfo=KST)
ASKED = ("--since", "2024-07-01", "--until", "2024-07-03")


@dataclass
class Ways:
    """The same run, both ways, each with a folder of its own."""

    site: MiniSite
    nursery: Nursery
    fresh: Harvester
    forked: Harvester

    def run(self, *arguments: str) -> tuple[Done, Done]:
        return self.start_afresh(*arguments), self.fork(*arguments)

    def start_afresh(self, *arguments: str, stop: signal.Signals | None = None) -> Done:
        _, environment = self.fresh.command()
        command = [sys.executable, "-m", "tests.whole_runs.month.at", NOW.isoformat(), *arguments]
        running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if stop:
            self._signal(running.pid, stop)
        stdout, stderr = running.communicate(timeout=60)
        return Done(running.returncode, stdout, stderr)

    def fork(self, *arguments: str, stop: signal.Signals | None = None) -> Done:
        _, environment = self.forked.command()
        pid = self.nursery.start(NOW, list(arguments), environment)
        if stop:
            self._signal(pid, stop)
        return self.nursery.end(pid)

    def _signal(self, pid: int, number: signal.Signals) -> None:
        """When the run has begun to read releases."""
        before = len(self.site.requests)
        for _ in range(6000):
            if any(seen.kind == "release" for seen in self.site.requests[before:]):
                break
            time.sleep(0.005)
        os.kill(pid, number)


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    folder = tmp_path_factory.mktemp("ways")
    corpus = Corpus.generated(date(2024, 7, 1), date(2024, 7, 3), per_day=30, seed=3)
    with MiniSite(corpus, clock=Clock(NOW)) as site, Nursery(folder / "runs") as nursery:
        yield Ways(site, nursery, Harvester(site, folder / "fresh"), Harvester(site, folder / "forked"))


def alike(ways: Ways, fresh: Done, forked: Done) -> None:
    assert forked.status == fresh.status, forked.stderr
    assert without_places(ways, forked.stdout) == without_places(ways, fresh.stdout)
    assert without_places(ways, forked.last_line) == without_places(ways, fresh.last_line)


def without_places(ways: Ways, text: str) -> str:
    for harvest in (ways.fresh, ways.forked):
        text = text.replace(str(harvest.data), "DATA")
    return text


def stored(harvest: Harvester) -> list[dict[str, Any]]:
    """The releases without what differs between any two runs: the second, and the numbers of the pages."""
    rows = harvest.rows("SELECT * FROM briefings ORDER BY news_id")
    return [{k: v for k, v in row.items() if not k.endswith("_at") and k != "exchange_id"} for row in rows]


def test_what_it_says_and_stores(ways: Ways) -> None:
    fresh, forked = ways.run("crawl", *ASKED)
    alike(ways, fresh, forked)
    assert forked.status == 0, forked.stderr
    assert stored(ways.forked) == stored(ways.fresh) != []
    days = "SELECT day, declared, listed, stored, state FROM days ORDER BY day"
    assert ways.forked.rows(days) == ways.fresh.rows(days)
    for harvest in (ways.forked, ways.fresh):
        [run] = harvest.rows("SELECT started_at FROM runs")
        assert run["started_at"].startswith("2024-07-03T03:17")


def test_wrong_usage_and_failure(ways: Ways) -> None:
    alike(ways, *ways.run("crawl", "--since", "2024-07-32"))
    ways.site.faults = [Fault("503", tries=None)]
    fresh, forked = ways.run("crawl", *ASKED)
    ways.site.faults = []
    alike(ways, fresh, forked)
    assert forked.status == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_signals(ways: Ways, number: signal.Signals) -> None:
    """Pages come slowly, so that the run is surely there to be stopped."""
    ways.site.faults = [Fault("slow", tries=None, where="view", seconds=0.3)]
    arguments = ("crawl", *ASKED, "--db")
    fresh = ways.start_afresh(*arguments, str(ways.fresh.data / f"{number.name}.db"), stop=number)
    forked = ways.fork(*arguments, str(ways.forked.data / f"{number.name}.db"), stop=number)
    ways.site.faults = []
    assert forked.status == fresh.status == (3 if number is signal.SIGTERM else -number)
    if number is signal.SIGTERM:
        # How many releases were read by then is a matter of moments.
        words = [done.last_line.partition("; ")[0] for done in (fresh, forked)]
        assert words[0] == words[1]
        assert words[0].startswith("harvest: interrupted (exit 3)")
