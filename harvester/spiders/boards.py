"""A spider a board, each made from the board's declaration, so that `scrapy crawl BOARD` knows them all."""

from harvester.boards import BOARDS, Board
from harvester.spiders.briefings import BriefingSpider
from harvester.spiders.esg_board import EsgBoardSpider
from harvester.spiders.ledger import LedgerSpider

OF_KOREA_KR: dict[str, type[BriefingSpider]] = {
    slug: type(
        "".join(map(str.capitalize, slug.split("-"))) + "Spider",
        (BriefingSpider,),
        {"__module__": __name__, "__doc__": f"{board.name}.", "name": slug, "board": board},
    )
    for slug, board in BOARDS.items()
}

# Scrapy finds the spiders of a module by its names.
globals().update({spider.__name__: spider for spider in OF_KOREA_KR.values()})


def spider_of(board: Board) -> type[LedgerSpider]:
    return EsgBoardSpider if board == EsgBoardSpider.board else OF_KOREA_KR[board.slug]
