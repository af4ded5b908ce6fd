"""What the miniature site publishes: releases of its boards, generated or loaded, to edit, move and withdraw."""

from __future__ import annotations

import json
import threading
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import md5
from math import exp, log
from pathlib import Path
from random import Random
from typing import Any, Literal, TypedDict, Unpack, get_args

from harvester.demo.boards import PRESS_RELEASE, Board, board_of
from harvester.demo.clock import KST, in_korea
from harvester.demo.ministries import Ministry, code_of, ministries_on
from harvester.demo.mixture import Mixture, dressed, inline, mix, whole_lead
from harvester.demo.texts import Draft, make_draft
from harvester.demo.words import PREFIXES, boilerplate, is_boilerplate, make_document, make_text, make_title

_PUBLISHED_DAY = date.min  # stands for "the day it was published on"

Source = Literal["page", "hwpx", "viewer", "pdf", "hwp", "lead"]
SOURCES: tuple[Source, ...] = get_args(Source)
_DOCUMENTS = ("hwpx", "pdf", "hwp")


@dataclass(frozen=True)
class Attachment:
    """A file of a release. Without `content` the site makes one of that kind up from the release's text."""

    file_id: str
    name: str
    content: bytes | None = None

    @property
    def suffix(self) -> str:
        """What the name says it is, such as `hwpx`; the bytes may be another matter."""
        return self.name.rpartition(".")[2].lower()


@dataclass(frozen=True)
class Release:
    """One release of a board. Texts are what a reader sees; entities and markup are the rendering's business.

    Of a body and a document each line is a paragraph, and a line with tabs a row of a table. The ministry is the one
    named on the page, of a speech who gave it, and empty where the page names none.
    """

    news_id: str
    title: str
    ministry: str
    published: datetime
    lead: str
    body: str | None = None  # the text in the page; None: the page has a viewer iframe instead
    attachments: tuple[Attachment, ...] = ()
    licence: int | None = 1
    listed_on: date = _PUBLISHED_DAY
    visible_from: datetime | None = None
    document: str | None = None  # the text of the viewer and the files; None: title and lead
    viewer: bool = True  # whether a page without a text of its own has a viewer for it
    board: str = PRESS_RELEASE.slug
    presenter: str | None = None  # who speaks at a briefing: name and office

    def __post_init__(self) -> None:
        # A frozen dataclass can be completed only this way.
        board_of(self.board)
        object.__setattr__(self, "published", in_korea(self.published))
        object.__setattr__(self, "attachments", tuple(self.attachments))
        if self.visible_from is not None:
            object.__setattr__(self, "visible_from", in_korea(self.visible_from))
        if self.listed_on == _PUBLISHED_DAY:
            object.__setattr__(self, "listed_on", self.published.date())

    @property
    def code(self) -> str:
        return code_of(self.ministry) if self.ministry else ""

    @property
    def document_text(self) -> str:
        return self.document if self.document is not None else f"{self.title}\n{self.lead}"

    @property
    def viewer_hash(self) -> str:
        return md5(self.news_id.encode(), usedforsecurity=False).hexdigest()

    @property
    def viewer_name(self) -> str:
        """What the viewer's pages are called: a hash, or for some the id of the file they were made from."""
        made_from = next((file.file_id for file in self.attachments if file.suffix in _DOCUMENTS), None)
        return made_from if made_from and int(self.viewer_hash[:2], 16) % 5 == 0 else self.viewer_hash

    @property
    def has_viewer(self) -> bool:
        return self.viewer and self.body is None

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where its text can be read, were nothing broken. Of files only their names are looked at."""
        suffixes = {file.suffix for file in self.attachments}
        special = {
            "page": bool(self.body and self.body.strip()),
            "viewer": self.has_viewer,
            "lead": bool(self.lead.strip()) and not is_boilerplate(self.lead),
        }
        return tuple(source for source in SOURCES if special.get(source, source in suffixes))

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Every paragraph that a reader must find: on the page, else in the document, else in a lead that says it all.

        To be compared without white space: pdf and viewer break lines anywhere, and the cells of a row are tabs apart
        here, which not every format keeps.
        """
        sources = self.sources
        if "page" in sources:
            text = self.body or ""
        elif not {*sources} <= {"lead"}:
            text = self.document_text
        else:
            text = self.lead if sources else ""
        return tuple(line.strip() for line in text.split("\n") if line.strip())

    def is_visible(self, now: datetime) -> bool:
        return self.visible_from is None or self.visible_from <= now


