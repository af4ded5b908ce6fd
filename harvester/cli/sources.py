"""`harvest sources`."""

import codecs
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from email.message import Message
from functools import partial
from pathlib import Path
from typing import Any

import click

from harvester.boards import BOARDS, PRESS_RELEASE, BriefingBoard
from harvester.cli.main import say
from harvester.cli.options import database_path, db_option, json_option
from harvester.korean import Citation, decode_entities, find_citations
from harvester.originals import Candidate, Original, Reference, find_cited
from harvester.store import DatabaseProblem, open_to_read
from harvester.store.originals import candidates, day_states
from harvester.verdict import Exit

AT_ONCE = 200
"""Citations that are looked up together."""
HEADERS_READ = 100_000
"""Bytes in which the headers of a mail must end."""
TEXTS = ("text/plain", "text/html", "text/csv", "text/tab-separated-values")
NAMED = 5
"""Citations named in the last line."""

_BOARD_OF_PAGE = {
    board.view_path.rpartition("/")[2]: board.slug for board in BOARDS.values() if isinstance(board, BriefingBoard)
}


@dataclass(frozen=True, slots=True)
class Checked:
    """A citation, the release that is meant, and why there is none or what contradicts it."""

    file: str
    line: int
    citation: Citation
    original: Original
    release: Candidate | None
    board: str
    """The board it is of, by its address; without one that of press releases."""
    day_state: str | None
    """What the ledger of that board says of its day; None for a citation without a day."""

    @property
    def is_right(self) -> bool:
        return self.release is not None and not self.original.reason and self.citation.unreadable is None

    @property
    def reason(self) -> str:
        """What contradicts it, or why there is no release; `""` where all is right."""
        unreadable = self.citation.unreadable
        why = f"its source line cannot be read: {unreadable.reason}" if unreadable else ""
        return "; ".join(filter(None, (why, self.original.reason)))


@click.command("sources", short_help="check the sources a text cites: which release is meant, and is it so?")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE|-…", type=click.Path(exists=True, dir_okay=False, allow_dash=True)
)
@db_option
@json_option
def command(files: tuple[str, ...], db: Path | None, data: Path, as_json: bool) -> int:
    """Find source lines and korea.kr addresses in any text, and the release that each of them means.

    \b
    harvest sources newsletter.txt
    pbpaste | harvest sources -
    harvest show 156611054 --cite | harvest sources -

    Reads text, CSV and HTML in UTF-8, UTF-16 or CP949, and saved mails, of which it counts the lines as they are shown.
    What contradicts itself, such as an address that leads to the release of another ministry or day than the source
    line says, is told; so is what has the form of a source line, but names no day or ministry there is.

    Exit status: 0 where every citation was matched and none contradicts itself, 3 where some were not, 1 where there
    is no citation or no database.
    """
    texts = [(each, read_text(each)) for each in files]
    checked: list[Checked] = []
    try:
        for each in check(database_path(db, data), texts):
            checked.append(each)
            if not as_json:
                click.echo(as_text(each))
    except DatabaseProblem as error:
        return say(Exit.FAILURE, "failure", str(error))
    if as_json:
        click.echo(json.dumps([as_data(each) for each in checked], ensure_ascii=False, indent=2))
    if not checked:
        return say(Exit.FAILURE, "failure", "the text holds no source line and no address of a release")
    wrong = [f"{each.file}:{each.line}" for each in checked if not each.is_right]
    sentence = f"{len(checked) - len(wrong)} of {len(checked)} citations matched and right"
    if wrong:
        more = f" and {len(wrong) - NAMED} more" if len(wrong) > NAMED else ""
        return say(Exit.PARTIAL, "partial", f"{sentence}; not so: {', '.join(wrong[:NAMED])}{more}")
    return say(Exit.COMPLETE, "complete", sentence)


# Reading


def read_text(name: str) -> str:
    """The text of a file, or of the standard input, whatever it is encoded in. Raises click.UsageError."""
    try:
        with click.open_file(name, "rb") as file:
            data: bytes = file.read()
    except OSError as error:
        raise click.UsageError(f"{name!r} cannot be read: {error}") from error
    if is_mail(data):
        return text_of_mail(name, data)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif b"\0" in data:
        encodings = []
    else:
        encodings = ["utf-8-sig", "cp949"]
    for encoding in encodings:
        try:
            return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    raise click.UsageError(
        f"{name!r} is no text in UTF-8, UTF-16 or CP949: save a document or spreadsheet as text or CSV in UTF-8 first"
    )


