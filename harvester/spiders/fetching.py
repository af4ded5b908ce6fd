"""Fetches the files and viewer pages a search for a release's text asks for, and has them read beside the reactor."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from gzip import BadGzipFile
from os import cpu_count
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response

from harvester.documents import Readers
from harvester.downloads import Received
from harvester.extensions.run import Run
from harvester.files import Files
from harvester.items import NOT_FETCHED
from harvester.middlewares import SiteAsksToStayAway
from harvester.plan import Plan
from harvester.store import ArchiveReader, Store
from harvester.texts import GONE, OK, UNREADABLE, Got, Wanted, kept_unread, read_answer

LOST_IN_A_ROW = 5
"""So many files in a row that could not be had mean that the site gives none at present."""
REST = 120.0
"""Seconds after which it is asked for one again."""
LARGEST_TO_READ = 64 * 1024 * 1024
"""Bytes; a document weighs 0.2 MB (seen), and is held in memory while it is read."""
HEADERS = {"file": {"Accept": "*/*", "Accept-Encoding": "identity"}, "viewer": {"Accept": "*/*"}}
"""Documents are packed in themselves; to pack them once more would only cost both sides work."""


class Fetching:
    """What a crawl answers a search with. `files` keeps every file, where all are asked for."""

    def __init__(self, crawler: Crawler, files: Files | None) -> None:
        self.crawler = crawler
        self.files = files
        count = cpu_count() or 1
        self._readers = Readers(count)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="reading")
        self._lost_in_a_row = {"file": 0, "viewer": 0}
        self._rests_until = {"file": 0.0, "viewer": 0.0}

    def close(self) -> None:
        self._readers.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def get(self, wanted: Wanted, about: dict[str, Any]) -> Got:
        """Fetch and read; `about` says in the archive what the answer belongs to, and which walk waits for it."""
        if time.monotonic() < self._rests_until[wanted.kind]:
            return Got(status=f"{NOT_FETCHED}: the site gives no such files at present")
        got = await self._get(wanted, about)
        lost = got.status.startswith(NOT_FETCHED)
        self._lost_in_a_row[wanted.kind] = self._lost_in_a_row[wanted.kind] + 1 if lost else 0
        if self._lost_in_a_row[wanted.kind] >= LOST_IN_A_ROW:
            self._rests_until[wanted.kind] = time.monotonic() + REST
        if lost:
            self.crawler.stats.inc_value(f"texts/{wanted.kind}_lost")
        return got

    async def _get(self, wanted: Wanted, about: dict[str, Any]) -> Got:
        try:
            return await self._ask_until_believed(wanted, about)
        except DownloadCancelledError:
            if self.files is not None and wanted.read:
                kept = await self._get(replace(wanted, read=False), about)
                reason = f"{UNREADABLE}: too large to be read, kept as a file"
                return replace(kept, status=reason) if kept.sha256 else kept
            return Got(status=f"{UNREADABLE}: too large: more than {self._largest(wanted) // 2**20} MB")
        except SiteAsksToStayAway:
            raise  # it concerns the whole run
        except IgnoreRequest as error:
            return _not_fetched(error)

    async def _ask_until_believed(self, wanted: Wanted, about: dict[str, Any]) -> Got:
        """What comes of it in the end; it has as many tries as a page.

        Trouble that passes is given time, as with pages. What is not there, or spoiled, is asked for again at once, and
        believed when two answers in a row are the same: spoiled at the site, it comes no other way.
        """
        request = self._request(wanted, about)
        got = await self._ask(request, wanted)
        for _ in range(self.crawler.settings.getint("RETRY_TIMES")):
            if not got.passing and not got.doubtful:
                break
            request, before = _again(request, got), got
            got = await self._ask(request, wanted)
            if got == before and not got.passing:
                break
        return got

    async def _ask(self, request: Request, wanted: Wanted) -> Got:
        """What one answer holds. Raises IgnoreRequest where nothing was asked, or nothing is to be asked again."""
        try:
            response = await self.crawler.engine.download_async(request)
        except BadGzipFile as error:  # an OSError, and none of our disk's
            return _not_fetched(error)
        except (OSError, DownloadCancelledError, IgnoreRequest):
            raise  # our own disk; or for the caller to judge
        except Exception as error:
            return _not_fetched(error)
        if response.status not in (OK, *GONE):
            return Got(status=f"{NOT_FETCHED}: HTTP status {response.status}")
        return await self._read(wanted, response)

    def _request(self, wanted: Wanted, about: dict[str, Any]) -> Request:
        meta: dict[str, Any] = {
            "archive": about["archive"] | {"kind": wanted.kind},
            "download_maxsize": self._largest(wanted),
            "dont_retry": True,  # by Scrapy: whether to ask again depends on what the answer holds
        }
        if self.files is not None and not wanted.read:
            meta["to_file"] = self.files.temporary
        return Request(wanted.url, headers=HEADERS[wanted.kind], meta=meta, cb_kwargs={"walk": about["walk"]})

    def _largest(self, wanted: Wanted) -> int:
        """Bytes a file may have."""
        return LARGEST_TO_READ if wanted.read else self.crawler.settings.getint("FILE_MAXSIZE")

    async def _read(self, wanted: Wanted, response: Response) -> Got:
        received: Received | None = response.meta.get("file")
        if self.files is not None and received is not None:
            self.files.adopt(received.path, received.sha256)
            return kept_unread(wanted, received.size, received.sha256)
        if self.files is not None and response.status == OK and wanted.kind == "file":
            self.files.keep(response.body)
        loop = asyncio.get_running_loop()
        got = await loop.run_in_executor(
            self._threads, read_answer, wanted, response.status, response.body, self._readers
        )
        store = Run.of(self.crawler).store
        if store.archive and got.reading and got.reading.lasts and got.sha256:
            store.readings.note(got.sha256, wanted.suffix, got.reading.as_json())
        return got


def _again(request: Request, got: Got) -> Request:
    """The same request once more; trouble that passes is waited for, longer every time (middlewares.py, Patience)."""
    again = request.copy()
    if got.passing:
        again.meta["retry_times"] = request.meta.get("retry_times", 0) + 1
    return again


def _not_fetched(error: Exception) -> Got:
    return Got(status=f"{NOT_FETCHED}: {str(error)[:200] or type(error).__name__}")


async def keep_from_archive(store: Store, files: Files, plan: Plan) -> None:
    """Put the files that runs before fetched for their text, and kept in the archive only, with the others."""
    missing = [
        digest
        for digest in store.fetched_files(plan.board.slug, plan.since, plan.until)
        if not files.path(digest).exists()
    ]
    if missing and store.archive is not None:
        await asyncio.to_thread(_copy, store.archive.path, missing, files)


def _copy(archive: Path, digests: list[str], files: Files) -> None:
    with closing(ArchiveReader(archive)) as reader:
        for digest in digests:
            content = reader.content(digest)
            if content is not None:
                files.keep(content)
