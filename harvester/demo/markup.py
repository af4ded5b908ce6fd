"""Text as markup: as the site has it stored, and as a page needs it."""

from __future__ import annotations

from functools import lru_cache
from html import escape

_STORED = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "·": "&middot;",
        "ㅇ": "&#x3147;",
        "｢": "&#xFF62;",
        "｣": "&#xFF63;",
    }
)


@lru_cache(maxsize=16384)
def stored(text: str) -> str:
    """The text as the site keeps it: some characters as entities."""
    return text.translate(_STORED)


@lru_cache(maxsize=16384)
def readable(text: str) -> str:
    """The text with real characters, and only what HTML needs escaped."""
    return escape(text, quote=False)