class Changes(TypedDict, total=False):
    """What `Corpus.edit` can change."""

    title: str
    ministry: str
    published: datetime
    lead: str
    body: str | None
    attachments: tuple[Attachment, ...]
    licence: int | None
    listed_on: date
    visible_from: datetime | None
    document: str | None
    viewer: bool
    presenter: str | None


class Corpus:
    """All releases of a site. Safe to change from one thread while the site serves from another."""

    def __init__(self, releases: Iterable[Release] = ()) -> None:
        self._lock = threading.RLock()
        self._releases: dict[str, Release] = {}
        self._on_top: dict[str, int] = {}
        self._by_day: dict[date, tuple[Release, ...]] | None = None
        self._by_viewer: dict[str, str] | None = None
        self._by_file: dict[str, tuple[str, Attachment]] | None = None
        self._appearances: tuple[datetime, ...] | None = None
        self.version = 0
        for release in releases:
            self.add(release)

    @classmethod
    def generated(
        cls,
        since: date,
        until: date,
        per_day: int = 30,
        seed: int = 0,
        *,
        live: bool = False,
        boards: Sequence[str] = (PRESS_RELEASE.slug,),
    ) -> Corpus:
        """A made-up archive, always the same for the same arguments; ValueError for a board that is not known.

        `per_day` is how many press releases a weekday has on average; the other boards have what is usual on them (see
        `Board.week`). With `live` each release appears only when the clock passes its time, a few of them days late.
        """
        releases = [
            release
            for board in map(board_of, boards)
            for release in (
                _generate(since, until, per_day, seed)
                if board is PRESS_RELEASE
                else _generate_board(board, since, until, seed)
            )
        ]
        return cls(map(_appearing, releases) if live else releases)

    @classmethod
    def from_jsonl(cls, path: Path | str) -> Corpus:
        """Load lines with the keys newsId, title, ministry, published and lead."""
        lines = Path(path).read_text(encoding="utf-8").split("\n")
        return cls(_from_record(json.loads(line)) for line in lines if line.strip())

    @property
    def releases(self) -> tuple[Release, ...]:
        with self._lock:
            return tuple(self._releases.values())

    def __len__(self) -> int:
        return len(self._releases)

    def __iter__(self) -> Iterator[Release]:
        return iter(self.releases)

    def __contains__(self, news_id: object) -> bool:
        return news_id in self._releases

    def __getitem__(self, news_id: str) -> Release:
        return self._releases[news_id]

    def get(self, news_id: str) -> Release | None:
        return self._releases.get(news_id)

    def add(self, release: Release, *, on_top: bool = False) -> Release:
        """Publish one more; `on_top` puts it before all others of its day, as the newest item of a real list is."""
        with self._lock:
            if release.news_id in self._releases:
                raise ValueError(f"newsId {release.news_id} is taken: edit it, or delete it first")
            self._releases[release.news_id] = release
            if on_top:
                self._on_top[release.news_id] = len(self._on_top) + 1
            self._changed()
        return release

    def edit(self, news_id: str, **changes: Unpack[Changes]) -> Release:
        """Change a release silently, as ministries do: same newsId, same day unless a day is given."""
        with self._lock:
            edited = replace(self._releases[news_id], **changes)
            self._releases[news_id] = edited
            self._changed()
        return edited

    def move(self, news_id: str, to: date) -> Release:
        """List a release under another day; the time of publication stays."""
        return self.edit(news_id, listed_on=to)

    def delete(self, news_id: str) -> Release:
        """Withdraw a release."""
        with self._lock:
            gone = self._releases.pop(news_id)
            self._on_top.pop(news_id, None)
            self._changed()
        return gone

    def next_id(self) -> str:
        """A newsId nobody has yet."""
        with self._lock:
            return str(max((int(key) for key in self._releases if key.isdigit()), default=156_000_000) + 1)

    def rank(self, news_id: str) -> int:
        """How far on top of its day a release was put; 0 for all that were not."""
        return self._on_top.get(news_id, 0)

    def between(self, since: date, until: date) -> list[Release]:
        """The releases listed on these days, newest day first; visible or not."""
        by_day = self._days()
        if (until - since).days > len(by_day):
            days = sorted((day for day in by_day if since <= day <= until), reverse=True)
        else:
            days = [day for back in range((until - since).days + 1) if (day := until - timedelta(back)) in by_day]
        return [release for day in days for release in by_day[day]]

    def epoch(self, now: datetime) -> tuple[int, int]:
        """Changes whenever what can be seen changes: the key under which pages may be kept."""
        with self._lock:
            if self._appearances is None:
                self._appearances = tuple(sorted(r.visible_from for r in self._releases.values() if r.visible_from))
            return self.version, bisect_right(self._appearances, now)

    def by_viewer_name(self, name: str) -> Release | None:
        """The release whose viewer pages are kept under this name."""
        with self._lock:
            if self._by_viewer is None:
                self._by_viewer = {release.viewer_name: key for key, release in self._releases.items()}
            key = self._by_viewer.get(name)
            return None if key is None else self._releases[key]

    def by_file_id(self, file_id: str) -> tuple[Release, Attachment] | None:
        """The release and the attachment with this id."""
        with self._lock:
            if self._by_file is None:
                self._by_file = {a.file_id: (key, a) for key, r in self._releases.items() for a in r.attachments}
            found = self._by_file.get(file_id)
            return None if found is None else (self._releases[found[0]], found[1])

    def _days(self) -> dict[date, tuple[Release, ...]]:
        with self._lock:
            if self._by_day is None:
                grouped: dict[date, list[Release]] = {}
                for release in self._releases.values():
                    grouped.setdefault(release.listed_on, []).append(release)
                self._by_day = {day: tuple(releases) for day, releases in grouped.items()}
            return self._by_day

    def _changed(self) -> None:
        self.version += 1
        self._by_day = self._by_viewer = self._by_file = self._appearances = None


