"""A release's page: title, day, ministry, time, licence, attachments and, for the few that have it, the text.

The markup was seen on a captured page of 2026-10-06 (docs/source-notes.md). A page without a title and a NewsArticle
is never an empty release: it is no release.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

from parsel import Selector

from harvester.korean import UnreadableDate, read_date
from harvester.korean.text import plain
from harvester.pages import NotARelease, UnreadablePage
from harvester.pages.markup import (
    as_markup,
    block_text,
    clean,
    closed_by,
    cut,
    ends_there,
    inline_text,
    parse,
    refusing_damage,
    require_whole,
    tags,
)

LARGEST_ALERT = 8192
"""Bytes; a page of the site weighs 140 kB and more."""
REMARK = re.compile(r"[\W_]*이\s*자료는.{1,80}자료를\s*전재하여\s*제공함을\s*알려드립니다[\W_]*")
""""이 자료는 국방부의 보도자료를 전재하여 제공함을 알려드립니다." stands under every text, and is none of it (seen)."""
NO_MARK = "a box for the licence without a mark that is known"
BESIDE = (
    ".view_title, .info, .filedown, .article_footer, .kogl_wrap, .kogl, .guide, .law_copy_wrap, .area_page, "
    "aside, .as_side, .side_row, .as_tab, .lst, img[alt^='공공누리']"
)
"""What stands before and behind a text."""
WITH_ENDS = ("view_title", "info", "gotosite", "filedown", "kogl_wrap", "law_copy_wrap")
"""The classes of what is read of a page; inside each, all that begins must end."""
IN_TEXTS = frozenset(
    (
        *("div", "ul", "ol", "dl", "section", "article", "aside", "figure", "table"),
        *("title", "textarea", "noscript", "template", "object", "button", "svg", "iframe"),
    )
)
"""Elements that tell where a text ends, or hide a part of it. Others are as editors left them."""

_FILE = re.compile(r"[\w-]{1,40}")
_CLASS = re.compile(r"""\bclass\s*=\s*["']?([^"'>]*)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AttachmentLink:
    """A file offered on the page: its number at the site, its name as printed, its address there."""

    file_id: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """One release as its page prints it."""

    news_id: str | None
    """The newsId the page names as its own; None where it names none."""
    title: str
    day: str
    """As printed over the text, `2026.10.06`."""
    published: str
    """`datePublished`, to the second with its offset; `00:00:00` where only the day is known."""
    ministry: str
    """By the link to the ministry's own news; empty where the page has none."""
    author: str
    """By the NewsArticle; empty where it names nobody but the site itself."""
    presenter: str
    """What stands beside the day and is no link to a ministry: on a briefing's page, who speaks."""
    licence: str | None
    body: str | None
    """The text where the page has it inline; None where it sits in a viewer or in documents."""
    viewer: str | None
    attachments: tuple[AttachmentLink, ...]

    def require_identity(self, news_id: str, title: str, day: date | None = None) -> None:
        """UnreadablePage where this is another release than the one asked for.

        A page that names no newsId as its own is known by its title, as the listing printed it. With another title and
        another `day` than its row it is not what the row means, whatever the number in the row's link says.
        """
        if self.news_id is None and clean(self.title) != clean(title):
            raise UnreadablePage(f"asked for newsId {news_id}, got a page that names none and has another title")
        if self.news_id not in (news_id, None):
            raise UnreadablePage(f"asked for newsId {news_id}, got {self.news_id}")
        if day is not None and clean(self.title) != clean(title) and self._days() and day not in self._days():
            raise UnreadablePage(f"the page of newsId {news_id} has another title and another day than its row")

    def _days(self) -> set[date]:
        days = set()
        for printed in (self.day, self.published):
            with suppress(UnreadableDate):
                days.add(read_date(printed).day)
        return days


@refusing_damage
def read_release(body: bytes) -> ReleasePage:
    """Read a release's page; NotARelease where the site has none here, UnreadablePage for anything else."""
    if not body.strip():
        raise NotARelease("no release: an empty page")
    require_whole(body)
    head = parse(cut(body, b"<head", b"</head>") or body)
    page, markup = _article(body)
    news = _news_article(head) or _news_article(parse(body))
    if page is None or news is None:
        raise _not_a_release(body)
    _require_ends(markup)
    headings = page.css(".view_title h1")
    title = inline_text(headings[0]) if headings else ""
    content = page.css(".view_cont")
    if not title:
        raise UnreadablePage("a release's page without a title")
    if not content:
        raise UnreadablePage("a release's page without its text's place (div.view_cont)")
    _require_one_title(title, head, news)
    if content[0].css(BESIDE):
        raise UnreadablePage("a release's page whose text has no end: what stands beneath it is inside")
    if page.css("p.remark") and not content[0].css("p.remark"):
        raise UnreadablePage("a release's page whose text ends before its remark")
    day, ministry, presenter = _source(page)
    viewer = content[0].css("iframe#content_press::attr(src)").get()
    return ReleasePage(
        news_id=_identity(head, news),
        title=title,
        day=day,
        published=_text(news, "datePublished"),
        ministry=ministry,
        author=_author(news),
        presenter=presenter,
        licence=_licence(page, markup),
        body=_inline_body(content[0]),
        viewer=viewer,
        attachments=_attachments(page),
    )


def _article(body: bytes) -> tuple[Selector | None, str]:
    """The part of the page that holds the release, or the whole page where it is not written as it was seen."""
    behind_head = body[max(body.find(b"</head>"), 0) :]
    article = cut(behind_head, b"view_title", b"<aside", b"S: article_side")
    if article is None:
        return None, ""
    page = parse(article)
    if page.css(".view_title h1") and page.css(".view_cont"):
        return page, as_markup(article)
    return parse(body), as_markup(body)


def _require_ends(markup: str) -> None:
    """UnreadablePage where an element that is read has no end of its own: a parser would find one, anywhere."""
    written = tags(markup)
    for number, tag in enumerate(written):
        found = _CLASS.search(tag.rest) if not tag.is_end else None
        for name in found[1].split() if found else ():
            text = name == "view_cont"
            if not text and name not in WITH_ENDS:
                continue
            last = closed_by(written, number, only=IN_TEXTS if text else ())
            if last is None or (text and not ends_there(markup, written[last])):
                raise UnreadablePage(f"a release's page whose {name} does not end where it should")


def _require_one_title(title: str, head: Selector, news: dict[str, Any]) -> None:
    """UnreadablePage where all that a page's head calls it is something else than its heading.

    A name in the head may be cut short, or have the site's name behind it.
    """
    called = [*head.css('meta[property="og:title"]::attr(content)').getall(), _text(news, "headline")]
    others = [name for each in called if (name := _squeezed(clean(each)))]
    heading = _squeezed(clean(title))
    if len(others) > 1 and not any(heading.startswith(name) or name.startswith(heading) for name in others):
        raise UnreadablePage(f"a release's page headed {title[:80]!r} and called {min(called)[:80]!r}")


def _squeezed(text: str) -> str:
    """Its letters and digits, so that dots of a cut and white space make no difference."""
    return "".join(letter for letter in text if letter.isalnum())


def _not_a_release(body: bytes) -> UnreadablePage:
    """A page that is little more than an alert says that there is no release; a real page has alerts in its scripts."""
    said = re.search(rb"alert\(\s*(['\"])(.{0,900}?)\1", body, re.DOTALL)
    if said and len(body) <= LARGEST_ALERT and b"view_title" not in body:
        return NotARelease(f"no release: the site says {said[2].decode('utf-8', 'replace').strip()!r}")
    return UnreadablePage("not a release's page: it has no title or no NewsArticle")


def _news_article(page: Selector) -> dict[str, Any] | None:
    for script in page.css('script[type="application/ld+json"]::text').getall():
        if "NewsArticle" not in script:
            continue
        try:
            data = json.loads(script, strict=False)
        except ValueError as error:
            raise UnreadablePage(f"its NewsArticle is not JSON: {error}") from None
        # Seen by itself; by its standard it may as well be one of several things.
        several = data.get("@graph") if isinstance(data, dict) else data
        for thing in (data, *(several if isinstance(several, list) else ())):
            if isinstance(thing, dict) and thing.get("@type") == "NewsArticle":
                return thing
    return None


def _identity(head: Selector, news: dict[str, Any]) -> str | None:
    """The newsId the page says it is, by its canonical address and its NewsArticle, which must agree."""
    addresses = [
        head.css('link[rel="canonical"]::attr(href)').get(""),
        _text(_mapping(news, "mainEntityOfPage"), "@id"),
    ]
    said = {news_id for address in addresses for news_id in parse_qs(urlsplit(address).query).get("newsId", [])}
    if len(said) > 1:
        raise UnreadablePage(f"a release's page that names {len(said)} newsIds as its own")
    return said.pop() if said else None


def _source(page: Selector) -> tuple[str, str, str]:
    """Day, ministry and presenter, as they stand under the title."""
    spans = page.css(".article_head .info > span")
    day = inline_text(spans[0]) if spans else ""
    presenter = " ".join(inline_text(span) for span in spans[1:] if not span.css("a.gotosite"))
    site = page.css("a.gotosite")
    if site and site[0].xpath("./*[not(self::i or self::span or self::b or self::em)]"):
        raise UnreadablePage("a release's page with more than a name in the link to its ministry")
    # The tooltip inside the link is not part of the name.
    name = "".join(site[0].xpath("./text() | ./*[not(self::i)]//text()").getall()) if site else ""
    return day, " ".join(name.split()), presenter.strip()


def _author(news: dict[str, Any]) -> str:
    author, publisher = (_text(_mapping(news, key), "name") for key in ("author", "publisher"))
    return "" if author == publisher else author


def _licence(page: Selector, markup: str) -> str | None:
    """What the mark says. A box for it without a mark is not the same as no box: that is told, and so noted."""
    # The second is how older pages and those of 정책뉴스 have it (told).
    mark = page.css(".kogl_wrap .type img::attr(alt), .law_copy_wrap .type img::attr(alt)").get()
    box = page.css(".kogl_wrap, .law_copy_wrap, .kogl") or 'alt="공공누리' in markup
    return NO_MARK if mark is None and box else mark and plain(mark)


def _attachments(page: Selector) -> tuple[AttachmentLink, ...]:
    links: dict[str, AttachmentLink] = {}
    for paragraph in page.css(".filedown dl dd p"):
        anchors = paragraph.css('a[href*="fileId="]')
        if not anchors:
            continue
        file_ids = {_file_id(anchor.attrib["href"]) for anchor in anchors}
        named = [anchor for anchor in anchors if not anchor.css(".view, .down")]
        name = inline_text(named[0]) if named else ""
        if len(file_ids) != 1 or not name or named[0].xpath("./*[not(self::img or self::span or self::b)]"):
            raise UnreadablePage(f"a release's page whose file {name[:80]!r} is {len(file_ids)} files, or has no name")
        [file_id] = file_ids
        path = paragraph.css("a.down::attr(href)").get(anchors[0].attrib["href"])
        if plain(path) != path:
            raise UnreadablePage(f"a release's page with a file at {path[:200]!r}, which is no address")
        links.setdefault(file_id, AttachmentLink(file_id, name, path))
    in_text = "ancestor::*[contains(@class, 'view_cont')]"
    offered = page.xpath(f"//a[contains(@href, 'download.do') and not({in_text})]/@href").getall()
    if any(_file_id(address) not in links for address in offered):
        raise UnreadablePage("a release's page that offers a file in no place for files")
    return tuple(links.values())


def _file_id(address: str) -> str:
    file_id = parse_qs(urlsplit(address).query).get("fileId", [""])[0]
    if not _FILE.fullmatch(file_id):
        raise UnreadablePage(f"a release's page with a file of the number {file_id[:80]!r}")
    return file_id


def _inline_body(content: Selector) -> str | None:
    """The text on the page itself, without the viewer and without the remark, which is a source line."""
    for scaffolding in content.css(".docConversion, p.remark"):
        scaffolding.drop()
    lines = block_text(content).split("\n")
    return "\n".join(line for line in lines if not REMARK.fullmatch(line)).strip() or None


def _mapping(data: dict[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return " ".join(value.split()) if isinstance(value, str) else ""
