"""A listing page: how many releases the site declares, which page of them this is, and its rows as printed.

The markup was seen on captured pages of 2026-01-07 and 2026-10-06, in both renderings (docs/source-notes.md). Only
`div.list_type` is the listing: sidebars link to releases on every page, even on an empty result.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from math import ceil
from urllib.parse import parse_qs, urlsplit

from parsel import Selector

from harvester.korean import UnreadableDate, read_date
from harvester.pages import UnreadablePage
from harvester.pages.markup import clean, cut, inline_text, parse, refusing_damage, require_whole

ROWS_A_PAGE = 20
HALF_NUMBER = re.compile(rb"&(?:amp;)*#[xX]?[0-9A-Fa-f]{0,7}(?=(?:\.{3}|\xe2\x80\xa6|(?:\xc2\xb7){3})\s*<)")
CUT_MARKS = ("...", "…", "···")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a listing: its texts as printed, its day read."""

    news_id: str
    title: str
    lead: str
    day: date
    ministry: str

    @property
    def signature(self) -> str:
        """The same for the same row in both renderings; another when its title, day or ministry was changed.

        The lead is left out because it is printed in two lengths: :func:`same_lead` compares it.
        """
        meaning = "\n".join((clean(self.title), self.day.isoformat(), clean(self.ministry)))
        return sha256(meaning.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ListingPage:
    declared: int
    """How many releases the site says the question has."""
    number: int | None
    """The page this is; None where the page shows no paging."""
    last: int | None
    """The last page as linked; None where it is not (10 pages or fewer)."""
    rows: tuple[Row, ...]
    unreadable: tuple[str, ...]
    """Why rows could not be read, a reason each."""
    form: Mapping[str, str]
    """The question as the site understood it: the hidden fields of #mainForm; empty where the page has none."""
    ministries: Mapping[str, str]
    """The filter's table, code to name of today."""

    @property
    def pages(self) -> int:
        """How many pages the declared releases take."""
        return ceil(self.declared / ROWS_A_PAGE)

    def rows_expected(self, page: int) -> int:
        """How many rows page number `page` must have for what is declared; 0 past the end."""
        return max(0, min(ROWS_A_PAGE, self.declared - ROWS_A_PAGE * (page - 1)))

    def contradiction(self, asked: Mapping[str, str]) -> str | None:
        """How this page is not the answer to the form that was sent; None where it is.

        The site is known to ignore what it does not understand and to answer with page 1, or with the last year.
        """
        number = int(asked["pageIndex"])
        if number <= self.pages and (self.number or 1) != number:
            return f"asked for page {number}, got page {self.number or 1}"
        for name in ("startDate", "endDate", "srchWord", "repCode"):
            if name in self.form and sorted(self.form[name].split(",")) != sorted(asked[name].split(",")):
                return f"asked with {name}={asked[name]!r}, answered for {self.form[name]!r}"
        for row in self.rows:
            if not asked["startDate"] <= row.day.isoformat() <= asked["endDate"]:
                return f"asked for {asked['startDate']}, got newsId {row.news_id} of {row.day}"
        return None


@refusing_damage
def read_listing(body: bytes) -> ListingPage:
    """Read a listing page; UnreadablePage for anything else (maintenance, redesign, cut off, another page)."""
    require_whole(body)
    # A parser would take the half of a number for a number: `&#x31...`, cut from `&#x3147;`, for the letter 1.
    body = HALF_NUMBER.sub(b"", body)
    page = parse(cut(body, b'id="mainForm"', b"<aside", b"</main>") or body)
    if not page.css("div.list_type"):
        page = parse(body)
    listing = page.css("div.list_type")
    total = page.css(".result strong")
    if not listing or not total:
        raise UnreadablePage("not a listing: it has no div.list_type or no total")
    declared = _number(inline_text(total[0]))
    items = listing[0].xpath(".//li[not(ancestor::li) and not(contains(@class, 'no_data'))]")
    rows, unreadable = _rows(items)
    if unreadable and not rows:
        raise UnreadablePage(f"a listing none of whose {len(items)} rows can be read: {unreadable[0]}")
    if not items and declared == 0 and not listing[0].css("li.no_data"):
        raise UnreadablePage("an empty listing without the site's word that it is empty")
    if items and declared == 0:
        raise UnreadablePage(f"a listing that declares 0 releases and shows {len(items)}")
    return ListingPage(
        declared=declared,
        number=_current(page),
        last=_last(page),
        rows=tuple(rows),
        unreadable=tuple(unreadable),
        form=_form(page),
        ministries=_ministries(page),
    )


def same_lead(old: str | None, new: str | None) -> bool:
    """Whether two printed leads are the same text.

    The site prints a lead whole in one rendering of the list and cut near 180 characters in the other, with other white
    space: a cut lead is the same as any text it begins.
    """
    first, second = _squeezed(old), _squeezed(new)
    return first == second or _begins(first, second) or _begins(second, first)


def _begins(cut: str, whole: str) -> bool:
    """Whether `cut` ends in the site's mark for a cut and what is before it begins `whole`."""
    return any(cut.endswith(mark) and cut != mark and whole.startswith(cut[: -len(mark)]) for mark in CUT_MARKS)


def is_cut(lead: str) -> bool:
    """Whether a printed lead ends in the site's mark for "there is more"."""
    return lead.rstrip().endswith(CUT_MARKS)


def _squeezed(lead: str | None) -> str:
    return "".join(clean(lead or "").split())


def _rows(items: Iterable[Selector]) -> tuple[list[Row], list[str]]:
    rows: list[Row] = []
    unreadable: list[str] = []
    for item in items:
        try:
            rows.append(_row(item))
        except ValueError as reason:
            unreadable.append(str(reason))
    return rows, unreadable


def _row(item: Selector) -> Row:
    link = item.css("a[href]")
    news_id = parse_qs(urlsplit(link[0].attrib["href"]).query).get("newsId", [""])[0] if link else ""
    if not re.fullmatch(r"[1-9][0-9]{0,14}", news_id):
        raise UnreadablePage("a row without a newsId")
    title, source, lead = item.css("strong"), item.css("span.source > span"), item.css("span.lead")
    texts = [inline_text(part) for part in (*title[:1], *source[:2])]
    if len(texts) < 3 or not all(texts):
        raise UnreadablePage(f"the row of newsId {news_id} has no title, day or ministry")
    try:
        day = read_date(texts[1]).day
    except UnreadableDate as reason:
        raise UnreadablePage(f"the row of newsId {news_id}: {reason}") from None
    return Row(news_id, texts[0], inline_text(lead[0]) if lead else "", day, texts[2])


def _number(text: str) -> int:
    digits = text.replace(",", "")
    if not re.fullmatch(r"[0-9]{1,9}", digits):
        raise UnreadablePage(f"a listing whose total is not a number: {text[:40]!r}")
    return int(digits)


def _current(page: Selector) -> int | None:
    shown = [inline_text(on) for on in page.css(".paging .on")]
    numbers = {int(text) for text in shown if re.fullmatch(r"[0-9]{1,6}", text)}
    if len(numbers) > 1:
        raise UnreadablePage(f"a listing that says it is several pages: {sorted(numbers)}")
    return numbers.pop() if numbers else None


def _last(page: Selector) -> int | None:
    found = re.search(r"pageLink\((\d{1,6})\)", page.css(".paging a.last::attr(onclick)").get(""))
    return int(found[1]) if found else None


def _form(page: Selector) -> dict[str, str]:
    return {
        field.attrib["name"]: field.attrib.get("value", "")
        for field in page.css("form#mainForm input[type=hidden][name]")
    }


def _ministries(page: Selector) -> dict[str, str]:
    labels = {label.attrib["for"]: clean(inline_text(label)) for label in page.css("label[for]")}
    codes = page.css("input[name=chkRepCode]::attr(value)").getall()
    return {code: labels[code] for code in codes if labels.get(code)}
