"""A release as a post of the board that re-posts releases: title, text, source line, link. As Markdown and as HTML."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

# Marks of Markdown within a line, each only where it would be one, so that the text can be read as it stands.
_MARKS = re.compile(r"[\\`*~]|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|&(?=#?\w+;)|\](?=[(\[:])")
_AT_THE_START = re.compile(r"(?P<mark>[-+#=>|])|(?P<number>\d{1,9})(?P<point>[.)])(?=\s|$)")

_BAR = r"\|"

_STYLE = (
    "body{max-width:46rem;margin:2rem auto;padding:0 1rem;font-family:sans-serif;line-height:1.6}"
    "article{border-top:1px solid #999;margin-top:2rem}table{border-collapse:collapse;display:block;overflow-x:auto}"
    "td{border:1px solid #999;padding:.2rem .5rem}.note{color:#595959}a{overflow-wrap:anywhere}"
)


@dataclass(frozen=True, slots=True)
class Post:
    title: str
    text: str
    """Paragraphs on lines, rows of tables on lines with tabs between their cells."""
    source_line: str
    url: str
    notes: tuple[str, ...] = ()
    """For the editor: no part of what is posted."""


def title_to_post(title: str, prefix: str | None) -> str:
    """The title as the board has it, without `(참고)` and the like."""
    return title.removeprefix(prefix).strip() if prefix else title


def as_markdown(heading: str, posts: Sequence[Post], none: str) -> str:
    """A digest as Markdown, in which every text stays the text it is; `none` is what it says where it is empty."""
    parts = [f"# {_line(heading)}"]
    for post in posts:
        parts += ["---", f"## {_line(post.title)}", *(f"> {_line(note)}" for note in post.notes)]
        parts += [*_markdown(post.text), _line(post.source_line), _markdown_link(post.url)]
    return "\n\n".join(parts if posts else [*parts, _line(none)]) + "\n"


def as_html(heading: str, posts: Sequence[Post], none: str) -> str:
    """A digest as a page that stands by itself: no scripts, nothing loaded from elsewhere."""
    parts = [
        '<!DOCTYPE html>\n<html lang="ko">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(heading)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{_text(heading)}</h1>",
    ]
    for post in posts:
        parts += [f"<article>\n<h2>{_text(post.title)}</h2>"]
        parts += [f'<p class="note">{_text(note)}</p>' for note in post.notes]
        parts += [*_html(post.text), f"<p>{_text(post.source_line)}</p>", f"<p>{_html_link(post.url)}</p>\n</article>"]
    return "\n".join([*parts, *([] if posts else [f"<p>{_text(none)}</p>"]), "</body>\n</html>"]) + "\n"


def _blocks(text: str) -> Iterator[str | list[list[str]]]:
    """Paragraphs, and tables as rows of as many cells each."""
    lines = (line for line in text.splitlines() if line.strip())
    for in_table, some in groupby(lines, key=lambda line: "\t" in line.strip()):
        if not in_table:
            yield from some
            continue
        table = [[cell.strip() for cell in line.split("\t")] for line in some]
        width = max(map(len, table))
        yield [row + [""] * (width - len(row)) for row in table]


def _markdown(text: str) -> Iterator[str]:
    for block in _blocks(text):
        if isinstance(block, str):
            yield _line(block)
            continue
        rows = ["".join(f"| {_escaped(cell).replace('|', _BAR)} " for cell in row) + "|" for row in block]
        # A table of Markdown has a head; whether the first row is one, the text does not say.
        yield "\n".join([rows[0], "|" + " --- |" * len(block[0]), *rows[1:]])


def _html(text: str) -> Iterator[str]:
    for block in _blocks(text):
        if isinstance(block, str):
            yield f"<p>{_text(block)}</p>"
        else:
            rows = ("".join(f"<td>{_text(cell)}</td>" for cell in row) for row in block)
            yield f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\g<0>", " ".join(text.split()))


def _line(text: str) -> str:
    """A line that Markdown takes for a paragraph and nothing else."""
    line = _escaped(text)
    start = _AT_THE_START.match(line)
    if start is None:
        return line
    at = start.start("point") if start["point"] else 0
    return f"{line[:at]}\\{line[at:]}"


def _text(text: str) -> str:
    return escape(" ".join(text.split()))


def _markdown_link(url: str) -> str:
    return f"<{url}>" if _is_of_the_web(url) else _line(url)


def _html_link(url: str) -> str:
    return f'<a href="{_text(url)}">{_text(url)}</a>' if _is_of_the_web(url) else _text(url)


def _is_of_the_web(url: str) -> bool:
    """Nothing else may become a link."""
    return re.fullmatch(r"https?://[^\s<>\"]+", url) is not None
