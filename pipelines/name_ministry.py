from harvester.items import Briefing, Unknown
from harvester.korean import UnknownMinistry, find_ministry, write_source_line


class NameMinistry:
    """The ministry under the name it had on the day, its code, and the source line people cite.

    A name never met before is stored as printed, with the site's own code if its table has one, and noted.
    """

    def process_item(self, item: Briefing) -> Briefing:
        if item.published_on is None:
            raise ValueError("NameMinistry needs the day: ReadDates comes before it")
        try:
            found = find_ministry(item.ministry, on=item.published_on)
        except UnknownMinistry:
            item.unknowns.append(Unknown("ministry", item.ministry))
        else:
            item.ministry = found.name
            item.ministry_code = item.ministry_code or found.code
        try:
            item.source_line = write_source_line(item.ministry, item.published_on)
        except ValueError:
            # A name that would not be read back: cited as printed all the same.
            item.source_line = f"({item.published_on:%Y.%m.%d} {item.ministry})"
        return item
