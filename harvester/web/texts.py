"""Times as people in Korea read them."""

from datetime import date, datetime

from harvester.clock import KST, korean_today


def korean_time(utc: str) -> str:
    """A time of the database as people in Korea read it: `2024. 1. 18. 12:00`; what is no time as it is."""
    try:
        at = datetime.fromisoformat(utc).astimezone(KST)
    except ValueError:
        return utc
    return f"{at.year}. {at.month}. {at.day}. {at:%H:%M}"


def ago(day: date) -> str:
    """How long ago a Korean day was: a database is fresh when its last day is today or yesterday."""
    days = (korean_today() - day).days
    return {0: "오늘", 1: "어제"}.get(days, f"{days:,}일 전")
