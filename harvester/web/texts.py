"""Addresses that are safe to follow, and times as people in Korea read them."""

from datetime import datetime
from urllib.parse import urlsplit

from harvester.clock import KST


def safe_address(url: str | None) -> str | None:
    """The address, if a browser that follows it can do nothing but ask a web site for a page."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def korean_time(utc: str) -> str:
    """A time of the database as people in Korea read it: `2024. 1. 18. 12:00`."""
    at = datetime.fromisoformat(utc).astimezone(KST)
    return f"{at.year}. {at.month}. {at.day}. {at:%H:%M}"
