"""The options that verbs share: each can also come from the environment, and says what is wrong with it."""

import difflib
import functools
import re
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import click

from harvester.boards import BOARDS, ESG_BOARD, PRESS_RELEASE, SITE, Board, board_address
from harvester.clock import korean_today
from harvester.filesystems import itself
from harvester.korean.queries import WrongQuery, read_query
from harvester.manners import CONCURRENCY, RATE, check_site
from harvester.spiders.arguments import WrongArgument, ministry_names, read_day, read_ministries
from harvester.store import UNUSABLE, open_to_read
from harvester.store.selection import Selection, has_ministry
from harvester.texts import Attachments

ALL_BOARDS = "all"
MOST = 2**63 - 1
"""The largest number that SQLite takes."""

F = TypeVar("F", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A Korean calendar day."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return read_day(param.name or "day" if param else "day", value, korean_today())
        except WrongArgument as error:
            self.fail(error.message, param, ctx)


class BoardName(click.ParamType[tuple[Board, ...]]):
    """A board by its slug or its name on the site; `all` for those of korea.kr."""

    name = "board"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Board, ...]:
        if isinstance(value, tuple):
            return value
        if value == ALL_BOARDS:
            return tuple(BOARDS.values())
        known = [*BOARDS.values(), ESG_BOARD]
        if found := [board for board in known if value in (board.slug, board.name)]:
            return tuple(found)
        names = [ALL_BOARDS, *(board.slug for board in known), *(board.name for board in known)]
        near = difflib.get_close_matches(value, names, n=1)
        there_are = ", ".join([ALL_BOARDS, *(board.slug for board in known)])
        hint = f"did you mean {near[0]}?" if near else f"there are: {there_are}"
        return self.fail(f"{value[:60]!r} is no board; {hint}", param, ctx)


def _chosen(_ctx: click.Context, _param: click.Parameter, chosen: Iterable[tuple[Board, ...]]) -> tuple[Board, ...]:
    """Each board once, in the order given; the press releases where none is."""
    return tuple(dict.fromkeys(board for boards in chosen for board in boards)) or (PRESS_RELEASE,)


board_option = click.option(
    "--board",
    "boards",
    type=BoardName(),
    multiple=True,
    callback=_chosen,
    envvar="HARVEST_BOARD",
    show_envvar=True,
    help=f"{', '.join(BOARDS)}, or {ALL_BOARDS} of them; or {ESG_BOARD.slug}; can be given again."
    f"  [default: {PRESS_RELEASE.slug}]",
)


