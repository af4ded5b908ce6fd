"""A miniature korea.kr on loopback: for the demo, and for every test that runs the real command."""

from harvester.demo.beside import Beside
from harvester.demo.clock import KST, Clock
from harvester.demo.corpus import SOURCES, Attachment, Corpus, Release
from harvester.demo.faults import KINDS, Fault
from harvester.demo.ministries import Ministry, code_of, ministries_on
from harvester.demo.server import Seen
from harvester.demo.site import MiniSite

__all__ = [
    "KINDS",
    "KST",
    "SOURCES",
    "Attachment",
    "Beside",
    "Clock",
    "Corpus",
    "Fault",
    "MiniSite",
    "Ministry",
    "Release",
    "Seen",
    "code_of",
    "ministries_on",
]
