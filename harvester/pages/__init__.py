"""Pure readers: the bytes of a page of korea.kr in, values out. No network, clock or database.

A reader either returns what the page says, as printed, or raises :class:`UnreadablePage` with the reason.
What a page must look like is in docs/source-notes.md.
"""

from harvester.korean.text import plain


class UnreadablePage(ValueError):
    """The page is not what was asked for, or not whole; the message says why, in words for a report.

    Words of the page that stand in it steer no terminal and forge no line of a log.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(plain(reason))


class NotARelease(UnreadablePage):
    """The site answers this newsId with something that is no release: deleted, never existed, or moved."""
