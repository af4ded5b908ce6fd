"""Starts the command hundreds of times without loading it hundreds of times.

One process has imported what a crawl needs, and forks a child for each run. The child is the command itself: its own
process with its own memory, signals, files and exit, as one that was started afresh (test_nursery.py compares them).
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import resource
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

# Here, at once: when more of it is loaded, `harvester.cli.main` is a module.
from harvester.cli import main as command
from harvester.topics import built_in
from harvester.topics import load as load_topic
from tests.whole_runs.month.clocked import tell

PACKAGES = (
    *("harvester.extensions", "harvester.spiders", "harvester.store", "harvester.documents", "pipelines"),
    *("scrapy.core", "scrapy.downloadermiddlewares", "scrapy.extensions", "scrapy.spidermiddlewares"),
)
MODULES = (
    *("harvester.cli.main", "harvester.cli.backfill", "harvester.cli.crawl", "harvester.cli.crawling"),
    *("scrapy.pqueues", "scrapy.squeues", "scrapy.robotstxt", "scrapy.resolver", "scrapy.spiderloader"),
)
# Deprecated, or off.
LEFT_OUT = ("scrapy.core.downloader.handlers.http", "scrapy.extensions.statsmailer", "scrapy.extensions.telnet")


@dataclass(frozen=True)
class Job:
    """One run: when it believes to run, and what it is asked."""

    at: str
    arguments: list[str]
    environment: dict[str, str]
    stdout: str
    stderr: str
    largest_file: int | None = None
    """Bytes that a file may have, as where the disk is full."""


@dataclass(frozen=True)
class Done:
    """What a run left behind; a status below zero is the signal that killed it."""

    status: int
    stdout: str
    stderr: str

    @property
    def last_line(self) -> str:
        return (self.stderr.strip().splitlines() or [""])[-1]


class Nursery:
    """Use as a context manager. One run at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._process: subprocess.Popen[str] | None = None
        self._job: Job | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.whole_runs.month.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def start(
        self, at: datetime, arguments: list[str], environment: Mapping[str, str], largest_file: int | None = None
    ) -> int:
        """Begin a run; the number of its process."""
        out, err = self.folder / "stdout", self.folder / "stderr"
        job = Job(at.isoformat(), arguments, dict(environment), str(out), str(err), largest_file)
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asdict(job)) + "\n")
        self._process.stdin.flush()
        self._job = job
        return self._answer(60)

    def end(self, pid: int, timeout: float = 120) -> Done:
        """Wait for the run that was started; one that does not end is killed, and is an error."""
        try:
            status = self._answer(timeout)
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            self._answer(60)
            raise
        assert self._job is not None
        texts = [Path(path).read_text(encoding="utf-8") for path in (self._job.stdout, self._job.stderr)]
        return Done(status, *texts)

    def is_over(self) -> bool:
        """Whether the run that was started has ended."""
        assert self._process is not None
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], 0)[0])

    def _answer(self, timeout: float) -> int:
        assert self._process is not None
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], timeout)[0]:
            raise TimeoutError(f"no answer in {timeout} seconds; the run asked for {self._job}")
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the process that starts the runs is gone")
        return int(line)


def jobs() -> Iterator[Job]:
    """What is asked for on standard input, until it ends."""
    for line in sys.stdin:
        yield Job(**json.loads(line))


def load() -> None:
    """Import what runs need, but for what each must import itself."""
    for package in PACKAGES:
        found = pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")
        for name in (module.name for module in found):
            if name not in LEFT_OUT and not name.endswith("__main__"):
                with suppress(ModuleNotFoundError):  # what Scrapy can do with packages that are not here
                    importlib.import_module(name)
    for name in MODULES:
        importlib.import_module(name)
    for topic in built_in():
        load_topic(topic)
    if "twisted.internet.reactor" in sys.modules:
        raise RuntimeError("a reactor was made, and each run needs one of its own")
    gc.freeze()  # or each child would look through all of it, and so copy it
    # It reads the environment when it is imported, which is each run's own.
    sys.modules.pop("harvester.settings", None)


def next_run() -> Job | None:
    """In a forked child: the run it has to be. In the process that forks: None, when no more are asked for."""
    for job in jobs():
        child = os.fork()
        if not child:
            return job
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    return None


def become(job: Job) -> None:
    """Files, environment, limits and time of a run that was started afresh."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for number, path, how in ((0, os.devnull, os.O_RDONLY), (1, job.stdout, flags), (2, job.stderr, flags)):
        opened = os.open(path, how, 0o644)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(job.environment)
    if job.largest_file is not None:
        # Beyond it a write fails instead of killing the process.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (job.largest_file, job.largest_file))
    sys.argv = ["harvest", *job.arguments]


if __name__ == "__main__":
    load()
    if (mine := next_run()) is not None:
        become(mine)
        tell(datetime.fromisoformat(mine.at))
        command()
