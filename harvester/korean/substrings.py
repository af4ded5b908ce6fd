"""What a text is indexed under, so that a plain full-text table finds Korean words inside words.

Korean writes particles and compounds without a space (`주택공급을`), and SQLite's tokenizer parts words at spaces
only. So a text is followed by every run of two to four syllables inside its words: whoever types such a run, into
whatever tool, types a word of the index. How this was chosen: docs/decisions/0014-search.md.
"""

import re
import unicodedata
from itertools import pairwise

from harvester.korean.particles import PARTICLES

VERSION = 1
"""Of `indexed`, and of PARTICLES, which it uses: an entry of the index can only be taken out with the very words it was
put in with."""

SHORTEST, LONGEST = 2, 4
"""Syllables of the runs. Nearly all Korean nouns have two to four; longer words are asked for by their parts."""

WORD = re.compile(r"[^\W_]+")
"""A word. SQLite's `unicode61` also takes private-use characters (the bullets of word processors) and newer emoji for
letters, so it is handed nothing but words."""
LONGEST_PARTICLE = max(map(len, PARTICLES))
_HANGUL = re.compile("[가-힣]+")
_PART = re.compile("[가-힣]+|[^\\W_가-힣]+")
_OTHER_AT_THE_END = re.compile("[^\\W_가-힣]+$")
_OTHER_AT_THE_START = re.compile("^[^\\W_가-힣]+")
# Beginning at words only and giving nothing back: a text that is one endless word must not cost its length squared.
_JOINED = re.compile(r"(?<![^\W_])[^\W_]++(?:[-&/·.+][^\W_]++)+")

ARAEA = "ㆍ"
"""U+318D, a letter to Unicode and a middle dot to everybody who types it."""
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}


def normal(text: str) -> str:
    """The text as it is compared: NFC, full-width Latin and digits as usual ones, the araea as the middle dot it is."""
    return unicodedata.normalize("NFC", text).translate(_FULL_WIDTH).replace(ARAEA, "·")


def indexed(text: str | None) -> str:
    """The words of a text, followed by what else it is to be found under. A pure function of the text and VERSION."""
    if not text:
        return ""
    plain = normal(text)
    in_order = WORD.findall(plain)
    words = set(in_order)
    more: set[str] = set()
    for word in words:
        parts = _PART.findall(word)
        if len(parts) > 1:
            more.update(parts)
            more.update(_from_each_number(parts))
        for part in parts:
            if _HANGUL.match(part):
                more |= _runs(part)
    more -= words
    # A word with a sign in it is a phrase to SQLite (`K-푸드` is k, 푸드), whose last word may carry a particle.
    more.update(phrase for joined in set(_JOINED.findall(plain)) for phrase in _beginnings(joined))
    if ARAEA in text:
        more.update(word for word in WORD.findall(text) if ARAEA in word)
    return " ".join((*in_order, *sorted(more)))


def _runs(part: str) -> set[str]:
    """All runs of two to four syllables, and what is longer without its particle: 재생에너지 of 재생에너지를."""
    length = len(part)
    runs = {part[start : start + size] for size in range(SHORTEST, LONGEST + 1) for start in range(length - size + 1)}
    longer = range(max(LONGEST + 1, length - LONGEST_PARTICLE), length)
    return runs | {part[:size] for size in longer if part[size:] in PARTICLES}


def _from_each_number(parts: list[str]) -> set[str]:
    """Of a mixed word, the numbers and Latin words inside it with what follows them: 1차관을 of 제1차관을."""
    return {part + following for part, following in pairwise(parts[1:]) if not _HANGUL.match(part)}


def _beginnings(joined: str) -> set[str]:
    """Of words joined by a sign, the phrase with every beginning of the last one: R&D of 국가R&D사업을."""
    first, *between, last = WORD.findall(joined)
    if other := _OTHER_AT_THE_END.search(first):
        first = other[0]
    if other := _OTHER_AT_THE_START.search(last):
        ends = {other[0]}
    else:
        ends = {last[:size] for size in range(SHORTEST, min(len(last), LONGEST) + 1)}
    return {" ".join((first, *between, end)) for end in ends} - {" ".join(WORD.findall(joined))}
