"""What goes wrong with files and viewers really does, to the release it should."""

from __future__ import annotations

import contextlib
import http.client
import io
import logging
import socket
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from harvester.demo import KINDS, Attachment, Fault, MiniSite, Release
from harvester.demo.faults import Asked, choose
from harvester.demo.viewer import PARAGRAPHS_A_PAGE
from harvester.documents import UnreadableDocument, read_document
from tests.demo.conftest import DOWNLOAD, Client, release

FILE = Asked(key="GET file 1", kind="file", news_id="1", suffix="hwpx")
VIEWER = Asked(key="GET viewer 1", kind="viewer", news_id="1", page=2)
SUFFIXES = ("hwpx", "hwp", "pdf", "jpg")
HWPX, HWP, PDF, JPG = (Attachment(str(198_000_000 + n), f"붙임 {n}.{suffix}") for n, suffix in enumerate(SUFFIXES))


@pytest.fixture
def added(site: MiniSite) -> Release:
    lines = "\n".join(f"□ 문단 {number}" for number in range(3 * PARAGRAPHS_A_PAGE))
    return site.corpus.add(release("156000001", attachments=(HWPX, HWP, PDF, JPG), document=lines))


def test_the_choice_for_documents() -> None:
    assert choose([Fault("500", where="file")], FILE, 1)
    assert not choose([Fault("500", where="file")], VIEWER, 1)
    assert choose([Fault("500", where="viewer", pages=frozenset({2}))], VIEWER, 1)
    assert not choose([Fault("500", where="viewer", pages=frozenset({1, 3}))], VIEWER, 1)
    assert choose([Fault("damaged")], VIEWER, 1)
    for kind, suffixes in (("scanned", {"pdf"}), ("zip-bomb", {"hwpx"}), ("encrypted", {"hwpx", "hwp", "pdf"})):
        hit = {suffix for suffix in SUFFIXES if choose([Fault(kind)], Asked("k", "file", suffix=suffix), 1)}  # type: ignore[arg-type]
        assert hit == suffixes
        assert not choose([Fault(kind)], VIEWER, 1)  # type: ignore[arg-type]
    listed = Asked("POST list", "list", page=2)
    assert not any(choose([Fault(kind)], listed, 1) for kind in ("empty", "endless", "trickle", "huge", "error-page"))  # type: ignore[arg-type]
    assert choose([Fault("500", where="list", pages=frozenset({2}))], listed, 1)


def test_only_one_release_or_day_and_only_files(site: MiniSite, client: Client, added: Release) -> None:
    other = site.corpus.add(release("156000002", day=8, attachments=(Attachment("198000009", "다른.hwpx"),)))
    for only in ({"news_ids": frozenset({added.news_id})}, {"days": frozenset({added.listed_on})}):
        site.faults = [Fault("500", tries=None, where="file", **only)]  # type: ignore[arg-type]
        assert client.file(HWPX).status == client.file(PDF).status == 500
        assert client.file(other.attachments[0]).status == 200
        assert client.viewer_page(added, 1).status == 200
        assert client.view(added.news_id).status == 200


def test_a_share_of_files_is_always_the_same(site: MiniSite, client: Client) -> None:
    files = [file for made in site.corpus for file in made.attachments][:60]
    site.faults = [Fault("503", share=0.3, tries=None, where="file")]
    hit = [client.file(file).status for file in files]
    assert 8 < hit.count(503) < 30
    assert hit == [client.file(file).status for file in files]


def test_a_hole_in_a_viewer(site: MiniSite, client: Client, added: Release) -> None:
    site.faults = [Fault("404", where="viewer", pages=frozenset({2}))]
    assert [client.viewer_page(added, page).status for page in (1, 2, 3, 4)] == [200, 404, 200, 404]
    assert client.viewer_page(added, 2).status == 200, "only the first try"
    site.faults = [Fault("404", where="viewer", pages=frozenset({2}), tries=None)]
    assert len(client.viewer_pages(added)) == len(client.viewer_pages(added)) == 1


@pytest.mark.parametrize("kind", ["500", "503", "429", "404"])
def test_refusals(site: MiniSite, client: Client, added: Release, kind: Any) -> None:
    site.faults = [Fault(kind, where="viewer"), Fault(kind, where="file")]
    assert client.viewer_page(added, 1).status == client.file(HWPX).status == int(kind)
    assert client.viewer_page(added, 1).status == client.file(HWPX).status == 200


@pytest.mark.parametrize(
    ("kind", "errors"),
    [
        ("reset", (ConnectionResetError,)),
        ("reset-midway", (ConnectionResetError,)),
        ("stall", (http.client.RemoteDisconnected, ConnectionResetError)),
        ("truncated", (http.client.IncompleteRead,)),
    ],
)
def test_connections_that_break(
    site: MiniSite, client: Client, added: Release, kind: Any, errors: tuple[type[Exception], ...]
) -> None:
    site.faults = [Fault(kind, where="viewer", seconds=0.05), Fault(kind, where="file", seconds=0.05)]
    with pytest.raises(errors):
        client.file(PDF)
    with pytest.raises(errors):
        client.viewer_page(added, 1)
    assert client.file(PDF).status == client.viewer_page(added, 1).status == 200


