"""Killed, stopped, doubled: nothing stored is lost, and the next run finishes the rest."""

import random
import signal
import sqlite3
import time
from datetime import date
from pathlib import Path

import pytest

from harvester.demo import Clock, Corpus, Fault, MiniSite

from .conftest import NOON_AFTER, SINCE, UNTIL, Harvester, assert_equals_the_site

EARLIER = date(2024, 1, 2)


def test_killed_again_and_again(tmp_path: Path) -> None:
    corpus = Corpus.generated(since=EARLIER, until=UNTIL, per_day=30, seed=12)
    dice = random.Random(4)
    with MiniSite(corpus, clock=Clock(NOON_AFTER)) as site:
        harvest = Harvester(site, tmp_path / "data", {"HARVEST_RATE": "150"})
        arguments = "backfill", "--since", EARLIER.isoformat(), "--until", UNTIL.isoformat()
        for _ in range(8):
            running = harvest.start(*arguments)
            want = len(harvest.pages_asked_for()) + dice.randint(10, 40)
            while len(harvest.pages_asked_for()) < want:
                assert running.poll() is None, "it was done before it could be killed: make the corpus larger"
                time.sleep(0.001)
            running.kill()
            running.communicate()
            assert sqlite3.connect(harvest.database).execute("PRAGMA integrity_check").fetchone() == ("ok",)
        ended = harvest(*arguments)
        assert ended.status == 0, ended.stderr
        assert_equals_the_site(harvest, EARLIER, UNTIL)
        assert len(harvest.pages_asked_for()) < 1.5 * len(corpus)
        verdicts = [row["verdict"] for row in harvest.rows("SELECT verdict FROM runs ORDER BY id")]
        assert verdicts == ["interrupted"] * 8 + ["complete"]


def test_sigterm_finishes_the_batch_and_says_partial(harvest: Harvester, site: MiniSite) -> None:
    site.faults = [Fault("slow", share=1.0, tries=None, where="view", seconds=0.1)]
    running = harvest.start("backfill", "--since", SINCE.isoformat(), "--until", UNTIL.isoformat())
    while len(harvest.pages_asked_for()) < 10:
        time.sleep(0.01)
    running.send_signal(signal.SIGTERM)
    _, stderr = running.communicate(timeout=60)
    assert running.returncode == 3, stderr
    assert stderr.strip().splitlines()[-1].startswith("harvest: interrupted (exit 3)")
    [run] = harvest.rows("SELECT * FROM runs")
    assert (run["verdict"], run["exit_status"], run["new"]) == ("interrupted", 3, len(harvest.ids()))
    assert harvest.ids()
    stored = harvest.ids()
    site.faults = []
    site.clear_log()
    assert harvest.backfill().status == 0
    assert not stored & set(harvest.pages_asked_for())
    assert_equals_the_site(harvest)


def test_an_interrupted_backfill_goes_on_where_it_stopped(harvest: Harvester, site: MiniSite) -> None:
    """The days done before the interruption are not even listed again; a run that ended well is no interruption."""
    site.faults = [Fault("stall", tries=None, where="list", days=frozenset({SINCE}), seconds=60)]
    running = harvest.start("backfill", "--since", SINCE.isoformat(), "--until", UNTIL.isoformat())
    while not harvest.database.exists() or len(list_states(harvest)) < 2:
        time.sleep(0.01)
    running.kill()
    running.communicate()
    site.faults = []
    site.clear_log()
    assert harvest.backfill().status == 0
    assert {day for seen in site.requests if "List" in seen.path for day in seen.days} == {SINCE}
    assert_equals_the_site(harvest)
    site.clear_log()
    assert harvest.backfill().status == 0
    assert len({seen.since for seen in site.requests if "List" in seen.path}) == 3


def list_states(harvest: Harvester) -> dict[str, str]:
    try:
        return harvest.states()
    except sqlite3.OperationalError:
        return {}


def test_a_second_run_steps_back(harvest: Harvester, site: MiniSite) -> None:
    site.faults = [Fault("stall", tries=None, where="list", seconds=60)]
    first = harvest.start("crawl", "--since", SINCE.isoformat(), "--until", UNTIL.isoformat())
    while harvest.listings_asked_for() == 0:
        time.sleep(0.01)
    second = harvest.crawl()
    assert second.status == 75
    assert second.last_line.startswith("harvest: locked (exit 75)")
    assert len(harvest.rows("SELECT * FROM runs")) == 1
    first.kill()
    first.communicate()
    site.faults = []
    assert harvest.crawl().status == 0, "the lock of a killed run must not hold"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("sign", ["briefings.db.lock", "briefings.db", "briefings.db-wal"])
def test_stopped_while_it_starts(harvest: Harvester, number: signal.Signals, sign: str) -> None:
    """Before Scrapy takes the signals over, and while it does."""
    running = harvest.start("backfill", "--since", EARLIER.isoformat(), "--until", UNTIL.isoformat())
    while not (harvest.data / sign).exists():
        time.sleep(0.001)
    running.send_signal(number)
    _, stderr = running.communicate(timeout=60)
    assert running.returncode == 3, stderr
    assert stderr.strip().splitlines()[-1].startswith("harvest: interrupted (exit 3)")
    if harvest.database.exists() and list_states(harvest):
        assert [row["verdict"] for row in harvest.rows("SELECT verdict FROM runs")] == ["interrupted"]
    assert harvest.backfill().status == 0
    assert_equals_the_site(harvest)
