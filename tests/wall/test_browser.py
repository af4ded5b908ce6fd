"""The page in a real browser, opened as a file: on a wall, on a phone, and when nobody writes it any more."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from harvester.wall.page import OLD, as_html
from harvester.wall.report import verdict

from ..store.making import Books, briefing, unknown
from ..web.test_browser import CHROMIUM, QUIET, SIZES, TOO_PALE, Visit
from .conftest import NOON, arguments, report

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
WALL = {"width": 1920, "height": 1080}
HOSTILE = '"></style><script>document.title = "taken"</script><img src=x onerror="document.title = 1">'


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture
def troubled(kept: Books) -> Books:
    """Gaps of every kind, texts that are hostile, and years of days."""
    kept.open("crawl", arguments())
    kept.put(briefing(9, unknowns=[unknown(HOSTILE)]))
    for day, state in ((3, "failed"), (4, "partial")):
        kept.close_day(1, day=date(2024, 1, day), state=state, reason=f"no release: the site says '{HOSTILE}'")
    for month in range(1, 12):
        kept.close_day(1, day=date(2023, month, 7))
    kept.finish(reason=HOSTILE, verdict="partial", exit_status=3)
    return kept


def page(books: Books, path: Path, made_at: datetime) -> Path:
    told = report(books)
    path.write_text(as_html(told, verdict(told, 5), f"{made_at:%Y-%m-%dT%H:%M:%SZ}"), encoding="utf-8")
    return path


@pytest.mark.parametrize("size", ["wall", "desk", "phone"])
def test_it_fits_asks_nobody_and_can_be_read(browser, troubled: Books, tmp_path: Path, size: str) -> None:  # type: ignore[no-untyped-def]
    address = page(troubled, tmp_path / "status.html", datetime.now(UTC)).as_uri()
    visit = Visit(browser, address, "desk")
    viewport = {**SIZES, "wall": WALL}[size]
    visit.page.set_viewport_size(viewport)
    visit.page.goto(address)
    assert visit.fits()
    headline = visit.page.locator("h1").bounding_box()
    made = visit.page.locator("#made").bounding_box()
    assert max(headline["y"] + headline["height"], made["y"] + made["height"]) < viewport["height"]
    assert "빈틈" in visit.page.locator("h1").inner_text()
    assert "방금" in visit.page.locator("#made").inner_text()
    assert not visit.page.locator("#old").is_visible()
    assert visit.page.evaluate(TOO_PALE) == []
    assert "taken" not in visit.page.title()
    assert visit.page.locator("img").count() == 0
    assert visit.troubles == []


def test_what_nobody_writes_any_more_says_so(browser, kept: Books, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    address = page(kept, tmp_path / "status.html", datetime.now(UTC) - OLD - timedelta(minutes=2)).as_uri()
    visit = Visit(browser, address, "desk")
    visit.page.goto(address)
    assert visit.page.locator("#old").is_visible()
    assert "3시간 전" in visit.page.locator("#made").inner_text()
    assert visit.page.evaluate(TOO_PALE) == []


def test_a_page_left_open_grows_old_by_itself(browser, kept: Books, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    address = page(kept, tmp_path / "status.html", NOON).as_uri()
    visit = Visit(browser, address, "desk")
    visit.page.clock.install(time=NOON + timedelta(minutes=1))
    visit.page.goto(address)
    assert not visit.page.locator("#old").is_visible()
    # Without its own reload, which a browser of a wall does as well.
    visit.page.evaluate("document.querySelector('meta[http-equiv=refresh]').remove()")
    visit.page.clock.run_for("03:00:00")
    assert visit.page.locator("#old").is_visible()


def test_days_are_told_apart_without_colours(browser, troubled: Books, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    address = page(troubled, tmp_path / "status.html", datetime.now(UTC)).as_uri()
    visit = Visit(browser, address, "desk")
    visit.page.goto(address)
    marks = {
        kind: visit.page.locator(f".days .{kind}").first.inner_text().strip() for kind in ("empty", "partial", "failed")
    }
    assert marks == {"empty": "·", "partial": "▲", "failed": "✗"}
    assert visit.page.locator(".days .missing").first.evaluate("each => getComputedStyle(each).borderStyle") == "solid"
