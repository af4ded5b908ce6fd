"""Where the text of a release is, in the order in which it is looked for: docs/decisions/0011-the-body.md.

The search is a generator that asks for one file or viewer page at a time and is told what came of it, so that a crawl,
which has a network, and a replay, which has the archive, look for texts in the very same way.
"""

import re
from collections.abc import Awaitable, Callable, Generator, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from typing import Any, Literal, Self
from urllib.parse import parse_qs, urljoin, urlsplit

from harvester.documents import Document, Readers, UnreadableDocument
from harvester.items import NO_TEXT, NOT_FETCHED, READ
from harvester.pages.listing import is_cut
from harvester.pages.markup import clean
from harvester.pages.release import AttachmentLink, ReleasePage

KINDS = ("hwpx", "pdf", "hwp")
"""What has text for us. A picture or a spreadsheet is not asked for it."""
MOST_VIEWER_PAGES = 500
OK = 200
GONE = (404, 410)

NOT_THERE = "not there"
UNREADABLE = "unreadable"
"""How the status of a text begins besides `read` and `not fetched`."""

ANNEX = re.compile(r"붙임|별첨|별지|별표|첨부")
BOILERPLATE = re.compile(r"보도자료\s*내용입니다")
"""`… 관련 보도자료 내용입니다. 자세한 내용은 첨부파일을 참고하시기 바랍니다.`: 9 % of the leads say no more (seen)."""
ELSEWHERE = re.compile(r"(첨부|붙임)\s*(파일|자료)?(\([^)]*\))?[을를]?\s*참[고조]")
TROUBLE = re.compile(
    r"점검\s*중|시스템\s*점검|서비스\s*점검|접속이\s*원활|일시적인?\s*(오류|장애)|찾을\s*수\s*없습니다|로그인이\s*필요"
)
SAID_IN_TROUBLE = re.compile(
    r"점검|시스템|서비스|사이트|홈페이지|누리집|페이지|이용|접속|로그인|오류|장애|작업|개선|시간|일시|정상|안내|불편|제공|보다|나은"
)
"""Beginnings of words that such a page says too, so that they prove no text, whatever title they stand in."""
STAND_IN = re.compile(r"^이 문서는 상위 버전의 배포용 문서입니다\..*\n?", re.MULTILINE)
SHORT = 300
"""Characters; what is longer is a text of its own, whatever it points to."""


