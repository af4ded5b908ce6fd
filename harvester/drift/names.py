"""Ministries that this program does not know."""

from harvester.drift import Kind, Notice, printable

LONGEST = 60
"""Characters of a name; the site writes what it likes."""


def unknown_ministry(name: str, code: str | None, news_id: str | None) -> Notice:
    """A name met for the first time, in the site's own table or on a release."""
    where = f"first on newsId {news_id}" if news_id else "in the site's own table of ministries"
    return Notice(
        key_of_ministry(name),
        Kind.MINISTRY,
        f"a ministry not met before: {printable(name)[:LONGEST]}{f' ({printable(code)})' if code else ''}, {where}",
        "its releases are stored under the name as printed; an update of this program may know the name, else it"
        " belongs into harvester/korean/ministries.py: since when, and what it succeeds",
        measure=name,
    )


def key_of_ministry(name: str) -> str:
    """The same on all boards: one table of ministries stands on all of them."""
    return f"drift/ministry/{printable(name)[:LONGEST]}"
