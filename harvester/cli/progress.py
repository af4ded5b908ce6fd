"""The progress line of a crawl at a terminal: days done, releases, rate, time left."""

import time

import click
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call

from harvester.extensions.run import Run
from harvester.signals import day_closed
from harvester.store import DayRecord

EVERY = 0.2


class ProgressLine:
    """Rewrites one line on stderr; a day that is not complete gets a line of its own."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.began = time.monotonic()
        self.days = 0
        self.releases = 0
        self._drawing = create_looping_call(self.draw)
        crawler.signals.connect(self._opened, signals.spider_opened)
        crawler.signals.connect(self._closed, signals.spider_closed)
        crawler.signals.connect(self._release, signals.item_scraped)
        crawler.signals.connect(self._day, day_closed)

    def draw(self) -> None:
        run = self.crawler.get_extension(Run)
        total = len(run.days_to_walk()) if run else 0
        text = progress(self.days, total, self.releases, time.monotonic() - self.began)
        click.echo(f"\r\x1b[K{text}", err=True, nl=False)

    def clear(self) -> None:
        click.echo("\r\x1b[K", err=True, nl=False)

    def _opened(self) -> None:
        self._drawing.start(EVERY, now=False)

    def _closed(self) -> None:
        if self._drawing.running:
            self._drawing.stop()

    def _release(self) -> None:
        self.releases += 1

    def _day(self, record: DayRecord) -> None:
        self.days += 1
        if not record.confirmed:
            self.clear()
            click.echo(f"{record.day} {record.state}: {record.reason}", err=True)


def progress(days: int, total: int, releases: int, elapsed: float) -> str:
    """`2/11 days  247 releases read  48.1 a second  0m 12s left`; the time left follows from the days done."""
    parts = [f"{days}/{total} days", f"{releases} releases read"]
    if elapsed >= 1:
        parts.append(f"{releases / elapsed:.1f} a second")
    if days:
        parts.append(f"{duration(elapsed / days * (total - days))} left")
    return "  ".join(parts)


def duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes:02}m" if hours else f"{minutes}m {rest:02}s"
