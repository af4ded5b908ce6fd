from datetime import time

from harvester.items import Briefing, Unknown
from harvester.korean import UnreadableDate, read_date


class ReadDates:
    """The day is the one the site lists the release under; the time is what the page says, to the second.

    `00:00:00` means that only the day is known: 7 % of the releases have it, nearly all of them of three ministries
    (docs/source-notes.md). What disagrees is kept, and counted in `unknowns`.
    """

    def process_item(self, item: Briefing) -> Briefing:
        item.published_on = item.listed_on
        try:
            published = read_date(item.published_raw)
        except UnreadableDate as error:
            item.unknowns.append(Unknown("published_at", str(error)))
        else:
            at = published.at
            if at is not None and at.timetz().replace(tzinfo=None) != time(0):
                item.published_at = at
            if published.day != item.listed_on:
                item.unknowns.append(Unknown("published_at", f"{item.published_raw} listed under {item.listed_on}"))
        self._check_printed_day(item)
        return item

    def _check_printed_day(self, item: Briefing) -> None:
        try:
            printed = read_date(item.day_raw).day
        except UnreadableDate as error:
            item.unknowns.append(Unknown("published_on", str(error)))
            return
        if printed != item.listed_on:
            item.unknowns.append(Unknown("published_on", f"{item.day_raw} listed under {item.listed_on}"))
