"""How many posts of a miniature ESG board are matched to their originals, and how many wrongly: by kind of mistake.

    python benchmarks/originals.py [SEEDS]

No timing: counts, over boards of two months each. `texts`: the releases are known with the text of their documents, as
a crawl stores them; `leads`: only with what their list prints.
"""

import sys
from collections import Counter
from datetime import date

from harvester.demo import Corpus, Release
from harvester.demo.esg_board import EsgBoard, EsgPost
from harvester.korean import UnreadableSourceLine, find_links, read_prefix, read_source_line, squash
from harvester.originals import Candidate, Reference, find_original

SINCE, UNTIL = date(2023, 11, 27), date(2024, 1, 26)


def main(seeds: int) -> None:
    for known_by in ("texts", "leads"):
        right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
        for seed in range(seeds):
            corpus = Corpus.generated(SINCE, UNTIL, per_day=40, seed=seed)
            board = EsgBoard.reposting(corpus, since=SINCE, until=UNTIL, seed=seed)
            releases = [candidate(each, known_by) for each in corpus.releases]
            for post in board.posts:
                found = find_original(reference(post), near(post, releases)).news_id
                kind = post.oddity or "plain"
                if found is not None and str(found) == post.original:
                    right[kind] += 1
                elif found is not None:
                    wrong[kind] += 1
                elif post.original:
                    missed[kind] += 1
        print(f"{known_by}: right {right.total()}, wrong {wrong.total()}, missed {missed.total()}")
        for kind in sorted(right.keys() | wrong.keys() | missed.keys()):
            print(f"  {kind:16} right {right[kind]:5} wrong {wrong[kind]:3} missed {missed[kind]:3}")


def candidate(release: Release, known_by: str) -> Candidate:
    title = squash(release.title)
    text = release.document_text if known_by == "texts" else release.lead
    return Candidate(
        int(release.news_id),
        release.board,
        title,
        read_prefix(title),
        release.ministry,
        release.code,
        release.listed_on,
        text,
    )


def reference(post: EsgPost) -> Reference:
    try:
        source = read_source_line(post.source_line or "")
    except UnreadableSourceLine:
        source = None
    link = next(iter(find_links(post.link or "")), None)
    return Reference(
        link.news_id if link else None,
        squash(post.title),
        source.ministry if source else None,
        source.day if source else None,
        post.text,
        post.day,
    )


def near(post: EsgPost, releases: list[Candidate]) -> list[Candidate]:
    """What the store would give: the link's release, and those of the weeks before the post."""
    link = next(iter(find_links(post.link or "")), None)
    return [
        each
        for each in releases
        if (link and each.news_id == link.news_id) or -1 <= (post.day - each.published_on).days <= 60
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4)
