"""Source lines, with which a re-posted release ends: `(2024.01.17 산업통상자원부)`."""

import re
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
    if not bracketed and not all(is_ministry_name(part) for part in re.split(r"[,·ㆍ‧・/]", ministry)):
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
