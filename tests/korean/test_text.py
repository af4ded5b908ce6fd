import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.korean import decode_entities, squash, trim_cut_entity

any_text = st.text(st.characters(codec=None, categories=None))  # lone surrogates and control characters too


def test_squash() -> None:
    assert squash("  산업\u200b통상\u00a0\u3000자원부\r\n\t") == "산업통상 자원부"
    assert squash(unicodedata.normalize("NFD", "환경부")) == "환경부"
    assert squash("①㎡½\x00\ud800") == "①㎡½"


@given(any_text)
def test_squash_is_idempotent_and_can_be_stored(text: str) -> None:
    squashed = squash(text)
    assert squash(squashed) == squashed == unicodedata.normalize("NFC", squashed)
    squashed.encode()


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("&middot;", "·"),
        ("&amp;middot;", "·"),
        ("&amp;amp;amp;middot;", "·"),
        ("&" + "amp;" * 10_000 + "lt;", "<"),
        ("&#x3147;&#12615;", "ㅇㅇ"),
        ("&#38;amp;lt;", "<"),
        ("R&D", "R&D"),
        ("R&Dxyz AT&T &middot &notit;", "R&Dxyz AT&T &middot &notit;"),
        ("Q&amp;A", "Q&A"),
        ("&#x1;&#xD800;\ud800", "\ufffd\ufffd"),
        ("&unknown;", "&unknown;"),
        ("&#99999999999;", "\ufffd"),
    ],
)
def test_decode_entities(text: str, decoded: str) -> None:
    assert decode_entities(text) == decoded


@given(any_text)
def test_what_is_decoded_can_be_stored(text: str) -> None:
    decode_entities(text).encode()


@pytest.mark.parametrize(
    ("text", "trimmed"),
    [
        ("한국&mi...", "한국..."),
        ("한국&#x31...", "한국..."),
        ("한국&#12…", "한국…"),
        ("한국 &...", "한국 ..."),
        ("한국&amp;mid...", "한국..."),
        ("한국&middot;...", "한국&middot;..."),
        ("R&D...", "R&D..."),
        ("R&amp;D...", "R&amp;D..."),
        ("한국&mi", "한국&mi"),
        ("한국...", "한국..."),
        ("&mi... 한국", "&mi... 한국"),
    ],
)
def test_trim_cut_entity(text: str, trimmed: str) -> None:
    assert trim_cut_entity(text) == trimmed
