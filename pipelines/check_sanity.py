from scrapy.exceptions import DropItem

from harvester.items import Briefing

LONGEST_TITLE = 1000


class CheckSanity:
    """What cannot be a release is refused with the reason; the newsId then stands in its day's row of the ledger."""

    def process_item(self, item: Briefing) -> Briefing:
        reason = nonsense(item)
        if reason:
            raise DropItem(reason)
        return item


def nonsense(item: Briefing) -> str | None:
    """Why this cannot be a release; None where it can."""
    if not item.title:
        return "it has no title"
    if len(item.title) > LONGEST_TITLE:
        return f"its title has {len(item.title)} characters"
    if not item.ministry:
        return "it names no ministry"
    # A pdf may hold characters that its own fonts do not name; a page of the site may not.
    body = item.body if item.body_source == "page" else None
    for name, text in (("title", item.title), ("ministry", item.ministry), ("lead", item.lead), ("body", body)):
        if text and "\ufffd" in text:
            return f"its {name} holds characters that were lost on the way (U+FFFD)"
    return None
