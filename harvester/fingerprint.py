"""A digest of what a release means: the same whenever, and in whichever rendering, it was read."""

import json
from hashlib import sha256

from harvester.items import Briefing


def fingerprint(item: Briefing) -> str:
    """SHA-256, hexadecimal, over title, text, ministry, day, time, licence and files.

    Not over the lead, which the site prints whole or cut near 180 characters of its own encoding; an edited lead is a
    revision all the same.
    """
    meaning = [
        item.title,
        item.body,
        item.ministry,
        item.published_on.isoformat() if item.published_on else None,
        item.published_at.isoformat() if item.published_at else None,
        item.license,
        [[attachment.file_id, attachment.name] for attachment in item.attachments],
    ]
    return sha256(json.dumps(meaning, ensure_ascii=False).encode()).hexdigest()
