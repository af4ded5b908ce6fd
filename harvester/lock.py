"""One run at a time on a database. The system frees the lock of a killed process.

Beside the lock lies a record of who holds it. It tells those who are refused, on a machine whose lock another one does
not see it stands in for the lock, and a run that could not write its row into the database leaves it there.
"""

import contextlib
import json
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from filelock import FileLock, Timeout

from harvester.clock import seconds_since, utc_now

SIGN_OF_LIFE = 60.0
"""Seconds from one sign of life to the next."""
DEAD = 600.0
"""Seconds without one after which another machine is taken for dead."""
SIZE = 4096
"""Bytes of a record, at least: what is written over it later needs no room on a disk that is full by then."""
BOOT = Path("/proc/sys/kernel/random/boot_id")
"""What tells one running system from another, also where containers have names of their own."""


class AnotherRun(Exception):
    """Another run holds the lock."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock."""

    host: str
    boot: str
    pid: int
    since: str
    unwritten: Sequence[Mapping[str, Any]] = ()
    """The rows of runs that could not be written into the database, until a run has done it; without an `id` that of
    one which could not even begin."""
    gone: bool = False
    """Whether it has let go of the lock."""

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {self.since}"

    def is_of(self, other: "Holder") -> bool:
        """Whether both are of one machine, where a lock that was had proves that nobody else has it."""
        return self.host == other.host or bool(self.boot and self.boot == other.boot)


class Held:
    """A lock that is held."""

    def __init__(self, lock: FileLock, record: Path) -> None:
        self._lock = lock
        self._record = record
        self._last_sign = monotonic()

    @property
    def lock_file(self) -> str:
        return self._lock.lock_file

    @property
    def is_locked(self) -> bool:
        return self._lock.is_locked

    def release(self) -> None:
        """Let go; the lock is free when all have who took it in this process."""
        if self._lock.lock_counter == 1:
            holder = read(self._record)
            with contextlib.suppress(OSError):
                if holder is not None and holder.unwritten:
                    write(self._record, me(holder.unwritten, gone=True))
                else:
                    self._record.unlink()
        self._lock.release()

    def give_sign(self) -> None:
        """Show others that whoever holds it lives. To be called often; does something once a minute."""
        if monotonic() - self._last_sign >= SIGN_OF_LIFE:
            self._last_sign = monotonic()
            with contextlib.suppress(OSError):
                os.utime(self._record)

    @property
    def unwritten(self) -> Sequence[Mapping[str, Any]]:
        """The rows of runs before this one that the database does not have yet."""
        return left_beside(self._record)

    def leave(self, row: Mapping[str, Any]) -> bool:
        """Leave the row of a run that cannot be written; whether that could be done.

        Of runs that could not begin the last is enough: there is one every hour while the trouble lasts.
        """
        return self._note([*(each for each in self.unwritten if each.get("id") is not None), row])

    def leave_nothing(self) -> None:
        """All that was left is in the database now."""
        self._note(())

    def _note(self, unwritten: Sequence[Mapping[str, Any]]) -> bool:
        try:
            write(self._record, me(unwritten))
        except OSError:
            return False
        return True


def lock(database: Path) -> Held:
    """Take the lock of a database, beside its file. Raises AnotherRun at once where it is held, OSError.

    The lock is one object a process and file, so that the command and the run inside it may both take it.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    file = FileLock(database.with_name(database.name + ".lock"), is_singleton=True)
    record = database.with_name(database.name + ".run")
    try:
        file.acquire(timeout=0)
    except Timeout:
        holder = read(record)
        who = f": {holder}" if holder and not holder.gone else ""
        raise AnotherRun(f"another run holds {file.lock_file}{who}") from None
    held = Held(file, record)
    if file.lock_counter == 1:
        try:
            _take_over(held, record)
        except BaseException:
            file.release()
            raise
    return held


def _take_over(held: Held, record: Path) -> None:
    before = read(record)
    if before and not before.gone and not before.is_of(me()):
        age = _age(record, Path(held.lock_file))
        if is_sign_of_life(age):
            raise AnotherRun(
                f"another run holds {record}: {before}; its last sign of life came {max(age, 0):.0f} seconds ago,"
                f" and after {DEAD:.0f} it is taken for dead"
            )
    # Who reads but may not write beside the database, or finds the disk full, is told so by what comes next.
    held._note(before.unwritten if before else ())


def left_by_runs(database: Path) -> Sequence[Mapping[str, Any]]:
    """The rows of runs that the database does not have yet."""
    return left_beside(database.with_name(database.name + ".run"))


def left_beside(record: Path) -> Sequence[Mapping[str, Any]]:
    holder = read(record)
    return holder.unwritten if holder else ()


def is_sign_of_life(age: float) -> bool:
    """Whether a record of this age, in seconds, tells of somebody who lives.

    One from a time to come was written before a clock was set back: who lives writes it anew within a minute.
    """
    return abs(age) < DEAD


def under_way_elsewhere(database: Path) -> bool:
    """Whether a run of another machine seems to be at work. Writes nothing."""
    record = database.with_name(database.name + ".run")
    holder = read(record)
    if holder is None or holder.gone or holder.is_of(me()):
        return False
    try:
        return is_sign_of_life(seconds_since(record.stat().st_mtime))
    except OSError:
        return False


def _age(record: Path, beside: Path) -> float:
    """Seconds since a file was written, by the clock of whoever keeps the files: machines have different ones."""
    os.utime(beside)
    return beside.stat().st_mtime - record.stat().st_mtime


def me(unwritten: Sequence[Mapping[str, Any]] = (), *, gone: bool = False) -> Holder:
    try:
        boot = BOOT.read_text(encoding="ascii").strip()
    except OSError:
        boot = ""
    return Holder(socket.gethostname(), boot, os.getpid(), utc_now(), unwritten, gone)


def read(record: Path) -> Holder | None:
    """Who left a record; None where there is none, or none that can be read."""
    try:
        told = json.loads(record.read_text(encoding="utf-8"))
        return Holder(**told)
    except (OSError, ValueError, TypeError):
        return None


def write(record: Path, holder: Holder) -> None:
    """Write a record over what is there, in place."""
    text = json.dumps(asdict(holder), ensure_ascii=False).encode().ljust(SIZE) + b"\n"
    with contextlib.suppress(FileExistsError):
        record.touch(exist_ok=False)
    with record.open("r+b") as file:
        file.write(text)
        file.flush()
        file.truncate(len(text))
