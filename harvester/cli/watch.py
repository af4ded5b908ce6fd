"""`harvest watch`."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from harvester.cli.filters import typed_filters
from harvester.cli.locked import with_lock
from harvester.cli.main import say
from harvester.cli.options import MOST, database_path, db_option, selection_options
from harvester.cli.streams import OutputFailed
from harvester.clock import utc_now
from harvester.exports.mark import Mark, UnreadableMark, mark_path, read_mark, write_mark
from harvester.exports.markdown_text import link
from harvester.store import DatabaseProblem, exporting, news, open_to_read
from harvester.store.news import Kind, News, State
from harvester.store.selection import Selection
from harvester.verdict import Exit

COLUMNS = (
    "board",
    "title",
    "lead",
    "ministry",
    "published_on",
    "published_at",
    "source_line",
    "license",
    "url",
    "revision",
    "first_seen_at",
    "changed_at",
    "withdrawn_at",
)

LONGEST_NAME = 240
"""Bytes, 80 syllables: the files of a mark have longer names, and file systems take 255."""

Told = Iterable[tuple[News, dict[str, Any]]]


def _name(_ctx: click.Context, _param: click.Parameter, name: str | None) -> str | None:
    if name is not None and not (re.fullmatch(r"\w[\w.-]*", name) and len(name.encode()) <= LONGEST_NAME):
        raise click.BadParameter(f"{name!r} is no name: letters, digits, - and . only, of at most {LONGEST_NAME} bytes")
    return name


@click.command("watch", short_help="what is new since the last look")
@selection_options
@click.option("--name", callback=_name, help="Whose look it is.  [default: one for each set of filters]")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="text for a mail, markdown for a chat, json for a program.",
)
@click.option(
    "--limit",
    type=click.IntRange(0, MOST),
    default=0,
    help="At most so many; the next look tells the rest.  [default: all]",
)
@click.option("--peek", is_flag=True, help="Look without being told: the next look tells the same.")
@click.option("--restart", is_flag=True, help="Forget the last look and begin anew from now.")
@db_option
def command(  # noqa: PLR0917  (click passes them by name)
    selection: Selection,
    name: str | None,
    format_: str,
    limit: int,
    peek: bool,
    restart: bool,
    db: Path | None,
    data: Path,
) -> int:
    """Print the releases that are new, changed or withdrawn since the last look with these filters, each once.

    \b
    harvest watch --ministry 환경부 --name environment
    harvest watch --query 희토류 --format markdown

    The first look prints nothing: it begins now. What is printed counts as told when it is written, so where that fails
    the next look tells it again. Nothing new: nothing is printed, also on stderr, so that cron sends no mail.

    Exit status: 0; 1 where nothing could be said; 75 where another look under this name is under way.
    """
    path = database_path(db, data)
    filters = typed_filters()
    mark = mark_path(path, name, filters)

    def look() -> int:
        try:
            before = None if restart else read_mark(mark)
            if before is not None and before.filters != filters:
                raise click.BadParameter(
                    f"{name} was begun with the filters {before.filters}: take another name, or --restart",
                    param_hint="'--name'",
                )
            database = open_to_read(path)
            with exporting.one_moment(database):
                now = news.states(database, selection)
                if before is None:
                    tell(iter(()), format_)
                    return begun(mark, Mark(filters, utc_now(), now), peek=peek)
                found = news.between(database, before.told, now)
                told = found[:limit] if limit else found
                tell(news.rows(database, told, COLUMNS), format_)
        except (DatabaseProblem, UnreadableMark, OSError) as error:
            return say(Exit.FAILURE, "failure", str(error))
        untold = {each.news_id for each in found[len(told) :]}
        if not peek:
            after = Mark(filters, utc_now(), known(before.told, now, untold))
            if after.told != before.told and (failed := keep(mark, after)):
                return failed
        return said(told, len(untold), before.looked_at, peek=peek)

    return look() if peek else with_lock(mark, look)


def known(told: Mapping[int, State], now: Mapping[int, State], untold: set[int]) -> dict[int, State]:
    """What the reader knows now. What the filters no longer choose stays known: it may come back."""
    return {**told, **{news_id: state for news_id, state in now.items() if news_id not in untold}}


def keep(path: Path, mark: Mark) -> int:
    """Write the mark; 0, or the exit status where that failed."""
    try:
        write_mark(path, mark)
    except OSError as error:
        return say(Exit.FAILURE, "failure", f"{path} could not be written, so the next look tells the same: {error}")
    return 0


def begun(path: Path, mark: Mark, *, peek: bool) -> int:
    if peek:
        return say(Exit.COMPLETE, "complete", "nothing to tell: no look came before; the first without --peek begins")
    if failed := keep(path, mark):
        return failed
    number = len(mark.told)
    what = f"the {number} release{'' if number == 1 else 's'} chosen so far count{'s' if number == 1 else ''} as told"
    return say(Exit.COMPLETE, "complete", f"the first look: {what}; the next one tells what is new ({path})")


def said(told: list[News], untold: int, since: str, *, peek: bool) -> int:
    """The last line; of nothing only to somebody who sits there and waits for it."""
    if not told and not sys.stderr.isatty():
        return Exit.COMPLETE
    counts = [(sum(each.kind is kind for each in told), kind) for kind in Kind]
    what = ", ".join(f"{number} {kind}" for number, kind in counts if number) or "nothing new"
    rest = f"; {untold} more at the next look" if untold else ""
    again = "; only looked at: the next look tells the same" if peek and told else ""
    return say(Exit.COMPLETE, "complete", f"{what} since {since}{rest}{again}")


def tell(told: Told, format_: str) -> None:
    """Print it, and see that it is written. Raises OutputFailed where it is not."""
    try:
        for text in FORMATS[format_](told):
            click.echo(text)
        sys.stdout.flush()
    except (BrokenPipeError, OutputFailed) as error:
        raise OutputFailed(f"what is new could not be written, so the next look tells it again: {error}") from error


def as_text(told: Told) -> Iterator[str]:
    for number, (item, row) in enumerate(told):
        between = "\n" if number else ""
        yield f"{between}{heading(item)}: {row['title']}\n  {row['source_line']}  {row['url']}"


def as_markdown(told: Told) -> Iterator[str]:
    for item, row in told:
        yield f"- **{heading(item)}** {link(row['title'], row['url'])} {row['source_line']}"


def as_json(told: Told) -> Iterator[str]:
    """A list, of nothing too: who reads it is a program."""
    before = "["
    for item, row in told:
        yield before + json.dumps({"kind": item.kind, "fields": item.fields, **row}, ensure_ascii=False)
        before = ","
    yield "]" if before == "," else "[]"


FORMATS: dict[str, Callable[[Told], Iterator[str]]] = {"text": as_text, "json": as_json, "markdown": as_markdown}


def heading(item: News) -> str:
    return f"{item.kind} ({', '.join(item.fields)})" if item.fields else str(item.kind)
