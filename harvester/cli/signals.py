"""What a signal does to the command, from its first moment to its last line."""

import signal
from types import FrameType

_heard: list[int] = []


class Stopped(KeyboardInterrupt):
    """Somebody stopped us.

    One of our own, since Python dies by SIGINT at its end, whatever the exit status, where a plain KeyboardInterrupt
    went through code that was made of a string, as that of dataclasses is.
    """


def listen() -> None:
    """Have whoever is stopped say so like everybody else. Scrapy takes the signals over when it crawls."""
    _hear(signal.SIGTERM, _stop)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        _hear(signal.SIGINT, _stop)
    # A terminal that is closed; what was told to outlive it by `nohup` does.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        _hear(signal.SIGHUP, _hang_up)


def hear_no_more() -> None:
    """What is said from here on is the end: no signal makes another one of it. In a process that listened."""
    while _heard:
        signal.signal(_heard.pop(), signal.SIG_IGN)


def _hear(number: int, handler: object) -> None:
    signal.signal(number, handler)  # type: ignore[arg-type]
    _heard.append(number)


def _hang_up(_number: int, _frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGTERM)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped
