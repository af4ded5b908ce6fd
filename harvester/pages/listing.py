"""A listing page: how many releases the site declares, which page of them this is, and its rows as printed.

The markup of the press releases' list was seen on captured pages of 2026-01-07 and 2026-10-06, in both renderings;
that of the other boards is told (docs/source-notes.md). What is particular about a board's list is its `ListLayout`.
Sidebars link to releases on every page, even on an empty result: only rows of the list count.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from math import ceil
from typing import Any

from parsel import Selector

from harvester.korean import UnreadableDate, read_date
from harvester.pages import UnreadablePage
from harvester.pages.markup import (
    as_markup,
    clean,
    closed_by,
    cut,
    inline_text,
    parse,
    refusing_damage,
    require_whole,
    tags,
)

ROWS_A_PAGE = 20
HALF_NUMBER = re.compile(rb"&(?:amp;)*#[xX]?[0-9A-Fa-f]{0,7}(?=(?:\.{3}|\xe2\x80\xa6|(?:\xc2\xb7){3})\s*<)")
BADGE, MORE = 16, 40
"""Letters that a row may have in none of its parts: beside the other rows of its page, and where it is the only one."""
_DAY = re.compile(r"[0-9]{4}[-.][0-9]{1,2}[-.][0-9]{1,2}\.?")
CUT_MARKS = ("...", "…", "···")


@dataclass(frozen=True, slots=True)
class RowForm:
    """How a list writes its rows: XPath, from the page to where they stand, and from a row to its parts.

    None is a part that the list does not print. A row without one of the parts in `needs` cannot be read.
    """

    place: str
    rows: str
    title: str
    day: str
    ministry: str | None = None
    lead: str | None = None
    presenter: str | None = None
    needs: frozenset[str] = frozenset({"title", "day", "ministry"})
    element: str = "li"
    """What a row is."""
    goes_when_empty: bool = False
    """Whether an empty list may come without its place: the site's word for it, `.no_data`, is then enough."""


def having(name: str) -> str:
    """An XPath condition: the element has this class."""
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"


IN_A_LIST = RowForm(
    place=f"//div[{having('list_type')}]",
    rows=f".//li[not(ancestor::li) and not({having('no_data')})]",
    title=".//strong",
    day=f".//span[{having('source')}]/span[1]",
    ministry=f".//span[{having('source')}]/span[2]",
    lead=f".//span[{having('lead')}]",
)
"""`div.list_type li`: press releases (seen), fact checks, policy news (told)."""
MINISTRY_IF_PRINTED = replace(IN_A_LIST, needs=frozenset({"title", "day"}))
"""The same, where a row may name no ministry: 국무회의 브리핑 (told), 정책뉴스."""
IN_A_TABLE = RowForm(
    place=f"//table[.//td[{having('subject')}]]",
    rows=f".//tr[td[not({having('no_data')})]]",
    # Of the link only its strong, where it has one: badges stand beside that.
    title=f"./td[{having('subject')}]//a[not(.//strong)] | ./td[{having('subject')}]//a//strong",
    day=f"./td[{having('subject')}]/following-sibling::td[1]",
    ministry=f"./td[{having('subject')}]/preceding-sibling::td[1]",
    presenter=f"./td[{having('subject')}]/following-sibling::td[2]",
    element="tr",
    goes_when_empty=True,  # it is known by its rows
)
"""Ministry, `td.subject a`, day, presenter: 부처 브리핑 (told)."""


@dataclass(frozen=True, slots=True)
class ListLayout:
    """What is particular about a board's list."""

    view: str
    """The page its rows link to, `pressReleaseView.do`."""
    forms: tuple[RowForm, ...] = (IN_A_LIST,)
    """How its rows are written; several where that is not known for certain."""
    page_sizes: tuple[int, ...] = (ROWS_A_PAGE,)
    """How many rows a page may have; several where that is not known for certain."""

    @property
    def names_presenters(self) -> bool:
        return any(form.presenter for form in self.forms)


