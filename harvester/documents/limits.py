"""How much a document may cost, whatever its bytes say: the largest real ones stay far below."""

LARGEST_FILE = 128 * 1024 * 1024
"""Bytes of a document as it comes."""
LARGEST_PART = 64 * 1024 * 1024
"""Bytes of one unpacked part of a document: a section, a stream."""
LARGEST_WHOLE = 192 * 1024 * 1024
"""Bytes of all parts unpacked."""
LONGEST_TEXT = 20_000_000
"""Characters of text taken from one document."""
DEEPEST = 200
"""Tables in tables in tables."""
SECONDS = 8.0
"""What reading one document may take."""
MEMORY = 768 * 1024 * 1024
"""Bytes of memory that reading one document may take."""
MOST_PARTS = 5_000
"""Files in an archive; each picture of a document is one."""
