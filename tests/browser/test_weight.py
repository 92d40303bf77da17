"""What a first visit transfers, every response gzipped at level 6 as hosts do."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser
from served import Served, SitePage, site_directory, text_pages

LIMIT = 120 * 1024
WITH_EXPLORER = 160 * 1024
EXPLORER = 40 * 1024


def test_first_visit(
    site: Served, browser: Browser, record_property: Callable[[str, object], None]
) -> None:
    rows, heavy = [], []
    for page in text_pages():
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        start = len(site.answers)
        tab = context.new_page()
        tab.goto(site.url(page), wait_until="networkidle")
        explorer = tab.locator("conv-explorer").count() > 0
        site.wait_until_quiet()
        answers = site.answers[start:]
        context.close()
        total = sum(answer.compressed for answer in answers)
        assert any(answer.path.endswith(".css") for answer in answers), f"{page}: no styles came"
        rows.append(f"{total / 1024:7.1f} KiB  {len(answers):3} requests  {page}")
        limit = WITH_EXPLORER if explorer else LIMIT
        assert any("/assets/explorer/" in answer.path for answer in answers) == explorer, (
            f"{page}: the explorer's scripts belong to pages that have one, and to no others"
        )
        if total > limit:
            largest = sorted(answers, key=lambda answer: -answer.compressed)[:6]
            detail = ", ".join(f"{a.path} {a.compressed / 1024:.1f} KiB" for a in largest)
            heavy.append(f"{page}: {total / 1024:.1f} KiB > {limit / 1024:.0f} KiB: {detail}")
    bounds = f"{LIMIT // 1024} KiB, {WITH_EXPLORER // 1024} KiB with an explorer"
    record_property(f"table: first visit, limit {bounds}", "\n".join(rows))
    assert not heavy, "\n".join(heavy)


def test_explorer_is_small(record_property: Callable[[str, object], None]) -> None:
    """Scripts, styles and messages together, each compressed by itself as hosts do."""
    files = sorted((site_directory() / "assets/explorer").iterdir())
    sizes = {file.name: len(gzip.compress(file.read_bytes(), 6)) for file in files}
    total = sum(sizes.values())
    record_property("table: explorer", f"{total / 1024:7.1f} KiB in {len(files)} files")
    assert len(files) > 10
    assert total <= EXPLORER, sizes


def test_what_is_far_below_costs_nothing(
    site: Served, browser: Browser, record_property: Callable[[str, object], None]
) -> None:
    """Styles are computed for what is near the screen: a long page must not block a phone.

    Time depends on the machine, and so is not tested; the number of elements does not.
    """
    rows = []
    for page in (SitePage("reference/api/", "en"), SitePage("reference/errors/", "zh")):
        context = browser.new_context(viewport={"width": 390, "height": 800})
        tab = context.new_page()
        session = context.new_cdp_session(tab)
        events: list[dict[str, Any]] = []
        session.on("Tracing.dataCollected", lambda data, to=events: to.extend(data["value"]))
        session.send(
            "Tracing.start",
            {"categories": "devtools.timeline", "transferMode": "ReportEvents"},
        )
        tab.goto(site.url(page), wait_until="networkidle")
        with tab.expect_event("console"):
            session.once("Tracing.tracingComplete", lambda _, to=tab: to.evaluate("console.log(1)"))
            session.send("Tracing.end")
        elements = int(tab.evaluate("document.querySelectorAll('*').length"))
        counts = [
            event["args"]["elementCount"]
            for event in events
            if event["name"] == "UpdateLayoutTree" and "elementCount" in event.get("args", {})
        ]
        context.close()
        assert counts and elements > 4000, f"{page}: {elements} elements, nothing was traced"
        rows.append(f"{max(counts):6} of {elements} elements at once  {page}")
        assert max(counts) < elements / 3, f"{page}: {max(counts)} of {elements} styled at once"
    record_property("table: styles computed at once", "\n".join(rows))


def test_links_into_a_long_page_lead_to_their_section(site: Served, browser: Browser) -> None:
    """Heights of what is not laid out are guesses: a link must lead to its place nevertheless."""
    for page in (SitePage("reference/api/", "zh"), SitePage("reference/errors/", "en")):
        for width in (390, 1280):
            context = browser.new_context(viewport={"width": width, "height": 800})
            tab = context.new_page()
            tab.goto(site.url(page))
            found = tab.locator("article :is(h2, h3)[id]").evaluate_all("all => all.map(e => e.id)")
            for place in found[1 :: len(found) // 4]:
                tab.goto("about:blank")
                tab.goto(f"{site.url(page)}#{place}", wait_until="networkidle")
                heading = tab.locator(f"[id='{place}']")
                top = heading.evaluate("e => e.getBoundingClientRect().top")
                assert -5 <= top < 400, f"{page}#{place} at {width}: its heading is at {top} px"
            context.close()
