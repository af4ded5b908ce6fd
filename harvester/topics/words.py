"""The words of a topic's rules, and where they stand in a text.

Korean writes compounds and particles without a space, so a word says itself how it may be surrounded: `산재` stands
alone or with a particle, `산재*` begins a word, `*재활용*` may stand anywhere. There is nothing else to it: no pattern
can be written that takes long.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from harvester.korean.particles import PARTICLES
from harvester.korean.substrings import normal

SHORTEST = 2
"""Characters of a word: of one syllable nearly everything in Korean is a part of."""
LONGEST = 60
_FORM = re.compile(r"(?P<before>\*?)(?P<parts>[^\W_][^*]*?)(?P<after>\*?)")
_SIGNS = r"[\W_]{0,3}"
"""What may stand where a word has a space: nothing too, since spaces are written or not as everybody likes."""
_PARTICLE = f"(?:{'|'.join(sorted(PARTICLES, key=lambda particle: (-len(particle), particle)))})?+"


class WrongWord(ValueError):
    """A word of the rules cannot be looked for; the message says why."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as a rule writes it."""

    written: str
    pattern: re.Pattern[str] = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """The word without its asterisks."""
        return self.written.strip("*")


@dataclass(frozen=True, slots=True)
class Hit:
    start: int
    end: int
    word: Word
    text: str
    """As the text writes it."""


# Of A to Z only: other letters may change their number with their size.
_SMALL = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def read_word(written: str) -> Word:
    """Raises WrongWord."""
    form = _FORM.fullmatch(" ".join(normal(written).split()))
    if form is None:
        raise WrongWord(f"{written!r} is no word: letters and digits, with * before or after them only")
    parts = form["parts"].translate(_SMALL).split(" ")
    if sum(map(len, parts)) < SHORTEST:
        raise WrongWord(f"{written!r} is a single character, which would be found everywhere")
    if len(written) > LONGEST:
        raise WrongWord(f"{written[:20]!r}… has more than {LONGEST} characters")
    before = "" if form["before"] else rf"(?<!{_kin(parts[0][0])})"
    # A particle belongs to Korean; of other letters it only follows them.
    after = "" if form["after"] else rf"(?!{_kin(parts[-1][-1])})" if not _hangul(parts[-1][-1]) else _ALONE
    return Word(written, re.compile(before + _SIGNS.join(map(re.escape, parts)) + after))


_ALONE = rf"(?={_PARTICLE}(?![가-힣]))"


def _hangul(character: str) -> bool:
    return "가" <= character <= "힣"


def _kin(character: str) -> str:
    """What would go on with a word: `2050탄소중립` and `ESG를` are two words each."""
    return "[가-힣]" if _hangul(character) else "[a-z0-9]"


class Finder:
    """Finds many words in a text at once."""

    def __init__(self, words: Iterable[Word]) -> None:
        # By their first two characters: a text is gone through once, however many words there are.
        self._by_beginning: defaultdict[str, list[Word]] = defaultdict(list)
        for word in words:
            self._by_beginning[normal(word.name).translate(_SMALL).partition(" ")[0][:2]].append(word)

    def hits(self, text: str) -> Iterator[Hit]:
        """Every place where a word stands."""
        by_beginning = self._by_beginning
        plain = normal(text)
        text = plain.translate(_SMALL)
        for start in range(len(text) - 1):
            for beginning in (text[start : start + 2], text[start]):
                for word in by_beginning.get(beginning, ()):
                    if match := word.pattern.match(text, start):
                        yield Hit(start, match.end(), word, plain[start : match.end()])
