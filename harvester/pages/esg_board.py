"""The board "ESG 정책뉴스" of k-esg.org, which re-posts releases: its list, and a post.

Nobody here has seen the site's own markup. What is known is the saved text of its pages and the public templates of the
board's software (CiBoard 3, skin `bootstrap`), so whatever does not look like them is refused. A post's page has the
board's list beneath the post: only what stands before `div#post-content`, and that element, are the post.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

from parsel import Selector

from harvester.korean import UnreadableDate, UnreadableSourceLine, find_source_lines, read_date, read_source_line
from harvester.pages import NotARelease, UnreadablePage
from harvester.pages.markup import (
    ENDLESS,
    as_markup,
    block_text,
    clean,
    closed_by,
    ends_there,
    inline_text,
    parse,
    refusing_damage,
    require_whole,
    tags,
)

COLUMNS = ["번호", "제목", "글쓴이", "날짜", "조회수"]
NOTICE = "공지"
EMPTY = "게시물이 없습니다"
COUNTS = {
    "comments": ".fa-comments",
    "hits": ".fa-eye",
    "likes": ".fa-thumbs-up, .fa-thumbs-o-up, .post-like",
    "dislikes": ".fa-thumbs-down, .fa-thumbs-o-down, .post-dislike",
}
"""What is counted, in the order it is printed in, and what it is known by."""
LONGEST_LAG = 60
"""Days from a release to its post that nobody doubts: boards lag by 1 to 6 days, rarely by weeks."""
LAST_LINES = 5
"""A source line stands at the end of a post: only the address, and perhaps a remark, comes after it."""

_CONTENT = re.compile(rb"""<div\b[^<>]*\bid\s*=\s*["']?post-content(?=["'\s>])""", re.IGNORECASE)
_POST = re.compile(r"(?:^|/)post/([1-9][0-9]{0,9})/?")
_COUNT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9}")
_DAY = re.compile(r"(?:[0-9]{4}[-./])?[0-9]{1,2}[-./][0-9]{1,2}(?: [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?")
_CLOCK = re.compile(r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]")
_DEPARTMENT = re.compile(r"담당부서\s*[:：]\s*(.*)")
_SIZE = re.compile(r"\s*\([0-9.,]+\s?(?:[KMGT]?B|[Bb]ytes|바이트)\)$")
_ADDRESS = re.compile(r"""(?<![\w.@/-])(?:https?://)?(?:[\w-]+\.)*korea\.kr/[^\s<>"'“”‘’]*""")
_OF_KOREA_KR = re.compile(r"(?:https?:)?//(?:[\w-]+\.)*korea\.kr(?=[:/?#]|$)")
_ATTRIBUTE = re.compile(r"\s[a-z]+=")
_WHOLE = re.compile(r"""[^<>"'\x00-\x1f\x7f-\x9f]+""")
_CUT = ("…", "...")


@dataclass(frozen=True, slots=True)
class PostRow:
    """One row of the board's list."""

    post_id: int
    """Stays the same, while `number` is counted anew whenever a post is deleted."""
    number: int | None
    """번호; None for a notice, which has none."""
    title: str
    """Whole, from the link's title; what is seen of it may be cut."""
    writer: str
    day_raw: str
    """As printed, `2024-01-19`."""
    hits: int

    @property
    def signature(self) -> str:
        """The same for the same row; another when its title, day or writer was changed. 번호 and hits drift."""
        return sha256("\n".join((self.title, self.day_raw, self.writer)).encode()).hexdigest()[:16]

    @property
    def day(self) -> date | None:
        """The day it was posted; None where the list prints no whole date."""
        try:
            return read_date(self.day_raw).day
        except UnreadableDate:
            return None


@dataclass(frozen=True, slots=True)
class BoardPage:
    """One page of the board's list. Notices stand on top of every page and are no part of it."""

    rows: tuple[PostRow, ...]
    notices: tuple[PostRow, ...]
    pages: int | None
    """The highest page number that the paging shows; the last page only where it is linked. None without a paging."""
    number: int | None
    """The page this is; None where the page shows no paging."""
    unreadable: tuple[str, ...]
    """Why rows could not be read, a reason each."""


