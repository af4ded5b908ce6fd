"""What is Korean about the releases: dates, ministries through time, source lines, contacts, titles, text.

Pure: no network, store or clock. Useful without a crawl.
"""

from harvester.korean.agenda import AgendaItem, read_agenda
from harvester.korean.citations import Citation, find_citations
from harvester.korean.contacts import Contact, read_contacts
from harvester.korean.dates import KST, KoreanDate, UnreadableDate, read_date
from harvester.korean.links import FoundLink, find_links
from harvester.korean.ministries import (
    GROUPS,
    AmbiguousMinistry,
    Ministry,
    UnknownMinistry,
    all_ministries,
    find_ministry,
    is_ministry_name,
    ministries_named,
    ministries_of_group,
)
from harvester.korean.source_lines import (
    FoundSourceLine,
    SourceLine,
    UnreadableSourceLine,
    find_source_lines,
    read_source_line,
    write_source_line,
)
from harvester.korean.text import decode_entities, squash, trim_cut_entity
from harvester.korean.titles import read_prefix
from harvester.korean.transcripts import Statement, read_transcript

__all__ = [
    "GROUPS",
    "KST",
    "AgendaItem",
    "AmbiguousMinistry",
    "Citation",
    "Contact",
    "FoundLink",
    "FoundSourceLine",
    "KoreanDate",
    "Ministry",
    "SourceLine",
    "Statement",
    "UnknownMinistry",
    "UnreadableDate",
    "UnreadableSourceLine",
    "all_ministries",
    "decode_entities",
    "find_citations",
    "find_links",
    "find_ministry",
    "find_source_lines",
    "is_ministry_name",
    "ministries_named",
    "ministries_of_group",
    "read_agenda",
    "read_contacts",
    "read_date",
    "read_prefix",
    "read_source_line",
    "read_transcript",
    "squash",
    "trim_cut_entity",
    "write_source_line",
]
