"""What is counted of everything that a run reads: fields filled, names on pages that readers look for, sizes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log

from harvester.items import NOT_FETCHED, READ, Briefing, EsgPost

MINISTRIES_KEPT = 8
"""So many different ministries are enough to know that what is missing is not one office's habit."""
SOURCES = ("page", "hwpx", "hwp", "pdf", "viewer", "lead")

LANDMARKS: Mapping[str, tuple[str, ...]] = {
    "listing": ("mainForm", 'class="result"', "chkRepCode", "<aside"),
    "release": (
        "view_title",
        "view_cont",
        "article_head",
        "gotosite",
        "filedown",
        "NewsArticle",
        'rel="canonical"',
        "<aside",
    ),
}
"""By the kind of a page, what the readers look for on it (pages/). Some have a second way: here the first is missed."""

NAMES: Mapping[str, str] = {
    "lead": "a lead in the list",
    "ministry": "a ministry on the page or in the list",
    "ministry code": "a ministry whose code is known",
    "time": "a time of day",
    "day": "a day on the page",
    "published": "a datePublished in the NewsArticle",
    "license": "a licence",
    "contacts": "a contact",
    "attachments": "a file",
    "text": "a text",
    "text read": "a text that could be read from its best source",
    "presenter": "somebody who speaks",
    "statements": "statements of a transcript",
    "agenda": "items of an agenda",
    "nothing unknown": "nothing that could not be read",
    "department": "a department",
    "source line": "a source line",
    "link": "a link to its original",
    "release page": "pages of releases",
    "listing page": "full pages of the list",
    "body": "texts",
    **{f"text from {source}": f"a text from {source}" for source in SOURCES},
}
"""What each measure is called in a sentence; of the others, their own name says it."""


@dataclass(slots=True)
class Measures:
    """What was counted of releases that are listed in one month.

    `filled` has for each measure how often it was there and how often it could have been; `sizes` the number, the sum
    and the sum of squares of logarithms, since sizes differ by factors.
    """

    releases: int = 0
    filled: dict[str, tuple[int, int]] = field(default_factory=dict)
    sizes: dict[str, tuple[int, float, float]] = field(default_factory=dict)
    ministries: tuple[str, ...] = ()

    def count(self, there: Mapping[str, bool]) -> None:
        for name, is_there in there.items():
            self.add(name, int(is_there), 1)

    def add(self, name: str, there: int, of: int) -> None:
        before = self.filled.get(name, (0, 0))
        self.filled[name] = (before[0] + there, before[1] + of)

    def weigh(self, name: str, size: int) -> None:
        if size > 0:
            number, total, squares = self.sizes.get(name, (0, 0.0, 0.0))
            self.sizes[name] = (number + 1, total + log(size), squares + log(size) ** 2)

    def meet(self, ministry: str) -> None:
        if ministry and ministry not in self.ministries and len(self.ministries) < MINISTRIES_KEPT:
            self.ministries += (ministry,)

    def take(self, item: Briefing | EsgPost) -> dict[str, bool]:
        """Count a release; what of it was there."""
        self.releases += 1
        there = of_release(item) if isinstance(item, Briefing) else of_post(item)
        self.count(there)
        if isinstance(item, Briefing):
            self.meet(item.ministry_code or item.ministry)
            self.weigh("body", len(item.body or ""))
            for kind, (read, tried) in files_read(item).items():
                self.add(f"{kind} read", read, tried)
        else:
            self.meet(item.source_ministry or "")
            self.weigh("body", len(item.text))
        return there


def of_release(item: Briefing) -> dict[str, bool]:
    """What a release has, of what most have."""
    return {
        "lead": bool(item.lead),
        "ministry": bool(item.ministry_raw),
        "ministry code": item.ministry_code is not None,
        "time": item.published_at is not None,
        "day": bool(item.day_raw),
        "published": bool(item.published_raw),
        "license": item.license is not None,
        "contacts": bool(item.contacts),
        "attachments": bool(item.attachments),
        "text": bool(item.body),
        "text read": item.body_status == READ,
        **{f"text from {source}": item.body_source == source for source in SOURCES},
        "presenter": bool(item.presenter),
        "statements": bool(item.statements),
        "agenda": bool(item.agenda),
        "nothing unknown": not item.unknowns,
    }


def of_post(item: EsgPost) -> dict[str, bool]:
    """What a post of the ESG board has, of what most have."""
    return {
        "department": item.department is not None,
        "text": bool(item.text),
        "source line": item.source_line is not None,
        "ministry": item.source_ministry is not None,
        "link": item.link is not None,
    }


def files_read(item: Briefing) -> dict[str, tuple[int, int]]:
    """By their kind, how many of a release's documents were read, of those that came."""
    found: dict[str, tuple[int, int]] = {}
    for each in item.attachments:
        if each.kind in SOURCES and not each.text_status.startswith(NOT_FETCHED):
            read, tried = found.get(each.kind, (0, 0))
            found[each.kind] = (read + (each.text_status == READ), tried + 1)
    return found


def landmarks(kind: str, body: bytes) -> dict[str, bool]:
    """Which names that the readers look for stand on a page."""
    return {f"{name} on the {kind}": name.encode() in body for name in LANDMARKS.get(kind, ())}


def together(parts: Iterable[Measures]) -> Measures:
    """Several as one."""
    whole = Measures()
    for part in parts:
        whole.releases += part.releases
        for name, (there, of) in part.filled.items():
            whole.add(name, there, of)
        for name, (number, total, squares) in part.sizes.items():
            before = whole.sizes.get(name, (0, 0.0, 0.0))
            whole.sizes[name] = (before[0] + number, before[1] + total, before[2] + squares)
        for ministry in part.ministries:
            whole.meet(ministry)
    return whole
