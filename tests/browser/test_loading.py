"""What a page costs as it opens, counted and not timed; what waits until it is needed is there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, ViewportSize

from tests.browser.served import Served, SitePage, site_directory, text_pages

PHONE: ViewportSize = {"width": 390, "height": 844}
PARTED = [
    page
    for page in text_pages()
    if 'class="part"' in (site_directory() / page.path / "index.html").read_text("utf-8")
]
ELEMENTS = ["part", "tabbed-set", "conv-figure", "conv-figure-controls", "conv-explorer", "md-nav"]
# Each element once as it comes, some again with what scripts add and change.
PASSES = 3
# Of a page in parts, only what is near the window; but each set of tabs is measured at once.
NEAR = 1.3

# Where everything stands, and whether anything moves when the parts are taken out again.
PLACES = """() => {
  const places = () => [...document.querySelectorAll("article *:not(.part)")]
    .filter((e) => !e.closest(".md-code__nav, .tabbed-control"))
    .map((e) => {
      const { left, top, width, height } = e.getBoundingClientRect();
      const box = [left, top + scrollY, width, height].map(Math.round);
      return `${e.tagName} ${e.textContent.trim().slice(0, 40)}: ${box}`;
    });
  const parts = document.querySelectorAll(".part");
  for (const part of parts) {
    part.style.contentVisibility = "visible";
    part.style.contain = "layout style paint"; // as a part that waits or is shown has it
  }
  const before = places();
  for (const part of parts) part.replaceWith(...part.childNodes);
  const after = places();
  return before.flatMap((place, i) => (place === after[i] ? [] : [`${place} -> ${after[i]}`]));
}"""

# Until the processor has nothing left to do, and again, since what waited may start more.
REST = """async () => {
  for (let i = 0; i < 2; i++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await new Promise((resolve) => requestIdleCallback(resolve));
  }
}"""


class Trace:
    """Chromium's own record of what it does."""

    def __init__(self, session: CDPSession) -> None:
        self.session = session
        self.events: list[dict[str, Any]] = []
        self.complete = False
        session.on("Tracing.dataCollected", lambda data: self.events.extend(data["value"]))
        session.on("Tracing.tracingComplete", lambda _: setattr(self, "complete", True))

    def start(self, *more: str) -> None:
        self.session.send(
            "Tracing.start",
            {
                "categories": ",".join(("devtools.timeline", *more)),
                "transferMode": "ReportEvents",
            },
        )

    def end(self, tab: Page) -> list[dict[str, Any]]:
        self.session.send("Tracing.end")
        while not self.complete:
            tab.wait_for_timeout(20)
        return self.events


def styled(browser: Browser, address: str) -> tuple[int, int]:
    """How many elements are styled until a page rests, each time counted; and how many it has."""
    context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True)
    tab = context.new_page()
    tab.goto("about:blank")
    trace = Trace(context.new_cdp_session(tab))
    trace.start()
    tab.goto(address, wait_until="load")
    tab.evaluate(REST)
    events = trace.end(tab)
    count = sum(
        event["args"].get("elementCount", 0)
        for event in events
        if event["name"] == "UpdateLayoutTree"
    )
    elements = tab.evaluate("document.querySelectorAll('*').length")
    context.close()
    return count, elements


def kinds() -> list[SitePage]:
    """One page, the longest, for each set of scripts and elements that pages are made of."""
    longest: dict[tuple[object, ...], tuple[int, SitePage]] = {}
    for page in text_pages():
        html = (site_directory() / page.path / "index.html").read_text("utf-8")
        scripts = re.findall(r"<script [^>]*src=\"[^\"]*?([^/\"]+)\"", html)
        made_of = [f' class="{name}' in html or f"<{name} " in html for name in ELEMENTS]
        kind = (*sorted(scripts), *made_of)
        longest[kind] = max(longest.get(kind, (0, page)), (len(html), page), key=lambda x: x[0])
    return [page for _, page in longest.values()]


def test_kinds_of_pages_are_told_apart() -> None:
    assert len(text_pages()) / 2 > len(kinds()) > 5, kinds()


@pytest.mark.parametrize("page", kinds(), ids=str)
def test_elements_are_styled_about_once(page: SitePage, site: Served, browser: Browser) -> None:
    """A rule or a script that restyles the whole page would double this, each time."""
    count, elements = styled(browser, site.url(page))
    limit = NEAR if page in PARTED else PASSES
    assert count <= limit * elements, f"{page}: {count} elements styled of {elements}"


def test_long_pages_are_in_parts() -> None:
    assert {page.name for page in PARTED} >= {"reference/api/"}


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", PARTED, ids=str)
def test_parts_move_nothing(page: SitePage, width: int, site: Served, fresh_page: Page) -> None:
    fresh_page.set_viewport_size({"width": width, "height": 900})
    fresh_page.goto(site.url(page), wait_until="networkidle")
    assert fresh_page.evaluate(PLACES) == []


# Until nothing has moved for some frames: parts get their sizes as they come near the window.
STILL = """async () => {
  for (let still = 0, last = ""; still < 20; ) {
    await new Promise(requestAnimationFrame);
    const now = `${scrollY} ${document.documentElement.scrollHeight}`;
    still = now === last ? still + 1 : 0;
    last = now;
  }
  await new Promise((resolve) => requestIdleCallback(resolve));
}"""

# How far a heading is from where its link should bring it, in pixels.
OFF = """(id) => {
  const heading = document.getElementById(id);
  const margin = parseFloat(getComputedStyle(heading).scrollMarginTop);
  const end = document.documentElement.scrollHeight - innerHeight - scrollY < 2;
  const off = heading.getBoundingClientRect().top - margin;
  return end && off > 0 ? 0 : off;
}"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", PARTED, ids=str)
def test_links_lead_to_their_sections(
    page: SitePage, width: int, site: Served, browser: Browser
) -> None:
    """From elsewhere, and from the page's own top, however many parts have no size yet."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    tab = context.new_page()
    tab.goto(site.url(page))
    ids = tab.evaluate("[...document.querySelectorAll('article :is(h2, h3, h4)')].map((e) => e.id)")
    off = []
    far = [len(ids) // 4, len(ids) // 2, 3 * len(ids) // 4, -1]  # the more parts lie between
    for number, name in enumerate(ids[place] for place in far):
        tab.goto("about:blank")
        if number % 2:
            tab.goto(f"{site.url(page)}#{name}")
        else:
            tab.goto(site.url(page))
            tab.evaluate(STILL)
            tab.evaluate("(id) => { location.hash = id; }", name)
        tab.evaluate(STILL)
        distance = tab.evaluate(OFF, name)
        if abs(distance) > 2:
            off.append(f"{name} is {distance} px from its place")
    context.close()
    assert not off, f"{page} {width}: {off}"


@pytest.mark.parametrize("page", PARTED, ids=str)
def test_what_waits_is_found_and_read(page: SitePage, site: Served, fresh_page: Page) -> None:
    """The browser's search finds text in the last part, and it is no less there for a reader."""
    fresh_page.goto(site.url(page), wait_until="networkidle")
    last = fresh_page.locator(".part").last
    text = (last.locator("p").last.text_content() or "").strip().splitlines()[0][:25]
    assert fresh_page.evaluate("scrollY") == 0
    assert fresh_page.evaluate("(text) => find(text)", text), text
    fresh_page.wait_for_function("scrollY > 1000")
    assert last.evaluate("part => part.checkVisibility({ contentVisibilityAuto: true })")
