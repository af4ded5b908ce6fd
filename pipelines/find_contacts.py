from harvester.items import Briefing
from harvester.korean import Contact, read_contacts


class FindContacts:
    """The officials a release names: from its text, and from the table of them in its documents."""

    def process_item(self, item: Briefing) -> Briefing:
        texts = [item.body, *(attachment.text for attachment in item.attachments)]
        found: dict[Contact, None] = {}
        for text in dict.fromkeys(filter(None, texts)):
            found |= dict.fromkeys(read_contacts(text))
        item.contacts = list(found)
        return item
