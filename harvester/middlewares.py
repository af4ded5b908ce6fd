"""Downloader middlewares: robots.txt to the letter, waiting before asking again, whole answers only, the evidence."""

import asyncio
import logging
import time
import zlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest, ResponseDataLossError
from scrapy.http import Response

from harvester.clock import utc_now_precise
from harvester.extensions.run import Run
from harvester.store import Exchange

logger = logging.getLogger(__name__)

WAIT = "patience_seconds"
OBEYED = "patience_obeyed"
UNPACKED_AT_ONCE = 65536
"""Bytes that are in memory at a time while gzip is only looked over."""
OBEYED_TIMES = 2
"""How often one request is asked again after the wait the site wanted; then it is given up."""


class SiteAsksToStayAway(IgnoreRequest):
    """The site told us to come back later than a run can wait."""


class Patience:
    """Scrapy's retries ask again at once; this makes each wait, longer every time, or as long as `Retry-After` says.

    Retries come from Scrapy's RetryMiddleware (errors on the way, statuses) and from the spider (pages with status 200
    that are not what was asked for); both carry `retry_times`. A wait of more than RETRY_AFTER_MAX seconds is not sat
    out: the request fails with :class:`SiteAsksToStayAway`, and the spider ends the run.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.first_wait = crawler.settings.getfloat("RETRY_FIRST_WAIT")
        self.for_all = crawler.settings.getbool("RETRY_AFTER_FOR_ALL")
        self.not_before = 0.0
        self.longest = crawler.settings.getfloat("RETRY_AFTER_MAX")
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        tries = request.meta.get("retry_times", 0)
        told = request.meta.pop(WAIT, 0.0)
        if tries:
            await asyncio.sleep(max(told, self.first_wait * 2 ** (tries - 1)))
        while (wait := self.not_before - time.monotonic()) > 0:
            await asyncio.sleep(wait)

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status in (429, 503):
            seconds = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
            if seconds > self.longest:
                raise SiteAsksToStayAway(f"the site answers {response.status} and asks to wait {seconds:.0f} seconds")
            if seconds and request.meta.get(OBEYED, 0) >= OBEYED_TIMES:
                raise IgnoreRequest(f"the site answers {response.status} and asks to wait, again and again")
            if seconds:
                self.crawler.stats.inc_value("patience/retry_after")
            # RetryMiddleware, which comes next, copies the request's meta.
            request.meta[WAIT] = seconds
            request.meta[OBEYED] = request.meta.get(OBEYED, 0) + bool(seconds)
            if self.for_all:
                self.not_before = max(self.not_before, time.monotonic() + seconds)
        return response


class Moot:
    """Drops what nobody waits for any more: the release pages of a day that was given up."""

    def process_request(self, request: Request) -> None:
        walk = request.cb_kwargs.get("walk")
        if walk is not None and walk.closed:
            raise IgnoreRequest("its day was given up")


class DocumentsFirst:
    """Lets few release pages in at once, so that their documents do not queue behind the pages of a whole day.

    What was read of a release is stored when its text is there: a kill costs as many pages as were waiting for theirs.
    """

    def __init__(self, at_once: int) -> None:
        self._room = asyncio.Semaphore(at_once)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"))

    async def process_request(self, request: Request) -> None:
        if request.meta.get("archive", {}).get("kind") == "release":
            await self._room.acquire()
            request.meta["has_room"] = True

    def process_response(self, request: Request, response: Response) -> Response:
        self._leave(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        self._leave(request)

    def _leave(self, request: Request) -> None:
        if request.meta.pop("has_room", False):
            self._room.release()


class WholeGzip:
    """Refuses a packed answer that lacks its end or does not fit its check sum. Scrapy hands on what it can unpack.

    It is asked for again here, not by the spider: so robots.txt, which no spider sees, has its tries too.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._most = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        packing = (response.headers.get("Content-Encoding") or b"").strip().lower()
        most = request.meta.get("download_maxsize", self._most)
        # Servers say of an empty body, too, that it is packed. What a 429 or 503 asks for stands in its headers.
        if packing not in (b"gzip", b"x-gzip") or not response.body or response.status in (429, 503):
            return response
        if is_whole_gzip(response.body, most):
            return response
        reason = "its gzip is cut off or damaged"
        spider = self._crawler.spider
        if spider is not None and not request.meta.get("dont_retry"):
            retry = get_retry_request(request, spider=spider, reason=reason, logger=logger)
            if retry is not None:
                return retry
        raise ResponseDataLossError(f"{response.url} did not come whole: {reason}")


def is_whole_gzip(body: bytes, most: int) -> bool:
    """Whether gzip has its end and fits its check sum. What unpacks to more than `most` bytes is Scrapy's to refuse."""
    unpacking = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    size = 0
    try:
        while not unpacking.eof and size <= most:
            piece = unpacking.decompress(body, UNPACKED_AT_ONCE)
            size, body = size + len(piece), unpacking.unconsumed_tail
            if not piece and not body:
                break
    except zlib.error:
        return False
    return unpacking.eof or size > most


class Evidence:
    """Keeps every answer of the site in the archive, also those that are asked for again.

    A request says in its meta what its answer is, `{"kind": "release", "news_id": …}`; `exchange` there is then the
    answer's number in the archive.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        store = Run.of(self.crawler).store
        request.meta["fetched_at"] = utc_now_precise()
        if store.archive is not None:
            received = request.meta.get("file")
            request.meta["exchange"] = store.archive.add(
                Exchange(
                    **request.meta.get("archive", {"kind": "other"}),
                    method=request.method,
                    url=request.url,
                    form=request.body.decode("utf-8", "replace") if request.method == "POST" else None,
                    fetched_at=request.meta["fetched_at"],
                    status=response.status,
                    headers=_header_lines(response),
                    body=None if received else response.body,
                    sha256=received.sha256 if received else None,
                    size=received.size if received else None,
                    run_id=store.run_id,
                )
            )
        return response


def _header_lines(response: Response) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in (values if isinstance(values, list) else [values])
    ]


class RobotsTxt(RobotsTxtMiddleware):
    """Scrapy's, but a robots.txt that cannot be had forbids everything, as RFC 9309 (2.3.1.4) wants; Scrapy allows."""

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        if not request.meta.get("dont_obey_robotstxt"):
            parser = await self.robot_parser(request)
            if parser is None or self._in_trouble:
                raise IgnoreRequest("robots.txt could not be read, which means to stay away")
        await super().process_request(request)

    @cached_property
    def _in_trouble(self) -> bool:
        """Whether the one answer to the question for robots.txt was an error of the site."""
        counted = self.crawler.stats.get_stats()
        statuses = (name.rpartition("/")[2] for name in counted if name.startswith("robotstxt/response_status_count/"))
        return any(int(status) >= 500 or int(status) == 429 for status in statuses)


def retry_after(header: bytes | None, now: datetime) -> float:
    """Seconds a Retry-After header asks for, given as seconds or as a date; 0 for none, or one that says neither."""
    text = (header or b"").decode("ascii", "replace").strip()
    if text.isdigit():
        return float(text[:9])
    try:
        then = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0.0
    return max(0.0, (then.replace(tzinfo=then.tzinfo or UTC) - now).total_seconds())
