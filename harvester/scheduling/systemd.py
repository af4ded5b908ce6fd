"""A service and a timer of systemd for this user: their text, and putting them there and away."""

import contextlib
import getpass
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from harvester.scheduling.job import Job, ScheduleProblem
from harvester.scheduling.timing import calendar

TIMEOUT = 60


def quoted(word: str, *, is_argument: bool = True) -> str:
    """A word as a unit file takes it for itself: quoted as C does it, % and, of a command, $ doubled."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("%", "%%")
    return f'"{escaped.replace("$", "$$") if is_argument else escaped}"'


def units(job: Job) -> dict[str, str]:
    """The text of each unit by its file name. Raises ScheduleProblem for what no unit can hold."""
    command = job.command("--jitter=0")
    for word in (*command, *job.environment.values()):
        try:
            word.encode()
        except UnicodeEncodeError:
            raise ScheduleProblem(f"{word!r} is not UTF-8, which systemd wants: use --as cron") from None
    # systemd does not put anything in the place of $$ in the program's own name; env's arguments are all alike to it.
    program = [] if "$" not in command[0] and "%" not in command[0] else ["/usr/bin/env"]
    if program and "=" in command[0]:
        raise ScheduleProblem(f"systemd cannot start {command[0]!r}: use --as cron")
    started = " ".join([*program, *map(quoted, command)])
    about = f"briefings of korea.kr into {job.database}".replace("\\", "\\\\").replace("%", "%%")
    setting = "".join(
        f"Environment={quoted(f'{name}={value}', is_argument=False)}\n" for name, value in job.environment.items()
    )
    when = "".join(f"OnCalendar={each}\n" for each in calendar(job.timing))
    return {
        f"{job.name}.service": (
            f"[Unit]\nDescription={about}\n\n"
            # The harvester hands a signal on to the run by itself; two would end it in the middle of a batch.
            f"[Service]\nType=oneshot\n{setting}ExecStart={started}\nSuccessExitStatus=75\nKillMode=mixed\n"
            "TimeoutStopSec=5min\nNoNewPrivileges=yes\n"
        ),
        f"{job.name}.timer": (
            f"[Unit]\nDescription={job.timing.words}: {about}\n\n"
            f"[Timer]\n{when}RandomizedDelaySec={job.jitter}\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n"
        ),
    }


def is_here() -> bool:
    """Whether systemd runs this machine; that its programs are installed says little."""
    return shutil.which("systemctl") is not None and Path("/run/systemd/system").is_dir()


def folder(environment: Mapping[str, str] = os.environ) -> Path:
    return Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def stamp(name: str, environment: Mapping[str, str] = os.environ) -> Path:
    """Where systemd writes down when the timer last elapsed."""
    data = Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return data / "systemd" / "timers" / f"stamp-{name}.timer"


def install(job: Job) -> bool:
    """Whether something had to be changed. Raises ScheduleProblem, and leaves the units then as they were."""
    texts, there = units(job), folder()
    before = {name: _text(there / name) for name in texts}
    try:
        there.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (there / name).write_text(text, encoding="utf-8")
    except OSError as error:
        _put_back(there, before)
        raise ScheduleProblem(f"the units cannot be written: {error}") from error
    try:
        _systemctl("daemon-reload")
        _systemctl("enable", f"{job.name}.timer")
        _systemctl("restart", f"{job.name}.timer")  # `enable --now` leaves one alone that runs with its old times
    except ScheduleProblem:
        _put_back(there, before)
        with contextlib.suppress(ScheduleProblem):
            _systemctl("daemon-reload")
        raise
    return before != texts


def is_installed(job_name: str) -> bool:
    return any((folder() / f"{job_name}.{kind}").exists() for kind in ("service", "timer"))


def remove(job_name: str) -> bool:
    """Whether there was something to remove. A run under way goes on. Raises ScheduleProblem."""
    if not is_installed(job_name):
        return False
    there = folder()
    _systemctl("disable", "--now", f"{job_name}.timer")
    try:
        for path in (there / f"{job_name}.service", there / f"{job_name}.timer", stamp(job_name)):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise ScheduleProblem(f"a unit cannot be removed: {error}") from error
    for each in (there, there.parent):
        with contextlib.suppress(OSError):  # not empty, so not ours alone
            each.rmdir()
    _systemctl("daemon-reload")
    return True


def lingers() -> bool | None:
    """Whether this user's units run also while nobody is logged in; None where that cannot be known."""
    try:
        user = getpass.getuser()
        ended = subprocess.run(
            ["loginctl", "show-user", user, "--property=Linger", "--value"],
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, KeyError, subprocess.TimeoutExpired):
        return None
    return {"yes": True, "no": False}.get(ended.stdout.strip())


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _put_back(there: Path, before: Mapping[str, str | None]) -> None:
    with contextlib.suppress(OSError):
        for name, text in before.items():
            if text is None:
                (there / name).unlink(missing_ok=True)
            else:
                (there / name).write_text(text, encoding="utf-8")


def _systemctl(*arguments: str) -> None:
    try:
        ended = subprocess.run(
            ["systemctl", "--user", *arguments], capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
    except FileNotFoundError:
        raise ScheduleProblem("there is no `systemctl` on this machine: use --as cron") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ScheduleProblem(f"`systemctl` cannot be run: {error}") from error
    if ended.returncode != 0:
        why = " ".join((ended.stderr or ended.stdout).split())[:300] or f"it ended with {ended.returncode}"
        raise ScheduleProblem(f"`systemctl --user {arguments[0]}` failed: {why}")
