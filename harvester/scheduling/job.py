"""What is to be started, and where it keeps its log, its state and its secrets."""

import hashlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harvester.scheduling.timing import Timing

JITTER = 60
"""Seconds a run waits at most. Not more: two runs would be more than an hour apart, and cron starts all at second 0."""


class ScheduleProblem(Exception):
    """What was asked cannot be scheduled here; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Files:
    """What lies beside the database."""

    settings: Path
    """Variables that nobody else may read, `NAME=value` a line."""
    state: Path
    log: Path
    older_log: Path


def files_of(database: Path) -> Files:
    """Named after the database: without .db; any other ending stays, so that x.db and x.sqlite share nothing."""
    beside, stem = database.parent, database.stem
    if database.suffix != ".db" or "." in stem:
        stem = database.name if "." in database.name else f"{database.name}."
    return Files(
        settings=beside / f"schedule-{stem}.env",
        state=beside / f"schedule-{stem}.json",
        log=beside / f"crawl-{stem}.log",
        older_log=beside / f"crawl-{stem}.log.1",
    )


@dataclass(frozen=True, slots=True)
class Job:
    database: Path
    program: tuple[str, ...]
    """How this harvester is started, from any folder."""
    options: tuple[str, ...]
    """Of `crawl` and of `schedule --run` alike; all paths whole, nothing secret."""
    timing: Timing
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    """Kept out of everything that others can read: crontab lines and units, and with them the list of processes."""
    jitter: int = JITTER

    @property
    def files(self) -> Files:
        return files_of(self.database)

    @property
    def name(self) -> str:
        """One for each database, for systemd; made of ASCII whatever the path is."""
        return f"harvest-{hashlib.sha256(os.fsencode(self.database)).hexdigest()[:10]}"

    def command(self, *before: str) -> tuple[str, ...]:
        """What cron or systemd starts; `before` are options of `schedule`."""
        return (*self.program, "schedule", "--run", *before, *self.options)


def this_program() -> tuple[str, ...]:
    """How to start this very copy. The script that was installed reads better; -P keeps the current folder out."""
    script = Path(sys.executable).with_name("harvest")
    return (str(script),) if os.access(script, os.X_OK) else (sys.executable, "-P", "-m", "harvester")


def check_writable(job: Job) -> None:
    """Raises ScheduleProblem for what no crontab and no unit can hold, since a line ends there."""
    for text in (*job.command(), *job.environment.values(), *job.secrets.values()):
        if not text.isprintable() and not text.replace("\t", "").isprintable():
            raise ScheduleProblem(f"{text!r} has a character that no schedule can hold")
    for name, value in job.secrets.items():
        if value != value.strip():
            raise ScheduleProblem(f"{name} begins or ends with a space")


def write_settings(path: Path, secrets: Mapping[str, str]) -> None:
    """For this user alone, and whole or not at all; no secrets, no file."""
    if not secrets:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("# Read by `harvest schedule --run`; each line is taken as it is, without quotes.\n")
        file.writelines(f"{name}={value}\n" for name, value in secrets.items())
    part.replace(path)


def read_settings(path: Path, errors: str = "strict") -> dict[str, str]:
    """The variables of the file; none where there is no file. Raises OSError, and ValueError unless told how else."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    lines = []
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            lines.append(line.decode(errors=errors))
        except UnicodeDecodeError:
            raise ValueError(f"line {number} of {path} is not UTF-8") from None
    pairs = (line.partition("=") for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}