class Attachments(StrEnum):
    """Which of a release's files are fetched: `--attachments`."""

    TEXT = "text"
    """What the text needs, and no more."""
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the search asks for."""

    kind: Literal["file", "viewer"]
    url: str
    name: str
    read: bool = True
    """Whether its text is wanted, or only the file."""
    expected: str = ""
    """Words of which some must stand in it: those of the title."""

    @property
    def suffix(self) -> str:
        """What its name says it is: all of the name that matters to reading it."""
        return "html" if self.kind == "viewer" else kind_of(self.name)


@dataclass(frozen=True, slots=True)
class Reading:
    """What our readers made of a document: its text, or the reason why it has none."""

    document: Document | None
    reason: str = ""

    @property
    def lasts(self) -> bool:
        """Whether the same readers would say so again: how long something takes depends on the machine."""
        return not self.reason.startswith(("took", "crashed"))

    def as_json(self) -> dict[str, Any]:
        return {"reason": self.reason} if self.document is None else asdict(self.document)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(None, values["reason"]) if "reason" in values else cls(Document(**values))


@dataclass(frozen=True, slots=True)
class Got:
    """What came of it: a document, or a status that says why there is none."""

    document: Document | None = None
    status: str = READ
    bytes: int | None = None
    sha256: str | None = None
    reading: Reading | None = None

    @property
    def missing(self) -> bool:
        """Whether the site says that it has no such file."""
        return self.status.startswith(NOT_THERE)

    @property
    def passing(self) -> bool:
        """Whether this is trouble that passes: the way to the site failed or cut it off, or the site is in trouble."""
        return self.status.startswith((NOT_FETCHED, f"{UNREADABLE}: damaged: cut off"))

    @property
    def doubtful(self) -> bool:
        """Whether what came may have been spoiled on the way, and it is believed only when it comes twice."""
        spoiled = tuple(f"{UNREADABLE}: {why}" for why in ("damaged", "empty", "unknown kind"))
        return self.missing or self.status.startswith(spoiled)

    @property
    def blank(self) -> bool:
        """Whether it was read and has no text: a page of pictures."""
        return self.status.startswith((f"{UNREADABLE}: empty", f"{UNREADABLE}: scanned"))


@dataclass(frozen=True, slots=True)
class Texts:
    """The text of a release, where it was found, and what became of each file that was asked for, by its file_id."""

    body: str | None
    source: str
    status: str
    files: dict[str, Got] = field(default_factory=dict)


Search = Generator[Wanted, Got, Texts]


def find_text(page: ReleasePage, *, base: str, lead: str, attachments: Attachments) -> Search:
    """Look for the text of a release; `base` is the address of its page, `lead` what the list prints."""
    files: dict[str, Got] = {}
    body, source, status = yield from _body(page, base, lead, attachments, files)
    if attachments is Attachments.ALL:
        for link in page.attachments:
            if link.file_id not in files:
                files[link.file_id] = yield from _file(link, base)
    return Texts(body, source, status, files)


def _body(
    page: ReleasePage, base: str, lead: str, attachments: Attachments, files: dict[str, Got]
) -> Generator[Wanted, Got, tuple[str | None, str, str]]:
    inline = None if page.body is None or is_boilerplate(page.body) else page.body
    if inline and not page.viewer and not points_elsewhere(inline):
        return inline, "page", READ
    documents = _documents(page)
    reasons: list[str] = []
    if attachments is Attachments.NONE:
        reasons += [NOT_FETCHED] * bool(documents)
    else:
        for source in documents:
            found = yield from _document(source, base, page.title, files, reasons)
            if found:
                return without_stand_in(found.text), found.kind, READ
    if inline:
        return inline, "page", _pending(reasons) or READ
    if whole_lead(lead):
        return lead, "lead", _pending(reasons) or READ
    return None, "none", _pending(reasons) or (f"none: {'; '.join(reasons)}" if reasons else NO_TEXT)


Source = AttachmentLink | str
"""A file, or the address of the viewer."""


def _documents(page: ReleasePage) -> list[Source]:
    """What may hold the release's text, best first.

    An annex is never taken for the release while any other document can be read.
    """
    by_kind: dict[str, list[Source]] = {kind: [] for kind in KINDS}
    others: list[Source] = []
    for link in page.attachments:
        kind = kind_of(link.name)
        if kind in by_kind and not is_annex(link.name):
            by_kind[kind].append(link)
        elif kind in by_kind or not kind:
            others.append(link)
    viewer: list[Source] = [page.viewer] if page.viewer else []
    first = [*by_kind["hwpx"][:1], *viewer, *by_kind["pdf"][:1], *by_kind["hwp"][:1]]
    rest = [link for kind in KINDS for link in by_kind[kind][1:]]
    return [*first, *rest, *others]


def _document(
    source: Source, base: str, expected: str, files: dict[str, Got], reasons: list[str]
) -> Generator[Wanted, Got, Document | None]:
    if isinstance(source, str):
        got = yield from _viewer(source, base, expected)
    else:
        got = files[source.file_id] = yield from _file(source, base)
    if got.document is None:
        reasons.append(f"{source.name if isinstance(source, AttachmentLink) else 'viewer'}: {got.status}")
    return got.document


def _viewer(src: str, base: str, expected: str) -> Generator[Wanted, Got, Got]:
    """The pages of the viewer, one after the other until the site has no more."""
    folder = viewer_folder(src, base)
    if folder is None:
        return Got(status=f"{UNREADABLE}: an address not known of a viewer: {src[:200]!r}")
    texts: list[str] = []
    before: str | None = None
    for number in range(1, MOST_VIEWER_PAGES + 1):
        got = yield Wanted("viewer", f"{folder}/{number}.html", f"{number}.html", expected=expected)
        # A site that gives its last page for every number has no end of its own.
        if (got.missing and number > 1) or (before is not None and got.sha256 == before):
            break
        if got.document is None and not got.blank:
            return Got(status=got.status)
        texts.append(got.document.text if got.document else "")
        before = got.sha256
    else:
        return Got(status=f"{UNREADABLE}: too large: a viewer with more than {MOST_VIEWER_PAGES} pages")
    text = "\n".join(filter(None, texts))
    if not text:
        return Got(status=f"{UNREADABLE}: scanned images")
    return Got(Document(text, "viewer", len(texts)))


def viewer_folder(src: str, base: str) -> str | None:
    """The address under which a viewer keeps its pages; None where the frame leads elsewhere, or off the site.

    `/docViewer/iframe_skin/doc.html?fn=HASH&rs=/docViewer/result/2026.10/06/HASH` keeps them in `{rs}/{fn}.files/`.
    """
    try:
        query = parse_qs(urlsplit(src).query)
    except ValueError:
        return None
    name, result = (query.get(key, [""])[0] for key in ("fn", "rs"))
    if not re.fullmatch(r"[\w.-]{1,200}", name) or not re.fullmatch(r"/[\w./-]{1,400}", result):
        return None
    if ".." in result or ".." in name or result.startswith("//"):
        return None
    return urljoin(base, f"{result.rstrip('/')}/{name}.files")


def _file(link: AttachmentLink, base: str) -> Generator[Wanted, Got, Got]:
    """Ask for a file, unless its address leads off the site."""
    try:
        url = urljoin(base, link.path)
        leads_away = urlsplit(url)[:2] != urlsplit(base)[:2]
    except ValueError:
        return Got(status=f"{UNREADABLE}: no address: {link.path[:200]!r}")
    if leads_away:
        return Got(status=f"{UNREADABLE}: an address off the site: {url[:200]}")
    return (yield Wanted("file", url, link.name, read=kind_of(link.name) in (*KINDS, "")))


def _pending(reasons: list[str]) -> str | None:
    """The status of a text that a later run may find: something that may hold it was not to be had this time."""
    if any(reason == NOT_FETCHED or reason.endswith(f": {NOT_FETCHED}") for reason in reasons):
        return NOT_FETCHED
    why = [reason for reason in reasons if f": {NOT_FETCHED}: " in reason]
    return f"{NOT_FETCHED}: {'; '.join(why)}" if why else None


def kind_of(name: str) -> str:
    """A file name's suffix in small letters; empty where the name has none."""
    stem, dot, suffix = clean(name).rpartition(".")
    return suffix.lower() if dot and stem and suffix.isalnum() else ""


