"""The text of documents: hwpx, hwp, pdf, and the pages of the site's viewer.

Bytes and a name in, text out. No network, clock or database; and whatever the bytes are, no harm to the caller.
"""

from harvester.documents.document import Document, UnreadableDocument
from harvester.documents.guard import Readers, read_document
from harvester.documents.version import readers_version

__all__ = ["Document", "Readers", "UnreadableDocument", "read_document", "readers_version"]
