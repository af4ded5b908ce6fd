import re

from harvester.items import Briefing, Unknown


class ReadLicence:
    """`공공누리 공공저작물 자유이용허락 1유형 출처표시` → `KOGL-1`; a page without the mark has none."""

    def process_item(self, item: Briefing) -> Briefing:
        if item.licence_raw is None:
            return item
        kind = re.search(r"(?<!\d)([0-4])\s*유형", item.licence_raw)
        if kind:
            item.license = f"KOGL-{kind[1]}"
        else:
            item.unknowns.append(Unknown("license", item.licence_raw))
        return item
