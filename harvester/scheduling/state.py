"""What runs that somebody else started came to, from one to the next; and what of it is worth a mail."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from harvester.verdict import Exit

AGAIN = timedelta(days=1)
"""The same trouble is told once, and once more after so long."""
WORDS = {0: "complete", 1: "failure", 2: "wrong usage", 3: "partial", 75: "locked"}
LAST_LINE = re.compile(r"harvest: (?P<word>.+?) \(exit (?P<status>\d+)\): (?P<sentence>.*)")


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended."""

    status: Exit
    word: str
    sentence: str


@dataclass(frozen=True, slots=True)
class State:
    counted_at: str | None = None
    """When the last run began that need not be made up for, UTC."""
    ended_at: str | None = None
    """When the last run ended that did not only meet the lock."""
    status: int = 0
    trouble_since: str | None = None
    told_at: str | None = None


def read_result(log: str, status: int) -> Result:
    """What the run said of itself in its last line, if that fits how it ended."""
    for line in reversed(log.splitlines()):
        said = LAST_LINE.fullmatch(line)
        if said and int(said["status"]) == status and status in WORDS:
            return Result(Exit(status), said["word"], said["sentence"])
    if status in WORDS:  # its status is what the books say, too; the disk may have had no room for its last line
        return Result(Exit(status), WORDS[status], "the run left no last line in the log")
    how = f"was killed by signal {-status}" if status < 0 else f"ended with {status}"
    return Result(Exit.FAILURE, "failure", f"the run {how} before it could say why; the next one finishes the rest")


def after(state: State, result: Result, began: datetime, ended: datetime) -> tuple[State, str]:
    """The state from now on, and what to tell: the sentence, or nothing.

    The lock is no trouble, unless nothing but the lock was met for a day.
    """
    if result.status is Exit.LOCKED:
        since = state.ended_at
        if since is None:  # nothing has run so far: a day begins now
            return replace(state, ended_at=_written(ended)), ""
        if not _is_over(since, ended) or not _is_over(state.told_at, ended):
            return state, ""
        state = replace(state, trouble_since=state.trouble_since or since, told_at=_written(ended))
        return state, f"{result.sentence}; no run of the schedule has ended since {since}"
    counts = result.status is not Exit.FAILURE
    state = replace(state, ended_at=_written(ended), counted_at=_written(began) if counts else state.counted_at)
    if result.status is Exit.COMPLETE:
        since = state.trouble_since
        told = f"{result.sentence}; the trouble since {since} is over" if since else ""
        return replace(state, status=0, trouble_since=None, told_at=None), told
    same = state.status == result.status
    since = state.trouble_since or _written(began)
    told = "" if same and not _is_over(state.told_at, ended) else result.sentence
    if told and since != _written(began):
        told += f"; trouble since {since}"
    told_at = _written(ended) if told else state.told_at
    return replace(state, status=int(result.status), trouble_since=since, told_at=told_at), told


def read_state(path: Path) -> State:
    """Nothing known where the file is not there or says nonsense: at worst something is told once more."""
    with suppress(OSError, ValueError, TypeError):
        read: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return State(**{name: read[name] for name in asdict(State()) if name in read})
    return State()


def write_state(path: Path, state: State) -> None:
    """Whole or not at all; over the old one where there is no room for a second. Raises OSError."""
    part, text = path.with_name(path.name + ".part"), json.dumps(asdict(state), indent=1) + "\n"
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        # A full disk is a trouble of its own, and would be told every hour if this could not be remembered.
        with path.open("r+", encoding="utf-8") as file:
            file.write(text)
            file.truncate()


def counted_at(state: State) -> datetime | None:
    return _read(state.counted_at)


def _is_over(written: str | None, now: datetime) -> bool:
    """Whether it is a day ago or never was; a time to come is of a clock that was set back."""
    when = _read(written)
    return when is None or not timedelta(0) <= now - when < AGAIN


def _read(written: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(written) if written else None
    except (ValueError, TypeError):
        return None


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
