"""What a run is asked for: board, days and filters, checked before the first request."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from harvester.boards import Board
from harvester.texts import Attachments


def filter_key(all_codes: tuple[str, ...], words: str) -> str:
    """A filter as the ledger writes it, `ministry=A00015,A00019&query=희토류`; empty for none."""
    parts = {"ministry": ",".join(all_codes), "query": words}
    return "&".join(f"{name}={value}" for name, value in parts.items() if value)


@dataclass(frozen=True, slots=True)
class Plan:
    board: Board
    since: date
    until: date
    """Both inclusive, Korean days."""
    codes: tuple[str, ...] = ()
    """The codes (`repCode`) that the ministries asked for have in these days, sorted; none for all."""
    all_codes: tuple[str, ...] = ()
    """Those they ever had: the same for every range, so that the ledger knows the question again."""
    words: str = ""
    verb: str = "crawl"
    again: bool = False
    """Walk settled days too."""
    attachments: Attachments = Attachments.TEXT
    accept_withdrawals: bool = False
    """Believe a listing that lost most of a day's releases."""

    def __post_init__(self) -> None:
        if self.since > self.until:
            raise ValueError(f"since {self.since} is after until {self.until}: give the earlier day first")

    def __len__(self) -> int:
        return (self.until - self.since).days + 1

    def days(self) -> Iterator[date]:
        """Newest first."""
        for back in range(len(self)):
            yield self.until - timedelta(days=back)

    @property
    def filter(self) -> str:
        """The filter as the ledger writes it; empty for none."""
        return filter_key(self.all_codes, self.words)

    @property
    def arguments(self) -> str:
        """The same for the same question, so that an interrupted run is recognised."""
        return json.dumps(
            {
                "board": self.board.slug,
                "since": self.since.isoformat(),
                "until": self.until.isoformat(),
                "filter": self.filter,
                "again": self.again,
                "attachments": self.attachments,
            },
            ensure_ascii=False,
        )
