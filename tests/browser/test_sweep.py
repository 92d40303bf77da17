"""Every page in every look: nothing missing, foreign or complained of; accessible; no overflow."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from served import LOOKS, Look, Served, SitePage, pages, serve, site_directory, text_pages

AXE = Axe()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
SCHEMES = {"light": "default", "dark": "slate"}

# What sticks out of the window and cannot be scrolled to within something of its own.
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  const scrolls = (element) => {
    for (let e = element; e && e !== document.body; e = e.parentElement)
      if (["auto", "scroll"].includes(getComputedStyle(e).overflowX)) return true;
    return false;
  };
  const out = [];
  if (document.documentElement.scrollWidth > width)
    out.push(`the document is ${document.documentElement.scrollWidth} px wide`);
  for (const e of document.querySelectorAll("main article, main article *")) {
    if (!e.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const box = e.getBoundingClientRect();
    if (box.width > 1 && (box.right > width + 1 || box.left < -1) && !scrolls(e))
      out.push(`${e.tagName.toLowerCase()}.${e.getAttribute("class")} from ${Math.round(box.left)} `
        + `to ${Math.round(box.right)} px: ${e.textContent.trim().slice(0, 60)}`);
  }
  return out.slice(0, 5);
}"""

# What a finger has to hit is 24 px high and wide (WCAG 2.5.8), unless it stands in a line of text.
SMALL = """() => {
  const targets = "a[href], button, input, select, textarea, summary, [role=button]";
  const text = "p, li, td, th, dd, dt, figcaption, summary, output";
  const out = [];
  for (const e of document.querySelectorAll(targets)) {
    if (!e.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (getComputedStyle(e).display === "inline" && e.closest(text)) continue;
    const box = (e.matches("label input") ? e.closest("label") : e).getBoundingClientRect();
    if (Math.min(box.width, box.height) > 2 && Math.min(box.width, box.height) < 23.9)
      out.push(`${e.tagName.toLowerCase()}.${e.className} is ${box.width.toFixed(1)} by `
        + `${box.height.toFixed(1)} px: ${(e.textContent || e.ariaLabel).trim().slice(0, 40)}`);
  }
  return [...new Set(out)].slice(0, 5);
}"""


def watch(page: Page, site: Served) -> list[str]:
    """Everything that a visit must not bring, as it happens."""
    problems: list[str] = []

    def request(url: str) -> None:
        if not url.startswith((site.address, "data:", "blob:")):
            problems.append(f"request outside the site: {url}")

    page.on("request", lambda r: request(r.url))
    page.on("requestfailed", lambda r: problems.append(f"request failed: {r.url}: {r.failure}"))
    page.on(
        "response",
        lambda r: problems.append(f"status {r.status}: {r.url}") if r.status >= 400 else None,
    )
    page.on(
        "console",
        lambda m: (
            problems.append(f"console {m.type}: {m.text} ({m.location.get('url')})")
            if m.type in ("error", "warning")
            else None
        ),
    )
    page.on("pageerror", lambda e: problems.append(f"script error: {e}"))
    return problems


