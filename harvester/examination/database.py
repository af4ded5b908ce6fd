"""The database and what lies beside it: whole, complete, fresh, and able to grow. Reads only, in whatever state."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from itertools import groupby
from pathlib import Path

from harvester.clock import korean_day, utc_ago, utc_now
from harvester.examination.finding import Area, Finding, Mark, size_of
from harvester.examination.machine import SET_THE_CLOCK, run_under_way
from harvester.files import ABANDONED, Files
from harvester.lock import left_by_runs
from harvester.room import RESERVE, free_at
from harvester.store import UNUSABLE, Database, DatabaseProblem, archive_path, faults, health, readings_path, reports
from harvester.store.completeness import is_to_come, judge_walks, looked_at
from harvester.store.health import LastRun
from harvester.store.ledger import LATE, DayRecord
from harvester.store.reports import FRESH_WITHIN
from harvester.wall.report import span

RECOVER = (
    "stop cron, and put the file aside rather than delete it; docs/hard-cases.md says how to get its content back, from"
    " the last backup or from the archive"
)
SECONDS = 60.0
"""How long the look through a file may take; --thorough takes as long as it takes."""
AT_LEISURE = 86_400.0
LARGE_LOG = 200_000_000
"""Bytes. SQLite begins its log anew after some megabytes, unless somebody reads on and on."""
ENOUGH_DAYS = 90
GAPS = 3
"""Gaps that are named; all of them: `harvest status`."""
REASON = 120
RUNS = 100


def examine(path: Path, *, thorough: bool) -> list[Finding]:
    """All that can be told of the database without the network."""
    if not path.exists():
        says = f"there is no database at {path}"
        return [
            finding("file", Mark.NOTE, says, "`harvest crawl` or `harvest backfill` makes one, or name it with --db")
        ]
    before, still = health.signature(path), health.lies_still(path)
    found = list(_examined(path, thorough=thorough))
    if still and health.signature(path) != before:
        # A run began meanwhile: what was read of a file that was taken to lie still may be half of this, half of that.
        found = list(_examined(path, thorough=thorough))
    return found


def finding(name: str, mark: Mark, says: str, todo: str = "", *, stops: bool = False) -> Finding:
    return Finding(Area.DATABASE, name, mark, says, todo, stops)


def _examined(path: Path, *, thorough: bool) -> Iterator[Finding]:
    try:
        with health.opened(path) as db:
            health.refuse_foreign(db, path)
            if health.is_empty(db):
                yield finding("file", Mark.NOTE, f"{path} is empty: no run has written to it yet", "`harvest crawl`")
                return
            yield finding("file", Mark.OK, f"{path}, {size_of(path.stat().st_size)}")
            yield from _inside(db, path, thorough=thorough)
    except DatabaseProblem as error:
        says, _, todo = str(error).rpartition(": ")
        yield finding("file", Mark.WRONG, says or todo, todo, stops=True)
    except UNUSABLE as error:
        yield unusable(path, error)
    yield from beside(path)


def unusable(path: Path, error: Exception) -> Finding:
    """A file that SQLite does not open: damaged, or kept from us for another reason."""
    says = f"{path} cannot be read: {error}"
    code = faults.code_of(error)
    if code in faults.HELD:
        who = ", ".join(faults.holders(path)) or f"`lsof {path}` says who"
        return finding("file", Mark.LOOK, says, f"another program holds it ({who}): close that, and look again")
    if code in faults.READ_ONLY:
        todo = "look at the rights of the file and of its folder"
        return finding("file", Mark.WRONG, says, todo, stops=True)
    return finding("file", Mark.WRONG, says, RECOVER, stops=True)


def _inside(db: Database, path: Path, *, thorough: bool) -> Iterator[Finding]:
    """Each by itself: what one cannot read another still may."""
    checks: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("pages", partial(pages, db, thorough=thorough)),
        ("schema", partial(schema, db)),
        ("references", partial(references, db, thorough=thorough)),
        ("search index", partial(index, db, path)),
        ("log", partial(log, path)),
        ("archive", partial(archive, db, path, thorough=thorough)),
        ("runs", partial(_runs, db, path)),
        ("days", partial(_days, db)),
        ("growth", partial(growth, db, path)),
        ("drift", partial(drift, db)),
    ]
    damaged = False
    for name, check in checks:
        try:
            for found in check():
                damaged |= found.stops
                yield found
        except UNUSABLE as error:
            yield _not_told(name, error, known=damaged, older=bool(health.pending(db)))
            damaged |= faults.code_of(error) in faults.DAMAGED


def _not_told(name: str, error: Exception, *, known: bool, older: bool) -> Finding:
    """What cannot be looked at; `known` is whether damage was told of before, `older` whether columns may lack."""
    says = f"could not be looked at: {error}"
    if faults.code_of(error) in faults.DAMAGED:
        return finding(
            name, Mark.LOOK if known else Mark.WRONG, says, "see above" if known else RECOVER, stops=not known
        )
    if older:
        return finding(name, Mark.NOTE, says, "the next `harvest crawl` brings the file up to date")
    return finding(name, Mark.LOOK, says, "look again; report it if it stays")


# The file


def pages(db: Database, *, thorough: bool) -> Iterator[Finding]:
    found = health.damage(db, thorough=thorough, seconds=AT_LEISURE if thorough else SECONDS)
    if found is None:
        says = f"not looked through: that takes more than {SECONDS:.0f} seconds; what was seen is sound"
        yield finding("pages", Mark.NOTE, says, "`harvest doctor --only database --thorough`, at leisure")
    elif found:
        yield finding("pages", Mark.WRONG, f"the file is damaged: {'; '.join(found)[:300]}", RECOVER, stops=True)
    else:
        yield finding("pages", Mark.OK, f"sound{', and every index agrees' if thorough else ''}")


def schema(db: Database) -> Iterator[Finding]:
    pending = health.pending(db)
    if pending:
        says = f"of an older version: {len(pending)} changes to its tables are to come"
        yield finding(
            "schema", Mark.NOTE, says, "the next `harvest crawl` makes them; until then other verbs refuse it"
        )
    else:
        yield finding("schema", Mark.OK, "of this version")


def references(db: Database, *, thorough: bool) -> Iterator[Finding]:
    found = health.dangling(db, seconds=AT_LEISURE if thorough else SECONDS)
    if found:
        says = f"rows that belong to nothing that is stored: {', '.join(found)}"
        yield finding("references", Mark.LOOK, says, "something else wrote to the file: restore the last backup")
    elif found is not None:
        yield finding("references", Mark.OK, "every row belongs to something that is stored")


def index(db: Database, path: Path) -> Iterator[Finding]:
    if health.index_is_current(db):
        yield finding("search index", Mark.OK, "up to date")
    elif health.pending(db) or run_under_way(path):
        yield finding(
            "search index", Mark.NOTE, "of an older version", "the run under way, or the next, builds it anew"
        )
    else:
        yield finding("search index", Mark.LOOK, "not built: nothing can be searched", "`harvest reindex`")


def log(path: Path) -> Iterator[Finding]:
    """How SQLite writes to the file, and how much of it waits to be brought home."""
    if health.journal_mode(path) != "wal":
        says = "not in WAL mode: something else has changed that, and readers may hold up runs"
        yield finding("log", Mark.NOTE, says, "the next run changes it back")
        return
    waiting = path.with_name(path.name + "-wal")
    size = waiting.stat().st_size if waiting.exists() else 0
    if size > LARGE_LOG:
        says = (
            f"{waiting.name} has grown to {size_of(size)}: some program reads on and on, or was killed while it wrote"
        )
        todo = "close programs that have the database open (`fuser` names them); the next run brings it home"
        yield finding("log", Mark.LOOK, says, todo)
    else:
        yield finding(
            "log", Mark.OK, f"WAL, {size_of(size)} of it not brought home yet" if size else "WAL, all at home"
        )


def beside(path: Path) -> Iterator[Finding]:
    """What does not depend on the database: the cache of readings, and what killed processes left."""
    readings = readings_path(path)
    if readings.exists() and (problem := health.readings_problem(readings)):
        says = f"{readings.name} cannot be used: {problem}"
        yield finding("readings", Mark.NOTE, says, "delete it: it is a cache, and a replay makes it anew")
    files = Files(path.parent / "files")
    oldest = (datetime.fromisoformat(utc_now()) - ABANDONED).timestamp()
    left = [part for part in files.temporary.glob("*.part") if part.stat().st_mtime < oldest]
    if left:
        size = size_of(sum(part.stat().st_size for part in left))
        says = f"{len(left)} partial files of processes that were killed, {size}, in {files.temporary}"
        yield finding("leftovers", Mark.NOTE, says, "the next crawl removes them")


# The archive


def archive(db: Database, path: Path, *, thorough: bool) -> Iterator[Finding]:
    """Whether the evidence is there for all that was read from it."""
    where, evidence = archive_path(path), health.evidence_of(db)
    if not where.exists():
        if evidence:
            says = f"{where.name} is gone: {len(evidence)} releases and posts lack the pages they were read from"
            todo = "restore it from a backup: without it nothing can be read again, nor a damaged database be refilled"
            yield finding("archive", Mark.WRONG, says, todo)
        else:
            says = "there is none: runs with --no-archive keep no page"
            yield finding("archive", Mark.NOTE, says, "without it a damaged database can only be fetched anew")
        return
    try:
        with health.opened(where) as kept:
            health.refuse_foreign_archive(kept, where)
            damage = health.damage(kept, thorough=thorough, seconds=AT_LEISURE if thorough else SECONDS)
            missing = [] if damage else health.without_evidence(kept, evidence)
    except UNUSABLE as error:
        yield finding("archive", Mark.WRONG, str(error), SAVE_ARCHIVE, stops=True)
        return
    size = size_of(where.stat().st_size)
    if damage:
        says = f"{where.name} is damaged: {'; '.join(damage)[:300]}"
        yield finding("archive", Mark.WRONG, says, SAVE_ARCHIVE, stops=True)
    elif missing:
        named = ", ".join(map(str, missing[:5])) + (" …" if len(missing) > 5 else "")
        says = f"{where.name} lacks the pages of {len(missing)} of {len(evidence)} releases and posts: {named}"
        todo = "it is not the archive of this database, or an older one: put the right one there"
        yield finding("archive", Mark.LOOK, says, todo)
    elif damage is None:
        says = f"{size}, not looked through: that takes more than {SECONDS:.0f} seconds; no page is missing"
        yield finding("archive", Mark.NOTE, says, "`harvest doctor --only database --thorough`, at leisure")
    else:
        yield finding("archive", Mark.OK, f"{size}, sound, with the pages of all {len(evidence)} releases and posts")


SAVE_ARCHIVE = "docs/archive.md says how to save what is readable; restore the last backup"


# Runs and days


def _runs(db: Database, path: Path) -> Iterator[Finding]:
    last = health.last_runs(db, RUNS, left_by_runs(path))
    yield from clock(health.latest_time(db), last[0].started_at if last else None, utc_now())
    yield runs(last, under_way=run_under_way(path))


def clock(latest: str | None, newest: str | None, now: str) -> Iterator[Finding]:
    """Whether the clock is behind, or was ahead: by the latest time of any run, and by that of the newest run."""
    if latest is None or not is_to_come(latest, now):
        return
    says = f"it is {now} here, and a run has already written {latest}: the clock was ahead then"
    if newest is not None and is_to_come(newest, now):
        yield finding("clock", Mark.WRONG, f"{says}, or is behind now", SET_THE_CLOCK)
    else:
        todo = "nothing: runs since then had the right time, and what that one noted is not believed"
        yield finding("clock", Mark.NOTE, says, todo)


def runs(found: Sequence[LastRun], *, under_way: bool) -> Finding:
    """How the last runs ended: a board at a time, for one that fails hides behind the others."""
    asked = [run for run in found if run.verb != "replay"]
    if not asked:
        return finding("runs", Mark.NOTE, "none yet", "`harvest crawl`")
    newest = asked[0]
    if newest.verdict is None and not newest.finished_at:
        if under_way:
            return finding("runs", Mark.OK, f"a {newest.verb} is under way since {newest.started_at}")
        says = f"the {newest.verb} of {newest.started_at} was killed, or the power went: it wrote no end"
        return finding("runs", Mark.LOOK, says, "the next run finishes its work; if it happens again, look why")
    for board in dict.fromkeys(run.board for run in asked):
        of_board = [run for run in asked if run.board == board]
        failed = next((n for n, run in enumerate(of_board) if run.verdict != "failure"), len(of_board))
        if failed:
            times = "the last run" if failed == 1 else f"the last {failed} runs"
            reason = (of_board[0].reason or "no reason given")[:REASON]
            says = f"{times} of {board or 'a board'} failed, the first at {of_board[failed - 1].started_at}: {reason}"
            return finding("runs", Mark.LOOK, says, "docs/operating.md explains the reason; the site: see below")
    ended = f"ended {newest.finished_at}" if newest.finished_at else f"begun {newest.started_at}"
    return finding("runs", Mark.OK, f"the last, a {newest.verb}, {ended}: {newest.verdict}")


def _days(db: Database) -> Iterator[Finding]:
    ledger = health.ledger_days(db)
    questions = {(day.board, day.filter) for day in ledger}
    kept_up = {question for question in questions if reports.is_kept_up(db, *question)}
    return days(ledger, kept_up, now=utc_now(), stale_before=utc_ago(FRESH_WITHIN))


def days(
    ledger: Sequence[DayRecord], kept_up: Collection[tuple[str, str]], *, now: str, stale_before: str
) -> Iterator[Finding]:
    """Gaps and what is not fresh, of each board and filter: judged as `harvest status` does.

    `kept_up` are the boards and filters that crawls follow.
    """
    if not ledger:
        yield finding("days", Mark.NOTE, "no day is in the ledger yet", "`harvest crawl`")
    for question, group in groupby(ledger, key=lambda day: (day.board, day.filter)):
        of_group = list(group)
        whole = [day for day in ledger if day.board == question[0] and not day.filter]
        yield from _of_question(of_group, whole, is_kept_up=question in kept_up, now=now, stale_before=stale_before)


def _of_question(
    of_group: Sequence[DayRecord], whole: Sequence[DayRecord], *, is_kept_up: bool, now: str, stale_before: str
) -> Iterator[Finding]:
    """The same of one board and filter; `whole` are the walks of the board without a filter, whichever it is."""
    board, filter_ = of_group[0].board, of_group[0].filter
    question = f"{board}{f' ({filter_})' if filter_ else ''}"
    name = f"days {question}"
    judge = partial(judge_walks, board, filter_, open_since=stale_before, now=now)
    judged = judge(of_group, None, None)
    if judged.since is None or judged.until is None:
        yield finding(name, Mark.NOTE, "all of them are still to come: a run had a clock that was ahead")
        return
    told, asked = f"{judged.since} … {judged.until}", f"--board {board} --since {{}} --until {{}}"
    # What was walked for everything is no gap of a filter.
    found = judge([*of_group, *whole], judged.since, judged.until).stretches
    late = sum(map(partial(may_have_grown, now=now), judged.days.values()))
    if found:
        named = "; ".join(f"{span(gap)} {gap.reason}"[:REASON] for gap in found[:GAPS])
        more = f"; and {len(found) - GAPS} more" if len(found) > GAPS else ""
        missing = sum(gap.length for gap in found)
        todo = f"`harvest backfill {asked.format(found[0].first, found[-1].last)}`; `harvest status` names all"
        yield finding(name, Mark.LOOK, f"{told}: {missing} not complete: {named}{more}", todo)
    elif late:
        says = f"{told}: complete, {late} of them last looked at before late releases could be there"
        todo = f"`harvest backfill {asked.format(judged.since, judged.until)}` looks at them again"
        yield finding(name, Mark.NOTE, says, todo)
    else:
        yield finding(name, Mark.OK, f"{told}: complete")
    if is_kept_up:
        yield fresh(f"fresh {question}", judged.known_until, stale_before)


def fresh(name: str, known_until: str | None, stale_before: str) -> Finding:
    """Whether crawls still look at what they follow."""
    if known_until is not None and known_until >= stale_before:
        return finding(name, Mark.OK, f"known until {known_until}")
    says = f"what was published since {known_until} is not in it" if known_until else "nothing is known"
    todo = "is cron, or the timer, at work? its log tells; `harvest schedule`; how the last runs ended: see above"
    return finding(name, Mark.LOOK, f"{says}: no crawl has looked since", todo)


def may_have_grown(day: DayRecord, now: str) -> bool:
    """Whether late releases may be there by now that could not be when the day was last looked at."""
    late = date.fromisoformat(day.day) + LATE
    return day.confirmed and korean_day(looked_at(day)) < late <= korean_day(now)


# Growth


def growth(db: Database, path: Path) -> Iterator[Finding]:
    """How large it is, and for how long there is room if releases go on appearing as they did."""
    held = health.holdings(db)
    sizes = {
        file.name: file.stat().st_size for file in (path, archive_path(path), readings_path(path)) if file.exists()
    }
    folder = path.parent / "files"
    if folder.is_dir():
        sizes["files"] = sum(file.stat().st_size for file in folder.glob("*/*") if file.is_file())
    told = ", ".join(f"{name} {size_of(size)}" for name, size in sizes.items())
    if not held.releases or not held.of_last_month:
        yield finding("size", Mark.OK, told)
        return
    a_day = sum(sizes.values()) / held.releases * held.of_last_month / 30
    lasts = int(max((free_at(path) or 0) - RESERVE, 0) / a_day)
    says = f"{told}; grows by {size_of(a_day)} a day"
    if not lasts:
        yield finding("size", Mark.LOOK, f"{says}: no more fits on the disk", "make room, or move the data folder")
    elif lasts < ENOUGH_DAYS:
        yield finding(
            "size", Mark.LOOK, f"{says}: the disk is full in {lasts} days", "make room, or move the data folder"
        )
    else:
        yield finding("size", Mark.OK, f"{says}; room for {f'{lasts} days' if lasts < 3650 else 'more than ten years'}")


def _size(path: Path) -> int:
    """Bytes of a file of SQLite, with what waits in its log."""
    log_of_it = path.with_name(path.name + "-wal")
    return path.stat().st_size + (log_of_it.stat().st_size if log_of_it.exists() else 0)


def drift(db: Database) -> Iterator[Finding]:
    """What the runs noticed of the site changing its ways."""
    for each in health.noticed(db):
        says = f"{each.says} (since {each.since}{f'; see {each.evidence}' if each.evidence else ''})"
        yield finding(f"drift {each.key}", Mark.LOOK, says, each.todo)