def _from_record(record: dict[str, Any]) -> Release:
    return Release(
        news_id=str(record["newsId"]),
        title=record["title"],
        ministry=record["ministry"],
        published=datetime.fromisoformat(record["published"]),
        lead=record["lead"],
    )


# Only these publish without a time of day, as on the real site, where three ministries have nearly all such releases.
_TIMELESS = ("A00007", "A00041", "C00003", "A00013")
_LICENCES = (1,) * 17 + (0, 4, None)


def _generate(since: date, until: date, per_day: int, seed: int) -> Iterator[Release]:
    # Far enough apart that a day's ids stay above those of the day before at the site's real volume (96 a weekday).
    number = PRESS_RELEASE.number(since)
    for offset in range((until - since).days + 1):
        day = since + timedelta(offset)
        # Each day has dice of its own, so that a longer range holds the same texts for the days it shares.
        dice = Random(f"{seed}:{per_day}:{day.isoformat()}")
        # What was added later has dice of its own too, so that it changed no release that tests knew by its seed.
        mixing = Random(f"mixture:{seed}:{per_day}:{day.isoformat()}")
        for draft in _generate_day(day, per_day, dice):
            number += dice.choice((1, 1, 1, 2, 3))
            _throw_as_before(dice)
            yield _mixed(draft, str(number), mix(mixing, has_body=draft.body is not None))


def _volume(day: date, per_day: int, dice: Random) -> int:
    if day.weekday() >= 5:
        return round(per_day * dice.uniform(0.05, 0.18))
    return max(1, round(per_day * dice.uniform(0.8, 1.2))) if per_day else 0


def _generate_day(day: date, per_day: int, dice: Random) -> list[Release]:
    """One day's releases in the order of their times, still without ids."""
    ministries = ministries_on(day)
    timeless = [ministry for ministry in ministries if ministry.code in _TIMELESS]
    volume = _volume(day, per_day, dice)
    drafts: list[Release] = []
    while len(drafts) < volume:
        at_midnight = dice.random() < 0.07
        offices = [dice.choice(timeless if at_midnight else ministries)]
        if dice.random() < 0.03:
            offices = _joined_by(offices[0], ministries, min(dice.randint(2, 4), volume - len(drafts)), dice)
        drafts += _drafts(day, offices, at_midnight, dice)
    return sorted(drafts, key=lambda draft: draft.published)


def _joined_by(first: Ministry, all_of_them: tuple[Ministry, ...], count: int, dice: Random) -> list[Ministry]:
    others = [ministry for ministry in all_of_them if ministry != first]
    return [first, *dice.sample(others, max(count - 1, 0))]


