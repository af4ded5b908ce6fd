"""`sources` over texts as people have them, and `show --cite`, which writes what it reads."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from harvester.cli.sources import without_tags

from ..store.making import DAY, Books, briefing
from .conftest import Harvest

TITLE = "바닷가 쓰레기 줄이는 새 길, 어촌 마을 열두 곳이 함께 연다"
OTHER_TITLE = "고랭지 배추의 속이 차는 때를 위성 사진으로 미리 알아낸다"
N, OTHER = 156600001, 156600002


def link(news_id: int, page: str = "pressReleaseView.do") -> str:
    return f"https://www.korea.kr/briefing/{page}?newsId={news_id}"


SOURCE = "(2024.01.17 환경부)"


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Books:
    made = Books(tmp_path / "briefings.db", monkeypatch)
    made.put(
        briefing(N, title=f"[보도참고] {TITLE}", title_prefix="[보도참고]"),
        briefing(
            OTHER,
            title=OTHER_TITLE,
            ministry="농림축산식품부",
            ministry_code="A00008",
            published_on=DAY + timedelta(days=1),
            source_line="(2024.01.18 농림축산식품부)",
        ),
    )
    made.close_day(N)
    made.close_day(OTHER, day=DAY + timedelta(days=1), state="partial", reason="page 2 of the listing: reset")
    made.finish()
    return made


Check = Callable[..., tuple[int, list[str], str]]


@pytest.fixture
def check(harvest: Harvest, books: Books, tmp_path: Path) -> Check:
    """Status, lines without the file's name, and the last line."""

    def checked(text: str | bytes, *options: str) -> tuple[int, list[str], str]:
        path = tmp_path / "text.txt"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        ended = harvest("sources", str(path), *options)
        lines = [line.removeprefix(f"{path}:") for line in ended.stdout.splitlines()]
        return ended.status, lines, ended.last_line.replace(str(path), "FILE")

    return checked


FOUND = f"→ newsId {N} {SOURCE} [보도참고] {TITLE}"


def test_a_post_as_boards_end_it(check: Check) -> None:
    status, lines, last = check(f"{TITLE}\n\n본문\n\n?\n\n{SOURCE}\n\n{link(N)}&period=year\n")
    assert status == 0
    assert lines == [f"7: {SOURCE} {link(N)}&period=year {FOUND}  [matched by news_id]"]
    assert last == "harvest: complete (exit 0): 1 of 1 citations matched and right"


def test_without_a_link_the_title_decides(check: Check) -> None:
    for text in (f"{TITLE}\n줄거리\n{SOURCE}", f"1. {TITLE[:22]}… {SOURCE}", f"3\t{TITLE}\t{SOURCE}\t비고"):
        status, lines, _ = check(text)
        assert status == 0
        assert lines[0].endswith(f"{SOURCE} {FOUND}  [matched by title]")


@pytest.mark.parametrize(
    "text",
    [
        "환경부, 「{}」, 보도자료, 2024. 1. 17.",
        "환경부, <{}>, 2024. 1. 17.",
        '환경부, "{}", 2024. 1. 17.',
        "“{}”, 환경부, 2024.1.17",
        "밝혔다(환경부, ‘{}’, 2024.1.17).",
        "『{}』 환경부(2024.1.17.)",
        "<{}> (환경부 24.1.17)",
        "<{}>. (환경부 24.1.17)",
        "환경부(2024. 1. 17.). {}",
        "출처: 환경부, {}, 2024.1.17",
        "20240117\t환경부\t{}",
        "{}\t환경부\t2024-01-17",
        '1,2024-01-17,"{}",환경부,비고',
        "환경부, {}, 2024.1.17.",
        "환경부\t2024-01-17\t{}\t(2024.01.17 환경부)",
    ],
)
@pytest.mark.parametrize("title", [TITLE, f"[보도참고] {TITLE}"])
def test_the_title_within_a_citation_is_used(check: Check, text: str, title: str) -> None:
    status, [line], _ = check(f"머리말\n{text.format(title)}\n다음 글")
    assert (status, line.startswith("2: ")) == (0, True)
    assert line.endswith(f"{FOUND}  [matched by title]")


