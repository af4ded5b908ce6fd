"""How well the ESG rules choose, and how fast: against what an editor chose, where that is at hand.

    python benchmarks/topics.py FOLDER      # the folder with kesg/ and koreakr/

Half of the titles, by a digest of each, was not looked at while the rules were written; it is told apart here.
"""

import hashlib
import json
import random
import sys
import time
from dataclasses import replace
from pathlib import Path

from harvester.topics import Topic, judge, load

Titles = list[tuple[str, str, str | None]]
ROUNDS = 200


def unseen(title: str) -> bool:
    return hashlib.sha256(title.encode()).digest()[0] % 2 == 1


def tagged(topic: Topic, titles: Titles) -> int:
    return sum(bool(judge(topic, title, text, ministry)) for title, ministry, text in titles)


def share(topic: Topic, titles: Titles) -> str:
    found = tagged(topic, titles)
    return f"{found} of {len(titles)} ({found / len(titles):.1%})"


def without_some(topic: Topic, fraction: float, dice: random.Random) -> Topic:
    """The topic without this share of its words: as if whoever wrote it had not thought of them."""

    def thinned(words: frozenset[str]) -> frozenset[str]:
        return frozenset(word for word in sorted(words) if dice.random() >= fraction)

    areas = (
        replace(area, rules=tuple(replace(rule, words=thinned(rule.words)) for rule in area.rules))
        for area in topic.areas
    )
    return replace(topic, areas=tuple(areas))


def main(folder: Path) -> None:
    topic = load("esg")
    rows = [
        line.split("\t")
        for line in (folder / "kesg" / "board_choice.tsv").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    chosen: Titles = [(row[1], row[2], None) for row in rows if row[0] == "1"]
    others: Titles = [(row[1], row[2], None) for row in rows if row[0] != "1"]
    lines = (folder / "koreakr" / "releases.2026-07-02_2026-07-12.jsonl").read_text(encoding="utf-8").splitlines()
    releases = [(row["title"], row["ministry"], row["lead"]) for row in map(json.loads, lines)]
    titles: Titles = [(title, ministry, None) for title, ministry, _ in releases]
    for name, wanted in (("seen", (False,)), ("not seen", (True,)), ("all", (False, True))):

        def part(some: Titles, wanted: tuple[bool, ...] = wanted) -> Titles:
            return [each for each in some if unseen(each[0]) in wanted]

        print(f"{name:9} chosen {share(topic, part(chosen))}, the others {share(topic, part(others))},", end=" ")
        print(f"releases by title {share(topic, part(titles))}, with lead {share(topic, part(releases))}")
    dice = random.Random(1)
    for fraction in (0.1, 0.2, 0.3):
        found = sum(tagged(without_some(topic, fraction, dice), chosen) for _ in range(ROUNDS))
        print(f"with {fraction:.0%} of the words left out, chosen {found / ROUNDS / len(chosen):.1%}")
    started = time.perf_counter()
    for title, ministry, lead in releases:
        judge(topic, title, (lead or "") * 20, ministry)
    print(f"{(time.perf_counter() - started) / len(releases) * 1e6:.0f} µs a release")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