@dataclass(frozen=True, slots=True)
class PostPage:
    """One post as its page prints it."""

    post_id: int | None
    """The post the page names as its own; None where it names none."""
    title: str
    """With `[category]` before it where the post has one: the list has the title without."""
    department: str | None
    """담당부서. Renamed when the ministry is, so it is no evidence of the name on the day of the release."""
    writer: str
    comments: int | None
    hits: int | None
    likes: int | None
    dislikes: int | None
    day_raw: str
    """As printed: `01-19`, on the day itself `14:05`. See :func:`read_posted_day`."""
    text: str
    """A line a paragraph, source line and address included."""
    source_line: str | None
    """As printed, for `read_source_line`; None where the text does not end with one."""
    links: tuple[str, ...]
    """Addresses of korea.kr in the text, whole, those one can click first."""
    attachments: tuple[str, ...]

    def require_identity(self, post_id: int, title: str) -> None:
        """UnreadablePage where this is another post than the one asked for.

        A page that names no post as its own is known by its title, as the list has it.
        """
        if self.post_id is None and not self.title.endswith(title):
            raise UnreadablePage(f"asked for post {post_id}, got a page that names none and has another title")
        if self.post_id not in (post_id, None):
            raise UnreadablePage(f"asked for post {post_id}, got {self.post_id}")


@dataclass(frozen=True, slots=True)
class PostedDay:
    """The day a post was made, and what speaks against it."""

    day: date
    doubt: str | None = None


@refusing_damage
def read_start_page(body: bytes, name: str) -> str:
    """Where the site's start page says the board of this name is; `""` where the board itself is the start page.

    UnreadablePage where it names none, or several.
    """
    require_whole(body)
    page = parse(body)
    if page.css("form#fboardlist"):
        return ""
    exact, longer = set(), set()
    for link in page.xpath("//a[@href]"):
        address, said = link.attrib["href"], (inline_text(link), clean(link.attrib.get("title", "")))
        if _post_id(address) or address.startswith(("#", "javascript:", "mailto:")):
            continue
        if name in said:
            exact.add(address.partition("#")[0])
        elif any(name in each for each in said):
            longer.add(address.partition("#")[0])
    found = exact or longer
    if len(found) != 1:
        raise UnreadablePage(f"a start page with {len(found)} links to the board {name!r}: name its address")
    return found.pop()


@refusing_damage
def read_board(body: bytes) -> BoardPage:
    """Read a page of the board's list; UnreadablePage for anything else (a post, an alert, a redesign, cut off)."""
    require_whole(body)
    if _CONTENT.search(body):
        raise UnreadablePage("not the board's list but a post")
    page = parse(body)
    tables = page.css("form#fboardlist table")
    if len(tables) != 1:
        said = _alert(page)
        raise UnreadablePage(
            f"not the board's list: it says {said!r}" if said else "not the board's list: it has no table of posts"
        )
    columns = [inline_text(head) for head in tables[0].css("thead th")]
    if columns and columns != COLUMNS:
        raise UnreadablePage(f"a list with other columns: {', '.join(columns)}"[:200])
    lines = tables[0].xpath("./tbody/tr")
    if not lines:
        raise UnreadablePage("an empty list without the board's word that it is empty")
    empty = any(inline_text(line).rstrip(".") == EMPTY for line in lines)
    if empty and len(lines) > 1:
        raise UnreadablePage(f"a list that says it is empty and shows {len(lines) - 1} posts")
    rows, unreadable = _rows([] if empty else lines, _broken(page, as_markup(body)))
    if unreadable and not rows:
        raise UnreadablePage(f"a list none of whose {len(lines)} rows can be read: {unreadable[0]}")
    number, pages = _paging(page)
    return BoardPage(
        rows=tuple(row for row in rows if row.number is not None),
        notices=tuple(row for row in rows if row.number is None),
        pages=pages,
        number=number,
        unreadable=tuple(unreadable),
    )


