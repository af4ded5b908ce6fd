from harvester.items import Briefing, Unknown
from harvester.korean import UnknownMinistry, find_ministry, write_source_line


class NameMinistry:
    """The ministry under the name it had on the day, its code, and the source line people cite.

    A name never met before is stored as printed, with the site's own code if its table has one, and noted.
    """

    def process_item(self, item: Briefing) -> Briefing:
        day = item.published_on
        if day is None:
            raise ValueError("NameMinistry needs the day: ReadDates comes before it")
        try:
            found = find_ministry(item.ministry, on=day)
        except UnknownMinistry:
            # Where nobody is named, the board's own word for it is no name never met before.
            if item.ministry_raw:
                item.unknowns.append(Unknown("ministry", item.ministry))
        else:
            item.ministry = found.name
            item.ministry_code = item.ministry_code or found.code
        try:
            item.source_line = write_source_line(item.ministry, day)
        except ValueError:
            # A name that would not be read back: cited as printed all the same.
            item.source_line = f"({day:%Y.%m.%d} {item.ministry})"
        return item
