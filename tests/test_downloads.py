"""Files of any size: real crawls, in processes of their own, of a server on loopback that answers in every bad way."""

import asyncio
import contextlib
import hashlib
import json
import socket
import ssl
import struct
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Future
from dataclasses import asdict
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response

from harvester.downloads import ERROR_PAGE_MOST, Received, ToFile, _errors_as_scrapys
from harvester.files import Files

ROOT = Path(__file__).parents[1]
BLOCK = Random(20240117).randbytes(1 << 20)
SMALL = BLOCK[:300_000]
LARGE = 200
"""Blocks in the large file."""
MOST_MEMORY = 150_000_000

# The server. It answers by hand, as no library would.

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def head(length: int | None, status: str = "200 OK", **fields: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    lines += [] if length is None else [f"Content-Length: {length}"]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def says(*parts: bytes) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return answer


def says_slowly(start: bytes, parts: list[bytes], seconds: float) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        for part in parts:
            await writer.drain()
            await asyncio.sleep(seconds)
            writer.write(part)

    return answer


async def resets(writer: asyncio.StreamWriter) -> None:
    writer.write(head(len(SMALL)) + SMALL[:1000])
    await writer.drain()
    await asyncio.sleep(0.1)
    # Lingering for no time turns the close into a reset.
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


CHUNKED = head(None, Transfer_Encoding="chunked")
WHOLE = says(head(len(SMALL), Content_Type="application/pdf"), SMALL)
HALF = says(head(len(SMALL)), SMALL[:150_000])
HALF_CHUNKED = says(CHUNKED, chunk(SMALL[:150_000]))
HANGS = says_slowly(head(len(SMALL)) + SMALL[:1000], [b""], 3600)

ANSWERS: dict[str, list[Answer]] = {  # one for each try, the last for all that follow
    "/robots.txt": [says(head(35), b"User-agent: *\nDisallow: /forbidden\n")],
    "/page": [says(head(12, Content_Type="text/html"), b"<p>page</p>\r")],
    "/small": [WHOLE],
    "/forbidden": [WHOLE],
    "/empty": [says(head(0))],
    "/chunked": [says(CHUNKED, chunk(SMALL[:100]), chunk(SMALL[100:]), chunk(b""))],
    "/names": [says(head(4, Content_Disposition="@").replace(b"@", "attachment; filename=보도.hwp".encode()), b"file")],
    "/no-encoding": [says(head(4, Content_Encoding="UTF-8"), b"file")],
    "/unframed": [says(head(None), SMALL)],
    "/slow": [says_slowly(head(100_000), [bytes(10_000)] * 10, 0.5)],
    "/large": [says(head(LARGE << 20), *[BLOCK] * LARGE)],
    "/block": [says(head(10 << 20), *[BLOCK] * 10)],
    "/cut": [HALF],
    "/cut-once": [HALF, WHOLE],
    "/cut-chunked": [HALF_CHUNKED],
    "/cut-chunked-once": [HALF_CHUNKED, WHOLE],
    "/reset-once": [resets, WHOLE],
    "/silent-once": [says(), WHOLE],
    "/bad-chunk": [says(CHUNKED, chunk(SMALL[:5000]), b"no number\r\n")],
    "/no-http": [says(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")],
    "/gzip": [says(head(4, Content_Encoding="gzip"), b"\x1f\x8b\x08\x00")],
    "/declares-too-much": [says(head(300_001), SMALL + b".")],
    "/as-much-as-allowed": [WHOLE],
    "/endless": [says(CHUNKED, *[chunk(BLOCK)] * 1000)],
    "/never-begins": [says_slowly(b"", [b""], 3600)],
    "/never-ends": [HANGS],
    "/cancelled": [HANGS],
    "/trickles": [says_slowly(head(1_000_000), [b"."] * 36_000, 0.1)],
    "/head-trickles": [says_slowly(b"HTTP/1.1 200 OK\r\n", [b"X: y\r\n"] * 36_000, 0.1)],
    "/404": [says(head(9, "404 Not Found"), b"not found")],
    "/404-large": [says(head(50 << 20, "404 Not Found"), *[BLOCK] * 50)],
    "/500": [says(head(5, "500 Internal Server Error"), b"error")],
    "/500-once": [says(head(5, "500 Internal Server Error"), b"error"), WHOLE],
    "/moved": [says(head(5, "302 Found", Location="/elsewhere"), b"moved")],
    "/elsewhere": [WHOLE],
    "/whole-then-404": [WHOLE, says(head(4, "404 Not Found"), b"gone")],
}


class Server:
    """Answers one request a connection, and remembers what it was asked."""

    def __init__(self, certificate: ssl.SSLContext | None = None) -> None:
        self.tries: Counter[str] = Counter()
        self.heads: dict[str, str] = {}
        self._certificate = certificate
        self._ready: Future[int] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> "Server":
        self._thread.start()
        scheme = "https" if self._certificate else "http"
        self.url = f"{scheme}://127.0.0.1:{self._ready.result(timeout=30)}"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(timeout=30)

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0, ssl=self._certificate)
        self._ready.set_result(server.sockets[0].getsockname()[1])
        await self._end.wait()
        server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):  # clients leave when they have had enough
            asked = (await reader.readuntil(b"\r\n\r\n")).decode()
            target = asked.split()[1]
            path = "/" + target.split("/", 3)[-1]
            answers = ANSWERS.get(path, [says(head(0, "403 Forbidden"))])
            answer = answers[min(self.tries[path], len(answers) - 1)]
            self.tries[path] += 1
            self.heads[path] = asked
            await answer(writer)
            await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()
            await writer.wait_closed()


# The crawl, which is this file run as a program


class Asking(Spider):
    """Asks what it is told to, and writes down what became of it."""

    name = "asking"
    told: dict[str, dict[str, Any]]
    became: dict[str, dict[str, Any]]

    async def start(self) -> AsyncIterator[Request]:
        for name, meta in self.told.items():
            if "cancel" in meta:
                await self.cancelled(name, meta)
                continue
            yield Request(
                meta.pop("url"),
                self.answered,
                headers=meta.pop("headers", None),
                errback=self.failed,
                cb_kwargs={"asked": name},
                meta=meta | {"handle_httpstatus_all": True},
            )

    def answered(self, response: Response, asked: str) -> Iterator[Request]:
        if response.meta.get("twice") and response.request and response.request.meta.pop("twice"):
            yield response.request.replace(dont_filter=True)
            return
        file = response.meta.get("file")
        self.became[asked] = {
            "status": response.status,
            "body": response.text if hasattr(response, "text") else response.body.decode("latin-1"),
            "flags": response.flags,
            "disposition": (response.headers.get("Content-Disposition") or b"").decode(),
            "file": file and asdict(file) | {"path": str(file.path)},
            "latency": response.meta.get("download_latency"),
        }

    def failed(self, failure: Any) -> None:
        self.became[failure.request.cb_kwargs["asked"]] = {"error": type(failure.value).__name__}

    async def cancelled(self, name: str, meta: dict[str, Any]) -> None:
        folder = Path(meta["to_file"])
        handler = ToFile(self.crawler)
        task = asyncio.ensure_future(handler.download_request(Request(meta.pop("url"), meta=meta)))
        while not list(folder.glob("*.part")):
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task])
        await handler.close()
        self.became[name] = {"cancelled": task.cancelled()}