PRESS_RELEASES = ListLayout(view="pressReleaseView.do")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a listing: its texts as printed, its day read."""

    news_id: str
    title: str
    lead: str
    day: date
    ministry: str
    presenter: str = ""

    @property
    def signature(self) -> str:
        """The same for the same row in both renderings; another when its title, day or ministry was changed.

        The lead is left out because it is printed in two lengths: :func:`same_lead` compares it.
        """
        parts = [clean(self.title), self.day.isoformat(), clean(self.ministry), clean(self.presenter)]
        meaning = "\n".join(parts if self.presenter else parts[:3])
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
    linked: int = 0
    """The highest page that its paging links to; 0 where it links to none."""
    page_size: int = ROWS_A_PAGE
    """How many rows a full page has, as far as this one tells; the first page tells for certain."""

    @property
    def pages(self) -> int:
        """How many pages the declared releases take."""
        return ceil(self.declared / self.page_size)

    def rows_expected(self, page: int, page_size: int | None = None) -> int:
        """How many rows page number `page` must have for what is declared; 0 past the end."""
        return _rows_on(page, self.declared, page_size or self.page_size)

    def contradiction(self, asked: Mapping[str, str]) -> str | None:
        """How this page is not the answer to the form that was sent; None where it is.

        The site is known to ignore what it does not understand and to answer with page 1, or with the last year.
        """
        number = int(asked["pageIndex"])
        if self.linked > self.pages:
            return (
                f"it declares {self.declared} releases, which take {self.pages} pages, and links to page {self.linked}"
            )
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
def read_listing(body: bytes, layout: ListLayout = PRESS_RELEASES) -> ListingPage:
    """Read a listing page; UnreadablePage for anything else (maintenance, redesign, cut off, another page)."""
    require_whole(body)
    # A parser would take the half of a number for a number: `&#x31...`, cut from `&#x3147;`, for the letter 1.
    body = HALF_NUMBER.sub(b"", body)
    part = cut(body, b'id="mainForm"', b"<aside", b"</main>") or body
    page = parse(part)
    if _place(page, layout) is None:
        page, part = parse(body), body
    place, total, markup = _place(page, layout), page.css(".result strong"), as_markup(part)
    says_nothing = bool(page.css(".no_data"))
    may_be_gone = says_nothing and any(form.goes_when_empty for form in layout.forms)
    if not total or (place is None and not may_be_gone):
        raise UnreadablePage("not a listing: it has no place for rows or no total")
    declared = _number(inline_text(total[0]))
    form, items = place or (layout.forms[0], [])
    rows, unreadable = _rows(items, form, layout.view, _broken(page, markup, form.element))
    if unreadable and not rows:
        raise UnreadablePage(f"a listing none of whose {len(items)} rows can be read: {unreadable[0]}")
    if not items and declared == 0 and not says_nothing:
        raise UnreadablePage("an empty listing without the site's word that it is empty")
    if items and declared == 0:
        raise UnreadablePage(f"a listing that declares 0 releases and shows {len(items)}")
    number = _current(page)
    return ListingPage(
        declared=declared,
        number=number,
        last=_last(page),
        linked=_linked_page(page),
        rows=tuple(rows),
        unreadable=tuple(unreadable),
        form=_form(page),
        ministries=_ministries(page, markup),
        page_size=_page_size(layout.page_sizes, number or 1, declared, len(items)),
    )


def _place(page: Selector, layout: ListLayout) -> tuple[RowForm, list[Selector]] | None:
    """The first form of the board's in which the page has a list, and its rows; None where it has no list."""
    for form in layout.forms:
        if found := page.xpath(form.place):
            return form, list(found[0].xpath(form.rows))
    return None


def _page_size(sizes: tuple[int, ...], number: int, declared: int, rows: int) -> int:
    """The size of a full page that explains the rows of this one; the first where none does."""
    fitting = (size for size in sizes if rows == _rows_on(number, declared, size))
    return next(fitting, sizes[0])


def _rows_on(page: int, declared: int, page_size: int) -> int:
    return max(0, min(page_size, declared - page_size * (page - 1)))


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


def _broken(page: Selector, markup: str, element: str) -> list[Any]:
    """Those of these elements inside which others do not nest: a parser may put there what is another's."""
    written = tags(markup)
    starts = [number for number, tag in enumerate(written) if tag.name == element and not tag.is_end]
    rows = [each.root for each in page.xpath(f"//{element}")]
    if len(starts) != len(rows):
        raise UnreadablePage(f"a listing in which {len(starts)} {element} begin and {len(rows)} are there")
    return [
        row
        for row, start, following in zip(rows, starts, [*starts, len(written)][1:], strict=True)
        if (end := closed_by(written, start)) is None or (element == "tr" and end > following)
    ]


def _rows(items: list[Selector], form: RowForm, view: str, broken: list[Any]) -> tuple[list[Row], list[str]]:
    rows: list[Row] = []
    unreadable: list[str] = []
    cells = [len(item.xpath("./td")) for item in items]
    usual_cells = max(set(cells), key=cells.count, default=0)
    damaged = [item.root in broken or own != usual_cells for item, own in zip(items, cells, strict=True)]
    if len(items) > 1 and all(damaged):
        damaged = [False] * len(items)  # then it is no damage but the template's way
    texts = [_unread(item, form) for item in items] if form.lead else [0] * len(items)
    usual = min(texts) + BADGE if len(items) > 1 else MORE
    loose, replaced = [_loose(item, form) for item in items], _lead_replaced(items, form)
    damaged = [
        is_damaged or letters > min(loose) or item in replaced
        for item, is_damaged, letters in zip(items, damaged, loose, strict=True)
    ]
    for item, is_damaged, unread in zip(items, damaged, texts, strict=True):
        try:
            row = _row(item, form, view)
        except ValueError as reason:
            unreadable.append(str(reason))
            continue
        if is_damaged:
            unreadable.append(
                f"the row of newsId {row.news_id} is damaged: its elements do not nest, or are not those of the others"
            )
        elif unread > usual:
            unreadable.append(f"the row of newsId {row.news_id} has a text of {unread} letters in none of its parts")
        else:
            rows.append(row)
    for news_id in {row.news_id for row in rows if any(row.news_id == each.news_id and row != each for each in rows)}:
        rows = [row for row in rows if row.news_id != news_id]
        unreadable.append(f"newsId {news_id} is listed twice, in other words")
    return rows, unreadable


