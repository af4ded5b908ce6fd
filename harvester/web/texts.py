"""Times as people in Korea read them."""

from datetime import datetime

from harvester.clock import KST


def korean_time(utc: str) -> str:
    """A time of the database as people in Korea read it: `2024. 1. 18. 12:00`; what is no time as it is."""
    try:
        at = datetime.fromisoformat(utc).astimezone(KST)
    except ValueError:
        return utc
    return f"{at.year}. {at.month}. {at.day}. {at:%H:%M}"
