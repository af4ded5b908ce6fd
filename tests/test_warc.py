"""The export for web archives, as their tools read it."""

import io
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs

from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from harvester.store import Exchange
from harvester.warc import write_warc

LIST = "https://www.korea.kr/briefing/pressReleaseList.do"
RELEASE = "https://www.korea.kr/briefing/pressReleaseView.do?newsId=156000001"
FORM = "pageIndex=1&srchWord=%EC%88%98%EC%B6%9C"


def exchange(**more: Any) -> Exchange:
    found: dict[str, Any] = {
        "kind": "release",
        "method": "GET",
        "url": RELEASE,
        "form": None,
        "fetched_at": "2024-01-17T01:02:03.456Z",
        "status": 200,
        "headers": [
            ("Content-Type", "text/html;charset=UTF-8"),
            ("Content-Encoding", "gzip"),
            ("transfer-encoding", "chunked"),
            ("Content-Length", "17"),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
        ],
        "body": "<h1>수출 동향</h1>".encode(),
        "id": 2,
    }
    return Exchange(**found | more)


LISTING = exchange(kind="listing", method="POST", url=LIST, form=FORM, body=b"<li>", id=1)


def records(written: bytes) -> list[tuple[Any, bytes]]:
    read = ArchiveIterator(io.BytesIO(written), check_digests="raise")
    return [(record, record.content_stream().read()) for record in read]


def warc(*exchanges: Exchange, **more: Any) -> bytes:
    stream = io.BytesIO()
    assert write_warc(iter(exchanges), stream, **more) == len(exchanges)
    return stream.getvalue()


def header(record: Any, name: str) -> Any:
    return record.rec_headers.get_header(name)


def test_a_page_and_its_request() -> None:
    (info, told), (response, body), (request, asked) = records(warc(exchange()))
    assert info.rec_headers.protocol == "WARC/1.1"
    assert info.rec_type == "warcinfo"
    assert b"software: koreakr-harvester/" in told
    assert b"format: WARC File Format 1.1" in told

    assert response.rec_type == "response"
    assert header(response, "WARC-Target-URI") == RELEASE
    assert header(response, "WARC-Date") == "2024-01-17T01:02:03.456Z"
    assert header(response, "WARC-Payload-Digest").startswith("sha1:")
    assert response.http_headers.protocol == "HTTP/1.1"
    assert response.http_headers.statusline == "200 OK"
    assert body == exchange().body

    assert request.rec_type == "request"
    assert header(request, "WARC-Concurrent-To") == header(response, "WARC-Record-ID")
    assert request.http_headers.protocol == "GET"
    assert request.http_headers.statusline == "/briefing/pressReleaseView.do?newsId=156000001 HTTP/1.1"
    assert request.http_headers.get_header("Host") == "www.korea.kr"
    assert asked == b""
    assert {header(each, "WARC-Warcinfo-ID") for each in (request, response)} == {header(info, "WARC-Record-ID")}


def test_headers_fit_the_body_that_is_kept() -> None:
    _, (response, body), _ = records(warc(exchange()))
    assert response.http_headers.headers == [
        ("Content-Type", "text/html;charset=UTF-8"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("Content-Length", str(len(body))),
    ]


def test_a_form_goes_with_its_request() -> None:
    """A listing page is the answer to a form; an index that knows the address alone could not tell them apart."""
    _, (response, _), (request, form) = records(warc(LISTING))
    assert request.http_headers.protocol == "POST"
    assert request.http_headers.get_header("Content-Type") == "application/x-www-form-urlencoded"
    assert request.http_headers.get_header("Content-Length") == str(len(form))
    assert parse_qs(form.decode()) == {"pageIndex": ["1"], "srchWord": ["수출"]}
    assert header(request, "WARC-Target-URI") == header(response, "WARC-Target-URI") == LIST


def test_a_body_kept_outside_is_fetched() -> None:
    outside = exchange(kind="file", body=None, sha256="ab" * 32, size=8)
    _, (response, body), _ = records(warc(outside, bodies_of={"ab" * 32: b"document"}.get))
    assert (body, header(response, "WARC-Truncated")) == (b"document", None)


def test_a_body_that_is_not_to_be_had_is_told() -> None:
    outside = exchange(kind="file", body=None, sha256="ab" * 32, size=8)
    for more in ({}, {"bodies_of": lambda sha256: None}):
        _, (response, body), _ = records(warc(outside, **more))
        assert (body, header(response, "WARC-Truncated")) == (b"", "unspecified")
        assert response.http_headers.get_header("Content-Length") == "0"


def test_answers_that_are_no_pages() -> None:
    _, (moved, _), _, (strange, _), _ = records(warc(exchange(status=302, body=b""), exchange(status=599, id=3)))
    assert moved.http_headers.statusline == "302 Found"
    assert strange.http_headers.statusline == "599 Unknown"


def test_an_export_of_nothing_is_a_file_all_the_same() -> None:
    [(info, _)] = records(warc())
    assert info.rec_type == "warcinfo"


def test_two_exports_are_equal_and_ids_differ() -> None:
    written = warc(LISTING, exchange(), exchange(id=3))
    assert written == warc(LISTING, exchange(), exchange(id=3))
    ids = [header(record, "WARC-Record-ID") for record, _ in records(written)]
    assert len(set(ids)) == 7


line = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters=":"), min_size=1)


@given(
    names=st.lists(st.tuples(st.text(max_size=20), st.text(max_size=40)), max_size=6),
    body=st.binary(max_size=300),
    path=st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    form=st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    status=st.integers(100, 599),
)
def test_nothing_received_breaks_the_file(
    names: list[tuple[str, str]], body: bytes, path: str, form: str | None, status: int
) -> None:
    """Line breaks, colons, NUL: whatever a server sends, what follows is still read, with the right digests."""
    odd = exchange(headers=names, body=body, url=f"https://www.korea.kr/{path}", form=form, status=status)
    found = records(warc(odd, LISTING))
    assert [record.rec_type for record, _ in found] == ["warcinfo", "response", "request", "response", "request"]
    assert [found[1][1], found[2][1]] == [body, (form or "").encode()]
    assert found[3][1] == b"<li>"


def warcio(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from warcio.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_tools_of_warcio_read_it(tmp_path: Path) -> None:
    path = tmp_path / "pages.warc.gz"
    path.write_bytes(warc(LISTING, exchange(), exchange(kind="file", body=Random(1).randbytes(10_000), id=3)))
    checked = warcio("check", "-v", str(path))
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.count("digest pass") == 7
    indexed = warcio("index", "-f", "warc-type,warc-target-uri,http:status", str(path)).stdout.splitlines()
    assert len(indexed) == 7
    assert sum('"http:status": "200"' in each for each in indexed) == 3


def test_memory_does_not_grow_with_the_export() -> None:
    """Nothing is asked for before what was asked for earlier is written."""

    class Counting(io.RawIOBase):
        size = 0

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.size += len(data)
            return len(data)

    stream, sizes = Counting(), []

    def exchanges() -> Any:
        for number in range(20):
            sizes.append(stream.size)
            yield exchange(id=number, body=Random(number).randbytes(5000))

    write_warc(exchanges(), stream)  # type: ignore[arg-type]
    assert all(later - earlier > 5000 for earlier, later in pairwise(sizes))
