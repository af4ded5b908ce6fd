import json
from hashlib import sha256

from harvester.items import Briefing

LEAD_LETTERS = 120
"""The site prints leads whole or cut near 180 characters; what both have is compared."""


class Fingerprint:
    """A digest of what a release means: the same whenever, and in whichever rendering, it was read."""

    def process_item(self, item: Briefing) -> Briefing:
        item.fingerprint = fingerprint(item)
        return item


def fingerprint(item: Briefing) -> str:
    """SHA-256, hexadecimal, over title, start of the lead, text, ministry, day, time, licence and files."""
    meaning = [
        item.title,
        "".join((item.lead or "").split())[:LEAD_LETTERS],
        item.body,
        item.ministry,
        item.published_on.isoformat() if item.published_on else None,
        item.published_at.isoformat() if item.published_at else None,
        item.license,
        [[attachment.file_id, attachment.name] for attachment in item.attachments],
    ]
    return sha256(json.dumps(meaning, ensure_ascii=False).encode()).hexdigest()
