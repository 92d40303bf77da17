"""What a page costs a phone's processor as it opens, counted and not timed."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page
from served import Served, SitePage, text_pages

PHONE = {"width": 390, "height": 844}
# Each element once as it comes, some again with what scripts add and change.
PASSES = 3

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

    def start(self, more: str = "") -> None:
        categories = f"devtools.timeline,{more}".rstrip(",")
        self.session.send(
            "Tracing.start", {"categories": categories, "transferMode": "ReportEvents"}
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


@pytest.mark.parametrize("page", [page for page in text_pages() if page.language == "en"], ids=str)
def test_elements_are_styled_about_once(page: SitePage, site: Served, browser: Browser) -> None:
    """A rule or a script that restyles the whole page would double this, each time."""
    count, elements = styled(browser, site.url(page))
    assert count <= PASSES * elements, f"{page}: {count} elements styled of {elements}"
