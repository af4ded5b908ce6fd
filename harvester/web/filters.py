"""What the address of a page chooses: the filters of `harvest search` as a form writes them."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from unicodedata import normalize
from urllib.parse import urlencode

from harvester.boards import BOARDS, ESG_BOARD
from harvester.clock import korean_today
from harvester.exports.describe import NAMED
from harvester.korean.ministries import UnknownMinistry, find_ministry, ministries_named
from harvester.korean.queries import MOST_CHARACTERS, MOST_WORDS, WrongQuery, read_query
from harvester.spiders.arguments import WrongArgument, ministry_names, read_day, read_ministries
from harvester.store.selection import Order, Selection

Arguments = dict[str, list[str]]
"""A query string, read."""

Stored = Mapping[str, Collection[str]]
"""The ministries that releases have, by name, with their codes: each can be asked for, known or not."""

MOST_NAMES = 50
MOST_PAGES = 10_000
ORDERS = {Order.RELEVANCE: "정확도순", Order.DAY: "최신순"}


class WrongFilter(ValueError):
    """A filter that cannot be meant; the message says in Korean what is wrong with it and what would be right."""


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters as typed, and as the store wants them."""

    query: str
    boards: tuple[str, ...]
    ministries: tuple[str, ...]
    since: date | None
    until: date | None
    withdrawn: bool
    order: Order
    page: int
    selection: Selection

    def address(self, *, page: int | None = None, order: bool = True) -> str:
        """The query string that asks for the same; of one page, in this order or without one."""
        pairs = [
            ("q", self.query),
            *(("board", each) for each in self.boards),
            *(("ministry", each) for each in self.ministries),
            ("since", self.since.isoformat() if self.since else ""),
            ("until", self.until.isoformat() if self.until else ""),
            ("withdrawn", "" if self.withdrawn else "no"),
            ("order", str(self.order) if order and self.query else ""),
            ("page", str(page) if page and page > 1 else ""),
        ]
        return urlencode([(name, value) for name, value in pairs if value])

    @property
    def conditions(self) -> str:
        """The filters beside the words, in words."""
        days = f"{self.since or ''}~{self.until or ''}" if self.since or self.until else ""
        names = [BOARDS[slug].name for slug in self.boards]
        withdrawn = "" if self.withdrawn else "철회된 글 빼고"
        return ", ".join(filter(None, (*self.ministries, *names, days, withdrawn)))

    @property
    def title(self) -> str:
        return ", ".join(filter(None, (self.query, self.conditions))) or "모든 보도자료"


def read_filters(arguments: Arguments, stored: Stored) -> Filters:
    """Raises WrongFilter."""
    # A form writes what is typed; full-width digits and letters are meant as plain ones.
    query = " ".join(_last(arguments, "q").split())
    boards = _boards(arguments.get("board", []))
    names = tuple(dict.fromkeys(filter(None, (_plain(each) for each in arguments.get("ministry", [])))))
    since, until = _day(arguments, "since", "시작일"), _day(arguments, "until", "종료일")
    if since and until and since > until:
        raise WrongFilter(f"시작일(since) {since}이 종료일(until) {until}보다 늦습니다. 둘을 바꾸어 보십시오.")
    _check_words(query)
    codes, all_names = _ministries(names, stored, since, until)
    withdrawn = _plain(_last(arguments, "withdrawn")) not in ("no", "0", "false")
    return Filters(
        query=query,
        boards=boards,
        ministries=names,
        since=since,
        until=until,
        withdrawn=withdrawn,
        order=_order(arguments),
        page=read_number(arguments, "page", 1, MOST_PAGES),
        selection=Selection(
            boards=boards, codes=codes, names=all_names, since=since, until=until, words=query, withdrawn=withdrawn
        ),
    )


