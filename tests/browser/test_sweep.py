"""Every page in every look: nothing missing, foreign or complained of; accessible; no overflow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.served import (
    Look,
    Served,
    SitePage,
    pages,
    serve,
    site_directory,
    text_pages,
)
from tests.browser.test_weight import row, weighed

AXE = Axe()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
# A page has the same elements in both languages: each is seen in both palettes and at both widths,
# and the two together in every pair of them.
WALKS = {
    "zh": [Look("light", 1280), Look("dark", 390)],
    "en": [Look("light", 390), Look("dark", 1280)],
}
SCHEMES = {"light": "default", "dark": "slate"}

# Down the page and back, as who reads it all: what waits until it is seen comes.
READ = """async () => {
  const seen = () => new Promise(requestAnimationFrame);
  await document.fonts.ready;
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
    scrollTo(0, y);
    await seen();
  }
  scrollTo(0, 0);
  await seen();
  await seen();
}"""

# What scrolls is told so by scripts some time after the width has changed.
SETTLED = """async () => {
  for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
  await new Promise((resolve) => setTimeout(resolve, 100));
}"""

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


# Everything that decides the contrast of a text, for each text on the page; the first text of each
# kind is marked with its number, save the kinds that are known.
CONTRASTS = """(known) => {
  const kinds = new Set(known);
  const fresh = [];
  const walk = (e, grounds, opacities) => {
    const style = getComputedStyle(e);
    const { backgroundColor, backgroundImage, opacity } = style;
    if (backgroundColor.startsWith("rgb(")) grounds = "";  // what lies below is covered
    if (backgroundImage !== "none" || !backgroundColor.endsWith(", 0)"))
      grounds = `${backgroundColor}; ${backgroundImage}; ${grounds}`;
    if (opacity !== "1") opacities = `${opacity}; ${opacities}`;
    delete e.dataset.contrast;
    const text = e.matches("input, select, textarea")
      || [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
    if (text && e.checkVisibility({ opacityProperty: true, visibilityProperty: true })) {
      const { color, fontSize, fontWeight, textShadow } = style;
      const kind = [e.localName, color, fontSize, fontWeight, textShadow, grounds, opacities];
      if (e.localName === "a") kind.push(getComputedStyle(e.parentElement).color);
      const key = kind.join("; ");
      if (!kinds.has(key)) e.dataset.contrast = fresh.push(key);
      kinds.add(key);
    }
    for (const child of e.children) walk(child, grounds, opacities);
  };
  walk(document.body, "", "");
  return fresh;
}"""
# Of drawings and coloured code axe gets the outside alone: their parts are half of a page, and hold
# nothing but text, whose contrast is tried apart.
RUN = """async (options) => {
  const plain = [...document.querySelectorAll("pre > code, .conv-figure-drawing > svg")].filter(
    (e) => !e.querySelector("[data-contrast], [tabindex], [role], [id], a, button, :read-write"));
  const parts = plain.map((e) => [...e.childNodes]);
  for (const e of plain)
    if (e.localName === "code") e.textContent = e.textContent;
    else e.replaceChildren(...e.querySelectorAll(":scope > title, :scope > desc"));
  axe.configure({ rules: [{ id: "color-contrast", selector: "[data-contrast]" }] });
  try {
    return await axe.run(options);
  } finally {
    plain.forEach((e, i) => e.replaceChildren(...parts[i]));
  }
}"""
COLOURS = ["color-contrast", "link-in-text-block"]
# Of the rules, these depend on how wide the text stands, and on the palette.
WIDTHS = ["target-size", "scrollable-region-focusable", *COLOURS]
# What stands around the articles is the same on all pages: on these, all rules at both widths.
AROUND = ("", "learn/stride/", "404.html")
readable: set[str] = set()  # kinds of text whose contrast axe has found good


def accessibility(page: Page, only: Sequence[str] = ()) -> list[str]:
    """Violations that axe finds, of all rules or of some.

    Contrast would cost more than all the rest, and depends on colours, size and weight alone: each
    kind of text is tried once.
    """
    fresh = page.evaluate(CONTRASTS, sorted(readable))
    if only == COLOURS and not fresh:
        return []
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE.axe_script)
    rules = {"type": "rule", "values": only} if only else {"type": "tag", "values": TAGS}
    found = page.evaluate(RUN, {"runOnly": rules, "resultTypes": ["violations"]})
    ran = {rule["id"] for kind in ("passes", "violations", "incomplete") for rule in found[kind]}
    assert only or len(ran) > 20, f"axe ran only {sorted(ran)}"
    assert readable or "color-contrast" in ran, f"of {len(fresh)} kinds of text axe tried none"
    unreadable = any(rule["id"] == "color-contrast" for rule in found["violations"])
    readable.update(() if unreadable else fresh)
    return [
        f"axe {violation['id']} ({violation['impact']}): {violation['help']}\n    "
        + "\n    ".join(
            f"{' '.join(map(str, node['target']))}: {node['html'][:200]}\n      "
            + str(node.get("failureSummary", "")).replace("\n", " ")
            for node in violation["nodes"][:5]
        )
        for violation in found["violations"]
    ]


# Whether the element with the focus lies in the article from the skip link's target on.
AFTER = """(id) => {
  const target = document.getElementById(id), e = document.activeElement;
  const follows = target.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING;
  return e === document.body || target.contains(e) || follows > 0;
}"""
OPACITY = """async (a) => {
  await Promise.all(a.getAnimations().map((change) => change.finished));
  return getComputedStyle(a).opacity;
}"""


def skip_link(tab: Page, site: Served, page: SitePage) -> Iterator[str]:
    """By keyboard, before anything else was touched: what is wrong with the first stop."""
    tab.keyboard.press("Tab")
    link = tab.locator("a:focus")
    expect(link, "the first tab stop").to_contain_class("md-skip")
    if not (link.bounding_box() and link.evaluate("a => a.checkVisibility()")):
        yield "the skip link is unseen"
    if link.evaluate(OPACITY) != "1":
        yield "the skip link stays transparent"
    target = link.evaluate("a => a.hash.slice(1)")
    if tab.locator(f"main article [id='{target}']").count() != 1:
        yield f"the skip link leads to #{target}, which is not in the article"
        return
    tab.keyboard.press("Enter")
    # Chromium tells of the new address some time after the key: the test waits for it.
    expect(tab).to_have_url(f"{site.url(page)}#{target}")
    tab.keyboard.press("Tab")  # the whole navigation was skipped
    if not tab.evaluate(AFTER, target):
        yield f"after the skip link, the focus is before #{target}"
    tab.evaluate("document.activeElement.blur(); location.hash = ''")


def language_link(tab: Page, site: Served, page: SitePage) -> Iterator[str]:
    """Where the switch that can be seen leads to; test_reading clicks it."""
    if (said := tab.locator("html").get_attribute("lang")) != page.language:
        yield f"the page says that its language is {said}"
    switch = tab.locator(f"header a[hreflang={page.other.language}]:visible")
    targets = switch.evaluate_all("links => links.map((a) => a.href)")
    if targets != [site.url(page.other)]:
        yield f"the language switch leads to {targets}"


# Of each explorer, what it shows otherwise than the build wrote it for its fence, or refuses.
UNDERSTOOD = """() => [...document.querySelectorAll("conv-explorer")].flatMap((each) => {
  const given = new URLSearchParams(each.getAttribute("state"));
  const wrong = [...given].filter(([name, text]) =>
    String([each.state[name]].flat(3).join(",")) !== text);
  return each.model.refusal ? [each.model.refusal.message] : wrong.map(String);
})"""


@dataclass
class Visitor:
    """One tab for many visits, each of which is a first one: nothing is cached and nothing kept."""

    tab: Page
    session: CDPSession
    site: Served
    problems: list[str]

    def visit(self, page: SitePage, look: Look) -> None:
        self.tab.goto("about:blank")
        everything = {"origin": self.site.origin, "storageTypes": "all"}
        self.session.send("Storage.clearDataForOrigin", everything)
        self.tab.set_viewport_size({"width": look.width, "height": 900})
        self.tab.emulate_media(color_scheme=look.palette, reduced_motion="reduce")
        self.problems.clear()
        self.tab.goto(self.site.url(page), wait_until="load")

    def turn(self, page: SitePage, look: Look) -> None:
        """To another look, as a reader does."""
        if page.is_text:
            self.tab.locator("header [data-md-component=palette] label:visible").click()
        else:
            self.tab.emulate_media(color_scheme=look.palette)
        self.tab.set_viewport_size({"width": look.width, "height": 900})
        if self.tab.locator(".part").count():  # each is laid out anew when it is seen
            self.tab.evaluate(READ)
        self.tab.evaluate(SETTLED)


@pytest.fixture(scope="module")
def visitor(browser: Browser, site: Served) -> Iterator[Visitor]:
    context = browser.new_context()
    tab = context.new_page()
    session = context.new_cdp_session(tab)
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    yield Visitor(tab, session, site, watch(tab, site))
    context.close()


@pytest.mark.parametrize("page", pages(), ids=str)
def test_page(
    page: SitePage, visitor: Visitor, record_property: Callable[[str, object], None]
) -> None:
    tab, site, problems = visitor.tab, visitor.site, visitor.problems
    walk = WALKS[page.language]
    asked = len(site.answers)
    visitor.visit(page, walk[0])
    if page.is_text:
        problems += skip_link(tab, site, page)
        problems += language_link(tab, site, page)
    tab.evaluate(READ)
    for look in walk:
        if look is not walk[0]:
            visitor.turn(page, look)
        if page.is_text:
            expect(tab.locator("body"), f"{look}: the palette shown").to_have_attribute(
                "data-md-color-scheme", SCHEMES[look.palette]
            )
        again = look is not walk[0] and page.name not in AROUND
        found = accessibility(tab, WIDTHS if again else ())
        found += [f"overflow: {what}" for what in tab.evaluate(OVERFLOW)]
        found += [f"too small to hit: {what}" for what in tab.evaluate(SMALL)]
        problems += [f"{look}: {each}" for each in found]
    site.wait_until_quiet(0.1)  # workers fetch, too
    answers = site.answers[asked:]
    problems += [f"answered {a.status}: {a.path}" for a in answers if a.status >= 400]
    if page.is_text:
        explorer = tab.locator("conv-explorer").count() > 0
        problems += [f"explorer: {what}" for what in tab.evaluate(UNDERSTOOD)]
        problems += weighed(answers, explorer)
        record_property("table: first visit", row(page, answers))
    if problems:
        pytest.fail(f"{page}:\n" + "\n".join(problems), pytrace=False)


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
        # Until a script has changed it, the link leads to where the site was built for.
        there = re.compile(f"^(?:{re.escape(copy.origin)})?{re.escape(path)}en/$")
        expect(link).to_have_attribute("href", there)
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
