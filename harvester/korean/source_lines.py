"""Source lines, with which a re-posted release ends: `(2024.01.17 산업통상자원부)`; by themselves and in any text."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
    """A source line in a text: `text[start:end]` is its `raw`; `line` counts from 1.

    `title` is the one title quoted in it or directly before it, without its quotes; `words` are what else it says
    besides day, ministry and label, any of which may be the title, or none. Where it is a `row` of a table, with day
    and ministry in cells of their own, they are its other cells.
    """

    line: int
    start: int
    end: int
    source: SourceLine
    title: str | None = None
    words: tuple[str, ...] = ()
    row: bool = False


@dataclass(frozen=True, slots=True)
class FoundUnreadable:
    """What has the form of a source line, and why it cannot be one; `text[start:end]` is its `raw`."""

    line: int
    start: int
    end: int
    raw: str
    reason: str


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
_REACH = 200
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
    r"(?:[(\[<【〔〈]\s?)?(?<![^\W\d_])(?:자료\s?출처|(?:자료|사진|그래픽)\s?제공|출처|자료|사진|그래픽|제공|source)\s{0,3}(?:[:=]|[)\]>】〕〉]\s{0,3}[:=]?)\s{0,3}",
    re.IGNORECASE,
)
_LABELLED = re.compile(rf"{_LABEL.pattern}(?P<rest>[^\n\t:=]*)$", re.IGNORECASE)
# A quoted title, whatever its quotes are; not ’24, no tag of HTML and no label. `_masked` makes one form of them all.
_QUOTED = re.compile(
    r"「[^「」\n]{1,300}」|『[^『』\n]{1,300}』|《[^《》\n]{1,300}》|“[^“”\n]{1,300}”|‘(?![0-9]{2}\s?[.년/-])[^‘’\n]{1,300}’"
    r"|(?<!\w)\"(?!,)[^\"\n]{1,300}(?<!,)\"|(?<!\w)'(?![0-9]{2}\s?[.년/-])[^'\n]{1,300}'(?!\w)"
    r"|[<〈](?![a-z/!]|\s?(?:자료\s?)?(?:출처|자료|사진|그래픽|제공)\s?[>〉])[^<>〈〉\n]{1,300}[>〉]"
)
_TITLE = "「[^」]*」"
_MASKED_TITLE = re.compile(_TITLE)
_HANGUL = re.compile("[가-힣]")
# Not over a tab: which of several cells belong together, `_rows` tells.
_AT_THE_END = re.compile(rf"(?:[^\S\t]|[,·ㆍ/|]|{_DOCUMENT}|{_TITLE})+$")
_AT_THE_EDGES = re.compile(r"^[^\w「『<\[(【]+|[^\w」』>\])】.…!?]+$")
_AT_THE_START = re.compile(rf"^(?:[^\S\t]|[,·ㆍ/|.]|{_DOCUMENT}(?:\s?에서)?|{_TITLE})+")
_A_TITLE_BEFORE = re.compile(rf"{_TITLE}[^\S\n\t]?[,·/|:]?[^\S\n\t]?$")
_A_TITLE_BEHIND = re.compile(rf"(?:[^\S\n\t]?[.,·/|:]?[^\S\n\t]?(?:{_TITLE}|{_DOCUMENT}))+")
# Quotes are for titles or for emphasis, these brackets for titles only; and for laws.
_OPENS_A_TITLE = "「『《<〈"
_A_LAW = re.compile(r"(?:법|법률|시행령|규칙|규정|고시|훈령|예규|조례)\s?$")
_SEPARATED = re.compile(r"\s*[,|]\s*")
_TITLE_LETTERS = 12
"""Letters from which on quoted words can only be a title."""
_PRINTED_NAMES = re.compile(r"[^\W_]+(?:\s?[·ㆍ‧・,/]\s?[^\W_]+)*")
_A_DOCUMENT = re.compile(rf"\s?{_DOCUMENT}")
# What stands beside a day in brackets and is no name: `(2024.1.17 개최)`, `(법률 제1234호, 2024.1.17.)`.
_NO_NAME = re.compile(
    r"제\s?[0-9]+\s?[호조차회]|(?:개최|시행|기준|현재|예정|발표|개정|제정|공포|마감|부터|까지|작성|수정|배포|보도|게시|등록|입력|접수"
    r"|방문|출장|발효|의결|선고|출범|신설|폐지|개통|준공|착공|체결|이후|이전|오전|오후|당시)$"
)
# `산림청(2023. 12. 22.). 제목`, `산림청(2023. 12. 22.), 「제목」`: as lists of sources are written.
_A_TITLE_FOLLOWS = re.compile(r"\.[^\S\n\t]{1,3}[^\s\d]")
# Names as ministries have them, and words that end like them.
_LIKE_A_MINISTRY = re.compile(
    r"(?=.{3})[가-힣]+(?:부|처|청|위원회|원|(?:조정|비서|보좌|정책|홍보|안보|대통령)실|(?:협력|추진|사업|기획|지원)단)"
)
_LIKE_NO_MINISTRY = re.compile(
    r"(?:정부|여부|일부|전부|내부|외부|간부|납부|첨부|교부|학부|기부|지부|요청|신청|초청|시청|구청|도청|군청|교육청|개청|출처"
    r"|연락처|거래처|접수처|제출처|문의처|조처|병원|공원|회원|직원|지원|인원|민원|복원|법원|학원|의원|위원|정원|자원|대원|차원)$"
)
_DAY_CELL = re.compile(
    rf"(?:(?:19|20)[0-9]{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])|{_DAY}(?:\s?\([월화수목금토일](?:요일)?\)\.?)?"
    r"(?:[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:\+09:?00)?)?)"
)
_ROW = re.compile(r"^[^\n\t|,]*[\t|,][^\n]*", re.MULTILINE)
_BEFORE_THE_FIRST_CELL = re.compile(r"[ ※*–—·•○●□■▶▷◆◇☞]*(?:\(?[0-9]{1,3}[).]\s)?")
_MOST_CELLS, _LONGEST_CELL = 1000, 1000
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，／：＝（）［］＜＞－　", "0123456789.,/:=()[]<>- ")
_BEFORE_A_CELL = re.compile(r"(?:^|[\t|\"“>;])[\s※*\-–—·•○●□■▶▷◆◇☞?]*(?:\(?[0-9]{1,3}[).]\s?)?$")
_AFTER_A_CELL = re.compile(r"[^\S\n\t]{0,9}\.?[^\S\n\t]{0,9}(?:\Z|[\n\t|\"”<;]|https?:|(?:www\.|m\.)?korea\.kr)")


def find_source_lines(text: str) -> list[FoundSourceLine]:
    """Every source line in a text, whatever the text is, in order.

    In brackets and alone on its line or in its cell, any name is believed to be one, as by `read_source_line`; in a
    running text, behind a label (`출처:`), without brackets and in a row of a table only ministries that are known. A
    day beside them must have its year. The time it takes is that of the text's length.
    """
    return [each for each in scan_source_lines(text) if isinstance(each, FoundSourceLine)]


def scan_source_lines(text: str) -> list[FoundSourceLine | FoundUnreadable]:
    """As `find_source_lines`, with what only has their form: a day that does not exist, a ministry nobody knows."""
    plain = text.translate(_FULL_WIDTH) if re.search("[０-９．，／：＝（）［］＜＞－　]", text) else text
    rows = list(_rows(plain))
    cells = {place for row in rows for place in range(*row.day_cell)}
    readings: list[_Reading] = []
    end = 0
    for day in _DAYS.finditer(plain):
        if day.start() in cells:
            continue
        reading = next((each for each in _Surroundings(plain, day).readings() if each.start >= end), None)
        if reading is not None:
            end = reading.end
            readings.append(reading)
    found: list[FoundSourceLine | FoundUnreadable] = []
    line, counted = 1, 0
    for each in sorted([*readings, *_without_overlaps(rows, readings)], key=_start):
        line += plain.count("\n", counted, each.start)
        counted = each.start
        found.append(_found(text, line, each))
    return found


def quoted_titles(text: str) -> list[str]:
    """What stands in quotes and is long enough for a title, without them; not the name of a law."""
    found = (text[each.start() + 1 : each.end() - 1].strip() for each in _MASKED_TITLE.finditer(_masked(text)))
    return [each for each in found if _is_long(each) and not _A_LAW.search(each)]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What may be a source line, in the text from `start` to `end`; `problem` is why its ministry is none.

    Of a row, `day_cell` is where the cell of its day begins and ends.
    """

    start: int
    end: int
    day: str
    ministry: str
    problem: str = ""
    title: str | None = None
    words: tuple[str, ...] = ()
    day_cell: tuple[int, int] = (0, 0)


