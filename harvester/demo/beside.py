"""The seam for another site: its pages are served beside the miniature korea.kr, on the same address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from harvester.demo.faults import Asked


class Beside(Protocol):
    """Pages of another site, served beside korea.kr on the same address.

    `form` holds the query and what was posted, `now` is the miniature's time in Korea. Only the server's thread asks.
    """

    def read(self, path: str, form: Mapping[str, str], now: datetime) -> Asked | None:
        """What the faults choose by, of the kind `board` (a list), `post` or `other`; None: not a path of its."""
        ...

    def answer(self, path: str, form: Mapping[str, str], now: datetime) -> bytes | None:
        """The page; None is answered with 404."""
        ...
