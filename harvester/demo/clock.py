"""A clock that can be moved, so that a test can let hours pass without waiting for them."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

KST = ZoneInfo("Asia/Seoul")


class Clock:
    """The miniature site's idea of now. Given a time it stands still there; given none it follows the real one."""

    def __init__(self, start: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._still = None if start is None else in_korea(start)
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The time in Korea."""
        with self._lock:
            return (datetime.now(KST) if self._still is None else self._still) + self._ahead

    def today(self) -> date:
        """The calendar day in Korea."""
        return self.now().date()

    def advance(self, by: timedelta | None = None, *, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        """Move the clock (backwards too)."""
        with self._lock:
            self._ahead += (by or timedelta()) + timedelta(days=days, hours=hours, minutes=minutes)

    def set(self, to: datetime) -> None:
        """Stop the clock at this time."""
        with self._lock:
            self._still, self._ahead = in_korea(to), timedelta()


def in_korea(moment: datetime) -> datetime:
    """The same moment in Korean time; a time without a zone is taken as Korean."""
    return moment.replace(tzinfo=KST) if moment.tzinfo is None else moment.astimezone(KST)
