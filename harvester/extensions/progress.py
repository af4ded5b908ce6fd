"""A plain line in the log for every day that is done; what is incomplete is said in full."""

import logging
from typing import Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler

from harvester.extensions.run import Run
from harvester.plan import ORIGINALS
from harvester.signals import day_closed
from harvester.store import DayRecord

logger = logging.getLogger(__name__)


class Progress:
    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.glanced = 0
        crawler.signals.connect(self.day_closed, day_closed)
        crawler.signals.connect(self.spider_opened, signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_opened(self, spider: Spider) -> None:
        run = self.crawler.get_extension(Run)
        if run:
            looks = sum(run.known_at_a_glance(day) is not None for day in run.days_to_walk())
            also = f", to look at: {looks}" if looks else ""
            logger.info("%s: days to walk: %d%s", spider.name, len(run.days_to_walk()) - looks, also)

    def spider_closed(self) -> None:
        if self.glanced:
            logger.info("%d days looked at: as in the ledger", self.glanced)

    def day_closed(self, record: DayRecord, glanced: bool) -> None:
        if glanced:
            self.glanced += 1
            return
        if record.filter == ORIGINALS and record.confirmed:
            logger.info("%s looked through: %s of %s releases are meant", record.day, record.listed, record.declared)
            return
        level = logging.INFO if record.confirmed else logging.WARNING
        reason = f": {record.reason}" if record.reason else ""
        logger.log(
            level,
            "%s %s: declared %s, listed %s, stored %s%s",
            record.day,
            record.state,
            *("?" if number is None else number for number in (record.declared, record.listed, record.stored)),
            reason,
        )
