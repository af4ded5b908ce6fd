"""The report as a page for a wall: one file that asks nobody for anything, and says how old it is."""

import base64
import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harvester.boards import BOARDS, ESG_BOARD
from harvester.korean.text import plain
from harvester.verdict import Verdict
from harvester.wall import calendar
from harvester.wall.report import KILLED, UNCLEAR, UNDER_WAY, BoardReport, Report, run_board, run_took, span
from harvester.wall.text import size_in_words
from harvester.web.filters import ledger_filter
from harvester.web.texts import korean_time

HERE = Path(__file__).parent
SIGN = '<!doctype html>\n<html lang="ko" data-harvest="status">'
"""How a page of ours begins: such a one may be written over."""
AGAIN = timedelta(minutes=5)
"""After which the browser looks whether there is a newer page."""
OLD = timedelta(hours=3)
"""From which on the page says that nobody writes it any more."""
VERDICTS = {
    "complete": "완전함",
    "partial": "일부만 됨",
    "failure": "실패",
    "interrupted": "중단됨",
    UNDER_WAY: "진행 중",
    KILLED: "중단된 듯함",
    UNCLEAR: "진행 중이거나 중단됨",
}
MOST_SPANS = 8


def as_html(report: Report | None, said: Verdict, now: str) -> str:
    """The page; without a report it says why there is none."""
    style, script = _read("wall.css"), _read("wall.js")
    return (
        _environment()
        .get_template("wall.html")
        .render(
            sign=Markup(SIGN),
            style=Markup(style),
            script=Markup(script),
            policy=f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; base-uri 'none'",
            again=int(AGAIN.total_seconds()),
            old=int(OLD.total_seconds()),
            now=now,
            report=report,
            said=said,
            headline=headline(report),
        )
    )


def is_page(path: Path) -> bool:
    """Whether a file is a page of ours, or empty."""
    with path.open("rb") as stream:
        return stream.read(len(SIGN.encode())) in (b"", SIGN.encode())


def headline(report: Report | None) -> tuple[str, str, str]:
    """What is seen from afar: a kind (`good`, `part`, `bad`), a mark and words."""
    if report is None:
        return "bad", "✗", "상태를 알 수 없습니다"
    gaps = sum(len(each.covered.gaps) for each in report.boards)
    if report.is_stale:
        return "bad", "✗", f"최신이 아니고, 빈틈 {gaps:,}일" if gaps else "최신이 아닙니다"
    if not report.is_complete:
        return "part", "▲", f"빈틈 {gaps:,}일" if gaps else "확인한 적 없는 게시판이 있습니다"
    return "good", "■", "완전하고 최신입니다" if report.is_fresh else "완전합니다"


def freshness(each: BoardReport) -> tuple[str, str]:
    """A kind, and words before the time until which all is known."""
    if each.fresh is None:
        return "quiet", "지난 날만 물음"
    if each.fresh.is_stale:
        return "bad", "최신 아님"
    if each.fresh.is_fresh:
        return "good", "최신"
    return "quiet", "한 번 채운 것" if not each.fresh.is_kept_up else "때를 묻지 않음"


def board_name(slug: str) -> str:
    return "ESG 정책뉴스" if slug == ESG_BOARD.slug else BOARDS[slug].name if slug in BOARDS else slug


def took(run: dict[str, Any]) -> str:
    """How long a run lasted."""
    lasted = run_took(run)
    if lasted is None:
        return ""
    seconds = int(lasted.total_seconds())
    if seconds < 100:
        return f"{seconds}초"
    return f"{seconds // 60}분" if seconds < 100 * 60 else f"{seconds // 3600}시간 {seconds // 60 % 60}분"


def month_columns(month: calendar.Month) -> list[calendar.Day | None]:
    """The cells of a month, week after week, each from Monday to Sunday."""
    return [day for week in month.weeks for day in week]


def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=FileSystemLoader(HERE),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "korean_time": korean_time,
        "ledger_filter": ledger_filter,
        "thousands": lambda number: f"{number:,}",
        "size": size_in_words,
        "plain": plain,
        "span": span,
    }
    environment.globals |= {
        "board_name": board_name,
        "calendar": calendar,
        "freshness": freshness,
        "month_columns": month_columns,
        "run_board": run_board,
        "took": took,
        "verdicts": VERDICTS,
        "most_spans": MOST_SPANS,
    }
    return environment


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8").strip()


def _digest(text: str) -> str:
    """As a Content-Security-Policy names what is written in the page itself."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
