from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from harvester.items import Briefing


class CheckRange:
    """Nothing outside the asked days is stored, at either end."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Briefing) -> Briefing:
        spider: Any = self.crawler.spider
        plan = spider.plan
        if item.published_on is None or not plan.since <= item.published_on <= plan.until:
            raise DropItem(f"its day {item.published_on} is outside {plan.since} … {plan.until}")
        return item
