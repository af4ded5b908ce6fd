"""The only place that asks what time it is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

KST = ZoneInfo("Asia/Seoul")


def utc_now() -> str:
    """Now, as the database writes it: UTC to the second, `2024-01-17T01:02:03Z`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_ago(by: timedelta) -> str:
    """So long before now, as the database writes it."""
    return (datetime.now(UTC) - by).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_now() -> datetime:
    """Now, in the zone of this machine, which cron goes by."""
    return datetime.now(UTC).astimezone()


def utc_now_precise() -> str:
    """Now, to the millisecond, as the archive writes it: `2024-01-17T01:02:03.456Z`."""
    return f"{datetime.now(UTC).isoformat(timespec='milliseconds')[:-6]}Z"


def korean_today() -> date:
    """The calendar day it is in Korea."""
    return datetime.now(KST).date()


def korean_day(utc: str) -> date:
    """The Korean calendar day of a time the database wrote."""
    return datetime.fromisoformat(utc).astimezone(KST).date()


def utc_at(day: date) -> str:
    """The midnight with which a Korean day begins, as the database writes times."""
    return datetime(day.year, day.month, day.day, tzinfo=KST).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_since(moment: float) -> float:
    """Seconds since a time as files bear it."""
    return datetime.now(UTC).timestamp() - moment
