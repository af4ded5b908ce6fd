"""`harvest export`."""

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click

from harvester.boards import BOARDS, SITE
from harvester.cli.filters import typed_filters
from harvester.cli.main import say
from harvester.cli.options import MOST, database_path, db_option, selection_options
from harvester.cli.streams import STDOUT, check_file, file_at, give_up_output, wrong_output
from harvester.clock import utc_now
from harvester.exports import atom, markdown
from harvester.exports.columns import DEFAULT, RECORDS, Row, WrongColumns, missing_source, read_columns, records
from harvester.exports.describe import describe
from harvester.exports.formats import FORMATS, MissingPackage, writer
from harvester.store import DatabaseProblem, exporting, open_to_read
from harvester.store.selection import Selection
from harvester.verdict import Exit

ENTRIES = 100
"""Of a feed, unless --limit says otherwise: a reader wants what is new."""
NAMED = 3


@click.command("export", short_help="write releases for other programs")
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(FORMATS)),
    required=True,
    help="xlsx and parquet need the extra [export].",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(allow_dash=True, path_type=Path),
    help="The file to write; of markdown the folder.  [default: standard output, but for xlsx and parquet]",
)
@click.option(
    "--columns",
    metavar="A,B,C",
    help=f"Which columns, in which order; source_line, url and license are always there."
    f"  [default: {','.join(DEFAULT)}; of jsonl, parquet and markdown also attachments]",
)
@click.option("--with-contacts", is_flag=True, help="The officials a release names, too, as the column contacts.")
@click.option(
    "--limit", type=click.IntRange(0, MOST), help=f"How many, newest first; 0 for all.  [default: all; atom: {ENTRIES}]"
)
@click.option("--self-url", metavar="URL", help="Where the feed will be read, of atom.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@selection_options
@db_option
def command(  # noqa: PLR0917  (click passes them by name)
    format_: str,
    output: Path | None,
    columns: str | None,
    with_contacts: bool,
    limit: int | None,
    self_url: str | None,
    force: bool,
    selection: Selection,
    db: Path | None,
    data: Path,
) -> int:
    """Write the releases that the filters choose, newest first, for other programs.

    \b
    harvest export --format csv -o 2024.csv --since 2024-01-01 --until 2024-12-31
    harvest export --format xlsx -o 희토류.xlsx --query 희토류 --columns title,ministry,published_on
    harvest export --format markdown -o notes --ministry 환경부
    harvest export --format atom --board fact-check > fact-check.atom

    A file appears under its name when it is whole. Exit status: 0; 1 where nothing could be written; 3 where files that
    were there were left as they are, or who read the output went away, or it was stopped.
    """
    asked = chosen_columns(format_, columns, with_contacts=with_contacts)
    check_target(format_, output)
    if self_url is not None:
        check_address(format_, self_url)
    if limit is None:
        limit = ENTRIES if format_ == "atom" else 0
    path = database_path(db, data)
    rows = Counted()
    try:
        write = None if format_ == "atom" else writer(format_)
        database = open_to_read(path)
        with exporting.one_moment(database):
            lists = {name: tuple(RECORDS[name]) for name in records(asked)}
            needed = (*asked, *(markdown.TEXT if format_ == "markdown" else ()))
            plain = list(dict.fromkeys(name for name in needed if name not in lists))
            rows.rows = exporting.rows(database, selection, plain, lists, limit=limit)
            if format_ == "markdown" and output not in (None, STDOUT):
                assert output is not None
                return told_of_folder(markdown.fill(output, rows, asked, force=force), output, path)
            with target(output, force=force) as stream:
                notes: list[str] = []
                if write is None:
                    times = exporting.rows(database, selection, atom.TIMES, limit=limit)
                    stream.writelines(atom.feed(rows, **head_of_feed(selection, times, self_url)))
                else:
                    notes = write(rows, asked, stream, describe(selection))
    except BrokenPipeError:
        give_up_output()
        return say(Exit.PARTIAL, "partial", f"who read standard output had enough after {releases(rows.number)}")
    except KeyboardInterrupt:
        whole = output not in (None, STDOUT) and format_ != "markdown"
        done = "nothing was written" if whole else f"at release {rows.number}"
        return say(Exit.PARTIAL, "interrupted", f"stopped by a signal: {done}")
    except (DatabaseProblem, MissingPackage, OSError) as error:
        return say(Exit.FAILURE, "failure", str(error))
    if columns and (added := missing_source(columns.split(","))):
        notes.append(f"with {', '.join(added)}, for the licence asks for the source")
    return say(Exit.COMPLETE, "complete", "; ".join([sentence(rows.number, output, path), *notes]))


class Counted:
    """Rows, and how many of them were taken."""

    def __init__(self) -> None:
        self.rows: Iterable[Row] = ()
        self.number = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self.rows:
            self.number += 1
            yield row


def chosen_columns(format_: str, typed: str | None, *, with_contacts: bool) -> tuple[str, ...]:
    if format_ == "atom":
        if typed or with_contacts:
            option = "--columns" if typed else "--with-contacts"
            raise click.BadParameter("a feed has its own form; leave it out", param_hint=f"'{option}'")
        return atom.COLUMNS
    try:
        columns = (*DEFAULT, *(("attachments",) if FORMATS[format_].records else ()))
        if typed is not None:
            columns = read_columns(typed)
    except WrongColumns as error:
        raise click.BadParameter(str(error), param_hint="'--columns'") from None
    if "contacts" in columns and not with_contacts:
        raise click.BadParameter(
            "contacts are named people: --with-contacts says that they are wanted", param_hint="'--columns'"
        )
    return tuple(dict.fromkeys((*columns, *(("contacts",) if with_contacts else ()))))


def check_address(format_: str, self_url: str) -> None:
    if format_ != "atom":
        raise click.BadParameter("only a feed has an address of its own", param_hint="'--self-url'")
    if not re.fullmatch(r"https?://[^\s/]+\S*", self_url):
        raise click.BadParameter(
            f"{self_url!r} is no address such as https://example.org/feed.atom", param_hint="'--self-url'"
        )


def check_target(format_: str, output: Path | None) -> None:
    """Complain of a place that cannot be written to before anything is read."""
    if output in (None, STDOUT):
        if not FORMATS[format_].text:
            raise wrong_output(f"{format_} is no text: name a file, -o FILE.{format_}")
        return
    assert output is not None
    if format_ != "markdown":
        check_file(output, f"briefings.{format_}")
    elif output.exists() and not output.is_dir():
        raise wrong_output(f"{output} is a file: markdown is written into a folder, a file a release")


def head_of_feed(selection: Selection, times: Iterable[Row], self_url: str | None) -> dict[str, Any]:
    """What a feed says of itself. Its `updated` is that of its entries, so that the same entries make the same file."""
    boards = [BOARDS[slug] for slug in selection.boards]
    return {
        "title": describe(selection),
        "id": self_url or atom.feed_id(typed_filters()),
        "self_url": self_url,
        "alternate_url": f"{SITE}{boards[0].list_path}" if len(boards) == 1 else SITE,
        "updated": atom.last_updated(times) or utc_now(),
    }


@contextmanager
def target(output: Path | None, *, force: bool) -> Iterator[BinaryIO]:
    if output is None or output == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.flush()
    else:
        with file_at(output, force=force) as stream:
            yield stream


def sentence(number: int, output: Path | None, path: Path) -> str:
    where = "standard output" if output in (None, STDOUT) else output
    if not number:
        return f"no release in {path} is chosen; {where} has no rows. Which days it has, `harvest status` says"
    return f"{releases(number)} of {path} written to {where}"


def told_of_folder(filled: markdown.Filled, folder: Path, path: Path) -> int:
    done = f"{releases(filled.written)} of {path} written to {folder}"
    if filled.same:
        done += f", {filled.same} there already"
    if not filled.left:
        return say(Exit.COMPLETE, "complete", done)
    named = ", ".join(map(str, filled.left[:NAMED])) + (" …" if len(filled.left) > NAMED else "")
    why = "files have other words and were left: --force writes over those that an export wrote"
    return say(Exit.PARTIAL, "partial", f"{done}; {len(filled.left)} {why}: {named}")


def releases(number: int) -> str:
    return f"{number} release{'' if number == 1 else 's'}"
