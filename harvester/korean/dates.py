"""Korean dates as ministries print them. Strict: a text is a date in a known form as a whole, or it is refused.

Patterns of our own first; python-dateutil, strictly, for English month names. Nothing is ever filled in from today.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from dateutil import parser as dateutil_parser

from harvester.korean.ministries import is_ministry_name
from harvester.korean.text import squash

# Not UTC+9: Korea had summer time in 1987 and 1988, and another offset before 1961.
KST = ZoneInfo("Asia/Seoul")

Precision = Literal["day", "hour", "minute", "second"]
Preference = Literal["same-year", "past", "future"]

_LONGEST = 200
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
# `24` is 2024 and `98` is 1998: the site's archive begins long after 1950.
_CENTURY_TURNS_AT = 50


@dataclass(frozen=True)
class KoreanDate:
    """A Korean calendar day; `at` is the time in KST where one is printed, known to `precision`; `raw` as given."""

    day: date
    at: datetime | None
    precision: Precision
    raw: str


class UnreadableDate(ValueError):
    """Not a date, or not surely one; the message names the text and says why."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text, reason)
        self.text = text
        self.reason = reason

    def __str__(self) -> str:
        shown = self.text if len(self.text) <= _LONGEST else self.text[:_LONGEST] + "…"
        return f"{shown!r} is no readable date: {self.reason}"


class _Refused(Exception):
    """The reason alone; `read_date` adds the text."""


@dataclass(frozen=True)
class _Time:
    hour: int
    minute: int
    second: int
    microsecond: int
    precision: Precision


# --- the forms ------------------------------------------------------------------------------------------------------

_YEAR = r"['’‘`´′]?\s?(?P<year>[0-9]{4}|[0-9]{2})"
_DAY = r"(?P<day>[0-9]{1,2})(?![0-9])"

# `short` is the separator of a day that looks like a number: 3.5, 1/2, 10-12.
_HEADS = (
    # 2024. 1. 17.   ’24.1.17일   2024-01-17   24/01/17
    rf"{_YEAR}\s?(?P<sep>[./-])\s?(?P<month>[0-9]{{1,2}})\s?(?P=sep)\s?{_DAY}",
    # 2024년 1월 17일   24年1月17日
    rf"{_YEAR}\s?[년年]\s?(?P<month>[0-9]{{1,2}})\s?[월月]\s?{_DAY}\s?[일日]자?",
    # 2024년 1.17.
    rf"{_YEAR}\s?[년年]\s?(?P<month>[0-9]{{1,2}})\s?(?P<short>[./])\s?{_DAY}",
    # 20240117   20240117T0930   202401170930   20240117093015
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?:[T_ ]?(?P<clock>[0-9]{4}(?:[0-9]{2})?))?(?![0-9])",
    # 12/03/2024 09:00:00, the American order of the site's exports
    r"(?P<month>[0-9]{1,2})(?P<american>/)(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4})(?![0-9])",
    # 1월 17일
    rf"(?P<month>[0-9]{{1,2}})\s?[월月]\s?{_DAY}\s?[일日]자?",
    # 1. 17.   01-17   1/17
    rf"(?P<month>[0-9]{{1,2}})\s?(?P<short>[./-])\s?{_DAY}",
)

