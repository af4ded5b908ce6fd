"""A small site and a plain client: sockets only, so that nothing repairs what the site does wrong."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from urllib.parse import urlencode

import pytest

from harvester.demo import Attachment, Clock, Corpus, MiniSite, Release
from harvester.demo.rendering import viewer_folder
from harvester.demo.rows import FORMS, LIST_ENDS

SINCE, UNTIL = date(2024, 1, 2), date(2024, 1, 12)
LIST = "/briefing/pressReleaseList.do"
VIEW = "/briefing/pressReleaseView.do"
DOWNLOAD = "/common/download.do"
WHOLE = {"startDate": f"{SINCE}", "endDate": f"{UNTIL}"}


@dataclass(frozen=True)
class Got:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def listing(self) -> str:
        """Only the listing: the sidebar links to releases as well."""
        begins = "|".join(re.escape(form.opening) for form in FORMS.values())
        found = re.search(f"(?:{begins})(.*?){re.escape(LIST_ENDS)}", self.text, re.S)
        return found[1] if found else ""

    @property
    def ids(self) -> list[str]:
        return re.findall(r"View\.do\?newsId=(\d+)", self.listing)

    @property
    def titles(self) -> list[str]:
        return [unescape(title) for title in re.findall(r"<strong>(.*?)</strong>", self.listing)]

    @property
    def leads(self) -> list[str]:
        return re.findall(r'<span class="lead">\s*(.*?)\s*</span>\s*<span class="source">', self.listing, re.S)

    @property
    def total(self) -> int:
        found = re.search(r'<div class="result">[^<]*<strong>(\d+)</strong>건', self.text)
        assert found
        return int(found[1])

    @property
    def form(self) -> dict[str, str]:
        found = re.search(r'<form id="mainForm".*?</form>', self.text, re.S)
        assert found
        return {name: unescape(value) for name, value in re.findall(r'name="(\w+)"  value="(.*?)"', found[0])}


class Client:
    def __init__(self, site: MiniSite) -> None:
        self.site = site

    def ask(self, method: str, path: str, body: str | None = None, timeout: float = 5) -> Got:
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=timeout)
        headers = {"User-Agent": "test"} | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {})
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Got(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, **query: str) -> Got:
        return self.ask("GET", f"{path}?{urlencode(query)}" if query else path)

    def page(self, page: int = 1, /, path: str = LIST, **form: str) -> Got:
        return self.ask("POST", path, urlencode({"pageIndex": str(page)} | form))

    def view(self, news_id: str, path: str = VIEW) -> Got:
        return self.get(path, newsId=news_id)

    def file(self, attachment: Attachment) -> Got:
        return self.get(DOWNLOAD, fileId=attachment.file_id, tblKey="GMN")

    def viewer_page(self, release: Release, page: int) -> Got:
        return self.get(f"{viewer_folder(release)}/{release.viewer_name}.files/{page}.html")

    def viewer_pages(self, release: Release) -> list[str]:
        """All pages of a viewer's document, to the first that is not there."""
        pages: list[str] = []
        while (got := self.viewer_page(release, len(pages) + 1)).status == 200:
            pages.append(got.text)
        return pages

    def walk(self, path: str = LIST, rows_a_page: int = 20, **form: str) -> list[str]:
        """Every newsId on every page, as it comes."""
        first = self.page(1, path, **form)
        pages = -(-first.total // rows_a_page)
        return [*first.ids, *(key for page in range(2, pages + 1) for key in self.page(page, path, **form).ids)]


def release(news_id: str, day: int = 5, **more: object) -> Release:
    values: dict[str, object] = {
        "news_id": news_id,
        "title": f"제목 {news_id}",
        "ministry": "산업통상자원부",
        "published": datetime(2024, 1, day, 9),
        "lead": "내용",
    }
    return Release(**(values | more))  # type: ignore[arg-type]


def squeezed(text: str) -> str:
    """The text without white space: what may be compared across formats."""
    return "".join(text.split())


def words_of(markup: str) -> str:
    """What a page says, squeezed; tags vanish without a trace, for words are split over them."""
    return squeezed(unescape(re.sub("<.*?>", "", re.sub("<head>.*?</head>", "", markup, flags=re.S), flags=re.S)))


def make_corpus() -> Corpus:
    return Corpus.generated(SINCE, UNTIL, per_day=30, seed=7)


_RELEASES = make_corpus().releases


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2024, 1, 12, 20))


@pytest.fixture
def site(clock: Clock) -> Iterator[MiniSite]:
    with MiniSite(Corpus(_RELEASES), clock=clock) as running:
        yield running


@pytest.fixture
def client(site: MiniSite) -> Client:
    return Client(site)
