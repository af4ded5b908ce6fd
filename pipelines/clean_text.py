from harvester.items import Briefing
from harvester.korean import decode_entities, squash
from harvester.pages.markup import clean
from harvester.texts import kind_of


class CleanText:
    """Texts as their author meant them: entities decoded however often encoded, NFC, white space in order.

    Never NFKC: it would turn ½ into 1⁄2 and ① into 1. Paragraphs of a body stay.
    """

    def process_item(self, item: Briefing) -> Briefing:
        item.title = clean(item.title_raw)
        item.lead = clean(item.lead_raw) or None
        item.ministry = clean(item.ministry_raw) or item.issuer
        item.presenter = clean(item.presenter_raw) or None
        if item.body_raw is not None:
            # Only what stands on pages of the site is encoded; `&lt;` in a document is what its author wrote.
            on_a_page = item.body_source in ("page", "lead")
            item.body = clean_paragraphs(decode_entities(item.body_raw) if on_a_page else item.body_raw) or None
            if item.body is None:
                item.body_source, item.body_status = "none", "none: no visible character in it"
        for attachment in item.attachments:
            attachment.name = clean(attachment.name_raw)
            attachment.kind = kind_of(attachment.name)
            # The file that the text was taken from holds the same.
            same = attachment.text == item.body_raw and item.body_source not in ("page", "lead")
            attachment.text = item.body if same else clean_paragraphs(attachment.text or "") or None
        return item


def clean_paragraphs(text: str) -> str:
    """`squash` for each line; cells of a table row stay a tab apart, and at most one empty line stands between two."""
    lines = ["\t".join(squash(cell) for cell in line.split("\t")).rstrip() for line in text.split("\n")]
    kept = [line for line, before in zip(lines, ["", *lines], strict=False) if line or before]
    return "\n".join(kept).strip()
