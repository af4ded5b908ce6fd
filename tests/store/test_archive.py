"""The archive of pages as received: small, whole after a kill, read by others, and honest about damage."""

import gzip
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvester.store import Archive, ArchiveReader, DatabaseProblem, Exchange, Store, archive_path
from harvester.store import archive as archive_module
from harvester.store.archive import ArchiveProblem
from harvester.store.archive_schema import migrations

DOCS = Path(__file__).parents[2] / "docs" / "archive.md"
WORDS = [f"낱말{number}" for number in range(3000)]


def text(dice: Random, words: int) -> str:
    return " ".join(dice.choices(WORDS, k=words))


def template(seed: int, size: int = 120_000) -> tuple[str, str]:
    """Head and foot of a site's pages: lines that gzip shrinks to about a fifth, as it does the real ones."""
    dice = Random(seed)
    lines: list[str] = []
    while sum(map(len, lines)) < size:
        link = f"/policy/{dice.randbytes(8).hex()}.do"
        lines.append(f'\t\t<li class="menu"><a href="{link}"><span>{text(dice, 2)}</span></a></li>\n')
    half = len(lines) // 2
    return "".join(lines[:half]), "".join(lines[half:])


OLD, NEW = template(1), template(2)


def page(number: int, words: int = 150, frame: tuple[str, str] = OLD) -> bytes:
    """A release's page: the template, and a text of its own."""
    dice = Random(number)
    return f"{frame[0]}<h1>{number}</h1><p>{text(dice, words)}</p>{frame[1]}".encode()


