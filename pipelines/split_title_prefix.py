from harvester.items import Briefing
from harvester.korean import read_prefix


class SplitTitlePrefix:
    """`[보도참고]`, `(국영문 동시배포)`, `[7.30.수.조간]`: the prefix by itself. The title keeps it, as printed."""

    def process_item(self, item: Briefing) -> Briefing:
        item.title_prefix = read_prefix(item.title)
        return item
