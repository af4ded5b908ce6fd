"""Source lines, with which a re-posted release ends: `(2024.01.17 산업통상자원부)`; by themselves and in any text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from harvester.korean.dates import UnreadableDate, read_date
from harvester.korean.ministries import is_ministry_name
from harvester.korean.text import squash

_LONGEST = 200
_BRACKETS = ("()", "（）", "[]", "［］")
_DAY = (
    r"(?P<day>['’‘`´′]?[0-9]{2,4}\s?(?:[./-]\s?[0-9]{1,2}\s?){2}\.?|[0-9]{4}\s?년\s?[0-9]{1,2}\s?월\s?[0-9]{1,2}\s?일)"
)
_WEEKDAY = r"(?P<weekday>\s?\([월화수목금토일]\))?"
_BETWEEN = r"(?:\s?[,·ㆍ/|]\s?|\s|(?<=[.일)])|$)"
_MINISTRY = r"(?P<ministry>[^\W_](?:[\w ·ㆍ‧・,&'’./-]*[^\W_])?)"
_DAY_FIRST = re.compile(f"{_DAY}{_WEEKDAY}{_BETWEEN}{_MINISTRY}")
_MINISTRY_FIRST = re.compile(rf"{_MINISTRY}(?:\s?[,·ㆍ/|]\s?|\s){_DAY}{_WEEKDAY}")
_LETTER = re.compile(r"[^\W\d_]")
_ANOTHER_DATE = re.compile(r"[0-9]\s?[./-]\s?[0-9]|[0-9]\s?[년월일시]")


@dataclass(frozen=True)
class SourceLine:
    """`ministry` as printed (several stay joined as they were), the Korean `day`, and the line as given."""

    ministry: str
    day: date
    raw: str


@dataclass(frozen=True, slots=True)
class FoundSourceLine:
    """A source line in a text: `text[start:end]` is its `raw`; `line` counts from 1."""

    line: int
    start: int
    end: int
    source: SourceLine


class UnreadableSourceLine(ValueError):
    """Not a source line; the message names the line and says why."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text, reason)
        self.text = text
        self.reason = reason

    def __str__(self) -> str:
        shown = self.text if len(self.text) <= _LONGEST else self.text[:_LONGEST] + "…"
        return f"{shown!r} is no source line: {self.reason}"


def read_source_line(text: str) -> SourceLine:
    """Reads `(2024.01.17 산업통상자원부)` and what people type for it: `[2024-1-17, 산업부]`.

    Without brackets, only a ministry that is known is believed to be one. Raises UnreadableSourceLine.
    """
    if len(text) > _LONGEST:
        raise UnreadableSourceLine(text, f"longer than {_LONGEST} characters")
    line = squash(text)
    bracketed = len(line) > 2 and line[0] + line[-1] in _BRACKETS
    inside = line[1:-1].strip() if bracketed else line
    match = _DAY_FIRST.fullmatch(inside) or _MINISTRY_FIRST.fullmatch(inside)
    if match is None:
        raise UnreadableSourceLine(
            text, "expected a day with its year and a ministry in brackets, as in (2024.01.17 산업부)"
        )
    ministry = match["ministry"]
    if not _LETTER.search(ministry) or _ANOTHER_DATE.search(ministry):
        raise UnreadableSourceLine(text, f"{ministry!r} is no ministry")
    if not bracketed and not _is_known(ministry):
        raise UnreadableSourceLine(text, f"it has no brackets and {ministry!r} is no ministry known")
    try:
        day = read_date(match["day"] + (match["weekday"] or "")).day
    except UnreadableDate as error:
        raise UnreadableSourceLine(text, error.reason) from error
    return SourceLine(ministry=ministry, day=day, raw=text)


def write_source_line(ministry: str, day: date) -> str:
    """`(2024.01.17 산업통상자원부)`. Raises ValueError where it could not be read back as the same."""
    if len(ministry.splitlines()) != 1:
        raise ValueError(f"the ministry of a source line is one line of text, not {ministry!r}")
    line = f"({day.year:04d}.{day.month:02d}.{day.day:02d} {squash(ministry)})"
    written = read_source_line(line)
    if (written.ministry, written.day) != (squash(ministry), day):
        raise UnreadableSourceLine(line, f"it would be read as {written.ministry!r} on {written.day}")
    return line


# --- in any text ----------------------------------------------------------------------------------------------------

