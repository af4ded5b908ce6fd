"""The place of a text where what was looked for stands, with the hits marked."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice

from harvester.korean.queries import Query, Term
from harvester.korean.substrings import normal

WIDTH = 160
"""Characters of a snippet, about: two lines of a terminal, one of Korean."""
BEFORE = 40
MOST_HITS = 100
"""Hits that are compared for the best place: the first ones of a text."""


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    hit: bool = False


def hits(query: Query, nouns: dict[Term, str]) -> re.Pattern[str]:
    """What to mark in a text: whatever of the query may stand in it."""
    looked_for = set()
    for term in (term for group in query.all_of for term in group):
        for last in {term.words[-1], nouns.get(term, term.words[-1])}:
            looked_for.add(r"[\W_]+".join(re.escape(word) for word in (*term.words[:-1], last)))
    return re.compile("|".join(sorted(looked_for, key=len, reverse=True)), re.IGNORECASE)


def marked(text: str, pattern: re.Pattern[str]) -> list[Part]:
    """The whole text, parted at the hits."""
    parts: list[Part] = []
    end = 0
    for found in pattern.finditer(_comparable(text)):
        if found.start() > end:
            parts.append(Part(text[end : found.start()]))
        parts.append(Part(text[found.start() : found.end()], hit=True))
        end = found.end()
    if end < len(text):
        parts.append(Part(text[end:]))
    return parts


def snippet(text: str, pattern: re.Pattern[str], width: int = WIDTH) -> list[Part]:
    """About `width` characters of the text around the place with the most different hits, on one line."""
    flat = " ".join(text.split())
    found_at = islice(pattern.finditer(_comparable(flat)), MOST_HITS)
    starts = [(found.start(), found[0].lower()) for found in found_at]
    best = max(
        (start for start, _ in starts),
        key=lambda start: len({word for at, word in starts if start <= at < start + width - BEFORE}),
        default=0,
    )
    begin = max(0, best - BEFORE)
    if begin:
        begin = flat.find(" ", begin, best) + 1 or begin
    end = begin + width
    if end < len(flat):
        end = max(flat.rfind(" ", begin, end), best + 1)
    shown = f"{'… ' if begin else ''}{flat[begin:end]}{' …' if end < len(flat) else ''}"
    return marked(shown, pattern)


def _comparable(text: str) -> str:
    """The text as queries see it, a character for a character; as it is where that cannot be had."""
    compared = normal(text)
    return compared if len(compared) == len(text) else text


def join(parts: Collection[Part], before: str, after: str) -> str:
    """The parts as one text, each hit between two marks."""
    return "".join(f"{before}{part.text}{after}" if part.hit else part.text for part in parts)
