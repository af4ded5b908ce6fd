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
from typing import Any

import click

from harvester.boards import BOARDS, Board, BriefingBoard
from harvester.cli.locked import with_lock
from harvester.cli.main import say
from harvester.cli.options import Day, board_option, database_path, db_option, json_option
from harvester.cli.progress import duration
from harvester.lock import lock
from harvester.replay import Derived, Task, derive_all, derive_posts, tasks
from harvester.store import UNUSABLE, ArchiveReader, Saved, Store, archive_path
from harvester.verdict import Exit, Verdict, together, unfinished

FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)
TOLD_EVERY = 10.0
"""Seconds from one line in a log to the next."""
NAMED = 12
A_SIGNAL = "by a signal"


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
@board_option
@click.option("--jobs", type=click.IntRange(1, 64), help="Processes.  [default: one a core]")
@db_option
@json_option
def command(
    *,
    since: date | None,
    until: date | None,
    boards: tuple[Board, ...],
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

    def work() -> int:
        reports = [replay(Asked(database, board, since or FIRST, until or LAST), jobs or cores()) for board in boards]
        return report(reports, database, as_json=as_json)

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


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one board."""

    board: str
    verdict: Verdict
    counts: dict[str, int]
    books: Books | None = None
    """None where there was nothing to read again."""
    is_there: bool = True
    """Whether anything of the board is stored or kept."""

    def as_data(self) -> dict[str, Any]:
        said = {
            "verdict": self.verdict.word,
            "exit_status": int(self.verdict.exit_status),
            "reason": self.verdict.sentence,
            "board": self.board,
        }
        if self.books is None:
            return said
        refused = {str(news_id): reason for news_id, reason in self.books.refused.items()}
        counted = {"releases": self.books.total, **self.counts, "not_kept": self.books.not_kept, "refused": refused}
        return {**said, **counted}


def replay(asked: Asked, jobs: int) -> Report:
    """Derive what was asked for of one board, and write what differs."""
    archive = archive_path(asked.database)
    with closing(ArchiveReader(archive)) as reader:
        kind = "release" if isinstance(asked.board, BriefingBoard) else "post"
        archived = reader.pages(kind, asked.board.slug, asked.since, asked.until)
    with closing(Store(asked.database, cause="replay")) as store:
        stored = store.origins(asked.board.slug, asked.since, asked.until)
        todo = list(tasks(stored, archived))
        if not todo:
            what = f"{len(stored)} releases of these days are stored" if stored else "nothing is stored of these days"
            nothing = f"no page to read again is in {archive}; {what}"
            return Report(asked.board.slug, Verdict("failure", Exit.FAILURE, nothing), {}, is_there=bool(stored))
        books = Books(len(todo), len(stored.keys() - {task.news_id for task in todo}))
        store.start_run(verb="replay", arguments=asked.arguments, days_asked=0, version=version("koreakr-harvester"))
        stopped = take_all(store, derived(asked, todo, jobs), books)
        store.flush()
        judged = verdict(books, store.unwritten, stopped)
        try:
            store.finish_run(row(books, judged))
        except UNUSABLE as problem:
            judged = unfinished(judged, store.trouble or str(problem))
            if left := store.leave_run(row(books, judged)):
                held = lock(asked.database)  # once more: the command has it
                held.leave(left)
                held.release()
        return Report(asked.board.slug, judged, {kind.value: store.saved[kind] for kind in Saved}, books)


def row(books: Books, judged: Verdict) -> dict[str, int | str | None]:
    """What a replay writes into its row at its end."""
    return {
        "failed": len(books.refused),
        "verdict": judged.word,
        "reason": judged.sentence,
        "exit_status": int(judged.exit_status),
    }


def derived(asked: Asked, todo: list[Task], jobs: int) -> Iterator[Derived]:
    if isinstance(asked.board, BriefingBoard):
        return derive_all(asked.database, asked.board, todo, jobs)
    return derive_posts(asked.database, todo)


def report(reports: list[Report], database: Path, *, as_json: bool) -> int:
    """Say what came of it."""
    several_asked = len(reports) > 1
    reports = without_boards_of_nothing(reports)
    whole = together([(each.board, each.verdict) for each in reports])
    if as_json:
        told = [each.as_data() for each in reports]
        several = {"verdict": whole.word, "exit_status": int(whole.exit_status), "boards": told}
        click.echo(json.dumps(several if several_asked else told[0], ensure_ascii=False, indent=2))
    counts = {kind.value: sum(each.counts.get(kind.value, 0) for each in reports) for kind in Saved}
    told_counts = ", ".join(f"{number} {name}" for name, number in counts.items())
    counted = any(each.books for each in reports)
    return say(
        whole.exit_status, whole.word, f"{whole.sentence}; {told_counts} in {database}" if counted else whole.sentence
    )


def without_boards_of_nothing(reports: list[Report]) -> list[Report]:
    """Where all boards are asked for, those that nobody ever crawled are left out, unless nothing is there of any."""
    there = [each for each in reports if each.is_there]
    if len(reports) < len(BOARDS) or not there:
        return reports
    for each in reports:
        if not each.is_there:
            click.echo(f"{each.board} is left out: {each.verdict.sentence}", err=True)
    return there


def take_all(store: Store, results: Iterator[Derived], books: Books) -> str | None:
    """Write what is derived; why not all of it, where a signal or trouble with the file stopped it."""
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
            if store.trouble:
                break
    except KeyboardInterrupt:
        return A_SIGNAL
    finally:
        clear()
    return store.trouble


def verdict(books: Books, unwritten: int, stopped: str | None) -> Verdict:
    """How well it went."""
    told = [f"{books.derived} of {books.total} releases derived again"]
    if books.not_kept:
        told.append(f"{books.not_kept} more are stored whose page the archive does not have")
    if books.refused:
        some = ", ".join(str(news_id) for news_id in sorted(books.refused)[:NAMED])
        told.append(f"could not be read: newsId {some}{' and more' if len(books.refused) > NAMED else ''}")
    if unwritten:
        told.append(f"{unwritten} could not be written")
    if stopped:
        told.append(f"stopped: {stopped}")
    if stopped == A_SIGNAL:
        return Verdict("interrupted", Exit.PARTIAL, "; ".join(told))
    if not books.derived or unwritten >= books.derived:
        return Verdict("failure", Exit.FAILURE, "; ".join(told))
    whole = books.derived == books.total and not unwritten and not books.not_kept and not stopped
    if whole:
        return Verdict("complete", Exit.COMPLETE, "; ".join(told))
    return Verdict("partial", Exit.PARTIAL, "; ".join(told))


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
