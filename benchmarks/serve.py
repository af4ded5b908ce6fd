"""How long the pages of `harvest serve` take on a large database: python benchmarks/serve.py DEMO_DB [RELEASES]

DEMO_DB is what `harvest demo` makes; its releases are copied under other numbers and days, with the first 1,500
characters of their texts and without an index of words, until there are RELEASES (200,000).
"""

import asyncio
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

from harvester.web import application

PAGES = (
    "/",
    "/search",
    "/search?ministry=환경부",
    "/search?board=press-release&page=500",
    "/calendar",
    "/feeds",
    "/feed.atom",
    "/briefings",
    "/briefings/briefings",
    "/briefings/by_ministry_and_year",
    "/briefings/without_text",
)
TIMES = 5


def enlarge(path: Path, releases: int) -> int:
    """Copies of all releases and days, five days further back each time."""
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA synchronous = OFF")
        times = releases // db.execute("SELECT count(*) FROM briefings").fetchone()[0]
        for table, changes in (
            (
                "briefings",
                {"news_id": "news_id + n * 1000003", "body": "substr(body, 1, 1500)", "published_at": "NULL"},
            ),
            ("days", {}),
        ):
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            changes |= {day: f"date({day}, '-' || (n * 5) || ' days')" for day in ("published_on", "day")}
            chosen = ", ".join(changes.get(column, column) for column in columns)
            db.execute(f"CREATE TEMP TABLE these AS SELECT * FROM {table}")
            db.execute(
                f"INSERT OR IGNORE INTO {table} SELECT {chosen} FROM these,"
                f" (WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < {times}) SELECT n FROM k)"
            )
            db.execute("DROP TABLE these")
        counted: int = db.execute("SELECT count(*) FROM briefings").fetchone()[0]
        return counted


async def measure(path: Path) -> None:
    served = application(path)
    await served.invoke_startup()
    print(f"{'page':40} {'first':>9} {'then, median':>14}")
    for page in PAGES:
        took = []
        for _ in range(1 + TIMES):
            begin = time.perf_counter()
            answer = await served.client.get(page)
            took.append((time.perf_counter() - begin) * 1000)
            assert answer.status_code == 200, (page, answer.status_code)
        print(f"{page:40} {took[0]:6.0f} ms {statistics.median(took[1:]):11.0f} ms")


with tempfile.TemporaryDirectory() as folder:
    large = Path(folder) / "large.db"
    shutil.copy(sys.argv[1], large)
    print(f"{enlarge(large, int((sys.argv[2:] or ['200000'])[0])):,} releases, {large.stat().st_size / 1e6:,.0f} MB")
    asyncio.run(measure(large))