def test_another_title_within_a_citation_goes_before_what_stands_above(check: Check) -> None:
    status, [line], _ = check(f"{TITLE}\n환경부, 「갯벌에 사는 새들의 이름을 다시 짓는다」, 2024. 1. 17.")
    assert status == 3
    assert "none has that title" in line


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("밝혔다(2024.02.30 환경부).", "there is no day 30 of month 2 in 2024"),
        ("밝혔다(2024.01.17 없는부).", "'없는부' is no ministry known"),
    ],
)
def test_what_has_the_form_of_a_source_line_and_cannot_be_read(check: Check, text: str, why: str) -> None:
    status, [line], last = check(text)
    assert status == 3
    assert line.endswith(f" → unreadable: {why}")
    assert last == "harvest: partial (exit 3): 0 of 1 citations matched and right; not so: FILE:1"
    [one] = json.loads("\n".join(check(text, "--json")[1]))
    assert (one["kind"], one["right"], one["reason"], one["news_id"]) == ("unreadable", False, why, None)


def test_an_address_beside_what_cannot_be_read(check: Check) -> None:
    status, [line], _ = check(f"(2024.02.30 환경부)\n{link(N)}")
    assert status == 3
    assert f"newsId {N}" in line
    assert "but its source line cannot be read: there is no day 30 of month 2 in 2024" in line


def test_a_link_alone(check: Check) -> None:
    status, lines, _ = check(f"여기 {link(N)}를 보라")
    assert (status, lines) == (0, [f"1: {link(N)} {FOUND}  [matched by news_id]"])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"{SOURCE}", "of that day and ministry there is newsId 156600001: nothing tells which is meant"),
        (
            "알 수 없는 제목\n(2024.01.17 국방부)",
            "no release of that day and ministry is in the database; the day 2024-01-17 is complete on the board"
            " press-release",
        ),
        (
            "(2024.01.18 국방부)",
            "no release of that day and ministry is in the database; the day 2024-01-18 is not complete on the board"
            " press-release: partial",
        ),
        ("(2023.05.02 환경부)", "the day 2023-05-02 was never crawled on the board press-release"),
        (
            f"{SOURCE}\n{link(156999999, 'speechView.do')}",
            "newsId 156999999, to which its link leads, is not in the database; the day 2024-01-17 was never crawled on"
            " the board speech",
        ),
        (link(156999999), "newsId 156999999, to which its link leads, is not in the database"),
    ],
)
def test_why_there_is_none(check: Check, text: str, why: str) -> None:
    status, [line], last = check(text)
    assert status == 3
    assert "→ not found: " in line
    assert f"{why};" in f"{line};"
    assert last.startswith("harvest: partial (exit 3): 0 of 1 citations matched and right; not so: FILE:")


def test_a_link_and_a_source_line_that_contradict_each_other(check: Check) -> None:
    status, [line], _ = check(f"{SOURCE}\n{link(OTHER)}")
    assert status == 3
    assert f"→ newsId {OTHER} (2024.01.18 농림축산식품부)" in line
    assert f"but newsId {OTHER} is by 농림축산식품부, not 환경부 and is of 2024-01-18, not 2024-01-17" in line


def test_a_wrong_link_under_a_right_title(check: Check) -> None:
    status, [line], _ = check(f"{TITLE}\n{SOURCE}\n{link(OTHER)}")
    assert status == 3
    assert FOUND in line
    assert "[matched by title; but its link leads elsewhere: newsId 156600002" in line


def test_for_a_machine(check: Check) -> None:
    status, lines, _ = check(f"{TITLE}\n{SOURCE} {link(N)}\n\n(2023.05.02 환경부)", "--json")
    assert status == 3
    first, second = json.loads("\n".join(lines))
    assert {name: first[name] for name in ("line", "news_id", "right", "matched_by", "reason", "day", "ministry")} == {
        "line": 2,
        "news_id": N,
        "right": True,
        "matched_by": "news_id",
        "reason": None,
        "day": "2024-01-17",
        "ministry": "환경부",
    }
    assert (first["title"], first["source_line"]) == (f"[보도참고] {TITLE}", SOURCE)
    assert (first["link_news_id"], first["as_printed"]) == (N, f"{SOURCE} {link(N)}")
    assert (second["right"], second["news_id"], second["day_state"]) == (False, None, "never crawled")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949", "euc-kr"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_whatever_it_is_encoded_in(check: Check, encoding: str, newline: str) -> None:
    status, lines, _ = check(newline.join(["첫 줄", TITLE, SOURCE, link(N)]).encode(encoding))
    assert (status, len(lines)) == (0, 1)
    assert lines[0].startswith("3: ")


