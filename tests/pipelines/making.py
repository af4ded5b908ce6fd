"""A release as the spider hands it to the pipelines, and the pipelines in the order of the settings."""

import importlib
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from harvester.boards import PRESS_RELEASE
from harvester.items import Attachment, Briefing
from harvester.plan import Plan
from harvester.settings import ITEM_PIPELINES

DAY = date(2024, 1, 17)


def read_release(**changes: Any) -> Briefing:
    values: dict[str, Any] = {
        "news_id": "156000001",
        "board": "press-release",
        "url": "https://www.korea.kr/briefing/pressReleaseView.do?newsId=156000001",
        "listed_on": DAY,
        "row_signature": "s",
        "title_raw": "[보도참고] ｢가·나｣ 추진",
        "lead_raw": "요약입니다",
        "ministry_raw": "산업통상자원부",
        "day_raw": "2024.01.17",
        "published_raw": "2024-01-17T09:30:05+09:00",
        "licence_raw": "공공누리 공공저작물 자유이용허락 1유형 출처표시",
        "body_raw": None,
        "body_source": "none",
        "body_status": "none: the release has no text anywhere",
        "fetched_at": "2024-01-18T03:00:00Z",
        "attachments": [Attachment(1, "198000001", "가 나.HWPX", "https://www.korea.kr/1")],
    }
    made = Briefing(**{**values, **changes})
    return replace(made, attachments=[replace(each) for each in made.attachments], unknowns=list(made.unknowns))


class FakeRun:
    """Where the last step hands the release to."""

    def __init__(self) -> None:
        self.stored: list[Briefing] = []
        self.store = SimpleNamespace(put=self.stored.append)


def crawler(run: FakeRun | None = None, since: date = DAY, until: date = DAY) -> Any:
    spider = SimpleNamespace(plan=Plan(PRESS_RELEASE, since, until))
    return SimpleNamespace(spider=spider, get_extension=lambda _: run)


def steps(of: Any) -> list[Any]:
    made = []
    for path in sorted(ITEM_PIPELINES, key=lambda path: ITEM_PIPELINES[path]):
        module, _, name = path.rpartition(".")
        step = getattr(importlib.import_module(module), name)
        made.append(step.from_crawler(of) if hasattr(step, "from_crawler") else step())
    return made


def through_all(item: Briefing, run: FakeRun | None = None, **plan: date) -> Briefing:
    for step in steps(crawler(run or FakeRun(), **plan)):
        item = step.process_item(item)
    return item