def _drafts(day: date, offices: list[Ministry], at_midnight: bool, dice: Random) -> list[Release]:
    """One release, or the same one from several ministries."""
    name = offices[0].name
    title = make_title(dice, name)
    if dice.random() < 0.15:
        title = f"{dice.choice(PREFIXES)} {title}"
    # Many short leads and some long ones, between 100 and 3,000 characters.
    length = round(exp(dice.uniform(log(100), log(3000))))
    lead = boilerplate(title) if dice.random() < 0.09 else make_text(dice, name, length)
    dressing = Random(f"dressing:{day.isoformat()}:{title}")
    document = dressed(dressing, make_document(dice, title, name))
    body = inline(dressing, document) if dice.random() < 0.03 else None
    licence = dice.choice(_LICENCES)
    return [
        Release(
            news_id="",
            title=title,
            ministry=office.name,
            published=_moment(day, at_midnight, dice),
            lead=lead,
            body=body,
            licence=licence,
            document=document,
        )
        for office in offices
    ]


def _moment(day: date, at_midnight: bool, dice: Random) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=KST)
    return midnight if at_midnight else midnight + timedelta(seconds=dice.randint(6 * 3600, 19 * 3600))


def _generate_board(board: Board, since: date, until: date, seed: int) -> Iterator[Release]:
    """What a board beside the press releases has; each day with dice of its own, as there."""
    for offset in range((until - since).days + 1):
        day = since + timedelta(offset)
        dice = Random(f"{board.slug}:{seed}:{day.isoformat()}")
        volume = round(board.week[day.weekday()] * dice.uniform(0.6, 1.4))
        drafts = [(_moment(day, False, dice), make_draft(board, day, dice)) for _ in range(volume)]
        number = board.number(day)
        for published, draft in sorted(drafts, key=lambda timed: timed[0]):
            number += dice.choice((1, 1, 2))
            yield _numbered_draft(board, draft, str(number), published, dice.choice(board.licences))


def _numbered_draft(board: Board, draft: Draft, news_id: str, published: datetime, licence: int | None) -> Release:
    release = Release(
        news_id="",
        title=draft.title,
        ministry=draft.ministry,
        published=published,
        lead=draft.lead,
        body=draft.body,
        licence=licence,
        document=draft.document,
        board=board.slug,
        presenter=draft.presenter,
    )
    return _mixed(release, news_id, draft.mixture)


def _appearing(release: Release) -> Release:
    """The release, hidden until its time; one in fifty is put up as much as nine days after the day it is listed on."""
    dice = Random(f"appears:{release.news_id}")
    moment = release.published
    if moment.hour < 6:  # no time of day is known, yet it was put up at one
        moment += timedelta(seconds=dice.randint(6 * 3600, 19 * 3600))
    late = dice.randint(1, 9) if dice.random() < 0.02 else 0
    return replace(release, visible_from=moment + timedelta(days=late))


def _throw_as_before(dice: Random) -> None:
    """As often as when these dice chose the files: a throw less, and every later id of every seed would change."""
    for _ in range(dice.choice((0, 1, 1, 2, 2, 3, 4))):
        dice.choice(range(8))


def _mixed(release: Release, news_id: str, mixture: Mixture) -> Release:
    """The release with its number, its files, and the lead that goes with them."""
    stem = release.title[:40].replace("/", "-").replace('"', "").replace("<", "(").replace(">", ")")
    first = 190_000_000 + (int(news_id) - 155_000_000) * 5
    files = tuple(
        Attachment(str(first + place), f"{release.listed_on:%y%m%d} {stem}{_numbered(mixture.suffixes, place)}")
        for place in range(len(mixture.suffixes))
    )
    if mixture.viewer:
        return replace(release, news_id=news_id, attachments=files)
    lead = whole_lead(release.document_text) if mixture.whole_lead else boilerplate(release.title)
    return replace(release, news_id=news_id, attachments=files, viewer=False, lead=lead, document=None)


def _numbered(suffixes: tuple[str, ...], place: int) -> str:
    """The suffix, after a number where the same occurred before: files of a release differ in their names."""
    before = suffixes[:place].count(suffixes[place])
    return f" ({before + 1}).{suffixes[place]}" if before else f".{suffixes[place]}"