HTML = f"""<!DOCTYPE html><html><head><title>소식지</title></head>
<body><table
  class="list"><tr><td>1</td><td><b>{TITLE}</b></td>
<td>(2024&#46;01.17&nbsp;환경<b>부</b>)</td>
<td><a
 href="{link(N)}&amp;pageIndex=1" title="a">바로 가기</a></td></tr></table>
<p>(2024.01.18 농림축산식품부)</p><p><a href='{link(OTHER)}'>{link(OTHER)}</a></p></body></html>
"""


def test_a_page_of_html(check: Check) -> None:
    status, lines, _ = check(HTML)
    assert status == 0, lines
    assert [line.split(":")[0] for line in lines] == ["3", "7"]  # where the row begins
    assert f"newsId {N}" in lines[0]
    assert f"newsId {OTHER}" in lines[1]


def test_html_as_text_keeps_track_of_its_lines() -> None:
    text, origin = without_tags("하나<br>둘\n<p\n>셋</p>\n넷")
    assert text.split("\n") == ["하나", "둘", "", "셋", "", "넷"]
    assert origin == [1, 1, 2, 3, 3, 4]


def test_line_breaks_in_the_source_of_html_are_spaces_where_html_has_it_so() -> None:
    table = "<table>\n<tr>\n <td><p>2024.01.17</p></td>\n <td>\n  환경부</td>\n</tr>\n</table>"
    text, origin = without_tags(table)
    (row,) = [number for number, line in enumerate(text.split("\n")) if line.strip()]
    assert [cell.strip() for cell in text.split("\n")[row].split("\t")[1:]] == ["2024.01.17", "환경부"]
    assert origin[row] == 2
    assert "(2024.01.17 환경부)" in without_tags("<html><p class=a>(2024.01.17\n환경부)</p></html>")[0]
    assert "하나\n둘" in without_tags("<html><pre>하나\n둘</pre></html>")[0]
    assert "하나\n둘" in without_tags("하나\n둘 <a href='/'>셋</a>")[0]


