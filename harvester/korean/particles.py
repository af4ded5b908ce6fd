"""Which particle a word may end in. Only the form of a word is known here; whether it is a noun, its use tells."""

# Without 도, 만 and 나, which end too many nouns (만족도, 순천만, 코로나) in no other way than they end particles.
_AFTER_CONSONANT = ("을", "은", "이", "과", "과의", "이나", "으로", "으로의", "으로는", "으로도", "으로서")
_AFTER_VOWEL = ("를", "는", "가", "와", "와의", "로", "로의", "로는", "로도", "로서")
_AFTER_ANY = (
    "의", "에", "에는", "에도", "에서", "에서의", "에서는", "에서도", "에게", "까지", "부터", "보다", "처럼", "마다",
)  # fmt: skip
PARTICLES = frozenset((*_AFTER_CONSONANT, *_AFTER_VOWEL, *_AFTER_ANY))
MAY_END_A_NOUN = frozenset("이과가와로의")
"""Particles that nouns happen to end in as well: 어린이, 성과, 판매가, 평화, 원자로, 회의."""

RIEUL = 8
SHORTEST_STEM = 2
"""Syllables. Of one syllable nearly everything is a word: 회의 is no 회 with a particle."""


def final_consonant(word: str) -> int:
    """Number of the final consonant (받침) of the last syllable, 0 for none: Unicode orders syllables by 28 endings."""
    return (ord(word[-1]) - ord("가")) % 28 if "가" <= word[-1] <= "힣" else 0


def possible_stems(word: str) -> list[str]:
    """The word without each particle that its form allows, the longest particle first.

    `희토류를` gives `희토류`, `대한민국` and `국가` nothing. `어린이` gives `어린`: its form does not tell that it is
    no 어린 with a particle.
    """
    stems = (word[:length] for length in range(SHORTEST_STEM, len(word)))
    return [stem for stem in stems if (particle := word[len(stem) :]) in PARTICLES and _fits(stem, particle)]


def _fits(stem: str, particle: str) -> bool:
    consonant = final_consonant(stem)
    if particle.startswith(("로", "으로")):
        return particle.startswith("으로") == (consonant not in (0, RIEUL))
    if particle in _AFTER_ANY:
        return True
    return particle in (_AFTER_CONSONANT if consonant else _AFTER_VOWEL)


def used_as_noun(word: str, besides: str = "") -> set[str]:
    """The word as nouns are used, `희토류를`, `희토류는`, …: what ends in `besides`, a particle, is never found so."""
    object_, topic, subject = ("을", "은", "이") if final_consonant(word) else ("를", "는", "가")
    followed_by_more = besides in ("과", "와", "로")  # 와의, 로는: these stand before others
    uses = {object_, subject} if followed_by_more else {object_, subject, topic, "의", "에", "에서"}
    return {word + particle for particle in uses}
