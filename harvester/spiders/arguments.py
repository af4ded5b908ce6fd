"""Arguments of a run, checked before the first request; each message names what is wrong and the nearest right one."""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

from harvester.boards import Board, BriefingBoard
from harvester.clock import korean_today
from harvester.korean import (
    GROUPS,
    Ministry,
    UnknownMinistry,
    UnreadableDate,
    ministries_named,
    ministries_of_group,
    read_date,
)
from harvester.plan import Plan
from harvester.texts import Attachments

DAYS = 10
"""Releases appear back-dated by up to nine days."""
FIRST_DAY = date(1995, 1, 1)
"""The site's archive goes back to 2010 at least (told); nothing can be older than the site."""


class WrongArgument(ValueError):
    """An argument that cannot be meant; `argument` is its name."""

    def __init__(self, argument: str, message: str) -> None:
        super().__init__(f"{argument}: {message}")
        self.argument = argument
        self.message = message


def read_day(argument: str, text: str, today: date) -> date:
    """A Korean calendar day as typed: 2024-01-17, or any form the sites print. Raises WrongArgument."""
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else read_date(text).day
    except UnreadableDate as error:
        raise WrongArgument(argument, f"{error}{_nearest_day(text)}") from None
    except ValueError:
        raise WrongArgument(argument, f"there is no day {text}{_nearest_day(text)}") from None
    if day > today:
        raise WrongArgument(argument, f"{day} is in the future: today in Korea is {today}")
    if day < FIRST_DAY:
        raise WrongArgument(argument, f"{day} is before the site's first day: nothing is older than {FIRST_DAY}")
    return day


def _nearest_day(text: str) -> str:
    """A suggestion for a day that does not exist: the last day of its month."""
    parts = re.fullmatch(r"\s*(\d{4})\D+(\d{1,2})\D+(\d{1,2})\D*", text)
    if not parts:
        return "; write days as YYYY-MM-DD, such as 2024-01-17"
    year, month = int(parts[1]), min(max(int(parts[2]), 1), 12)
    if not 1 <= year <= 9999:
        return ""
    day = min(max(int(parts[3]), 1), monthrange(year, month)[1])
    return f"; did you mean {date(year, month, day)}?"


def read_range(since: date | None, until: date | None, days: int | None) -> tuple[date, date]:
    """The asked range of Korean days: both ends, or the last `days`. Raises WrongArgument."""
    if days is not None and (since or until):
        raise WrongArgument("days", "either days, or since and until")
    if days is not None and days < 1:
        raise WrongArgument("days", f"{days} is not a number of days: 1 or more")
    last = until or korean_today()
    if days is not None and days > (last - FIRST_DAY).days + 1:
        raise WrongArgument("days", f"{days} days are more than there are: nothing is older than {FIRST_DAY}")
    first = since or max(last - timedelta(days=(days or DAYS) - 1), FIRST_DAY)
    if first > last:
        raise WrongArgument("since", f"{first} is after {last}: did you mean since {last} until {first}?")
    return first, last


def read_ministries(names: Iterable[str], since: date | None = None, until: date | None = None) -> tuple[str, ...]:
    """The codes the named ministries, or groups of them (부, 처, 청, 위원회), have in these days, or ever.

    Former names and successors are included. Raises WrongArgument.
    """
    codes: set[str] = set()
    for name in names:
        try:
            found = _named(name, since, until)
        except UnknownMinistry as error:
            hint = "" if error.suggestions else "; write it as 산업통상부, 산업부, MOTIR or A00015"
            raise WrongArgument("ministry", f"{error}{hint}") from None
        # Of a ministry of long ago the site's code is not known, but its heir's is, and files its releases.
        with_code = {ministry.code for ministry in found if ministry.code} or {
            ministry.code for ministry in _named(name) if ministry.code
        }
        if not with_code:
            raise WrongArgument("ministry", f"{name}: the site's code of {found[0].name} is not known")
        codes |= with_code
    return tuple(sorted(codes))


def ministry_names(names: Iterable[str], since: date | None = None, until: date | None = None) -> tuple[str, ...]:
    """All names the named ministries have in these days, or ever; of names that read_ministries takes."""
    return tuple(sorted({ministry.name for name in names for ministry in _named(name, since, until)}))


def _named(name: str, since: date | None = None, until: date | None = None) -> tuple[Ministry, ...]:
    if name.strip() not in GROUPS:
        return ministries_named(name, since, until)
    members = ministries_of_group(name.strip(), since, until)
    # The site files the releases of one whose code is not known under the code of its heir.
    heirs = (ministries_named(each.name, since, until) for each in members if not each.code)
    return (*members, *(heir for several in heirs for heir in several))


def check_filter(board: Board, codes: tuple[str, ...], words: str) -> None:
    """WrongArgument where the board cannot be filtered so: what it lists would not show whether the site did it."""
    if codes and not (isinstance(board, BriefingBoard) and board.by_ministry):
        raise WrongArgument("ministry", f"the list of {board.slug} names no ministries: leave it out for this board")
    if words and not isinstance(board, BriefingBoard):
        raise WrongArgument("query", f"{board.slug} is not searched by words: leave it out for this board")


def plan_from_arguments(board: Board, arguments: dict[str, str]) -> Plan:
    """The plan that `scrapy crawl BOARD -a since=… -a until=… -a ministry=…,… -a query=…` asks for."""
    left = dict(arguments)
    days = left.pop("days", None)
    if days is not None and not re.fullmatch(r"\d{1,5}", days):
        raise WrongArgument("days", f"{days!r} is not a number of days")
    ends = {name: read_day(name, left.pop(name), korean_today()) for name in ("since", "until") if name in left}
    since, until = read_range(ends.get("since"), ends.get("until"), int(days) if days else None)
    names = [name for name in left.pop("ministry", "").split(",") if name.strip()]
    codes = read_ministries(names, since, until)
    attachments = left.pop("attachments", Attachments.TEXT)
    if attachments not in list(Attachments):
        raise WrongArgument("attachments", f"{attachments!r} is none of {', '.join(Attachments)}")
    plan = Plan(
        board=board,
        since=since,
        until=until,
        codes=codes,
        all_codes=read_ministries(names),
        words=left.pop("query", "").strip(),
        attachments=Attachments(attachments),
        settling=not ends and days is None,
    )
    check_filter(board, plan.codes, plan.words)
    if left:
        known = "since, until, days, ministry, query, attachments"
        raise WrongArgument(next(iter(left)), f"no such argument: {next(iter(left))!r}; there are {known}")
    return plan
