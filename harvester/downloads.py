"""A download handler that writes large answers to files. Scrapy's own hold every answer in memory.

A request with a folder in `meta["to_file"]` is answered, where the status is 200, by a response without a body and a
`Received` in `meta["file"]`: a file in that folder, which is the callback's to move or remove. All other requests are
Scrapy's own handler's. To Scrapy both are downloads alike: robots.txt, delays, throttle and retries hold.
"""

import asyncio
import hashlib
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import aiohttp
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from scrapy.settings import BaseSettings
from yarl import URL

from harvester.files import new_part

SLOWEST = 10_000
"""Bytes a second. An answer slower than this is given up, or one that trickles would hold its place for ever."""

ERROR_PAGE_MOST = 256 * 1024
"""Bytes read of an answer that is no file; nobody needs the rest of an error page."""

ENCODINGS = frozenset({"gzip", "x-gzip", "compress", "deflate", "br", "zstd"})
"""Encodings that change what is sent. Others are no encodings: servers write `UTF-8` or `binary` there."""


@dataclass(frozen=True)
class Received:
    """A file that came whole."""

    path: Path
    size: int
    sha256: str


class ToFile(HTTP11DownloadHandler):
    """For http and https.

    `download_timeout` is how long a file's answer may take to begin, and then how long nothing may come; Scrapy's own
    handler means the whole answer by it. `download_maxsize` holds as it does there. An answer without Content-Length
    and without chunks ends when the connection does, whatever ended it; its response has the flag `partial`.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._settings = crawler.settings
        self._stats = crawler.stats
        self._session: aiohttp.ClientSession | None = None

    async def download_request(self, request: Request) -> Response:
        if "to_file" not in request.meta:
            return await super().download_request(request)
        # A copy of a request that had an answer carries that answer's file. It is not this one's.
        stale: Received | None = request.meta.pop("file", None)
        if stale:
            stale.path.unlink(missing_ok=True)
        patience = request.meta.get("download_timeout") or self._settings.getfloat("DOWNLOAD_TIMEOUT")
        with _errors_as_scrapys(request, patience):
            return await self._download(request, patience)

    async def close(self) -> None:
        if self._session:
            await self._session.close()
        await super().close()

    async def _download(self, request: Request, patience: float) -> Response:
        asked = monotonic()
        async with asyncio.timeout(patience):
            answer = await self._ask(request)
        async with answer:  # what is not read to its end is closed, not read on
            request.meta["download_latency"] = monotonic() - asked  # what AutoThrottle goes by
            headers = Headers(answer.raw_headers)
            pieces = _pieces(answer, patience)
            if answer.status != 200:
                body = await _beginning(pieces)
                kind = responsetypes.from_args(headers=headers, url=request.url, body=body)
                return kind(request.url, answer.status, headers, body)
            received = await self._receive(answer, pieces, request)
        request.meta["file"] = received
        if self._stats:
            self._stats.inc_value("downloader/response_bytes", received.size)  # Scrapy counts the empty body
        flags = [] if "Content-Length" in headers or "Transfer-Encoding" in headers else ["partial"]
        return Response(request.url, 200, headers, flags=flags)

    async def _ask(self, request: Request) -> aiohttp.ClientResponse:
        headers = request.headers.copy()
        headers["Accept-Encoding"] = "identity"
        to_proxy = Headers()
        if request.url.startswith("https:") and "Proxy-Authorization" in headers:
            # Past the proxy everything is the site's to read; Scrapy's handler takes it out as well.
            to_proxy["Proxy-Authorization"] = headers.pop("Proxy-Authorization")
        if self._session is None:
            self._session = _open_session(self._settings)
        return await self._session.request(
            request.method,
            URL(request.url, encoded=True),  # as it is: Scrapy has escaped it, once
            data=request.body or None,
            headers=headers.to_tuple_list(),
            allow_redirects=False,
            proxy=request.meta.get("proxy"),
            proxy_headers=to_proxy.to_tuple_list(),
        )

    async def _receive(
        self, answer: aiohttp.ClientResponse, pieces: AsyncIterator[bytes], request: Request
    ) -> Received:
        encodings = {each.strip().lower() for each in answer.headers.get("Content-Encoding", "").split(",")}
        if encodings & ENCODINGS:
            # Kept like this, the file would be named and read as what it is not.
            raise DownloadFailedError(f"{request.url} came as {', '.join(sorted(encodings))}, and was asked for plain")
        most = int(request.meta.get("download_maxsize", self._settings.getint("DOWNLOAD_MAXSIZE")))
        if most and (answer.content_length or 0) > most:
            raise DownloadCancelledError(f"{request.url} has {answer.content_length} bytes, more than {most}")
        path = new_part(Path(request.meta["to_file"]))
        try:
            return await _write(path, pieces, most)
        except BaseException:  # cancelled, too
            path.unlink(missing_ok=True)
            raise


def _open_session(settings: BaseSettings) -> aiohttp.ClientSession:
    tls = ssl.create_default_context()
    # What holds for pages holds for files, or one would come and the other not.
    tls.set_ciphers(settings["DOWNLOADER_CLIENT_TLS_CIPHERS"])
    if not settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES"):
        tls.check_hostname = False
        tls.verify_mode = ssl.CERT_NONE
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=tls, limit=0),  # how many at once is for Scrapy to say
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(),  # none: see _pieces
        skip_auto_headers=("Accept", "Content-Type", "User-Agent"),
    )


async def _pieces(answer: aiohttp.ClientResponse, patience: float) -> AsyncIterator[bytes]:
    """The body as it comes, some 100 kB at most at a time. TimeoutError where it does not, or hardly does."""
    began, size = monotonic(), 0
    while True:
        until_too_slow = began + patience + size / SLOWEST - monotonic()
        async with asyncio.timeout(min(patience, until_too_slow)):
            piece = await answer.content.readany()
        if not piece:
            return
        size += len(piece)
        yield piece


async def _write(path: Path, pieces: AsyncIterator[bytes], most: int) -> Received:
    size, sha256 = 0, hashlib.sha256()
    with path.open("xb") as file:
        async for piece in pieces:
            size += len(piece)
            if most and size > most:
                raise DownloadCancelledError(f"more than {most} bytes came")
            sha256.update(piece)
            file.write(piece)
    return Received(path, size, sha256.hexdigest())


async def _beginning(pieces: AsyncIterator[bytes]) -> bytes:
    body = b""
    async for piece in pieces:
        body += piece
        if len(body) >= ERROR_PAGE_MOST:
            break
    return body[:ERROR_PAGE_MOST]


@contextmanager
def _errors_as_scrapys(request: Request, patience: float) -> Iterator[None]:
    """Names for what went wrong on the way that Scrapy's RetryMiddleware knows. What the disk says stays an OSError."""
    try:
        yield
    except TimeoutError as error:
        slow = f"nothing for {patience:g} seconds, or less than {SLOWEST} bytes a second"
        raise DownloadTimeoutError(f"{request.url} took too long: {slow}") from error
    except aiohttp.ClientPayloadError as error:
        raise ResponseDataLossError(f"{request.url} did not come whole: {error}") from error
    except aiohttp.ClientConnectorDNSError as error:
        raise CannotResolveHostError(str(error)) from error
    except aiohttp.ClientConnectorError as error:
        refused = isinstance(error.os_error, ConnectionRefusedError)
        raise (DownloadConnectionRefusedError if refused else DownloadFailedError)(str(error)) from error
    except aiohttp.ClientError as error:
        raise DownloadFailedError(str(error) or type(error).__name__) from error