def is_annex(name: str) -> bool:
    return bool(ANNEX.search(name)) and "보도자료" not in name


def whole_lead(lead: str) -> bool:
    """Whether a printed lead is the whole text of its release: not cut, and not the site's own empty words."""
    text = clean(lead)
    return bool(text) and not is_cut(text) and not is_boilerplate(text) and not points_elsewhere(text)


def without_stand_in(text: str) -> str:
    """A document's text without the sentence that 배포용 documents show to programs that cannot read them."""
    return STAND_IN.sub("", text)


def is_boilerplate(text: str) -> bool:
    """Whether a text is the site's sentence for releases of which it has none."""
    return len(text) <= SHORT and bool(BOILERPLATE.search(text))


def points_elsewhere(text: str) -> bool:
    """Whether a short text says that the rest of it is in a file."""
    return len(text) <= SHORT and bool(ELSEWHERE.search(text))


def read_answer(wanted: Wanted, status: int, body: bytes, readers: Readers) -> Got:
    """What the site's answer to a search holds. Takes as long as reading the document does."""
    reading = read_body(wanted, body, readers) if status == OK and wanted.read else None
    return got_from(wanted, status, len(body), sha256(body).hexdigest(), reading)


def read_body(wanted: Wanted, body: bytes, readers: Readers) -> Reading:
    """What our readers make of a document."""
    try:
        return Reading(readers.read(body, wanted.name))
    except UnreadableDocument as error:
        return Reading(None, error.reason)


def got_from(wanted: Wanted, status: int, size: int, digest: str, reading: Reading | None) -> Got:
    """What an answer holds, by what was read of its body; no reading for what is not read."""
    if status in GONE:
        return Got(status=f"{NOT_THERE}: HTTP status {status}")
    if status != OK:
        return Got(status=f"{NOT_FETCHED}: HTTP status {status}")
    if reading is None:
        return kept_unread(wanted, size, digest)
    if reading.document is None:
        # A page in place of a file is the site's own trouble, and passes.
        begins = NOT_FETCHED if "html, as sent in place" in reading.reason else UNREADABLE
        return Got(None, f"{begins}: {reading.reason}", size, digest, reading)
    if wanted.kind == "viewer" and (said := trouble(reading.document.text, wanted.expected)):
        return Got(status=f"{NOT_FETCHED}: a page that says {said!r} in place of the viewer's")
    return Got(reading.document, READ, size, digest, reading)


def trouble(text: str, expected: str) -> str | None:
    """What a page says of the site's trouble, where it is nothing but that: short, and without a word of the title."""
    said = TROUBLE.search(text) if len(text) <= SHORT else None
    ours = any(word in text for word in re.findall(r"\w{2,}", expected) if not SAID_IN_TROUBLE.match(word))
    return said[0] if said and not ours else None


def kept_unread(wanted: Wanted, size: int, digest: str) -> Got:
    """A file that has no text for us, such as a picture."""
    return Got(None, f"{UNREADABLE}: no kind of file that is read: {kind_of(wanted.name)[:10]}", size, digest)


def or_stored(texts: Texts, stored: tuple[str, str] | None) -> Texts:
    """The texts found; where that could not be had this time, the text that is stored (and where it was found)."""
    if texts.status.startswith(NOT_FETCHED) and stored and stored[1] != "lead":
        return replace(texts, body=stored[0], source=stored[1])
    return texts


def answer(search: Search, get: Callable[[Wanted], Got]) -> Texts:
    """Run a search to its end with what `get` gives at once."""
    steps = _Steps(search)
    for wanted in steps:
        steps.got = get(wanted)
    return steps.result


async def answer_async(search: Search, get: Callable[[Wanted], Awaitable[Got]]) -> Texts:
    """Run a search to its end with what `get` gives in time."""
    steps = _Steps(search)
    for wanted in steps:
        steps.got = await get(wanted)
    return steps.result


class _Steps:
    """A search as something to loop over: `got` is what the loop tells it, `result` what it returned."""

    result: Texts

    def __init__(self, search: Search) -> None:
        self.search = search
        self.got: Got | None = None

    def __iter__(self) -> Iterator[Wanted]:
        try:
            wanted = next(self.search)
            while True:
                yield wanted
                assert self.got is not None
                wanted = self.search.send(self.got)
        except StopIteration as end:
            self.result = end.value
