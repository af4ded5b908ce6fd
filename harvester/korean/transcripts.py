"""Transcripts of briefings: who says what, who asks and who answers.

The forms were seen in briefings on korea.kr: `<홍길동 대변인>` before what is said, `[질문·답변]` before the questions,
`<질문>` and `<답변>` before each of them. Other brackets, `Q.`, `문)` and `홍길동 대변인 : …` are read too.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

# The ranks of those who speak are the ranks of those who can be called.
from harvester.korean.contacts import _ALL_FAMILIES, _HEADS, _LONG_FAMILIES, _NO_NAMES, _RANKS, _SHORT_RANKS

Kind = Literal["statement", "question", "answer"]


@dataclass(frozen=True, slots=True)
class Statement:
    """What one speaker says without a break.

    `speaker` is as printed, `홍길동 대변인`; None where none is named. `text` has a paragraph a line; it is empty where
    nothing follows the name.
    """

    kind: Kind
    speaker: str | None
    text: str


def read_transcript(text: str) -> list[Statement]:
    """The statements of a briefing in their order; `text` has a paragraph a line.

    A marker stands at the beginning of a line: a speaker in brackets, `<질문>`, `<답변>`, or one of the forms without
    brackets where the text uses it throughout. All other lines belong to the statement above them, so no word is lost
    but the markers themselves. What stands before the first marker, and between a heading such as `[질문·답변]` and
    the next marker (`※마이크 미사용으로 …`), is a statement of nobody. Once a question was asked, what an official says
    is an answer. A text without any marker is one statement without a speaker; an empty one has none.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    statements = list(_statements(_passages(lines)))
    return statements or ([Statement("statement", None, "\n".join(lines))] if lines else [])


class _Marker(NamedTuple):
    """What begins a passage. `kind` is None for an official: a statement or an answer, as it comes."""

    kind: Kind | None
    speaker: str | None
    rest: str = ""
    is_heading: bool = False


class _Passage(NamedTuple):
    marker: _Marker
    lines: list[str]


_Reader = Callable[[str], _Marker | None]


def _passages(lines: Sequence[str]) -> list[_Passage]:
    readers = _readers(lines)
    passages = [_Passage(_Marker("statement", None, is_heading=True), [])]
    for line in lines:
        marker = next((found for reader in readers if (found := reader(line))), None)
        if marker is None:
            passages[-1].lines.append(line)
        else:
            passages.append(_Passage(marker, [marker.rest] if marker.rest else []))
    return passages


def _statements(passages: Sequence[_Passage]) -> Iterator[Statement]:
    asked = False
    for marker, lines in passages:
        if marker.is_heading and not lines:
            continue
        kind = marker.kind or ("answer" if asked else "statement")
        asked = asked or kind == "question"
        speaker, said = marker.speaker, lines
        if speaker is None and kind != "statement":
            speaker, said = _named_within(kind, lines)
        yield Statement(kind, speaker, "\n".join(said))


# Speakers

_LONGEST_MARKER = 40


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A word that ends in one of these names somebody by itself: 외교부 대변인, 질병관리청장.
_OFFICES = _words("""
    대통령 총리 부총리 장관 차관 청장 처장 위원장 본부장 실장 국장 과장 의장 대변인 정책관 기획관 심의관 조정관 협력관
    관리관 담당관 비서관 보좌관 사무관 서기관 주무관 기자 특파원
""")
# After a name only: 시장 is a market too, and 연구원 an institute.
_OTHERS = _words("""
    대사 공사 총영사 특보 대표 의원 총재 판사 시장 도지사 지사 군수 구청장 교육감 감사 앵커 아나운서 준장 중장
    치안감 치안정감 치안총감
""")
_OFFICE = re.compile(f".*(?:{'|'.join(sorted(_OFFICES))})")
_SURE_RANK = re.compile(f".*(?:{'|'.join(sorted(_OFFICES | _RANKS | _HEADS | _SHORT_RANKS))})")
_RANK = re.compile(f"{_SURE_RANK.pattern}|.*(?:{'|'.join(sorted(_OTHERS))})")
_PRESS = re.compile(r".*(?:기자|특파원)")
_HANGUL = re.compile(r"[가-힣]+")
_NO_SPEAKER = re.compile(r"[.?!:;,\"“”‘’'「」『』<>\[\]]")