_WEEKDAYS = {**dict(zip("월화수목금토일", range(7), strict=True)), **dict(zip("月火水木金土日", range(7), strict=True))}
_WEEKDAYS |= {name: number for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_ENGLISH_WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_WEEKDAY = rf"""(?:[\s.,]{{0,2}}(?:
      [(\[]\s?(?P<weekday1>[월화수목금토일月火水木金土日])(?:요일)?\.?\s?[)\]]
    | (?P<weekday2>[월화수목금토일])요일
    | (?<=[.\s])(?P<weekday3>[월화수목금토일])(?=[.\s]|$)
    | [(\[]?\s?(?P<weekday4>{_ENGLISH_WEEKDAY})\.?\s?[)\]]?
    )\.?)?"""

_ZONE = r"""(?P<zone>Z|[(\[]?(?:KST|GMT|UTC|UT)[)\]]?(?:[+-][0-9]{1,2}(?::?[0-9]{2})?)?
    |[+-][0-9]{2}(?::?[0-9]{2})?(?:\s?\(?KST\)?)?)"""

_TIME = rf"""(?:
    (?:(?P<iso>T)|\s?[,/]?\s|(?<=[)\]일日.,])(?<![0-9]\.)|(?<=\.)(?=[행설회브오]))
    (?:(?:행사|설명회|회의|브리핑)\s?(?:시작|종료)\s?)?
    (?P<half1>오전|오후|낮|[ap]\.?m\.?)?\s?
    (?: (?P<hour>[0-9]{{1,2}})
        (?: :(?P<minute>[0-9]{{2}})(?::(?P<second>[0-9]{{2}})(?:\.(?P<fraction>[0-9]{{1,9}}))?)?(?:\s?분)?
          | \s?시(?:\s?(?P<korean_minute>[0-9]{{1,2}})\s?분(?:\s?(?P<korean_second>[0-9]{{1,2}})\s?초)?
                 |\s?(?P<half_past>반))?
        )
      | (?P<noon>정오)
    )(?![0-9])
    (?:\s?(?P<half2>오전|오후|[ap]\.?m\.?)(?![a-z]))?
    (?:\s?{_ZONE})?
)?"""

_FORMS = tuple(
    re.compile(
        rf"{head}(?P<mark>\s?\.|일자?\.?(?=[^가-힣]|$))?{_WEEKDAY}{_TIME}(?P<words>[^0-9]*)", re.VERBOSE | re.IGNORECASE
    )
    for head in _HEADS
)

_MONTH_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY_NUMBER = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_ENGLISH = re.compile(
    rf"""(?:(?P<weekday1>{_ENGLISH_WEEKDAY})\.?,?\s)?
    (?P<date>{_DAY_NUMBER}[\s-]{_MONTH_NAME},?[\s-][0-9]{{4}}
           |{_MONTH_NAME}\s?{_DAY_NUMBER}(?:,\s?|\s)[0-9]{{4}}
           |[0-9]{{4}}[\s-]{_MONTH_NAME}[\s-]{_DAY_NUMBER})
    (?:\s?\(?(?P<weekday2>{_ENGLISH_WEEKDAY})\)?)?
    (?:(?:,|\sat)?\s(?P<time>[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?(?:\s?[ap]m)?)(?:\s?{_ZONE})?)?""",
    re.VERBOSE | re.IGNORECASE,
)

_LABELLED = r"(?:최종\s?)?(?:등록|작성|배포|보도|게시|발행|게재|수정|입력|승인|제공|발표|공고|공포|시행|기준|개최)"
_LABEL = re.compile(
    rf"(?:{_LABELLED}\s?(?:일자|일시|일|시점|시각|날짜)|일시|일자|날짜)\s?[:：]?\s?(?=[^가-힣:])"
    rf"|(?:{_LABELLED}|date|published|updated)(?:\s?:\s?|\s(?=[0-9]{{4}}))",
    re.IGNORECASE,
)

# What may stand behind a date without changing it. `까지` and `부터` may not: they make it the end of a period.
_WORD = re.compile(
    "(?:조간|석간)(?:용|부터)?|온라인|이후(?:부터)?|배포(?:시|즉시)?|즉시(?:보도)?|보도(?:가능|자료|참고자료)?"
    "|(?:정례)?브리핑|자|예정|기준|현재|발표|시행|게시|등록|작성|입력|수정|공포"
)
_EDITION = re.compile(r"조간|석간|배포")

_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {ord("。"): ".", ord("．"): "."}
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_ENCLOSED = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)|\[([^\[\]]*)\]|<([^<>]*)>|【([^【】]*)】")
# `(수, 14:00)` and `(수 조간)` say what `(수) 14:00` and `(수) 조간` say, and `(14:00)` what `14:00` says.
_WEEKDAY_AND_MORE = re.compile(r"\(\s?([월화수목금토일](?:요일)?)[\s,·/]\s?([^()]+)\)")
_TIME_IN_BRACKETS = re.compile(r"\(\s?((?:(?:오전|오후)\s?)?[0-9]{1,2}(?::[0-9]{2}|\s?시)[^()]{0,12})\)")


