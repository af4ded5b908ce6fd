"""Plain text as Markdown that shows it as it is."""

import re
from collections.abc import Iterator
from itertools import groupby

# Marks of Markdown within a line, each only where it would be one; a tilde too, which ranges of numbers are full of.
_MARKS = re.compile(r"[\\`*~]|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|&(?=#?\w+;)|\](?=[(\[:])")
# Not every Markdown takes these with a backslash.
_ENTITIES = {"<": "&lt;", "&": "&amp;"}
_AT_THE_START = re.compile(r"^(?P<number>\d{1,9}(?=[.)](?:\s|$)))?(?P<mark>(?(number)[.)]|[-+#>=|]))")


def paragraphs(text: str) -> Iterator[str]:
    """The lines of a text as paragraphs; rows with tabs between their cells as tables."""
    lines = (each for each in text.split("\n") if each.strip())
    for in_table, some in groupby(lines, key=lambda each: "\t" in each):
        if in_table:
            yield _table([each.split("\t") for each in some])
        else:
            yield from map(line, some)


def line(text: str) -> str:
    """A paragraph on one line, or what follows the mark of a heading."""
    return _AT_THE_START.sub(r"\g<number>\\\g<mark>", _escaped(text))


def link(text: str, url: str) -> str:
    """A link on one line; its address is one of ours, so without brackets."""
    shown = re.sub(r"(?<!\\)[\[\]]", r"\\\g<0>", _escaped(text))
    return f"[{shown}]({url})"


def _table(rows: list[list[str]]) -> str:
    """The first row is the head: a table of Markdown has to have one."""
    width = max(map(len, rows))
    lines = [[_escaped(cell).replace("|", "\\|") for cell in row] + [""] * (width - len(row)) for row in rows]
    lines.insert(1, ["---"] * width)
    return "\n".join(f"| {' | '.join(each)} |" for each in lines)


def _escaped(text: str) -> str:
    return _MARKS.sub(lambda mark: _ENTITIES.get(mark[0], f"\\{mark[0]}"), " ".join(text.split()))
