"""How fast the archive is read again, against fetching the same releases from a miniature site without a limit.

    python benchmarks/replay.py [DAYS]

Both are whole processes; processor time is theirs and their children's, so a core of each is compared with a core of
the other. The start of the worker processes, which is the same for three days and for a year, is taken out of the
replay by running it on a single day too; in the fetching it is a twentieth and stays.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from harvester.demo import Corpus, MiniSite

FIRST = date(2024, 3, 4)
PADDING = 100_000
"""Bytes of template on a page, as on the real site."""


def main() -> None:
    days = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    last = FIRST + timedelta(days=days - 1)
    corpus = Corpus.generated(since=FIRST, until=last, per_day=90, seed=3)
    on_first = sum(release.listed_on == FIRST for release in corpus)
    rest = len(corpus) - on_first
    with MiniSite(corpus, page_padding=PADDING) as site, tempfile.TemporaryDirectory() as folder:
        fetched = run(site, Path(folder), "backfill", FIRST, FIRST), run(site, Path(folder), "backfill", FIRST, last)
        again = run(site, Path(folder), "replay", FIRST, FIRST), run(site, Path(folder), "replay", FIRST, last)
        archive = (Path(folder) / "archive-briefings.db").stat().st_size
    # The second backfill fetches all but the first day again; the first day's listing is a page or two.
    fetching, replaying = fetched[1], again[1] - again[0]
    print(f"{len(corpus)} releases; archive {archive / 2**20:.1f} MB")
    print(f"fetching:  {1000 * fetching / rest:.2f} ms of processor time a release")
    print(f"replaying: {1000 * replaying / rest:.2f} ms")
    print(f"ratio:     {fetching / replaying:.1f}")


def run(site: MiniSite, folder: Path, verb: str, since: date, until: date) -> float:
    """Seconds of processor time."""
    environment = {**os.environ, "HARVEST_SITE": site.url, "HARVEST_RATE": "0", "HARVEST_DATA": str(folder)}
    command = [sys.executable, "-m", "harvester", verb, "--since", since.isoformat(), "--until", until.isoformat()]
    before, began = used(), time.monotonic()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    print(f"{verb} {since} … {until}: {time.monotonic() - began:.1f} s, {used() - before:.1f} s of processor time")
    return used() - before


def used() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
