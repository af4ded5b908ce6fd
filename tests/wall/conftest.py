"""A database that crawls keep up to date, and a clock to look at it by."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harvester import clock
from harvester.store import open_to_read
from harvester.wall.report import Question, Report, look

from ..cli.conftest import Harvest, harvest
from ..store.making import BOARD, Books, briefing

__all__ = ["NOON", "TODAY", "Harvest", "arguments", "harvest", "made", "report"]

NOON = datetime(2024, 1, 18, 3, tzinfo=UTC)
"""In Korea: the crawl of the fixture `kept` ended then."""
TODAY = date(2024, 1, 18)


def arguments(**changes: Any) -> str:
    """Those of a crawl of the last days, as the table `runs` has them."""
    asked = {"board": BOARD, "since": "2024-01-16", "until": "2024-01-18", "filter": "", "settling": True}
    return json.dumps({**asked, **changes})


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the harvester's clock."""

    def set_to(moment: datetime) -> None:
        class Told(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
                return moment.astimezone(tz)

        monkeypatch.setattr(clock, "datetime", Told)

    return set_to


def made(path: Path, monkeypatch: pytest.MonkeyPatch, *, verb: str = "crawl", **changes: Any) -> Books:
    """Three days, complete, of which the last is not over."""
    books = Books(path, monkeypatch)
    books.finish(verdict="complete", days_closed=0)
    books.open(verb, arguments(**changes), days_asked=3)
    books.put(briefing(1))
    books.close_day(1, day=date(2024, 1, 17))
    books.close_day(day=date(2024, 1, 16))
    books.close_day(day=TODAY)
    books.finish(requests=9, reason="3 of 3 days complete", days_closed=3)
    return books


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: Callable[[datetime], None]) -> Books:
    at(NOON + timedelta(minutes=12))
    return made(tmp_path / "briefings.db", monkeypatch)


def report(books: Books, *boards: str, **question: Any) -> Report:
    db = open_to_read(books.path)
    try:
        return look(db, books.path, Question(boards or (BOARD,), **question), limit=5)
    finally:
        db.close()
