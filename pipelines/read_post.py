from harvester.clock import korean_day
from harvester.items import EsgPost, Unknown
from harvester.korean import (
    UnreadableDate,
    UnreadableSourceLine,
    find_links,
    find_source_lines,
    read_source_line,
    squash,
)
from harvester.pages.esg_board import read_posted_day
from harvester.pages.markup import clean


class ReadPost:
    """What a post of the ESG board says of itself: text in order, source line, link, the day with its year.

    A source line that cannot be read stays as printed, and is noted; so is a day that contradicts itself.
    """

    def process_item(self, item: EsgPost) -> EsgPost:
        item.title, item.writer = clean(item.title_raw), clean(item.writer_raw)
        item.department = clean(item.department_raw or "") or None
        item.text = "\n".join(squash(line) for line in item.text_raw.split("\n")).strip()
        self._read_source(item)
        found = [(link, each.news_id) for link in item.links_raw for each in find_links(link)]
        item.link, item.link_news_id = found[0] if found else (next(iter(item.links_raw), None), None)
        try:
            posted = read_posted_day(
                item.day_raw, listed=item.listed_on, source_day=item.source_day, today=korean_day(item.fetched_at)
            )
        except UnreadableDate as error:
            item.posted_on = item.listed_on
            item.unknowns.append(Unknown("posted_on", f"post {item.post_id}: {error}"))
            return item
        item.posted_on = posted.day
        if posted.doubt:
            item.unknowns.append(Unknown("posted_on", f"post {item.post_id}: {posted.doubt}"))
        return item

    def _read_source(self, item: EsgPost) -> None:
        if item.source_line is None:
            return
        try:
            source = read_source_line(item.source_line)
        except UnreadableSourceLine as error:
            # What people write besides: `출처 : 환경부 보도자료(2024.1.17)`.
            found = find_source_lines(item.source_line)
            if len(found) != 1:
                item.unknowns.append(Unknown("source_line", f"post {item.post_id}: {error}"))
                return
            source = found[0].source
        item.source_ministry, item.source_day = source.ministry, source.day
