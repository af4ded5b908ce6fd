"""What is wrong for longer than a moment, in words for whoever has to do something about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trouble:
    key: str
    """The same for as long as the trouble lasts: `crawl`, `database`, `drift/press-release/ministry`."""
    title: str
    what: str
    tried: str
    todo: str
