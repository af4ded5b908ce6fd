"""Reading a release's page: cutting the article out of the bytes first, against parsing the whole page."""

import statistics
import urllib.request
from datetime import date, datetime
from time import perf_counter

from harvester.demo import KST, Clock, Corpus, MiniSite
from harvester.pages import release
from harvester.pages.release import read_release

PAGES = 200
ROUNDS = 5


def seconds(bodies: list[bytes]) -> float:
    began = perf_counter()
    for body in bodies:
        read_release(body)
    return perf_counter() - began


def main() -> None:
    day = date(2024, 1, 16)
    corpus = Corpus.generated(since=day, until=day, per_day=PAGES, seed=1)
    with MiniSite(corpus, clock=Clock(datetime(2024, 1, 17, 12, tzinfo=KST)), page_padding=100_000) as site:
        addresses = [f"{site.url}/briefing/pressReleaseView.do?newsId={each.news_id}" for each in corpus.releases]
        bodies = [urllib.request.urlopen(address).read() for address in addresses]
    ratios = []
    cut = release.cut
    for _ in range(ROUNDS):
        with_cut = seconds(bodies)
        release.cut = lambda body, *_: body
        ratios.append(seconds(bodies) / with_cut)
        release.cut = cut
    print(f"{len(bodies)} pages of {len(bodies[0]) // 1000} kB: {len(bodies) / with_cut:.0f} a second")
    print(f"parsing the whole page / cutting first: {statistics.median(ratios):.1f} x (median of {ROUNDS})")


if __name__ == "__main__":
    main()
