"""What is wrong with the database or the archive, and what to do, by what a run says of it. Pure."""

import re
from dataclasses import dataclass

UNTOUCHED = "Nothing more: what it holds is left as it is, and no run writes to it before it is put right."


@dataclass(frozen=True, slots=True)
class Advice:
    """For one kind of trouble; `title` and `tried` only where it is none of those that pass."""

    says: re.Pattern[str]
    todo: str
    title: str | None = None
    tried: str | None = None


KINDS = (
    Advice(
        re.compile(r"search index .*is damaged"),
        "`harvest reindex` builds the search index anew; the releases are whole.",
        "the search index is damaged",
    ),
    Advice(
        re.compile(r"the archive .*(is damaged|has lost)"),
        "Put a backup in the place of the archive, or save what is readable: docs/archive.md, When something is wrong.",
        "the archive of the pages is damaged",
        UNTOUCHED,
    ),
    Advice(
        re.compile(r"it is damaged|has lost all"),
        "docs/hard-cases.md, A damaged database, says how the archive or a backup brings back what it held.",
        "the database is damaged",
        UNTOUCHED,
    ),
    Advice(re.compile(r"by a newer version"), "Update this copy of the program: the file is newer.", tried=UNTOUCHED),
    Advice(
        re.compile(r"of another program"),
        "Name another file with --db, or move this one away: it is none of this program's.",
        tried=UNTOUCHED,
    ),
    Advice(
        re.compile(r"network file system"),
        "Name a file on a disk of this machine with --db: docs/hard-cases.md, Two machines.",
        tried=UNTOUCHED,
    ),
    Advice(
        re.compile(r"locked by another program"),
        "End the program that holds the file; the next run goes on by itself (docs/hard-cases.md, A lock that stays).",
    ),
    Advice(
        re.compile(r"no more files can be made"),
        "Remove files, of whatever size: `df -i` counts them; the next run goes on by itself (docs/hard-cases.md).",
    ),
    Advice(
        re.compile(r"disk is full"),
        "Make room; the next run goes on by itself (docs/hard-cases.md, A full disk).",
    ),
    Advice(
        re.compile(r"may not be written to|cannot be locked"),
        "Look at the rights of the file and of its folder, and whether the disk is mounted read-only; then the next run"
        " goes on by itself (docs/hard-cases.md).",
    ),
    Advice(
        re.compile(r"disk does not take it"),
        "A quota, a limit or a failing disk: the system's log says more. Once it takes what is written, the next run"
        " goes on by itself (docs/hard-cases.md).",
    ),
)
"""The first that fits: what does not pass by itself before what does."""


def advice(*said: str) -> Advice | None:
    """What fits the first of these texts that says anything known."""
    return next((kind for text in said for kind in KINDS if kind.says.search(text)), None)