def _is_speaker(text: str, *, named: bool = False) -> bool:
    """Whether these words are somebody's name and office, `홍길동 외교부 대변인`; without `named` an office will do."""
    if len(text) > _LONGEST_MARKER or _NO_SPEAKER.search(text):
        return False
    # 홍길동(외교부 대변인) and 홍길동 대변인(외교부) are the same.
    words = re.sub(r"\([^()]*\)$", "", text).split() if "(" in text else text.split()
    bracketed = re.sub(r"[()]", " ", text).split()
    if not words or not bracketed:
        return False
    if not named and _OFFICE.fullmatch(words[-1]):
        return True
    name = next((word for at, word in enumerate(words) if (at == 0 or len(word) > 2) and _is_name(word)), None)
    if name is None:
        return False
    # 정부 and 주식 look like short names: 정부 대표, 주식 시장.
    rank = _RANK if len(name) > 2 else _SURE_RANK
    return any(each[-1] != name and bool(rank.fullmatch(each[-1])) for each in (words, bracketed))


def _is_name(word: str) -> bool:
    if not _HANGUL.fullmatch(word) or word in _NO_NAMES or _OFFICE.fullmatch(word):
        return False
    return (2 <= len(word) <= 3 and word[0] in _ALL_FAMILIES) or (
        3 <= len(word) <= 4 and word.startswith(_LONG_FAMILIES)
    )


# Markers

_NUMBER = r" ?\d{0,2}"
_HEADING = re.compile(
    r"(?:(?:[IVX]{1,4}|[Ⅰ-Ⅻ]|\d{1,2}) ?[.)] ?|[□■○●◆◇▶*※-] ?)?[<〈＜\[［【(]? ?"
    r"(?:질문 ?(?:[·ㆍ・‧,/&]|및|과)? ?답변|질의 ?(?:[·ㆍ・‧,/&]|및|와)? ?(?:응답|답변)|일문 ?일답|Q ?& ?A"
    r"|모두 ?(?:발언|말씀)) ?[>〉＞\]］】)]?"
)
_BRACKETS = {"<": ">", "〈": "〉", "＜": "＞", "[": "]", "［": "］", "【": "】"}
# `<질문>에 대한 답변은` is a sentence about a question.
_PARTICLE = re.compile(
    r"(?:은|는|을|를|의|에|에서|에는|와|과|으로|로|가|도|에게|께서) "
    r"|에 대[한해]|이라|라는|라고|이란|이며|입니다|이나 "
)
# 문 alone may be a family: 문 장관.
_ROLE = re.compile(
    rf"(?:(?P<question>(?:추가 ?)?(?:질문|질의))|(?P<answer>(?:추가 ?)?(?:답변|응답))){_NUMBER}"
    r"(?:(?: ?[-–:：,(] ?| )(?P<after>.+?)\)?)?"
    rf"|(?:(?P<q>[QＱ문])|[AＡ답]){_NUMBER}[.:：)]?"
    r"|(?P<before>.+) (?:(?P<asks>질문|질의)|(?:답변|응답))"
)
_MODERATORS = _words("사회자 진행자")
_ASKERS = _words("기자 질문자 질의자 기자단 취재진")
_ANSWERERS = _words("답변자 응답자")


def _heading(line: str) -> _Marker | None:
    return _Marker("statement", None, is_heading=True) if _HEADING.fullmatch(line) else None


def _bracketed(line: str) -> _Marker | None:
    """`<홍길동 대변인> 안녕하십니까`, `[질문]`, `【답변 - 성춘향 과장】`."""
    closer = _BRACKETS.get(line[0])
    end = line.find(closer, 1, _LONGEST_MARKER + 4) if closer else -1
    if end < 0:
        return None
    rest = line[end + 1 :]
    if _PARTICLE.match(rest):
        return None
    found = _heading(line[: end + 1]) or _role(line[1:end].strip())
    return found and found._replace(rest=re.sub(r"^\s*[:：]?\s*", "", rest))


