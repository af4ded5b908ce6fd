"""Whole runs: the real `harvest` process against the miniature korea.kr in this one."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from harvester.demo import KST, Clock, Corpus, MiniSite, Release

SINCE, UNTIL = date(2024, 1, 15), date(2024, 1, 17)
NOON_AFTER = datetime(2024, 1, 18, 12, tzinfo=KST)


@dataclass
class Ended:
    """What a run left behind for its caller."""

    status: int
    stdout: str
    stderr: str

    @property
    def last_line(self) -> str:
        return self.stderr.strip().splitlines()[-1]

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)


@dataclass
class Harvester:
    """Runs `harvest` as cron would: a process of its own, its data in a folder of its own."""

    site: MiniSite
    data: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        return self.data / "briefings.db"

    def command(self, *arguments: str) -> tuple[list[str], dict[str, str]]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("HARVEST_")}
        ours = {"HARVEST_SITE": self.site.url, "HARVEST_RATE": "0", "HARVEST_DATA": str(self.data)}
        return [sys.executable, "-m", "harvester", *arguments], clean | ours | self.environment

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command, environment = self.command(*arguments)
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __call__(self, *arguments: str, timeout: float = 120) -> Ended:
        process = self.start(*arguments)
        try:
            stdout, stderr = process.communicate(timeout=timeout)
        finally:
            process.kill()
        return Ended(process.returncode, stdout, stderr)

    def backfill(self, *more: str, since: date = SINCE, until: date = UNTIL) -> Ended:
        return self("backfill", "--since", since.isoformat(), "--until", until.isoformat(), *more)

    def crawl(self, *more: str, since: date = SINCE, until: date = UNTIL) -> Ended:
        return self("crawl", "--since", since.isoformat(), "--until", until.isoformat(), *more)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(sql)]
        finally:
            connection.close()

    def ids(self, where: str = "1") -> set[str]:
        return {str(row["news_id"]) for row in self.rows(f"SELECT news_id FROM briefings WHERE {where}")}

    def states(self) -> dict[str, str]:
        return {row["day"]: row["state"] for row in self.rows("SELECT day, state FROM days")}

    def pages_asked_for(self) -> list[str]:
        """newsIds whose release pages the site was asked for, in order, since its log was cleared."""
        return [seen.news_id for seen in self.site.requests if seen.kind == "release"]

    def listings_asked_for(self) -> int:
        return sum("List" in seen.path for seen in self.site.requests)


def expected(release: Release) -> dict[str, Any]:
    """The row that a release of the miniature site must become."""
    at_midnight = release.published.timetz().replace(tzinfo=None).isoformat() == "00:00:00"
    return {
        "title": " ".join(release.title.split()),
        "ministry": release.ministry,
        "published_on": release.listed_on.isoformat(),
        "published_at": None if at_midnight else release.published.isoformat(),
        "source_line": f"({release.listed_on:%Y.%m.%d} {release.ministry})",
        "license": None if release.licence is None else f"KOGL-{release.licence}",
    }


def assert_equals_the_site(harvester: Harvester, since: date = SINCE, until: date = UNTIL) -> None:
    """Everything the site shows is stored, rightly; every day is accounted for."""
    truth = {release.news_id: release for release in harvester.site.truth(since, until)}
    stored = {str(row["news_id"]): row for row in harvester.rows("SELECT * FROM briefings WHERE withdrawn_at IS NULL")}
    assert stored.keys() == truth.keys()
    for news_id, release in truth.items():
        wanted = expected(release)
        assert {name: stored[news_id][name] for name in wanted} == wanted
    for row in harvester.rows("SELECT * FROM days WHERE filter = ''"):
        on_that_day = sum(release.listed_on.isoformat() == row["day"] for release in truth.values())
        assert (row["declared"], row["listed"], row["stored"]) == (on_that_day,) * 3
        assert row["state"] == ("complete" if on_that_day else "empty")


@pytest.fixture
def corpus() -> Corpus:
    return Corpus.generated(since=SINCE, until=UNTIL, per_day=30, seed=11)


@pytest.fixture
def site(corpus: Corpus) -> Iterator[MiniSite]:
    with MiniSite(corpus, clock=Clock(NOON_AFTER)) as running:
        yield running


@pytest.fixture
def harvest(site: MiniSite, tmp_path: Path) -> Harvester:
    return Harvester(site, tmp_path / "data")


Check = Callable[[Harvester], None]
