"""The database in a web page: Datasette, with pages of our own for people. Run by `harvest serve`.

Why Datasette: docs/decisions/0016-web.md.
"""

from harvester.web.application import application

__all__ = ["application"]