@refusing_damage
def read_post(body: bytes) -> PostPage:
    """Read a post's page; NotARelease where the board has no such post, UnreadablePage for anything else."""
    if not body.strip():
        raise NotARelease("no post: an empty page")
    require_whole(body)
    places = list(_CONTENT.finditer(body))
    if len(places) != 1:
        raise _not_a_post(body, len(places))
    # What comes before the text and what begins with it are read apart, for the list beneath has titles, dates and
    # figures too.
    before, after = parse(body[: places[0].start()]), parse(body[places[0].start() :])
    contents = after.css("div#post-content")
    if not contents:
        raise UnreadablePage("a post without a place for its text (div#post-content)")
    content = contents[0]
    if content.css("form, .board, .recommand, .border_button"):
        raise UnreadablePage("a post whose text has no end: what stands beneath it is inside")
    markup = as_markup(body[places[0].start() :])
    written = tags(markup)
    last = closed_by(written, 0, endless=ENDLESS)
    if last is None or not ends_there(markup, written[last]):
        raise UnreadablePage("a post whose text does not end where it should")
    _require_ends(as_markup(body[: places[0].start()]))
    headings = before.xpath("(//div[contains(concat(' ', @class, ' '), ' board ')])[last()]/h3")
    title = clean(inline_text(headings[0])) if headings else ""
    if not title or _DEPARTMENT.search(title):
        raise UnreadablePage(f"a post without a title: {title[:80]!r}")
    text = block_text(content)
    _require_still_there(content, title)
    items = before.css("ul.info > li")
    if not items or not inline_text(items[0]) or _marks(items[0]):
        raise UnreadablePage("a post that does not say who wrote it")
    counts = _counts(items[1:])
    return PostPage(
        post_id=_identity(before),
        title=title,
        department=_department(headings[0]),
        writer=clean(inline_text(items[0])),
        comments=counts["comments"],
        hits=counts["hits"],
        likes=counts["likes"],
        dislikes=counts["dislikes"],
        day_raw=_day(items[1:]),
        text=text,
        source_line=_source_line(text),
        links=_links(content, text),
        attachments=(*_attachments(before), *_attachments(after)),
    )


def read_posted_day(day_raw: str, *, listed: date | None, source_day: date | None, today: date) -> PostedDay:
    """The day a post was made, from what its page prints, the day in the list and that of its source line.

    A post prints `01-19`: the first such day on or after the source line's; without a source line, that of the list.
    `14:05` is `today`, in Korea, when the page was fetched. The list prints the year, so it wins over all of this, with
    a doubt. UnreadableDate where nothing says the year, or where the day would not have come yet.
    """
    if listed is None:
        posted = _posted(day_raw, source_day, today)
        if posted > today:
            raise UnreadableDate(day_raw, f"it would be {posted}, which has not come yet")
        return PostedDay(posted, _late(posted, source_day))
    try:
        posted = _posted(day_raw, source_day or listed, today)
    except UnreadableDate as reason:
        return PostedDay(listed, str(reason))
    if posted != listed:
        after = "" if source_day is None else f" after a release of {source_day}"
        return PostedDay(listed, f"the list says {listed}, its page {day_raw!r}{after}")
    return PostedDay(listed, _late(listed, source_day))


def _posted(day_raw: str, reference: date | None, today: date) -> date:
    printed = " ".join(day_raw.split())
    return today if _CLOCK.fullmatch(printed) else read_date(printed, reference=reference, prefer="future").day


def _late(posted: date, source_day: date | None) -> str | None:
    lag = 0 if source_day is None else (posted - source_day).days
    if 0 <= lag <= LONGEST_LAG:
        return None
    return f"posted {posted}, {abs(lag)} days {'after' if lag > 0 else 'before'} its source line's day"


# --- the list ---


def _broken(page: Selector, markup: str) -> list[Any]:
    """The rows inside which elements do not nest; the cell of a title never ends, as in the templates."""
    written = tags(markup)
    starts = [number for number, tag in enumerate(written) if tag.name == "tr" and not tag.is_end]
    rows = [each.root for each in page.css("tr")]
    if len(starts) != len(rows):
        raise UnreadablePage(f"a list in which {len(starts)} rows begin and {len(rows)} are there")
    return [row for row, start in zip(rows, starts, strict=True) if closed_by(written, start, endless={"td"}) is None]


def _rows(lines: Iterable[Selector], broken: list[Any]) -> tuple[list[PostRow], list[str]]:
    rows: list[PostRow] = []
    unreadable: list[str] = []
    for line in lines:
        try:
            row = _row(line)
            if line.root in broken:
                unreadable.append(f"the row of post {row.post_id} is damaged: its elements do not nest")
            else:
                rows.append(row)
        except ValueError as reason:
            unreadable.append(str(reason))
    return rows, unreadable


