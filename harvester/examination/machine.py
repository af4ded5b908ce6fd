"""This machine: what a run needs of it. Each check is a function from what is the case to what there is to say."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from filelock import FileLock, Timeout
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from harvester import lock
from harvester.clock import utc_now
from harvester.examination.finding import Area, Finding, Mark, size_of
from harvester.filesystems import kind_at, mounts, network_kind
from harvester.room import FILES, RESERVE, files_free_at, free_at
from harvester.scheduling import cron, systemd
from harvester.scheduling.job import Job, ScheduleProblem
from harvester.scheduling.timing import Timing
from harvester.store.health import Library, library, not_writable

PACKAGE = "koreakr-harvester"
TIGHT = 500_000_000
"""Bytes below which somebody should make room."""
FEW_FILES = 1000
LITTLE_MEMORY = 300_000_000
"""A crawl takes about 100 MB (docs/architecture.md), and a process that reads documents comes to that."""
OLDEST_SQLITE = (3, 38, 0)
WITHOUT_WAL_RESET_BUG = ((3, 44, 6), (3, 50, 7), (3, 51, 3))
"""The first versions of their branches without it, as https://www.sqlite.org/wal.html says; all later ones are."""
IN_MEMORY = ("tmpfs", "ramfs")
AHEAD = 10
"""Years after the time zone data was made that a clock may show."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that runs write to, or the nearest above it that is there."""

    folder: Path
    there: Path
    writable: bool
    read_only: bool
    free: int | None
    free_files: int | None
    over_network: str | None
    """The kind of network file system it is on."""
    in_memory: bool


def examine(database: Path, data: Path, output: str) -> list[Finding]:
    """All that can be told of this machine without the database and the network; `output` is the encoding of ours."""
    return [
        python(sys.version_info[:3], metadata(PACKAGE)["Requires-Python"]),
        *packages(metadata(PACKAGE).get_all("Requires-Dist") or [], version),
        sqlite(library()),
        clock(utc_now(), version("tzdata")),
        time_zone(),
        encoding(sys.getfilesystemencoding(), output),
        contact(os.environ.get("HARVEST_CONTACT", "")),
        *memory(),
        *(found for folder in folders(database, data) for found in room(place(folder))),
        *rights(database),
        *run(database),
        schedule(Path(os.path.abspath(database))),  # noqa: PTH100  (as `harvest schedule` names it: links left alone)
    ]


def finding(name: str, mark: Mark, says: str, todo: str = "", *, stops: bool = False) -> Finding:
    return Finding(Area.MACHINE, name, mark, says, todo, stops)


# What is installed


def python(running: Sequence[int], required: str) -> Finding:
    said = ".".join(map(str, running))
    if SpecifierSet(required).contains(said):
        return finding("Python", Mark.OK, said)
    return finding("Python", Mark.WRONG, f"{said}, and {required} is needed", "install with a newer Python", stops=True)


def packages(required: Sequence[str], installed: Callable[[str], str]) -> Iterator[Finding]:
    """Whether what is installed is what this version was made for; what is optional may be missing, not wrong."""
    wrong, count = [], 0
    for line in required:
        requirement = Requirement(line)
        optional = requirement.marker is not None and not requirement.marker.evaluate({"extra": ""})
        # Of the environment, or of an extra: what this one marks for another Python is none of its business.
        if optional and "extra" not in line:
            continue
        try:
            found = installed(requirement.name)
        except PackageNotFoundError:
            if not optional:
                wrong.append(f"{requirement.name} is not installed")
            continue
        if requirement.specifier.contains(found, prereleases=True):
            count += 1
        elif not optional or "dev" not in line:
            wrong.append(f"{requirement.name} {found} where {requirement.specifier} is needed")
    if wrong:
        todo = "`make .venv/ready` in the folder of the program installs what this version was tested with"
        yield finding("packages", Mark.LOOK, "; ".join(wrong), todo)
    else:
        yield finding("packages", Mark.OK, f"{count} installed, in versions that go together")


def sqlite(found: Library) -> Finding:
    said = ".".join(map(str, found.version))
    todo = "use a Python whose SQLite is newer: those of python.org, or of a current distribution"
    lacking = [name for name, there in (("FTS5", found.fts5), ("JSON", found.json)) if not there]
    if lacking:
        return finding("SQLite", Mark.WRONG, f"{said}, built without {' and '.join(lacking)}", todo, stops=True)
    if found.version < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        return finding("SQLite", Mark.WRONG, f"{said}, and {oldest} is needed", todo, stops=True)
    if has_wal_reset_bug(found.version):
        says = (
            f"{said}, with FTS5; this version can damage a file in WAL mode that two programs write to at the same"
            " moment. Runs are kept apart by the lock, and readers write nothing"
        )
        return finding("SQLite", Mark.NOTE, says, "let no other program write to the database; 3.51.3 is mended")
    return finding("SQLite", Mark.OK, f"{said}, with FTS5")


