"""What the search index costs and what it gives, on generated releases of about 3 kB.

    python benchmarks/search.py [RELEASES]

Prints the index's size against its text; the time to index a release, of the first and of the last tenth, against that
of storing it; and the time of searches for the first 20 hits against reading every text with LIKE, where both must find
the same releases.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from sqlite_utils import Database

from harvester.store import search, selection
from harvester.store.database import open_to_write, transaction
from harvester.store.selection import Order, Selection

NOUNS, SYLLABLES, WORDS, BATCH = 20_000, 600, 260, 5
PARTICLES = ("", "", "", "을", "를", "은", "는", "이", "가", "의", "에", "에서", "으로", "과", "하고", "했다")
SMALL = (
    "및", "등", "이번", "위해", "통해", "대한", "있다", "함께", "또한", "지난", "오는", "밝혔다", "관련",
    "수", "각", "더", "한", "이", "그", "것으로", "따라", "위한", "등을", "있는", "것이다",
)  # fmt: skip
TOPIC, ON_TOPIC, COMPOUND, SMALL_ONES = 25, 0.5, 0.1, 0.35
"""Nouns a release is about and shares of words: with these, texts have as many different words and parts of words a kB
as 833 real ones, whose words have 3.1 syllables on average."""


class Vocabulary:
    """Made-up nouns, some used everywhere and most of them rarely, as in any language."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        syllables = [chr(self.dice.randrange(0xAC00, 0xD7A4)) for _ in range(SYLLABLES)]
        lengths = (2, 2, 2, 2, 3, 4)
        self.nouns = sorted({"".join(self.dice.choices(syllables, k=self.dice.choice(lengths))) for _ in range(NOUNS)})
        self.dice.shuffle(self.nouns)
        self.weights = list(accumulate(1 / (rank + 20) for rank in range(len(self.nouns))))

    def release(self) -> tuple[str, str]:
        """Title and text."""
        topic = self._nouns(TOPIC)
        words = [self._word(topic) for _ in range(self.dice.randrange(WORDS // 2, WORDS * 3 // 2))]
        return " ".join(words[:8]), " ".join(words)

    def _word(self, topic: list[str]) -> str:
        if self.dice.random() < SMALL_ONES:
            return self.dice.choice(SMALL)
        parts = 2 if self.dice.random() < COMPOUND else 1
        on_topic = self.dice.random() < ON_TOPIC
        nouns = self.dice.sample(topic, parts) if on_topic else self._nouns(parts)
        return "".join(nouns) + self.dice.choice(PARTICLES)

    def _nouns(self, number: int) -> list[str]:
        return self.dice.choices(self.nouns, cum_weights=self.weights, k=number)


def main(releases: int) -> None:
    words = Vocabulary(1)
    with tempfile.TemporaryDirectory() as folder:
        db = open_to_write(Path(folder) / "briefings.db")
        with transaction(db):
            db.execute(
                "INSERT INTO runs (id, verb, arguments, started_at, days_asked, version) VALUES (1, '', '', '', 1, '')"
            )
        stored, indexed = fill(db, words, releases)
        with transaction(db):
            search.tidy(db, releases)  # as the run ends that stored them
        tenth = max(1, len(indexed) // 10)
        text, index = search.sizes(db)
        print(f"{releases} releases, {text / 1e6:.0f} MB of text; index {index / text:.2f} times the text")
        for name, part in (("first", slice(tenth)), ("last", slice(-tenth, None))):
            per_release = 1000 * statistics.fmean(indexed[part]) / BATCH
            ratio = statistics.fmean(indexed[part]) / statistics.fmean(stored[part])
            print(f"{name} tenth: {per_release:.2f} ms to index a release, {ratio:.1f} times that of storing it")
        ask(db, words)


def fill(db: Database, words: Vocabulary, releases: int) -> tuple[list[float], list[float]]:
    """Seconds a batch: of storing it, and of indexing it, each with its commit."""
    stored, indexed = [], []
    for first in range(0, releases, BATCH):
        batch = [(first + n, *words.release()) for n in range(min(BATCH, releases - first))]
        began = time.perf_counter()
        with transaction(db):
            for news_id, title, body in batch:
                db.conn.execute(
                    "INSERT INTO briefings (news_id, board, title, body, body_source, ministry, ministry_raw,"
                    " published_on, source_line, url, first_seen_at, last_seen_at, revision, fingerprint,"
                    " row_signature, run_id) VALUES (?, 'press-release', ?, ?, 'hwpx', '환경부', '환경부',"
                    " date('2010-01-01', '+' || (? / 80) || ' days'), '', '', '', '', 1, '', '', 1)",
                    [news_id, title, body, news_id],
                )
        middle = time.perf_counter()
        with transaction(db):
            for news_id, title, body in batch:
                search.add(db, news_id, search.Searched(title, body))
        stored.append(middle - began)
        indexed.append(time.perf_counter() - middle)
    return stored, indexed


def ask(db: Database, words: Vocabulary) -> None:
    typed = list(questions(words))
    for order in (Order.RELEVANCE, Order.DAY):
        times = []
        for each in typed:
            began = time.perf_counter()
            list(selection.rows(db, Selection(words=each), ("title", "body"), order, limit=20))
            times.append(time.perf_counter() - began)
        times.sort()
        told = ", ".join(f"{share} % {1000 * times[int(len(times) * share / 100)]:.1f}" for share in (50, 90, 95, 99))
        print(f"{len(typed)} searches by {order}, ms for the first 20: {told}")
    ratios = []
    for each in typed[:: max(1, len(typed) // 5)]:
        parts = each.split()
        began = time.perf_counter()
        scanned = scan(db, parts)
        middle = time.perf_counter()
        found = set(selection.news_ids(db, Selection(words=each)))
        ratios.append((middle - began) / (time.perf_counter() - middle))
        assert found == scanned, each
    print(f"all hits, LIKE against search: {min(ratios):.0f} to {max(ratios):.0f} times as long, the same releases")


def questions(words: Vocabulary) -> Iterator[str]:
    """Words of every frequency, by themselves and in pairs."""
    ranks = sorted({int(1.25**n) for n in range(1, 45)} & set(range(len(words.nouns))))
    for rank in ranks:
        yield words.nouns[rank]
        yield f"{words.nouns[rank]} {words.nouns[words.dice.choice(ranks)]}"


def scan(db: Database, parts: list[str]) -> set[int]:
    condition = " AND ".join("(title LIKE ? OR body LIKE ?)" for _ in parts)
    values = [f"%{part}%" for part in parts for _ in range(2)]
    return {row[0] for row in db.conn.execute(f"SELECT news_id FROM briefings WHERE {condition}", values)}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
