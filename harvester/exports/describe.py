"""What filters choose, in plain Korean: the title of a feed or of a file."""

from harvester.boards import BOARDS
from harvester.store.selection import Selection

NAMED = 3
"""So many ministries are named; a ministry is often several names through time, a group of them dozens."""


def describe(selection: Selection) -> str:
    """`정책브리핑 · 보도자료 · 환경부 · “희토류” · 2024-01-01 ~ 2024-12-31`."""
    ministries = selection.names or selection.codes
    more = f" 외 {len(ministries) - NAMED}" if len(ministries) > NAMED else ""
    areas = f" ({', '.join(selection.areas)})" if selection.areas else ""
    parts = (
        "정책브리핑",
        ", ".join(BOARDS[slug].name if slug in BOARDS else slug for slug in selection.boards),
        ", ".join(ministries[:NAMED]) + more,
        f"“{selection.words}”" if selection.words else "",
        selection.topic + areas,
        f"{selection.since or ''} ~ {selection.until or ''}".strip() if selection.since or selection.until else "",
        "" if selection.withdrawn else "내려간 글 제외",
    )
    return " · ".join(filter(None, parts))
