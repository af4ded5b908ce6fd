"""What the doctor found: in words, how bad it is, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Area(StrEnum):
    MACHINE = "machine"
    DATABASE = "database"
    SITE = "site"


class Mark(StrEnum):
    OK = "ok"
    NOTE = "note"
    """Worth knowing; nothing is the matter."""
    LOOK = "look"
    """It works for now: somebody should look at it before it does not."""
    WRONG = "wrong"
    """What it is about does not work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    area: Area
    name: str
    mark: Mark
    says: str
    todo: str = ""
    stops: bool = False
    """Whether no run can do its work until this is put right."""
    evidence: Path | None = None
    """Where the page is kept that it is about."""

    @property
    def troubled(self) -> bool:
        return self.mark in (Mark.LOOK, Mark.WRONG)


def size_of(size: float) -> str:
    """Bytes for a reader: `3.1 MB`."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