# --- reading --------------------------------------------------------------------------------------------------------


def read_date(
    text: str, *, reference: date | datetime | None = None, prefer: Literal["same-year", "past", "future"] = "same-year"
) -> KoreanDate:
    """The one Korean day, with its time if printed, that `text` as a whole says. Raises UnreadableDate.

    A form without its year needs a `reference` day: `same-year` is the reference's year, `past` the latest such day
    on or before it, `future` the earliest on or after it. A printed weekday outranks `prefer`: of the reference's year
    and the two beside it, the one in which it fits. Otherwise a weekday is a check, and a wrong one is refused, as are
    ranges, two dates in one text, impossible days and times, and times that Korean clocks skipped. `24:00` is the next
    day's 0:00. A printed zone is converted to Korean time; without one the time is Korean. `12/03/2024 09:00` is
    American, as in the site's exports; without a time that order is refused unless the second number can only be a day.
    """
    if len(text) > _LONGEST:
        raise UnreadableDate(text, f"longer than {_LONGEST} characters")
    if _CONTROL.search(text):
        raise UnreadableDate(text, "it holds control characters or half a character")
    if prefer not in get_args(Preference):
        raise ValueError(f"prefer is one of {', '.join(get_args(Preference))}, not {prefer!r}")
    try:
        return _read(text, _reference_day(reference), prefer)
    except _Refused as refused:
        raise UnreadableDate(text, str(refused)) from None


def _reference_day(reference: date | datetime | None) -> date | None:
    if isinstance(reference, datetime):
        return (reference.astimezone(KST) if reference.tzinfo else reference).date()
    return reference


def _read(raw: str, reference: date | None, prefer: Preference) -> KoreanDate:
    text = _tidy(raw)
    label = _LABEL.match(text)
    body = text[label.end() :] if label else text
    for form in _FORMS:
        if (match := form.fullmatch(body)) and _known_words(match["words"]):
            return _from_match(match, raw, reference, prefer, labelled=label is not None)
    if match := _ENGLISH.fullmatch(body):
        return _from_english(match, raw)
    raise _Refused(_why_not(body))


def _tidy(text: str) -> str:
    line = squash(text).translate(_FULL_WIDTH)
    if enclosed := _ENCLOSED.fullmatch(line):
        line = next(group for group in enclosed.groups() if group is not None).strip()
    return _TIME_IN_BRACKETS.sub(r" \1 ", _WEEKDAY_AND_MORE.sub(r"(\1) \2", line)).replace("  ", " ").strip()


def _known_words(words: str) -> bool:
    listed = re.split(r"[\s,./|·ㆍ]+", words.replace("배포 시", "배포시"))
    bare = (re.sub(r"^\((.*)\)$|^\[(.*)\]$", r"\1\2", word) for word in listed)
    return all(not word or _WORD.fullmatch(word) or is_ministry_name(word) for word in bare)


def _why_not(text: str) -> str:
    if re.search(r"[0-9][^~∼〜～]*[~∼〜～]|[0-9]\s?[–—]\s?[0-9]|까지", text):
        return "a range or a deadline, not one day"
    if re.fullmatch(r"['’‘`´′]?[0-9]{2,4}\s?[년./-]\s?[0-9]{1,2}\s?[월.]?", text):
        return "it has no day, or no month"
    if len(re.findall(r"[0-9]{1,2}\s?(?:[./-]|월)\s?[0-9]{1,2}", text)) > 1:
        return "more than one date, or not a date in a known form"
    return "not a date in a known form"


