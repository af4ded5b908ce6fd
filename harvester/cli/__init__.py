"""The command `harvest`: one file a verb. The only place that prints, and the one that decides the exit status."""

import sys

from harvester.cli.signals import hear_no_more, listen


def main() -> None:
    """Run the command and leave with its status; nothing but this decides it."""
    # First of all, since loading the rest takes a moment.
    listen()
    try:
        from harvester.cli.main import leave  # noqa: PLC0415

        leave()
    except KeyboardInterrupt:
        # The status and the line of `run` in cli/main.py, which was being loaded, or was about to say so.
        hear_no_more()
        if sys.stderr is not None:
            print("harvest: interrupted (exit 3): stopped by a signal before anything was done", file=sys.stderr)
        sys.exit(3)
