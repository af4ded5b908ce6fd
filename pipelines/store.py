from typing import Self

from scrapy.crawler import Crawler

from harvester.extensions.run import Run
from harvester.items import Briefing


class StoreBriefing:
    """Hands the release to the store, which writes it with the next batch."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Briefing) -> Briefing:
        Run.of(self.crawler).store.put(item)
        return item
