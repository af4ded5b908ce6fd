"""From a release's page, row and texts to the item that the pipelines take: the same in a crawl and in a replay."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urljoin

from harvester.boards import ESG_SITE, SITE, BriefingBoard
from harvester.items import NOT_FETCHED, Attachment, Briefing, EsgPost
from harvester.pages.esg_board import PostPage, PostRow
from harvester.pages.listing import Row
from harvester.pages.markup import clean
from harvester.pages.release import ReleasePage
from harvester.texts import Got, Texts


def briefing(
    board: BriefingBoard,
    page: ReleasePage,
    row: Row,
    texts: Texts,
    *,
    listed_on: date,
    site: str,
    site_codes: Mapping[str, str],
    fetched_at: str,
    exchange_id: int | None,
) -> Briefing:
    """The release as read; `site_codes` maps the names of the site's own table of ministries to their codes."""
    ministry = page.ministry or row.ministry or page.author
    presenter = row.presenter or (page.presenter if board.layout.names_presenters else "")
    return Briefing(
        news_id=row.news_id,
        board=board.slug,
        url=board.url(row.news_id),
        listed_on=listed_on,
        row_signature=row.signature,
        title_raw=page.title,
        lead_raw=row.lead,
        ministry_raw=ministry,
        day_raw=page.day,
        published_raw=page.published,
        ministry_code=site_codes.get(clean(ministry)),
        licence_raw=page.licence,
        body_raw=texts.body,
        body_source=texts.source,
        body_status=texts.status,
        fetched_at=_to_the_second(fetched_at),
        exchange_id=exchange_id,
        presenter_raw=presenter,
        issuer=board.issuer,
        attachments=_attachments(board, page, row, texts, site),
    )


def address_of(path: str, base: str) -> str:
    """Where a file is; as printed where that is no address."""
    try:
        return urljoin(base, path)
    except ValueError:
        return path


def esg_post(page: PostPage, row: PostRow, *, listed_on: date, fetched_at: str, exchange_id: int | None) -> EsgPost:
    """A post of the ESG board as read; whole titles, and hits of today, stand in the list."""
    return EsgPost(
        post_id=str(row.post_id),
        number=row.number,
        url=f"{ESG_SITE}/post/{row.post_id}",
        listed_on=listed_on,
        row_signature=row.signature,
        title_raw=row.title,
        writer_raw=page.writer,
        day_raw=page.day_raw,
        department_raw=page.department,
        text_raw=page.text,
        source_line=page.source_line,
        links_raw=page.links,
        likes=page.likes,
        hits=row.hits if page.hits is None else page.hits,
        fetched_at=_to_the_second(fetched_at),
        exchange_id=exchange_id,
    )


def _to_the_second(fetched_at: str) -> str:
    return f"{fetched_at.partition('.')[0].rstrip('Z')}Z"


def _attachments(board: BriefingBoard, page: ReleasePage, row: Row, texts: Texts, site: str) -> list[Attachment]:
    base = board.url(row.news_id, site)
    nothing = Got(status=NOT_FETCHED)
    attachments = []
    for position, link in enumerate(page.attachments, start=1):
        got = texts.files.get(link.file_id, nothing)
        attachments.append(
            Attachment(
                position,
                link.file_id,
                link.name,
                address_of(link.path, base).replace(site, SITE, 1),
                bytes=got.bytes,
                sha256=got.sha256,
                text=got.document.text if got.document else None,
                text_status=got.status,
            )
        )
    return attachments
