"""Reading a document in a process of its own, so that no document can harm the one that asks.

A parser in C can loop, eat the memory, or crash, and nothing within the same process helps then. So a child reads, with
limits that its kernel enforces; when it dies of a document, the next one gets a new child.
"""

import atexit
import contextlib
import json
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from harvester.documents import limits
from harvester.documents.document import Document, UnreadableDocument
from harvester.documents.worker import ANSWERED, ASKED, READY

# -P: a json.py in the folder where the harvester is run must not be taken for Python's own.
COMMAND = (sys.executable, "-P", "-m", "harvester.documents.worker")
_GRACE = 5.0
"""Seconds after the child's own alarm until it is killed from here: for systems without one, or a child that hangs."""
_START = 60.0
"""Seconds a child may take to start."""
_LONGEST_ANSWER = 6 * limits.LONGEST_TEXT + 4096


class Readers:
    """A few children that read documents, each started when first needed. For any number of threads.

    `with Readers(2) as readers: readers.read(content, name)`
    """

    def __init__(
        self, count: int, *, command: Sequence[str] = COMMAND, seconds: float = limits.SECONDS + _GRACE
    ) -> None:
        """At most `count` documents are read at once, the others wait.

        `command` starts a child that speaks as `harvester.documents.worker` does; it is killed after `seconds` with
        one document.
        """
        if count < 1:
            raise ValueError("it takes one child at least")
        self._count, self._command, self._seconds = count, command, seconds
        self._closed = False
        self._begin()
        _ALL.add(self)

    def _begin(self) -> None:
        self._children = [_Child(self._command, self._seconds) for _ in range(self._count)]
        # The last used is used first: a child that nobody needs is never started.
        self._free: queue.LifoQueue[_Child] = queue.LifoQueue()
        for child in self._children:
            self._free.put(child)

    def read(self, content: bytes, name: str) -> Document:
        """As `read_document`. ValueError when closed."""
        if len(content) > limits.LARGEST_FILE:
            raise UnreadableDocument(f"too large: {len(content):,} bytes")
        child = self._free.get()
        try:
            if self._closed:
                raise ValueError("these readers are closed")
            return child.read(content, name)
        finally:
            if self._closed:
                child.end()
            self._free.put(child)

    def close(self) -> None:
        """End the children: the idle ones now, those at work as soon as they are done."""
        self._closed = True
        idle = []
        with contextlib.suppress(queue.Empty):
            for _ in self._children:
                idle.append(self._free.get_nowait())
        for child in idle:
            child.end()
            self._free.put(child)

    def begin_again_after_fork(self) -> None:
        """In a forked process: leave the children to the process that started them."""
        for child in self._children:
            child.leave()
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Child:
    """One child, started when needed, and again after a document it died of. For one thread at a time."""

    def __init__(self, command: Sequence[str], seconds: float) -> None:
        self._command = command
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, content: bytes, name: str) -> Document:
        try:
            answer = self._ask(content, name.encode("utf-8", "replace"))
        except BaseException:
            # Also of a KeyboardInterrupt: its answer would be taken for that of the next document.
            self.end()
            raise
        if answer.get("last"):
            self.end()
        if "reason" in answer:
            raise UnreadableDocument(str(answer["reason"]))
        pages = answer["pages"]
        return Document(str(answer["text"]), str(answer["kind"]), None if pages is None else int(pages))

    def _ask(self, content: bytes, name: bytes) -> dict[str, Any]:
        header = ASKED.pack(len(name), len(content))
        process = self._running()
        try:
            _send(process, header, name, content)
        except OSError:
            # It was gone before it knew the document, so the document has no part in it.
            self.end()
            process = self._running()
            _send(process, header, name, content)
        with _killing_after(self._seconds, process) as killed:
            body = _receive(process)
        if body is None:
            raise UnreadableDocument(_cause_of_death(process, killed.is_set()))
        answer: dict[str, Any] = json.loads(body)
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = _start(self._command)
        return self._process

    def end(self) -> None:
        """A child keeps nothing that it could lose, so it is killed: that takes no time."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            _close(process)

    def leave(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            # Else its end of the pipes here would keep the child alive when its own parent is gone.
            _close(process)
            process.returncode = 0


_ALL: "weakref.WeakSet[Readers]" = weakref.WeakSet()


def _after_fork() -> None:
    for readers in list(_ALL):
        readers.begin_again_after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

_shared = Readers(min(4, os.cpu_count() or 1))
atexit.register(_shared.close)


def read_document(content: bytes, name: str) -> Document:
    """The text of a document, whose kind its bytes tell: hwpx, hwp, pdf, or a page of the site's viewer.

    It takes no more than `limits.SECONDS` and `limits.MEMORY`, whatever the bytes are, and may be called from
    anywhere: any thread, a script without a main guard, a forked process. The first call starts a process (0.1 s).

    Raises UnreadableDocument, whose reason begins with one of: `encrypted`, `damaged`, `empty`, `scanned images`,
    `too large`, `unknown kind`, `took too long`, `took too much memory`, `crashed its reader`. An OSError or
    RuntimeError says that no process can be started here, which is not the document's fault.
    """
    return _shared.read(content, name)


# --- one process ------------------------------------------------------------------------------------------------------


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(_search_path())},
        start_new_session=True,
    )
    with _killing_after(_START, process):
        said = _exactly(process.stdout, len(READY))
    if said != READY:
        process.kill()
        process.wait()
        _close(process)
        raise RuntimeError(f"the process that reads documents does not start: {' '.join(command)}")
    return process


def _search_path() -> list[str]:
    """Where Python finds modules here, in the same order, so that it works from a clone that is not installed too."""
    here = str(Path(__file__).parents[2])
    places = [str(Path(place).absolute()) for place in sys.path]
    return places if here in places else [*places, here]


@contextlib.contextmanager
def _killing_after(seconds: float, process: subprocess.Popen[bytes]) -> Any:
    killed = threading.Event()

    def kill() -> None:
        killed.set()
        process.kill()

    if hasattr(select, "poll"):
        # The child writes its answer at once, so it is enough to wait for its beginning; no thread a document.
        assert process.stdout is not None
        waiting = select.poll()
        waiting.register(process.stdout, select.POLLIN)
        if not waiting.poll(1000 * seconds):
            kill()
        yield killed
        return
    timer = threading.Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    try:
        yield killed
    finally:
        timer.cancel()


def _send(process: subprocess.Popen[bytes], *parts: bytes) -> None:
    assert process.stdin is not None
    for part in parts:
        left = memoryview(part)
        while left:
            left = left[process.stdin.write(left) :]


def _receive(process: subprocess.Popen[bytes]) -> bytes | None:
    """The body of an answer; None where the child ends, or says what no worker says."""
    header = _exactly(process.stdout, ANSWERED.size)
    if header is None:
        return None
    [length] = ANSWERED.unpack(header)
    return _exactly(process.stdout, length) if length <= _LONGEST_ANSWER else None


def _exactly(stream: IO[bytes] | None, length: int) -> bytes | None:
    assert stream is not None
    pieces = []
    while length > 0:
        piece = stream.read(min(length, 1 << 20))
        if not piece:
            return None
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)


def _cause_of_death(process: subprocess.Popen[bytes], killed: bool) -> str:
    process.kill()
    status = process.wait()
    if killed or status == -getattr(signal, "SIGALRM", 0):
        return "took too long"
    try:
        return f"crashed its reader: {signal.Signals(-status).name}"
    except ValueError:
        return f"crashed its reader: exit status {status}"


def _close(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
