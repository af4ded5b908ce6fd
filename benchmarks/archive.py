"""Keeping raw pages: the archive against gzip for each page, and the ways of packing that were weighed for it."""

import gzip
import tempfile
import urllib.request
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from random import Random
from time import process_time

from backports import zstd

from harvester.demo import KST, Clock, Corpus, MiniSite
from harvester.store import Archive, ArchiveReader, Exchange, archive_schema

PAGES = 300
TEMPLATE = 110_000
TEXT = 6_000
"""Bytes of text that a page shares with no other, as far as syllables go."""
PAGE_SIZES = (512, 1024, 2048, 4096)


def seconds(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began


def make_pages() -> list[bytes]:
    """The miniature site's pages, with a template as hard to pack as a real one and a text of their own."""
    day = date(2024, 1, 16)
    corpus = Corpus.generated(since=day, until=day, per_day=PAGES * 2, seed=1)
    with MiniSite(corpus, clock=Clock(datetime(2024, 1, 17, 12, tzinfo=KST))) as site:
        addresses = [f"{site.url}/briefing/pressReleaseView.do?newsId={each.news_id}" for each in corpus.releases]
        bodies = [urllib.request.urlopen(address).read() for address in addresses[:PAGES]]
    template = make_template()
    return [template + body + make_text(number) for number, body in enumerate(bodies)]


def make_template() -> bytes:
    dice = Random(1)
    lines = [
        f'\t\t\t<li class="gnb_item"><a href="/policy/{dice.randbytes(9).hex()}.do"><span>정책 메뉴</span></a></li>\n'
        for _ in range(TEMPLATE // 95)
    ]
    return "".join(lines).encode()


def make_text(number: int) -> bytes:
    """Syllables as often as in Korean prose: a few are frequent, most are rare."""
    dice = Random(number)
    return "".join(
        " " if dice.random() < 0.25 else chr(0xAC00 + int(dice.paretovariate(0.6)) % 2350) for _ in range(TEXT // 3)
    ).encode()


def write(path: Path, pages: Sequence[bytes]) -> None:
    archive = Archive(path)
    for number, body in enumerate(pages, start=1):
        archive.add(
            Exchange(
                kind="release",
                method="GET",
                url=f"https://www.korea.kr/briefing/pressReleaseView.do?newsId={156_000_000 + number}",
                form=None,
                fetched_at="2024-01-17T03:00:00.000Z",
                status=200,
                headers=[("Content-Type", "text/html;charset=UTF-8"), ("Date", "Wed, 17 Jan 2024 03:00:00 GMT")],
                body=body,
                board="press-release",
                day="2024-01-16",
                news_id=156_000_000 + number,
            )
        )
        if number % 5 == 0:
            archive.flush()
    archive.close()


def read(path: Path) -> None:
    reader = ArchiveReader(path)
    for _ in reader.exchanges():
        pass
    reader.close()


def weigh(name: str, pages: Sequence[bytes], pack: Callable[[bytes], bytes]) -> None:
    packed = [pack(page) for page in pages]
    took = seconds(lambda: [pack(page) for page in pages])
    times = sum(map(len, pages)) / sum(map(len, packed))
    print(f"  {name:42} {times:6.1f} times smaller  {len(pages) / took:7.0f} a CPU second")


def main() -> None:
    pages = make_pages()
    received = sum(map(len, pages))
    print(f"{len(pages)} pages of {received // len(pages) // 1000} kB")

    print("one page by itself:")
    base = zstd.ZstdDict(pages[0], is_raw=True)
    weigh("gzip", pages, gzip.compress)
    weigh("zstd 3", pages, lambda page: zstd.compress(page, 3))
    for trained_on, size in ((50, 112_640), (100, 262_144)):
        trained = zstd.train_dict(pages[:trained_on], size)
        name = f"zstd 3, {size // 1024} kB trained on {trained_on}"
        weigh(name, pages, lambda page, trained=trained: zstd.compress(page, 3, zstd_dict=trained))
    weigh("zstd 3, an earlier page as dictionary", pages, lambda page: zstd.compress(page, 3, zstd_dict=base))
    for level in (1, 3, 6, 9):
        name = f"zstd {level}, an earlier page as prefix"
        weigh(name, pages, lambda page, level=level: zstd.compress(page, level, zstd_dict=base.as_prefix))

    with tempfile.TemporaryDirectory() as folder:
        print("the file, with headers, addresses and indexes:")
        for page_size in PAGE_SIZES:
            archive_schema.PAGE_SIZE = page_size
            path = Path(folder) / f"{page_size}.db"
            writing, reading = seconds(lambda path=path: write(path, pages)), seconds(lambda path=path: read(path))
            print(
                f"  SQLite pages of {page_size:4}: {received / path.stat().st_size:5.1f} times smaller,"
                f" {len(pages) / writing:.0f} written and {len(pages) / reading:.0f} read a CPU second"
            )
        path = Path(folder) / "again.db"
        archive_schema.PAGE_SIZE = 2048
        zipping = seconds(lambda: [gzip.compress(page) for page in pages])
        writing, reading = seconds(lambda: write(path, pages)), seconds(lambda: read(path))
        zipped = sum(len(gzip.compress(page)) for page in pages)
        print(f"gzip of every page / the archive: {zipped / path.stat().st_size:.1f} x the bytes", end=", ")
        print(f"{zipping / writing:.1f} x the time; writing / reading: {writing / reading:.1f} x the time")


if __name__ == "__main__":
    main()