def _role(inner: str) -> _Marker | None:
    """Who the words of a marker mean; None where they are none."""
    if inner in _MODERATORS:
        return _Marker("statement", inner)
    if inner in _ASKERS or inner in _ANSWERERS:
        return _Marker("question" if inner in _ASKERS else "answer", inner)
    if role := _ROLE.fullmatch(inner):
        speaker = (role["after"] or role["before"] or "").strip() or None
        if speaker is None or _is_speaker(speaker):
            asks = role["question"] or role["q"] or role["asks"]
            return _Marker("question" if asks else "answer", speaker)
    if _is_speaker(inner):
        return _Marker("question" if _PRESS.fullmatch(inner) else None, inner)
    return None


_LETTER = re.compile(rf"(?:(?P<question>질문|질의|문|[QＱ])|(?:답변|응답|답|[AＡ])){_NUMBER} ?[.:)．：] ?(?P<rest>.*)")
_COLON = re.compile(r"[▲△◆◇●○■□▶▷◎*-]? ?(?P<who>[^:：]{2,40}?) ?[:：] ?(?P<rest>.*)")
_CALLED = re.compile(r"[☎☏(]* ?0\d")
_SPOKEN = re.compile(r"[가-힣][.?!…]")


def _lettered(line: str) -> _Marker | None:
    """`Q. …`, `답변 1: …`, `문) …`."""
    found = _LETTER.fullmatch(line)
    return found and _Marker("question" if found["question"] else "answer", None, found["rest"])


def _with_colon(line: str) -> _Marker | None:
    """`▲홍길동 부대변인 : …`, `기자 : …`."""
    found = _COLON.fullmatch(line)
    if found is None or _CALLED.match(found["rest"]):
        return None
    who = found["who"]
    known = who in _MODERATORS | _ASKERS or _is_speaker(who, named=True)
    marker = _role(who) if known else None
    return marker and marker._replace(rest=found["rest"])


def _readers(lines: Sequence[str]) -> list[_Reader]:
    """The forms of marker that this text uses: those without brackets only where they cannot be anything else."""
    bracketed = [marker for line in lines if (marker := _bracketed(line)) and not marker.is_heading]
    readers: list[_Reader] = [_heading, _bracketed]
    lettered = {marker.kind for line in lines if (marker := _lettered(line))}
    if len(lettered) == 2 and not any(marker.kind in lettered for marker in bracketed):
        readers.append(_lettered)
    speaking = [
        at for at, line in enumerate(lines) if (marker := _with_colon(line)) and _speaks(marker, lines[at + 1 : at + 2])
    ]
    if not bracketed and (len(speaking) > 1 or 0 in speaking):
        readers.append(_with_colon)
    return readers


def _speaks(marker: _Marker, following: Sequence[str]) -> bool:
    """Whether words in a sentence come after it, as they do after no entry of a list."""
    return bool(_SPOKEN.search(marker.rest or " ".join(following)))


# Names within what is said

_FIRST = re.compile(r"[(（] ?(?P<bracketed>[^()（）]{2,40}?) ?[)）] ?[:：]? ?(?P<rest>.*)")
_FIRST_WITH_COLON = re.compile(r"(?P<plain>[^:：()（）]{2,40}?) ?[:：] ?(?P<rest>.*)")
_LAST = re.compile(r"(?P<rest>.*?) ?[(（] ?(?P<who>[^()（）]{2,40}?) ?[)）][.]?")


def _named_within(kind: Kind, lines: list[str]) -> tuple[str | None, list[str]]:
    """Who asks or answers, and the lines without the name: `(성춘향 과장) …`, `성춘향 과장: …`, `… (이몽룡 기자)`."""
    if not lines:
        return None, lines
    first = _FIRST.fullmatch(lines[0])
    if first and _is_speaker(first["bracketed"]):
        return first["bracketed"], _kept(first["rest"], *lines[1:])
    first = _FIRST_WITH_COLON.fullmatch(lines[0])
    if first and _is_speaker(first["plain"], named=first["plain"].count(" ") > 1):
        return first["plain"], _kept(first["rest"], *lines[1:])
    last = _LAST.fullmatch(lines[-1]) if kind == "question" else None
    if last and _is_speaker(last["who"]):
        return last["who"], _kept(*lines[:-1], last["rest"])
    return None, lines


def _kept(*lines: str) -> list[str]:
    return [line for line in lines if line]
