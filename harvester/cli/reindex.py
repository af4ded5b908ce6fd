"""`harvest reindex`."""

from pathlib import Path

import click

from harvester.cli.locked import with_lock
from harvester.cli.main import say
from harvester.cli.options import database_path, db_option
from harvester.store import maintenance
from harvester.verdict import Exit


@click.command("reindex", short_help="build the search index anew")
@db_option
def command(db: Path | None, data: Path) -> int:
    """Build the full-text index anew from the stored releases; nothing else is touched.

    Every run keeps the index up to date by itself, and builds it anew where a newer version wants another one. This is
    for a database that something else has written to.

    \b
    harvest reindex
    """
    path = database_path(db, data)

    def work() -> int:
        built = maintenance.reindex(path)
        share = f", {built.index_bytes / built.text_bytes:.2f} times their text" if built.text_bytes else ""
        return say(Exit.COMPLETE, "complete", f"the index of {built.releases} releases in {path} is built anew{share}")

    return with_lock(path, work)
