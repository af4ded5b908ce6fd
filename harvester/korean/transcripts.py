"""Transcripts of briefings: who says what, who asks and who answers."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Statement:
    """What one speaker says without a break; `speaker` as printed, None where none is named."""

    kind: Literal["statement", "question", "answer"]
    speaker: str | None
    text: str


def read_transcript(text: str) -> list[Statement]:
    """Being written."""
    return [Statement("statement", None, text)] if text else []
