"""Agendas of the cabinet: items, each with the ministry in charge, `【소관 : 재정경제부 물가정책과 044-000-0000】`.

On korea.kr a title in angle brackets, what is said of it, and the mark were seen, in this order. The other order, a
heading that ends with its mark and the explanation below it, is read too; which of them it is shows at each mark.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from harvester.korean.ministries import is_ministry_name


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One item. `title` and `text` are pieces of the agenda as printed; `text` is empty where nothing is said of it.

    `ministries` are those named in the mark, as printed, `("재정경제부",)`; empty where it names none for certain.
    `in_charge` is what stands in the mark, `재정경제부 물가정책과`, without telephone numbers.
    """

    title: str
    ministries: tuple[str, ...]
    in_charge: str
    text: str


def read_agenda(text: str) -> list[AgendaItem]:
    """The items of an agenda that have a mark of who is in charge, in their order; `text` has a paragraph a line.

    An item whose title cannot be told has its first line as title. What belongs to no item, such as the words before
    the first, is left out; so is an item without a mark.
    """
    marks = _marks(text)
    bounds = [0, *(mark.end for mark in marks)]
    blocks = [_block(text, begin, mark.begin) for begin, mark in zip(bounds, marks, strict=False)]
    if not marks:
        return []
    if not blocks[0]:
        return list(_items_below_marks(text, marks))
    forms = _forms(text, marks, blocks)
    firsts = [_first(text, blocks, forms, at) for at in range(len(marks))]
    begins = [*(first.begin for first in firsts[1:]), len(text)]
    items = []
    for mark, first, form, next_begin in zip(marks, firsts, forms, begins, strict=True):
        title, after = _title(first)
        said = text[after : mark.begin] if form == "closing" else text[mark.end : next_begin]
        items.append(_item(title, mark, _GROUP_AT_END.sub("", said.rstrip())))
    return items


def _items_below_marks(text: str, marks: Sequence["_Mark"]) -> Iterator[AgendaItem]:
    """The items of a text that begins with a mark: each stands below its own."""
    ends = [*(mark.begin for mark in marks[1:]), len(text)]
    for mark, end in zip(marks, ends, strict=True):
        first = next(_lines(text, mark.end, end), None)
        if first:
            title, after = _title(first)
            yield _item(title, mark, text[after:end])


def _item(title: str, mark: "_Mark", said: str) -> AgendaItem:
    in_charge = _in_charge(mark.content)
    return AgendaItem(title, _ministries(in_charge), in_charge, said.strip())


# Marks

_MARK = re.compile(
    r"[【〔［\[]\s*소\s?관\s?(?:부\s?처|기관|부서)?(?:\s*[:：∶]\s*|\s+)(?P<content>[^】〕］\]【〔［\[]{1,300})[】〕］\]]"
    r"|\(\s*소\s?관\s?(?:부\s?처|기관|부서)?\s*[:：∶]\s*(?P<bracketed>(?:[^()]|\([^()]{0,100}\)){1,300})\)"
)
_BETWEEN_MARKS = re.compile(r"[\s,，·ㆍ/]*")
_NUMBER = (
    r"(?:(?:☎|☏|전화|연락처|Tel\.?|T\.)[\s:：]*)?(?<!\d)(?:\(?0\d{1,2}(?:\)|\s?[-.)])\s?\d{3,4}|1[568]\d{2})\s?[-.]\s?\d{4}"
    r"(?!\d)(?:(?:\s?~\s?\d{1,4}|\s?[,/·]\s?(?:\d{3,4}-)?\d{4})(?!\d))*"
)
_PHONE = re.compile(rf"\s*\(\s*{_NUMBER}\s*\)|[\s,]*{_NUMBER}")
_AND = re.compile(r"\s*[·ㆍ・‧,，、/;]\s*|\s+(?:및|와|과)\s+")
_LIKE_A_MINISTRY = re.compile(r"[가-힣]{2,}(?:(?<!본)부|(?<!부)처|청|위원회|실|원)")
_LIKE_ANOTHER = re.compile(r"[가-힣]{2,}(?:(?<![본지])부|(?<!부)처|청|위원회)")


class _Mark(NamedTuple):
    begin: int
    end: int
    content: str


def _marks(text: str) -> list[_Mark]:
    """The marks; those side by side, which are of one item, as one."""
    marks: list[_Mark] = []
    for found in _MARK.finditer(text):
        content = found["content"] or found["bracketed"]
        if marks and _BETWEEN_MARKS.fullmatch(text, marks[-1].end, found.start()):
            first = marks.pop()
            marks.append(_Mark(first.begin, found.end(), f"{first.content}, {content}"))
        else:
            marks.append(_Mark(found.start(), found.end(), content))
    return marks


