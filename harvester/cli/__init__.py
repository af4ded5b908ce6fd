"""The command `harvest`: one file a verb. The only place that prints, and the one that decides the exit status."""

import signal
import sys
from types import FrameType


def main() -> None:
    """Run the command and leave with its status; nothing but this decides it."""
    # First of all, since loading the rest takes a moment: whoever is stopped says so like everybody else. Scrapy takes
    # the signals over when it crawls.
    signal.signal(signal.SIGTERM, _stop)
    # A terminal that is closed; what was told to outlive it by `nohup` does.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        signal.signal(signal.SIGHUP, _hang_up)
    try:
        from harvester.cli.main import leave  # noqa: PLC0415
    except KeyboardInterrupt:
        # The status and the line of `run` in cli/main.py, which is what was being loaded.
        if sys.stderr is not None:
            print("harvest: interrupted (exit 3): stopped by a signal before anything was done", file=sys.stderr)
        sys.exit(3)
    leave()


def _hang_up(_number: int, _frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGTERM)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