def _row(line: Selector) -> PostRow:
    cells = line.xpath("./td")
    if len(cells) != len(COLUMNS):
        raise UnreadablePage(f"a row of {len(cells)} cells")
    # A category's label may stand before the title, and is a link too.
    links = [(post_id, link) for link in cells[1].css("a[href]") if (post_id := _post_id(link.attrib["href"]))]
    if len(links) != 1:
        raise UnreadablePage(f"a row with {len(links)} links to posts")
    [(post_id, link)] = links
    title = clean(link.attrib.get("title", ""))
    printed, writer, day_raw, hits = (clean(inline_text(cells[place])) for place in (0, 2, 3, 4))
    if not title or not writer or not day_raw:
        raise UnreadablePage(f"the row of post {post_id} has no title, writer or day")
    seen = clean(inline_text(link)).rstrip("….")
    if not title.startswith(seen):
        raise UnreadablePage(f"the row of post {post_id} is called {title[:40]!r} and shows {seen[:40]!r}")
    if printed != NOTICE and not _COUNT.fullmatch(printed):
        raise UnreadablePage(f"the row of post {post_id} has no number: {printed[:40]!r}")
    if not _COUNT.fullmatch(hits):
        raise UnreadablePage(f"the row of post {post_id} has no hits: {hits[:40]!r}")
    row = PostRow(post_id, None if printed == NOTICE else _number(printed), title, writer, day_raw, _number(hits))
    if row.number is None and row.day is None:
        # Of one with a number the walk tells that its day is not known; a notice has no place in it.
        raise UnreadablePage(f"the notice {post_id} is listed without its day: {day_raw[:40]!r}")
    return row


def _paging(page: Selector) -> tuple[int | None, int | None]:
    """The current page and the highest that is shown."""
    current = {inline_text(item).removesuffix(" (current)") for item in page.css("ul.pagination li.active")}
    if len(current) > 1 or not all(re.fullmatch(r"[1-9][0-9]{0,5}", text) for text in current):
        raise UnreadablePage(f"a list that does not say which page it is: {sorted(current)}"[:200])
    linked = {
        int(text)
        for address in page.css("ul.pagination a::attr(href)").getall()
        for text in parse_qs(urlsplit(address).query).get("page", [])
        if re.fullmatch(r"[1-9][0-9]{0,5}", text)
    }
    number = int(current.pop()) if current else None
    return number, max(linked | ({number} if number else set()), default=None)


# --- a post ---


def _not_a_post(body: bytes, places: int) -> UnreadablePage:
    """The board answers with status 200 and a script that says in an alert why there is no post."""
    page = parse(body)
    said = _alert(page)
    if said and not places and not page.css("div.board"):
        return NotARelease(f"no post: the board says {said!r}")
    return UnreadablePage(f"not a post: it has {places} places for a text (div#post-content)")


def _require_ends(markup: str) -> None:
    """UnreadablePage where the title or what stands beneath it has no end of its own: a parser would find one."""
    written = tags(markup)
    title = max((number for number, tag in enumerate(written) if tag.name == "h3"), default=0)
    if any(tag.is_torn for tag in written[title:]):
        raise UnreadablePage("a post with torn tags beneath its title")
    for number, tag in enumerate(written):
        heads = tag.name == "h3" or (tag.name == "ul" and "info" in tag.rest)
        if heads and not tag.is_end and closed_by(written, number) is None:
            raise UnreadablePage(f"a post whose {tag.name} does not end where it should")


def _require_still_there(content: Selector, title: str) -> None:
    """NotARelease for a post in the waste bin: its page is whole, with a notice in place of the text."""
    notices = content.xpath("./div[contains(concat(' ', @class, ' '), ' alert ')]")
    if notices and inline_text(notices[0]) == inline_text(content):
        raise NotARelease(f"no post: the board says {title!r}, {inline_text(content)[:200]!r}")


def _alert(page: Selector) -> str | None:
    for script in page.css("script::text").getall():
        if said := re.search(r"alert\(\s*(['\"])(.{1,900}?)\1", script, re.DOTALL):
            return " ".join(said[2].split())
    return None