def _from_match(
    match: re.Match[str], raw: str, reference: date | None, prefer: Preference, *, labelled: bool
) -> KoreanDate:
    parts: dict[str, str | None] = match.groupdict()
    time, weekday = _time(parts), _weekday(match)
    if parts.get("clock") and time:
        raise _Refused("it has two times")
    month, number = int(match["month"]), int(match["day"])
    sure = labelled or time is not None or weekday is not None or _EDITION.search(match["words"]) is not None
    if parts.get("american") and time is None and number <= 12:
        raise _Refused("the month or the day may come first")
    if parts.get("sep") == "/" and re.match("0[1-9]|1[0-2]", match[0]) and len(match["year"]) == 2:
        raise _Refused("the year or the month may come first")
    if parts.get("short") and not sure and _looks_like_a_number(match):
        raise _Refused("it may be a number: a short day needs two digits for both, a weekday, a time or a last dot")
    if year := parts.get("year"):
        day = _existing_day(_whole_year(year), month, number)
    else:
        day = _day_without_year(month, number, weekday, reference, prefer)
    return _checked(day, {weekday}, time or _compact_time(parts.get("clock")), match["zone"], raw)


def _looks_like_a_number(match: re.Match[str]) -> bool:
    if "일" in (match["mark"] or ""):
        return False
    if match["short"] == ".":
        return not match["mark"] and not match["month"].startswith("0")
    return len(match["month"]) + len(match["day"]) < 4


def _from_english(match: re.Match[str], raw: str) -> KoreanDate:
    words = f"{match['date']} {match['time'] or ''}"
    try:
        # dateutil fills what is missing from a default: two that share nothing show whether anything was.
        read, again = (dateutil_parser.parse(words, default=default) for default in _DEFAULTS)
    except (ValueError, OverflowError) as error:
        raise _Refused(str(error)) from error
    printed_year = int(re.findall(r"[0-9]{4}", match["date"])[0])
    if read.date() != again.date() or read.year != printed_year or read.tzinfo is not None:
        raise _Refused("its year, month and day are not all there")
    time = None
    if match["time"]:
        seconds = match["time"].count(":") == 2
        time = _Time(read.hour, read.minute, read.second, 0, "second" if seconds else "minute")
    day = _existing_day(_whole_year(str(read.year)), read.month, read.day)
    return _checked(
        day, {_weekday_number(match["weekday1"]), _weekday_number(match["weekday2"])}, time, match["zone"], raw
    )


_DEFAULTS = (datetime(2001, 1, 1), datetime(2004, 12, 28, 23, 59, 59))


def _checked(day: date, weekdays: set[int | None], time: _Time | None, zone: str | None, raw: str) -> KoreanDate:
    if not weekdays <= {None, day.weekday()}:
        raise _Refused(f"{day} is a {day:%A}, not the weekday printed")
    if time is None:
        return KoreanDate(day, None, "day", raw)
    at = _in_korea(day, time, _zone(zone) if zone else KST)
    return KoreanDate(at.date(), at, time.precision, raw)


# --- days -----------------------------------------------------------------------------------------------------------


def _whole_year(year: str) -> int:
    number = int(year)
    if len(year) == 2:
        return number + (2000 if number < _CENTURY_TURNS_AT else 1900)
    if not _FIRST_YEAR <= number <= _LAST_YEAR:
        raise _Refused(f"the year {year} lies outside {_FIRST_YEAR}–{_LAST_YEAR}")
    return number