def has_wal_reset_bug(running: tuple[int, ...]) -> bool:
    if running >= WITHOUT_WAL_RESET_BUG[-1]:
        return False
    return not any(running[:2] == mended[:2] and running >= mended for mended in WITHOUT_WAL_RESET_BUG)


# Time and language


def clock(now: str, zone_data: str) -> Finding:
    """Whether the year can be true: time zone data is never from the future. `now` is UTC, `zone_data` as `2025.2`."""
    made = int(zone_data.split(".", maxsplit=1)[0])
    if made <= int(now[:4]) <= made + AHEAD:
        return finding("clock", Mark.OK, f"{now} (UTC)")
    says = f"it shows {now}, and the time zone data is of {made}"
    return finding("clock", Mark.WRONG, says, SET_THE_CLOCK, stops=True)


SET_THE_CLOCK = "set it, and let the system keep it (timedatectl set-ntp true): which days are crawled depends on it"


def time_zone(name: str = "Asia/Seoul") -> Finding:
    try:
        ahead = datetime(2024, 1, 17, tzinfo=ZoneInfo(name)).utcoffset()
    except (ZoneInfoNotFoundError, OSError, ValueError):
        ahead = None
    if ahead == timedelta(hours=9):
        return finding("time zone", Mark.OK, f"{name} is known, nine hours ahead of UTC")
    says = f"{name} is not known" if ahead is None else f"{name} is said to be {ahead} ahead of UTC"
    return finding("time zone", Mark.WRONG, says, "install the package tzdata again", stops=True)


def encoding(names: str, output: str) -> Finding:
    """Whether Korean file names can be written, and Korean be read on standard output."""
    said = f"file names in {names}, output in {output or 'no encoding'}"
    for what, code in (("file names", names), ("output", output or "ascii")):
        try:
            "보도자료".encode(code)
        except (UnicodeEncodeError, LookupError):
            todo = "set LC_ALL=C.UTF-8, or PYTHONUTF8=1, also where cron or systemd starts it"
            return finding("encoding", Mark.LOOK, f"{said}: no Korean in {what}", todo)
    return finding("encoding", Mark.OK, said)


def contact(said: str) -> Finding:
    if said.strip():
        return finding("contact", Mark.OK, f"the site is told {said.strip()}")
    todo = "set HARVEST_CONTACT, as in HARVEST_CONTACT=mailto:you@example.org, also where cron or systemd starts it"
    return finding("contact", Mark.NOTE, "the site is not told whom to write to", todo)


def memory(meminfo: Path = Path("/proc/meminfo")) -> Iterator[Finding]:
    """How much there is; nothing where the system does not say so."""
    try:
        lines = meminfo.read_text(encoding="ascii").splitlines()
        free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError, IndexError):
        return
    if free >= LITTLE_MEMORY:
        yield finding("memory", Mark.OK, f"{size_of(free)} free")
    else:
        todo = f"end other programs, or give it more: a run takes up to {size_of(LITTLE_MEMORY)}"
        yield finding("memory", Mark.LOOK, f"{size_of(free)} free", todo)


# Where runs write


def folders(database: Path, data: Path) -> list[Path]:
    """The folders that runs write to, each file system once: of the database, of its files, of the data."""
    beside = database.absolute().parent
    by_device: dict[int, Path] = {}
    for folder in (beside, beside / "files", data.absolute()):
        there = nearest(folder)
        if there is not None:
            by_device.setdefault(there.stat().st_dev, folder)
    return list(by_device.values()) or [beside]


def nearest(folder: Path) -> Path | None:
    """The folder, or the nearest above it that is there."""
    return next((each for each in (folder, *folder.parents) if each.is_dir()), None)


def place(folder: Path) -> Place:
    there = nearest(folder) or Path(folder.anchor)
    in_memory = kind_at(os.path.realpath(there), mounts()) in IN_MEMORY
    network = network_kind(there)
    writable = os.access(there, os.W_OK | os.X_OK)
    if not hasattr(os, "statvfs"):
        return Place(folder, there, writable, False, free_at(there), None, network, in_memory)
    found = os.statvfs(there)
    read_only = bool(found.f_flag & os.ST_RDONLY)
    return Place(folder, there, writable, read_only, free_at(there), files_free_at(there), network, in_memory)


