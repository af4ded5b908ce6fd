"""Misbehaviour on demand: which request is hit by which fault, decided by a pure function."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Literal, get_args

from harvester.demo.rows import FORMS, LIST_ENDS

Kind = Literal[
    "429",
    "429-retry-after",
    "503",
    "503-retry-after",
    "500",
    "404",
    "reset",
    "reset-midway",
    "stall",
    "slow",
    "truncated",
    "truncated-clean",
    "truncated-encoding",
    "damaged-encoding",
    "maintenance",
    "emptied",
    "rows-missing",
    "garbage",
    "redesign",
    "view-redesign",
    "wrong-page",
    "ignores-dates",
    "ignores-filter",
    "wrong-release",
    "login",
    "offsite",
    "shifting",
    "last-page-repeats",
    "duplicate-row",
    "emptied-tail",
    "empty",
    "damaged",
    "endless",
    "trickle",
    "encrypted",
    "scanned",
    "wrong-suffix",
    "error-page",
    "zip-bomb",
    "huge",
]
Place = Literal["list", "view", "robots", "file", "viewer", "board", "post", "other"]
Where = Literal["any", "list", "view", "robots", "file", "viewer", "board", "post"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Fault:
    """One way to misbehave, and to whom.

    Files and viewer pages belong to a release: `news_ids`, `days` and `boards` are its. `pages` are those of a listing,
    or of a viewer's document (counted from 1; 0 is the frame around them). Of the site served beside korea.kr, `board`
    is a list and `post` a page of one post, whose number counts as its newsId.
    """

    kind: Kind
    share: float = 1.0
    tries: tuple[int, ...] | None = (1,)
    where: Where = "any"
    days: frozenset[date] | None = None
    news_ids: frozenset[str] | None = None
    pages: frozenset[int] | None = None
    seconds: float = 1.0
    seed: int = 0
    boards: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind!r} (known: {', '.join(KINDS)})")


@dataclass(frozen=True)
class Asked:
    """What the choice depends on: one request, without the network."""

    key: str
    kind: Place
    news_id: str | None = None
    since: date | None = None
    until: date | None = None
    page: int = 1
    is_last_page: bool = False
    has_dates: bool = False
    has_filter: bool = False
    suffix: str = ""
    board: str | None = None


def choose(faults: Sequence[Fault], asked: Asked, attempt: int) -> Fault | None:
    """The first fault that hits this attempt (counted from 1) at this request."""
    return next((fault for fault in faults if _hits(fault, asked, attempt)), None)


def _hits(fault: Fault, asked: Asked, attempt: int) -> bool:
    return (
        (fault.tries is None or attempt in fault.tries)
        and (fault.where in ("any", asked.kind))
        and _applies(fault.kind, asked)
        and (fault.news_ids is None or asked.news_id in fault.news_ids)
        and (fault.pages is None or asked.page in fault.pages)
        and (fault.boards is None or asked.board in fault.boards)
        and (fault.days is None or _asks_for(asked, fault.days))
        and drawn(fault, asked.key) < fault.share
    )


def _applies(kind: Kind, asked: Asked) -> bool:
    """Whether a request of this sort can suffer this fault at all; one that cannot must not use up the choice."""
    needed = _NEEDS.get(kind)
    return needed is None or needed(asked)


def _is_list(asked: Asked) -> bool:
    return asked.kind == "list"


def _is_view(asked: Asked) -> bool:
    return asked.kind == "view"


def _is_single(asked: Asked) -> bool:
    return asked.kind in ("view", "post")


def _is_page(asked: Asked) -> bool:
    return asked.kind in ("list", "view", "board", "post")


def _is_file(asked: Asked) -> bool:
    return asked.kind == "file"


def _is_of_a_document(asked: Asked) -> bool:
    return asked.kind in ("file", "viewer")


def _can_be_cut(asked: Asked) -> bool:
    return _is_page(asked) or _is_of_a_document(asked)


def _is_text_file(asked: Asked) -> bool:
    return asked.kind == "file" and asked.suffix in ("hwpx", "hwp", "pdf")


def _is_hwpx(asked: Asked) -> bool:
    return asked.kind == "file" and asked.suffix == "hwpx"


def _is_pdf(asked: Asked) -> bool:
    return asked.kind == "file" and asked.suffix == "pdf"


def _is_later_page(asked: Asked) -> bool:
    return asked.kind == "list" and asked.page > 1


def _is_last_of_several(asked: Asked) -> bool:
    return _is_later_page(asked) and asked.is_last_page


def _has_dates(asked: Asked) -> bool:
    return asked.kind == "list" and asked.has_dates


def _has_filter(asked: Asked) -> bool:
    return asked.kind == "list" and asked.has_filter


_NEEDS: Mapping[Kind, Callable[[Asked], bool]] = {
    "emptied": _is_list,
    "rows-missing": _is_list,
    "duplicate-row": _is_list,
    "view-redesign": _is_single,
    "wrong-release": _is_view,
    "redesign": _is_page,
    "truncated-clean": _can_be_cut,
    "wrong-page": _is_later_page,
    "shifting": _is_later_page,
    "last-page-repeats": _is_last_of_several,
    "emptied-tail": _is_last_of_several,
    "ignores-dates": _has_dates,
    "ignores-filter": _has_filter,
    "empty": _is_of_a_document,
    "damaged": _is_of_a_document,
    "endless": _is_of_a_document,
    "trickle": _is_of_a_document,
    "encrypted": _is_text_file,
    "wrong-suffix": _is_text_file,
    "scanned": _is_pdf,
    "zip-bomb": _is_hwpx,
    "error-page": _is_file,
    "huge": _is_file,
}


def _asks_for(asked: Asked, days: frozenset[date]) -> bool:
    """A listing asks for a range of days, a view for the one day of its release (both ends the same)."""
    if asked.since is None or asked.until is None:
        return False
    return any(asked.since <= day <= asked.until for day in days)


def drawn(fault: Fault, key: str) -> float:
    """A number from 0 up to 1 that this fault always draws for this request."""
    digest = blake2b(f"{fault.seed}|{fault.kind}|{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


# --- what a fault does to a page --------------------------------------------------------------------------------------

# Beside these, what each form of rows says of itself (rows.py).
_RENAMED = (
    (b'class="result"', b'class="count_v6"'),
    (b'class="paging"', b'class="pager_v6"'),
    (b'class="no_data"', b'class="none_v6"'),
    (b"mainForm", b"f6"),
    (b"chkRepCode", b"org6"),
    (b'class="view_title"', b'class="tit_v6"'),
    (b"<h1>", b'<div class="h6">'),
    (b"</h1>", b"</div>"),
    (b'class="view_cont"', b'class="cont_v6"'),
    (b'class="article_head"', b'class="head_v6"'),
    (b'class="info"', b'class="info_v6"'),
    (b'class="gotosite"', b'class="org_v6"'),
    (b'class="filedown"', b'class="files_v6"'),
    (b'class="kogl_wrap"', b'class="rights_v6"'),
    (b'class="law_copy_wrap"', b'class="rights_v6"'),
    (b'class="remark"', b'class="note_v6"'),
    (b'id="titleText" name="titleText"', b'id="t6" name="t6"'),
    (b'id="content_press"', b'id="doc6"'),
    (b'rel="canonical"', b'rel="self6"'),
    (b'property="og:title"', b'property="v6:title"'),
    # The board served beside korea.kr.
    (b"fboardlist", b"f6"),
    (b"post-content", b"c6"),
    (b'class="pagination"', b'class="pager_v6"'),
    (b"/post/", b"/p6/"),
    (b"<h3>", b'<div class="h6">'),
    (b"</h3>", b"</div>"),
)
_LINK = re.compile(rb"\w+View\.do\?newsId=")
_JSON_LD = re.compile(rb'<script type="application/ld\+json">.*?</script>', re.DOTALL)


def redesigned(page: bytes) -> bytes:
    """The page after a redesign: the same words, every name the readers know gone, and no JSON-LD."""
    page = _LINK.sub(b"release/", _JSON_LD.sub(b"", page))
    for old, new in (*_RENAMED, *_renamed_rows()):
        page = page.replace(old, new)
    return page


def _renamed_rows() -> Iterator[tuple[bytes, bytes]]:
    for form in FORMS.values():
        for old, new in form.redesigned.items():
            yield f'class="{old}"'.encode(), f'class="{new}"'.encode()


_CONTENT = (
    (b'<div class="view_cont">', b'<div class="article_footer">'),
    # The board served beside korea.kr; a post has the board's list beneath it.
    (b'id="post-content"', b"</div>"),
    (b'id="fboardlist"', b"</form>"),
)


def cut_point(page: bytes) -> int:
    """The middle of what matters on a page, so that a cut takes rows or text and not only the footer."""
    lists = ((form.opening.encode(), LIST_ENDS.encode()) for form in FORMS.values())
    for start, end in (*lists, *_CONTENT):
        first = page.find(start)
        last = page.find(end, first)
        if 0 <= first < last:
            return (first + last) // 2
    return len(page) // 2
