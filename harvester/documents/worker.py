"""The process that reads documents for `harvester.documents.guard`: it may die of them, and nothing else does.

It is asked on its standard input and answers on its standard output. Every message is a header and what it announces:

- ready, from the worker once: `READY`
- asked: `ASKED` (length of the name in UTF-8, length of the content), name, content
- answered: `ANSWERED` (length), JSON: `{"text", "kind", "pages"}` or `{"reason"}`, and `"last": true` before it ends
"""

import json
import os
import signal
import struct
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from harvester.documents import limits
from harvester.documents.document import Document, UnreadableDocument

try:
    import resource
except ImportError:  # Windows: there, only the guard's own watch limits a document.
    resource = None  # type: ignore[assignment]

READY = b"ready\n"
ASKED = struct.Struct(">IQ")
ANSWERED = struct.Struct(">Q")

_MOST_DOCUMENTS = 500
_GROWN = 256 * 1024 * 1024
"""Bytes of memory at its largest, from which on a worker is not worth keeping."""


def serve(read: Callable[[bytes, str], Document], seconds: float = limits.SECONDS, memory: int = limits.MEMORY) -> None:
    """Answer until the asking end is closed, or until an answer said that it is the last."""
    asked, answers = _channels()
    _limit(memory)
    # The system counts what the asking process took before this one became another program.
    grown = max(_GROWN, _peak())
    answers.write(READY)
    answers.flush()
    for count in range(1, _MOST_DOCUMENTS + 1):
        header = asked.read(ASKED.size)
        if len(header) < ASKED.size:
            break
        name_length, content_length = ASKED.unpack(header)
        answer = _answer(read, asked, name_length, content_length, seconds)
        last = b', "last": true}' if count == _MOST_DOCUMENTS or answer.exhausted or _peak() > grown else b"}"
        answers.write(ANSWERED.pack(len(answer.body) + len(last) - 1) + answer.body[:-1] + last)
        answers.flush()
        if last != b"}":
            break


class _Answer:
    def __init__(self, values: dict[str, Any], exhausted: bool = False) -> None:
        self.body = json.dumps(values, ensure_ascii=False).encode("utf-8")
        self.exhausted = exhausted


def _answer(
    read: Callable[[bytes, str], Document], asked: BinaryIO, name_length: int, content_length: int, seconds: float
) -> _Answer:
    try:
        name = asked.read(name_length).decode("utf-8")
        content = asked.read(content_length)
        _alarm(seconds)
        document = read(content, name)
        return _Answer({"text": document.text, "kind": document.kind, "pages": document.pages})
    except UnreadableDocument as error:
        return _Answer({"reason": error.reason})
    except MemoryError:
        return _Answer({"reason": "took too much memory"}, exhausted=True)
    except Exception as error:
        return _Answer({"reason": f"crashed its reader: {type(error).__name__}"}, exhausted=True)
    finally:
        _alarm(0)


def _channels() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for us alone: what a library prints goes nowhere."""
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return asked, answers


def _limit(memory: int) -> None:
    """What the kernel is to enforce, also within C code, which no exception of ours would interrupt."""
    # Ctrl-C is for whoever asks; this process ends when nobody asks any more.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    if resource is not None:
        for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
            hard = resource.getrlimit(what)[1]
            allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
            try:
                resource.setrlimit(what, (allowed, hard))
            except (OSError, ValueError):  # macOS knows the limit of memory by name only
                continue


def _alarm(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _peak() -> int:
    """Bytes of memory at its largest; 0 where nothing tells."""
    if resource is None:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    from harvester.documents.reading import read

    serve(read)