def _unread(item: Selector, form: RowForm) -> int:
    """How many letters of a row are in none of its parts: of a lead that is cut short or is not called one."""
    parts = (form.title, form.day, form.ministry, form.lead, form.presenter)
    return _letters(inline_text(item)) - sum(_letters(_part(item, path)) for path in parts)


def _loose(item: Selector, form: RowForm) -> int:
    """How many letters stand beside a lead and in no element: of a lead whose end is not where it was."""
    beside = item.xpath(f"({form.lead})/../text()").getall() if form.lead else []
    return sum(map(_letters, map(clean, beside)))


def _lead_replaced(items: list[Selector], form: RowForm) -> list[Selector]:
    """The rows with something else in the place of a lead: they have none, and yet no fewer elements than others."""
    if not form.lead:
        return []
    without = [item for item in items if not item.xpath(form.lead)]
    elements = [len(item.xpath(".//*")) for item in items if item not in without]
    return [item for item in without if elements and len(item.xpath(".//*")) >= min(elements)]


def _letters(text: str) -> int:
    return len(text.replace(" ", ""))


def _row(item: Selector, form: RowForm, view: str) -> Row:
    news_id = _linked(item, view)
    if news_id is None:
        raise UnreadablePage(f"a row without a link to {view} and a newsId")
    parts = {
        "title": _part(item, form.title),
        "day": _part(item, form.day),
        "ministry": _part(item, form.ministry),
    }
    nodes = [item.xpath(path)[0].root for path in (form.title, form.day, form.lead) if path and item.xpath(path)]
    if any(node is not other and other in node.iterancestors() for node in nodes for other in nodes):
        raise UnreadablePage(f"the row of newsId {news_id} has one part inside another")
    if missing := [name for name, text in parts.items() if name in form.needs and not text]:
        raise UnreadablePage(f"the row of newsId {news_id} has no {' and no '.join(missing)}")
    try:
        day = read_date(parts["day"]).day
    except UnreadableDate as reason:
        raise UnreadablePage(f"the row of newsId {news_id}: {reason}") from None
    lead, presenter = _part(item, form.lead), _part(item, form.presenter)
    if _DAY.fullmatch(presenter):
        raise UnreadablePage(f"the row of newsId {news_id} has a day where it names who spoke")
    return Row(news_id, parts["title"], lead, day, parts["ministry"], presenter)


def _linked(item: Selector, view: str) -> str | None:
    """The newsId a row links to, by the address of its link or by what a click on it does."""
    link = re.compile(r"(?<!\w)" + re.escape(view) + r"\?(?:[^'\"\s]*&)?newsId=([1-9][0-9]{0,14})(?=[&'\"\s#]|$)")
    for anchor in item.css("a"):
        for name in ("href", "onclick"):
            if found := link.search(anchor.attrib.get(name, "")):
                return found[1]
    return None


def _part(item: Selector, path: str | None) -> str:
    found = item.xpath(path) if path else []
    return inline_text(found[0]) if found else ""


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


def _linked_page(page: Selector) -> int:
    links = page.css(".paging a::attr(onclick)").getall()
    return max((int(number) for link in links for number in re.findall(r"pageLink\((\d{1,6})\)", link)), default=0)


def _form(page: Selector) -> dict[str, str]:
    return {
        field.attrib["name"]: field.attrib.get("value", "")
        for field in page.css("form#mainForm input[type=hidden][name]")
    }


def _ministries(page: Selector, markup: str) -> dict[str, str]:
    written = tags(markup)
    starts = [number for number, tag in enumerate(written) if tag.name == "label" and not tag.is_end]
    found = page.css("label")
    if len(starts) != len(found):
        raise UnreadablePage(f"a listing in which {len(starts)} labels begin and {len(found)} are there")
    if any(closed_by(written, start) != start + 1 for start in starts):
        return {}  # one inside another, or without its end: which says what is not known
    labels = {label.attrib["for"]: clean(inline_text(label)) for label in found if "for" in label.attrib}
    codes = page.css("input[name=chkRepCode]::attr(value)").getall()
    return {code: labels[code] for code in codes if labels.get(code)}
