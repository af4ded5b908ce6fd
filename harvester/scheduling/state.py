"""What runs that somebody else started came to, from one to the next; and what of it is worth a mail."""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from harvester.verdict import Exit

AGAIN = timedelta(days=1)
"""The same trouble is told once, and once more after so long."""
BEGINNINGS_A_DAY = 2
"""A trouble that begins more often within a day comes and goes, and is over when it was gone for long."""
GONE_FOR = timedelta(hours=12)
CHANGES_A_DAY = 2
"""From a failure to a part and back; what changes more often is told of once a day."""
WORDS = {0: "complete", 1: "failure", 2: "wrong usage", 3: "partial", 75: "locked"}
LAST_LINE = re.compile(r"harvest: (?P<word>.+?) \(exit (?P<status>\d+)\): (?P<sentence>.*)")


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended."""

    status: Exit
    word: str
    sentence: str
    mute: bool = False
    """It told nobody of its end, and could not, or takes somebody to sit before it: who started it must tell."""


@dataclass(frozen=True, slots=True)
class State:
    counted_at: str | None = None
    """When the last run began that need not be made up for, UTC."""
    ended_at: str | None = None
    """When the last run ended that did not only meet the lock."""
    status: int = 0
    """Of the last run."""
    trouble_since: str | None = None
    told_at: str | None = None
    told_status: int | None = None
    """What was told last of the trouble."""
    begun: tuple[str, ...] = ()
    """When troubles began within the last day."""
    changed: tuple[str, ...] = ()
    """When it was told within the last day that the trouble is another one."""
    comes_and_goes: bool = False
    gone_since: str | None = None
    """Of one that comes and goes."""


def read_result(log: str, status: int) -> Result:
    """What the run said of itself in its last line, if that fits how it ended."""
    for line in reversed(log.splitlines()):
        said = LAST_LINE.fullmatch(line)
        if said and int(said["status"]) == status and status in WORDS:
            return Result(Exit(status), said["word"], said["sentence"], mute=status == Exit.USAGE)
    if status in WORDS:  # its status is what the books say, too; the disk may have had no room for its last line
        return Result(Exit(status), WORDS[status], "the run left no last line in the log", mute=status == Exit.USAGE)
    how = f"was killed by signal {-status}" if status < 0 else f"ended with {status}"
    why = f"the run {how} before it could say why; the next one finishes the rest"
    return Result(Exit.FAILURE, "failure", why, mute=True)


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
    # Nobody sits before a command that is wrong, either: as soon as it is mended it runs.
    counts = result.status in (Exit.COMPLETE, Exit.PARTIAL) and result.word != "interrupted"
    counted = _written(began) if counts else state.counted_at
    state = replace(state, status=int(result.status), ended_at=_written(ended), counted_at=counted)
    if result.status is Exit.COMPLETE:
        return _all_well(state, result, ended)
    return _trouble(state, result, began, ended)


def _all_well(state: State, result: Result, ended: datetime) -> tuple[State, str]:
    since = state.trouble_since
    if since and state.comes_and_goes:
        gone = state.gone_since or _written(ended)
        if not _is_over(gone, ended, GONE_FOR):
            return replace(state, gone_since=gone), ""
    told = f"{result.sentence}; the trouble since {since} is over" if since else ""
    state = replace(state, trouble_since=None, told_at=None, told_status=None, comes_and_goes=False, gone_since=None)
    return state, told


def _trouble(state: State, result: Result, began: datetime, ended: datetime) -> tuple[State, str]:
    now, status, since = _written(ended), int(result.status), state.trouble_since
    state = replace(state, begun=_recent(state.begun, ended), changed=_recent(state.changed, ended), gone_since=None)
    if since is None:
        begun = (*state.begun, now)
        often = len(begun) > BEGINNINGS_A_DAY
        state = replace(state, trouble_since=_written(began), begun=begun, comes_and_goes=often)
    elif status != state.told_status and len(state.changed) < CHANGES_A_DAY:
        state = replace(state, changed=(*state.changed, now))
    elif not _is_over(state.told_at, ended):
        return state, ""
    told = [result.sentence]
    if since:
        told.append(f"trouble since {since}")
    if state.comes_and_goes:
        told.append("it comes and goes: told once a day, until it is gone for 12 hours")
    return replace(state, told_at=now, told_status=status), "; ".join(told)


def read_state(path: Path) -> State:
    """Nothing known where the file is not there or says nonsense: at worst something is told once more."""
    with suppress(OSError, ValueError, AttributeError):
        read: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        told = read.get("told_status")
        return State(
            **{name: _time(read.get(name)) for name in ("counted_at", "ended_at", "trouble_since", "told_at")},
            status=read["status"] if isinstance(read.get("status"), int) else 0,
            told_status=told if isinstance(told, int) else None,
            begun=_times(read.get("begun")),
            changed=_times(read.get("changed")),
            comes_and_goes=read.get("comes_and_goes") is True,
            gone_since=_time(read.get("gone_since")),
        )
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


def _is_over(written: str | None, now: datetime, span: timedelta = AGAIN) -> bool:
    """Whether it is so long ago or never was; a time to come is of a clock that was set back."""
    when = _read(written)
    return when is None or not timedelta(0) <= now - when < span


def _recent(times: Iterable[str], now: datetime) -> tuple[str, ...]:
    return tuple(each for each in times if not _is_over(each, now))


def _read(written: Any) -> datetime | None:
    with suppress(ValueError, TypeError):
        return datetime.fromisoformat(written) if written else None
    return None


def _time(written: Any) -> str | None:
    """A moment that can be compared with another one, as it is written; None for what is none."""
    moment = _read(written)
    return written if moment and moment.tzinfo else None


def _times(written: Any) -> tuple[str, ...]:
    return tuple(each for each in written if _time(each)) if isinstance(written, list) else ()


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
