"""What posts of the ESG board re-post and the database has not: where to look for it on korea.kr."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from harvester.boards import PRESS_RELEASE, BriefingBoard, board_of
from harvester.clock import utc_ago
from harvester.originals import Reference
from harvester.plan import Place, Plan, picks
from harvester.spiders.arguments import WrongArgument, read_ministries
from harvester.store import Store, open_to_read, reports
from harvester.store.esg_posts import Referring

SOUGHT_AGAIN = timedelta(hours=20)
"""What was not found is looked for again by the run of the next day, and not by that of the next hour."""


class Originals:
    """The search for the originals of a plan's posts: on the days they give, then where their links lead."""

    def __init__(self, plan: Plan, database: Path) -> None:
        self.plan = plan
        self.database = database
        self._sought: set[int] = set()
        self._sought_before = utc_ago(SOUGHT_AGAIN)

    def plans(self, places: Mapping[int, Place] | None = None) -> list[Plan]:
        """A plan for each board of korea.kr on which something is missing still."""
        missing = self._missing()
        self._sought |= {each.post_id for each in missing}
        by_board: dict[BriefingBoard, list[Reference]] = {}
        for each in missing:
            by_board.setdefault(_board_of(each), []).append(each.reference)
        made = []
        for board, references in by_board.items():
            if found := picks(references, partial(_codes_of, board), places):
                ends = min(found), max(found)
                made.append(replace(self.plan, board=board, since=ends[0], until=ends[1], picks=found, boards=()))
        return made

    def links(self) -> dict[int, BriefingBoard]:
        """The newsIds of links that lead to nothing stored, with the board that is said to show them."""
        return {each.reference.news_id: _board_of(each) for each in self._missing() if each.reference.news_id}

    def finish(self) -> None:
        """Note that all of them were looked for."""
        if self._sought:
            with closing(Store(self.database)) as store:
                store.note_sought(self._sought)

    def _missing(self) -> list[Referring]:
        with closing(open_to_read(self.database)) as db:
            return reports.posts_without_original(db, self.plan.since, self.plan.until, self._sought_before)


def _board_of(post: Referring) -> BriefingBoard:
    return board_of(post.link) or PRESS_RELEASE


def _codes_of(board: BriefingBoard, ministry: str, day: date) -> tuple[str, ...]:
    """The codes a printed ministry has on a day; none where it is not known, or the board is not asked by them."""
    try:
        return read_ministries([ministry], day, day) if board.by_ministry else ()
    except WrongArgument:
        return ()