def crawl_as_told() -> None:
    told = json.load(sys.stdin)
    settings = {
        "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "harvester.downloads.ToFile"),
        "ROBOTSTXT_OBEY": True,
        "RETRY_TIMES": 1,
        "CONCURRENT_REQUESTS": 64,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 64,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "CRITICAL",
    }
    became: dict[str, dict[str, Any]] = {}
    process = AsyncCrawlerProcess(settings | told["settings"])
    crawler = process.create_crawler(Asking)
    process.crawl(crawler, told=told["requests"], became=became)
    process.start()
    assert crawler.stats is not None
    json.dump({"became": became, "stats": crawler.stats.get_stats(), "peak": peak()}, sys.stdout, default=str)


def peak() -> int | None:
    """The most memory this process had, in bytes. getrusage counts that of the process it came from, too."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


Became = dict[str, dict[str, Any]]


def crawl(requests: Became, **settings: Any) -> dict[str, Any]:
    told = json.dumps({"requests": requests, "settings": settings})
    command = [sys.executable, "-W", "ignore", "-m", "tests.test_downloads"]
    done = subprocess.run(command, input=told, capture_output=True, text=True, cwd=ROOT, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    result: dict[str, Any] = json.loads(done.stdout)
    assert result["became"].keys() == requests.keys()
    return result


class Crawled:
    """What became of every answer above, asked for at once."""

    def __init__(self, folder: Path) -> None:
        self.files = Files(folder)
        unused = socket.socket()
        unused.bind(("127.0.0.1", 0))  # and nobody listens
        with Server() as server, unused:

            def ask(path: str, seconds: float = 60, **meta: Any) -> dict[str, Any]:
                return {
                    "url": server.url + path,
                    "to_file": str(self.files.temporary),
                    "download_timeout": seconds,
                } | meta

            patience = {"/slow": 4, "/never-begins": 3, "/never-ends": 3, "/trickles": 3, "/head-trickles": 3}
            most = {"/declares-too-much": 300_000, "/as-much-as-allowed": 300_000, "/endless": 3_000_000}
            requests = {
                path: ask(path, patience.get(path, 60), **({"download_maxsize": most[path]} if path in most else {}))
                for path in ANSWERS
                if path
                not in ("/robots.txt", "/page", "/large", "/block", "/elsewhere", "/cancelled", "/whole-then-404")
            }
            requests |= {
                "page": {"url": f"{server.url}/page"},
                "twice": ask("/whole-then-404", twice=True),
                "cancel": ask("/cancelled", cancel=True, to_file=str(folder / "cancelled")),
                "nobody listens": ask("/", url=f"http://127.0.0.1:{unused.getsockname()[1]}/"),
                "by proxy": ask(
                    "/",
                    url="http://site.invalid/small",
                    proxy=server.url,
                    headers={"Proxy-Authorization": "Basic eDp5"},
                    dont_obey_robotstxt=True,
                ),
                "through proxy": ask(
                    "/",
                    url="https://site.invalid/secret",
                    proxy=server.url,
                    headers={"Proxy-Authorization": "Basic eDp5"},
                    dont_obey_robotstxt=True,
                ),
            }
            result = crawl(requests)
            self.became: Became = result["became"]
            self.stats: dict[str, Any] = result["stats"]
            self.tries, self.heads = server.tries, server.heads


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    return Crawled(tmp_path_factory.mktemp("files"))


def sha256(*blocks: bytes) -> str:
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(block)
    return digest.hexdigest()


@pytest.mark.parametrize("path", ["/small", "/chunked", "/as-much-as-allowed", "by proxy"])
def test_a_file_comes_whole_and_the_response_without_it(crawled: Crawled, path: str) -> None:
    became = crawled.became[path]
    assert (became["status"], became["body"], became["flags"]) == (200, "", [])
    file = became["file"]
    assert (file["size"], file["sha256"]) == (len(SMALL), sha256(SMALL))
    assert Path(file["path"]).read_bytes() == SMALL
    assert Path(file["path"]).parent == crawled.files.temporary
    assert became["latency"] > 0


def test_an_empty_file_is_one(crawled: Crawled) -> None:
    assert crawled.became["/empty"]["file"]["sha256"] == sha256()


def test_names_come_as_the_site_sent_them_and_name_nothing(crawled: Crawled) -> None:
    assert crawled.became["/names"]["disposition"] == "attachment; filename=보도.hwp"
    assert "보도" not in crawled.became["/names"]["file"]["path"]


def test_an_answer_that_does_not_say_where_it_ends_is_flagged(crawled: Crawled) -> None:
    assert crawled.became["/unframed"]["flags"] == ["partial"]
    assert crawled.became["/unframed"]["file"]["sha256"] == sha256(SMALL)


def test_a_slow_answer_may_take_longer_in_all_than_its_timeout(crawled: Crawled) -> None:
    assert crawled.became["/slow"]["file"]["size"] == 100_000


def test_pages_and_robots_txt_are_not_touched(crawled: Crawled) -> None:
    assert crawled.became["page"] | {"latency": 0} == {
        "status": 200,
        "body": "<p>page</p>\r",
        "flags": [],
        "disposition": "",
        "file": None,
        "latency": 0,
    }
    assert crawled.became["/forbidden"] == {"error": "IgnoreRequest"}
    assert crawled.tries["/robots.txt"] == 1
    assert "/forbidden" not in crawled.tries


def test_plain_files_are_asked_for(crawled: Crawled) -> None:
    assert "Accept-Encoding: identity" in crawled.heads["/small"]
    assert crawled.heads["/small"].count("User-Agent:") == 1
    assert crawled.became["/gzip"] == {"error": "DownloadFailedError"}
    assert crawled.became["/no-encoding"]["file"]["size"] == 4


@pytest.mark.parametrize("path", ["/cut-once", "/cut-chunked-once", "/reset-once", "/silent-once", "/500-once"])
def test_what_failed_is_tried_again(crawled: Crawled, path: str) -> None:
    assert crawled.tries[path] == 2
    assert crawled.became[path]["file"]["sha256"] == sha256(SMALL)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/cut", "ResponseDataLossError"),
        ("/cut-chunked", "ResponseDataLossError"),
        ("/bad-chunk", "DownloadFailedError"),
        ("/no-http", "DownloadFailedError"),
        ("/never-begins", "DownloadTimeoutError"),
        ("/never-ends", "DownloadTimeoutError"),
        ("/trickles", "DownloadTimeoutError"),
        ("/head-trickles", "DownloadTimeoutError"),
    ],
)
def test_what_fails_again_is_given_up(crawled: Crawled, path: str, error: str) -> None:
    assert crawled.became[path] == {"error": error}
    assert crawled.tries[path] == 2


def test_nobody_listens(crawled: Crawled) -> None:
    assert crawled.became["nobody listens"] == {"error": "DownloadConnectionRefusedError"}


@pytest.mark.parametrize("path", ["/declares-too-much", "/endless"])
def test_what_is_too_large_is_refused_once_and_for_all(crawled: Crawled, path: str) -> None:
    assert crawled.became[path] == {"error": "DownloadCancelledError"}
    assert crawled.tries[path] == 1


@pytest.mark.parametrize(
    ("path", "status", "body", "tries"),
    [("/404", 404, "not found", 1), ("/500", 500, "error", 2), ("/moved", 302, "moved", 1)],
)
def test_other_answers_come_with_their_body(crawled: Crawled, path: str, status: int, body: str, tries: int) -> None:
    became = crawled.became[path]
    assert (became["status"], became["body"], became["file"]) == (status, body, None)
    assert crawled.tries[path] == tries
    assert "/elsewhere" not in crawled.tries


def test_of_a_large_error_page_the_beginning_is_enough(crawled: Crawled) -> None:
    assert crawled.became["/404-large"]["status"] == 404
    assert len(crawled.became["/404-large"]["body"]) == ERROR_PAGE_MOST


def test_a_file_of_another_try_is_not_taken_for_this_ones(crawled: Crawled) -> None:
    assert crawled.became["twice"]["status"] == 404
    assert crawled.became["twice"]["file"] is None


def test_a_proxy_is_told_its_password_and_the_site_is_not(crawled: Crawled) -> None:
    assert crawled.heads["/small"].startswith(("GET /small", "GET http://site.invalid/small"))
    assert crawled.became["through proxy"] == {"error": "DownloadFailedError"}
    assert crawled.heads["/site.invalid:443"].startswith("CONNECT")
    assert "Proxy-Authorization: Basic eDp5" in crawled.heads["/site.invalid:443"]


def test_only_whole_files_are_left(crawled: Crawled) -> None:
    assert crawled.became["cancel"] == {"cancelled": True}
    assert list((crawled.files.folder / "cancelled").iterdir()) == []
    files = [became["file"] for became in crawled.became.values() if became.get("file")]
    assert {str(path) for path in crawled.files.temporary.iterdir()} == {file["path"] for file in files}
    assert len({file["path"] for file in files}) == len(files) > 10


def test_scrapys_stats_count_files_too(crawled: Crawled) -> None:
    sizes = sum(became["file"]["size"] for became in crawled.became.values() if became.get("file"))
    assert sizes < crawled.stats["downloader/response_bytes"] < sizes + len(SMALL) + 2 * ERROR_PAGE_MOST


def test_large_files_take_no_memory(tmp_path: Path) -> None:
    with Server() as server:
        several = {f"/block?{number}": f"{server.url}/block" for number in range(4)}
        urls = {"/large": f"{server.url}/large", **several}
        result = crawl(
            {name: {"url": url, "to_file": str(tmp_path)} for name, url in urls.items()},
            ROBOTSTXT_OBEY=False,
            DUPEFILTER_CLASS="scrapy.dupefilters.BaseDupeFilter",
        )
    expected = sha256(*[BLOCK] * LARGE)
    large = result["became"].pop("/large")["file"]
    assert (large["size"], large["sha256"]) == (LARGE << 20, expected)
    assert {became["file"]["sha256"] for became in result["became"].values()} == {sha256(*[BLOCK] * 10)}
    if result["peak"] is not None:
        assert result["peak"] < MOST_MEMORY


def certificate(folder: Path) -> ssl.SSLContext:
    """Of a server nobody vouches for but itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    since = datetime(2024, 1, 17)
    until = since + timedelta(days=36_500)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), since, until)
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=True)
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    path = folder / "site.pem"
    path.write_bytes(
        made.sign(key, hashes.SHA256()).public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.mark.parametrize("verify", [True, False])
def test_certificates_are_verified_for_files_where_they_are_for_pages(tmp_path: Path, verify: bool) -> None:
    with Server(certificate(tmp_path)) as server:
        file = {"url": f"{server.url}/small", "to_file": str(tmp_path / "files")}
        requests = {"file": file, "page": {"url": f"{server.url}/page"}}
        became = crawl(requests, DOWNLOAD_VERIFY_CERTIFICATES=verify, ROBOTSTXT_OBEY=False)["became"]
    assert ["error" in became[name] for name in ("page", "file")] == [verify, verify]
    assert len(list(tmp_path.glob("files/*"))) == (not verify)


def test_a_host_nobody_knows() -> None:
    key = ConnectionKey("site.invalid", 80, False, True, None, None, None)
    with pytest.raises(CannotResolveHostError), _errors_as_scrapys(Request("http://site.invalid"), 1):
        raise aiohttp.ClientConnectorDNSError(key, OSError(-2, "Name or service not known"))


def test_a_full_disk_is_not_the_sites_fault() -> None:
    with pytest.raises(OSError, match="No space left"), _errors_as_scrapys(Request("http://site.invalid"), 1):
        raise OSError(28, "No space left on device")


def test_what_was_received_can_be_kept(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.temporary.mkdir()
    received = Received(files.temporary / "0.part", len(SMALL), sha256(SMALL))
    received.path.write_bytes(SMALL)
    files.adopt(received.path, received.sha256)
    assert files.read(received.sha256) == SMALL


if __name__ == "__main__":
    crawl_as_told()
