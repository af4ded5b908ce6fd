"""The boards as data: where each is listed and shown, how its list is written, what its texts consist of.

Adding one of korea.kr is a declaration here: docs/adding-a-board.md.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import urlsplit

from harvester.manners import check_site
from harvester.pages.listing import (
    IN_A_LIST,
    IN_A_TABLE,
    MINISTRY_IF_PRINTED,
    ListingPage,
    ListLayout,
    RowForm,
    read_listing,
)
from harvester.pages.release import ReleasePage, read_release

SITE = "https://www.korea.kr"
ESG_SITE = "https://k-esg.org"
KOREA_KR, K_ESG = "korea.kr", "k-esg.org"


class Parts(StrEnum):
    """What the text of a board's releases consists of, where it is more than paragraphs."""

    STATEMENTS = "statements"
    """A transcript: who says what, who asks and who answers."""
    AGENDA = "agenda"
    """Items of an agenda, each of a ministry: `【소관 : …】`."""


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """Anything that has posts, day by day, and so a ledger."""

    slug: str
    """Its name on the command line and in the database."""
    name: str
    """Its name on the site."""

    @property
    def host(self) -> str:
        """Whose it is: where one board's site is away, its others need not be asked."""
        return K_ESG

    @property
    def rows_a_page(self) -> int:
        """How many rows a page of its list has, where it has several; the fewest, where that is not known."""
        return 20


@dataclass(frozen=True, slots=True, eq=False)
class BriefingBoard(Board):
    """A board of korea.kr."""

    list_path: str
    view_path: str
    forms: tuple[RowForm, ...] = (IN_A_LIST,)
    """How its list writes a row; several where that is not known for certain."""
    page_sizes: tuple[int, ...] = (20,)
    read_page: Callable[[bytes], ReleasePage] = read_release
    parts: Parts | None = None
    more_form: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Fields its form has beside those all boards share, or wants filled otherwise."""
    issuer: str = ""
    """Whose a release is where neither list nor page names anybody."""
    by_ministry: bool = True
    """Whether its list can be filtered by ministry: not where its rows name none."""

    @property
    def host(self) -> str:
        return KOREA_KR

    @property
    def rows_a_page(self) -> int:
        return min(self.page_sizes)

    @property
    def layout(self) -> ListLayout:
        return ListLayout(self.view_path.rpartition("/")[2], self.forms, self.page_sizes)

    def read_listing(self, body: bytes) -> ListingPage:
        """Read a page of its list. Raises UnreadablePage."""
        return read_listing(body, self.layout)

    def form(self, since: date, until: date, page: int, codes: tuple[str, ...] = (), words: str = "") -> dict[str, str]:
        """The whole form that asks for page number `page` of these Korean days, both included."""
        return {
            "pageIndex": str(page),
            "repCodeType": "",
            "repCode": ",".join(codes),
            "startDate": since.isoformat(),
            "endDate": until.isoformat(),
            "srchWord": words,
            "period": "",
            **self.more_form,
        }

    def url(self, news_id: str, site: str = SITE) -> str:
        """A release's canonical address; `site` for the same page on a stand-in."""
        return f"{site}{self.view_path}?newsId={news_id}"


PRESS_RELEASE = BriefingBoard(
    slug="press-release",
    name="보도자료",
    list_path="/briefing/pressReleaseList.do",
    view_path="/briefing/pressReleaseView.do",
)

FACT_CHECK = BriefingBoard(
    slug="fact-check",
    name="사실은 이렇습니다",
    list_path="/briefing/actuallyList.do",
    view_path="/briefing/actuallyView.do",
    more_form=MappingProxyType({"cateId": "", "nRepCode": "", "cardnewsSe": ""}),
)

MINISTRY_BRIEFING = BriefingBoard(
    slug="ministry-briefing",
    name="부처 브리핑",
    list_path="/briefing/policyBriefingList.do",
    view_path="/briefing/policyBriefingView.do",
    forms=(IN_A_TABLE,),
    page_sizes=(20, 30),
    parts=Parts.STATEMENTS,
)

CABINET = BriefingBoard(
    slug="cabinet",
    name="국무회의 브리핑",
    list_path="/briefing/stateCouncilList.do",
    view_path="/briefing/stateCouncilView.do",
    forms=(MINISTRY_IF_PRINTED,),
    parts=Parts.AGENDA,
    issuer="국무회의",
    by_ministry=False,
)

SPEECH = BriefingBoard(
    slug="speech",
    name="연설문",
    list_path="/briefing/speechList.do",
    view_path="/briefing/speechView.do",
    # Told by one collector as a table with 30 rows a page; no page of it was seen.
    forms=(replace(IN_A_TABLE, presenter=None), IN_A_LIST),
    page_sizes=(20, 30),
    # As both collectors of it that are known ask for a range of days (told).
    more_form=MappingProxyType({"period": "direct"}),
)

POLICY_NEWS = BriefingBoard(
    slug="policy-news",
    name="정책뉴스",
    list_path="/news/policyNewsList.do",
    view_path="/news/policyNewsView.do",
    forms=(MINISTRY_IF_PRINTED,),
)

BOARDS: Mapping[str, BriefingBoard] = MappingProxyType(
    {board.slug: board for board in (PRESS_RELEASE, FACT_CHECK, MINISTRY_BRIEFING, CABINET, SPEECH, POLICY_NEWS)}
)
"""The boards of korea.kr, by slug: what `--board all` means."""

ESG_BOARD = Board(slug="esg-board", name="ESG 정책뉴스")
"""The board of k-esg.org that re-posts releases; a site of its own, so it is crawled only by name."""


def board_address(asked: str | None, site: str) -> str:
    """Where the ESG board is: as asked for; else its own site, or the stand-in that is used for korea.kr.

    ValueError where that is no address.
    """
    address = asked or (ESG_SITE if site == SITE else site)
    try:
        parts = urlsplit(address)
        check_site(f"{parts.scheme}://{parts.netloc}")
    except ValueError:
        raise ValueError(f"{address!r} is no address of a board: write it like {ESG_SITE}/board/esgnews") from None
    return address


def board_of(address: str | None) -> BriefingBoard | None:
    """The board of korea.kr that shows a release at this address; None where none does.

    Press releases are also shown under `/news/pressReleaseView.do` (seen), so the folder does not matter.
    """
    page = re.search(r"(?<!\w)\w+View\.do(?=[;?]|$)", address or "")
    return next((board for board in BOARDS.values() if page and board.layout.view == page[0]), None)
