"""The pages for people, and the feeds: what the store answers, in templates."""

import functools
import hashlib
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlencode

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from harvester.boards import BOARDS, ESG_BOARD, PRESS_RELEASE
from harvester.exports import atom
from harvester.exports.blocks import blocks
from harvester.exports.describe import describe
from harvester.korean.snippets import hits, marked
from harvester.store import UNUSABLE, reports, search
from harvester.store import selection as selecting
from harvester.store import web as store
from harvester.store.selection import Order
from harvester.wall import calendar as calendars
from harvester.web.database import database
from harvester.web.filters import (
    ORDERS,
    Arguments,
    Filters,
    WrongFilter,
    read_board,
    read_filter,
    read_filters,
    read_number,
    read_year,
)

logger = logging.getLogger(__name__)

ON_A_PAGE = 20
NEWEST = 10
COLUMNS = ("title", "lead", "body", "ministry", "board", "published_on", "withdrawn_at")

FIELDS = {
    "title": "제목",
    "lead": "요약",
    "body": "본문",
    "ministry": "부처",
    "presenter": "발표자",
    "published_on": "날",
    "published_at": "시각",
    "license": "공공누리",
    "attachments": "첨부파일",
    "withdrawn_at": "철회",
}
"""What `revisions.field` means."""

Page = Callable[..., Awaitable[Response]]


class NotThere(ValueError):
    """There is no such thing; the message says in Korean what there is."""


def arguments(request: Request) -> Arguments:
    return parse_qs(request.query_string, keep_blank_values=True)


async def html(datasette: Datasette, request: Request, template: str, status: int = 200, **context: Any) -> Response:
    return Response.html(await datasette.render_template(template, context, request=request), status=status)


REFUSED = {
    "slow": (503, "시간이 너무 걸려 그만두었습니다. 조건을 더 좁혀 보십시오."),
    "prohibited": (403, "담당자의 이름과 번호는 harvest serve --with-contacts일 때만 볼 수 있습니다."),
    "unreadable": (503, "지금은 데이터베이스를 읽을 수 없습니다"),
    "wrong": (400, "이렇게는 물을 수 없습니다"),
}


async def told(datasette: Datasette, request: Request, error: BaseException) -> Response | None:
    """What went wrong as a page in Korean; None where that is Datasette's to tell."""
    if isinstance(error, WrongFilter):
        status, message = 400, str(error)
    elif isinstance(error, NotThere):
        status, message = 404, str(error)
    elif isinstance(error, UNUSABLE):
        status, message = REFUSED[store.why_refused(error)]
        message = message if message.endswith(".") else f"{message}: {error}"
    elif getattr(error, "status", 500) == 500 and any(name.startswith("_") for name in arguments(request)):
        # Datasette stumbles over some of its arguments where they are nonsense, such as `_facet={`.
        logger.warning("%r cannot be answered: %r", request.full_path, error)
        status, message = REFUSED["wrong"]
        message = f"{message}: {error}"
    else:
        return None
    return await refusal(datasette, request, status, message)


async def refusal(datasette: Datasette, request: Request, status: int, message: str) -> Response:
    if request.path.endswith(".json"):
        return Response.json({"ok": False, "error": message, "status": status}, status=status)
    return await html(datasette, request, "error.html", status, title=None, error=message, status_code=status)


def page(view: Page) -> Page:
    """A view whose mistakes are told in Korean."""

    @functools.wraps(view)
    async def answered(request: Request, datasette: Datasette) -> Response:
        try:
            return await view(request, datasette)
        except (WrongFilter, NotThere, *UNUSABLE) as error:
            told_ = await told(datasette, request, error)
            assert told_ is not None
            return told_

    return answered


@page
async def start(request: Request, datasette: Datasette) -> Response:
    db = database(datasette)
    inside = await db.overview()
    newest = await db.ask(lambda opened: reports.newest(opened, NEWEST))
    queries = await datasette.get_canned_queries(db.name, None)
    return await html(
        datasette,
        request,
        "start.html",
        inside=inside,
        newest=newest,
        queries=list(queries.values()),
        esg=ESG_BOARD.slug,
    )


