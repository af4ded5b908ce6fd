"""A release as a post of the board that re-posts releases: title, text, source line, link. As Markdown and as HTML."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from harvester.exports.blocks import blocks
from harvester.exports.markdown_text import line, paragraphs

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
    parts = [f"# {line(heading)}"]
    for post in posts:
        parts += ["---", f"## {line(post.title)}", *(f"> {line(note)}" for note in post.notes)]
        parts += [*paragraphs(post.text), line(post.source_line), _markdown_link(post.url)]
    return "\n\n".join(parts if posts else [*parts, line(none)]) + "\n"


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


def _html(text: str) -> Iterator[str]:
    for block in blocks(text):
        if block.rows:
            rows = ("".join(f"<td>{_text(cell)}</td>" for cell in row) for row in block.rows)
            yield f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
        else:
            yield f"<p>{_text(block.text)}</p>"


def _text(text: str) -> str:
    return escape(" ".join(text.split()))


def _markdown_link(url: str) -> str:
    return f"<{url}>" if _is_of_the_web(url) else line(url)


def _html_link(url: str) -> str:
    return f'<a href="{_text(url)}">{_text(url)}</a>' if _is_of_the_web(url) else _text(url)


def _is_of_the_web(url: str) -> bool:
    """Nothing else may become a link."""
    return re.fullmatch(r"https?://[^\s<>\"]+", url) is not None