def _start(reading: _Reading) -> int:
    return reading.start


def _found(text: str, line: int, reading: _Reading) -> FoundSourceLine | FoundUnreadable:
    start, end = reading.start, reading.end
    try:
        day = read_date(reading.day).day
    except UnreadableDate as error:
        return FoundUnreadable(line, start, end, text[start:end], error.reason)
    if reading.problem:
        return FoundUnreadable(line, start, end, text[start:end], reading.problem)
    source = SourceLine(squash(reading.ministry), day, text[start:end])
    return FoundSourceLine(line, start, end, source, reading.title, reading.words, row=any(reading.day_cell))


class _Surroundings:
    """A day in a text, and what stands around it on its line, quoted titles masked."""

    def __init__(self, text: str, day: re.Match[str]) -> None:
        self.text = text
        self.day = day[0].strip()
        self.start, self.end = day.span()
        first = max(0, self.start - _REACH)
        self.begin = max(first, text.rfind("\n", first, self.start) + 1)
        self.left = _masked(text[self.begin : self.start])
        last = text.find("\n", self.end, self.end + _REACH)
        self.right = _masked(text[self.end : last if last >= 0 else self.end + _REACH])

    def readings(self) -> Iterator[_Reading]:
        """The source line this day may belong to, the surest first."""
        opened, closed = _OPENED.search(self.left), _CLOSED.match(self.right)
        if opened and closed and _PAIRS[opened[0][0]] == closed[0][-1]:
            start, end = self.start - len(opened[0]), self.end + len(closed[0])
            found = self._in_brackets(start, end, opened[1], closed[1])
        else:
            found = self._without_brackets()
        for each in found:
            title, words = self._said(each)
            yield replace(each, title=title, words=words)

    def _reading(self, start: int, end: int, ministry: str, problem: str = "") -> _Reading:
        return _Reading(start, end, self.day, ministry, problem)

    def _in_brackets(self, start: int, end: int, before: str, after: str) -> Iterator[_Reading]:
        if not before.strip() and not after.strip(" .,"):
            yield from self._behind_a_name(start, end)
            return
        label = _LABEL.match(before.strip())
        said = _beside(before.strip()[label.end() :] if label else before, after)
        ministry = said if said and _is_known(said) else _beside_a_title(said)
        if ministry:
            yield self._reading(start, end, ministry)
        elif self._is_alone(start, end) and (believed := list(self._believed(start, end, said))):
            yield from believed
        elif problem := _why_unknown(said):
            yield self._reading(start, end, said, problem)

    def _believed(self, start: int, end: int, said: str) -> Iterator[_Reading]:
        problem = ""
        try:
            ministry = read_source_line(self.text[start:end]).ministry
        except UnreadableSourceLine as error:
            if not isinstance(error.__cause__, UnreadableDate):
                return
            ministry, problem = said, error.reason
        if not _NO_NAME.search(ministry):
            yield self._reading(start, end, ministry, problem)

    def _behind_a_name(self, start: int, end: int) -> Iterator[_Reading]:
        """`출처: 산업통상자원부 보도자료(2024.1.17)`: the day alone is in the brackets."""
        left = self.left[: start - self.begin].rstrip(" .")
        name = _AT_THE_END.sub("", left)
        printed = _last_name(name)
        if printed is None:
            return
        labelled = _LABELLED.search(left)
        only_labelled = labelled is not None and labelled.start("rest") == printed.start()
        begin = self.begin + (labelled.start() if labelled and only_labelled else printed.start())
        if not _is_known(printed[0]):
            if only_labelled and (problem := _why_unknown(printed[0])):
                yield self._reading(begin, end, printed[0], problem)
            return
        # `국가보훈부(2023.6.5.)는 승격했다` is no source: it must be said to be one, or a document, or stand alone.
        if labelled or re.search(_DOCUMENT, left[len(name) :]):
            yield self._reading(begin, end, printed[0])
        elif place := self._place_alone(begin, end):
            yield self._reading(*place, printed[0])
        elif self._begins_a_cell(begin) and _A_TITLE_FOLLOWS.match(self.right, end - self.end):
            yield self._reading(begin, end, printed[0])

    def _without_brackets(self) -> Iterator[_Reading]:
        if labelled := _LABELLED.search(self.left):
            start = self.start - len(labelled[0])
            rest = _AT_THE_START.sub("", _AT_THE_END.sub("", labelled["rest"]))
            if ministry := _known_name(rest) or _beside_a_title(rest):
                yield self._reading(start, self.end, ministry)
            elif problem := _why_unknown(rest):
                yield self._reading(start, self.end, rest, problem)
            elif not labelled["rest"].strip() and (printed := self._name_after()):
                yield self._reading(start, self.end + printed[1], printed[0])
            return
        if (printed := self._name_after()) and (place := self._place_alone(self.start, self.end + printed[1])):
            yield self._reading(*place, printed[0])
            return
        last = _last_name(_AT_THE_END.sub("", self.left))
        if last and _is_known(last[0]) and (place := self._place_alone(self.begin + last.start(), self.end)):
            yield self._reading(*place, last[0])

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

    def _place_alone(self, start: int, end: int) -> tuple[int, int] | None:
        """Where it stands alone on its line or in its cell, with quoted titles around it; None where it does not."""
        before = _A_TITLE_BEFORE.search(self.left[: start - self.begin])
        behind = _A_TITLE_BEHIND.match(self.right, end - self.end)
        starts = (start, self.begin + before.start()) if before else (start,)
        ends = (end, self.end + behind.end()) if behind else (end,)
        return next(((first, last) for first in starts for last in ends if self._is_alone(first, last)), None)

    def _is_alone(self, start: int, end: int) -> bool:
        """On its line or in its cell, but for marks before it and an address behind it."""
        return self._begins_a_cell(start) and _AFTER_A_CELL.match(self.text, end) is not None

    def _begins_a_cell(self, start: int) -> bool:
        cell = _BEFORE_A_CELL.search(self.text[self.begin : start])
        begins_the_line = self.begin == 0 or self.text[self.begin - 1] == "\n"
        return bool(cell and (begins_the_line or cell.start()))

    def _said(self, reading: _Reading) -> tuple[str | None, tuple[str, ...]]:
        """The one title that is quoted in it, or directly before it; and all its words that may be one."""
        before = self.left[: max(0, reading.start - self.begin)]
        inside = (self.left[len(before) :], self.right[: max(0, reading.end - self.end)])
        places = [
            (place + each.start() + 1, place + each.end() - 1)
            for place, part in ((reading.start, inside[0]), (self.end, inside[1]))
            for each in _MASKED_TITLE.finditer(part)
        ]
        beside = _A_TITLE_BEFORE.search(before)
        if not places and beside and self.text[self.begin + beside.start()] in _OPENS_A_TITLE:
            places = [(self.begin + beside.start() + 1, self.begin + before.rfind("」"))]
        quoted = [self.text[start:end].strip() for start, end in places]
        long = [each for each in quoted if _is_long(each) and not _A_LAW.search(each)]
        rest = [_LABEL.sub("", piece) for part in inside for piece in _MASKED_TITLE.split(part)]
        pieces = [piece for each in rest for piece in (each.split(reading.ministry, 1) if reading.ministry else [each])]
        words = [each for piece in pieces if _is_long(each := _AT_THE_EDGES.sub("", piece))]
        return long[0] if len(long) == 1 else None, (*quoted, *words)