# Mail: headers to the first empty line, among them one that only mails have.
_HEADERS = re.compile(rb"(?:\xef\xbb\xbf)?(?:From [^\n]*\n)?(?:[!-9;-~]{1,76}:[^\n]*\n(?:[ \t][^\n]*\n)*)+\r?\n")
_OF_MAILS_ONLY = frozenset(
    (b"mime-version", b"content-type", b"content-transfer-encoding", b"message-id", b"received", b"return-path")
)
_FORWARDED = re.compile(r"^\s*(?:(?:re|fwd?|회신|전달)\s*:\s*)+", re.IGNORECASE)


def is_mail(data: bytes) -> bool:
    headers = _HEADERS.match(data[:HEADERS_READ].replace(b"\r\n", b"\n"))
    if headers is None:
        return False
    names = {line.partition(b":")[0].lower() for line in headers[0].removeprefix(codecs.BOM_UTF8).splitlines()}
    return bool(names & _OF_MAILS_ONLY) or (b"from" in names and bool(names & {b"to", b"date", b"subject"}))


def text_of_mail(name: str, data: bytes) -> str:
    """Subject and texts of a mail, decoded, HTML as text, of alternatives the last. Raises click.UsageError."""
    message = message_from_bytes(data.removeprefix(codecs.BOM_UTF8), policy=policy.default)
    parts = [_FORWARDED.sub("", str(message["subject"] or ""))]
    for part in texts_of(message):
        payload = part.get_payload(decode=True)
        damaged = any("Base64" in type(defect).__name__ for defect in part.defects)
        text = decoded(payload, part.get_content_charset()) if isinstance(payload, bytes) and not damaged else None
        if text is None:
            raise click.UsageError(f"{name!r} is a mail of which a part of {part.get_content_type()} cannot be decoded")
        parts.append(without_tags(text)[0] if part.get_content_type() == "text/html" else text)
    return "\n\n".join(parts)


def texts_of(message: Message) -> Iterator[Message]:
    """The parts of a mail that are text, in order; of what is sent in several forms, the last that is HTML or text."""
    if message.get_content_type() == "multipart/alternative":
        forms = [found for part in subparts(message) if (found := list(texts_of(part)))]
        yield from forms[-1] if forms else []
    elif message.is_multipart():
        for part in subparts(message):
            yield from texts_of(part)
    elif message.get_content_type() in TEXTS:
        yield message


def subparts(message: Message) -> list[Message]:
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def decoded(data: bytes, charset: str | None) -> str | None:
    """The text, in the encoding it says it has, or else in the usual ones; None in none of them."""
    # Mail programs write CP949 and call it EUC-KR.
    said = "cp949" if charset and re.fullmatch(r"euc[-_]?kr|ks_?c_?5601.*", charset, re.IGNORECASE) else charset
    for encoding in filter(None, (said if said != "us-ascii" else None, "utf-8-sig", "cp949")):
        try:
            return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except (ValueError, LookupError):  # also of names such as `undefined`
            continue
    return None