def _existing_day(year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except ValueError:
        raise _Refused(f"there is no day {number} of month {month} in {year}") from None


def _day_without_year(month: int, number: int, weekday: int | None, reference: date | None, prefer: Preference) -> date:
    _existing_day(2000, month, number)
    if reference is None:
        raise _Refused("it has no year, and no reference day was given")
    if weekday is not None:
        # A wider reach would find a year for every wrong weekday; 29 February comes only every fourth year.
        reach = 4 if (month, number) == (2, 29) else 1
        days = [day for day in _days_around(reference, reach, month, number) if day.weekday() == weekday]
    elif prefer == "same-year":
        days = [_existing_day(reference.year, month, number)]
    else:
        in_time = date.__le__ if prefer == "past" else date.__ge__
        # 29 February is up to eight years away (1896, 1904).
        days = [day for day in _days_around(reference, 8, month, number) if in_time(day, reference)]
    if not days:
        raise _Refused(f"no year around {reference} fits")
    return min(days, key=lambda day: abs(day - reference))


def _days_around(reference: date, reach: int, month: int, number: int) -> Iterator[date]:
    for year in range(reference.year - reach, reference.year + reach + 1):
        with suppress(ValueError):
            yield date(year, month, number)


def _weekday(match: re.Match[str]) -> int | None:
    return _weekday_number(next((match[f"weekday{form}"] for form in (1, 2, 3, 4) if match[f"weekday{form}"]), None))


def _weekday_number(printed: str | None) -> int | None:
    return _WEEKDAYS[printed.lower()[:3]] if printed else None


# --- times ----------------------------------------------------------------------------------------------------------


def _time(parts: dict[str, str | None]) -> _Time | None:
    if parts["noon"]:
        if parts["half1"] not in (None, "낮") or parts["half2"]:
            raise _Refused("noon is neither before nor after noon")
        return _Time(12, 0, 0, 0, "hour")
    if parts["hour"] is None:
        return None
    if parts["half1"] and parts["half2"]:
        raise _Refused("before or after noon is said twice")
    if (parts["zone"] or "").startswith("-") and not (parts["iso"] or parts["second"]):
        raise _Refused("it may be a range of times")
    minute = parts["minute"] or parts["korean_minute"] or ("30" if parts["half_past"] else None)
    second = parts["second"] or parts["korean_second"]
    return _Time(
        hour=_hour_of_the_day(int(parts["hour"]), parts["half1"] or parts["half2"]),
        minute=int(minute or 0),
        second=int(second or 0),
        microsecond=int((parts["fraction"] or "").ljust(6, "0")[:6]),
        precision="second" if second else "minute" if minute else "hour",
    )


def _compact_time(clock: str | None) -> _Time | None:
    if clock is None:
        return None
    return _Time(int(clock[:2]), int(clock[2:4]), int(clock[4:] or 0), 0, "second" if clock[4:] else "minute")


def _hour_of_the_day(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if half == "낮":
        if hour != 12:
            raise _Refused("낮 is read only before 12시")
        return 12
    morning = half == "오전" or half.lower().startswith("a")
    if hour > 12 or (hour == 0 and not morning):
        raise _Refused(f"there is no hour {hour} {'before' if morning else 'after'} noon")
    return hour % 12 + (0 if morning else 12)


def _zone(printed: str) -> tzinfo:
    match = re.fullmatch(
        r"(Z|KST|GMT|UTC|UT)?(?:([+-])([0-9]{1,2})([0-9]{2})?)?(KST)?", re.sub(r"[^\w+-]", "", printed.upper())
    )
    if match is None:
        raise _Refused(f"the time zone {printed!r} is not known")
    korean = "KST" in (match[1], match[5])
    if not match[2]:
        return KST if korean else UTC
    offset = timedelta(hours=int(match[3]), minutes=int(match[4] or 0))
    if offset > timedelta(hours=14) or int(match[4] or 0) > 59 or (korean and match[2] + str(offset) != "+9:00:00"):
        raise _Refused(f"there is no time zone {printed!r}")
    return timezone(offset if match[2] == "+" else -offset)


def _in_korea(day: date, time: _Time, zone: tzinfo) -> datetime:
    midnight_after = (time.hour, time.minute, time.second, time.microsecond) == (24, 0, 0, 0)
    if midnight_after:
        day, time = day + timedelta(days=1), _Time(0, 0, 0, 0, time.precision)
    try:
        printed = datetime(
            day.year, day.month, day.day, time.hour, time.minute, time.second, time.microsecond, tzinfo=zone
        )
    except ValueError:
        raise _Refused(f"there is no time {time.hour}:{time.minute:02d}:{time.second:02d}") from None
    # Through UTC, since arithmetic within one zone skips the check that the clock ever showed this time.
    at = printed.astimezone(UTC).astimezone(KST)
    if zone is KST and at.replace(tzinfo=None) != printed.replace(tzinfo=None):
        raise _Refused("Korean clocks skipped this time")
    return at
