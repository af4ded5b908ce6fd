"""Reading documents: hwpx against no more than unpacking and parsing it, and a process of its own against this one."""

import io
import statistics
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from lxml import etree

from harvester.demo.hwp import make_hwp
from harvester.demo.hwpx import make_hwpx
from harvester.demo.pdf import make_pdf
from harvester.documents import Readers
from harvester.documents.reading import read

ROUNDS = 7
SENTENCE = "정부는 2024년 1월 17일 수출 상담회를 열고 새 지원 방안을 밝혔다. "
PARAGRAPHS = [SENTENCE * 4] * 60
TABLES = [[["구분", "내용", "비고"], *([["수출", SENTENCE, "늘었다"]] * 40)]] * 2


def seconds(work: Callable[[], object], times: int = 10) -> float:
    began = perf_counter()
    for _ in range(times):
        work()
    return (perf_counter() - began) / times


def ratio(work: Callable[[], object], other: Callable[[], object]) -> float:
    """How many times as long the first takes as the other, measured in turns."""
    work(), other()
    return statistics.median(seconds(work) / seconds(other) for _ in range(ROUNDS))


def parse_only(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if "section" in name and name.endswith(".xml"):
                etree.fromstring(archive.read(name))


def main() -> None:
    made = {
        "hwpx": make_hwpx(PARAGRAPHS, TABLES),
        "hwp": make_hwp(PARAGRAPHS, TABLES),
        "pdf": make_pdf(PARAGRAPHS),
    }
    files = {name: Path(name).read_bytes() for name in sys.argv[1:]} or made
    with Readers(1) as readers:
        for name, content in files.items():
            alone = seconds(lambda content=content: read(content, "a"))
            guarded = ratio(
                lambda content=content: readers.read(content, "a"), lambda content=content: read(content, "a")
            )
            print(f"{name}: {alone * 1000:.1f} ms; in a process of its own {guarded:.2f} x")
    hwpx = next((content for content in files.values() if content.startswith(b"PK")), made["hwpx"])
    print(f"reading hwpx / unpacking and parsing it: {ratio(lambda: read(hwpx, 'a'), lambda: parse_only(hwpx)):.2f} x")
    starts = statistics.median(seconds(lambda: first_document(made["hwpx"]), 1) for _ in range(ROUNDS))
    print(f"first document, with the start of its process: {starts * 1000:.0f} ms")


def first_document(content: bytes) -> None:
    with Readers(1) as readers:
        readers.read(content, "a")


if __name__ == "__main__":
    main()
