"""Says what runs noticed: a line for each thing that is new or over, before the last line."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import click

from harvester.store import UNUSABLE, drift, open_to_read


def say_what_was_noticed(run_ids: Iterable[int | None], database: Path) -> None:
    """Print a note for all that these runs noticed. What cannot be read is not told here: the last line is at hand."""
    known = [run_id for run_id in run_ids if run_id]
    try:
        with closing(open_to_read(database)) as db:
            lines = drift.notes(db, known)
    except UNUSABLE:
        return
    for line in lines:
        click.echo(f"harvest: note: {line}", err=True)
