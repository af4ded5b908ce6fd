"""Plain text as Markdown that shows it as it is."""

import re
from collections.abc import Iterator, Sequence

from harvester.exports.blocks import blocks

# Marks of Markdown within a line, each only where it would be one; a tilde too, which ranges of numbers are full of.
_MARKS = re.compile(r"[\\`*~]|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|&(?=#?\w+;)|\](?=[(\[:])")
# Not every Markdown takes these with a backslash.
_ENTITIES = {"<": "&lt;", "&": "&amp;"}
_AT_THE_START = re.compile(r"^(?P<number>\d{1,9}(?=[.)](?:\s|$)))?(?P<mark>(?(number)[.)]|[-+#>=|]))")


def paragraphs(text: str) -> Iterator[str]:
    """The lines of a text as paragraphs; rows with tabs between their cells as tables."""
    for block in blocks(text):
        yield _table(block.rows) if block.rows else line(block.text)


def line(text: str) -> str:
    """A paragraph on one line, or what follows the mark of a heading."""
    return _AT_THE_START.sub(r"\g<number>\\\g<mark>", _escaped(text))


def link(text: str, url: str) -> str:
    """A link on one line; its address is one of ours, so without brackets."""
    shown = re.sub(r"(?<!\\)[\[\]]", r"\\\g<0>", _escaped(text))
    return f"[{shown}]({url})"


def _table(rows: Sequence[Sequence[str]]) -> str:
    """The first row is the head: a table of Markdown has to have one."""
    lines = [[_escaped(cell).replace("|", "\\|") for cell in row] for row in rows]
    lines.insert(1, ["---"] * len(rows[0]))
    return "\n".join(f"| {' | '.join(each)} |" for each in lines)


def _escaped(text: str) -> str:
    return _MARKS.sub(lambda mark: _ENTITIES.get(mark[0], f"\\{mark[0]}"), " ".join(text.split()))
