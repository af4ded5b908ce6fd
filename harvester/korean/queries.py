"""What a person types into a search box, read into a query; and the query as FTS5 wants it.

Words stand for all of them together, `"…"` for a phrase, `-` before a word for its absence, `OR` or `|` between two for
either. Everything else is text to look for: nothing typed is ever handed on as syntax.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from harvester.korean.particles import MAY_END_A_NOUN, PARTICLES, possible_stems, used_as_noun
from harvester.korean.substrings import LONGEST, WORD, normal

MOST_WORDS = 40
MOST_CHARACTERS = 1000

_QUOTES = str.maketrans("“”„‟«»", '""""""')
_ITEM = re.compile(r'(?P<sign>-?)(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<plain>[^\s"|]+))|(?P<either>\|)')
_HANGUL = re.compile("[가-힣]+")
_GOES_ON = re.compile("[가-힣]|[0-9]$")
_MIXED = re.compile("(?P<first>.*[^가-힣])(?P<hangul>[가-힣]+)")


class WrongQuery(ValueError):
    """Nothing can be looked for; the message says why and what to type."""


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to find: a word, or several in a row (a phrase, or a word with signs in it, such as R&D)."""

    words: tuple[str, ...]
    quoted: bool = False
    """Whether it is meant to the letter: without particles taken off."""

    @property
    def text(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Query:
    all_of: tuple[tuple[Term, ...], ...]
    """Of each group, any one."""
    none_of: tuple[Term, ...] = ()


def read_query(typed: str) -> Query:
    """The query that somebody typed. Raises WrongQuery."""
    if len(typed) > MOST_CHARACTERS:
        raise WrongQuery(f"{len(typed):,} characters are too many to look for: at most {MOST_CHARACTERS:,}")
    groups: list[tuple[Term, ...]] = []
    none_of: list[Term] = []
    either, absent = False, False
    for sign, term in _terms(normal(typed).translate(_QUOTES)):
        if term is None:
            either, absent = (either or sign == "OR"), (absent or sign == "NOT")
        elif sign == "-" or absent:
            none_of.append(term)
            either = absent = False
        else:
            if either and groups:
                groups[-1] = (*groups[-1], term)
            else:
                groups.append((term,))
            either = False
    count = sum(len(term.words) for term in (*(term for group in groups for term in group), *none_of))
    if count > MOST_WORDS:
        raise WrongQuery(f"{count} words are too many to look for: at most {MOST_WORDS}")
    if not groups:
        why = "only words to leave out" if none_of else "no word to look for"
        raise WrongQuery(f'{why}: type one or more, such as: 희토류 공급망, "공급망 점검", 희토류 -수출')
    return Query(tuple(groups), tuple(none_of))


def _terms(typed: str) -> Iterator[tuple[str, Term | None]]:
    """What was typed, in order: terms with their sign, and operators without a term."""
    for item in _ITEM.finditer(typed):
        if item["either"]:
            yield "OR", None
        elif item["plain"] in ("OR", "NOT", "AND") and not item["sign"]:
            yield item["plain"], None
        elif words := tuple(WORD.findall(item["plain"] or item["phrase"] or "")):
            yield item["sign"], Term(words, quoted=item["plain"] is None)


Occur = Callable[[Collection[str]], bool]
"""Whether any of these words occurs in what is searched."""


def without_particles(query: Query, occur: Occur) -> dict[Term, str]:
    """The noun in each term that is one with a particle, `희토류` of `희토류를`, as far as the texts show.

    The use of words in the texts is what keeps 어린이 from becoming 어린, and 국제회의 국제회.
    """
    terms = [term for group in query.all_of for term in group if not term.quoted]
    nouns = {term: _noun_in(term, occur) for term in terms}
    return {term: noun for term, noun in nouns.items() if noun is not None}


def _noun_in(term: Term, occur: Occur) -> str | None:
    """The last word of a term without its particle."""
    last = term.words[-1]
    if mixed := _MIXED.fullmatch(last):
        return _mixed_noun(mixed["first"], mixed["hangul"])
    if not _HANGUL.fullmatch(last):
        return None
    stems = possible_stems(last)
    certain = [stem for stem in stems if last[len(stem) :] not in MAY_END_A_NOUN]
    if len(term.words) > 1:
        return next(iter(certain), None)
    ending = last[-1] if last[-1] in MAY_END_A_NOUN else ""
    if not stems or occur(used_as_noun(last, besides=ending)):
        return None
    for stem in stems:
        if occur([stem] if stem in certain else used_as_noun(stem) - {last}):
            return stem
    return None if occur([last]) else next((stem for stem in stems if occur([stem])), None)


def _mixed_noun(first: str, hangul: str) -> str | None:
    """Of a word that begins with Latin letters or digits: AI of AI를, AI반도체 of AI반도체를; 10만 is no 10."""
    if hangul in PARTICLES and not (first[-1].isdigit() and hangul in MAY_END_A_NOUN):
        return first
    stems = (stem for stem in possible_stems(hangul) if hangul[len(stem) :] not in MAY_END_A_NOUN)
    return next((first + stem for stem in stems), None)


def to_fts5(query: Query, nouns: dict[Term, str], column: str = "") -> str:
    """The query in FTS5's language, for a table of `substrings.indexed` texts; all of it in one column, if named."""
    groups = [" OR ".join(_either(term, nouns.get(term)) for term in group) for group in query.all_of]
    wanted = " AND ".join(f"({group})" for group in groups)
    if column:
        wanted = f"{column} : ({wanted})"
    unwanted = " OR ".join(map(_expression, query.none_of))
    return f"({wanted}) NOT ({unwanted})" if unwanted else wanted


def _either(term: Term, noun: str | None) -> str:
    return (
        _expression(term) if noun is None else f"{_expression(term)} OR {_expression(Term((*term.words[:-1], noun)))}"
    )


def _expression(term: Term) -> str:
    *first, last = term.words
    if first:
        # The last word of a phrase may go on, as 공급망 does in 공급망을, and 2,050 in 2,050억.
        return f'("{term.text}" *)' if _GOES_ON.search(last) else f'"{term.text}"'
    if not _HANGUL.fullmatch(last):
        return f'("{last}" *)' if _HANGUL.search(last) else f'"{last}"'
    if len(last) == 1:
        return f'("{last}" *)'
    if len(last) <= LONGEST:
        return f'"{last}"'
    parts = [f'"{last[start : start + LONGEST]}"' for start in range(len(last) - LONGEST + 1)]
    return f"({' AND '.join(parts)})"


def any_of(words: Iterable[str]) -> str:
    """The FTS5 query for any of these words, to the letter."""
    return " OR ".join(_expression(Term((word,))) for word in words)