# Everything is looked for around a day with its year, at most so far from it: the time is that of the length.
_REACH = 120
_DAYS = re.compile(
    rf"(?<![0-9./-]){_DAY}(?![0-9])(?:일?자(?![가-힣])|일(?![가-힣]))?(?:\s?\([월화수목금토일](?:요일)?\)\.?)?".replace(
        r"\s", r"[^\S\n\t]"
    )
)
_PAIRS = {"(": ")", "[": "]", "<": ">", "【": "】", "〔": "〕", "〈": "〉"}
_OPENED = re.compile(r"[(\[<【〔〈]([^()\[\]<>【】〔〕〈〉\n\t]*)$")
_CLOSED = re.compile(r"([^()\[\]<>【】〔〕〈〉\n\t]*)[)\]>】〕〉]")
_DOCUMENT = (
    r"(?:정책\s?)?(?:공동\s?|합동\s?)?(?:보도\s?(?:참고|설명|해명)?\s?자료|(?:참고|설명|해명)\s?자료|브리핑|제공|발표"
    r"|누리집|홈페이지)"
)
# `출처: …`, `[출처] …`, `자료=…`, `※ 출처 : …`
_LABEL = re.compile(
    r"(?:[(\[<【〔〈]\s?)?(?<![^\W\d_])(?:자료\s?출처|출처|자료|사진|그래픽|제공|source)\s{0,3}(?:[:=]|[)\]>】〕〉]\s{0,3}[:=]?)\s{0,3}",
    re.IGNORECASE,
)
_LABELLED = re.compile(rf"{_LABEL.pattern}(?P<rest>[^\n\t:=]*)$", re.IGNORECASE)
_TITLE = r"(?:「[^」]*」|『[^』]*』|‘[^’]*’|“[^”]*”|\"[^\"]*\"|'[^']*')"
_AT_THE_END = re.compile(rf"(?:[\s,·ㆍ/|]|{_DOCUMENT}|{_TITLE})+$")
_AT_THE_START = re.compile(rf"^(?:[\s,·ㆍ/|.]|{_DOCUMENT}(?:\s?에서)?)+")
_PRINTED_NAMES = re.compile(r"[^\W_]+(?:\s?[·ㆍ‧・,/]\s?[^\W_]+)*")
_A_DOCUMENT = re.compile(rf"\s?{_DOCUMENT}")
# What stands beside a day in brackets and is no name: `(2024.1.17 개최)`, `(법률 제1234호, 2024.1.17.)`.
_NO_NAME = re.compile(
    r"제\s?[0-9]+\s?[호조차회]|(?:개최|시행|기준|현재|예정|발표|개정|제정|공포|마감|부터|까지|작성|수정|배포|보도|게시|등록|입력|접수"
    r"|방문|출장|발효|의결|선고|출범|신설|폐지|개통|준공|착공|체결|이후|이전|오전|오후|당시)$"
)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，／：＝（）［］＜＞－　", "0123456789.,/:=()[]<>- ")
_BEFORE_A_CELL = re.compile(r"(?:^|[\t|\"“>;])[\s※*\-–—·•○●□■▶▷◆◇☞?]*(?:\(?[0-9]{1,3}[).]\s?)?$")
_AFTER_A_CELL = re.compile(r"[^\S\n\t]{0,9}\.?[^\S\n\t]{0,9}(?:\Z|[\n\t|\"”<;]|https?:|(?:www\.|m\.)?korea\.kr)")


def find_source_lines(text: str) -> list[FoundSourceLine]:
    """Every source line in a text, whatever the text is, in order.

    In brackets and alone on its line or in its cell, any name is believed to be one, as by `read_source_line`; in a
    running text, behind a label (`출처:`) and without brackets only ministries that are known. A day beside them must
    have its year. The time it takes is that of the text's length.
    """
    plain = text.translate(_FULL_WIDTH) if re.search("[０-９．，／：＝（）［］＜＞－　]", text) else text
    found: list[FoundSourceLine] = []
    line, counted, end = 1, 0, 0
    for day in _DAYS.finditer(plain):
        span = _Surroundings(plain, day)
        for start, stop, ministry in span.readings():
            if start < end:
                continue
            try:
                known_day = read_date(span.day).day
            except UnreadableDate:
                break
            line += plain.count("\n", counted, start)
            counted, end = start, stop
            found.append(FoundSourceLine(line, start, stop, SourceLine(squash(ministry), known_day, text[start:stop])))
            break
    return found


