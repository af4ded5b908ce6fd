"""What Datasette asks its plugins for: our routes, headers, cells, facets and errors."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from markupsafe import Markup, escape

from harvester.boards import BOARDS
from harvester.exports.addresses import safe_address
from harvester.exports.atom import title_of
from harvester.exports.licence import terms
from harvester.web import pages, security
from harvester.web.facets import MonthFacet
from harvester.web.filters import ledger_filter
from harvester.web.texts import ago, korean_time


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Any]]]]:
    return [
        (r"^/$", pages.start),
        (r"^/search$", pages.results),
        (r"^/release/(?P<news_id>[^/]*)$", pages.release),
        (r"^/calendar$", pages.calendar),
        (r"^/feed\.atom$", pages.feed),
        (r"^/feeds$", pages.feeds),
        # Datasette's pages for its developers: they tell where the file lies.
        (r"^/-/(databases|threads|allow-debug|messages|patterns)(\.json)?$", pages.nothing),
    ]


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[security.Application], security.Application]:
    return partial(security.guarded, base_url=datasette.setting("base_url"))


@hookimpl
def register_facet_classes() -> list[type]:
    return [MonthFacet]


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    env.globals["board_name"] = lambda slug: BOARDS[slug].name if slug in BOARDS else slug
    env.globals["terms"] = terms
    env.filters["safe_address"] = safe_address
    env.filters["korean_time"] = korean_time
    env.filters["ago"] = ago
    env.filters["ledger_filter"] = ledger_filter
    env.filters["title_of"] = title_of
    env.filters["thousands"] = lambda number: f"{number:,}"


@hookimpl
def render_cell(value: Any, column: str, table: str | None, datasette: Datasette) -> Markup | None:
    """A newsId leads to its release; an address only where it is safe to follow."""
    if column in ("news_id", "link_news_id") and isinstance(value, int):
        return Markup('<a href="{}">{}</a>').format(datasette.urls.path(f"/release/{value}"), value)
    if isinstance(value, str) and value.strip().lower().startswith(("http:", "https:")):
        address = safe_address(value.strip())
        if address is None:
            return escape(value)
        return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(address, address)
    return None


@hookimpl
def handle_exception(datasette: Datasette, request: Any, exception: BaseException) -> Any:
    return pages.told(datasette, request, exception)


@hookimpl
def forbidden(datasette: Datasette, request: Any, message: str) -> Any:
    sentence = pages.REFUSED["prohibited"][1] if "contacts" in request.path else message
    return pages.refusal(datasette, request, 403, sentence)
