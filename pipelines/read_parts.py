from harvester.boards import BOARDS, Parts
from harvester.items import Briefing
from harvester.korean import read_agenda, read_transcript


class ReadParts:
    """What a text consists of, where its board says that it is more than paragraphs: speakers, or an agenda."""

    def process_item(self, item: Briefing) -> Briefing:
        parts = BOARDS[item.board].parts
        if item.body and parts is Parts.STATEMENTS:
            item.statements = read_transcript(item.body)
        if item.body and parts is Parts.AGENDA:
            item.agenda = read_agenda(item.body)
        return item