class _Surroundings:
    """A day in a text, and what stands around it on its line."""

    def __init__(self, text: str, day: re.Match[str]) -> None:
        self.text = text
        self.day = day[0].strip()
        self.start, self.end = day.span()
        first = max(0, self.start - _REACH)
        self.left = text[max(first, text.rfind("\n", first, self.start) + 1) : self.start]
        last = text.find("\n", self.end, self.end + _REACH)
        self.right = text[self.end : last if last >= 0 else self.end + _REACH]

    def readings(self) -> Iterator[tuple[int, int, str]]:
        """Start, end and ministry of the source line this day may belong to, the surest first."""
        opened, closed = _OPENED.search(self.left), _CLOSED.match(self.right)
        if opened and closed and _PAIRS[opened[0][0]] == closed[0][-1]:
            start, end = self.start - len(opened[0]), self.end + len(closed[0])
            yield from self._in_brackets(start, end, opened[1], closed[1])
        else:
            yield from self._without_brackets()

    def _in_brackets(self, start: int, end: int, before: str, after: str) -> Iterator[tuple[int, int, str]]:
        if not before.strip() and not after.strip(" .,"):
            yield from self._behind_a_name(start, end)
            return
        label = _LABEL.match(before.strip())
        ministry = _beside(before.strip()[label.end() :] if label else before, after)
        if ministry and _is_known(ministry):
            yield start, end, ministry
        elif self._is_alone(start, end):
            yield from self._believed(start, end)

    def _believed(self, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        try:
            read = read_source_line(self.text[start:end])
        except UnreadableSourceLine:
            return
        if not _NO_NAME.search(read.ministry):
            yield start, end, read.ministry

    def _behind_a_name(self, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        """`출처: 산업통상자원부 보도자료(2024.1.17)`: the day alone is in the brackets."""
        left = self.left[: len(self.left) - (self.start - start)]
        name = _AT_THE_END.sub("", left)
        printed = list(_PRINTED_NAMES.finditer(name))
        if not printed or printed[-1].end() != len(name) or not _is_known(printed[-1][0]):
            return
        labelled = _LABELLED.search(left)
        only_labelled = labelled is not None and labelled.start("rest") == printed[-1].start()
        begin = start - len(left) + (labelled.start() if labelled and only_labelled else printed[-1].start())
        # `국가보훈부(2023.6.5.)는 승격했다` is no source: it must be said to be one, or a document, or stand alone.
        if labelled or re.search(_DOCUMENT, left[len(name) :]) or self._is_alone(begin, end):
            yield begin, end, printed[-1][0]

    def _without_brackets(self) -> Iterator[tuple[int, int, str]]:
        if labelled := _LABELLED.search(self.left):
            start = self.start - len(labelled[0])
            if ministry := _known_name(_AT_THE_END.sub("", labelled["rest"])):
                yield start, self.end, ministry
            elif not labelled["rest"].strip() and (printed := self._name_after()):
                yield start, self.end + printed[1], printed[0]
            return
        if (printed := self._name_after()) and self._is_alone(self.start, self.end + printed[1]):
            yield self.start, self.end + printed[1], printed[0]
        elif _AFTER_A_CELL.match(self.text, self.end):
            yield from self._alone_behind_a_name()

    def _alone_behind_a_name(self) -> Iterator[tuple[int, int, str]]:
        name = _AT_THE_END.sub("", self.left)
        last = list(_PRINTED_NAMES.finditer(name))
        if last and last[-1].end() == len(name) and _is_known(last[-1][0]):
            start = self.start - len(self.left) + last[-1].start()
            if self._is_alone(start, self.end):
                yield start, self.end, last[-1][0]

    def _name_after(self) -> tuple[str, int] | None:
        """The known ministries that follow the day, and how far behind it they end."""
        skipped = _AT_THE_START.match(self.right)
        begin = skipped.end() if skipped else 0
        printed = _PRINTED_NAMES.match(self.right, begin)
        if printed is None or not (ministry := _known_name(printed[0])):
            return None
        end = begin + len(ministry)
        document = _A_DOCUMENT.match(self.right, end)
        return ministry, document.end() if document else end

    def _is_alone(self, start: int, end: int) -> bool:
        """On its line or in its cell, but for marks before it and an address behind it."""
        begin = self.start - len(self.left)
        cell = _BEFORE_A_CELL.search(self.text[begin:start])
        begins_the_line = begin == 0 or self.text[begin - 1] == "\n"
        return bool(cell and (begins_the_line or cell.start()) and _AFTER_A_CELL.match(self.text, end))


def _beside(before: str, after: str) -> str:
    """The ministry in brackets with a day: what stands before it, or what stands after it."""
    name = _AT_THE_END.sub("", before).strip()
    rest = _AT_THE_END.sub("", _AT_THE_START.sub("", after)).strip(" .")
    return "" if name and rest else name or rest


def _known_name(printed: str) -> str:
    """The printed names as far as they are known ministries: `환경부, 자료집` is 환경부."""
    parts = re.split(r"(\s?[·ㆍ‧・,/]\s?)", printed.strip())
    known = 0
    while known < len(parts) and is_ministry_name(parts[known]):
        known += 2
    return "".join(parts[: max(known - 1, 0)])


def _is_known(printed: str) -> bool:
    return all(is_ministry_name(part) for part in re.split(r"[,·ㆍ‧・/]", printed))