def _in_charge(content: str) -> str:
    return " ".join(_PHONE.sub("", content).split())


def _ministries(in_charge: str) -> tuple[str, ...]:
    """`재정경제부 물가정책과, 법무부` names two; `관계부처 합동` names none."""
    found: dict[str, None] = {}
    for at, part in enumerate(_AND.split(in_charge)):
        first, *more = re.sub(r"\(.*?\)", " ", part).split() or [""]
        if is_ministry_name(first) or (_LIKE_ANOTHER if at else _LIKE_A_MINISTRY).fullmatch(first):
            found[first] = None
        found.update((word, None) for word in more if is_ministry_name(word) and not word.isascii())
    return tuple(found)


# Where an item begins

_Form = Literal["closing", "heading"]


class _Line(NamedTuple):
    """A line, or what a mark leaves of it, by its bounds in the text; without white space around it."""

    begin: int
    end: int
    text: str


_ENUMERATED = re.compile(
    r"(?P<number>\d{1,2}\s?[.)]|\(\d{1,2}\))\s*|(?P<circled>[①-⑳])\s*|(?P<letter>[가나다라마바사아자차카타파하]\s?[.)])\s*"
    r"|(?P<square>[□■◇◆▶▷◎☐])\s*"
)
_KINDS = ("square", "number", "letter", "circled")
_BULLET = re.compile(r"[○●◦▪•△▲]\s*|[ㅇ*·-]\s+")
_BRACKETED = re.compile(r"<([^<>\n]{2,200})>|〈([^〈〉\n]{2,200})〉|＜([^＜＞\n]{2,200})＞|《([^《》\n]{2,200})》")
_CORNERED = re.compile(r"(?:「([^「」\n]{2,200})」|『([^『』\n]{2,200})』|｢([^｢｣\n]{2,200})｣)(?=\s*(?:[,，:：]|$))")
_BILL = re.compile(r"(.{2,200}?[가-힣](?:안|건)(?:\s?\([^()]{1,60}\))?)(?=\s*[,，:：]\s|\s[-–—]\s|$)")
_REST_OF_BILL = re.compile(r" ?[^,，.:：<>\n]{0,60}[가-힣](?:안|건)(?=\s*(?:[,，:：]|$))")
_DIVIDER = re.compile(r"\s*(?:[,，:：]|[-–—](?=\s))?\s*")
_SENTENCE = re.compile(r".*(?:[가-힣)”’][.!?。]|다|함|음|됨)")
# 대통령령안 (2건), over several items.
_GROUP = re.compile(
    r"(?:\d{1,2}\s?[.)]|[□■◇◆○●▶▷①-⑳-])? ?[<〈＜\[【(]? ?(?:심의|의결|즉석|보고|일반)? ?"
    r"(?:법률공포안|법률안|대통령령안|총리령안|부령안|안건|공포안) ?\(? ?(?:\d{1,3} ?건)? ?\)? ?[>〉＞\]】)]?"
)
_GROUP_AT_END = re.compile(rf"\n ?{_GROUP.pattern}$")
_IN_RUNNING_TEXT = re.compile(rf"(?<=[.다])\s+(?=(?:{_BRACKETED.pattern})\s*[,，])")


def _lines(text: str, begin: int, end: int) -> Iterator[_Line]:
    for found in re.compile(r"[^\n]+").finditer(text, begin, end):
        line = found[0].strip()
        if not _BETWEEN_MARKS.fullmatch(line):
            start = found.start() + found[0].index(line)
            yield _Line(start, start + len(line), line)


def _block(text: str, begin: int, end: int) -> list[_Line]:
    """The lines up to a mark, without the headings of groups."""
    lines = list(_lines(text, begin, end))
    return [line for line in lines if line is lines[-1] or not _GROUP.fullmatch(line.text)]


def _forms(text: str, marks: Sequence[_Mark], blocks: Sequence[Sequence[_Line]]) -> list[_Form]:
    """For each mark whether it closes its item or stands in its heading; where neither shows, as most of them do."""
    shown = [_form(block[-1], block[:-1]) for block in blocks]
    closing, heading = shown.count("closing"), shown.count("heading")
    if closing == heading:
        # Headings have their explanations below them, the last one too.
        heading += bool(text[marks[-1].end :].strip())
    usual: _Form = "heading" if heading > closing else "closing"
    return [form or usual for form in shown]