# --- in tables ------------------------------------------------------------------------------------------------------


def _rows(text: str) -> Iterator[_Reading]:
    """The lines that are rows of a table with the day and the ministry in cells of their own, in any order."""
    for line in _ROW.finditer(text):
        for separator in "\t|,":
            if 0 < line[0].count(separator) <= _MOST_CELLS:
                if row := _row(text, _cells(text, line, separator), prose=separator == "," and ", " in line[0]):
                    yield row
                break


def _cells(text: str, line: re.Match[str], separator: str) -> list[tuple[int, int]]:
    """Where the cells of a line begin and end, without marks before the first, white space and quotes."""
    masked = _masked(line[0]) if separator == "," else line[0]
    marks = _BEFORE_THE_FIRST_CELL.match(masked)
    at = marks.end() if marks else 0
    cells = []
    for part in masked[at:].split(separator):
        start, end = line.start() + at, line.start() + at + len(part)
        while start < end and text[start] in ' "':
            start += 1
        while start < end and text[end - 1] in ' "\r':
            end -= 1
        cells.append((start, end))
        at += len(part) + 1
    return cells


def _row(text: str, cells: list[tuple[int, int]], *, prose: bool) -> _Reading | None:
    """What a row says; None unless one of its cells is a day and exactly one a ministry that is known.

    Of several days nobody knows which is meant, so it is unreadable.

    What may be `prose`, with a space behind a comma, is none if it ends as a sentence does.
    """
    short = [(start, end) for start, end in cells if end - start <= _LONGEST]
    days = [each for each in short if _DAY_CELL.fullmatch(text, *each)]
    if not days or (prose and days[0] != cells[-1] and text[cells[-1][0] : cells[-1][1]].endswith((".", "!", "?"))):
        return None
    ministries = [each for each in short if _is_known(text[each[0] : each[1]])]
    if len(ministries) != 1:
        return None
    (day, ministry) = days[0], ministries[0]
    several = len({text[start:end] for start, end in days}) > 1
    if several and prose:
        return None
    others = [each for each in cells if each not in {day, ministry} and _LETTER.search(text, *each)]
    words = [text[start : min(end, start + _LONGEST_CELL)].replace('""', '"') for start, end in others]
    # A title may hold commas itself: what stands between the two is one title, or several cells.
    between = text[min(day[1], ministry[1]) : max(day[0], ministry[0])].strip(' ,"')
    if "," in between and "\t" not in between and "|" not in between:
        words.append(between[:_LONGEST_CELL])
    quoted = [title for word in words if _QUOTED.fullmatch(word) for title in quoted_titles(word)]
    return _Reading(
        start=min(day[0], ministry[0]),
        end=max(day[1], ministry[1]),
        day=text[day[0] : day[1]],
        ministry=text[ministry[0] : ministry[1]],
        title=quoted[0] if len(quoted) == 1 else None,
        words=(*quoted, *words),
        problem="several days stand in its row" if several else "",
        day_cell=day,
    )


