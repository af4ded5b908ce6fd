"""One run that nobody watches, as a process of its own: its log bounded, its time too, signals handed on."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

from harvester.scheduling.job import Files
from harvester.scheduling.state import Result, read_result
from harvester.verdict import Exit

LARGEST_LOG = 5_000_000
"""Bytes after which the next run begins a new log; the one before is kept."""
LONGEST_RUN = 6 * 3600.0
"""Seconds. A run that hangs would hold the lock, and nothing would be fetched any more, for ever."""
TO_FINISH = 300.0
"""Seconds a run has after a signal to close its books."""
TAIL = 100_000


class Stopped(BaseException):
    """Somebody stopped us while nothing was under way."""


class Runner:
    def __init__(self, files: Files, *, longest: float = LONGEST_RUN, to_finish: float = TO_FINISH) -> None:
        self._files = files
        self._longest = longest
        self._to_finish = to_finish
        self._running: subprocess.Popen[bytes] | None = None
        self.stopped = False

    @contextmanager
    def hands_signals_on(self) -> Iterator[None]:
        """For the first process of a container, too, which the system leaves alone unless it asks for signals."""
        wanted = [signal.SIGTERM, signal.SIGINT, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
        before = {each: signal.signal(each, self._on_signal) for each in wanted}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def run(self, command: Sequence[str], environment: Mapping[str, str]) -> Result:
        """Raises OSError where the log cannot be written or the run not be started."""
        self._rotate()
        with self._files.log.open("ab") as log:
            begin = log.seek(0, os.SEEK_END)
            # In a group of its own: Ctrl-C would reach it twice, from the terminal and from us.
            self._running = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **environment},
                start_new_session=True,
            )
            try:
                status, too_long = self._wait(self._running)
            finally:
                self._running = None
        result = read_result(self._said_since(begin), status)
        return self._too_long(result) if too_long else result

    def _too_long(self, result: Result) -> Result:
        told = replace(result, sentence=f"the run was stopped after {self._longest / 3600:g} hours: {result.sentence}")
        if result.word != "interrupted":
            return told
        # It takes us for somebody who wanted it so, and tells nobody.
        return replace(told, status=Exit.FAILURE, word="failure", mute=True)

    def _wait(self, process: subprocess.Popen[bytes]) -> tuple[int, bool]:
        try:
            return process.wait(self._longest), False
        except subprocess.TimeoutExpired:
            process.terminate()
        try:
            return process.wait(self._to_finish), True
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait(), True

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self.stopped = True
        if self._running is None:
            raise Stopped
        self._running.send_signal(signal.SIGINT if number == signal.SIGINT else signal.SIGTERM)

    def _rotate(self) -> None:
        log = self._files.log
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.replace(self._files.older_log)

    def _said_since(self, begin: int) -> str:
        with Path(self._files.log).open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(begin if begin <= size else 0, size - TAIL))
            return log.read().decode(errors="replace")