def _form(last: _Line, above: Sequence[_Line] = ()) -> _Form | None:
    """What the line that a mark stands in, or below, says of the mark; None where it says nothing for certain."""
    if _SENTENCE.fullmatch(last.text) or (any(map(_is_sure, above)) and not _is_bracketed(last)):
        return "closing"
    if titled := _titled(last.text):
        return "closing" if last.text[titled.after :] else "heading"
    kind = _kind(last)
    # ① below 1. may be a point of the explanation.
    if kind is None or any(_KINDS.index(each) < _KINDS.index(kind) for each in map(_kind, above) if each):
        return None
    return "heading"


def _first(text: str, blocks: Sequence[Sequence[_Line]], forms: Sequence[_Form], at: int) -> _Line:
    """The line that an item begins with; all lines above it in its block are of the item before, or of none."""
    block = blocks[at]
    if forms[at] == "heading":
        return block[-1]
    if bracketed := [line for line in block if _is_bracketed(line)]:
        return ([line for line in bracketed if _is_sure(line)] or bracketed)[-1]
    titled = [line for line in block if _titled(line.text)]
    if at > 0 and forms[at - 1] == "closing":
        begins_anew = [line for line in block if line in titled or _kind(line)]
        return begins_anew[0] if begins_anew and _SENTENCE.fullmatch(block[0].text) else block[0]
    if within := list(_IN_RUNNING_TEXT.finditer(block[-1].text)):
        begin = block[-1].begin + within[-1].end()
        return _Line(begin, block[-1].end, text[begin : block[-1].end])
    usual = _usual_kind(blocks, forms)
    as_usual = [line for line in block if usual and _kind(line) == usual]
    return (as_usual or titled or _enumerated_alike(block) or [_after_blank(text, block)])[-1]


def _is_bracketed(line: _Line) -> bool:
    return bool(_BRACKETED.match(line.text, _skip_bullet(line.text)))


def _is_sure(line: _Line) -> bool:
    """Whether what a line has in angle brackets is an item's title, and not <주요 내용>."""
    found = _BRACKETED.match(line.text, _skip_bullet(line.text))
    return found is not None and bool(
        _BILL.fullmatch(_title(line)[0]) or re.match(r"\s*[,，]", line.text[found.end() :])
    )


def _enumerated_alike(block: Sequence[_Line]) -> list[_Line]:
    """The lines that are enumerated as the first of them is."""
    enumerated = [line for line in block if _kind(line)]
    return [line for line in enumerated if _kind(line) == _kind(enumerated[0])]


def _kind(line: _Line) -> str | None:
    """By what sort of number or square a line is enumerated."""
    found = _ENUMERATED.match(line.text)
    return found.lastgroup if found else None


def _usual_kind(blocks: Sequence[Sequence[_Line]], forms: Sequence[_Form]) -> str | None:
    """How the items behind a closed item are enumerated, where nothing but an item can begin."""
    for before, block in zip(forms, blocks[1:], strict=False):
        kind = next(filter(None, map(_kind, block)), None) if before == "closing" else None
        if kind:
            return kind
    return None


def _after_blank(text: str, block: Sequence[_Line]) -> _Line:
    first = block[-1]
    for line in reversed(block[:-1]):
        if text.count("\n", line.end, first.begin) > 1:
            break
        first = line
    return first


# Titles


def _skip_bullet(line: str) -> int:
    found = _ENUMERATED.match(line) or _BULLET.match(line)
    return found.end() if found else 0


class _Title(NamedTuple):
    """A title by its bounds in a line, and where what is said of it begins."""

    begin: int
    end: int
    after: int


def _titled(line: str) -> _Title | None:
    """The title a line begins with, where it shows: `<…>`, `「…」,`, `…법률안, `; None where it does not."""
    start = _skip_bullet(line)
    if bracketed := _BRACKETED.match(line, start):
        # `<국민의 삶> 개정안`: the brackets are of the title, not around it.
        longer = _REST_OF_BILL.match(line, bracketed.end())
        begin, end = (start, longer.end()) if longer else bracketed.span(bracketed.lastindex or 0)
        outer = longer.end() if longer else bracketed.end()
    elif cornered := _CORNERED.match(line, start):
        (begin, end), outer = cornered.span(cornered.lastindex or 0), cornered.end()
    elif bill := _BILL.match(line, start):
        (begin, end), outer = bill.span(1), bill.end()
    else:
        return None
    divider = _DIVIDER.match(line, outer)
    return _Title(begin, end, divider.end() if divider else outer)


def _title(first: _Line) -> tuple[str, int]:
    """The title of the item that begins with this line, and where in the text what is said of it begins."""
    if titled := _titled(first.text):
        return first.text[titled.begin : titled.end].strip(), first.begin + titled.after
    whole = first.text[_skip_bullet(first.text) :].rstrip(" ,，:：-–")
    return whole or first.text, first.end
