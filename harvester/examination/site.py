"""The site as it is today: one polite request for each kind of page, and what the answers say."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from harvester.boards import ESG_BOARD, BriefingBoard
from harvester.clock import KST
from harvester.examination.finding import Area, Finding, Mark
from harvester.examination.machine import SET_THE_CLOCK
from harvester.spiders.doctor import FILE, LIST, PAGE, ROBOTS, VIEWER, DoctorSpider, Robots, Seen

FOLDER = "doctor"
"""In the data folder: pages that are not as expected."""
KINDS = (ROBOTS, LIST, PAGE, FILE, VIEWER)
OFF = timedelta(minutes=5)
"""By so much may two clocks differ that nobody looks after."""
CONTRACT = "docs/source-notes.md says what is expected; if it stays so for a day, `harvester/pages/` needs work"
AWAY = "is the network up? is the site there in a browser? wait, and look again"
FORBIDDEN = "do not crawl; ask the site's people"


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at the site brought."""

    seen: tuple[Seen, ...]
    robots: Mapping[str, Robots]
    date: tuple[str, str] | None
    finished: bool


def look(
    boards: Sequence[BriefingBoard], settings: Mapping[str, Any], configure_log: Callable[[], None], *, with_esg: bool
) -> Looked:
    """Ask the site, in this process; `configure_log` is called when Scrapy has set up its own log."""
    project = Settings()
    project.setmodule("harvester.settings", priority="project")
    project.setdict({**settings, "LOG_INSTALL_ROOT_HANDLER": False}, priority="cmdline")
    process = AsyncCrawlerProcess(project)
    configure_log()
    crawler = Crawler(DoctorSpider, project)
    process.crawl(crawler, boards=boards, with_esg_board=with_esg)
    process.start()
    spider = crawler.spider
    if not isinstance(spider, DoctorSpider):  # stopped before there was one
        return Looked((), {}, None, finished=False)
    places = {board.slug: place for place, board in enumerate(boards)} | {ESG_BOARD.slug: len(boards)}
    seen = sorted(spider.seen, key=lambda each: (places[each.board], KINDS.index(each.kind)))
    return Looked(tuple(seen), spider.robots, spider.date, spider.finished)


def findings(looked: Looked, rate: float, folder: Path) -> list[Finding]:
    """What it means; pages that are not as expected are kept in the folder."""
    # What stands on the page of an error is no robots.txt.
    not_had = {urlsplit(each.url).netloc for each in looked.seen if each.kind == ROBOTS}
    found = [
        *(robots(host, each, rate) for host, each in looked.robots.items() if host not in not_had),
        *clock(looked.date),
        *(page(each, _keep(each, folder)) for each in looked.seen),
    ]
    of_site = [each for each in looked.seen if each.board != ESG_BOARD.slug]
    # One board that looks different leaves the others; where not one list can be read, a run has nothing to go by.
    stops = bool(of_site) and not any(each.kind == LIST and not each.wrong for each in of_site)
    return [_stopping(each) if stops and each.mark is Mark.WRONG else each for each in found]


def _stopping(each: Finding) -> Finding:
    return Finding(each.area, each.name, each.mark, each.says, each.todo, True, each.evidence)


def _keep(seen: Seen, folder: Path) -> Path | None:
    """Where the page is kept that is not as expected; None where it is, or cannot be kept."""
    if not seen.wrong or not seen.body:
        return None
    kept = folder / f"{seen.board}-{seen.kind}.{'bin' if seen.kind == FILE else 'html'}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(seen.body)
    except OSError:
        return None  # on a full disk, which is a finding by itself
    return kept


def page(seen: Seen, kept: Path | None) -> Finding:
    name = f"{ROBOTS} of {urlsplit(seen.url).netloc}" if seen.kind == ROBOTS else f"{seen.board} {seen.kind}"
    if not seen.wrong:
        return Finding(Area.SITE, name, Mark.OK, seen.says)
    todo = FORBIDDEN if "Forbidden" in seen.says else CONTRACT if seen.body else AWAY
    return Finding(Area.SITE, name, Mark.WRONG, seen.says, todo, evidence=kept)


def robots(host: str, said: Robots, rate: float) -> Finding:
    """Whether we may ask, and how fast."""
    name = f"{ROBOTS} of {host}"
    if said.forbidden:
        paths = ", ".join(urlsplit(url).path for url in said.forbidden[:4])
        more = f" and {len(said.forbidden) - 4} more" if len(said.forbidden) > 4 else ""
        return Finding(Area.SITE, name, Mark.WRONG, f"it forbids {paths}{more}", FORBIDDEN)
    if said.delay and (not rate or said.delay > 1 / rate):
        says = f"it allows our pages, and asks for {said.delay:g} seconds between two"
        return Finding(Area.SITE, name, Mark.LOOK, says, f"crawl with --rate {1 / said.delay:.3g}")
    return Finding(Area.SITE, name, Mark.OK, "it allows our pages")


def clock(date: tuple[str, str] | None) -> list[Finding]:
    """Whether this machine and the site agree on what time it is: days are asked for by ours."""
    if date is None:
        return []
    said, ours = date
    try:
        theirs = parsedate_to_datetime(said)
    except ValueError:
        return []
    theirs, here = theirs.replace(tzinfo=theirs.tzinfo or UTC), datetime.fromisoformat(ours)
    off = here - theirs
    if abs(off) <= OFF:
        return [Finding(Area.SITE, "clock", Mark.OK, "the site's clock and ours agree")]
    way = "ahead of" if off > timedelta(0) else "behind"
    says = f"ours is {_long(abs(off))} {way} the site's, which says {theirs.astimezone(KST):%Y-%m-%d %H:%M} in Korea"
    same_day = here.astimezone(KST).date() == theirs.astimezone(KST).date()
    mark = Mark.LOOK if same_day else Mark.WRONG
    return [Finding(Area.SITE, "clock", mark, says, SET_THE_CLOCK)]


def _long(span: timedelta) -> str:
    for unit, length in (("days", 86400), ("hours", 3600)):
        if span.total_seconds() >= 2 * length:
            return f"{span.total_seconds() / length:.0f} {unit}"
    return f"{span.total_seconds() / 60:.0f} minutes"
