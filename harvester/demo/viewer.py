"""The document viewer: a frame that holds no text, and pages that hold it, in three of the ways converters write them.

Nobody's markup is copied here. What matters is what readers trip over: words split over spans, text that only its
position puts on a line, paragraphs broken into lines in the middle of words, spaces that are `&nbsp;`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Literal

from harvester.demo.corpus import Release
from harvester.demo.layout import Table, blocks
from harvester.demo.markup import readable

PARAGRAPHS_A_PAGE = 8
_LINE = 42  # characters

Style = Literal["paragraphs", "lines", "pieces"]
# Most are real paragraphs; as many as there are, so often is a style.
_STYLES: tuple[Style, ...] = ("paragraphs", "paragraphs", "lines", "paragraphs", "pieces", "paragraphs", "lines")

_FRAME = """<!DOCTYPE html>
<html lang="ko">
<head>
<meta charset="UTF-8"><title>문서뷰어</title>
<script>var page = 1, total = 1;</script>
</head>
<body>
<div id="toolbar" class="toolbar">
	<h1>문서뷰어</h1>
	<button type="button" class="prev">이전 페이지</button>
	<span class="pages"><input id="pageNo" value="1"/> / <em>1</em></span>
	<button type="button" class="next">다음 페이지</button>
	<button type="button" class="zoom">100%</button>
	<button type="button" class="print">인쇄</button>
</div>
<div id="contents"><iframe id="innerWrap" name="innerWrap" title="문서 내용"></iframe></div>
</body>
</html>
"""


def style_of(release: Release) -> Style:
    """How this release's pages are written; always the same for the same newsId."""
    return _STYLES[int(release.viewer_hash[2:4], 16) % len(_STYLES)]


def render_viewer_frame() -> bytes:
    """What the iframe loads: a toolbar around nothing; the text is in pages of its own."""
    return _FRAME.encode()


def viewer_pages(release: Release) -> int:
    """How many pages there are."""
    return -(-len(release.document_text.split("\n")) // PARAGRAPHS_A_PAGE)


def render_viewer_page(release: Release, number: int) -> bytes | None:
    """A page of the viewer; None after the last."""
    if not 1 <= number <= viewer_pages(release):
        return None
    lines = release.document_text.split("\n")[(number - 1) * PARAGRAPHS_A_PAGE :][:PARAGRAPHS_A_PAGE]
    parts = blocks("\n".join(lines))
    content = _WRITERS[style_of(release)](parts)
    return (
        f'<!DOCTYPE html>\n<html lang="ko">\n<head><meta charset="UTF-8"><title>{number}</title>\n'
        "<style>.cs3{font-size:10pt} .cs4{letter-spacing:-0.5pt} .cs5{font-weight:bold}</style></head>\n"
        f'<body>\n<div class="hpg" id="page{number}" style="width:210mm;height:297mm;">\n{content}</div>\n'
        "</body>\n</html>\n"
    ).encode()


def _cut(text: str) -> Iterator[str]:
    """Pieces of three to seven characters, so that the borders fall inside words."""
    start = 0
    while start < len(text):
        size = 3 + (start * 7 + len(text)) % 5
        yield text[start : start + size]
        start += size


def _spaced(text: str) -> str:
    """A piece as markup; spaces that a browser would swallow, at its ends or in a row, are hard ones."""
    markup = readable(text).replace("  ", "&nbsp; ")
    if markup.startswith(" "):
        markup = f"&nbsp;{markup[1:]}"
    return f"{markup[:-1]}&nbsp;" if markup.endswith(" ") else markup


def _spans(text: str) -> str:
    return "".join(f'<span class="hrt cs{len(piece)}">{_spaced(piece)}</span>' for piece in _cut(text))


# --- paragraphs that flow: a p each, real tables ----------------------------------------------------------------------


def _flowing(parts: Iterator[str | Table]) -> str:
    return "".join(
        f'<div class="hls"><p class="hpa">{_spans(part)}</p></div>\n' if isinstance(part, str) else _table(part)
        for part in parts
    )


def _table(rows: Table) -> str:
    cells = ("".join(f'<td class="hce"><p class="hpa">{_spans(cell)}</p></td>' for cell in row) for row in rows)
    return f'<table class="htb"><tbody>{"".join(f"<tr>{row}</tr>" for row in cells)}</tbody></table>\n'


# --- lines: each a block at a place of its own, broken in the middle of words -----------------------------------------


def _broken(parts: Iterator[str | Table]) -> Iterator[tuple[float, float, str]]:
    """Every line and every cell with its place, from the left and from the top, in millimetres."""
    top = 20.0
    for part in parts:
        if isinstance(part, str):
            for start in range(0, len(part), _LINE) or (0,):
                yield 20.0, top, part[start : start + _LINE]
                top += 6.0
        else:
            for row in part:
                yield from ((20.0 + 34.0 * place, top, cell) for place, cell in enumerate(row))
                top += 7.0
        top += 2.5


def _in_lines(parts: Iterator[str | Table]) -> str:
    return "".join(
        f'<div class="hls ps0" style="position:absolute;white-space:nowrap;left:{left}mm;top:{top}mm;height:4mm;">'
        f"{_spans(text)}</div>\n"
        for left, top, text in _broken(parts)
    )


# --- pieces: no blocks at all, every piece of a word at a place of its own --------------------------------------------


def _in_pieces(parts: Iterator[str | Table]) -> str:
    return "".join(f"{_placed(left, top, text)}\n" for left, top, text in _broken(parts) if text)


def _placed(left: float, top: float, text: str) -> str:
    places = zip(_cut(text), count(), strict=False)
    return "".join(
        f'<span class="t" style="position:absolute;left:{left + 15 * place}mm;top:{top}mm;">{_spaced(piece)}</span>'
        for piece, place in places
    )


_WRITERS: Mapping[Style, Callable[[Iterator[str | Table]], str]] = {
    "paragraphs": _flowing,
    "lines": _in_lines,
    "pieces": _in_pieces,
}
