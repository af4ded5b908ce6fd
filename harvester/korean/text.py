"""Text as korea.kr serves it, made storable: white space, character references, leads cut in mid-reference."""

import html
import re
import unicodedata
from html.entities import html5

# Characters without width or sight that pages carry along from word processors and rich-text editors.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ud800-\udfff"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"
)
_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_HANGUL_FILLERS = str.maketrans("\u3164\uffa0", "  ")

_SURROGATE = re.compile("[\ud800-\udfff]")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,12}|#[xX][0-9a-fA-F]{1,12}|[A-Za-z][A-Za-z0-9]{1,31});")
_AMPERSANDS = re.compile(r"&(?:(?:amp|AMP|#0{0,5}38|#[xX]0{0,5}26);)+")
_MOST_ROUNDS = 32

_HALF_REFERENCE = re.compile(
    r"&(?:amp;)*(?P<half>#[xX][0-9a-fA-F]{0,6}|#[0-9]{0,7}|[A-Za-z][A-Za-z0-9]{0,31})?(?P<dots>\.{2,}|…)\s*$"
)


def squash(text: str) -> str:
    """One line of text: NFC, every run of white space one space, nothing at the ends, nothing invisible.

    Never NFKC, which would turn `①` into `1` and `㎡` into `m2`. Idempotent. Lone surrogates, which UTF-8 cannot
    store, are dropped with the control characters.
    """
    visible = _INVISIBLE.sub("", text)
    if "\u3164" in visible or "\uffa0" in visible:
        visible = visible.translate(_HANGUL_FILLERS)
    return " ".join(unicodedata.normalize("NFC", visible).split())


def plain(text: str) -> str:
    r"""One line to print, whoever wrote it: what would steer a terminal or turn a text round stands as `\x1b` there."""
    return _STEERING.sub(lambda found: repr(found[0])[1:-1], " ".join(text.split()))


def decode_entities(text: str) -> str:
    """The text behind HTML character references, however often it was encoded (`&amp;amp;middot;` is `·`).

    Only references ended by `;` are read, so `AT&T` and `R&Dxyz` stay. References to control characters vanish; those
    to surrogates, and surrogates in the text itself, become U+FFFD: the result can always be stored as UTF-8.
    """
    for _ in range(_MOST_ROUNDS):
        # All layers of an encoded ampersand at once, lest a long chain of them cost a round each.
        decoded = _REFERENCE.sub(_decode_one, _AMPERSANDS.sub("&amp;", text))
        if decoded == text:
            break
        text = decoded
    return _SURROGATE.sub("\ufffd", text)


def _decode_one(match: re.Match[str]) -> str:
    reference = match[0]
    if reference[1] == "#":
        return html.unescape(reference)
    # Not html.unescape, which would read the `&not` in `&notit;`.
    return html5.get(reference[1:], reference)


def trim_cut_entity(text: str) -> str:
    """A lead that the site cut through a character reference (`…&mi...`), without the half; the dots stay.

    For text before `decode_entities`. `R&D...` stays: what begins with a capital is taken for a word, since the site's
    leads hold no references that do.
    """
    match = _HALF_REFERENCE.search(text)
    if match is None or not _is_half_reference(match["half"] or "", text[: match.start()]):
        return text
    return text[: match.start()] + text[match.start("dots") :]


def _is_half_reference(half: str, before: str) -> bool:
    if half.startswith("#"):
        return True
    if not half:
        return not (before and before[-1].isascii() and before[-1].isalnum())
    return half[0].islower() and any(name.startswith(half) for name in html5)