_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|table|div|p|br|li|a\s+href)\b", re.IGNORECASE)
_TAG = re.compile(r"</?(?P<name>[A-Za-z][A-Za-z0-9]{0,20})(?![A-Za-z0-9])(?P<attributes>[^<>]{0,4000})>")
_ADDRESS = re.compile(r"""\bhref\s{0,3}=\s{0,3}(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_BLOCK = re.compile("p|div|br|li|tr|h[1-6]|table|ul|ol|dl|dt|dd|section|article|blockquote|pre")
_PAGE = re.compile(r"<(?:!doctype\s+html|html|body)\b", re.IGNORECASE)
_WHITE = re.compile(r"[ \t\n]+")


def without_tags(text: str) -> tuple[str, list[int]]:
    """The text a page of HTML shows, with the addresses of its links; for each of its lines the line it came from.

    In a page, and in a row of a table, a line break is a space, as HTML has it; in a text with a few tags, it stays.
    """
    parts: list[str] = []
    origin = [1]
    number, at = 1, 0
    is_page = _PAGE.search(text, 0, 100_000) is not None
    in_row = in_cell = as_written = False

    def keep(written: str) -> None:
        nonlocal number
        if (is_page or in_row) and not as_written:
            parts.append(_WHITE.sub(" ", written))
            number += written.count("\n")
            return
        parts.append(written)
        for _ in range(written.count("\n")):
            number += 1
            origin.append(number)

    for tag in _TAG.finditer(text):
        keep(text[at : tag.start()])
        at = tag.end()
        number += tag[0].count("\n")
        name, opens = tag["name"].lower(), tag[0][1] != "/"
        if name in ("tr", "table"):
            in_row, in_cell = name == "tr" and opens, False
        elif name == "pre":
            as_written = opens
        if name in ("td", "th"):
            in_cell = opens
            parts.append("\t" if opens else "")
        elif _BLOCK.fullmatch(name):
            if in_cell:
                parts.append(" ")
            else:
                parts.append("\n")
                origin.append(number)
        elif name == "a" and (address := _ADDRESS.search(tag["attributes"])):
            parts.append(f" {address[1] or address[2] or ''} ")
    keep(text[at:])
    return decode_entities("".join(parts)), origin


# Checking


def check(path: Path, texts: Iterable[tuple[str, str]]) -> Iterator[Checked]:
    """Every citation of the texts, which come with their names, and its verdict. Raises DatabaseProblem."""
    db = open_to_read(path)
    for name, text in texts:
        origin: Sequence[int] = ()
        if _HTML.search(text, 0, 100_000):
            text, origin = without_tags(text)  # noqa: PLW2901
        found = find_citations(text)
        for first in range(0, len(found), AT_ONCE):
            some = [(each, reference_of(each)) for each in found[first : first + AT_ONCE]]
            fitting = candidates(db, [reference for _, reference in some])
            states = ledger_of(some, partial(day_states, db))
            for citation, reference in some:
                lines = [*citation.before, *citation.beside]
                nearest = citation.source.words if citation.source else ()
                original = find_cited(reference, lines, fitting[reference], nearest)
                release = next((each for each in fitting[reference] if each.news_id == original.news_id), None)
                line = origin[min(citation.line, len(origin)) - 1] if origin else citation.line
                board = board_of(citation)
                state = states.get((board, reference.day)) if reference.day else None
                yield Checked(name, line, citation, original, release, board, state)


def reference_of(citation: Citation) -> Reference:
    source = citation.source.source if citation.source else None
    words = citation.source.words if citation.source else ()
    return Reference(
        title=citation.source.title if citation.source else None,
        news_id=citation.link.news_id if citation.link else None,
        ministry=source.ministry if source else None,
        day=source.day if source else None,
        text="\n".join([*citation.before, *citation.beside, *words]),
    )


def board_of(citation: Citation) -> str:
    return _BOARD_OF_PAGE.get(citation.link.board_page if citation.link else "", PRESS_RELEASE.slug)


def ledger_of(
    cited: Iterable[tuple[Citation, Reference]], read: Callable[[str, set[date]], dict[date, str]]
) -> dict[tuple[str, date], str]:
    days: defaultdict[str, set[date]] = defaultdict(set)
    for citation, reference in cited:
        if reference.day:
            days[board_of(citation)].add(reference.day)
    return {(board, day): state for board in days for day, state in read(board, days[board]).items()}


# Telling


def as_text(checked: Checked) -> str:
    place = f"{checked.file}:{checked.line}: {checked.citation.raw}"
    release, original = checked.release, checked.original
    if release is None and checked.citation.unreadable and checked.citation.link is None:
        return f"{place} → unreadable: {checked.citation.unreadable.reason}"
    if release is None or original.matched_by is None:
        return f"{place} → not found: {why_not(checked)}"
    but = f"; but {checked.reason}" if checked.reason else ""
    return (
        f"{place} → newsId {release.news_id} {source_line(release)} {release.title}"
        f"  [matched by {original.matched_by.value}{but}]"
    )


def source_line(release: Candidate) -> str:
    return f"({release.published_on:%Y.%m.%d} {release.ministry})"


def why_not(checked: Checked) -> str:
    """Why there is no release, and whether it can be told: a day never crawled is no day without such a release."""
    source = checked.citation.source
    if checked.citation.unreadable and checked.citation.link is None:
        return checked.citation.unreadable.reason
    if source is None or checked.day_state is None:
        return checked.reason
    day, board = source.source.day, checked.board
    if checked.day_state in ("complete", "empty"):
        state = f"the day {day} is complete on the board {board}"
    elif checked.day_state == "never crawled":
        state = f"the day {day} was never crawled on the board {board}"
    else:
        state = f"the day {day} is not complete on the board {board}: {checked.day_state}"
    return f"{checked.original.reason}; {state}"


def as_data(checked: Checked) -> dict[str, Any]:
    citation, release, original = checked.citation, checked.release, checked.original
    source = citation.source.source if citation.source else None
    return {
        "file": checked.file,
        "line": checked.line,
        "kind": "unreadable" if citation.unreadable else "citation",
        "as_printed": citation.raw,
        "ministry": source.ministry if source else None,
        "day": source.day.isoformat() if source else None,
        "link": citation.link.raw if citation.link else None,
        "link_news_id": citation.link.news_id if citation.link else None,
        "right": checked.is_right,
        "news_id": original.news_id,
        "matched_by": original.matched_by.value if original.matched_by else None,
        "reason": (checked.reason if release else why_not(checked)) or None,
        "board": release.board if release else checked.board,
        "day_state": checked.day_state,
        "title": release.title if release else None,
        "source_line": source_line(release) if release else None,
    }
