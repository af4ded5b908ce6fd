"""The command `harvest`: one file a verb. The only place that prints, and the one that decides the exit status."""

from harvester.cli.main import main

__all__ = ["main"]
