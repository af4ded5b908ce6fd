"""What is done to the database as a whole, apart from any run."""

from dataclasses import dataclass
from pathlib import Path

from harvester.store import search
from harvester.store.database import existing, open_to_write, transaction


@dataclass(frozen=True, slots=True)
class Reindexed:
    releases: int
    text_bytes: int
    """Of the titles and texts that are searched, in UTF-8."""
    index_bytes: int


def reindex(path: Path) -> Reindexed:
    """Build the search index of an existing database anew. Raises DatabaseProblem."""
    existing(path)
    db = open_to_write(path)
    try:
        with transaction(db):
            releases = search.rebuild(db)
        return Reindexed(releases, *search.sizes(db))
    finally:
        db.close()