def _without_overlaps(rows: list[_Reading], others: list[_Reading]) -> Iterator[_Reading]:
    """A row in which another source line stands between the two cells is found at its day."""
    starts = [each.start for each in others]

    def is_free(start: int, end: int) -> bool:
        before = bisect_left(starts, end)
        return before == 0 or others[before - 1].end <= start

    for row in rows:
        if is_free(row.start, row.end):
            yield row
        elif is_free(*row.day_cell):
            yield replace(row, start=row.day_cell[0], end=row.day_cell[1])


# --- names ----------------------------------------------------------------------------------------------------------


def _masked(text: str) -> str:
    """The text, as long as it was, with every quoted title as `「___」`."""
    return _QUOTED.sub(_mask, text)


def _mask(quoted: re.Match[str]) -> str:
    if quoted[0][0] in "<〈" and not _HANGUL.search(quoted[0]):
        return quoted[0]
    return f"「{'_' * (len(quoted[0]) - 2)}」"


def _is_long(text: str) -> bool:
    return sum(map(str.isalnum, text)) >= _TITLE_LETTERS


def _last_name(text: str) -> re.Match[str] | None:
    """The name with which the text ends, several joined."""
    last = None
    for last in _PRINTED_NAMES.finditer(text):  # noqa: B007
        pass
    return last if last and last.end() == len(text) else None


