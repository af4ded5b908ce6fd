"""Which particle a word may end in. Only the form of a word is known here; whether it is a noun, its use tells."""

_AFTER_CONSONANT = ("을", "은", "이", "과", "과의", "이나", "으로", "으로의", "으로는", "으로도")
_AFTER_VOWEL = ("를", "는", "가", "와", "와의", "나", "로", "로의", "로는", "로도")
_AFTER_ANY = (
    "의", "도", "만", "에", "에는", "에도", "에서", "에서의", "에서는", "에서도", "에게", "까지", "부터", "보다",
)  # fmt: skip
PARTICLES = frozenset((*_AFTER_CONSONANT, *_AFTER_VOWEL, *_AFTER_ANY))
MAY_END_A_NOUN = frozenset("이과나가와로의도만에")
"""Particles that nouns happen to end in as well: 어린이, 성과, 코로나, 허가, 도로, 회의, 속도."""
_PROVINCES = frozenset(("강원도", "경기도", "경상도", "전라도", "제주도", "충청도", "평안도", "함경도", "황해도"))
"""With 도 they mean the same as without, and so nothing in their use tells that 도 is no particle."""

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
    if word in _PROVINCES:
        return []
    stems = (word[:length] for length in range(SHORTEST_STEM, len(word)))
    return [stem for stem in stems if (particle := word[len(stem) :]) in PARTICLES and _fits(stem, particle)]


def _fits(stem: str, particle: str) -> bool:
    consonant = final_consonant(stem)
    if particle.startswith(("로", "으로")):
        return particle.startswith("으로") == (consonant not in (0, RIEUL))
    if particle in _AFTER_ANY:
        return True
    return particle in (_AFTER_CONSONANT if consonant else _AFTER_VOWEL)


def as_topic(noun: str) -> str:
    """The noun as topic, `희토류는`."""
    return noun + ("은" if final_consonant(noun) else "는")


def as_object_and_subject(noun: str) -> tuple[str, str]:
    """The noun as object and as subject, `희토류를` and `희토류가`: what ends in another particle is never found so."""
    return (noun + "을", noun + "이") if final_consonant(noun) else (noun + "를", noun + "가")
