"""What `harvest doctor` looks at: this machine, the database, the site. Each finding says what to do."""

from harvester.examination.finding import Area, Finding, Mark, size_of

__all__ = ["Area", "Finding", "Mark", "size_of"]
