"""Whatever the site answers, nobody else is asked, nothing is written outside the data, and the run ends truthfully."""

import gzip
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harvester.demo import Clock, Corpus, MiniSite
from harvester.pages.esg_board import read_start_page
from harvester.pages.release import AttachmentLink, read_release
from harvester.texts import UNREADABLE, Attachments, Got, Wanted, answer, find_text, viewer_folder

from ..pages.making import hand_view
from ..whole_runs.conftest import NOON_AFTER, SINCE, UNTIL, Harvester
from .servers import Answer, own_certificate, serving

BASE = "https://www.korea.kr/briefing/pressReleaseView.do?newsId=156000001"
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def crawl(site: str, data: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HARVEST_")}
    ours = {"HARVEST_SITE": site, "HARVEST_RATE": "0", "HARVEST_DATA": str(data), **environment}
    asked = arguments or ("crawl", "--since", "2024-01-17", "--until", "2024-01-17")
    return subprocess.run(
        [sys.executable, "-m", "harvester", *asked],
        env=clean | ours,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def below(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# --- addresses ------------------------------------------------------------------------------------------------------

ELSEWHERE = [
    "https://attacker.example/a.hwpx",
    "//attacker.example/a.hwpx",
    "///attacker.example/a.hwpx",
    "/\\attacker.example/a.hwpx",
    "\\\\attacker.example\\a.hwpx",
    "https:attacker.example/a.hwpx",
    "https:///attacker.example/a.hwpx",
    "https://www.korea.kr@attacker.example/a.hwpx",
    "https://www.korea.kr:443@attacker.example/a.hwpx",
    "https://user:word@www.korea.kr/a.hwpx",
    "https://www.korea.kr:8443/a.hwpx",
    "https://www.korea.kr.attacker.example/a.hwpx",
    "https://www.korea.kr%2eattacker.example/a.hwpx",
    "https://www.kоrea.kr/a.hwpx",  # a Cyrillic letter
    "https://www。korea。kr/a.hwpx",
    "https://xn--www-korea-kr.example/a.hwpx",
    "https://[::1]/a.hwpx",
    "https://[::ffff:127.0.0.1]/a.hwpx",
    "https://127.0.0.1/a.hwpx",
    "https://169.254.169.254/latest/meta-data",
    "https://[",
    "https://[www.korea.kr/a.hwpx",
    "http://www.korea.kr/a.hwpx",
    "file:///etc/passwd",
    "file:/etc/passwd",
    "FILE:///etc/passwd",
    "ftp://www.korea.kr/a.hwpx",
    "data:text/html,<script>alert(1)</script>",
    "javascript:alert(1)",
    "jar:https://www.korea.kr!/a",
    "s3://bucket/a",
    " \thttps://attacker.example/a.hwpx",
    "https://attacker.example\\@www.korea.kr/a.hwpx",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_file_is_asked_of_anybody_but_the_site(address: str) -> None:
    page = replace(read_release(hand_view()), attachments=(AttachmentLink("1", "a.hwpx", address),), viewer=None)
    asked: list[Wanted] = []

    def get(wanted: Wanted) -> Got:
        asked.append(wanted)
        return Got(status="not there: HTTP status 404")

    texts = answer(find_text(page, base=BASE, lead="", attachments=Attachments.ALL), get)
    assert [each.url for each in asked if not each.url.startswith("https://www.korea.kr/")] == []
    if not asked:
        assert texts.files["1"].status.startswith(UNREADABLE)


@pytest.mark.parametrize(
    "address", [*ELSEWHERE, "/docViewer/doc.html?fn=../../x&rs=/a", "/d?fn=a&rs=//attacker.example"]
)
def test_no_viewer_leads_away(address: str) -> None:
    for src in (address, f"{address}?fn=abc&rs=//attacker.example/x", f"{address}?fn=abc&rs=/docViewer/../../x"):
        assert viewer_folder(src, BASE) is None
    inside = viewer_folder(f"{address}?fn=abc&rs=/docViewer/abc", BASE)
    assert inside is None or inside == "https://www.korea.kr/docViewer/abc/abc.files"


@pytest.mark.parametrize("address", ELSEWHERE)
def test_the_esg_board_is_not_looked_for_elsewhere(address: str, tmp_path: Path) -> None:
    body = f'<html><body><a href="{address}">ESG 정책뉴스</a></body></html>'.encode()
    try:
        found = read_start_page(body, "ESG 정책뉴스")
    except ValueError:
        return
    assert found in (address, address.strip(), address.partition("#")[0])  # what it is worth, the spider judges


@pytest.mark.parametrize(
    "address", ["//{elsewhere}/board/esgnews", "http://{elsewhere}/board/esgnews", "http://[", "file:///etc/passwd"]
)
def test_an_esg_board_that_leads_elsewhere_is_not_followed(address: str, tmp_path: Path) -> None:
    with serving(lambda path: (200, {}, b"<html></html>")) as elsewhere:
        link = address.format(elsewhere=elsewhere.url.removeprefix("http://"))
        start = f'<html><body><a href="{link}">ESG 정책뉴스</a></body></html>'.encode()
        with serving(lambda path: (200, {"Content-Type": "text/html"}, start)) as site:
            ended = crawl(
                site.url, tmp_path, "crawl", "--board", "esg-board", "--since", "2024-01-17", "--until", "2024-01-17"
            )
    assert ended.returncode == 1
    assert elsewhere.asked == []
    assert set(site.pages) == {"/"}
    assert "a mistake of the program" not in ended.stderr


REDIRECTS = [
    (301, "http://{}/x"),
    (302, "//{}/x"),
    (303, "http://www.korea.kr@{}/x"),
    (307, "http://{}/briefing/pressReleaseList.do"),
    (308, "file:///etc/passwd"),
    (302, "\x1b]8;;http://{}\x07here"),
    (302, ""),
]


@pytest.mark.parametrize(("status", "location"), REDIRECTS)
def test_no_redirect_is_followed(status: int, location: str, tmp_path: Path) -> None:
    with serving(lambda path: (200, {}, b"<html></html>")) as elsewhere:
        to = location.format(elsewhere.url.removeprefix("http://"))
        with serving(lambda path: (status, {"Location": to}, b"")) as site:
            ended = crawl(site.url, tmp_path / "data")
    assert elsewhere.asked == []
    assert ended.returncode == 1
    assert f"HTTP status {status}" in ended.stderr
    assert STEERING.findall(ended.stderr) == []
    assert below(tmp_path) == ["data"]


def test_neither_refresh_nor_base_nor_cookie_leads_anywhere(tmp_path: Path) -> None:
    with serving(lambda path: (200, {}, b"<html></html>")) as elsewhere:
        page = (
            f'<html><head><base href="{elsewhere.url}/"><meta http-equiv="refresh" content="0; url={elsewhere.url}/">'
            f'<script>location = "{elsewhere.url}"</script></head><body>'
            f'<img src="{elsewhere.url}/i"><iframe src="{elsewhere.url}/f"></iframe></body></html>'
        ).encode()
        headers = {"Refresh": f"0; url={elsewhere.url}/", "Set-Cookie": "a=b", "Content-Location": elsewhere.url}
        with serving(lambda path: (200, headers | {"Content-Type": "text/html"}, page)) as site:
            ended = crawl(site.url, tmp_path)
    assert elsewhere.asked == []
    assert ended.returncode == 1
    assert set(site.pages) == {"/briefing/pressReleaseList.do"}


# --- who answers ----------------------------------------------------------------------------------------------------


def test_a_site_that_cannot_prove_who_it_is_gets_no_question(tmp_path: Path) -> None:
    with serving(lambda path: (200, {}, b""), certificate=own_certificate(tmp_path)) as site:
        ended = crawl(site.url, tmp_path / "data")
    assert site.asked == []
    assert ended.returncode == 1
    assert "certificate" in ended.stderr


# --- what is answered -----------------------------------------------------------------------------------------------

MUCH = 40 * 2**20


def bomb(encoding: str) -> Answer:
    body = bytes(MUCH)
    for layer in encoding.split(", "):
        body = gzip.compress(body, 1) if layer == "gzip" else zlib.compress(body, 1)
    return 200, {"Content-Type": "text/html", "Content-Encoding": encoding}, body


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, gzip"])
def test_an_answer_that_unpacks_to_too_much_is_refused(encoding: str, tmp_path: Path) -> None:
    made = bomb(encoding)
    with serving(lambda path: made) as site:
        ended = crawl(site.url, tmp_path)
    assert ended.returncode == 1
    assert len(site.pages) <= 4
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < MUCH / 4


# --- words that steer a terminal ------------------------------------------------------------------------------------

EVIL = "\x1b]8;;http://attacker.example\x07눌러\x1b]8;;\x07\x1b[2J\x9b31m\u202e거꾸로\u2066 2024-01-17 INFO done"


@pytest.fixture
def harvest(tmp_path: Path) -> Iterator[Harvester]:
    corpus = Corpus.generated(since=SINCE, until=UNTIL, per_day=6, seed=11)
    for release in corpus.releases[:6]:
        corpus.edit(release.news_id, title=f"제목 {EVIL}", lead=f"요약 {EVIL}")
    with MiniSite(corpus, clock=Clock(NOON_AFTER)) as site:
        yield Harvester(site, tmp_path / "data")


def test_what_is_printed_steers_no_terminal(harvest: Harvester) -> None:
    ended = [harvest.crawl(), harvest("status"), harvest("search", "제목"), harvest("digest", "--since", str(SINCE))]
    news_id = min(harvest.ids())
    ended += [harvest("show", news_id), harvest("export", "--format", "csv"), harvest("watch")]
    assert ended[0].status == 0
    for each in ended:
        assert STEERING.findall(each.stdout.replace("\r\n", "\n")) == []
        assert STEERING.findall(each.stderr) == []
    assert all(STEERING.search(row["title"]) is None for row in harvest.rows("SELECT title FROM briefings"))


# --- where things are written ---------------------------------------------------------------------------------------

NAMES = [
    "../../etc/cron.d/x.hwpx",
    "/etc/passwd",
    "C:\\Windows\\x.pdf",
    "CON.pdf",
    "a\u202efdp.exe",
    "가" * 400 + ".hwp",
]


def test_a_file_is_called_by_what_it_holds_and_never_by_its_name(tmp_path: Path) -> None:
    corpus = Corpus.generated(since=UNTIL, until=UNTIL, per_day=4, seed=3)
    releases = corpus.releases[:2]
    for release in releases:
        files = tuple(replace(file, name=name) for file, name in zip(release.attachments * 3, NAMES, strict=False))
        corpus.edit(release.news_id, attachments=files[: len(release.attachments)])
    with MiniSite(corpus, clock=Clock(NOON_AFTER)) as site:
        harvest = Harvester(site, tmp_path / "data")
        harvest("crawl", "--since", str(UNTIL), "--until", str(UNTIL), "--attachments", "all")
    assert below(tmp_path) == ["data"]
    kept = [path for path in (harvest.data / "files").rglob("*") if path.is_file()]
    assert kept
    assert all(re.fullmatch("[0-9a-f]{64}", path.name) for path in kept)
