"""Releases as the pipelines hand them to the store, and a store whose clock stands where a test puts it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from harvester.clock import KST
from harvester.items import Attachment, Briefing, Unknown
from harvester.store import DayRecord, Store, open_to_read

DAY = date(2024, 1, 17)
BOARD = "press-release"


def briefing(news_id: object = 156000001, **changes: Any) -> Briefing:
    """A release, complete; `changes` over it."""
    values: dict[str, Any] = {
        "news_id": str(news_id),
        "board": BOARD,
        "url": f"https://www.korea.kr/briefing/pressReleaseView.do?newsId={news_id}",
        "listed_on": DAY,
        "row_signature": "signature",
        "title_raw": "제목",
        "lead_raw": "요약",
        "ministry_raw": "환경부",
        "day_raw": "2024.01.17",
        "published_raw": "2024-01-17T09:30:05+09:00",
        "licence_raw": None,
        "body_raw": None,
        "body_source": "none",
        "body_status": "none: the release has no text anywhere",
        "fetched_at": "2024-01-18T03:00:00Z",
        "title": "제목",
        "lead": "요약",
        "published_on": DAY,
        "published_at": datetime(2024, 1, 17, 9, 30, 5, tzinfo=KST),
        "ministry": "환경부",
        "ministry_code": "A00019",
        "source_line": "(2024.01.17 환경부)",
        "fingerprint": "f",
    }
    return Briefing(**{**values, **changes})


def files(*names: str) -> list[Attachment]:
    return [
        Attachment(n, f"19800000{n}", name, f"https://www.korea.kr/{n}", name, name.rpartition(".")[2])
        for n, name in enumerate(names, start=1)
    ]


def unknown(value: str = "새부처") -> Unknown:
    return Unknown("ministry", value)


@dataclass
class Books:
    """A database through several runs, as `harvest` would make them."""

    path: Path
    monkeypatch: Any
    now: datetime = datetime(2024, 1, 18, 3)
    store: Store = field(init=False)
    run_id: int = 0

    def __post_init__(self) -> None:
        self.monkeypatch.setattr("harvester.store.store.utc_now", self.utc)
        self.open()

    def utc(self) -> str:
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def open(self, verb: str = "crawl", arguments: str = "{}", days_asked: int = 1) -> None:
        self.store = Store(self.path)
        self.run_id = self.store.start_run(verb=verb, arguments=arguments, days_asked=days_asked, version="0")

    def next_run(self, **later: float) -> None:
        """Close everything; a new run opens it again, an hour later unless said otherwise."""
        self.finish()
        self.now += timedelta(**(later or {"hours": 1}))
        self.open()

    def finish(self, days_closed: int = 1, **columns: Any) -> None:
        finished = {"days_closed": days_closed, "verdict": "complete", "exit_status": 0, **columns}
        self.store.finish_run(finished)
        self.store.close()

    def put(self, *items: Briefing) -> None:
        for item in items:
            self.store.put(item)
        self.store.flush()

    def close_day(self, *listed: object, day: date = DAY, **changes: Any) -> DayRecord:
        """What a walk of the day found: these newsIds, all in order unless `changes` say otherwise."""
        values: dict[str, Any] = {
            "board": BOARD,
            "day": day,
            "filter_": "",
            "can_withdraw": True,
            "accept_withdrawals": False,
            "declared": len(listed),
            "listed": [str(news_id) for news_id in listed],
            "unchanged": {},
            "state": "complete" if listed else "empty",
            "reason": None,
        }
        return self.store.close_day(**{**values, **changes})

    def rows(self, sql: str) -> list[dict[str, Any]]:
        db = open_to_read(self.path)
        try:
            return list(db.query(sql))
        finally:
            db.close()

    def one(self, sql: str) -> dict[str, Any]:
        [row] = self.rows(sql)
        return row

    def day(self, filter_: str = "") -> dict[str, Any]:
        return self.one(f"SELECT * FROM days WHERE filter = '{filter_}'")
