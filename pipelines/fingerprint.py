from harvester.fingerprint import fingerprint
from harvester.items import Briefing


class Fingerprint:
    """A digest by which a release that says the same is known to."""

    def process_item(self, item: Briefing) -> Briefing:
        item.fingerprint = fingerprint(item)
        return item
