from harvester.items import Briefing
from harvester.korean import decode_entities, squash
from harvester.pages.markup import clean


class CleanText:
    """Texts as their author meant them: entities decoded however often encoded, NFC, white space in order.

    Never NFKC: it would turn ½ into 1⁄2 and ① into 1. Paragraphs of a body stay.
    """

    def process_item(self, item: Briefing) -> Briefing:
        item.title = clean(item.title_raw)
        item.lead = clean(item.lead_raw) or None
        item.ministry = clean(item.ministry_raw)
        if item.body_raw is not None:
            item.body = clean_paragraphs(item.body_raw) or None
            item.body_source = "page" if item.body else "none"
        for attachment in item.attachments:
            attachment.name = clean(attachment.name_raw)
            stem, dot, suffix = attachment.name.rpartition(".")
            attachment.kind = suffix.lower() if dot and stem and suffix.isalnum() else ""
        return item


def clean_paragraphs(raw: str) -> str:
    """`clean` for each line; cells of a table row stay a tab apart, and at most one empty line stands between two."""
    lines = ["\t".join(squash(cell) for cell in line.split("\t")).rstrip() for line in decode_entities(raw).split("\n")]
    kept = [line for line, before in zip(lines, ["", *lines], strict=False) if line or before]
    return "\n".join(kept).strip()
