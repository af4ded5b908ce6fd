"""The user's crontab: a block of ours between two lines, and everything else as it was, byte for byte."""

import contextlib
import os
import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

from harvester.scheduling.job import Job, ScheduleProblem
from harvester.scheduling.timing import minutes

LONGEST = 998
"""Bytes of a command: Debian's cron refuses a thousand."""
AFTER_BOOT = 90
"""Seconds: cron is up before the network is, and a run without one would be a false alarm."""
PLAIN = re.compile(r"[\w@+=:,./-]+", re.ASCII)
SPECIAL = {"'": "'\"'\"'", "\\": "\\''", "%": "'\\%'"}
NO_TABLE = re.compile(rb"no crontab for|can't open .*No such file", re.IGNORECASE)
DAEMONS = {"cron", "crond", "fcron", "dcron", "busybox"}
TIMEOUT = 30


def quoted(word: str) -> str:
    """A word as sh and every cron take it for itself.

    cron makes a new line of % unless there is a backslash before it, and takes that backslash away; busybox's takes
    nothing away. Outside quotes both end as a %. Two backslashes are one to some crons: so no two stand together.
    """
    if PLAIN.fullmatch(word):
        return word
    return "'" + "".join(SPECIAL.get(letter, letter) for letter in word) + "'"


def line(job: Job, now: datetime) -> list[str]:
    """The lines for the crontab. Raises ScheduleProblem where they would be too long for it."""
    setting = [f"{name}={quoted(value)}" for name, value in job.environment.items()]
    words = [*setting, *map(quoted, job.command(f"--jitter={job.jitter}", *job.timing.options))]
    command = " ".join(words)
    if (length := len(os.fsencode(command))) > LONGEST - len(f"sleep {AFTER_BOOT}; "):
        raise ScheduleProblem(
            f"the line would have {length} bytes, and cron takes {LONGEST}: name groups of ministries, or use"
            " --as systemd"
        )
    at = ",".join(str(minute) for minute in minutes(job.timing, now))
    return [f"{at} * * * * {command}", f"@reboot sleep {AFTER_BOOT}; {command}"]


def marks(database: Path) -> tuple[str, str]:
    return f"# harvest schedule: begin {database}", f"# harvest schedule: end {database}"


def block(job: Job, now: datetime) -> str:
    """What stands in the crontab."""
    begin, end = marks(job.database)
    about = f"# {job.timing.words}; removed by `harvest schedule --remove`; what it does is in {job.files.log}"
    return "".join(f"{each}\n" for each in (begin, about, *line(job, now), end))


def without(table: bytes, database: Path) -> tuple[bytes, bool]:
    """The table without this database's block, and whether there was one. Raises ScheduleProblem for half a block."""
    begin, end = (os.fsencode(mark) for mark in marks(database))
    kept: list[bytes] = []
    inside = found = False
    for each in re.findall(rb"[^\n]*\n|[^\n]+", table):
        text = each.rstrip(b"\r\n")
        if text == begin and not inside:
            inside = found = True
        elif text == end and inside:
            inside = False
        elif text in (begin, end):
            inside = True
            break
        elif not inside:
            kept.append(each)
    if inside:
        raise ScheduleProblem(
            f"the crontab has half a block of {database}: put both lines `# harvest schedule: …` there, or none,"
            " with `crontab -e`"
        )
    return b"".join(kept), found


def with_block(table: bytes, job: Job, now: datetime) -> bytes:
    """The table with this database's block, in the place of an older one, else at the end."""
    rest, _ = without(table, job.database)
    between = b"\n" if rest and not rest.endswith(b"\n") else b""
    return rest + between + os.fsencode(block(job, now))


def is_here() -> bool:
    return shutil.which("crontab") is not None


def read_table() -> bytes:
    """The user's crontab, empty where there is none. Raises ScheduleProblem where it cannot be known."""
    ended = _crontab("-l")
    if ended.returncode == 0:
        return ended.stdout
    if NO_TABLE.search(ended.stderr) and not ended.stdout:
        return b""
    raise ScheduleProblem(f"the crontab cannot be read, and was left as it is: {_why(ended)}")


def write_table(table: bytes, before: bytes) -> None:
    """Put the table in the place of `before`, and see that it is there. Raises ScheduleProblem."""
    if table == before:
        return
    ended = _crontab("-", table) if table else _crontab("-r")
    if ended.returncode != 0:
        raise ScheduleProblem(f"`crontab` refused the new table, and the old one stays: {_why(ended)}")
    if read_table() != table:
        raise ScheduleProblem("`crontab` took the new table and now shows another one: look at it with `crontab -l`")


def install(job: Job, now: datetime) -> bool:
    """Whether something had to be changed. Raises ScheduleProblem."""
    before = read_table()
    after = with_block(before, job, now)
    write_table(after, before)
    return after != before


def remove(database: Path) -> bool:
    """Whether there was something to remove. Raises ScheduleProblem."""
    before = read_table()
    after, found = without(before, database)
    write_table(after, before)
    return found


def is_running() -> bool | None:
    """Whether a cron daemon runs here; None where that cannot be seen."""
    names = set()
    for path in Path("/proc").glob("[0-9]*/comm"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            names.add(path.read_text(errors="replace").strip())
    return bool(names & DAEMONS) if names else None


def _crontab(argument: str, table: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["crontab", argument],
            input=table,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError:
        raise ScheduleProblem("there is no `crontab` on this machine: install cron, or use --as systemd") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ScheduleProblem(f"`crontab` cannot be run: {error}") from error


def _why(ended: subprocess.CompletedProcess[bytes]) -> str:
    told = ended.stderr.decode(errors="replace").split()
    return " ".join(told)[:300] or f"it ended with {ended.returncode} and said nothing"
