"""What the harvester costs over fetching alone, and whether its memory stays flat. Loopback only."""

import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from time import perf_counter, sleep

from harvester.demo import KST, Clock, Corpus, MiniSite

UNTIL = date(2024, 3, 31)
ROUNDS = 3
PAGE_PADDING = 80_000

BARE = """
import sys
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

class Bare(Spider):
    name = "bare"
    async def start(self):
        for news_id in open(sys.argv[2]).read().split():
            yield Request(f"{sys.argv[1]}/briefing/pressReleaseView.do?newsId={news_id}")
    def parse(self, response):
        pass

settings = Settings()
settings.setmodule("harvester.settings", priority="project")
settings.setdict({"ITEM_PIPELINES": {}, "EXTENSIONS": {}, "LOG_ENABLED": False, "DOWNLOAD_DELAY": 0.0001,
                  "AUTOTHROTTLE_ENABLED": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 4}, priority="cmdline")
process = AsyncCrawlerProcess(settings)
process.crawl(Bare)
process.start()
"""


def measured(command: list[str], environment: dict[str, str]) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds, peak MB of a child process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = perf_counter()
    child = subprocess.Popen(command, env=os.environ | environment, stderr=subprocess.DEVNULL)
    peak = 0.0
    while child.poll() is None:
        peak = max(peak, peak_memory(child.pid))
        sleep(0.05)
    status = child.returncode
    if status:
        raise SystemExit(f"{command} ended with {status}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return perf_counter() - began, cpu, peak


def peak_memory(pid: int) -> float:
    """MB of a running process, by Linux's own mark. Not ru_maxrss, which a child inherits from whoever starts it."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        found = None
    return int(found[1]) / 1024 if found else 0.0


def main() -> None:
    long, short = UNTIL - timedelta(days=90), UNTIL - timedelta(days=9)
    corpus = Corpus.generated(since=long, until=UNTIL, per_day=90, seed=1)
    noon = datetime(2024, 4, 1, 12, tzinfo=KST)
    with (
        MiniSite(corpus, clock=Clock(noon), page_padding=PAGE_PADDING) as site,
        tempfile.TemporaryDirectory() as scratch,
    ):
        names = Path(scratch) / "names"
        in_short = [release.news_id for release in corpus.releases if release.listed_on >= short]
        names.write_text("\n".join(in_short))

        def backfill(since: date, number: int) -> tuple[float, float, float]:
            data = str(Path(scratch) / f"{since}-{number}")
            environment = {"HARVEST_SITE": site.url, "HARVEST_RATE": "0", "HARVEST_DATA": data}
            words = ["backfill", "--since", since.isoformat(), "--until", UNTIL.isoformat()]
            return measured([sys.executable, "-m", "harvester", *words], environment)

        ratios = []
        for number in range(ROUNDS):
            ours = backfill(short, number)
            bare = measured([sys.executable, "-c", BARE, site.url, str(names)], {})
            ratios.append((ours[0] / bare[0], ours[1] / bare[1]))
            print(
                f"{len(in_short)} releases: harvest {ours[0]:.1f} s, {ours[1]:.1f} CPU s;"
                f" bare {bare[0]:.1f} s, {bare[1]:.1f} CPU s"
            )
        wall, cpu = (statistics.median(column) for column in zip(*ratios, strict=True))
        print(f"harvest / bare Scrapy fetch: {wall:.2f} x wall, {cpu:.2f} x CPU (medians of {ROUNDS})")
        few, many = backfill(short, ROUNDS), backfill(long, ROUNDS)
        print(f"memory: {many[2]:.0f} MB for {len(corpus)} releases / {few[2]:.0f} MB for {len(in_short)}", end="")
        print(f" = {many[2] / few[2]:.2f}; {len(corpus) / many[0]:.0f} releases a second")


if __name__ == "__main__":
    main()
