"""Topics: which releases are about something, by rules in a readable file. Pure: no network, clock or database.

How a file of rules is written: docs/topics.md.
"""

from harvester.topics.judging import Tag, judge
from harvester.topics.topic import Topic, WrongTopic, built_in, load, load_file

__all__ = ["Tag", "Topic", "WrongTopic", "built_in", "judge", "load", "load_file"]