def answer(body: bytes | None, number: int = 0, **more: Any) -> Exchange:
    found = Exchange(
        kind="release",
        method="GET",
        url=f"https://www.korea.kr/briefing/pressReleaseView.do?newsId={156_000_000 + number}",
        form=None,
        fetched_at="2024-01-17T01:02:03.456Z",
        status=200,
        headers=[("Content-Type", "text/html;charset=UTF-8"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")],
        body=body,
        board="press-release",
        day="2024-01-17",
        news_id=156_000_000 + number,
        run_id=1,
    )
    return replace(found, **more)


def write(path: Path, exchanges: Sequence[Exchange]) -> list[int]:
    archive = Archive(path)
    ids = [archive.add(exchange) for exchange in exchanges]
    archive.close()
    return ids


def read(path: Path) -> list[Exchange]:
    with closing(ArchiveReader(path)) as reader:
        return list(reader.exchanges())


def sql(path: Path, statement: str, *values: Any) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement, values).fetchall()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive-briefings.db"


@pytest.fixture(scope="module")
def three_hundred(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "a.db"
    write(path, [answer(page(number), number) for number in range(300)])
    return path


# What goes in comes out


def test_it_lies_beside_its_database() -> None:
    assert archive_path(Path("data/briefings.db")) == Path("data/archive-briefings.db")


def test_what_was_received_comes_back(path: Path) -> None:
    release = answer(page(1), 1)
    form = answer(b"<li>", kind="listing", method="POST", form="pageIndex=1&srchWord=%EC%88%98", news_id=None)
    listing_id, release_id = write(path, [form, replace(release, part_of=1)])
    with closing(ArchiveReader(path)) as reader:
        got = reader.get(release_id)
        listed = reader.get(listing_id)
    digest = sha256(page(1)).hexdigest()
    assert got == replace(release, part_of=1, id=release_id, sha256=digest, size=len(page(1)))
    assert (listed.form, listed.method, listed.body, listed.news_id) == (form.form, "POST", b"<li>", None)


no_surrogates = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
numbers = st.none() | st.integers(0, 2**63 - 1)
bodies = st.binary(max_size=200) | st.builds(
    lambda head, times, tail: head * times + tail, st.binary(max_size=99), st.integers(0, 2000), st.binary(max_size=99)
)
anything = st.builds(
    Exchange,
    kind=st.sampled_from(["listing", "release", "viewer", "file", "other"]),
    method=st.sampled_from(["GET", "POST"]),
    url=no_surrogates,
    form=st.none() | no_surrogates,
    fetched_at=st.datetimes().map(lambda at: f"{at.isoformat(timespec='milliseconds')}Z"),
    status=st.integers(100, 599),
    headers=st.lists(st.tuples(st.text(max_size=20), st.text(max_size=50)), max_size=5),
    body=bodies,
    board=st.none() | no_surrogates,
    day=st.none() | st.dates().map(str),
    news_id=numbers,
    part_of=numbers,
    run_id=numbers,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(exchanges=st.lists(anything, min_size=1, max_size=12), flush_after=st.integers(1, 5))
def test_whatever_goes_in_comes_out(tmp_path: Path, exchanges: list[Exchange], flush_after: int) -> None:
    path = tmp_path / "property.db"
    path.unlink(missing_ok=True)
    archive = Archive(path)
    ids = []
    for count, exchange in enumerate(exchanges):
        ids.append(archive.add(exchange))
        if count % flush_after == 0:
            archive.flush()
    archive.close()
    whole = [
        replace(each, id=number, sha256=sha256(each.body or b"").hexdigest(), size=len(each.body or b""))
        for each, number in zip(exchanges, ids, strict=True)
    ]
    assert read(path) == whole
    with closing(ArchiveReader(path)) as reader:
        assert [reader.get(number) for number in reversed(ids)] == whole[::-1]


def test_an_id_is_known_at_once_and_goes_on_after_opening_again(path: Path) -> None:
    assert write(path, [answer(page(n), n) for n in range(3)]) == [1, 2, 3]
    assert write(path, [answer(page(n), n) for n in range(3, 5)]) == [4, 5]
    assert [each.body for each in read(path)] == [page(n) for n in range(5)]


def test_text_that_no_file_can_hold_is_refused_by_itself(path: Path) -> None:
    archive = Archive(path)
    archive.add(answer(b"good"))
    with pytest.raises(ValueError, match="surrogates"):
        archive.add(answer(b"bad", url="https://www.korea.kr/\ud800"))
    archive.close()
    assert [each.body for each in read(path)] == [b"good"]


# Size


def test_pages_of_one_template_take_less_than_a_twelfth(three_hundred: Path) -> None:
    received = sum(len(page(number)) for number in range(300))
    assert 100_000 < received / 300 < 200_000
    assert len(gzip.compress(page(0))) > len(page(0)) / 8, "as easy a template would prove nothing"
    assert three_hundred.stat().st_size < received / 12
    assert [each.name for each in three_hundred.parent.iterdir()] == [three_hundred.name], "the WAL file is gone"


def test_runs_of_a_few_pages_are_as_small(tmp_path: Path, three_hundred: Path) -> None:
    """What cron does: the dictionary of the run before is used again."""
    path = tmp_path / "a.db"
    for first in range(0, 300, 10):
        write(path, [answer(page(number), number) for number in range(first, first + 10)])
    assert path.stat().st_size < 1.1 * three_hundred.stat().st_size


def test_a_new_design_of_the_site_gets_a_dictionary_of_its_own(path: Path) -> None:
    write(path, [answer(page(number), number) for number in range(50)])
    before = path.stat().st_size
    write(path, [answer(page(number, frame=NEW), number) for number in range(100, 200)])
    assert path.stat().st_size - before < sum(len(page(n, frame=NEW)) for n in range(100, 200)) / 12
    assert [each.body for each in read(path)][50:] == [page(number, frame=NEW) for number in range(100, 200)]


def test_two_templates_by_turns_keep_a_dictionary_each(path: Path) -> None:
    frames = [OLD, NEW]
    write(path, [answer(page(number, frame=frames[number % 2]), number) for number in range(200)])
    assert len(sql(path, "SELECT * FROM dictionaries")) == 2
    assert path.stat().st_size < sum(len(page(n, frame=frames[n % 2])) for n in range(200)) / 12


def test_pages_without_a_template_are_not_all_dictionaries(path: Path) -> None:
    write(path, [answer(text(Random(number), 3000).encode(), number) for number in range(80)])
    assert len(sql(path, "SELECT * FROM dictionaries")) <= 80 / archive_module.REPLACED_AFTER + 1


def test_a_dictionary_is_renewed_now_and_then(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "RENEWED_AFTER", 20)
    for first in range(0, 60, 6):
        write(path, [answer(page(number), number) for number in range(first, first + 6)])
    assert len(sql(path, "SELECT * FROM dictionaries")) == 3
    assert [each.body for each in read(path)] == [page(number) for number in range(60)]


def test_the_same_body_is_kept_once(path: Path) -> None:
    same = [answer(page(1), number) for number in range(50)]
    write(path, same)
    write(path, same)
    assert sql(path, "SELECT count(*) FROM bodies") == [(1,)]
    assert {each.body for each in read(path)} == {page(1)}


def test_what_does_not_shrink_is_kept_as_it_is(path: Path) -> None:
    document = Random(1).randbytes(230_000)
    write(path, [answer(document, kind="file"), answer(b"", kind="other"), answer(b"User-agent: *", kind="other")])
    assert sql(path, "SELECT codec, data FROM bodies ORDER BY id") == [
        ("none", document),
        ("none", b""),
        ("none", b"User-agent: *"),
    ]
    assert [each.body for each in read(path)] == [document, b"", b"User-agent: *"]


def test_a_body_kept_outside_is_known_by_its_hash(path: Path) -> None:
    digest = sha256(b"document").hexdigest()
    outside = answer(None, kind="file", sha256=digest, size=8)
    nothing = answer(None, kind="file", size=5)
    write(path, [outside, outside, nothing])
    assert [(each.body, each.sha256, each.size) for each in read(path)] == [(None, digest, 8)] * 2 + [(None, None, 5)]
    write(path, [answer(b"document", kind="file")])
    assert [each.body for each in read(path)] == [b"document", b"document", None, b"document"]


def test_memory_does_not_grow_with_what_waits(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "WAITING", 100_000)
    archive = Archive(path)
    for number in range(10):
        archive.add(answer(Random(number).randbytes(60_000), number))
    assert len(sql(path, "SELECT id FROM exchanges")) >= 8
    archive.close()


# Asking


@pytest.fixture
def asked(path: Path) -> Iterator[ArchiveReader]:
    listing = answer(b"list", kind="listing", news_id=None)
    archive = Archive(path)
    archive.add(listing)
    archive.add(answer(b"first", 1, part_of=1))
    archive.add(answer(b"gone", 2, status=404))
    archive.add(answer(b"later", 3, day="2024-01-19"))
    archive.add(answer(b"viewer 1", 1, kind="viewer", part_of=2, day=None))
    archive.add(answer(b"again", 1))
    archive.add(answer(b"file", 1, kind="file", part_of=2))
    archive.add(answer(b"other board", 4, board="policy-news"))
    archive.close()
    reader = ArchiveReader(path)
    yield reader
    reader.close()


def test_the_pages_of_the_releases(asked: ArchiveReader) -> None:
    one, three, four = 156_000_001, 156_000_003, 156_000_004
    assert asked.pages() == {one: [6, 2], three: [4], four: [8]}
    assert asked.pages(board="press-release") == {one: [6, 2], three: [4]}
    assert asked.pages(since=date(2024, 1, 18)) == {three: [4]}
    assert asked.pages(board="press-release", until=date(2024, 1, 17)) == {one: [6, 2]}
    assert asked.pages(kind="file") == {one: [7]}
    assert asked.pages(kind="unheard of") == {}


def test_what_belongs_together(asked: ArchiveReader) -> None:
    assert [each.body for each in asked.parts(2)] == [b"viewer 1", b"file"]
    assert [each.id for each in asked.parts(1)] == [2]
    assert asked.parts(6) == []


def test_a_range_of_days(asked: ArchiveReader) -> None:
    """A part without a day is of the day of its whole."""
    assert [each.id for each in asked.exchanges()] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [each.id for each in asked.exchanges(since=date(2024, 1, 18))] == [4]
    assert [each.id for each in asked.exchanges(until=date(2024, 1, 18))] == [1, 2, 3, 5, 6, 7, 8]


def test_an_exchange_that_is_not_there(asked: ArchiveReader) -> None:
    with pytest.raises(ArchiveProblem, match="no exchange 99"):
        asked.get(99)


def test_the_summary(asked: ArchiveReader) -> None:
    found = {each.kind: each for each in asked.summary()}
    assert {kind: (each.exchanges, each.bytes, each.bodies) for kind, each in found.items()} == {
        "file": (1, 4, 1),
        "listing": (1, 4, 1),
        "release": (5, 30, 5),
        "viewer": (1, 8, 1),
    }
    assert found["release"].kept == 30
    assert found["release"].ratio == 1
    assert found["release"].first_at == found["release"].last_at == "2024-01-17T01:02:03.456Z"


def test_it_is_read_while_it_is_written(path: Path) -> None:
    archive = Archive(path)
    archive.add(answer(page(1), 1))
    archive.flush()
    reader = ArchiveReader(path)
    archive.add(answer(page(2), 2))
    assert reader.pages() == {156_000_001: [1]}
    archive.flush()
    assert [each.body for each in reader.exchanges()] == [page(1), page(2)]
    archive.close()
    reader.close()


def bodies_of(path: Path, ids: list[int]) -> list[bytes | None]:
    with closing(ArchiveReader(path)) as reader:
        return [reader.get(number).body for number in ids]


def test_several_processes_read_at_once(three_hundred: Path) -> None:
    halves = [list(range(1, 151)), list(range(151, 301))]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = pool.map(bodies_of, [three_hundred] * 2, halves)
        assert [body for half in found for body in half] == [page(number) for number in range(300)]


def test_memory_does_not_grow_with_the_archive(tmp_path: Path) -> None:
    """Ten times the pages, the same memory: to write, and to read them all."""
    program = """
import resource, sys
from pathlib import Path
from harvester.store import Archive, ArchiveReader
from tests.store.test_archive import answer, page
path, count = Path(sys.argv[1]), int(sys.argv[2])
archive = Archive(path)
for number in range(count):
    archive.add(answer(page(number), number))
    if number % 5 == 0:
        archive.flush()
archive.close()
assert sum(1 for each in ArchiveReader(path).exchanges()) == count
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
    peaks = [
        int(subprocess.check_output([sys.executable, "-c", program, str(tmp_path / f"{n}.db"), str(n)], cwd=ROOT))
        for n in (150, 1500)
    ]
    assert peaks[1] < peaks[0] + 8 * 1024


ROOT = Path(__file__).parents[2]


# Trouble


WRITER = """
import sys
from pathlib import Path
from harvester.store import Archive
from tests.store.test_archive import answer, page
archive = Archive(Path(sys.argv[1]))
number = archive._next_exchange - 1
while True:
    archive.add(answer(page(number), number))
    number += 1
    if number % 3 == 0:
        archive.flush()
        print(number, flush=True)
"""


def test_killed_at_any_moment_it_loses_only_what_was_not_flushed(path: Path) -> None:
    dice = Random(5)
    for _ in range(4):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], cwd=ROOT, stdout=subprocess.PIPE)
        assert process.stdout
        flushed = int(process.stdout.readline())
        time.sleep(dice.random() / 4)
        process.send_signal(signal.SIGKILL)
        flushed = int((process.stdout.read().split() or [flushed])[-1])
        process.wait()
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = [each.body for each in read(path)]
        assert len(found) >= flushed
        assert found == [page(number) for number in range(len(found))]


def test_a_flush_that_failed_is_tried_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harvester.store.faults.PATIENCE", 0.01)
    archive = Archive(path)
    archive.add(answer(page(1), 1))
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveProblem, match=r"archive-briefings\.db.*locked"):
            archive.flush()
    archive.add(answer(page(2), 2))
    archive.close()
    assert [each.body for each in read(path)] == [page(1), page(2)]


def test_on_a_full_disk_the_file_stays_sound(path: Path) -> None:
    archive = Archive(path)
    archive.add(answer(page(1), 1))
    archive.flush()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.with_name(f"{path.name}-wal").stat().st_size, before[1]))
        archive.add(answer(Random(1).randbytes(300_000), 2))
        with pytest.raises(ArchiveProblem, match="cannot be used"):
            archive.flush()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert [each.body for each in read(path)] == [page(1)]
    archive.add(answer(page(3), 3))
    archive.close()
    assert [each.body for each in read(path)] == [page(1), Random(1).randbytes(300_000), page(3)]


def test_a_full_archive_stays_sound(path: Path) -> None:
    archive = Archive(path)
    archive.add(answer(page(1), 1))
    archive.flush()
    [(pages,)] = archive._db.execute("PRAGMA page_count").fetchall()
    archive._db.execute(f"PRAGMA max_page_count = {pages + 10}")
    archive.add(answer(Random(1).randbytes(300_000), 2))
    with pytest.raises(ArchiveProblem, match="full"):
        archive.flush()
    assert [each.body for each in read(path)] == [page(1)]
    with pytest.raises(ArchiveProblem, match="full"):
        archive.close()
    assert [each.body for each in read(path)] == [page(1)]


@pytest.mark.parametrize("cut", [1, 3000, 40_000])
def test_a_file_cut_short_is_told_on_opening(tmp_path: Path, three_hundred: Path, cut: int) -> None:
    path = tmp_path / "cut.db"
    content = three_hundred.read_bytes()
    path.write_bytes(content[:-cut])
    for opening in (Archive, ArchiveReader):
        with pytest.raises(ArchiveProblem, match=r"cut\.db.*docs/archive\.md"):
            opening(path)
    assert path.read_bytes() == content[:-cut]


def test_a_damaged_end_is_told_on_opening(tmp_path: Path, three_hundred: Path) -> None:
    path = tmp_path / "damaged.db"
    content = three_hundred.read_bytes()
    path.write_bytes(content[:-20_000] + bytes(20_000))
    for opening in (Archive, ArchiveReader):
        with pytest.raises(ArchiveProblem, match="damaged"):
            opening(path)


def test_a_damaged_record_is_named_and_the_others_are_read(tmp_path: Path, three_hundred: Path) -> None:
    path = tmp_path / "damaged.db"
    shutil.copy(three_hundred, path)
    [(data,)] = sql(path, "SELECT data FROM bodies WHERE id = 100")
    sql(path, "UPDATE bodies SET data = ? WHERE id = 100", data[:200] + bytes([data[200] ^ 1]) + data[201:])
    sql(path, "UPDATE exchanges SET headers = '[[' WHERE id = 101")
    sql(path, "DELETE FROM bodies WHERE id = 102")
    with closing(ArchiveReader(path)) as reader:
        for number in (100, 101, 102):
            with pytest.raises(ArchiveProblem, match=rf"exchange {number} of the archive .*damaged\.db is damaged"):
                reader.get(number)
        assert reader.get(99).body == page(98)
        assert reader.get(103).body == page(102)
        with pytest.raises(ArchiveProblem, match="exchange 100"):
            list(reader.exchanges())


def test_a_lost_dictionary_is_named(tmp_path: Path, three_hundred: Path) -> None:
    path = tmp_path / "damaged.db"
    shutil.copy(three_hundred, path)
    sql(path, "UPDATE bodies SET data = x'00' WHERE id = 1")
    with pytest.raises(ArchiveProblem, match="body 1 of the archive"):
        ArchiveReader(path)


# Whose file


@pytest.mark.parametrize("opening", [Archive, ArchiveReader])
def test_files_of_others_are_refused_and_left_alone(path: Path, opening: Callable[[Path], Any]) -> None:
    for make in (
        lambda: sql(path, "CREATE TABLE bookmarks (id)"),
        lambda: Store(path).close(),
        lambda: path.write_bytes(b"not a database, but a text that is longer than a header" * 10),
    ):
        path.unlink(missing_ok=True)
        make()
        before = path.read_bytes()
        with pytest.raises(DatabaseProblem, match=r"archive-briefings\.db"):
            opening(path)
        assert path.read_bytes() == before


@pytest.mark.parametrize("opening", [Archive, ArchiveReader])
def test_an_archive_of_a_newer_version_is_refused(path: Path, opening: Callable[[Path], Any]) -> None:
    write(path, [answer(b"x")])
    newer = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, 'm999_later', '')"
    sql(path, newer, migrations.name)
    with pytest.raises(ArchiveProblem, match=r"newer version.*m999_later"):
        opening(path)


def test_the_archive_is_no_database_of_releases(path: Path) -> None:
    write(path, [answer(b"x")])
    with pytest.raises(DatabaseProblem, match="another program"):
        Store(path)


def test_reading_makes_no_archive(path: Path) -> None:
    with pytest.raises(ArchiveProblem, match="there is no archive at"):
        ArchiveReader(path)
    assert not path.exists()
    path.touch()
    with pytest.raises(ArchiveProblem, match="empty"):
        ArchiveReader(path)


def test_a_folder_is_no_archive(tmp_path: Path) -> None:
    for opening in (Archive, ArchiveReader):
        with pytest.raises(ArchiveProblem):
            opening(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_who_may_not_write_can_read(three_hundred: Path, tmp_path: Path) -> None:
    folder = tmp_path / "still"
    folder.mkdir()
    shutil.copy(three_hundred, folder / "a.db")
    folder.chmod(0o500)
    try:
        assert len(read(folder / "a.db")) == 300
    finally:
        folder.chmod(0o700)


# Without our program: docs/archive.md


def block(language: str, place: int = 0) -> str:
    found: list[str] = re.findall(
        rf"^```{language}\n(.*?)^```$", DOCS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    return found[place]


def test_the_documented_reader_reads_it(tmp_path: Path, three_hundred: Path) -> None:
    shutil.copy(three_hundred, tmp_path / "archive-briefings.db")
    (tmp_path / "read.py").write_text(block("python"), encoding="utf-8")
    out = subprocess.check_output([sys.executable, "read.py"], cwd=tmp_path, text=True)
    lines = out.splitlines()
    assert len(lines) == 300
    assert lines[7] == f"8 {answer(None, 7).url} {len(page(7))} bytes"


@pytest.mark.skipif(not (shutil.which("zstd") and shutil.which("sqlite3")), reason="needs both tools")
def test_the_documented_commands_unpack_a_page(tmp_path: Path, three_hundred: Path) -> None:
    shutil.copy(three_hundred, tmp_path / "archive-briefings.db")
    subprocess.run(["bash", "-euc", block("bash").replace("1234", "100")], cwd=tmp_path, check=True)
    assert (tmp_path / "page.html").read_bytes() == page(99)


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="needs the tool")
@pytest.mark.parametrize("where", ["cut short", "in the middle", "at the end"])
def test_the_documented_commands_save_what_is_readable(tmp_path: Path, three_hundred: Path, where: str) -> None:
    content, path = three_hundred.read_bytes(), tmp_path / "archive-briefings.db"
    half = len(content) // 2
    path.write_bytes(
        {
            "cut short": content[:-20_000],
            "in the middle": content[:half] + bytes(10_000) + content[half + 10_000 :],
            "at the end": content[:-20_000] + bytes(20_000),
        }[where]
    )
    subprocess.run(["bash", "-euc", block("bash", 1)], cwd=tmp_path, check=True, stderr=subprocess.DEVNULL)
    saved = tmp_path / "saved.db"
    Archive(saved).close()
    good = 0
    with closing(ArchiveReader(saved)) as reader:
        for (number,) in sql(saved, "SELECT id FROM exchanges"):
            with suppress(ArchiveProblem):
                good += reader.get(number).body == page(number - 1)
    assert good > 150


def test_the_documented_columns_are_those_of_the_file(three_hundred: Path) -> None:
    told = DOCS.read_text(encoding="utf-8")
    for (table,) in sql(three_hundred, "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"):
        if not table.startswith("_") and not table.startswith("sqlite_"):
            part = re.search(rf"^## {table}\n(.*?)(?=^## |\Z)", told, re.MULTILINE | re.DOTALL)
            assert part, f"docs/archive.md does not tell of {table}"
            columns = [row[1] for row in sql(three_hundred, f"PRAGMA table_info({table})")]
            assert re.findall(r"^\| (\w+) \|", part[1], re.MULTILINE)[1:] == columns
