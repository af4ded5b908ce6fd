"""In a real browser, on a desk and on a phone: what a person does, by the keyboard alone where it says so."""

import asyncio
import itertools
import shutil
import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn

from harvester.web import application

from ..store.making import Books

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}

# WCAG AA: 4.5 to 1, of every text that is seen against the background behind it.
TOO_PALE = """() => {
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => colour.slice(0, 3).map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
  const behind = element => {
    for (let each = element; each; each = each.parentElement) {
      const colour = parts(getComputedStyle(each).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")]
    .filter(each => !each.closest("svg, .CodeMirror, [hidden]") && each.offsetParent
      && [...each.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
    .map(each => {
      const [a, b] = [light(parts(getComputedStyle(each).color)), light(behind(each))].sort((x, y) => y - x);
      return [(a + 0.05) / (b + 0.05), each.outerHTML.slice(0, 120)];
    }).filter(([contrast]) => contrast < 4.5);
}"""


@pytest.fixture
def address(made: Books) -> Iterator[str]:
    """The pages over a real connection, as `harvest serve` offers them."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(application(made.path).app(), log_level="error", lifespan="on"))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


class Visit:
    """A browser on our pages; what went wrong meanwhile."""

    def __init__(self, browser, address: str, size: str) -> None:  # type: ignore[no-untyped-def]
        self.address = address
        self.troubles: list[str] = []
        context = browser.new_context(
            viewport=SIZES[size], locale="ko-KR", permissions=["clipboard-read", "clipboard-write"]
        )
        self.page = context.new_page()
        self.page.set_default_timeout(30_000)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on(
            "console", lambda said: self.troubles.append(f"console: {said.text}") if said.type == "error" else None
        )
        self.page.on("request", self._note)

    def _note(self, request) -> None:  # type: ignore[no-untyped-def]
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.troubles.append(f"asks elsewhere: {request.url}")

    def fits(self) -> bool:
        """Whether the page need not be scrolled sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))

    def tab_to(self, selector: str) -> None:
        """Press Tab until the focus is there."""
        for _ in range(60):
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"Tab does not come to {selector}")


@pytest.fixture(scope="module")
def browser():  # type: ignore[no-untyped-def]
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


@pytest.mark.parametrize("size", SIZES)
def test_search_open_copy_and_calendar_by_the_keyboard_alone(browser, address: str, size: str) -> None:  # type: ignore[no-untyped-def]
    visit = Visit(browser, address, size)
    page = visit.page
    page.goto(address)
    page.keyboard.type("희토류")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    assert page.locator("mark").first.inner_text() == "희토류"
    visit.tab_to("ol.hits a")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/release/1")
    visit.tab_to("button[data-copy]")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('[data-copied]').textContent !== ''")
    copied = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert copied[0] == "(2024.01.17 환경부)"
    assert copied[-1].endswith("newsId=1")
    visit.tab_to("header a[href$='/calendar']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/calendar")
    assert page.locator("table.month td.partial").get_by_role("link", name="1월 15일 일부만 있음").count() == 1
    visit.tab_to("table.month td.partial a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**since=2024-01-15**")
    assert visit.troubles == []


def test_without_a_clipboard_the_line_is_copied_as_what_is_selected(browser, address: str) -> None:  # type: ignore[no-untyped-def]
    visit = Visit(browser, address, "desk")
    visit.page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    visit.page.goto(f"{address}/release/1")
    visit.page.click("button[data-copy]")
    assert "복사" in visit.page.wait_for_selector("[data-copied]:not(:empty)").inner_text()
    assert visit.page.evaluate("getSelection().toString()").startswith("(2024.01.17 환경부)")


@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_and_asks_nobody_else(browser, address: str, size: str) -> None:  # type: ignore[no-untyped-def]
    visit = Visit(browser, address, size)
    for path in (
        "/",
        "/search?q=희토류&ministry=환경부",
        "/release/1",
        "/release/2",
        "/release/3",
        "/calendar",
        "/feeds",
        "/briefings",
        "/briefings/briefings",
        "/briefings/briefings/1",
        "/briefings/source_lines",
        "/-/dashboards/releases",
    ):
        visit.page.goto(f"{address}{path}")
        if "dashboards" in path:
            visit.page.wait_for_function(
                "document.querySelectorAll('.dashboard-card svg, .dashboard-card canvas').length === 3"
            )
        assert visit.fits(), path
        if path == "/":
            complete = visit.page.locator("table.figures td").first.bounding_box()
            assert complete["x"] + complete["width"] <= SIZES[size]["width"], "how complete it is stands in sight"
        levels = visit.page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(each => +each.tagName[1])")
        assert levels[0] == 1, path
        assert levels.count(1) == 1, path
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), (path, levels)
        unnamed = visit.page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]):not([type=submit]), select, textarea')]"
            ".filter(each => !each.labels?.length && !each.getAttribute('aria-label') && each.offsetParent)"
            ".map(each => each.outerHTML)"
        )
        assert unnamed == [], path
        assert visit.page.evaluate(TOO_PALE) == [], path
    assert visit.troubles == []