@page
async def results(request: Request, datasette: Datasette) -> Response:
    db = database(datasette)
    ministries = await db.ministries()
    filters = read_filters(arguments(request), ministries)
    total, found = await db.ask(lambda opened: _find(opened, filters))
    pages = -(-total // ON_A_PAGE)
    if filters.page > max(pages, 1):
        raise NotThere(f"{filters.page:,}쪽은 없습니다: {total:,}건, {pages:,}쪽까지 있습니다.")
    return await html(
        datasette,
        request,
        "results.html",
        filters=filters,
        total=total,
        found=found,
        pages=pages,
        first=(filters.page - 1) * ON_A_PAGE + 1,
        boards=BOARDS.values(),
        orders=ORDERS,
        ministries=ministries,
        feed=_feed_address(datasette, filters),
    )


def _find(db: Any, filters: Filters) -> tuple[int, list[dict[str, Any]]]:
    total = selecting.count(db, filters.selection)
    offset = (filters.page - 1) * ON_A_PAGE
    order = filters.order if filters.query else Order.DAY
    rows = selecting.rows(db, filters.selection, COLUMNS, order, limit=ON_A_PAGE, offset=offset)
    looked_for = search.read(db, filters.query) if filters.query else None
    return total, [_as_hit(row, looked_for) for row in rows]


def _as_hit(row: dict[str, Any], looked_for: search.Search | None) -> dict[str, Any]:
    """A release with its title and the place of its text in parts, the hits among them."""
    text = row["body"] or row["lead"] or ""
    if looked_for is None:
        return row | {"title_parts": [(atom.title_of(row), False)], "parts": [(_beginning(text), False)]}
    title = marked(atom.title_of(row), hits(looked_for.query, looked_for.nouns))
    return row | {
        "title_parts": [(part.text, part.hit) for part in title],
        "parts": [(part.text, part.hit) for part in looked_for.snippet(text)],
    }


def _beginning(text: str, width: int = 160) -> str:
    flat = " ".join(text[: 4 * width].split())
    return flat if len(flat) <= width else f"{flat[:width]} …"


@page
async def release(request: Request, datasette: Datasette) -> Response:
    typed = request.url_vars["news_id"]
    if not re.fullmatch(r"[0-9]{1,15}", typed):
        raise NotThere("보도자료의 주소는 /release/156611054처럼 숫자(newsId)로 끝납니다.")
    db = database(datasette)
    found, tags = await db.ask(lambda opened: (reports.release(opened, int(typed)), store.tags(opened, int(typed))))
    if found is None:
        raise NotThere(f"newsId {typed}은(는) 이 데이터베이스에 없습니다. 검색하거나 달력에서 그날을 확인하십시오.")
    return await html(
        datasette,
        request,
        "release.html",
        release=found,
        tags=tags,
        blocks=blocks(found["body"] or found["lead"]),
        fields=FIELDS,
    )


@page
async def calendar(request: Request, datasette: Datasette) -> Response:
    asked = arguments(request)
    slug, filter_, number = read_board(asked), read_filter(asked), read_year(asked)
    inside = await database(datasette).overview()
    walked = [covered for covered in inside.covered if covered.filter == filter_]
    if not inside.covered:
        return await html(datasette, request, "calendar.html", covered=None, all=[], year=None, years=[])
    if slug is None:
        walked_slugs = [covered.board for covered in walked]
        slug = PRESS_RELEASE.slug if PRESS_RELEASE.slug in walked_slugs else (walked_slugs or [""])[0]
    covered = next((each for each in walked if each.board == slug), None)
    if covered is None:
        there_are = ", ".join(f"{each.board}{f' ({each.filter})' if each.filter else ''}" for each in inside.covered)
        raise NotThere(f"이 게시판과 조건으로 확인한 날이 없습니다. 있는 것: {there_are}.")
    years = calendars.years(covered)
    if number is not None and number not in years:
        raise NotThere(f"{number}년은 확인한 적이 없습니다. 있는 해: {', '.join(map(str, years))}.")
    return await html(
        datasette,
        request,
        "calendar.html",
        covered=covered,
        all=inside.covered,
        years=years,
        number=number or years[0],
        year=calendars.year(covered, number or years[0]),
        weekdays=calendars.WEEKDAYS,
        esg=ESG_BOARD.slug,
    )


ENTRIES, MOST_ENTRIES = 100, 1000
"""Of a feed: more than the site lists on its busiest day."""


@page
async def feed(request: Request, datasette: Datasette) -> Response:
    """The newest releases of any filter, as Atom; not sent again to who has them already."""
    asked = arguments(request)
    db = database(datasette)
    filters = read_filters(asked, await db.ministries() if "ministry" in asked else {})
    limit = read_number(asked, "limit", ENTRIES, MOST_ENTRIES)
    rows = await db.ask(
        lambda opened: list(selecting.rows(opened, filters.selection, atom.COLUMNS, Order.DAY, limit=limit))
    )
    address = filters.address(order=False)
    itself = "&".join(filter(None, (address, f"limit={limit}" if limit != ENTRIES else "")))

    def absolute(path: str, query: str) -> str:
        return str(datasette.absolute_url(request, datasette.urls.path(f"{path}?{query}" if query else path)))

    body = b"".join(
        atom.feed(
            rows,
            title=describe(filters.selection),
            id=atom.feed_id(address),
            self_url=absolute("/feed.atom", itself),
            alternate_url=absolute("/search", address),
            updated=atom.last_updated(rows) or atom.LONG_AGO,
        )
    )
    # No Last-Modified: a release that appears late has an earlier time than those already told.
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "no-cache"}
    known = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    if tag in known or "*" in known:
        return Response(b"", status=304, headers=headers)
    return Response(body, headers=headers, content_type=f"{atom.MEDIA_TYPE}; charset=utf-8")


def _feed_address(datasette: Datasette, filters: Filters) -> str:
    asked = filters.address(order=False)
    return str(datasette.urls.path(f"/feed.atom{f'?{asked}' if asked else ''}"))


@page
async def feeds(request: Request, datasette: Datasette) -> Response:
    """A feed for each board and ministry, to be subscribed to."""
    names = await database(datasette).ministries()
    return await html(
        datasette,
        request,
        "feeds.html",
        boards=BOARDS.values(),
        ministries=[(name, urlencode({"ministry": name})) for name in names],
    )


@page
async def nothing(request: Request, datasette: Datasette) -> Response:
    raise NotThere("찾는 쪽이 없습니다.")
