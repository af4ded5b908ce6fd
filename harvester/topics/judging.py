"""Whether a release belongs to a topic: points for words in its title and text, and for who issues it."""

from collections.abc import Mapping
from dataclasses import dataclass

from harvester.topics.topic import Area, Topic


@dataclass(frozen=True, slots=True)
class Tag:
    """A release belongs to an area of a topic."""

    area: str
    words: tuple[str, ...]
    """The words that decided, as the release writes them; those of the title first."""


def judge(topic: Topic, title: str, text: str | None, ministry: str) -> list[Tag]:
    """The areas of the topic that a release belongs to, in the topic's order; a pure function of what it is given."""
    in_title = _found(topic, title)
    if not topic.never.isdisjoint(in_title):
        return []
    # What a text is about it says at its beginning; further down everything is mentioned sometime.
    in_text = _found(topic, (text or "")[: topic.points.beginning])
    if not in_title and not in_text:
        return []
    found = (_judge_area(topic, area, in_title, in_text, ministry) for area in topic.areas)
    return [tag for tag in found if tag]


def _found(topic: Topic, text: str) -> dict[str, str]:
    """The words of the rules that stand in a text, and how it writes them; of one within another only the longer."""
    found: dict[str, str] = {}
    start = end = 0
    for hit in sorted(topic.finder.hits(text), key=lambda hit: (hit.start, -hit.end)):
        if hit.end > end or (hit.start, hit.end) == (start, end):
            start, end = hit.start, hit.end
            found.setdefault(hit.word.written, " ".join(hit.text.replace(",", " ").split()))
    return found


def _judge_area(
    topic: Topic, area: Area, in_title: Mapping[str, str], in_text: Mapping[str, str], ministry: str
) -> Tag | None:
    points = area.points if ministry in area.ministries else 0
    of_title: set[str] = set()
    of_text: set[str] = set()
    for rule in area.rules:
        if rule.partners and rule.partners.isdisjoint(in_title) and rule.partners.isdisjoint(in_text):
            continue
        if deciding := rule.words.intersection(in_title):
            # Once a rule: words for the same thing are no two reasons.
            points += rule.points
            of_title |= deciding
        # What says little in a title says nothing in a text.
        if rule.points >= topic.points.needed:
            of_text |= rule.words.intersection(in_text)
    titled = [text for word, text in in_title.items() if word in of_title]
    mentioned = [text for word, text in in_text.items() if word in of_text]
    points += topic.points.text * len(set(mentioned) - set(titled))
    if points < topic.points.needed or not (titled or mentioned):
        return None
    return Tag(area.key, tuple(dict.fromkeys(titled + mentioned)))