def test_empty_cut_and_damaged(site: MiniSite, client: Client, added: Release) -> None:
    def both() -> tuple[bytes, bytes]:
        return client.file(HWPX).body, client.viewer_page(added, 1).body

    file, page = both()
    site.faults = [Fault("empty", tries=None)]
    assert both() == (b"", b"")
    site.faults = [Fault("truncated-clean", tries=None)]
    assert both() == (file[: len(file) // 2], page[: len(page) // 2])
    site.faults = [Fault("damaged", tries=None)]
    damaged = both()
    assert [len(part) for part in damaged] == [len(file), len(page)]
    assert damaged[0] != file
    assert damaged[1] != page
    assert damaged[0][:4] == file[:4], "it still looks like what it should be"
    assert both() == damaged
    site.faults = [Fault("damaged", tries=None, seed=1)]
    assert both()[0] != damaged[0]


@pytest.mark.parametrize("file", [HWPX, HWP, PDF])
def test_encrypted(site: MiniSite, client: Client, added: Release, file: Attachment) -> None:
    right, picture = client.file(file).body, client.file(JPG).body
    site.faults = [Fault("encrypted", tries=None)]
    locked = client.file(file).body
    assert locked[:4] == right[:4]
    with pytest.raises(UnreadableDocument, match="encrypted"):
        read_document(locked, file.name)
    assert client.file(JPG).body == picture


def test_scanned(site: MiniSite, client: Client, added: Release) -> None:
    right = client.file(HWPX).body
    site.faults = [Fault("scanned", tries=None)]
    with pytest.raises(UnreadableDocument, match="scanned"):
        read_document(client.file(PDF).body, PDF.name)
    assert client.file(HWPX).body == right


def test_other_things_under_the_name(site: MiniSite, client: Client, added: Release) -> None:
    site.faults = [Fault("wrong-suffix", tries=None)]
    assert [client.file(file).body[:4] for file in (HWPX, HWP, PDF)] == [b"%PDF", b"%PDF", b"PK\x03\x04"]
    site.faults = [Fault("error-page", tries=None)]
    for file in (HWPX, JPG):
        got = client.file(file)
        assert (got.status, got.headers["Content-Type"]) == (200, "application/x-download")
        assert got.text.startswith("<!DOCTYPE html>")
    site.faults = [Fault("maintenance", tries=None)]
    assert client.file(HWPX).headers["Content-Type"] == "text/html;charset=UTF-8"


def test_a_zip_bomb(site: MiniSite, client: Client, added: Release) -> None:
    site.faults = [Fault("zip-bomb", tries=None)]
    start = time.monotonic()
    body = client.file(HWPX).body
    assert time.monotonic() - start < 5
    assert len(body) < 8 * 2**20
    archive = zipfile.ZipFile(io.BytesIO(body))
    (section,) = [each for each in archive.infolist() if each.filename.endswith("section0.xml")]
    assert section.file_size > 2**30
    assert section.compress_size * 100 < section.file_size
    with archive.open(section) as stream:
        begun = stream.read(3 * 2**20)
    assert begun.count(b"<hp:p ") > 1000
    with pytest.raises(UnreadableDocument, match="too large"):
        read_document(body, HWPX.name)
    assert [each.CRC for each in archive.infolist() if each != section] == [
        each.CRC
        for each in zipfile.ZipFile(io.BytesIO(client.file(HWPX).body)).infolist()
        if each.filename != section.filename
    ]


def test_huge_files(site: MiniSite, client: Client, added: Release) -> None:
    site.faults = [Fault("huge", tries=None)]
    for file in (HWPX, PDF):
        assert len(client.file(file).body) > 32 * 2**20
    assert zipfile.ZipFile(io.BytesIO(client.file(HWPX).body)).testzip() is None


def arriving(client: Client, path: str, until: int, seconds: float) -> Iterator[int]:
    """How many bytes have come, after each that came, until there are so many or time is up."""
    with socket.create_connection(("127.0.0.1", client.site.port), timeout=5) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        got, end = 0, time.monotonic() + seconds
        while got < until and time.monotonic() < end:
            got += len(connection.recv(65536))
            yield got


@pytest.mark.parametrize("where", ["file", "viewer"])
def test_an_answer_that_never_ends(site: MiniSite, client: Client, added: Release, where: Any) -> None:
    site.faults = [Fault("endless", tries=None, where=where)]
    path = f"{DOWNLOAD}?fileId={HWPX.file_id}" if where == "file" else f"{viewer_path(added)}/1.html"
    *_, got = arriving(client, path, until=10 * 2**20, seconds=10)
    assert got >= 10 * 2**20
    assert client.view(added.news_id).status == 200, "the site has time for others"
    start = time.monotonic()
    site.stop()
    assert time.monotonic() - start < 2


def viewer_path(added: Release) -> str:
    return f"/docViewer/result/2024.01/05/{added.viewer_name}/{added.viewer_name}.files"


def test_an_answer_that_trickles(site: MiniSite, client: Client, added: Release) -> None:
    site.faults = [Fault("trickle", tries=None, where="file", seconds=0.2)]
    steps = list(arriving(client, f"{DOWNLOAD}?fileId={HWPX.file_id}", until=100_000, seconds=0.5))
    assert len(steps) > 10
    assert steps[-1] < 2000
    assert site.requests[0].fault == "trickle"


def test_no_fault_upsets_the_server(
    site: MiniSite, client: Client, added: Release, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    for kind in KINDS:
        if kind in ("endless", "trickle"):
            continue
        site.faults = [Fault(kind, seconds=0.01, tries=None)]
        for ask in (lambda: client.file(HWPX), lambda: client.file(JPG), lambda: client.viewer_page(added, 1)):
            with contextlib.suppress(OSError, http.client.HTTPException):
                ask()
    site.faults = []
    assert client.file(HWPX).status == client.viewer_page(added, 1).status == 200
    assert not caplog.records