class SiteAddress(click.ParamType[str]):
    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return check_site(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class BoardAddress(click.ParamType[str]):
    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return board_address(value, SITE)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def together(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one decorator, in the order given."""

    def decorate(function: F) -> F:
        return functools.reduce(lambda decorated, decorator: decorator(decorated), reversed(decorators), function)

    return decorate


db_option = together(
    click.option(
        "--db",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar="HARVEST_DB",
        show_envvar=True,
        help="The database.  [default: briefings.db in the data folder]",
    ),
    click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="HARVEST_DATA",
        show_envvar=True,
        default=Path("data"),
        show_default=True,
        help="The folder for what runs write.",
    ),
)

json_option = click.option("--json", "as_json", is_flag=True, envvar="HARVEST_JSON", help="Print JSON, for a machine.")

ministry_option = click.option(
    "--ministry",
    "ministries",
    multiple=True,
    envvar="HARVEST_MINISTRY",
    show_envvar=True,
    metavar="NAME",
    help="A ministry by its name, a former name, its short name such as 산업부, its code, or a group of them (부,"
    " 처, 청, 위원회); can be given again.",
)

filter_options = together(
    board_option,
    ministry_option,
    click.option(
        "--query",
        default="",
        envvar="HARVEST_QUERY",
        show_envvar=True,
        metavar="WORDS",
        help="Words the site looks for.",
    ),
)


def _read_from(_ctx: click.Context, _param: click.Parameter, chosen: Iterable[tuple[Board, ...]]) -> tuple[str, ...]:
    """Slugs; none stands for all boards: what is stored costs nothing to read, and leaving it out would not be seen."""
    slugs = tuple(dict.fromkeys(board.slug for boards in chosen for board in boards))
    if ESG_BOARD.slug in slugs:
        raise click.BadParameter(f"the posts of {ESG_BOARD.slug} are no releases: they are in the table esg_posts")
    return () if set(slugs) == set(BOARDS) else slugs


def _readable(_ctx: click.Context, _param: click.Parameter, words: str) -> str:
    try:
        if words:
            read_query(words)
    except WrongQuery as error:
        raise click.BadParameter(str(error)) from None
    return words


def _ministries_to_read(
    typed: tuple[str, ...], since: date | None, until: date | None, database: Path
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Codes and names of the ministries; a name that only the database knows is taken as it is."""
    known, only_stored = [], []
    for name in typed:
        try:
            read_ministries([name], since, until)
        except WrongArgument as error:
            if not _is_stored(database, name):
                raise bad(error) from None
            only_stored.append(name)
        else:
            known.append(name)
    return read_ministries(known, since, until), (*ministry_names(known, since, until), *only_stored)


def _is_stored(database: Path, name: str) -> bool:
    try:
        with closing(open_to_read(database)) as db:
            return has_ministry(db, name)
    except UNUSABLE:
        return False


def selection_options(function: F) -> F:
    """The filters of the verbs that read what is stored, handed to the verb as one `selection`."""

    @together(
        click.option(
            "--board",
            "boards",
            type=BoardName(),
            multiple=True,
            callback=_read_from,
            envvar="HARVEST_BOARD",
            show_envvar=True,
            help=f"{', '.join(BOARDS)}; can be given again.  [default: all of them]",
        ),
        ministry_option,
        click.option(
            "--query",
            default="",
            callback=_readable,
            envvar="HARVEST_QUERY",
            show_envvar=True,
            metavar="WORDS",
            help='Words in title or text; "a phrase", -without, this OR that.',
        ),
        click.option("--since", type=Day(), envvar="HARVEST_SINCE", show_envvar=True, help="The first Korean day."),
        click.option("--until", type=Day(), envvar="HARVEST_UNTIL", show_envvar=True, help="The last Korean day."),
        click.option(
            "--withdrawn/--no-withdrawn", default=True, show_default=True, help="Also what the site has withdrawn."
        ),
    )
    @functools.wraps(function)
    def with_selection(
        *,
        boards: tuple[str, ...],
        ministries: tuple[str, ...],
        query: str,
        since: date | None,
        until: date | None,
        withdrawn: bool,
        **others: Any,
    ) -> Any:
        if since and until and since > until:
            raise bad(WrongArgument("since", f"{since} is after {until}"))
        codes, names = _ministries_to_read(ministries, since, until, database_path(others.get("db"), others["data"]))
        selection = Selection(
            boards=boards,
            codes=codes,
            names=names,
            since=since,
            until=until,
            words=query,
            withdrawn=withdrawn,
        )
        return function(selection=selection, **others)

    return cast(F, with_selection)


site_option = click.option(
    "--site",
    type=SiteAddress(),
    default=SITE,
    show_default=True,
    envvar="HARVEST_SITE",
    show_envvar=True,
    help="The site, or a stand-in for it.",
)

pace_options = together(
    click.option(
        "--rate",
        type=float,
        default=RATE,
        show_default=True,
        envvar="HARVEST_RATE",
        show_envvar=True,
        help="Requests a second; 0 for no limit, for this machine only.",
    ),
    click.option(
        "--concurrency",
        type=int,
        default=CONCURRENCY,
        show_default=True,
        envvar="HARVEST_CONCURRENCY",
        show_envvar=True,
        help="Requests at once.",
    ),
)

site_options = together(
    site_option,
    click.option(
        "--esg-board",
        type=BoardAddress(),
        envvar="HARVEST_ESG_BOARD",
        show_envvar=True,
        help="Where the ESG board is: its site, or the address of its list.  [default: https://k-esg.org; the site,"
        " where that is a stand-in]",
    ),
    pace_options,
    click.option(
        "--attachments",
        type=click.Choice([each.value for each in Attachments]),
        default=Attachments.TEXT.value,
        show_default=True,
        envvar="HARVEST_ATTACHMENTS",
        show_envvar=True,
        help="Which files to fetch: what the text needs, all (kept in the folder files), or none.",
    ),
    click.option(
        "--archive/--no-archive",
        default=True,
        show_default=True,
        envvar="HARVEST_ARCHIVE",
        help="Keep every page and document as it came.",
    ),
    click.option(
        "--accept-withdrawals",
        is_flag=True,
        envvar="HARVEST_ACCEPT_WITHDRAWALS",
        help="Believe a listing that lost most of a day's releases.",
    ),
    click.option("--verbose", "-v", is_flag=True, envvar="HARVEST_VERBOSE", help="Log every request and every retry."),
)


def _pingable(_ctx: click.Context, _param: click.Parameter, address: str | None) -> str | None:
    # Complaints name no part of it: whoever knows the address can keep the switch from tripping.
    if address is None:
        return None
    try:
        parts = urlsplit(address)
        usable = (
            parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not re.search(r"\s", address)
        )
    except ValueError:
        usable = False
    if not usable or re.search(r"\s", address):
        raise click.BadParameter("not an address that begins with http:// or https://")
    return address


notify_options = together(
    click.option(
        "--notify",
        multiple=True,
        envvar="HARVEST_NOTIFY",
        show_envvar=True,
        metavar="URL",
        help="Tell this address when a trouble begins and when it is over, as apprise writes addresses: mailto://…,"
        " slack://…, tgram://…, json://…; can be given again.",
    ),
    click.option(
        "--ping",
        callback=_pingable,
        envvar="HARVEST_PING",
        show_envvar=True,
        metavar="URL",
        help="Ask this address after each run that is complete: for a service that is alarmed by silence. With"
        " {status} in it, after each run that ended, with its exit status there.",
    ),
)

telling_options = together(
    notify_options,
    click.option(
        "--heartbeat",
        is_flag=True,
        envvar="HARVEST_HEARTBEAT",
        help="Tell those of --notify once a day that all is well, or what is not.",
    ),
)


def database_path(db: Path | None, data: Path) -> Path:
    return itself(db if db is not None else data / "briefings.db")


def ministry_codes(names: tuple[str, ...], since: date | None = None, until: date | None = None) -> tuple[str, ...]:
    """`read_ministries` with its complaint as one about --ministry."""
    try:
        return read_ministries(names, since, until)
    except WrongArgument as error:
        raise bad(error) from None


def bad(error: WrongArgument) -> click.BadParameter:
    return click.BadParameter(error.message, param_hint=f"'--{error.argument}'")