def _identity(before: Selector) -> int | None:
    """The post the page says it is, by its canonical address and og:url, which must agree."""
    addresses = before.css('link[rel="canonical"]::attr(href), meta[property="og:url"]::attr(content)').getall()
    said = {post_id for address in addresses if (post_id := _post_id(address))}
    if len(said) > 1:
        raise UnreadablePage(f"a post's page that names {len(said)} posts as its own")
    return said.pop() if said else None


def _department(heading: Selector) -> str | None:
    """ "담당부서 : X" under the title; the text is not looked at, where such words are a contact's."""
    nodes = heading.xpath("./following-sibling::node()[not(self::ul)]")
    printed = [node.get() if isinstance(node.root, str) else block_text(node) for node in nodes]
    found = _DEPARTMENT.search("\n".join(printed))
    return clean(found[1]) or None if found else None


def _marks(item: Selector) -> list[str]:
    return [name for name, mark in COUNTS.items() if item.css(mark)]


def _counts(items: Sequence[Selector]) -> dict[str, int | None]:
    """How often it was read, liked and so on: by icon, and what has none by its place among those that have none.

    A board may be without likes and dislikes; a single figure in their place could be either.
    """
    counts: dict[str, int | None] = dict.fromkeys(COUNTS)
    bare: list[int] = []
    for item in items:
        marks, printed = _marks(item), inline_text(item)
        if marks and (len(marks) > 1 or not _COUNT.fullmatch(printed)):
            raise UnreadablePage(f"a post whose {' and '.join(marks)} is {printed[:40]!r}")
        if marks:
            counts[marks[0]] = _number(printed)
        elif _COUNT.fullmatch(printed):
            bare.append(_number(printed))
    unnamed = [name for name, count in counts.items() if count is None]
    if bare and len(bare) != len(unnamed) and (len(bare), unnamed[:2]) != (2, ["comments", "hits"]):
        raise UnreadablePage(f"a post with {len(bare)} figures for {', '.join(unnamed)}")
    return counts | dict(zip(unnamed, bare, strict=False))


def _day(items: Sequence[Selector]) -> str:
    printed = [inline_text(item) for item in items if item.css(".fa-clock-o")] or [inline_text(item) for item in items]
    days = [text for text in printed if _DAY.fullmatch(text) or _CLOCK.fullmatch(text)]
    if not days:
        raise UnreadablePage("a post that does not say when it was posted")
    return days[-1]


def _source_line(text: str) -> str | None:
    """The line by which a post says where it is from, among its last ones; else the end of the last one."""
    # Lines of nothing but question marks are there too: spaces that the board could not keep.
    lines = [_ADDRESS.sub("", line).strip("? ") for line in text.split("\n")]
    last = [line for line in reversed(lines) if line][:LAST_LINES]
    for after, line in enumerate(last):
        try:
            read_source_line(line)
        except UnreadableSourceLine:
            continue
        # Without brackets it is a source line only where nothing follows it.
        if after == 0 or line[0] in "([（［":
            return line
    found = find_source_lines(last[0]) if last else []
    return found[-1].source.raw if found else None


def _links(content: Selector, text: str) -> tuple[str, ...]:
    """Addresses of korea.kr: those of links, then those that are only printed.

    Of a printed address the half would be another address, so one that ends in dots is none.
    """
    addresses = [address.strip() for address in content.css("a::attr(href)").getall()]
    linked = [address for address in addresses if _WHOLE.fullmatch(address) and not _ATTRIBUTE.search(address)]
    printed = [address for line in text.split("\n") for address in _ADDRESS.findall(line)]
    found = [
        *(address for address in linked if _OF_KOREA_KR.match(address)),
        *(address.rstrip(".,;)]）］」") for address in printed if not address.endswith(_CUT)),
    ]
    return tuple(dict.fromkeys(found))


def _attachments(part: Selector) -> list[str]:
    links = part.css("""ul.list-group li a[href^="javascript:file_download("]""")
    return [_SIZE.sub("", inline_text(link)) for link in links]


# --- both ---


def _post_id(address: str) -> int | None:
    """The post an address leads to, `/post/12` with or without `?page=N`; None for another address."""
    found = _POST.search(urlsplit(address.strip()).path)
    return int(found[1]) if found and found.end() == len(found.string) else None


def _number(printed: str) -> int:
    return int(printed.replace(",", ""))