def mail(*parts: tuple[str, str, str], encoding: str = "base64", kind: str = "mixed") -> bytes:
    """A mail of parts, each its kind, charset and text."""
    message = EmailMessage()
    message["From"] = "홍길동 <writer@news.example>"
    message["Subject"] = "[소식지] 이번 주의 보도자료"
    made = [EmailMessage() for _ in parts]
    for each, (subtype, charset, text) in zip(made, parts, strict=True):
        each.set_content(text, subtype=subtype, charset=charset, cte=encoding)
    if len(made) == 1:
        message.set_content(parts[0][2], subtype=parts[0][0], charset=parts[0][1], cte=encoding)
    else:
        message["MIME-Version"] = "1.0"
        message["Content-Type"] = f"multipart/{kind}"
        message.set_payload(made)
    return message.as_bytes()


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
@pytest.mark.parametrize("charset", ["utf-8", "euc-kr"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_a_saved_mail(check: Check, encoding: str, charset: str, newline: bytes) -> None:
    post = f"{TITLE}\n{SOURCE}\n{link(N)}&period=year&srchWord=%EC%A0%95%EB%B6%80&pageIndex=1\n"
    html = (
        f'<html><body><p>{OTHER_TITLE}</p><p>(2024.01.18 <b>농림축산식품부</b>)<br><a href="{link(OTHER)}">글</a></p>'
    )
    for data, expected in (
        (mail(("plain", charset, post), encoding=encoding), [N]),
        (mail(("html", charset, html), encoding=encoding), [OTHER]),
        (mail(("plain", charset, post), ("html", charset, html), encoding=encoding), [N, OTHER]),
        (mail(("plain", charset, "글"), ("html", charset, html), encoding=encoding, kind="alternative"), [OTHER]),
    ):
        status, lines, _ = check(data.replace(b"\n", newline), "--json")
        assert [each["news_id"] for each in json.loads("\n".join(lines))] == expected
        assert status == 0


def test_the_subject_of_a_mail_may_be_the_title(check: Check) -> None:
    data = mail(("plain", "utf-8", f"안녕하십니까\n{SOURCE}\n"))
    subject = EmailMessage()
    subject["Subject"] = f"Fwd: Re: {TITLE}"
    lines = [line for line in data.splitlines(keepends=True) if not line.startswith((b"Subject:", b" =?"))]
    status, [line], _ = check(subject.as_bytes().strip() + b"\n" + b"".join(lines))
    assert (status, FOUND in line) == (0, True)


def test_a_mail_within_a_mail(check: Check) -> None:
    outer = b"Received: by a.example\nContent-Type: message/rfc822\n\n"
    assert check(outer + mail(("plain", "utf-8", f"{SOURCE}\n{link(N)}")))[0] == 0


def test_a_mail_that_is_damaged_or_says_nothing(check: Check) -> None:
    headers = b"From: a@news.example\nTo: b@news.example\nMIME-Version: 1.0\n"
    text = b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nAAAAA\n"
    status, lines, last = check(headers + text)
    assert (status, lines) == (2, [])
    assert "is a mail of which a part of text/plain cannot be decoded" in last
    assert check(headers + b"Content-Type: image/png\n\nabc")[0] == 1


def test_a_text_whose_lines_have_colons_is_no_mail(check: Check) -> None:
    text = f"Title: {TITLE}\nSource: 환경부, 2024.1.17\n\n{SOURCE}\n{link(N)}\n"
    _, lines, _ = check(text)
    assert [line.split(":")[0] for line in lines] == ["2", "4"]


@pytest.mark.parametrize("data", [b"PK\x03\x04\x00\x00", b"\x00" * 50, b"\xff\x80\x81abc", b"\xff\xfe\x00"])
def test_what_is_no_text_is_wrong_usage(check: Check, data: bytes) -> None:
    status, lines, last = check(data)
    assert (status, lines) == (2, [])
    assert last.startswith("harvest: wrong usage (exit 2): ")
    assert "as text or CSV in UTF-8" in last


def test_a_file_that_is_not_there_is_wrong_usage(harvest: Harvest, books: Books, tmp_path: Path) -> None:
    for name in (tmp_path / "none.txt", tmp_path):
        ended = harvest("sources", str(name))
        assert (ended.status, ended.stdout) == (2, "")
        assert str(name) in ended.last_line
    assert harvest("sources").status == 2


def test_a_text_without_citations(check: Check) -> None:
    for text in ("", "\n", "아무것도 없는 글 (2024.1.17 개최)"):
        status, lines, last = check(text)
        assert (status, lines) == (1, [])
        assert last == "harvest: failure (exit 1): the text holds no source line and no address of a release"
    assert check("", "--json")[1] == ["[]"]


def test_without_a_database(harvest: Harvest, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text(SOURCE, encoding="utf-8")
    ended = harvest("sources", str(text), "--db", str(tmp_path / "none.db"))
    assert (ended.status, ended.stdout) == (1, "")
    assert "there is no database at" in ended.last_line


def test_several_files_and_the_standard_input(
    harvest: Harvest, books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "text.txt"
    file.write_text(link(N), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"\n{link(OTHER)}".encode())))
    ended = harvest("sources", str(file), "-")
    assert ended.status == 0
    assert [line.split(" ")[0] for line in ended.stdout.splitlines()] == [f"{file}:1:", "-:2:"]


def test_more_citations_than_are_looked_up_at_once(check: Check) -> None:
    status, lines, last = check("".join(f"{link(N)}\n{link(156700000 + n)}\n" for n in range(300)))
    assert (status, len(lines)) == (3, 600)
    assert "300 of 600 citations matched" in last
    assert last.endswith("and 295 more")
    assert len(last) < 300


# show --cite


def test_a_release_is_cited_in_two_lines(harvest: Harvest, books: Books) -> None:
    ended = harvest("show", str(N), "--cite")
    assert (ended.status, ended.stdout) == (0, f"{SOURCE}\n{link(N)}\n")
    assert harvest("show", str(N), "--cite", "--json").json == {
        "source_line": SOURCE,
        "url": link(N),
        "title": f"[보도참고] {TITLE}",
    }
    assert harvest("show", "5", "--cite").status == 1


@pytest.mark.parametrize("news_id", [N, OTHER])
def test_what_is_cited_is_found(harvest: Harvest, books: Books, check: Check, news_id: int) -> None:
    status, [line], _ = check(harvest("show", str(news_id), "--cite").stdout)
    assert (status, f"→ newsId {news_id} " in line, "[matched by news_id]" in line) == (0, True, True)


def test_sources_does_not_wait_for_scrapy() -> None:
    code = "import sys, harvester.cli.sources, harvester.cli.main; sys.exit('scrapy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
