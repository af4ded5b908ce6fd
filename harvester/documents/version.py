"""Which readers these are, so that what other ones made of a document is known to be theirs."""

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("cryptography", "lxml", "olefile", "pypdfium2")


@cache
def readers_version() -> str:
    """16 hexadecimal digits over this package's source and its libraries' versions: another after every change."""
    digest = sha256("\n".join(f"{name} {version(name)}" for name in LIBRARIES).encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