def accessibility(page: Page, *, tokens: bool) -> list[str]:
    """Violations that axe finds. The contrast of code's tokens costs more than all the rest."""
    found = AXE.run(
        page,
        context=None if tokens else {"exclude": [["pre > code span"]]},
        options={
            "runOnly": {"type": "tag", "values": TAGS},
            "resultTypes": ["violations"],
        },
    ).response
    ran = {rule["id"] for kind in ("passes", "violations", "incomplete") for rule in found[kind]}
    assert "color-contrast" in ran and len(ran) > 20, f"axe ran only {sorted(ran)}"
    return [
        f"axe {violation['id']} ({violation['impact']}): {violation['help']}\n    "
        + "\n    ".join(
            f"{' '.join(map(str, node['target']))}: {node['html'][:200]}\n      "
            + str(node.get("failureSummary", "")).replace("\n", " ")
            for node in violation["nodes"][:5]
        )
        for violation in found["violations"]
    ]


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("page", pages(), ids=str)
def test_page(
    page: SitePage, look: Look, site: Served, context_of: Callable[[Look], BrowserContext]
) -> None:
    tab = context_of(look).new_page()
    problems = watch(tab, site)
    asked = len(site.answers)
    tab.goto(site.url(page), wait_until="load")
    if page.is_text:
        scheme = tab.locator("body").get_attribute("data-md-color-scheme")
        assert scheme == SCHEMES[look.palette], f"{page} {look}: the palette shown is {scheme}"
    # Lazy pictures load when they are reached.
    tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    tab.evaluate("document.fonts.ready.then(() => scrollTo(0, 0))")
    # A token's colours depend on the palette, not on the width.
    problems += accessibility(tab, tokens=look.width == LOOKS[0].width)
    problems += [f"overflow: {what}" for what in tab.evaluate(OVERFLOW)]
    problems += [f"too small to hit: {what}" for what in tab.evaluate(SMALL)]
    site.wait_until_quiet(0.1)
    tab.close()
    # The server also sees what workers ask for.
    problems += [f"answered {a.status}: {a.path}" for a in site.answers[asked:] if a.status >= 400]
    if problems:
        pytest.fail(f"{page} {look}:\n" + "\n".join(problems), pytrace=False)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("place", ["", "en/", "no/such/page/", "page.html"])
def test_missing_address(site: Served, browser: Browser, place: str, scripts: bool) -> None:
    """The page for a missing address works at any depth, since it is served at any."""
    context = browser.new_context(java_script_enabled=scripts)
    tab = context.new_page()
    problems = watch(tab, site)
    missing = f"{site.address}{place}nothing"
    tab.goto(missing)
    homes = [site.url(SitePage("", language)) for language in ("zh", "en")]
    assert [a.evaluate("a => a.href") for a in tab.locator("main a").all()] == homes
    assert [f.evaluate("f => f.action") for f in tab.locator("main form").all()] == homes
    context.close()
    # The answer itself has status 404, and the console says so.
    problems = [p for p in problems if not p.endswith((f" {missing}", f"({missing})"))]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("path", ["/", "/elsewhere/", "/a/mirror/of/it/"])
@pytest.mark.parametrize("place", ["nothing", "en/learn/nothing/", "no/such/page.html"])
def test_missing_address_below_another_path(fresh_page: Page, path: str, place: str) -> None:
    """A copy of the site below a path that nobody told the build of."""
    with serve(path) as copy:
        fresh_page.goto(copy.address + place)
        link = fresh_page.locator("main a[href$='/en/']")
        expect(link).to_have_attribute("href", re.compile(f"(?:http.*)?{path}en/$"))
        link.click()
        expect(fresh_page).to_have_url(f"{copy.address}en/")
        expect(fresh_page.locator("html")).to_have_attribute("lang", "en")


def test_missing_address_has_a_search(site: Served, fresh_page: Page) -> None:
    fresh_page.goto(site.address + "nothing")
    field = fresh_page.locator("form[lang=en] input")
    field.fill("stride")
    field.press("Enter")
    fresh_page.wait_for_url(f"{site.address}en/?q=stride")
    expect(fresh_page.locator("a.md-search-result__link").first).to_be_visible()


def test_sitemap_lists_every_page() -> None:
    """Listing and site map agree: no page is built that search engines are not told of."""
    import xml.etree.ElementTree as ElementTree

    locations = set()
    for name in ("sitemap.xml", "en/sitemap.xml"):
        tree = ElementTree.parse(site_directory() / name)
        locations |= {e.text for e in tree.iter() if e.tag.endswith("}loc")}
    root = min(location for location in locations if location)
    assert locations == {root + page.path for page in text_pages()}


def test_both_languages_have_every_page() -> None:
    assert pages(), "no pages found"
    assert {page.other for page in pages()} == set(pages())
