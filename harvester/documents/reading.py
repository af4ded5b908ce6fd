"""Reading a document in this process: for bytes that are trusted, and for the worker that may die of them."""

from collections.abc import Callable
from importlib import import_module
from pathlib import PurePath

from harvester.documents import limits
from harvester.documents.document import Document, UnreadableDocument, tidy
from harvester.documents.kinds import kind_of

# Imported when first needed: one process in many meets a pdf, and its library is the largest part of a start.
_READERS = {
    "hwpx": ("harvester.documents.hwpx", "read_hwpx"),
    "hwp": ("harvester.documents.hwp", "read_hwp"),
    "pdf": ("harvester.documents.pdf", "read_pdf"),
    "viewer": ("harvester.documents.viewer", "read_viewer_page"),
}
_NEVER_HTML = frozenset(
    {".hwp", ".hwpx", ".hwt", ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".zip", ".jpg", ".png", ".gif"}
)


def read(content: bytes, name: str) -> Document:
    """The document that the bytes are, whatever the name says, with its text tidied.

    Raises UnreadableDocument; and as this is the unguarded way, whatever the bytes bring about.
    """
    if len(content) > limits.LARGEST_FILE:
        raise UnreadableDocument(f"too large: {len(content):,} bytes")
    if not content.strip():
        raise UnreadableDocument("empty: no bytes" if not content else "empty: white space only")
    kind = kind_of(content)
    if kind == "encrypted Office file":
        raise UnreadableDocument("encrypted")
    if kind not in _READERS:
        raise UnreadableDocument(f"unknown kind: {kind}")
    suffix = PurePath(name).suffix.lower()
    if kind == "viewer" and suffix in _NEVER_HTML:
        # What a server answers in place of a file must not become the text of the release.
        raise UnreadableDocument(f"unknown kind: html, as sent in place of a {suffix[1:]}")
    document = _reader(kind)(content)
    text = tidy(document.text)
    if not text.strip():
        raise UnreadableDocument("empty: no text")
    if len(text) > limits.LONGEST_TEXT:
        raise UnreadableDocument(f"too large: {len(text):,} characters of text")
    return Document(text, document.kind, document.pages)


def _reader(kind: str) -> Callable[[bytes], Document]:
    module, name = _READERS[kind]
    reader: Callable[[bytes], Document] = getattr(import_module(module), name)
    return reader
