"""The boards of korea.kr as data: where each is listed and shown, what its form asks, and who reads its pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from harvester.pages.listing import ListingPage, read_listing
from harvester.pages.release import ReleasePage, read_release

SITE = "https://www.korea.kr"


@dataclass(frozen=True, slots=True)
class Board:
    slug: str
    """Its name on the command line and in the database."""
    name: str
    """Its name on the site."""
    list_path: str
    view_path: str
    read_listing: Callable[[bytes], ListingPage]
    read_page: Callable[[bytes], ReleasePage]
    more_form: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Fields its form has beside those all boards share."""

    def form(self, since: date, until: date, page: int, codes: tuple[str, ...] = (), words: str = "") -> dict[str, str]:
        """The whole form that asks for page number `page` of these Korean days, both included."""
        return {
            **self.more_form,
            "pageIndex": str(page),
            "repCodeType": "",
            "repCode": ",".join(codes),
            "startDate": since.isoformat(),
            "endDate": until.isoformat(),
            "srchWord": words,
            "period": "",
        }

    def url(self, news_id: str, site: str = SITE) -> str:
        """A release's canonical address; `site` for the same page on a stand-in."""
        return f"{site}{self.view_path}?newsId={news_id}"


PRESS_RELEASE = Board(
    slug="press-release",
    name="보도자료",
    list_path="/briefing/pressReleaseList.do",
    view_path="/briefing/pressReleaseView.do",
    read_listing=read_listing,
    read_page=read_release,
)

BOARDS: Mapping[str, Board] = MappingProxyType({board.slug: board for board in (PRESS_RELEASE,)})
