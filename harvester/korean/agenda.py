"""Agendas of the cabinet: items, each of a ministry."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One item; `ministries` as printed, `in_charge` what stands in 【소관 : …】 without the telephone number."""

    title: str
    ministries: tuple[str, ...]
    in_charge: str
    text: str


def read_agenda(text: str) -> list[AgendaItem]:
    """Being written."""
    return []