def room(at: Place) -> Iterator[Finding]:
    """Rights, space and kind of a place that runs write to."""
    if at.read_only:
        todo = "mount it for writing, or name another folder with --data"
        yield finding("folder", Mark.WRONG, f"{at.there} is on a disk that can only be read", todo, stops=True)
    elif not at.writable:
        todo = "give the user that runs it the right to write there, or name another folder with --data"
        yield finding("folder", Mark.WRONG, f"nothing can be written in {at.there}", todo, stops=True)
    elif not at.folder.exists():
        yield finding("folder", Mark.OK, f"{at.folder} is not there yet: the first run makes it")
    else:
        yield finding("folder", Mark.OK, f"{at.folder} can be written to")
    yield disk(at)
    if at.over_network:
        says = f"{at.folder} is on a network file system ({at.over_network}), where two machines can damage a database"
        todo = "name a file on a disk of this machine with --db, and copy it there when it is written"
        yield finding("file system", Mark.WRONG, says, todo, stops=True)
    elif at.in_memory:
        says = f"{at.folder} is in memory: gone when the machine restarts"
        yield finding("file system", Mark.NOTE, says, "name a folder on a disk with --data")


def disk(at: Place) -> Finding:
    if at.free is None:
        return finding("disk", Mark.NOTE, f"the system does not say how much is free for {at.folder}")
    said = f"{size_of(at.free)} free for {at.folder}"
    if at.free < RESERVE:
        todo = "make room: without it runs end before they have stored anything; what is stored stays whole"
        return finding("disk", Mark.WRONG, said, todo, stops=True)
    if at.free_files is not None and at.free_files < FEW_FILES:
        says, todo = f"room for {at.free_files} more files in {at.folder}, whatever their size", "remove small files"
        if at.free_files < FILES:
            return finding("disk", Mark.WRONG, says, f"{todo}: without room for {FILES} no run can work", stops=True)
        return finding("disk", Mark.LOOK, says, todo)
    if at.free < TIGHT:
        return finding("disk", Mark.LOOK, said, "make room before it is full")
    return finding("disk", Mark.OK, said)


def rights(database: Path) -> Iterator[Finding]:
    """Files of the database that another user left behind, as a run of root does."""
    files = not_writable(database)
    if files:
        named = ", ".join(file.name for file in files)
        todo = f"give them to the user that runs it: chown in {database.parent}"
        yield finding("files", Mark.WRONG, f"this user cannot write to {named}", todo, stops=True)


def run(database: Path) -> Iterator[Finding]:
    """Whether a run is under way, and whether one before it left what the database could not take."""
    holder = lock.read(database.with_name(database.name + ".run"))
    if run_under_way(database):
        who = f": {holder}" if holder and not holder.gone else ""
        yield finding("lock", Mark.OK, f"a run is under way{who}")
        return
    yield finding("lock", Mark.OK, "no run is under way")
    if holder and holder.unwritten:
        says = f"the run of {holder.since} could not write its end: the disk was full, or somebody held the file"
        yield finding("last run", Mark.NOTE, says, "the next run writes it")


def run_under_way(database: Path) -> bool:
    """Whether somebody holds the database's lock; False where that cannot be found out. Makes no file."""
    if lock.under_way_elsewhere(database):
        return True
    path = database.with_name(database.name + ".lock")
    if not path.exists():
        return False
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:
        return False


# What starts runs


def schedule(database: Path) -> Finding:
    """Whether `harvest schedule` has set this machine up for this database, and whether that is at work."""
    try:
        in_cron = cron.is_here() and os.fsencode(cron.marks(database)[0]) in cron.read_table()
    except ScheduleProblem as error:
        return finding("schedule", Mark.NOTE, str(error), "`crontab -l` shows it")
    unit = Job(database, (), (), Timing(0)).name
    if in_cron and cron.is_running() is False:
        says = "it stands in the crontab, and no cron is running here: nothing will be started"
        return finding("schedule", Mark.LOOK, says, "start cron, or `harvest schedule --install --as systemd`")
    if in_cron:
        return finding("schedule", Mark.OK, "cron starts the runs")
    if systemd.is_installed(unit):
        if systemd.lingers() is False:
            says = "a timer of systemd starts the runs, but only while its user is logged in"
            return finding("schedule", Mark.LOOK, says, "loginctl enable-linger")
        return finding("schedule", Mark.OK, f"the timer {unit} of systemd starts the runs")
    says = "none of ours for this database: nothing starts runs here, unless you have arranged for it otherwise"
    return finding("schedule", Mark.NOTE, says, "`harvest schedule --install`")
