"""Where the text of a release is: in the page, in the viewer, in files that are what they say, or only in the lead."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import replace
from datetime import date
from html import unescape

import pytest

from harvester.demo import Attachment, Corpus, MiniSite, Release
from harvester.demo.viewer import PARAGRAPHS_A_PAGE, style_of
from harvester.documents import read_document
from tests.demo.conftest import UNTIL, WHOLE, Client, release, squeezed, words_of

TABLE = "담당 부서\t대변인실\t책임자\t과장\t홍길동 (044-000-0000)\n\t\t담당자\t사무관\t성춘향 (044-000-0000)"
LONG = "□ 첫째 문단은  <제법> 길어서 한 줄에 다 들어가지 않고 여러 줄로 나뉘어야 하는 문단이다."
DOCUMENT = f"제목 · R&D\n{LONG}\n○ 둘째\n{TABLE}"
MAGIC = {
    "hwpx": b"PK\x03\x04",
    "hwp": bytes.fromhex("d0cf11e0a1b11ae1"),
    "pdf": b"%PDF-1.",
    "jpg": b"\xff\xd8\xff",
    "png": b"\x89PNG\r\n\x1a\n",
    "zip": b"PK\x03\x04",
    "xlsx": b"PK\x03\x04",
}


def with_files(*suffixes: str, **more: object) -> Release:
    files = tuple(Attachment(str(198_000_000 + n), f"240105 자료·{n}.{suffix}") for n, suffix in enumerate(suffixes))
    return release("156000001", attachments=files, **({"document": DOCUMENT} | more))


def text_of(file: bytes, name: str) -> str:
    return squeezed(read_document(file, name).text)


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", MAGIC)
def test_files_are_what_they_say(site: MiniSite, client: Client, suffix: str) -> None:
    added = site.corpus.add(with_files(suffix, suffix.upper()))
    got, again = (client.file(file) for file in added.attachments)
    assert got.body.startswith(MAGIC[suffix])
    assert again.body.startswith(MAGIC[suffix])
    assert client.file(added.attachments[0]).body == got.body
    assert got.headers["Content-Type"] == "application/x-download"
    sent = got.headers["Content-Disposition"].encode("latin-1").decode("utf-8")
    assert sent == f'attachment; filename="240105 자료·0.{suffix}";'
    if suffix in ("zip", "xlsx"):
        assert zipfile.ZipFile(io.BytesIO(got.body)).testzip() is None


@pytest.mark.parametrize("suffix", ["hwpx", "hwp", "pdf"])
def test_documents_hold_the_text(site: MiniSite, client: Client, suffix: str) -> None:
    added = site.corpus.add(with_files(suffix))
    (file,) = added.attachments
    text = text_of(client.file(file).body, file.name)
    assert all(squeezed(paragraph) in text for paragraph in added.paragraphs)
    assert text.count(squeezed(TABLE)) == 1
    site.corpus.edit(added.news_id, document="바뀐 내용")
    assert "바뀐내용" in text_of(client.file(file).body, file.name)


@pytest.mark.parametrize("suffix", ["hwpx", "hwp", "pdf"])
def test_every_generated_file_holds_the_text(site: MiniSite, client: Client, suffix: str) -> None:
    of_this_kind = [(made, file) for made in site.corpus for file in made.attachments if file.suffix == suffix]
    assert len(of_this_kind) > 60
    for made, file in of_this_kind[:60]:
        text = text_of(client.file(file).body, file.name)
        said = made.document_text.split("\n")
        assert [paragraph for paragraph in said if squeezed(paragraph) not in text] == []


@pytest.mark.parametrize("number", [0, 1, 2])
def test_hwp_files_however_they_were_saved(site: MiniSite, client: Client, number: int) -> None:
    file = Attachment(str(198_000_000 + number), "보도자료.hwp")
    site.corpus.add(release("156000001", attachments=(file,), document=DOCUMENT))
    assert squeezed(LONG) in text_of(client.file(file).body, file.name)


def test_content_of_its_own_goes_out_as_it_is(site: MiniSite, client: Client) -> None:
    file = Attachment("198000002", "그림.jpg", b"\x00\x01")
    site.corpus.add(release("156000001", attachments=(file,)))
    assert client.file(file).body == b"\x00\x01"


def test_files_of_nobody(site: MiniSite, client: Client) -> None:
    for file_id in ("1", ""):
        got = client.get("/common/download.do", fileId=file_id, tblKey="GMN")
        assert (got.status, got.headers["Content-Type"]) == (200, "text/html;charset=UTF-8")
        assert "alert(" in got.text


def test_a_picture_can_be_seen(site: MiniSite, client: Client) -> None:
    added = site.corpus.add(with_files("png"))
    png = client.file(added.attachments[0]).body
    at = png.index(b"IDAT")
    length = int.from_bytes(png[at - 4 : at], "big")
    assert zlib.decompress(png[at + 4 : at + 4 + length]) == b"\0\x80"


# --- the viewer -------------------------------------------------------------------------------------------------------


def styled(style: str) -> Release:
    """A release whose viewer is written in this way; the newsId decides."""
    return next(
        made for n in range(100) if style_of(made := replace(with_files("hwpx"), news_id=str(157_000_000 + n))) == style
    )


@pytest.mark.parametrize("style", ["paragraphs", "lines", "pieces"])
def test_the_viewer_shows_the_text_split_into_spans(site: MiniSite, client: Client, style: str) -> None:
    added = site.corpus.add(styled(style))
    (page,) = client.viewer_pages(added)
    assert all(squeezed(paragraph) in words_of(page) for paragraph in added.paragraphs)
    assert words_of(page) == squeezed(added.document_text)
    assert "않고 여러 줄로" not in page, "words are split over spans"
    assert "&nbsp;" in page
    assert ("position:absolute" in page) == (style != "paragraphs")
    assert ("<table" in page) == (style == "paragraphs")
    assert ('<div class="hls' in page) == (style != "pieces")
    read = text_of(page.encode(), "1.html")
    assert all(squeezed(paragraph) in read for paragraph in added.paragraphs)


def test_the_page_leads_to_the_viewer(site: MiniSite, client: Client) -> None:
    for number in range(20):
        site.corpus.add(replace(with_files("jpg", "hwpx"), news_id=str(157_000_000 + number)))
    names = set()
    for number in range(20):
        page = client.view(str(157_000_000 + number)).text
        source = re.search(r'<iframe title="content" id="content_press" src="(.*?)"', page)
        assert source
        address = unescape(source[1])
        named = re.fullmatch(
            r"/docViewer/iframe_skin/doc\.html\?fn=(\w+)&rs=(/docViewer/result/2024\.01/05/\1)", address
        )
        assert named
        frame = client.get(address)
        assert frame.status == 200
        assert "문서뷰어" in frame.text
        assert "첫째" not in words_of(frame.text)
        assert client.get(f"{named[2]}/{named[1]}.files/1.html").status == 200
        names.add(named[1] if len(named[1]) < 32 else "a hash")
    assert names == {"a hash", "198000001"}, "by a file's id for some, and that of a document"


def test_a_viewer_ends_with_a_404(site: MiniSite, client: Client) -> None:
    added = site.corpus.add(with_files("hwpx", document="\n".join(map(str, range(2 * PARAGRAPHS_A_PAGE + 1)))))
    pages = client.viewer_pages(added)
    assert len(pages) == 3
    assert words_of("".join(pages)) == squeezed(added.document_text)
    assert [client.viewer_page(added, page).status for page in (0, 4, 99)] == [404] * 3
    for edit in ({"viewer": False}, {"viewer": True, "body": "본문"}):
        site.corpus.edit(added.news_id, **edit)  # type: ignore[arg-type]
        assert client.viewer_page(added, 1).status == 404
        assert "content_press" not in client.view(added.news_id).text


def test_neither_viewer_nor_text(site: MiniSite, client: Client) -> None:
    site.corpus.add(release("156000001", viewer=False))
    page = client.view("156000001").text
    content = page.split('<div class="view_cont">')[1].split("</div>")[0]
    assert words_of(content) == squeezed("“이 자료는 산업통상자원부의 보도자료를 전재하여 제공함을 알려드립니다.”")


# --- a text in the page -----------------------------------------------------------------------------------------------


def test_an_inline_text_with_entities_breaks_and_tables(site: MiniSite, client: Client) -> None:
    site.corpus.add(release("156000001", body=DOCUMENT))
    page = client.view("156000001").text
    assert "제목 &middot; R&amp;D<br/>\r\n□ 첫째 문단은&nbsp; &lt;제법&gt;" in page
    assert "<tr><td>담당 부서</td><td>대변인실</td>" in page
    assert "<tr><td></td><td></td><td>담당자</td>" in page


# --- what a reader must find ------------------------------------------------------------------------------------------

NOTHING = "제목 관련 보도자료 내용입니다. 자세한 내용은 첨부파일을 참고하시기 바랍니다."


@pytest.mark.parametrize(
    ("made", "sources", "first"),
    [
        (with_files("pdf", "hwpx", "jpg"), ("hwpx", "viewer", "pdf", "lead"), "제목 · R&D"),
        (with_files("hwp", lead=NOTHING), ("viewer", "hwp"), "제목 · R&D"),
        (with_files("hwp", body="본문\n\n둘째 "), ("page", "hwp", "lead"), "본문"),
        (with_files("PDF", viewer=False), ("pdf", "lead"), "제목 · R&D"),
        (with_files("zip", viewer=False, lead="다 적은 요약이다."), ("lead",), "다 적은 요약이다."),
        (with_files("jpg", viewer=False, lead=NOTHING), (), None),
        (release("156000001"), ("viewer", "lead"), "제목 156000001"),
    ],
)
def test_where_the_text_is(made: Release, sources: tuple[str, ...], first: str | None) -> None:
    assert made.sources == sources
    assert (made.paragraphs[0] if made.paragraphs else None) == first
    assert all(paragraph == paragraph.strip() != "" for paragraph in made.paragraphs)


def test_every_generated_release_shows_what_it_says(site: MiniSite, client: Client) -> None:
    kinds = set()
    for made in site.truth(date(2024, 1, 2), UNTIL):
        kinds.add(made.sources)
        page = client.view(made.news_id).text
        inline = words_of(page.split('<div class="view_cont">')[1].split('<p class="remark">')[0])
        assert (inline != "") == ("page" in made.sources)
        assert ("content_press" in page) == ("viewer" in made.sources)
        text = inline or "".join(map(words_of, client.viewer_pages(made))) or squeezed(made.lead)
        assert all(squeezed(paragraph) in text for paragraph in made.paragraphs)
    assert len(kinds) > 8


def test_the_mixture_of_sources_is_that_of_the_real_site() -> None:
    releases = Corpus.generated(date(2024, 1, 1), date(2024, 4, 30), per_day=80, seed=3).releases

    def share(source: str) -> float:
        return sum(source in made.sources for made in releases) / len(releases)

    assert 0.94 < share("viewer") < 0.98
    assert 0.02 < share("page") < 0.04
    assert 0.6 < share("hwpx") < 0.9
    assert share("hwpx") > share("pdf") > share("hwp") > 0.2
    assert 0.005 < sum(made.sources == ("lead",) for made in releases) / len(releases) < 0.02
    assert 0.003 < sum(made.sources == () for made in releases) / len(releases) < 0.02
    assert all(made.paragraphs for made in releases if made.sources)
    assert {"viewer", "lead"} in [{*made.sources} for made in releases], "no file beside the viewer"
    suffixes = {tuple(file.suffix for file in made.attachments) for made in releases}
    assert {("hwpx", "pdf"), ("hwpx", "hwp", "pdf"), ("hwpx",), ("pdf",), ("hwp",), ()} <= suffixes
    assert {suffix for files in suffixes for suffix in files} == set(MAGIC)
    only_lead = [made for made in releases if made.sources == ("lead",)]
    assert all(made.lead.endswith(".") and len(made.lead) > 95 for made in only_lead)
    assert {made.body is not None and "\t" in made.body for made in releases if made.body} == {True, False}


# --- the log ----------------------------------------------------------------------------------------------------------


def test_the_log_says_what_kind_of_thing_was_asked_for(site: MiniSite, client: Client) -> None:
    added = site.corpus.add(with_files("hwpx"))
    client.page(2, **WHOLE)
    client.view(added.news_id)
    client.get("/docViewer/iframe_skin/doc.html", fn=added.viewer_name, rs="/")
    client.viewer_page(added, 7)
    client.file(added.attachments[0])
    client.get("/common/docViewer.do", fileId=added.attachments[0].file_id, tblKey="GMN")
    client.get("/robots.txt")
    client.get("/rss/pressrelease.xml")
    of = added.news_id
    assert [(seen.kind, seen.news_id, seen.page, seen.status) for seen in site.requests] == [
        ("listing", None, 2, 200),
        ("release", of, None, 200),
        ("viewer", of, 0, 200),
        ("viewer", of, 7, 404),
        ("file", of, None, 200),
        ("viewer", of, 0, 200),
        ("robots", None, None, 200),
        ("other", None, None, 404),
    ]