def _beside(before: str, after: str) -> str:
    """The ministry in brackets with a day: what stands before it, or what stands after it."""
    name = _AT_THE_START.sub("", _AT_THE_END.sub("", before)).strip()
    rest = _AT_THE_END.sub("", _AT_THE_START.sub("", after)).strip(" .")
    return "" if name and rest else name or rest


def _known_name(printed: str) -> str:
    """The printed names as far as they are known ministries: `환경부, 자료집` is 환경부."""
    parts = re.split(r"(\s?[·ㆍ‧・,/]\s?)", printed.strip())
    known = 0
    while known < len(parts) and is_ministry_name(parts[known]):
        known += 2
    return "".join(parts[: max(known - 1, 0)])


def _beside_a_title(said: str) -> str:
    """The known ministry of `산림청, 바닷가 쓰레기를 줄이는 새 길`, where all else is long enough for a title."""
    parts = _SEPARATED.split(said)
    for ministry, rest in ((parts[0], parts[1:]), (parts[-1], parts[:-1])):
        if is_ministry_name(ministry) and _is_long(" ".join(rest)):
            return ministry
    return ""


def _why_unknown(said: str) -> str:
    """Why words that look like a ministry's name are none; `""` where they do not look like one."""
    unknown = [part for part in re.split(r"\s?[,·ㆍ‧・/]\s?", said) if not is_ministry_name(part)]
    names = [each.rpartition(" ") for each in unknown]
    if not names or not all(
        _LIKE_A_MINISTRY.fullmatch(name) and not _LIKE_NO_MINISTRY.search(name) and (not head or is_ministry_name(head))
        for head, _, name in names
    ):
        return ""
    return f"{', '.join(unknown)!r} is no ministry known"


def _is_known(printed: str) -> bool:
    return all(is_ministry_name(part) for part in re.split(r"[,·ㆍ‧・/]", printed))