LEDGER = re.compile(r"(?:ministry=(?P<codes>[^&]+))?(?:(?:^|&)query=(?P<words>.+))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """What a walk of the site was asked for, in words, and as `/search` takes it."""

    title: str
    ministries: tuple[str, ...]
    query: str

    def address(self, **others: str) -> str:
        """The query string that asks for the same, and for the others."""
        pairs = [*others.items(), *(("ministry", each) for each in self.ministries), ("q", self.query)]
        return urlencode([(name, value) for name, value in pairs if value])


def ledger_filter(written: str) -> LedgerFilter:
    """A filter as the ledger writes it: `filter_key` in harvester/plan.py."""
    parts = LEDGER.fullmatch(written)
    if parts is None:
        return LedgerFilter(written, (), "")
    names = tuple(dict.fromkeys(_name_of(code) for code in (parts["codes"] or "").split(",") if code))
    more = f" 외 {len(names) - NAMED}곳" if len(names) > NAMED else ""
    words = f"‘{parts['words']}’" if parts["words"] else ""
    return LedgerFilter(", ".join(filter(None, (", ".join(names[:NAMED]) + more, words))), names, parts["words"] or "")


def _name_of(code: str) -> str:
    try:
        return find_ministry(code).name
    except UnknownMinistry:
        return code


def read_board(arguments: Arguments) -> str | None:
    """The board a page is about, the ESG board too; None where none is named. Raises WrongFilter."""
    slug = _plain(_last(arguments, "board"))
    if slug == ESG_BOARD.slug:
        return slug
    return next(iter(_boards([slug])), None)


def read_year(arguments: Arguments) -> int | None:
    """Raises WrongFilter."""
    text = _plain(_last(arguments, "year"))
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{4}", text) or not 1995 <= int(text) <= korean_today().year:
        raise WrongFilter(f"year: ‘{_short(text)}’은(는) 볼 수 있는 해가 아닙니다. 2024처럼 쓰십시오.")
    return int(text)


def read_filter(arguments: Arguments) -> str:
    """The filter of the ledger, as it stands in it."""
    return _last(arguments, "filter")


def _last(arguments: Arguments, name: str) -> str:
    return (arguments.get(name) or [""])[-1]


def _plain(text: str) -> str:
    return normalize("NFKC", text).strip()


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


def _boards(typed: list[str]) -> tuple[str, ...]:
    slugs = []
    for text in filter(None, map(_plain, typed)):
        found = [board.slug for board in BOARDS.values() if text in (board.slug, board.name)]
        if not found:
            there_are = ", ".join(BOARDS)
            raise WrongFilter(f"board: ‘{_short(text)}’이라는 게시판은 없습니다. 있는 것: {there_are}.")
        slugs += found
    return tuple(dict.fromkeys(slugs))


def _day(arguments: Arguments, name: str, korean: str) -> date | None:
    text = _plain(_last(arguments, name))
    if not text:
        return None
    try:
        return read_day(name, text, date.max)
    except WrongArgument:
        why = "날짜로 읽을 수 없습니다(1995-01-01부터). 2024-01-17처럼 쓰십시오"
        raise WrongFilter(f"{korean}({name}): ‘{_short(text)}’은(는) {why}.") from None


def _ministries(
    names: tuple[str, ...], stored: Stored, since: date | None, until: date | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Their codes, and all their names; of one that is known from releases alone, those it has there."""
    if len(names) > MOST_NAMES:
        raise WrongFilter(f"ministry: 부처 {len(names):,}곳은 너무 많습니다. {MOST_NAMES}곳까지 고를 수 있습니다.")
    written = {_plain(name): name for name in stored}
    known, others = [], []
    for name in names:
        try:
            read_ministries([name], since, until)
            known.append(name)
        except WrongArgument:
            if name not in written:
                raise WrongFilter(f"ministry: ‘{_short(name)}’이라는 부처를 모릅니다.{_nearest(name)}") from None
            others.append(written[name])
    codes = (code for other in others for code in stored[other])
    return (*read_ministries(known, since, until), *codes), (*ministry_names(known, since, until), *others)


def _nearest(name: str) -> str:
    try:
        ministries_named(name)
    except UnknownMinistry as error:
        if error.suggestions:
            return f" 혹시 {', '.join(error.suggestions)}입니까?"
    return " 산업통상자원부, 산업부, MOTIE 또는 A00015처럼 쓰십시오."


def _check_words(query: str) -> None:
    try:
        if query:
            read_query(query)
    except WrongQuery:
        raise WrongFilter(
            f"‘{_short(query)}’로는 찾을 수 없습니다. 찾을 낱말이 하나 이상 있어야 하고"
            f"(빼는 낱말만으로는 안 됩니다), {MOST_CHARACTERS:,}자·{MOST_WORDS}낱말까지 됩니다."
            ' 예: 희토류 공급망 · "공급망 점검" · 희토류 -수출'
        ) from None


def _order(arguments: Arguments) -> Order:
    text = _plain(_last(arguments, "order")) or Order.RELEVANCE
    if text not in ORDERS:
        raise WrongFilter(f"order: ‘{_short(text)}’은(는) 차례가 아닙니다. {' 또는 '.join(ORDERS)}를 쓰십시오.")
    return Order(text)


def read_number(arguments: Arguments, name: str, default: int, most: int) -> int:
    """Raises WrongFilter."""
    text = _plain(_last(arguments, name)) or str(default)
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= most:
        raise WrongFilter(f"{name}: ‘{_short(text)}’은(는) 쓸 수 없습니다. 1부터 {most:,}까지의 수를 쓰십시오.")
    return int(text)
