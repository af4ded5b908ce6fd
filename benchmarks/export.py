"""Memory and time of every export, of a large database against one of a tenth of it: memory must not grow with it.

    python benchmarks/export.py [RELEASES]

The releases are made up, with texts of about 5 kB; one in a thousand has a hundred thousand characters. `rows` only
reads them; `watch` looks at them with a mark that knows a tenth less. Each runs in a process of its own, whose largest
resident memory is printed, and what it wrote.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from harvester.exports.columns import DEFAULT
from harvester.exports.formats import FORMATS
from harvester.store import open_to_read, selection
from harvester.store.database import open_to_write, transaction
from harvester.store.selection import Selection

MEGABYTE = 1_000_000
A_DAY = 75
LONG = 100_000


def main(releases: int) -> None:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        for number in (releases // 10, releases):
            path = Path(folder) / f"{number}.db"
            make_database(path, number)
            print(f"{number:,} releases, {path.stat().st_size / MEGABYTE:,.0f} MB in the database")
            measure("started, and no more", ["-m", "harvester", "export", "--help"])
            measure("rows", [__file__, "--read", str(path)])
            for format_ in FORMATS:
                out = Path(folder) / f"out.{format_}"
                arguments = ["-m", "harvester", "export", "--db", str(path), "--format", format_, "-o", str(out)]
                measure(format_, [*arguments, "--limit", "0", "--force"], out)
            watch(path)


def watch(path: Path) -> None:
    look = ["-m", "harvester", "watch", "--db", str(path), "--format", "json"]
    measure("watch, the first look", look)
    [mark] = path.parent.glob(f"watch-{path.name}/*.json")
    kept = json.loads(mark.read_bytes())
    kept["releases"] = kept["releases"][: len(kept["releases"]) * 9 // 10]
    mark.write_text(json.dumps(kept))
    measure("watch, a tenth is new", look)
    measure("watch, nothing is new", look)


def measure(name: str, arguments: list[str], out: Path | None = None) -> None:
    """Run it, and print the largest memory that any run so far had: the children's maximum is kept by the system."""
    code = (
        "import resource, subprocess, sys; status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode"
    )
    code += "; print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    began = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, "-c", code, sys.executable, *arguments], capture_output=True, text=True, check=True
    )
    took = time.perf_counter() - began
    status, kilobytes = map(int, ended.stdout.split())
    if status:
        sys.exit(ended.stderr)
    wrote = f", {size(out) / MEGABYTE:8,.1f} MB" if out else ""
    print(f"  {name:24} {kilobytes * 1024 / MEGABYTE:6.0f} MB of memory {took:7.1f} s{wrote}")


def size(path: Path) -> int:
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return sum(each.stat().st_size for each in files)


def read(path: Path) -> None:
    columns = tuple(name for name in DEFAULT if name != "news_id")
    for _ in selection.rows(open_to_read(path), Selection(), columns):
        pass


def make_database(path: Path, releases: int) -> None:
    db = open_to_write(path)
    with transaction(db):
        db.execute(
            "INSERT INTO runs (verb, arguments, started_at, days_asked, version) VALUES ('crawl', '{}', '', 0, '0')"
        )
        for row in made_up(releases):
            names = ", ".join(row)
            db.conn.execute(f"INSERT INTO briefings ({names}) VALUES (:{', :'.join(row)})", row)
            file = {"news_id": row["news_id"], "position": 1, "file_id": str(row["news_id"]), "name": "보도자료.hwpx"}
            file |= {"kind": "hwpx", "url": "https://www.korea.kr/common/download.do?fileId=1", "text_status": "read"}
            db.conn.execute(f"INSERT INTO attachments ({', '.join(file)}) VALUES (:{', :'.join(file)})", file)
    db.close()


def made_up(releases: int) -> Iterator[dict[str, Any]]:
    dice = random.Random(1)
    syllables = "".join(chr(dice.randrange(0xAC00, 0xD7A4)) if dice.random() > 0.25 else " " for _ in range(LONG))
    for number in range(releases):
        news_id = 156_000_000 + number
        day = date(2015, 1, 1) + timedelta(days=number // A_DAY)
        start, length = dice.randrange(LONG // 2), dice.randrange(800, 3200)
        text = syllables if number % 1000 == 999 else syllables[start : start + length]
        yield {
            "news_id": news_id,
            "board": "press-release",
            "title": text[:40].strip(),
            "lead": text[:200],
            "body": "\n".join(text[at : at + 200] for at in range(0, len(text), 200)),
            "body_source": "page",
            "body_status": "read",
            "ministry": "환경부",
            "ministry_raw": "환경부",
            "ministry_code": "A00019",
            "published_on": day.isoformat(),
            "published_at": f"{day}T09:00:00+09:00",
            "source_line": f"({day:%Y.%m.%d} 환경부)",
            "license": "KOGL-1",
            "url": f"https://www.korea.kr/briefing/pressReleaseView.do?newsId={news_id}",
            "first_seen_at": f"{day}T01:00:00Z",
            "last_seen_at": f"{day}T01:00:00Z",
            "revision": 1,
            "fingerprint": "0" * 64,
            "row_signature": "0" * 16,
            "run_id": 1,
        }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        read(Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 200_000)
