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
        run = self.crawler.get_extension(Run)
        if run is None:
            raise RuntimeError("the extension Run is not in EXTENSIONS")
        run.store.put(item)
        return item
