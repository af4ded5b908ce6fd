"""`harvest replay`."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path

import click

from harvester.boards import PRESS_RELEASE, Board
from harvester.cli.locked import with_lock
from harvester.cli.main import say
from harvester.cli.options import BoardName, Day, database_path, db_option, json_option
from harvester.cli.progress import duration
from harvester.replay import Derived, derive_all, tasks
from harvester.store import ArchiveReader, Saved, Store, archive_path
from harvester.verdict import Exit

FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)
TOLD_EVERY = 10.0
"""Seconds from one line in a log to the next."""
NAMED = 12


@dataclass
class Books:
    """What became of the releases."""

    total: int
    not_kept: int
    """Stored releases whose page is not in the archive."""
    derived: int = 0
    refused: dict[int, str] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    told: float = 0.0

    @property
    def done(self) -> int:
        return self.derived + len(self.refused)


@click.command("replay", short_help="derive every row again from the archive")
@click.option("--since", type=Day(), envvar="HARVEST_SINCE", show_envvar=True, help="The first day.  [default: all]")
@click.option("--until", type=Day(), envvar="HARVEST_UNTIL", show_envvar=True, help="The last day.  [default: all]")
@click.option("--board", type=BoardName(), envvar="HARVEST_BOARD", show_envvar=True, help="[default: press-release]")
@click.option("--jobs", type=click.IntRange(1, 64), help="Processes.  [default: one a core]")
@db_option
@json_option
def command(
    *,
    since: date | None,
    until: date | None,
    board: Board | None,
    jobs: int | None,
    db: Path | None,
    data: Path,
    as_json: bool,
) -> int:
    """Derive every release again from the archive, without one request: after a parser was improved.

    What comes out differently is a revision with the cause `replay`. Releases that the archive has and the database
    has not are added.

    \b
    harvest replay
    harvest replay --since 2024-01-01 --until 2024-03-31
    """
    if since and until and since > until:
        raise click.BadParameter(f"{since} is after {until}", param_hint="'--since'")
    database = database_path(db, data)
    asked = Asked(database, board or PRESS_RELEASE, since or FIRST, until or LAST)

    def work() -> int:
        with closing(ArchiveReader(archive_path(database))) as reader:
            archived = reader.pages("release", asked.board.slug, asked.since, asked.until)
        with closing(Store(database, cause="replay")) as store:
            return replay(store, asked, archived, jobs or cores(), as_json=as_json)

    return with_lock(database, work)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says."""

    database: Path
    board: Board
    since: date
    until: date

    @property
    def arguments(self) -> str:
        """As in `runs.arguments`."""
        ends = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        return json.dumps({"board": self.board.slug, **ends})


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def replay(store: Store, asked: Asked, archived: dict[int, list[int]], jobs: int, *, as_json: bool) -> int:
    """Derive what was asked for, write what differs, and say what came of it."""
    archive = archive_path(asked.database)
    stored = store.origins(asked.board.slug, asked.since, asked.until)
    todo = list(tasks(stored, archived))
    if not todo:
        what = f"{len(stored)} releases of these days are stored" if stored else "nothing is stored of these days"
        return say(Exit.FAILURE, "failure", f"no page to read again is in {archive}; {what}")
    books = Books(len(todo), len(stored.keys() - {task.news_id for task in todo}))
    store.start_run(verb="replay", arguments=asked.arguments, days_asked=0, version=version("koreakr-harvester"))
    stopped = not take_all(store, derive_all(asked.database, asked.board, todo, jobs), books)
    store.flush()
    status, word, why = verdict(books, store.unwritten, stopped)
    counts = {kind.value: store.saved[kind] for kind in Saved}
    store.finish_run({"failed": len(books.refused), "verdict": word, "reason": why, "exit_status": int(status)})
    if as_json:
        summary = {"verdict": word, "exit_status": int(status), "reason": why, "releases": books.total, **counts}
        summary |= {"not_kept": books.not_kept, "refused": {str(key): text for key, text in books.refused.items()}}
        click.echo(json.dumps(summary, ensure_ascii=False, indent=2))
    told = ", ".join(f"{number} {name}" for name, number in counts.items())
    return say(status, word, f"{why}; {told} in {asked.database}")


def take_all(store: Store, results: Iterator[Derived], books: Books) -> bool:
    """Write what is derived; False where somebody stopped it."""
    try:
        for derived in results:
            for reading in derived.readings:
                store.readings.note(*reading)
            if derived.item is None:
                books.refused[derived.news_id] = derived.reason
                clear()
                click.echo(f"newsId {derived.news_id}: {derived.reason}", err=True)
            else:
                books.derived += 1
                store.put(derived.item)
            tell(books)
    except KeyboardInterrupt:
        return False
    finally:
        clear()
    return True


def verdict(books: Books, unwritten: int, stopped: bool) -> tuple[Exit, str, str]:
    """Exit status, word and sentence."""
    told = [f"{books.derived} of {books.total} releases derived again"]
    if books.not_kept:
        told.append(f"{books.not_kept} more are stored whose page the archive does not have")
    if books.refused:
        some = ", ".join(str(news_id) for news_id in sorted(books.refused)[:NAMED])
        told.append(f"could not be read: newsId {some}{' and more' if len(books.refused) > NAMED else ''}")
    if unwritten:
        told.append(f"{unwritten} could not be written")
    if stopped:
        return Exit.PARTIAL, "interrupted", "; ".join([*told, "stopped: by a signal"])
    if not books.derived or unwritten >= books.derived:
        return Exit.FAILURE, "failure", "; ".join(told)
    whole = books.derived == books.total and not unwritten and not books.not_kept
    return (Exit.COMPLETE, "complete", "; ".join(told)) if whole else (Exit.PARTIAL, "partial", "; ".join(told))


def tell(books: Books) -> None:
    """How far it is: one line rewritten at a terminal, a line now and then in a log."""
    elapsed = time.monotonic() - books.began
    at_terminal = sys.stderr.isatty()
    if elapsed - books.told < (0.2 if at_terminal else TOLD_EVERY):
        return
    books.told = elapsed
    left = duration(elapsed / books.done * (books.total - books.done))
    text = f"{books.done}/{books.total} releases  {books.done / elapsed:.0f} a second  {left} left"
    click.echo(f"\r\x1b[K{text}" if at_terminal else text, err=True, nl=not at_terminal)


def clear() -> None:
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", err=True, nl=False)
