"""A release's text inside its page: as lines or as paragraphs, and at times with angle brackets as they were typed."""

from __future__ import annotations

import re

from harvester.demo.boards import board_of
from harvester.demo.corpus import Release
from harvester.demo.layout import Table, blocks
from harvester.demo.markup import stored

# Browsers show `<홍길동 대변인>` as text, for no name of an element begins so; a name in Latin letters they would hide.
_BRACKETS = re.compile(r"&lt;([가-힣][^<>&]{0,40})&gt;")


def writes_raw(release: Release) -> bool:
    """Whether the speakers of this transcript stand in the page in raw angle brackets, as in every third."""
    return board_of(release.board).texts == "transcript" and int(release.viewer_hash[4:6], 16) % 3 == 0


def render_body(release: Release) -> str:
    """The text in the page of a release that has one there."""
    parts = [_paragraph(part) if isinstance(part, str) else _table(part) for part in blocks(release.body or "")]
    if board_of(release.board).flowing:
        parts = [f"<p>{part}</p>" if not part.startswith("<table") else part for part in parts]
        markup = "\n".join((*parts[:1], *_picture(release), *parts[1:]))
    else:
        markup = "<br/>\r\n".join(parts)
    return _BRACKETS.sub(r"<\1>", markup) if writes_raw(release) else markup


def _paragraph(text: str) -> str:
    """A line; spaces in a row as hard ones."""
    return stored(text).replace("  ", "&nbsp; ")


def _table(rows: Table) -> str:
    cells = ("".join(f"<td>{_paragraph(cell)}</td>" for cell in row) for row in rows)
    return f'<table border="1"><tbody>{"".join(f"<tr>{row}</tr>" for row in cells)}</tbody></table>'


def _picture(release: Release) -> tuple[str, ...]:
    """A picture with its caption, which two of three have after their first paragraph."""
    if int(release.viewer_hash[4:6], 16) % 3 == 0:
        return ()
    address = f"/newsWeb/resources/attaches/{release.listed_on:%Y.%m/%d}/{release.viewer_hash}.jpg"
    caption = f"{stored(release.title)} 현장.(사진={stored(release.ministry)})"
    return (f'<figure class="image"><img src="{address}" alt=""/><figcaption>{caption}</figcaption></figure>',)
